/* SPDX-License-Identifier: Apache-2.0
 *
 * bulkhead completions: scripts for bash, zsh and fish, made from the tables of commands and options. */
#include "commands/commands.h"

#include <stdlib.h>

static int completions_run(int argc, char **argv);

const command_row completions_command = {
	.name = "completions",
	.summary = "print the completion script of a shell",
	.arguments = "bash|zsh|fish",
	.examples = "  bulkhead completions bash > /etc/bash_completion.d/bulkhead\n"
		    "  bulkhead completions fish > ~/.config/fish/completions/bulkhead.fish\n",
	.run = completions_run,
};

static void add_choices(buffer *out, const option_row *r, const char *separator)
{
	for (int i = 0; r->choices && r->choices[i]; i++)
		buffer_format(out, "%s%s", i ? separator : "", r->choices[i]);
}

static void bash_options(buffer *out, const command_row *c)
{
	buffer_format(out, "\t%s) words=\"--help", c->name);
	for (const option_row *r = c->options; r && r->name; r++)
		buffer_format(out, " --%s", r->name);
	buffer_add_string(out, "\" ;;\n");
}

static void bash(buffer *out)
{
	buffer_add_string(out,
		"# bash completion of bulkhead\n_bulkhead()\n{\n\tlocal cur=${COMP_WORDS[COMP_CWORD]} "
		"prev=${COMP_WORDS[COMP_CWORD-1]} words=\n\tif [ \"$COMP_CWORD\" = 1 ]; then\n\t\twords=\"");
	for (const command_row *const *c = commands; *c; c++)
		buffer_format(out, "%s%s", c == commands ? "" : " ", (*c)->name);
	buffer_add_string(out, "\"\n\t\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n\t\treturn\n\tfi\n"
			       "\tcase \"${COMP_WORDS[1]} $prev\" in\n");
	for (const command_row *const *c = commands; *c; c++)
		for (const option_row *r = (*c)->options; r && r->name; r++) {
			if (!r->choices)
				continue;
			buffer_format(out, "\t\"%s --%s\") COMPREPLY=($(compgen -W \"", (*c)->name, r->name);
			add_choices(out, r, " ");
			buffer_add_string(out, "\" -- \"$cur\")); return ;;\n");
		}
	buffer_add_string(out, "\tesac\n\tcase ${COMP_WORDS[1]} in\n");
	for (const command_row *const *c = commands; *c; c++)
		bash_options(out, *c);
	buffer_add_string(out,
		"\tesac\n\tcase $cur in\n\t-*) COMPREPLY=($(compgen -W \"$words\" -- \"$cur\")) ;;\n"
		"\t*) COMPREPLY=($(compgen -f -- \"$cur\")) ;;\n\tesac\n}\ncomplete -o filenames -F _bulkhead bulkhead\n");
}

/* Text inside single quotes of a shell, without what would end them or a zsh description. */
static void add_quoted(buffer *out, const char *text)
{
	for (; *text; text++)
		if (!strchr("'[]:\\", *text))
			buffer_add_byte(out, *text);
}

static void zsh(buffer *out)
{
	buffer_add_string(out, "#compdef bulkhead\n_bulkhead() {\n\tlocal -a commands\n\tcommands=(\n");
	for (const command_row *const *c = commands; *c; c++) {
		buffer_format(out, "\t\t'%s:", (*c)->name);
		add_quoted(out, (*c)->summary);
		buffer_add_string(out, "'\n");
	}
	buffer_add_string(out,
		"\t)\n\tif (( CURRENT == 2 )); then\n\t\t_describe command commands\n\t\treturn\n\tfi\n\tcase $words[2] in\n");
	for (const command_row *const *c = commands; *c; c++) {
		buffer_format(out, "\t%s) _arguments '--help[show the help]'", (*c)->name);
		for (const option_row *r = (*c)->options; r && r->name; r++) {
			buffer_format(out, " \\\n\t\t'%s--%s[", r->kind == OPTION_LIST ? "*" : "", r->name);
			add_quoted(out, r->help);
			buffer_add_string(out, "]");
			if (r->choices) {
				buffer_format(out, ":%s:(", r->name);
				add_choices(out, r, " ");
				buffer_add_string(out, ")");
			} else if (r->value) {
				buffer_format(out, ":%s:_files", r->name);
			}
			buffer_add_string(out, "'");
		}
		buffer_add_string(out, " '*:file:_files' ;;\n");
	}
	buffer_add_string(out, "\tesac\n}\n_bulkhead \"$@\"\n");
}

static void fish(buffer *out)
{
	buffer_add_string(out, "# fish completion of bulkhead\n");
	for (const command_row *const *c = commands; *c; c++) {
		buffer_format(out, "complete -c bulkhead -n __fish_use_subcommand -f -a %s -d '", (*c)->name);
		add_quoted(out, (*c)->summary);
		buffer_add_string(out, "'\n");
		for (const option_row *r = (*c)->options; r && r->name; r++) {
			buffer_format(out, "complete -c bulkhead -n '__fish_seen_subcommand_from %s' -l %s",
				(*c)->name, r->name);
			if (r->letter)
				buffer_format(out, " -s %c", r->letter);
			if (r->value)
				buffer_add_string(out, " -r");
			if (r->choices) {
				buffer_add_string(out, " -f -a '");
				add_choices(out, r, " ");
				buffer_add_string(out, "'");
			}
			buffer_add_string(out, " -d '");
			add_quoted(out, r->help);
			buffer_add_string(out, "'\n");
		}
	}
}

static const struct {
	const char *shell;
	void (*write)(buffer *out);
} shells[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};

static int completions_run(int argc, char **argv)
{
	int count, ret = EXIT_USAGE;
	const char **rest = calloc((size_t)argc + 1, sizeof *rest);
	if (rest && command_options(&completions_command, argc, argv, NULL, rest, &count, &ret)) {
		auto_buffer out = {0};
		for (size_t i = 0; i < sizeof shells / sizeof *shells; i++)
			if (count == 1 && strcmp(rest[0], shells[i].shell) == 0)
				shells[i].write(&out);
		if (out.n)
			ret = command_write(&out, NULL);
		else
			command_complain("completions", "name a shell: bash, zsh or fish");
	}
	free(rest);
	return ret;
}
