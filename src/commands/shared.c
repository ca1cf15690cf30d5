/* SPDX-License-Identifier: Apache-2.0
 *
 * What the commands share. */
#include "commands/commands.h"

#include "base/files.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

const command_row *const commands[] = {&check_command, &scan_command, &audit_command, &watch_command,
	&rules_command, &explain_command, &db_command, &version_command, &completions_command, &man_command,
	NULL};

const command_row *command_find(const char *name)
{
	for (const command_row *const *c = commands; *c; c++)
		if (strcmp((*c)->name, name) == 0)
			return *c;
	return NULL;
}

void command_complain(const char *command, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	fprintf(stderr, "bulkhead %s: ", command);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
}

int command_write(buffer *b, const char *path)
{
	error e;
	if (path && strcmp(path, "-") != 0) {
		if (files_write(path, buffer_span(b), &e) >= 0)
			return EXIT_CLEAN;
		fprintf(stderr, "bulkhead: %s\n", e.text);
		return EXIT_USAGE;
	}
	b->sink = STDOUT_FILENO + 1;
	if (buffer_flush(b))
		return EXIT_CLEAN;
	if (b->failed != EPIPE) /* whoever reads has seen enough */
		fprintf(stderr, "bulkhead: standard output: %s\n", strerror(b->failed));
	return EXIT_USAGE;
}

bool command_number(const char *command, const char *option, const char *text, int least, int most, int *ret)
{
	int64_t n;
	if (!text)
		return true;
	if (!span_int(span_of(text), &n) || n < least || n > most) {
		command_complain(
			command, "--%s takes a number from %d to %d, not '%s'", option, least, most, text);
		return false;
	}
	*ret = (int)n;
	return true;
}

bool command_options(
	const command_row *c, int argc, char **argv, void *into, const char **rest, int *ret_rest, int *ret)
{
	error e;
	int status = options_parse(c->options, argc, argv, into, rest, ret_rest, &e);
	if (status == 0)
		return true;
	if (status < 0) {
		command_complain(c->name, "%s (bulkhead %s --help lists the options)", e.text, c->name);
		*ret = EXIT_USAGE;
		return false;
	}
	auto_buffer help = {0};
	options_help(c, &help);
	*ret = command_write(&help, NULL);
	return false;
}
