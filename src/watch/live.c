/* SPDX-License-Identifier: Apache-2.0
 *
 * Joins the collector, the state and the decoder of records; teaches the kernel which cgroups are containers. */
#include "watch/live.h"

#include "base/memory.h"
#include "watch/live_process.h"
#include "watch/ruleset_needs.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Records that are waiting when other rules come are read in so many turns at most. */
enum { LAST_READS = 64 };

struct live {
	collector *collector;
	watch_state *state;
	live_clock clock;
	arena scratch;
	event event;
	buffer missing;
	live_each *each;
	void *of;
};

static uint64_t now(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static uint64_t good_classes(void)
{
	uint64_t ret = 0;
	for (uint32_t class = 0; class < CLASS_COUNT; class ++)
		if (class & CLASS_GOOD)
			ret |= (uint64_t)1 << class;
	return ret;
}

/* What the kernel need not send of a call, because no rule can be true for it. */
static void plan_needs(collector_call *call, const ruleset *rules, arena *a, sought_texts *texts)
{
	bool opens = call->plan.flags_arg && call->plan.descriptor == PLAN_RESULT;
	bool is_exec = span_in(span_of(call->name), "execve execveat");
	call_needs needs = ruleset_needs(rules, span_of(call->name), opens, a, texts);
	call->plan.wanted = needs.wanted & (is_exec ? ~good_classes() : UINT64_MAX);
	call->plan.sought = needs.sought;
	call->plan.traversal = needs.traversal;
	call->plan.named = needs.named;
}

/* Of the processes that run already, those that are sought by name. */
typedef struct naming {
	live *live;
	const sought_texts *texts;
} naming;

static void name_process(void *of, process *p)
{
	const naming *n = of;
	span name = process_text_get(p, PROCESS_COMM);
	list_each(const sought_text, sought, &n->texts->names)
		if (span_equal(sought->text, name))
			collector_named(n->live->collector, (uint32_t)p->pid, sought->classes);
}

static void name_processes(live *l, const sought_texts *texts)
{
	naming n = {l, texts};
	process_each(l->state->processes, name_process, &n);
}

static const collector_text *texts_of(const sought_list *from, arena *a, uint32_t *ret_count)
{
	collector_text *ret = ARENA_ARRAY(a, collector_text, from->count);
	for (uint32_t i = 0; i < from->count; i++)
		ret[i] = (collector_text){from->items[i].text, from->items[i].classes};
	*ret_count = from->count;
	return ret;
}

/* What the kernel is asked for. */
typedef struct asking {
	arena arena; /* of the texts */
	collector_call calls[RECORD_CALLS];
	uint32_t count;
	sought_texts texts;
	collector_texts sought;
} asking;

static asking *asking_new(live *l, const ruleset *rules)
{
	asking *q = memory_zeroed(1, sizeof *q);
	q->count = live_calls(ruleset_events(rules), q->calls);
	for (uint32_t i = 0; i < q->count; i++)
		plan_needs(&q->calls[i], rules, &q->arena, &q->texts);
	l->missing.n = 0;
	live_calls_missing(ruleset_events(rules), &l->missing);
	q->sought.prefixes = texts_of(&q->texts.prefixes, &q->arena, &q->sought.prefix_count);
	q->sought.suffixes = texts_of(&q->texts.suffixes, &q->arena, &q->sought.suffix_count);
	q->sought.names = texts_of(&q->texts.names, &q->arena, &q->sought.name_count);
	return q;
}

static void asking_free(asking *q)
{
	arena_done(&q->arena);
	free(q);
}

int live_open(const ruleset *rules, watch_state *s, live **ret, error *e)
{
	live *l = memory_zeroed(1, sizeof *l);
	l->state = s;
	l->clock.boot = now(CLOCK_REALTIME) - now(CLOCK_BOOTTIME);
	asking *q = asking_new(l, rules);
	int status = collector_open(q->calls, q->count, &q->sought, &l->collector, e);
	if (status >= 0) {
		live_seed(s, &l->clock);
		name_processes(l, &q->texts);
		*ret = l;
	} else
		live_close(l);
	asking_free(q);
	return status;
}

void live_close(live *l)
{
	if (!l)
		return;
	collector_close(l->collector);
	buffer_done(&l->missing);
	arena_done(&l->scratch);
	free(l);
}

/* The cgroup of a record, which the kernel sends as long as it does not know it. */
static void cgroup_learn(live *l, const record *r, span data)
{
	span section = live_section(r, data, SECTION_CGROUP);
	if (section.n == 0 || r->cgroup == 0)
		return;
	span cgroups = arena_format(&l->scratch, "pids=%.*s", SPAN_ARG(live_cgroup(section, &l->scratch)));
	span id = process_container_of(cgroups);
	collector_cgroup(l->collector, r->cgroup, id.n ? CGROUP_CONTAINER : CGROUP_HOST);
	process *p = r->kind == RECORD_CALL ? process_get(l->state->processes, r->pid) : NULL;
	if (!p)
		return;
	process_text_set(l->state->processes, p, PROCESS_CGROUPS, cgroups);
	process_text_set(l->state->processes, p, PROCESS_CONTAINER, id);
}

static void one_record(void *of, const record *r, span data)
{
	live *l = of;
	arena_clear(&l->scratch);
	cgroup_learn(l, r, data);
	if (!live_event(r, data, &l->clock, l->state, &l->scratch, &l->event))
		return;
	l->each(l->of, &l->event, &l->scratch);
	if (r->kind != RECORD_CALL)
		state_event_after(l->state, &l->event);
}

int live_poll(live *l, int milliseconds, live_each *each, void *of, error *e)
{
	l->each = each;
	l->of = of;
	return collector_poll(l->collector, milliseconds, one_record, l, e);
}

int live_rules(live *l, const ruleset *rules, error *e)
{
	asking *q = asking_new(l, rules);
	int status = collector_rules(l->collector, q->calls, q->count, &q->sought, e);
	/* The state does not yet know those that took a name before it was sought: their records are waiting. */
	for (int i = 0, n = 1; status >= 0 && l->each && n > 0 && i < LAST_READS; i++)
		status = n = collector_poll(l->collector, 0, one_record, l, e);
	if (status >= 0)
		name_processes(l, &q->texts);
	asking_free(q);
	return status < 0 ? status : 0;
}

uint64_t live_lost(const live *l)
{
	return collector_lost(l->collector);
}

const char *live_means(const live *l)
{
	return collector_means(l->collector);
}

span live_missing(const live *l)
{
	return buffer_span(&l->missing);
}
