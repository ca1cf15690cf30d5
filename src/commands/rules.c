/* SPDX-License-Identifier: Apache-2.0
 *
 * bulkhead rules: the rule table, and the names that conditions may use. */
#include "commands/commands.h"

#include "formats/json_write.h"
#include "rules/macros.h"
#include "rules/rule.h"
#include "rules/vocabulary.h"

#include <stdlib.h>

typedef struct rules_options {
	int format;
	bool fields;
} rules_options;

static const char *const format_choices[] = {"text", "json", NULL};

static const option_row rules_rows[] = {
	{0, "format", OPTION_CHOICE, offsetof(rules_options, format), "FORMAT", format_choices,
		"text (the default) or json"},
	{0, "fields", OPTION_FLAG, offsetof(rules_options, fields), NULL, NULL,
		"list the fields, macros and lists that conditions of custom rules may use"},
	{0},
};

static int rules_run(int argc, char **argv);

const command_row rules_command = {
	.name = "rules",
	.summary = "list all rules, or the fields that custom rules may use",
	.arguments = "[CONTROL]",
	.examples =
		"  bulkhead rules\n  bulkhead rules network\n  bulkhead rules --format json\n  bulkhead rules --fields\n",
	.options = rules_rows,
	.run = rules_run,
};

static bool wanted(const rule *r, const char *control)
{
	span id = span_of(r->id);
	return !control || span_is(span_sub(id, 0, span_find_byte(id, '/')), control);
}

static void rules_text(const char *control, buffer *out)
{
	for (const rule_table *const *table = rule_tables; *table; table++)
		for (size_t i = 0; i < (*table)->count; i++) {
			const rule *r = &(*table)->rows[i];
			if (wanted(r, control))
				buffer_format(out, "%-42s %-8s %-11s %s\n", r->id,
					severity_names[r->severity], profile_names[r->profile], r->title);
		}
}

static void rule_json(json_writer *w, const rule *r)
{
	span id = span_of(r->id);
	json_open(w, NULL, '{');
	json_string(w, "rule", r->id);
	json_text(w, "control", span_sub(id, 0, span_find_byte(id, '/')));
	json_string(w, "severity", severity_names[r->severity]);
	json_string(w, "title", r->title);
	json_open(w, "profiles", '[');
	for (int p = (int)r->profile; p <= PROFILE_STRICT; p++)
		json_string(w, NULL, profile_names[p]);
	json_close(w, ']');
	json_words(w, "aliases", r->aliases);
	json_words(w, "references", r->references);
	json_string(w, "why", r->why);
	json_string(w, "each", r->each);
	json_string(w, "condition", r->condition);
	json_string(w, "wanted", r->wanted);
	json_close(w, '}');
}

static void rules_json(const char *control, buffer *out)
{
	json_writer w = {.out = out};
	json_open(&w, NULL, '{');
	json_open(&w, "rules", '[');
	for (const rule_table *const *table = rule_tables; *table; table++)
		for (size_t i = 0; i < (*table)->count; i++)
			if (wanted(&(*table)->rows[i], control))
				rule_json(&w, &(*table)->rows[i]);
	json_close(&w, ']');
	json_close(&w, '}');
	buffer_add_byte(out, '\n');
}

static const char *type_name(const field_row *f)
{
	return f->type == VALUE_TRUTH ? "truth" : f->type == VALUE_NUMBER ? "number" : "text";
}

static void fields_text(buffer *out)
{
	arena a = {0};
	rule_fields fields;
	rule_fields_init(&fields, &a);
	buffer_add_string(out, "Fields (… after the type: there may be several)\n");
	for (uint32_t i = 0; i < fields.all.count; i++) {
		const field_row *f = fields.all.items[i];
		buffer_format(out, "  %-34s %s%-*s %s\n", f->name, type_name(f),
			f->list ? 10 - (int)strlen(type_name(f)) : 8 - (int)strlen(type_name(f)),
			f->list ? "…" : "", f->meaning);
	}
	buffer_add_string(out, "\nMacros\n");
	for (const macro_row *m = macro_rows; m->name; m++)
		buffer_format(out, "  %-34s %s\n", m->name, m->meaning);
	buffer_add_string(out, "\nLists\n");
	for (const macro_row *m = macro_list_rows; m->name; m++)
		buffer_format(out, "  %-34s %s\n", m->name, m->meaning);
	arena_done(&a);
}

static void fields_json(buffer *out)
{
	arena a = {0};
	rule_fields fields;
	rule_fields_init(&fields, &a);
	json_writer w = {.out = out};
	json_open(&w, NULL, '{');
	json_open(&w, "fields", '[');
	for (uint32_t i = 0; i < fields.all.count; i++) {
		const field_row *f = fields.all.items[i];
		json_open(&w, NULL, '{');
		json_string(&w, "field", f->name);
		json_string(&w, "type", type_name(f));
		json_truth(&w, "list", f->list);
		json_string(&w, "meaning", f->meaning);
		json_close(&w, '}');
	}
	json_close(&w, ']');
	json_close(&w, '}');
	buffer_add_byte(out, '\n');
	arena_done(&a);
}

static int rules_print(const rules_options *o, const char *control)
{
	auto_buffer out = {0};
	if (control && control_of(span_of(control)) == CONTROL_COUNT) {
		command_complain("rules", "there is no control '%s'", control);
		return EXIT_USAGE;
	}
	if (o->fields)
		(o->format ? fields_json : fields_text)(&out);
	else
		(o->format ? rules_json : rules_text)(control, &out);
	return command_write(&out, NULL);
}

static int rules_run(int argc, char **argv)
{
	rules_options o = {0};
	int count, ret = EXIT_USAGE;
	const char **rest = calloc((size_t)argc + 1, sizeof *rest);
	if (rest && command_options(&rules_command, argc, argv, &o, rest, &count, &ret))
		ret = rules_print(&o, count ? rest[0] : NULL);
	free(rest);
	return ret;
}
