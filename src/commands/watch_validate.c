/* SPDX-License-Identifier: Apache-2.0
 *
 * bulkhead watch --validate: what is wrong with rule files, for people with excerpts and what to do, or as JSON in the shape of Falco's
 * falco_load_results. Its schema_valid and schema_warnings are left out: they are the words of a library for JSON schemas. */
#include "commands/commands.h"
#include "commands/watch.h"
#include "commands/watch_paths.h"
#include "formats/json_write.h"
#include "watch/rule_words.h"

/* --- JSON --- */

static void write_place(json_writer *w, const rule_place *p)
{
	json_open(w, NULL, '{');
	json_text(w, "item_name", p->name);
	json_string(w, "item_type", p->kind);
	json_open(w, "position", '{');
	json_number(w, "column", p->column);
	json_number(w, "line", p->line);
	json_text(w, "name", p->file);
	json_number(w, "offset", p->offset);
	json_close(w, '}');
	json_close(w, '}');
}

static void write_problem(json_writer *w, const rule_problem *p)
{
	json_open(w, NULL, '{');
	json_string(w, "code", p->code);
	json_string(w, "codedesc", rule_code_meaning(p->code));
	json_open(w, "context", '{');
	json_open(w, "locations", '[');
	list_each(const rule_place, place, &p->places)
		write_place(w, place);
	json_close(w, ']');
	json_text(w, "snippet", p->snippet);
	json_close(w, '}');
	json_text(w, "message", p->message);
	json_close(w, '}');
}

static void write_problems(json_writer *w, const char *key, const rule_file_result *r, bool warnings)
{
	json_open(w, key, '[');
	list_each(const rule_problem, p, &r->problems)
		if (p->warning == warnings)
			write_problem(w, p);
	json_close(w, ']');
}

static void write_json(const rule_file_result *results, uint32_t count, buffer *out)
{
	json_writer w = {.out = out};
	json_open(&w, NULL, '{');
	json_open(&w, "falco_load_results", '[');
	for (uint32_t i = 0; i < count; i++) {
		json_open(&w, NULL, '{');
		write_problems(&w, "errors", &results[i], false);
		json_text(&w, "name", results[i].file);
		json_truth(&w, "successful", results[i].read);
		write_problems(&w, "warnings", &results[i], true);
		json_close(&w, '}');
	}
	json_close(&w, ']');
	json_close(&w, '}');
	buffer_add_byte(out, '\n');
}

/* --- text --- */

/* What to do about a problem, by its code and the start of its message; the first that fits. */
static const struct {
	const char *code, *message, *what;
} advice[] = {
	{"LOAD_ERR_VALIDATE", "Undefined macro", "define the macro before what uses it, or correct its name"},
	{"LOAD_ERR_VALIDATE", "reference loop", "let the macro not name itself, not even by way of others"},
	{"LOAD_ERR_VALIDATE", "Rules require engine", "take rules of an older version"},
	{"LOAD_ERR_COMPILE_CONDITION", "filter_check called with nonexistent field",
		"correct the field's name, or set skip-if-unknown-filter: true to leave the rule out"},
	{"LOAD_ERR_COMPILE_CONDITION", "unexpected token after",
		"put 'and' or 'or' between; what is appended must begin with one"},
	{"LOAD_ERR_COMPILE_OUTPUT", "unknown filter", "correct the field that stands behind a '%'"},
	{"LOAD_ERR_YAML_VALIDATE", "Item has no mapping", "add the key that is named"},
	{"LOAD_UNUSED_", "", "name it in a condition, or take it out"},
	{"LOAD_NO_EVTTYPE", "", "add a test of evt.type that leaves few events"},
	{"LOAD_UNKNOWN_SOURCE", "", "only rules for system calls are watched; this one is passed over"},
	{"LOAD_UNKNOWN_FILTER", "", "the rule is left out, as its skip-if-unknown-filter says"},
	{"LOAD_UNKNOWN_KEY", "Unknown key", "correct the key, or take it out"},
	{"LOAD_UNKNOWN_KEY", "duplicate", "take one of the two out: Falco would take the first"},
	{"LOAD_DEPRECATED_ITEM", "The standalone", "add 'override: {enabled: replace}'"},
	{"LOAD_DEPRECATED_ITEM", "'append'", "write 'override: {condition: append}' in its stead"},
};

static const char *advice_of(const rule_problem *p)
{
	for (size_t i = 0; i < sizeof advice / sizeof *advice; i++)
		if (span_starts(span_of(p->code), span_of(advice[i].code)) &&
			span_starts(p->message, span_of(advice[i].message)))
			return advice[i].what;
	return NULL;
}

/* The innermost place in a file. */
static const rule_place *place_of(const rule_problem *p)
{
	const rule_place *last = &p->places.items[p->places.count - 1];
	return strcmp(last->kind, "condition expression") == 0 ? last - 1 : last;
}

void watch_add_plain(buffer *out, span s)
{
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = (uint8_t)s.p[i];
		buffer_add_byte(out, c < 0x20 || c == 0x7f ? (c == '\t' ? ' ' : '?') : s.p[i]);
	}
}

static void print_problem(const rule_problem *p, buffer *out)
{
	const rule_place *at = place_of(p);
	const char *what = advice_of(p);
	span lines = p->snippet, line;
	watch_add_plain(out, at->file);
	buffer_format(out, ":%u:%u: %s: ", at->line + 1, at->column + 1, p->warning ? "warning" : "error");
	watch_add_plain(out, p->message);
	buffer_format(out, " [%s]\n", p->code);
	list_each(const rule_place, place, &p->places)
		if (place->name.n) {
			buffer_format(out, "  in %s '", place->kind);
			watch_add_plain(out, place->name);
			buffer_add_string(out, "'\n");
		}
	while (span_cut(&lines, '\n', &line)) {
		buffer_add_string(out, "    ");
		watch_add_plain(out, line);
		buffer_add_byte(out, '\n');
	}
	if (what)
		buffer_format(out, "  %s\n", what);
}

static void print_text(const rule_file_result *r, buffer *out)
{
	uint32_t errors = 0;
	list_each(const rule_problem, p, &r->problems)
		errors += !p->warning;
	uint32_t warnings = r->problems.count - errors;
	watch_add_plain(out, r->file);
	if (errors)
		buffer_format(out, ": %u error%s", errors, errors == 1 ? "" : "s");
	else
		buffer_add_string(out, ": ok");
	if (warnings)
		buffer_format(out, ", %u warning%s", warnings, warnings == 1 ? "" : "s");
	buffer_add_byte(out, '\n');
	list_each(const rule_problem, p, &r->problems)
		print_problem(p, out);
}

/* --- the command --- */

/* A file that cannot be read has a result too. */
static void unreadable(const char *path, const error *e, arena *a, rule_file_result *ret)
{
	rule_problem p = {.code = "LOAD_ERR_FILE_READ", .message = arena_copy(a, span_of(e->text))};
	p.snippet = SPAN("<No context available>\n");
	list_push(a, &p.places, (rule_place){.kind = "rules content", .file = span_of(path)});
	*ret = (rule_file_result){.file = span_of(path)};
	list_push(a, &ret->problems, p);
}

static int validate(const watch_paths *files, bool json, arena *a)
{
	auto_buffer out = {0};
	int ret = EXIT_CLEAN;
	rule_set *set = rule_set_new(&watch_rule_words, a);
	rule_file_result *results = ARENA_ARRAY(a, rule_file_result, files->count);
	for (uint32_t i = 0; i < files->count; i++) {
		error e;
		if (rule_set_read(set, files->items[i], &results[i], &e) < 0) {
			unreadable(files->items[i], &e, a, &results[i]);
			command_complain("watch", "%s", e.text);
			ret = EXIT_INCOMPLETE;
		} else if (!results[i].read && ret == EXIT_CLEAN)
			ret = EXIT_FINDINGS;
		if (!json)
			print_text(&results[i], &out);
	}
	if (json)
		write_json(results, files->count, &out);
	int status = command_write(&out, NULL);
	return status != EXIT_CLEAN ? status : ret;
}

int watch_validate(const char *const *words, int count, bool json)
{
	arena a = {0};
	error e;
	watch_paths files;
	int ret = EXIT_INCOMPLETE;
	if (watch_paths_of(words, (uint32_t)count, &a, &files, &e) < 0)
		command_complain("watch", "%s", e.text);
	else
		ret = validate(&files, json, &a);
	arena_done(&a);
	return ret;
}
