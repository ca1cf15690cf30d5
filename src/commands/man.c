/* SPDX-License-Identifier: Apache-2.0
 *
 * bulkhead man: the man page, made from the tables of commands and options. */
#include "commands/commands.h"

#include "version.h"

#include <stdlib.h>

static int man_run(int argc, char **argv);

const command_row man_command = {
	.name = "man",
	.summary = "print the man page",
	.arguments = "",
	.examples = "  bulkhead man | man -l -\n",
	.run = man_run,
};

/* Text in roff: backslashes and hyphens escaped, a dot at the start of a line kept from being a request. */
static void add_roff(buffer *out, const char *text)
{
	bool start = true;
	for (; *text; text++) {
		if (start && (*text == '.' || *text == '\''))
			buffer_add_string(out, "\\&");
		if (*text == '\\')
			buffer_add_string(out, "\\e");
		else if (*text == '-')
			buffer_add_string(out, "\\-");
		else
			buffer_add_byte(out, *text);
		start = *text == '\n';
	}
}

static void add_option(buffer *out, const option_row *r)
{
	buffer_add_string(out, ".TP\n");
	if (r->letter)
		buffer_format(out, "\\fB\\-%c\\fR, ", r->letter);
	buffer_add_string(out, "\\fB\\-\\-");
	add_roff(out, r->name);
	buffer_add_string(out, "\\fR");
	if (r->value)
		buffer_format(out, " \\fI%s\\fR", r->value);
	buffer_add_byte(out, '\n');
	add_roff(out, r->help);
	buffer_add_byte(out, '\n');
}

static void add_command(buffer *out, const command_row *c)
{
	buffer_format(out, ".SS bulkhead %s %s\n", c->name, c->arguments);
	add_roff(out, c->summary);
	buffer_add_string(out, ".\n.PP\n.nf\n");
	add_roff(out, c->examples);
	buffer_add_string(out, ".fi\n");
	for (const option_row *r = c->options; r && r->name; r++)
		add_option(out, r);
	if (!c->details)
		return;
	buffer_add_string(out, ".PP\n.nf\n");
	add_roff(out, c->details);
	buffer_add_string(out, "\n.fi\n");
}

static int man_run(int argc, char **argv)
{
	int count, ret = EXIT_USAGE;
	const char **rest = calloc((size_t)argc + 1, sizeof *rest);
	if (rest && command_options(&man_command, argc, argv, NULL, rest, &count, &ret)) {
		auto_buffer out = {0};
		buffer_add_string(&out,
			".TH BULKHEAD 1 \"\" \"bulkhead " BULKHEAD_VERSION
			"\"\n.SH NAME\nbulkhead \\- which layers of "
			"defence does each container have, and which does it lack?\n.SH SYNOPSIS\n\\fBbulkhead\\fR "
			"\\fICOMMAND\\fR [\\fIOPTION\\fR…] [\\fIARGUMENT\\fR…]\n.SH COMMANDS\n");
		for (const command_row *const *c = commands; *c; c++)
			add_command(&out, *c);
		buffer_add_string(&out,
			".SH EXIT STATUS\n0 clean; 1 findings at or above \\-\\-fail\\-on; 2 usage or internal error; 3 "
			"something could not be read.\n.SH ENVIRONMENT\n.TP\nNO_COLOR\nno colours, whatever the "
			"terminal.\n");
		ret = command_write(&out, NULL);
	}
	free(rest);
	return ret;
}
