/* SPDX-License-Identifier: Apache-2.0
 *
 * bulkhead: one tool for the layers of defence around a container. main() finds the command, which does the
 * rest. */
#include "commands/commands.h"

#include <signal.h>
#include <stdlib.h>

static void help(buffer *out)
{
	buffer_add_string(out,
		"bulkhead: which layers of defence does each container have, which does it lack?\n\nExamples\n"
		"  bulkhead check .                  all that describes containers below here\n"
		"  bulkhead check --run 'docker run -v /:/host alpine'\n"
		"  bulkhead scan alpine:3.22         what is known against the packages of an image, its secrets\n"
		"  bulkhead explain user/root        why a rule matters and how to mend it\n\nCommands\n");
	for (const command_row *const *c = commands; *c; c++)
		buffer_format(out, "  %-14s %s\n", (*c)->name, (*c)->summary);
	buffer_add_string(out,
		"\nbulkhead COMMAND --help tells more. Exit codes: 0 clean, 1 findings, 2 usage or\n"
		"internal error, 3 something could not be read (everything else was).\n");
}

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN); /* a closed pipe is a write error like any other */
	const char *name = argc > 1 ? argv[1] : "--help";
	if (strcmp(name, "help") == 0 && argc > 2) {
		char *again[] = {argv[2], (char[]){"--help"}, NULL};
		const command_row *asked = command_find(argv[2]);
		if (asked)
			return asked->run(2, again);
	}
	if (strcmp(name, "--version") == 0)
		name = "version";
	const command_row *command = command_find(name);
	if (command)
		return command->run(argc - 1, argv + 1);
	if (strcmp(name, "--help") != 0 && strcmp(name, "-h") != 0 && strcmp(name, "help") != 0) {
		command_complain(name, "there is no such command (bulkhead --help lists them)");
		return EXIT_USAGE;
	}
	auto_buffer out = {0};
	help(&out);
	int status = command_write(&out, NULL);
	return argc > 1 ? status : EXIT_USAGE;
}
