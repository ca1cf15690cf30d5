/* SPDX-License-Identifier: Apache-2.0
 *
 * The rules of a run: read, made ready, and replaced while it goes on. */
#include "base/files.h"
#include "base/limits.h"
#include "base/memory.h"
#include "commands/commands.h"
#include "commands/watch_paths.h"
#include "commands/watch_running.h"
#include "formats/sha256.h"
#include "watch/rule_default.h"
#include "watch/rule_words.h"

#include <stdlib.h>

static bool select_one(rule_set *s, span word)
{
	static const struct {
		const char *prefix;
		bool enable, by_tag;
	} rows[] = {{"enable=", true, false}, {"disable=", false, false}, {"enable-tag=", true, true},
		{"disable-tag=", false, true}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (span_starts(word, span_of(rows[i].prefix))) {
			rule_set_select(
				s, rows[i].enable, rows[i].by_tag, span_from(word, strlen(rows[i].prefix)));
			return true;
		}
	return false;
}

static void tell_problems(const rule_file_result *r)
{
	list_each(const rule_problem, p, &r->problems) {
		const rule_place *at = p->places.count ? &p->places.items[p->places.count > 1 ? 1 : 0] : NULL;
		if (p->warning)
			continue;
		command_complain("watch", "%.*s:%u: %s: %.*s", SPAN_ARG(r->file), at ? at->line + 1 : 1,
			rule_code_title(p->code), SPAN_ARG(p->message));
	}
}

static bool read_bytes(span name, span bytes, bool own, rule_set *s, watch_rules *r)
{
	rule_file_result result = {0};
	metrics_file *f = &r->files[r->file_count++];
	f->path = name;
	f->own = own;
	sha256_of(bytes, f->digest);
	rule_set_read_text(s, name, bytes, &result);
	tell_problems(&result);
	r->faulty = r->faulty || !result.read;
	return result.read;
}

static bool read_one(const char *path, rule_set *s, watch_rules *r)
{
	span bytes;
	error e;
	if (files_read(path, LIMIT_FILE_BYTES, &r->arena, &bytes, &e) < 0) {
		command_complain("watch", "%s", e.text);
		return false;
	}
	return read_bytes(span_of(path), bytes, false, s, r);
}

/* Our own rules come first, so that files may change them. Every file is read, also after one with errors: all of them are told at once. */
static bool read_all(const watch_options *o, rule_set *s, watch_rules *r)
{
	bool good = true, own = o->default_rules || (o->rules.count == 0 && !o->no_default_rules);
	watch_paths paths;
	error e;
	if (watch_paths_of(o->rules.items, o->rules.count, &r->arena, &paths, &e) < 0) {
		command_complain("watch", "%s", e.text);
		return false;
	}
	r->files = ARENA_ARRAY(&r->arena, metrics_file, rule_default_count + paths.count);
	for (uint32_t i = 0; own && i < rule_default_count; i++)
		good = read_bytes(span_of(rule_defaults[i].name), rule_defaults[i].text, true, s, r) && good;
	list_each(const char *, path, &paths)
		good = read_one(*path, s, r) && good;
	if (r->faulty)
		command_complain("watch", "--validate in the place of -r says where, and what to do");
	for (uint32_t i = 0; i < o->select.count; i++) {
		span word = span_of(o->select.items[i]);
		if (select_one(s, word))
			continue;
		command_complain("watch",
			"--select '%.*s': it takes enable=GLOB, disable=GLOB, enable-tag=TAG or disable-tag=TAG",
			SPAN_ARG(word));
		good = false;
	}
	return good;
}

/* The counter of a rule, which outlives the rule: what is counted never goes back. */
static metrics_rule *count_of(watching *w, const watch_rule *rule)
{
	metrics_rule *c = map_get(&w->counts_by_name, rule->name);
	if (!c) {
		c = ARENA_NEW(&w->arena, metrics_rule);
		c->name = arena_copy(&w->arena, rule->name);
		list_push(&w->arena, &w->counts, c);
		map_set(&w->counts_by_name, &w->arena, c->name, c);
	}
	c->priority = rule->priority;
	return c;
}

/* Rules of others count on being told which container it was; a rule that names it itself stays as it is. Captures have what their
 * recorder knew: there the outputs are as they stand in the rules. */
static span output_of(const watching *w, const watch_rule *rule, arena *a)
{
	static const char container[] = "container_id=%container.id container_name=%container.name "
					"container_image_repository=%container.image.repository "
					"container_image_tag=%container.image.tag k8s_pod_name=%k8s.pod.name "
					"k8s_ns_name=%k8s.ns.name";
	if (w->options->replay || span_find(rule->output, SPAN("%container.id")) != SPAN_NONE)
		return rule->output;
	return arena_format(a, "%.*s %s", SPAN_ARG(rule->output), container);
}

static bool make_ready(watching *w, watch_priority least, watch_rules *r)
{
	error e;
	r->formats = ARENA_ARRAY(&r->arena, const output_format *, r->count);
	for (uint32_t i = 0; i < r->count; i++)
		if (output_format_new(output_of(w, &r->rules[i], &r->arena), &r->arena, &r->formats[i], &e) <
			0) {
			command_complain("watch", "%.*s:%u: output: %s", SPAN_ARG(r->rules[i].file),
				r->rules[i].line, e.text);
			return false;
		}
	if (ruleset_new(r->rules, r->count, least, &r->arena, &r->set, &e) < 0) {
		command_complain("watch", "%s", e.text);
		return false;
	}
	r->counts = ARENA_ARRAY(&r->arena, metrics_rule *, r->count);
	for (uint32_t i = 0; i < r->count; i++)
		r->counts[i] = count_of(w, &r->rules[i]);
	return true;
}

/* What would be noticed only by what never comes. */
static void tell_idle(const watch_options *o, const rule_set *s, watch_rules *r)
{
	for (uint32_t i = 0; i < o->select.count; i++)
		if (!rule_set_fits(s, i))
			command_complain(
				"watch", "--select '%s': no rule is meant by that", o->select.items[i]);
	for (uint32_t i = 0; i < r->count; i++)
		r->enabled += r->rules[i].enabled && r->rules[i].priority <= r->least;
	if (r->enabled == 0)
		command_complain("watch", "there is no rule that is enabled%s: nothing will be told",
			o->priority ? " and has that priority" : "");
}

watch_rules *watch_rules_new(watching *w)
{
	const watch_options *o = w->options;
	int least = o->priority ? watch_priority_find(span_of(o->priority)) : WATCH_DEBUG;
	if (least < 0) {
		command_complain("watch",
			"--priority '%s': it takes emergency, alert, critical, error, warning, notice, informational or "
			"debug",
			o->priority);
		return NULL;
	}
	watch_rules *r = memory_zeroed(1, sizeof *r);
	rule_set *s = rule_set_new(&watch_rule_words, &r->arena);
	bool good = read_all(o, s, r);
	if (good) {
		rule_set_finish(s, &r->rules, &r->count);
		r->least = (watch_priority)least;
		tell_idle(o, s, r);
		good = make_ready(w, r->least, r);
	}
	if (good)
		return r;
	watch_rules_free(r);
	return NULL;
}

void watch_rules_free(watch_rules *r)
{
	if (!r)
		return;
	arena_done(&r->arena);
	free(r);
}

void watch_rules_reload(watching *w)
{
	error e;
	watch_rules *next = watch_rules_new(w);
	if (next && w->live && live_rules(w->live, next->set, &e) < 0) {
		command_complain("watch", "%s", e.text);
		/* What went through once goes through again; if not, that is told too. */
		if (live_rules(w->live, w->rules->set, &e) < 0)
			command_complain("watch", "%s", e.text);
		watch_rules_free(next);
		next = NULL;
	}
	if (!next) {
		w->failed_reloads++;
		watch_tell_refused(w);
		return;
	}
	w->before = w->rules;
	w->rules = next;
	if (w->live && live_rules_settle(w->live, &e) < 0)
		command_complain("watch", "%s", e.text);
	watch_names_follow(w);
	watch_rules_free(w->before);
	w->before = NULL;
	w->reloads++;
	if (w->live)
		watch_tell_refusals(w);
	if (!w->options->quiet)
		command_complain("watch", "the rules were read anew: %u", next->enabled);
}

static bool file_changed(const metrics_file *f, const char *path)
{
	arena a = {0};
	span bytes;
	error e;
	char digest[SHA256_TEXT + 1] = "";
	if (span_is(f->path, path) && files_read(path, LIMIT_FILE_BYTES, &a, &bytes, &e) >= 0)
		sha256_of(bytes, digest);
	arena_done(&a);
	return strcmp(digest, f->digest) != 0;
}

bool watch_rules_changed(const watching *w)
{
	arena a = {0};
	error e;
	watch_paths paths;
	const metrics_file *f = w->rules->files, *end = f + w->rules->file_count;
	while (f < end && f->own)
		f++;
	bool ret = watch_paths_of(w->options->rules.items, w->options->rules.count, &a, &paths, &e) < 0 ||
		   paths.count != (size_t)(end - f);
	for (uint32_t i = 0; !ret && i < paths.count; i++)
		ret = file_changed(&f[i], paths.items[i]);
	arena_done(&a);
	return ret;
}
