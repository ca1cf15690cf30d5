/* SPDX-License-Identifier: Apache-2.0
 *
 * What a run tells: alerts of its rules, alerts about itself, pages for monitors. */
#include "base/limits.h"
#include "commands/commands.h"
#include "commands/watch_running.h"
#include "version.h"

enum { DROPPED_EVERY_MS = 10000 };

static void queue(watching *w, watch_priority priority)
{
	outputs_add(w->outputs, buffer_span(&w->line), priority, w->time);
	w->line.n = 0;
	w->added++;
}

static void notice(watching *w, const alert_notice *n)
{
	alert_notice_write(n, w->time, &w->alerts, &w->line);
	queue(w, n->priority);
}

/* --- rules --- */

typedef struct match {
	watching *w;
	const event_view *view;
	LIST(const watch_rule *) told; /* where the event is looked at twice: what was found the first time */
} match;

static span container_of(const event_view *v)
{
	const process *p = v->event->process;
	span id = p ? process_text_get(p, PROCESS_CONTAINER) : (span){0};
	return id.n ? id : SPAN("host");
}

static void notice_held(watching *w, span rule, span container, uint64_t held)
{
	alert_notice n = {.rule = "bulkhead: alerts suppressed",
		.priority = WATCH_NOTICE,
		.message = arena_format(&w->scratch,
			"%llu alerts of the rule \"%.*s\" were held back by --limit",
			(unsigned long long)held, SPAN_ARG(rule)),
		.fields = {{"container.id", container, 0}, {"n_suppressed", {0}, held}, {"rule", rule, 0}},
		.count = 3};
	notice(w, &n);
	arena_clear(&w->scratch);
}

/* What the alert weighs: more than the rule says, where it asks for that, in a container that makes things worse. */
static alert_posture weigh(const watch_rule *rule, const event_view *v)
{
	const watch_container *c = rule->posture ? watch_field_container(v) : NULL;
	if (!c || c->worse.count == 0)
		return (alert_posture){.priority = rule->priority};
	return (alert_posture){watch_priority_raise(rule->priority), c->worse.items, c->worse.count};
}

/* The rules that it is one of: while rules are replaced, calls are still told that were denied for the sake of earlier ones. */
static const watch_rules *rules_with(const watching *w, const watch_rule *rule)
{
	const watch_rules *r = w->before;
	return r && rule >= r->rules && rule < r->rules + r->count ? r : w->rules;
}

static bool on_match(void *of, const watch_rule *rule)
{
	match *m = of;
	watching *w = m->w;
	const watch_rules *rules = rules_with(w, rule);
	size_t i = (size_t)(rule - rules->rules);
	span container = container_of(m->view);
	uint64_t held = 0;
	if (watch_respond_told(w, rule))
		return false;
	list_each(const watch_rule *const, before, &m->told)
		if (*before == rule)
			return false;
	if (m->view->event->given.n)
		list_push(m->view->scratch, &m->told, rule);
	alert_posture posture = weigh(rule, m->view);
	if (posture.priority > w->rules->least)
		return false;
	w->found++;
	rules->counts[i]->alerts++;
	alert_action action = watch_respond(w, rule, m->view->event);
	if (!action.done && w->limit &&
		!alert_limit_take(w->limit, rule->name, container, m->view->event->time, &held)) {
		rules->counts[i]->held++;
		return true;
	}
	if (held && !w->alerts.json)
		notice_held(w, rule->name, container, held);
	alert_options how = w->alerts;
	how.suppressed = held;
	how.posture = posture.count ? &posture : NULL;
	how.action = rule->action == WATCH_TELL ? NULL : &action;
	how.capture = watch_record_match(w->record, w, rule, m->view);
	alert_write(rule, rules->formats[i], m->view, &how, &w->line);
	queue(w, posture.priority);
	return true;
}

/* Until a capture tells of a container, nothing is known of any, not even that the host is none. */
static void learn_told(watching *w, const event *e)
{
	if (told_containers_learn(w->told, e))
		w->lookup = told_containers_lookup(w->told);
}

/* The same file by the path that the call was given, for rules that name links (/proc/self/exe). */
static void match_given(match *m)
{
	event e = *m->view->event;
	event_view v = *m->view;
	descriptor d = *e.descriptor;
	d.name = (char *)e.given.p;
	d.name_bytes = (uint32_t)e.given.n;
	e.descriptor = &d;
	v.event = &e;
	m->view = &v;
	ruleset_match(m->w->rules->set, &v, m->w->options->first, on_match, m);
}

void watch_tell_event(void *of, const event *e, arena *scratch)
{
	watching *w = of;
	event_view v = {.event = e, .state = &w->state, .scratch = scratch};
	match m = {w, &v};
	w->events++;
	w->time = e->time;
	if (w->containers) {
		watch_containers_see(w->containers, w->state.processes, e->process);
		v.containers = &w->lookup;
	} else if (w->told) {
		learn_told(w, e);
		v.containers = w->lookup.find ? &w->lookup : NULL;
	}
	const watch_rule *rule;
	bool denied = false;
	for (uint32_t i = 0; w->live && (rule = live_denied_by(w->live, i)); i++) {
		on_match(&m, rule);
		denied = true;
	}
	/* The call itself tells of its failure too. */
	if (denied)
		return;
	ruleset_match(w->rules->set, &v, w->options->first, on_match, &m);
	uint32_t found = m.told.count;
	if (e->given.n && !(w->options->first && m.told.count))
		match_given(&m);
	/* Who reads the recording has one path only. */
	bool given = found == 0 && m.told.count;
	watch_record_event(w->record, w, e, given ? CAPTURE_PATH_GIVEN : CAPTURE_PATH_OF_FILE);
}

/* --- the watcher itself --- */

void watch_tell_lost(watching *w, uint64_t lost)
{
	uint64_t more = lost - w->lost;
	if (more == 0)
		return;
	w->lost = lost;
	live_forget(w->live);
	command_complain("watch", "%llu events were lost: they came faster than they could be read",
		(unsigned long long)more);
	alert_notice n = {.rule = "bulkhead: events lost",
		.priority = WATCH_CRITICAL,
		.message = arena_format(&w->scratch,
			"%llu events were lost: they came faster than they could be read",
			(unsigned long long)more),
		.fields = {{"n_lost", {0}, more}, {"n_lost_total", {0}, lost}},
		.count = 2};
	collector_noise noise;
	if (live_noisiest(w->live, &noise)) {
		span name = arena_format(&w->scratch, "%s", noise.name);
		n.fields[n.count].key = "noisiest";
		n.fields[n.count++].text = name.n ? name : SPAN("?");
		n.fields[n.count].key = "noisiest.pid";
		n.fields[n.count++].number = noise.pid;
	}
	notice(w, &n);
	arena_clear(&w->scratch);
}

static void tell_dropped(watching *w, const output_status *s, uint64_t more)
{
	alert_notice n = {.rule = "bulkhead: alerts dropped",
		.priority = WATCH_ERROR,
		.message = arena_format(&w->scratch, "%llu alerts did not get to an output (%s)%s%s",
			(unsigned long long)more, s->name, *s->trouble ? ": " : "", s->trouble),
		.fields = {{"n_dropped", {0}, more}, {"n_dropped_total", {0}, s->dropped},
			{"output", span_of(s->name), 0}},
		.count = 3};
	command_complain("watch", "%.*s", SPAN_ARG(n.message));
	notice(w, &n);
	arena_clear(&w->scratch);
}

/* Once in a while of each output; at the end nobody is left to be told but the person. */
void watch_tell_outputs(watching *w, bool end)
{
	int64_t now = (int64_t)(watch_now() / 1000000u);
	for (uint32_t i = 0; i < outputs_count(w->outputs); i++) {
		watch_notice *n = &w->notices[i];
		output_status s = outputs_status(w->outputs, i);
		uint64_t more = s.dropped - n->dropped;
		bool trouble = s.troubles != n->troubles && (s.broken || s.gone);
		if (!(more || trouble) || (!end && n->told && now - n->told < DROPPED_EVERY_MS))
			continue;
		n->told = now;
		n->dropped = s.dropped;
		n->troubles = s.troubles;
		if (more && !end)
			tell_dropped(w, &s, more);
		else if (more)
			command_complain("watch", "%llu alerts did not get to an output (%s)%s%s",
				(unsigned long long)more, s.name, *s.trouble ? ": " : "", s.trouble);
		else
			command_complain("watch", "output %s: %s", s.name, s.trouble);
	}
}

static void tell_held(void *of, span rule, span container, uint64_t held)
{
	notice_held(of, rule, container, held);
}

void watch_tell_held(watching *w, bool end)
{
	if (w->limit)
		alert_limit_due(w->limit, w->time, end, tell_held, w);
}

void watch_tell_refused(watching *w)
{
	alert_notice n = {.rule = "bulkhead: rules not reloaded",
		.priority = WATCH_ERROR,
		.message = SPAN("the rules were read anew and have errors; those from before stay in force")};
	command_complain("watch", "%.*s", SPAN_ARG(n.message));
	notice(w, &n);
}

void watch_tell_unrecorded(watching *w, span why)
{
	alert_notice n = {.rule = "bulkhead: not recorded",
		.priority = WATCH_ERROR,
		.message = arena_format(
			&w->scratch, "what alerts are about is not recorded: %.*s", SPAN_ARG(why))};
	command_complain("watch", "%.*s", SPAN_ARG(n.message));
	notice(w, &n);
	arena_clear(&w->scratch);
}

/* --- pages --- */

const char *watch_page(void *of, span path, buffer *out)
{
	const watching *w = of;
	if (span_is(path, "/healthz")) {
		buffer_add_string(out, "ok\n");
		return "text/plain; charset=utf-8";
	}
	if (!span_is(path, "/metrics"))
		return NULL;
	metrics m = {.events = w->events,
		.lost = w->live ? live_lost(w->live) : 0,
		.processes = process_count(w->state.processes),
		.memory = metrics_memory(),
		.started = w->started,
		.reloads = w->reloads,
		.failed_reloads = w->failed_reloads,
		.rules = (const metrics_rule *const *)w->counts.items,
		.rule_count = w->counts.count,
		.files = w->rules->files,
		.file_count = w->rules->file_count,
		.outputs = w->outputs,
		.version = BULKHEAD_VERSION};
	metrics_write(&m, out);
	return metrics_type;
}
