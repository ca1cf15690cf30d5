/* SPDX-License-Identifier: Apache-2.0
 *
 * The commands of bulkhead: one file a command; here is what they share. */
#pragma once

#include "base/options.h"

typedef enum exit_code { EXIT_CLEAN, EXIT_FINDINGS, EXIT_USAGE, EXIT_INCOMPLETE } exit_code;

/* All commands, in the order of the help; ends with NULL. */
extern const command_row *const commands[];

const command_row *command_find(const char *name);

/* Writes all of b to standard output or to a file; the exit code: EXIT_CLEAN or EXIT_USAGE, then the reason was told. */
int command_write(buffer *b, const char *path);

/* Tells a person on stderr what went wrong: "bulkhead check: …". */
void command_complain(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Parses options; when that ends the command (--help, a wrong option) *ret is its exit code and false is returned. */
bool command_options(
	const command_row *c, int argc, char **argv, void *into, const char **rest, int *ret_rest, int *ret);

enum { COMMAND_JOBS_MAX = 64 };

/* Reads the number that an option was given; without one (text is NULL) *ret stays. False when it is none between the two: that was told. */
bool command_number(const char *command, const char *option, const char *text, int least, int most, int *ret);

/* What some of them run. bulkhead itself starts bulkhead-scan for it (elsewhere.c): what they need (SQLite, OpenSSL, decoders) is not linked into
 * what is started for every `check`. */
int scan_run(int argc, char **argv);
int db_run(int argc, char **argv);
int audit_run(int argc, char **argv);
int watch_run(int argc, char **argv);

extern const command_row check_command, scan_command, audit_command, watch_command, db_command, rules_command,
	explain_command, version_command, completions_command, man_command;
