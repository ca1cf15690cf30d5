/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the shell splitter share; nobody else includes it. */
#pragma once

#include "formats/shell.h"

typedef struct shell_pending { /* a here-document whose lines come behind the next line end */
	bool of_group;
	uint32_t owner, redirect; /* index of the command or group, and of its redirection */
	span delimiter;
	bool quoted, chomp;
} shell_pending;

typedef struct shell_parser {
	span text;
	size_t at, end; /* bytes [at, end) of text are left */
	arena *arena;
	shell_script *script;
	uint32_t group;     /* in which commands stand now */
	uint32_t owner;     /* the command whose words are being read */
	uint32_t pipelines; /* numbers given away */
	uint32_t parens;    /* open ( that a ) could close */
	uint32_t nest;      /* quotes and braces open inside words */
	bool stuck;         /* a limit was reached */
	LIST(shell_pending) pending;
} shell_parser;

/* The byte ahead + n, 0 at the end. */
static inline char shell_peek(const shell_parser *p, size_t n)
{
	return n < p->end - p->at ? p->text.p[p->at + n] : 0;
}

static inline span shell_part(const shell_parser *p, size_t from)
{
	return span_sub(p->text, from, p->at - from);
}

typedef enum shell_closing { /* what ends a list */
	SHELL_CLOSE_END,
	SHELL_CLOSE_PAREN,
	SHELL_CLOSE_BRACE,
	SHELL_CLOSE_FI,
	SHELL_CLOSE_DONE,
	SHELL_CLOSE_ITEM, /* of a case: ;; or esac, which stays */
} shell_closing;

typedef struct shell_member { /* of a pipeline: a command or a group; neither for (( )) */
	bool is_command, is_group;
	uint32_t index;
} shell_member;

typedef struct shell_seat { /* where in a pipeline */
	uint32_t pipeline, position;
	bool negated;
} shell_seat;

/* The rest of the text is not split. */
void shell_give_up(shell_parser *p);

/* Blanks and joined lines; not line ends. */
void shell_blanks(shell_parser *p);

/* Blanks, line ends (with the here-documents behind them) and comments. */
void shell_gaps(shell_parser *p);

/* Reads one word, maybe of zero length; commands in its substitutions are added to the script. */
void shell_word_read(shell_parser *p, shell_word *ret);

/* Reads the substitutions of a here-document's lines; p covers just these. */
void shell_body_read(shell_parser *p);

/* p->at stands behind the opening byte(s): reads commands up to the `)` into a new group that starts at `start`. */
void shell_parens_read(shell_parser *p, shell_group_kind kind, size_t start);

/* The same for the text up to `close`, where p->at then stands. */
void shell_range_read(shell_parser *p, shell_group_kind kind, size_t start, size_t close);

/* Whether an arithmetic text `((…))` begins at p->at (behind the `((`); p->at moves behind it. */
bool shell_arithmetic(shell_parser *p);

/* ( … ) of an array, p->at behind the opening one. */
void shell_array_read(shell_parser *p);

/* A command without compound parts, up to what ends it. */
shell_member shell_simple_read(shell_parser *p, shell_seat seat);

/* A redirection into the list of a command or group; false if none stands here. */
bool shell_redirect_read(shell_parser *p, bool of_group, uint32_t owner);

/* Whether what stands here ends a simple command. */
bool shell_at_end(const shell_parser *p);

/* The length of the name ahead, or 0. */
size_t shell_name_ahead(const shell_parser *p);

/* A comment up to the end of its line. */
void shell_comment_read(shell_parser *p);

/* Commands up to what closes the list; that is taken. */
void shell_list_read(shell_parser *p, shell_closing close);

static inline shell_command *shell_command_at(shell_parser *p, uint32_t index)
{
	return &p->script->commands.items[index];
}

static inline shell_group *shell_group_at(shell_parser *p, uint32_t index)
{
	return &p->script->groups.items[index];
}
