/* SPDX-License-Identifier: Apache-2.0
 *
 * Joins the collector, the state and the decoder of records; teaches the kernel which cgroups are containers. */
#include "watch/live.h"

#include "base/limits.h"
#include "base/memory.h"
#include "watch/backlog.h"
#include "watch/live_deny.h"
#include "watch/live_process.h"
#include "watch/ruleset_needs.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Records that are waiting when other rules come are read in so many turns at most. */
enum { LAST_READS = 64 };

/* Who was stopped longer ago may have been let go meanwhile, because nobody answered. */
enum { HELD_NANOSECONDS = 1000000000 };

struct live {
	collector *collector;
	watch_state *state;
	live_clock clock;
	arena scratch;
	event event;
	buffer missing;
	const record *told; /* the one that is told at this moment */
	bool killed;        /* its process was killed meanwhile */
	bool respond;
	live_denials denials;
	backlog waiting;
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

#define exec_calls "execve execveat"

/* What the kernel need not send of a call, because no rule can be true for it. */
static void plan_needs(collector_call *call, const ruleset *rules, arena *a, sought_texts *texts)
{
	bool opens = call->plan.flags_arg && call->plan.descriptor == PLAN_RESULT;
	bool is_exec = span_in(span_of(call->name), exec_calls);
	for (purpose p = 0; p < PURPOSES; p++)
		call->plan.asks[p] = ruleset_needs(rules, span_of(call->name), p, opens, a, texts);
	/* A program that starts is told in any case. */
	call_asks *send = &call->plan.asks[PURPOSE_SEND];
	__u64 *const classes[] = {&send->wanted, &send->sought, &send->traversal, &send->named};
	for (size_t i = 0; is_exec && i < sizeof classes / sizeof *classes; i++)
		*classes[i] &= ~good_classes();
}

/* Which programs that start may have to be killed; they are sent in any case. */
static collector_call exec_plan(const ruleset *rules, arena *a, sought_texts *texts)
{
	collector_call ret = {.number = PLAN_EXEC};
	call_asks *asks = &ret.plan.asks[PURPOSE_STOP];
	span names = SPAN(exec_calls), name;
	while (span_cut(&names, ' ', &name)) {
		call_asks one = ruleset_needs(rules, name, PURPOSE_STOP, false, a, texts);
		asks->wanted |= one.wanted;
		asks->named |= one.named;
	}
	return ret;
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
			collector_named(n->live->collector, (uint32_t)p->pid, &sought->classes);
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
	q->calls[q->count++] = exec_plan(rules, &q->arena, &q->texts);
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

int live_open(const ruleset *rules, bool respond, watch_state *s, live **ret, error *e)
{
	live *l = memory_zeroed(1, sizeof *l);
	l->state = s;
	l->clock.boot = now(CLOCK_REALTIME) - now(CLOCK_BOOTTIME);
	asking *q = asking_new(l, rules);
	int status = collector_open(q->calls, q->count, &q->sought, respond, &l->collector, e);
	if (status >= 0) {
		live_seed(s, &l->clock);
		name_processes(l, &q->texts);
		l->respond = respond;
		if (respond)
			status = live_deny(&l->denials, rules, l->collector, s, e);
		else
			live_deny_look(&l->denials, rules);
	}
	if (status >= 0)
		*ret = l;
	else
		live_close(l);
	asking_free(q);
	return status;
}

void live_close(live *l)
{
	if (!l)
		return;
	live_deny_done(&l->denials);
	backlog_done(&l->waiting);
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
	if (r->kind == RECORD_EXEC && r->args[0])
		collector_compat(l->collector);
	cgroup_learn(l, r, data);
	l->told = r;
	l->killed = false;
	bool known = live_event(r, data, &l->clock, l->state, &l->scratch, &l->event);
	if (known)
		l->each(l->of, &l->event, &l->scratch);
	if (r->stopped && l->killed)
		collector_forget(l->collector, r->pid);
	else if (r->stopped)
		collector_let_go(l->collector, r->pid);
	if (known && r->kind != RECORD_CALL)
		state_event_after(l->state, &l->event);
	l->told = NULL;
}

live_killed live_kill(live *l, const event *e)
{
	const record *r = l->told;
	const process *p = e->process;
	if (!r || !p || !process_text_get(p, PROCESS_CONTAINER).n || r->pid == (uint32_t)getpid() ||
		collector_is_host(l->collector, r->cgroup))
		return LIVE_SPARED;
	if (l->killed)
		return LIVE_KILLED;
	int fd = (int)syscall(SYS_pidfd_open, (pid_t)r->pid, 0);
	/* Looked at with the descriptor in hand: the number cannot become another process's meanwhile. */
	bool good = fd >= 0 && live_started_at(r->pid, r->start) &&
		    syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0) == 0;
	if (fd >= 0)
		close(fd);
	l->killed = good;
	bool held = r->stopped && now(CLOCK_BOOTTIME) - r->time < HELD_NANOSECONDS;
	return !good ? LIVE_ENDED : held ? LIVE_KILLED_AT_ONCE : LIVE_KILLED;
}

static bool keep_record(void *of, const record *r, span data)
{
	live *l = of;
	return backlog_add(&l->waiting, r, data);
}

void live_keep(live *l)
{
	error e; /* what fails here fails for live_poll too */
	if (l->waiting.bytes < LIMIT_WATCH_BACKLOG / 2)
		collector_poll(l->collector, 0, keep_record, l, &e);
}

int live_poll(live *l, int milliseconds, live_each *each, void *of, error *e)
{
	l->each = each;
	l->of = of;
	TRY(collector_poll(l->collector, milliseconds, keep_record, l, e));
	int n = 0;
	record r;
	span data;
	for (; backlog_next(&l->waiting, &r, &data); n++)
		one_record(l, &r, data);
	return n;
}

static int read_waiting(live *l, error *e)
{
	int n = 1;
	for (int i = 0; l->each && n > 0 && i < LAST_READS; i++)
		n = live_poll(l, 0, l->each, l->of, e);
	return n;
}

int live_rules_settle(live *l, error *e)
{
	if (!l->respond)
		return 0;
	live_deny_close(&l->denials);
	int status = read_waiting(l, e);
	live_deny_forget(&l->denials);
	return status < 0 ? status : 0;
}

int live_rules(live *l, const ruleset *rules, error *e)
{
	asking *q = asking_new(l, rules);
	int status = collector_rules(l->collector, q->calls, q->count, &q->sought, e);
	/* The state does not yet know those that took a name before it was sought: their records are waiting. */
	if (status >= 0)
		status = read_waiting(l, e);
	if (status >= 0)
		name_processes(l, &q->texts);
	if (status >= 0 && l->respond)
		status = live_deny(&l->denials, rules, l->collector, l->state, e);
	else if (status >= 0)
		live_deny_look(&l->denials, rules);
	asking_free(q);
	return status < 0 ? status : 0;
}

const watch_rule *live_denied_by(const live *l, uint32_t index)
{
	return l->told ? live_deny_rule(&l->denials, l->told->denied, index) : NULL;
}

bool live_denies(const live *l, const watch_rule *rule)
{
	return live_deny_has(&l->denials, rule);
}

bool live_refused_call(const live *l)
{
	return l->told && l->told->result == -EPERM;
}

span live_refused(const live *l)
{
	return buffer_span(&l->denials.refused);
}

int live_fd(const live *l)
{
	return collector_fd(l->collector);
}

void live_forget(live *l)
{
	live_sweep(l->state);
}

bool live_noisiest(const live *l, collector_noise *ret)
{
	return collector_noisiest(l->collector, ret);
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
