/* SPDX-License-Identifier: Apache-2.0
 *
 * Dockerfiles as BuildKit's parser takes them: parser directives, comments, continuation lines, flags, exec and shell forms,
 * key=value pairs, here-documents, ONBUILD and stages. See docs.docker.com/reference/dockerfile. Nothing here judges what an
 * instruction does; variables are expanded by dockerfile_words.h, RUN bodies are split by shell.h.
 *
 * Three kinds of text occur. *Source* spans are bytes of the file. *Logical* text is an instruction with its continuation lines
 * joined, comments and blank lines inside taken out; if there was nothing to take out it is the file's own bytes, else it lives on
 * the arena. *Values* are logical text without quotes and escapes. dockerfile_spot() leads from all of them back to the file.
 *
 * Everything lives as long as the arena and the text given to dockerfile_read(). */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"
#include "formats/shell.h"

typedef enum dockerfile_kind {
	DOCKERFILE_UNKNOWN,
	DOCKERFILE_ADD,
	DOCKERFILE_ARG,
	DOCKERFILE_CMD,
	DOCKERFILE_COPY,
	DOCKERFILE_ENTRYPOINT,
	DOCKERFILE_ENV,
	DOCKERFILE_EXPOSE,
	DOCKERFILE_FROM,
	DOCKERFILE_HEALTHCHECK,
	DOCKERFILE_LABEL,
	DOCKERFILE_MAINTAINER,
	DOCKERFILE_ONBUILD,
	DOCKERFILE_RUN,
	DOCKERFILE_SHELL,
	DOCKERFILE_STOPSIGNAL,
	DOCKERFILE_USER,
	DOCKERFILE_VOLUME,
	DOCKERFILE_WORKDIR,
	DOCKERFILE_KINDS,
} dockerfile_kind;

enum { DOCKERFILE_NO_STAGE = UINT32_MAX }; /* .stage before the first FROM */

typedef struct dockerfile_word {
	span source; /* bytes in the file, quotes and continuations included */
	span raw; /* logical text, quotes included: what dockerfile_expand() takes; of a JSON string: = value */
	span value;  /* without quotes and escapes; variables stand as written */
	bool quoted; /* some of it was in quotes */
} dockerfile_word;

typedef struct dockerfile_pair {    /* key=value, or the old `ENV key value` */
	dockerfile_word key, value; /* a bare `ARG name` has a value of zero length, just behind the key */
	span source;                /* both */
	bool has_value;             /* `k=` has one, `ARG k` has not */
	bool old_form;              /* separated by a blank */
} dockerfile_pair;

typedef struct dockerfile_flag { /* --name=value */
	span source;             /* bytes in the file, from the dashes on */
	span name;               /* logical, without dashes */
	dockerfile_word value;   /* of zero length when there is none */
	bool has_value;
} dockerfile_flag;

typedef struct dockerfile_option { /* one key=value of --mount=type=secret,id=x */
	span key, value;           /* inside flag->value.value; value is empty when there is none */
	bool has_value;
} dockerfile_option;

typedef struct dockerfile_heredoc {
	span source;     /* the `<<-"EOF"` in the file */
	span name;       /* EOF */
	span content;    /* source: the lines before the terminator; leading tabs of <<- are still there */
	span terminator; /* source: the terminating line without its end; zero length at the end if missing */
	bool expand;     /* name not quoted: variables are expanded */
	bool chomp;      /* <<- */
	bool terminated;
} dockerfile_heredoc;

typedef struct dockerfile_problem { /* a fault for which BuildKit refuses the file; reading went on */
	span source;
	const char *message;
	bool lenient; /* nothing is lost by it: no FROM, or something before it, a stray mark, a trigger that is refused */
} dockerfile_problem;

typedef struct dockerfile_directive { /* # name=value */
	span source, name, value;     /* all in the file */
} dockerfile_directive;

typedef struct dockerfile_segment { /* from this logical offset on, bytes stand at this offset of the file */
	uint32_t logical, source;
} dockerfile_segment;

typedef struct dockerfile_from {
	dockerfile_word image;           /* raw may hold variables */
	dockerfile_word name;            /* AS name; .raw.n is 0 when there is none */
	const dockerfile_flag *platform; /* or NULL */
	uint32_t base; /* index of the earlier stage that the image names, or DOCKERFILE_NO_STAGE */
} dockerfile_from;

typedef struct dockerfile_instruction {
	dockerfile_kind kind;
	uint32_t index; /* in dockerfile.instructions; a nested one has that of its ONBUILD */
	uint32_t stage; /* index in dockerfile.stages, or DOCKERFILE_NO_STAGE */
	span keyword;   /* source, as spelled */
	span source; /* from the keyword to the end of the last line without its line end, heredocs included */
	span body;   /* logical: what follows keyword and flags, blanks at both ends taken off */
	span script; /* logical: body, a newline and the heredocs as the file has them; = body without heredocs */
	bool exec;               /* JSON array form; words are its strings, decoded */
	bool nested;             /* stands behind ONBUILD */
	bool blank_continuation; /* a blank line inside, which BuildKit deprecates */
	LIST(dockerfile_flag) flags;
	/* RUN, CMD, ENTRYPOINT, SHELL, HEALTHCHECK CMD in shell form: split at blanks outside quotes. ADD, COPY, FROM, EXPOSE,
	 * VOLUME: split at blanks. USER, WORKDIR, STOPSIGNAL, MAINTAINER: one word. HEALTHCHECK: what follows CMD. */
	LIST(dockerfile_word) words;
	LIST(dockerfile_pair) pairs;       /* ENV, LABEL, ARG */
	LIST(dockerfile_heredoc) heredocs; /* RUN, COPY, ADD */
	dockerfile_from from;              /* FROM */
	span health;                       /* HEALTHCHECK: source of NONE or CMD */
	bool health_none;
	const struct dockerfile_instruction
		*shell; /* the SHELL in scope (this stage's or of those it builds upon), or NULL */
	struct dockerfile_instruction *trigger; /* ONBUILD: the instruction that it holds, or NULL */
	/* How logical text maps to the file; see dockerfile_spot(). */
	span logical;
	dockerfile_segment *segments;
	uint32_t segment_count;
	uint32_t first_command, end_command; /* RUN: its commands in dockerfile.commands: [first, end) */
	const struct dockerfile *file;
} dockerfile_instruction;

typedef struct dockerfile_command { /* one that a RUN hands to a shell, those of `sh -c '…'` included */
	const dockerfile_instruction *instruction; /* the RUN; behind ONBUILD the trigger */
	const shell_script *script;
	const shell_command *command;
	span name;         /* shell_program(): without sudo, env and their like */
	shell_words words; /* the same */
} dockerfile_command;

typedef struct dockerfile_stage {
	dockerfile_instruction *from;
	span name;           /* logical; empty without AS */
	uint32_t first, end; /* its instructions: [first, end), the FROM included */
} dockerfile_stage;

typedef struct dockerfile {
	const text *text;
	char escape; /* \ or ` */
	bool binary; /* holds NUL bytes: nothing was read */
	LIST(dockerfile_directive) directives;
	LIST(dockerfile_instruction *) instructions;
	LIST(dockerfile_stage) stages;
	LIST(dockerfile_command) commands;      /* of all RUNs, in the order of the file */
	const struct dockerfile_scopes *scopes; /* its variables: dockerfile_words.h */
	LIST(dockerfile_problem) problems;      /* the first LIMIT_FILE_ERRORS */
	uint32_t problem_count;                 /* all */
	LIST(span)
	comments; /* source, from the # to the end of the line; directives and those inside instructions included */
} dockerfile;

/* Reads a Dockerfile. Never fails: what BuildKit would refuse is in ->problems, in the order found, and reading goes on at the
 * next instruction. */
dockerfile *dockerfile_read(const text *t, arena *a);

/* The instruction itself, or what ONBUILD holds. */
static inline const dockerfile_instruction *dockerfile_inner(const dockerfile_instruction *i)
{
	return i->trigger ? i->trigger : i;
}

/* Whether there is a letter in it: a keyword without one is a mark that an editor or a mail left. */
bool dockerfile_has_letter(span keyword);

/* The keyword in capitals; "" for DOCKERFILE_UNKNOWN. */
const char *dockerfile_kind_name(dockerfile_kind kind);

/* The kind that a keyword names, in any case; DOCKERFILE_UNKNOWN if none. */
dockerfile_kind dockerfile_kind_of(span keyword);

/* The first flag (or directive) of that name, or NULL. */
const dockerfile_flag *dockerfile_flag_get(const dockerfile_instruction *i, const char *name);
const dockerfile_directive *dockerfile_directive_get(const dockerfile *d, const char *name);

/* The stage that a name or a number ("build", "0") refers to among the first `before` stages, the last one of a name winning;
 * DOCKERFILE_NO_STAGE if none. Names are compared without case. */
uint32_t dockerfile_stage_find(const dockerfile *d, span name, uint32_t before);

/* Takes the next key=value off the comma-separated *rest (start with flag->value.value); false once nothing is left. Fields in
 * double quotes ("a,b") are kept together, as in CSV. */
bool dockerfile_option_next(span *rest, dockerfile_option *ret);

/* The value of one option of a flag like --mount; empty when it is not there. */
span dockerfile_option_get(const dockerfile_flag *flag, const char *key);

/* Leads text of an instruction back to the file: s is a part of its logical text (body, script, raw), of a word's value, or already
 * of the file. A part of a value that had to be rewritten gives the source of its whole word. Text that is none of these
 * gives the source of the instruction. */
span dockerfile_spot(const dockerfile_instruction *i, span s);

/* The file offset of a byte of ->script (and so of ->body); the end is allowed. */
uint32_t dockerfile_spot_offset(const dockerfile_instruction *i, uint32_t offset);

/* The commands that RUN, CMD, ENTRYPOINT or HEALTHCHECK CMD hands to a shell (of ONBUILD: those of what it holds). Shell form: body,
 * or the heredoc if it is all of the body, unless it starts with `#!` of another interpreter. Exec form: of ["sh", "-c", "…"]
 * the inner script, else one command made of the strings. Empty when SHELL in scope is not a POSIX shell. All spans
 * are such that dockerfile_spot() finds their place. */
void dockerfile_shell(const dockerfile_instruction *i, arena *a, shell_script *ret);
