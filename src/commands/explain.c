/* SPDX-License-Identifier: Apache-2.0
 *
 * bulkhead explain: one rule in full, by its id or by the id that another tool gives it. */
#include "commands/commands.h"

#include "rules/rule.h"

#include <stdlib.h>

typedef struct explain_options {
	int format;
	bool all;
} explain_options;

static const char *const format_choices[] = {"text", "markdown", NULL};

static const option_row explain_rows[] = {
	{0, "format", OPTION_CHOICE, offsetof(explain_options, format), "FORMAT", format_choices,
		"text (the default), or markdown as in docs/rules"},
	{0, "all", OPTION_FLAG, offsetof(explain_options, all), NULL, NULL, "explain every rule"},
	{0},
};

static int explain_run(int argc, char **argv);

const command_row explain_command = {
	.name = "explain",
	.summary = "say why a rule matters, what it asks and how to mend it",
	.arguments = "RULE…",
	.examples =
		"  bulkhead explain user/root\n  bulkhead explain DL3002            by the name hadolint gives it\n"
		"  bulkhead explain trivy:KSV-0012\n",
	.options = explain_rows,
	.run = explain_run,
};

static void add_words(buffer *out, const char *label, const char *words)
{
	if (words && *words)
		buffer_format(out, "%s%s\n", label, words);
}

enum { TEXT_INDENT = 2, TEXT_WIDTH = 78 };

static void add_paragraph(buffer *out, const char *words)
{
	buffer_repeat(out, ' ', TEXT_INDENT);
	buffer_wrap(out, span_of(words), TEXT_INDENT, TEXT_INDENT, TEXT_WIDTH);
}

static void add_labelled(buffer *out, const char *label, const char *words)
{
	if (!words || !*words)
		return;
	buffer_format(out, "%s\n", label);
	add_paragraph(out, words);
}

static void explain_text(const rule *r, buffer *out)
{
	buffer_format(out, "%s: %s\n", r->id, r->title);
	buffer_format(
		out, "severity %s, profile %s\n\n", severity_names[r->severity], profile_names[r->profile]);
	add_paragraph(out, r->why);
	buffer_add_byte(out, '\n');
	if (r->each)
		buffer_format(out, "asked of each %s\n", r->each);
	if (r->condition) {
		buffer_add_string(out, "violated when\n");
		add_paragraph(out, r->condition);
	} else {
		buffer_add_string(out, "asked of the document as a whole\n");
	}
	add_labelled(out, "wanted instead", r->wanted);
	add_labelled(out, "also known as", r->aliases);
	add_labelled(out, "references", r->references);
}

static void explain_markdown(const rule *r, buffer *out)
{
	buffer_format(out,
		"# %s\n\n**%s**\n\n%s\n\n| severity | smallest profile |\n|---|---|\n| %s | %s |\n\n", r->id,
		r->title, r->why, severity_names[r->severity], profile_names[r->profile]);
	if (r->condition)
		buffer_format(out, "Violated %s%s%swhen:\n\n    %s\n\n", r->each ? "by each `" : "",
			r->each ? r->each : "", r->each ? "` " : "", r->condition);
	else
		buffer_add_string(out, "Asked of the document as a whole.\n\n");
	if (r->wanted)
		buffer_format(out, "Wanted instead: `%s`\n\n", r->wanted);
	add_words(out, "Also known as: ", r->aliases);
	add_words(out, "\nReferences: ", r->references);
}

static void explain(const rule *r, int format, buffer *out)
{
	if (out->n)
		buffer_add_byte(out, '\n');
	(format ? explain_markdown : explain_text)(r, out);
}

static void explain_all(int format, buffer *out)
{
	for (const rule_table *const *table = rule_tables; *table; table++)
		for (size_t i = 0; i < (*table)->count; i++)
			explain(&(*table)->rows[i], format, out);
}

/* All rules that a name means: an alias may be answered by several. */
static uint32_t explain_name(const char *name, int format, buffer *out)
{
	uint32_t found = 0;
	for (const rule_table *const *table = rule_tables; *table; table++)
		for (size_t i = 0; i < (*table)->count; i++)
			if (rule_is(&(*table)->rows[i], span_of(name))) {
				explain(&(*table)->rows[i], format, out);
				found++;
			}
	return found;
}

static int explain_names(const explain_options *o, const char *const *names, int count)
{
	auto_buffer out = {0};
	int ret = EXIT_CLEAN;
	if (o->all)
		explain_all(o->format, &out);
	else if (count == 0)
		command_complain("explain", "name a rule: `bulkhead rules` lists them");
	if (count == 0 && !o->all)
		return EXIT_USAGE;
	for (int i = 0; i < count; i++)
		if (!explain_name(names[i], o->format, &out)) {
			command_complain("explain",
				"there is no rule '%s', nor one that another tool calls so", names[i]);
			ret = EXIT_USAGE;
		}
	int status = command_write(&out, NULL);
	return status != EXIT_CLEAN ? status : ret;
}

static int explain_run(int argc, char **argv)
{
	explain_options o = {0};
	int count, ret = EXIT_USAGE;
	const char **rest = calloc((size_t)argc + 1, sizeof *rest);
	if (rest && command_options(&explain_command, argc, argv, &o, rest, &count, &ret))
		ret = explain_names(&o, rest, count);
	free(rest);
	return ret;
}
