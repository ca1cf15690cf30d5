/* SPDX-License-Identifier: Apache-2.0
 *
 * bulkhead watch: events of the kernel, or of a capture, against rules. */
#include "commands/commands.h"
#include "commands/watch.h"
#include "watch/alert.h"
#include "watch/capture.h"
#include "watch/live.h"
#include "watch/rule_words.h"
#include "watch/ruleset.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { POLL_MILLISECONDS = 5, LOST_EVERY_POLLS = 200 };

/* All that a run of watch holds. */
typedef struct watching {
	const watch_options *options;
	arena arena;
	const watch_rule *rules;
	const output_format **formats; /* a rule each */
	ruleset *set;
	watch_state state;
	alert_options alerts;
	buffer out;
	uint64_t found, lost;
} watching;

/* --- rules --- */

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

/* Every file is read, also after one with errors: all of them are told at once. */
static bool rules_read(watching *w, rule_set *s)
{
	bool good = true;
	error e;
	for (uint32_t i = 0; i < w->options->rules.count; i++) {
		rule_file_result result = {0};
		if (rule_set_read(s, w->options->rules.items[i], &result, &e) < 0) {
			command_complain("watch", "%s", e.text);
			good = false;
			continue;
		}
		tell_problems(&result);
		good = good && result.read;
	}
	for (uint32_t i = 0; i < w->options->select.count; i++) {
		span word = span_of(w->options->select.items[i]);
		if (select_one(s, word))
			continue;
		command_complain("watch",
			"--select '%.*s': it takes enable=GLOB, disable=GLOB, enable-tag=TAG or disable-tag=TAG",
			SPAN_ARG(word));
		good = false;
	}
	return good;
}

static bool rules_load(watching *w)
{
	error e;
	uint32_t count = 0;
	rule_set *s = rule_set_new(&watch_rule_words, &w->arena);
	int least = w->options->priority ? watch_priority_find(span_of(w->options->priority)) : WATCH_DEBUG;
	if (least < 0) {
		command_complain("watch", "--priority '%s': there is no such priority", w->options->priority);
		return false;
	}
	if (!rules_read(w, s))
		return false;
	rule_set_finish(s, &w->rules, &count);
	w->formats = ARENA_ARRAY(&w->arena, const output_format *, count);
	for (uint32_t i = 0; i < count; i++)
		if (output_format_new(w->rules[i].output, &w->arena, &w->formats[i], &e) < 0) {
			command_complain("watch", "%.*s:%u: output: %s", SPAN_ARG(w->rules[i].file),
				w->rules[i].line, e.text);
			return false;
		}
	if (ruleset_new(w->rules, count, (watch_priority)least, &w->arena, &w->set, &e) < 0) {
		command_complain("watch", "%s", e.text);
		return false;
	}
	return true;
}

/* --- events --- */

typedef struct match {
	watching *w;
	const event_view *view;
} match;

static void on_match(void *of, const watch_rule *rule)
{
	match *m = of;
	m->w->found++;
	alert_write(rule, m->w->formats[rule - m->w->rules], m->view, &m->w->alerts, &m->w->out);
}

static void on_event(void *of, const event *e, arena *scratch)
{
	watching *w = of;
	event_view v = {.event = e, .state = &w->state, .scratch = scratch};
	match m = {w, &v};
	ruleset_match(w->set, &v, w->options->first, on_match, &m);
}

static int finish(watching *w)
{
	int status = command_write(&w->out, NULL);
	return status != EXIT_CLEAN ? status : w->found ? EXIT_FINDINGS : EXIT_CLEAN;
}

static int replay(watching *w)
{
	capture *c;
	event e;
	error why = {0};
	arena scratch = {0};
	int more;
	if (capture_open(w->options->replay, &w->state, &c, &why) < 0) {
		command_complain("watch", "%s", why.text);
		return EXIT_INCOMPLETE;
	}
	while ((more = capture_next(c, &e, &why)) > 0) {
		arena_clear(&scratch);
		state_event_before(&w->state, &e);
		on_event(w, &e, &scratch);
		state_event_after(&w->state, &e);
	}
	const char *damage = NULL;
	uint64_t damaged = capture_damaged(c, &damage);
	if (more < 0)
		command_complain("watch", "%s", why.text);
	if (damaged)
		command_complain("watch", "%s: %llu events or blocks are damaged and were left out: %s",
			w->options->replay, (unsigned long long)damaged, damage);
	capture_close(c);
	arena_done(&scratch);
	int ret = finish(w);
	return more < 0 || damaged ? EXIT_INCOMPLETE : ret;
}

/* Signals that end it come as something to read. */
static int signals_open(void)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static bool signalled(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	return poll(&p, 1, 0) > 0;
}

/* Lost events are an alert of their own: silence would look like peace. */
static void tell_lost(watching *w, uint64_t lost)
{
	if (lost == w->lost)
		return;
	command_complain("watch", "%llu events were lost: they came faster than they could be read",
		(unsigned long long)(lost - w->lost));
	w->lost = lost;
}

static int watch_kernel(watching *w)
{
	live *l;
	error e = {0};
	int stop = signals_open(), n = 0;
	if (stop < 0 || live_open(w->set, &w->state, &l, &e) < 0) {
		command_complain("watch", "%s", stop < 0 ? strerror(errno) : e.text);
		return EXIT_USAGE;
	}
	if (!w->options->quiet)
		command_complain("watch", "watching by %s", live_means(l));
	if (live_missing(l).n)
		command_complain("watch", "rules ask for system calls that are not told here:%.*s",
			SPAN_ARG(live_missing(l)));
	w->alerts.hostname = w->state.hostname;
	for (uint64_t polls = 0; n >= 0 && !signalled(stop); polls++) {
		n = live_poll(l, POLL_MILLISECONDS, on_event, w, &e);
		buffer_flush(&w->out);
		if (polls % LOST_EVERY_POLLS == 0)
			tell_lost(w, live_lost(l));
	}
	if (n < 0)
		command_complain("watch", "%s", e.text);
	tell_lost(w, live_lost(l));
	live_close(l);
	close(stop);
	int ret = finish(w);
	return n < 0 ? EXIT_USAGE : w->lost ? EXIT_INCOMPLETE : ret;
}

int watch_events(const watch_options *o)
{
	watching w = {.options = o, .out = {.sink = STDOUT_FILENO + 1}};
	int ret = EXIT_USAGE;
	if (o->rules.count == 0) {
		command_complain("watch", "which rules? -r FILE names a file of them");
		return ret;
	}
	w.alerts = (alert_options){
		.json = o->format == 1, .iso_time = o->iso, .output = true, .fields = true, .tags = true};
	state_init(&w.state, &w.arena);
	if (rules_load(&w)) {
		char name[256] = "";
		gethostname(name, sizeof name - 1);
		w.alerts.hostname = span_of(name);
		ret = o->replay ? replay(&w) : watch_kernel(&w);
	}
	state_done(&w.state);
	buffer_done(&w.out);
	arena_done(&w.arena);
	return ret;
}
