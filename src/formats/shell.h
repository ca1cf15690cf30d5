/* SPDX-License-Identifier: Apache-2.0
 *
 * Splits POSIX and bash shell text into the commands that it would run: a flat list in the order in which they start, with the groups
 * (subshells, substitutions, functions, loops …) they stand in. For those who ask "is curl piped into sh", not for running it:
 * nothing is expanded, aliases and functions are not followed.
 *
 * Errors never fail the parse: what is open at the end ends there, and .unbalanced says so. Spans point into the text given, but
 * for values that had to be rewritten (escapes, quotes in the middle of a word): they live on the arena. */
#pragma once

#include "base/arena.h"

enum { SHELL_NONE = UINT32_MAX }; /* no such index */

typedef enum shell_separator { /* what follows a command or group */
	SHELL_END,             /* nothing: end of text or of the enclosing group */
	SHELL_SEMICOLON,       /* ; and the ;; of case */
	SHELL_NEWLINE,
	SHELL_AND,        /* && */
	SHELL_OR,         /* || */
	SHELL_PIPE,       /* | */
	SHELL_PIPE_ERROR, /* |& */
	SHELL_BACKGROUND, /* & */
} shell_separator;

typedef enum shell_group_kind {
	SHELL_TOP,
	SHELL_SUBSHELL,     /* ( ) */
	SHELL_SUBSTITUTION, /* $( ) and backticks */
	SHELL_PROCESS,      /* <( ) and >( ) */
	SHELL_BRACE,        /* { } */
	SHELL_FUNCTION,     /* f() …; its body is one group below it */
	SHELL_IF,           /* condition and bodies alike */
	SHELL_FOR,          /* and select */
	SHELL_WHILE,        /* and until */
	SHELL_CASE,
} shell_group_kind;

typedef enum shell_redirect_kind {
	SHELL_READ,       /* < */
	SHELL_WRITE,      /* > >| &> >& file */
	SHELL_APPEND,     /* >> &>> */
	SHELL_READWRITE,  /* <> */
	SHELL_DUPLICATE,  /* >&2 <&3 >&- */
	SHELL_HEREDOC,    /* << <<- */
	SHELL_HERESTRING, /* <<< */
} shell_redirect_kind;

typedef struct shell_word {
	span source; /* as written */
	span value;  /* quotes and escapes taken away; $x and $( ) stand as written */
	bool quoted; /* some of it is in quotes or escaped */
	bool dynamic; /* its value is known only when it runs: $x, $( ), backticks, <( ), or an unquoted glob, brace or ~ */
} shell_word;

typedef struct shell_words {
	const shell_word *items;
	uint32_t count;
} shell_words;

typedef struct shell_assignment { /* a=b, a+=b, a=(b c) */
	span name;                /* with its [index], if any */
	shell_word value;         /* of an array: the whole ( … ) */
	bool append, array;
} shell_assignment;

typedef struct shell_redirect {
	shell_redirect_kind kind;
	int fd;            /* written before the operator; -1: the default one; -2: both (&>) or a {name} */
	span source;       /* operator and target */
	shell_word target; /* of a here-document: its delimiter */
	span body;         /* of a here-document: its lines */
} shell_redirect;

typedef LIST(shell_redirect) shell_redirects;

typedef struct shell_command {
	span source; /* first to last byte, assignments and redirections included */
	shell_words words;
	LIST(shell_assignment)
	assignments; /* before the first word; a command of assignments alone has no words */
	shell_redirects redirects;
	shell_separator separator;
	bool negated;      /* ! before the pipeline */
	uint32_t index;    /* in shell_script.commands */
	uint32_t group;    /* index in shell_script.groups */
	uint32_t pipeline; /* number of the pipeline that it is a member of; every command has one */
	uint32_t position; /* in that pipeline, from 0 */
	uint32_t depth;    /* groups around it; 0 at the top */
} shell_command;

typedef struct shell_group {
	shell_group_kind kind;
	span source;
	span name;       /* of a function */
	uint32_t parent; /* group, SHELL_NONE for the top */
	uint32_t owner;  /* substitutions: the command in whose words they stand; else SHELL_NONE */
	uint32_t pipeline, position; /* as for commands; of substitutions: SHELL_NONE */
	uint32_t depth;
	shell_separator separator;
	shell_redirects redirects; /* behind its end */
} shell_group;

typedef struct shell_script {
	span text;
	LIST(shell_command) commands; /* SHELL commands in order of their first byte */
	LIST(shell_group) groups;     /* [0] is the top */
	LIST(span) comments;
	bool unbalanced; /* something is still open at the end, or closed that was not open */
	bool truncated;  /* LIMIT_SHELL_DEPTH or LIMIT_SHELL_COMMANDS reached: the rest is not split */
} shell_script;

/* Splits text. Everything lives as long as a and the text. */
void shell_parse(span text, arena *a, shell_script *ret);

/* The script that is one command of the given words (an exec form). */
void shell_from_words(shell_words words, arena *a, shell_script *ret);

/* Whether what a prints is read by b, through a pipe, directly or by way of commands in between; groups count as a whole. */
bool shell_pipes_into(const shell_script *s, const shell_command *a, const shell_command *b);

/* Whether c stands, at any depth, in a group of that kind. */
bool shell_inside(const shell_script *s, const shell_command *c, shell_group_kind kind);

/* --- words; all take empty lists --- */

/* The last path component of the first word; empty when there is none or it is dynamic. */
span shell_words_name(shell_words words);
span shell_command_name(const shell_command *c);

/* The words behind sudo, env, nice, time, exec, nohup, xargs, timeout and their like, with their options and assignments taken off;
 * the words themselves when there is nothing to look through. */
shell_words shell_unwrap(shell_words words);

/* The name and words behind the wrappers in one step: *ret (if not NULL) is shell_unwrap(c->words). */
span shell_program(const shell_command *c, shell_words *ret);

/* The script of `sh -c script`, `bash -lc script` (wrappers are looked through) or `eval script`: true and *ret. It may hold
 * variables. Parse its .value with shell_parse() to go on. */
bool shell_inner(const shell_command *c, arena *a, shell_word *ret);

/* Whether a name is that of a POSIX-like shell: sh, bash, dash, ash, ksh, zsh, mksh. */
bool shell_is_posix(span name);

/* Whether a flag is among the words after the first: any letter of `letters` (bundled too: -yq) or --NAME, --NAME=…, also -NAME, of the
 * space-separated `names`. Either may be NULL. Words behind `--` are not looked at. */
bool shell_has_flag(shell_words words, const char *letters, const char *names);

/* The value of a flag: of 'o': -o value, -ovalue; of a name: --name value, --name=value. NULL when it is not there. *ret_value is
 * the text without flag and equals sign. */
const shell_word *shell_flag_value(shell_words words, char letter, const char *name, span *ret_value);

/* The n-th (from 0) word after the first that is not a flag, or NULL. Behind `--` all count. Values of flags count as well: the
 * splitter cannot know which flags take one. */
const shell_word *shell_arg(shell_words words, uint32_t n);
