/* SPDX-License-Identifier: Apache-2.0
 *
 * The options of bulkhead watch, for its help, the completions and the man page too. */
#include "commands/commands.h"
#include "commands/watch.h"

static const option_row watch_rows[] = {
	{0, "parse", OPTION_FLAG, offsetof(watch_options, parse), NULL, NULL,
		"read conditions of Falco rules, one a line, and print how each is understood"},
	{0},
};

const command_row watch_command = {
	.name = "watch",
	.summary = "show how conditions of runtime rules are understood",
	.arguments = "--parse",
	.examples = "  echo 'evt.type = openat and fd.name startswith /etc' | bulkhead watch --parse\n",
	.details = "Standard input has one condition a line; a line that begins with a double quote is a\n"
		   "JSON string, so that a condition may have several lines. For each, one line of JSON\n"
		   "is printed: ok and ast, the tree; str, the condition written anew; n_sc and sc, the\n"
		   "events that it can be true for; or error and err_pos (byte, line, column).\n\n"
		   "Exit codes: 0 all lines were conditions, 1 some were not, 2 usage or internal error.",
	.options = watch_rows,
	.run = watch_run,
};
