/* SPDX-License-Identifier: Apache-2.0
 *
 * bulkhead watch --list-rules: the rules that the options name, as they are once every file, override and selection has had its say. */
#include "commands/commands.h"
#include "commands/watch_running.h"
#include "formats/json_write.h"

static bool in_force(const watch_rules *r, const watch_rule *rule)
{
	return rule->enabled && rule->priority <= r->least;
}

static void list_text(const watch_rules *r, buffer *out)
{
	for (uint32_t i = 0; i < r->count; i++) {
		const watch_rule *rule = &r->rules[i];
		buffer_format(out, "%-3s %-13s ", in_force(r, rule) ? "on" : "off",
			watch_priority_names[rule->priority]);
		watch_add_plain(out, rule->name);
		buffer_add_byte(out, '\n');
	}
}

static void rule_json(json_writer *w, const watch_rule *rule, bool on)
{
	static const char *const actions[] = {[WATCH_KILL] = "kill", [WATCH_DENY] = "deny"};
	json_open(w, NULL, '{');
	json_text(w, "rule", rule->name);
	json_truth(w, "in_force", on);
	json_string(w, "priority", watch_priority_names[rule->priority]);
	json_text(w, "desc", rule->description);
	json_text(w, "condition", rule->text);
	json_text(w, "output", rule->output);
	json_open(w, "tags", '[');
	list_each(const span, tag, &rule->tags)
		json_text(w, NULL, *tag);
	json_close(w, ']');
	if (rule->action != WATCH_TELL)
		json_string(w, "action", actions[rule->action]);
	json_truth(w, "posture", rule->posture);
	json_truth(w, "capture", rule->capture);
	json_text(w, "file", rule->file);
	json_number(w, "line", rule->line);
	json_close(w, '}');
}

static void list_json(const watch_rules *r, buffer *out)
{
	json_writer w = {.out = out};
	json_open(&w, NULL, '{');
	json_open(&w, "rules", '[');
	for (uint32_t i = 0; i < r->count; i++)
		rule_json(&w, &r->rules[i], in_force(r, &r->rules[i]));
	json_close(&w, ']');
	json_close(&w, '}');
	buffer_add_byte(out, '\n');
}

int watch_list_rules(const watch_options *o)
{
	watching w = {.options = o};
	auto_buffer out = {0};
	int ret = EXIT_USAGE;
	if ((w.rules = watch_rules_new(&w))) {
		(o->format ? list_json : list_text)(w.rules, &out);
		ret = command_write(&out, NULL);
	}
	watch_rules_free(w.rules);
	arena_done(&w.arena);
	return ret;
}
