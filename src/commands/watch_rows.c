/* SPDX-License-Identifier: Apache-2.0
 *
 * The options of bulkhead watch, for its help, the completions and the man page too. */
#include "commands/commands.h"
#include "commands/watch.h"

const char *const watch_formats[] = {"text", "json", NULL};

static const option_row watch_rows[] = {
	{'r', "rules", OPTION_LIST, offsetof(watch_options, rules), "FILE", NULL,
		"rules in Falco's form; several files are read in their order"},
	{0, "replay", OPTION_STRING, offsetof(watch_options, replay), "FILE", NULL,
		"read events from a capture (.scap) instead of the kernel"},
	{0, "select", OPTION_LIST, offsetof(watch_options, select), "WHAT", NULL,
		"enable=GLOB, disable=GLOB, enable-tag=TAG, disable-tag=TAG: switch rules, in this order"},
	{0, "priority", OPTION_STRING, offsetof(watch_options, priority), "PRIORITY", NULL,
		"leave out rules below that, such as warning"},
	{0, "first", OPTION_FLAG, offsetof(watch_options, first), NULL, NULL,
		"only the first rule that is true for an event, not all"},
	{0, "iso-time", OPTION_FLAG, offsetof(watch_options, iso), NULL, NULL,
		"times with dates, in UTC (ISO 8601)"},
	{'q', "quiet", OPTION_FLAG, offsetof(watch_options, quiet), NULL, NULL,
		"do not say how the kernel is watched"},
	{0, "parse", OPTION_FLAG, offsetof(watch_options, parse), NULL, NULL,
		"read conditions of Falco rules, one a line, and print how each is understood"},
	{0, "validate", OPTION_FLAG, offsetof(watch_options, validate), NULL, NULL,
		"read rule files of Falco as one set, and tell what is wrong with them"},
	{0, "format", OPTION_CHOICE, offsetof(watch_options, format), "FORMAT", watch_formats,
		"text (the default), json"},
	{0},
};

const command_row watch_command = {
	.name = "watch",
	.summary = "watch what processes do, by the rules of Falco",
	.arguments = "-r FILE… | --validate FILE… | --parse",
	.examples = "  bulkhead watch -r falco_rules.yaml -r local_rules.yaml\n"
		    "  bulkhead watch -r falco_rules.yaml --replay trace.scap --format json\n"
		    "  echo 'evt.type = openat and fd.name startswith /etc' | bulkhead watch --parse\n"
		    "  bulkhead watch --validate falco_rules.yaml local_rules.yaml\n",
	.details =
		"Events come from the kernel (Linux 5.17 or later, as root) until SIGINT or SIGTERM, or from a\n"
		"capture. Each alert is a line on standard output: text, or JSON in Falco's shape.\n\n"
		"With --parse, standard input has one condition a line; a line that begins with a double quote is a\n"
		"JSON string, so that a condition may have several lines. For each, one line of JSON\n"
		"is printed: ok and ast, the tree; str, the condition written anew; n_sc and sc, the\n"
		"events that it can be true for; or error and err_pos (byte, line, column).\n\n"
		"Rule files are read in their order: later ones may change what earlier ones define.\n"
		"With --format json the result has the shape of Falco's falco_load_results.\n\n"
		"Exit codes: 0 no alert, or files without errors, 1 there were alerts, or errors in what was\n"
		"looked at, 2 usage or internal error, 3 events were lost or a file could not be read.",
	.options = watch_rows,
	.run = watch_run,
};
