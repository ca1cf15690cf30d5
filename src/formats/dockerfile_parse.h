/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the Dockerfile parser share; nobody else includes it. */
#pragma once

#include "base/map.h"
#include "formats/dockerfile.h"

typedef enum dockerfile_split { /* how the words of an instruction are told apart */
	DOCKERFILE_SPLIT_SHELL, /* JSON array, else at blanks outside quotes */
	DOCKERFILE_SPLIT_PATHS, /* JSON array, else at blanks */
	DOCKERFILE_SPLIT_BLANKS,
	DOCKERFILE_SPLIT_ONE,
	DOCKERFILE_SPLIT_PAIRS,
	DOCKERFILE_SPLIT_HEALTH,
	DOCKERFILE_SPLIT_NESTED,
} dockerfile_split;

typedef struct dockerfile_kind_row {
	const char *name;
	dockerfile_split split;
	uint32_t least;           /* words, pairs or triggers that it cannot do without */
	const char *value_flags;  /* flags that need a value */
	const char *switch_flags; /* flags that can stand alone */
	const char *many_flags;   /* of both: those that may be repeated */
} dockerfile_kind_row;

const dockerfile_kind_row *dockerfile_kind_get(dockerfile_kind kind);

typedef struct dockerfile_parser {
	const text *text;
	arena *arena;
	dockerfile *file;
	size_t at;              /* offset of the next line */
	bool directives_over;   /* something other than a directive was seen */
	uint32_t spaced_misses; /* `<< NAME` that were never closed: looking for their ends is bounded */
	LIST(span) pieces;      /* of the instruction being joined */
	map stages;             /* lower-case name → (stage index + 1) as a pointer */
	const dockerfile_instruction *shell;
	LIST(const dockerfile_instruction *) shells; /* of every stage, as it was at its end */
	bool stageless;                              /* an instruction before the first FROM was reported */
} dockerfile_parser;

/* Records a problem at a source span. */
void dockerfile_problem_add(dockerfile_parser *p, span source, bool lenient, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* One physical line from p->at on, without its end; p->at moves behind it. False at the end of the text. */
bool dockerfile_line_next(dockerfile_parser *p, span *ret);

/* Joins the instruction that begins with `line` (p->at is behind it), with its heredocs. Sets logical, segments, source, heredocs
 * and blank_continuation of *i, and *ret_line to the joined line. False if there was nothing but escapes. */
bool dockerfile_join(dockerfile_parser *p, span line, dockerfile_instruction *i, span *ret_line);

/* Fills *i from the joined line: keyword, flags, body, words, pairs. */
void dockerfile_instruction_read(dockerfile_parser *p, dockerfile_instruction *i, span line);

/* Takes the keyword off *rest, and blanks around what follows. */
span dockerfile_keyword_take(span *rest);

/* Takes one --flag off *rest (no blanks before it); false when there is none. */
bool dockerfile_flag_take(span *rest, span *ret);

/* Takes the next word off *rest: at blanks outside quotes, an escape keeps the next byte. False when none is left. */
bool dockerfile_word_take(span *rest, char escape, span *ret);

/* The strings of a JSON array that is all of s: 1, tokens with their quotes in *ret (pointing into s); 0 if it is no such
 * array; -1 if it is a valid array with something else than strings in it. */
typedef LIST(span) dockerfile_spans;
int dockerfile_json_strings(span s, arena *a, dockerfile_spans *ret);

/* The text of a JSON string token; the token's own bytes if nothing is escaped. */
span dockerfile_json_decode(span token, arena *a);

/* Reports what BuildKit refuses about *i. */
void dockerfile_check(dockerfile_parser *p, const dockerfile_instruction *i);

/* Fills the commands of d: the shell text of every RUN is split once, for all who ask. */
void dockerfile_commands_split(dockerfile *d, arena *a);
