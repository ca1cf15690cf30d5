/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands and their options as tables: one table gives the parser, the defaults, --help, the completions and the synopsis of the
 * man page. */
#pragma once

#include "base/buffer.h"
#include "base/error.h"

typedef enum option_kind {
	OPTION_FLAG,   /* bool */
	OPTION_STRING, /* const char * */
	OPTION_LIST,   /* string_list: may be given several times */
	OPTION_CHOICE, /* int: the index in .choices */
} option_kind;

enum { OPTION_LIST_MAX = 64 };

typedef struct string_list {
	const char *items[OPTION_LIST_MAX];
	uint32_t count;
} string_list;

typedef struct option_row {
	char letter;      /* 0: none */
	const char *name; /* without dashes */
	option_kind kind;
	size_t offset;     /* of the field in the command's struct */
	const char *value; /* FILE, SECONDS: what stands for it in help; NULL for flags */
	const char *const
		*choices; /* CHOICE: ends with NULL. LIST, STRING: offered by completion; may be NULL */
	const char *help;
} option_row;

typedef struct command_row {
	const char *name;
	const char *summary;               /* one line */
	const char *arguments;             /* "[PATH…]" */
	const char *examples;              /* lines; shown first */
	const char *details;               /* a paragraph or more; may be NULL */
	const option_row *options;         /* ends with a row without a name; may be NULL */
	int (*run)(int argc, char **argv); /* argv[0] is the command; returns the exit code */
} command_row;

/* Parses argv (argv[0] is skipped) into the struct at `into`; what is no option goes to rest (room for argc pointers).
 * "--" ends the options. < 0: *e says which option is wrong and what it takes. 1: --help was asked for. */
int options_parse(const option_row *rows, int argc, char **argv, void *into, const char **rest, int *ret_rest,
	error *e);

/* The help text of a command. */
void options_help(const command_row *c, buffer *out);
