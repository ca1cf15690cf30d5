/* SPDX-License-Identifier: Apache-2.0
 *
 * The memory of containers. Each source has a thread and a stack of questions, the newest first: what has just begun may soon be gone. Answers are handed
 * over in a list; only the thread of the events looks at the memory itself, so what it has been given stays until it comes with the next event. */
#include "commands/watch_containers.h"

#include "base/buffer.h"
#include "base/limits.h"
#include "base/memory.h"
#include "commands/watch_container_ask.h"
#include "kernel/proc.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SLOTS = 1024, STACK_BYTES = 1 << 20 };

/* A container that is little known is asked about again: at once for its first processes, and when these are executed, as its records may only just have been
 * written; then after AGAIN_FIRST milliseconds, after twice as many each time, up to AGAIN_LAST. Pauses of more than AGAIN_WAITS let events wait anew. */
enum { TRIES_AT_ONCE = 8, AGAIN_FIRST = 20, AGAIN_LAST = 60000, AGAIN_WAITS = 1000, MEANWHILE = 5 };

typedef struct answer {
	struct answer *next;
	char id[CONTAINER_ID_SHOWN];
	watch_container_source source;
	bool found;
	arena arena;
	watch_container container;
} answer;

typedef struct entry {
	struct entry *next; /* in its slot, or among those that are given back */
	char id[CONTAINER_ID_SHOWN];
	answer *answers[WATCH_CONTAINERS_SOURCES]; /* the last that knew it, or NULL */
	unsigned pending;                          /* sources that have not answered yet */
	int64_t again;                             /* milliseconds: when it may be asked about again */
	int64_t waited;                            /* for the answers to the last questions */
	uint64_t used;
	int64_t pid; /* that was asked about last, and when it was executed */
	uint64_t executed;
	int tries;
	bool known;
	watch_container is; /* all answers as one */
} entry;

typedef struct worker {
	watch_containers *of;
	watch_container_source source;
	pthread_t thread;
	bool started;
	container_question *questions; /* LIMIT_WATCH_QUESTIONS, a ring */
	uint32_t first, count;
} worker;

struct watch_containers {
	/* of the thread of the events */
	entry *slots[SLOTS], *last, *gone;
	answer *replaced;
	uint32_t count;
	uint64_t clock;
	void (*meanwhile)(void *of); /* NULL: nothing */
	void *of;
	unsigned sources, late; /* late: did not answer in time, and have not answered since */

	/* of all threads, under the lock */
	pthread_mutex_t lock;
	pthread_cond_t asked, answered;
	worker workers[WATCH_CONTAINERS_SOURCES];
	answer *answers;
	bool closing;
	atomic_bool ready; /* there are answers */
};

static int64_t milliseconds_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* --- workers --- */

static void answer_free(answer *a)
{
	arena_done(&a->arena);
	free(a);
}

static bool question_take(worker *s, container_question *ret)
{
	watch_containers *w = s->of;
	pthread_mutex_lock(&w->lock);
	while (!w->closing && s->count == 0)
		pthread_cond_wait(&w->asked, &w->lock);
	bool more = !w->closing;
	if (more) {
		s->count--;
		*ret = s->questions[(s->first + s->count) % LIMIT_WATCH_QUESTIONS];
	}
	pthread_mutex_unlock(&w->lock);
	return more;
}

static void answer_give(watch_containers *w, answer *a)
{
	pthread_mutex_lock(&w->lock);
	a->next = w->answers;
	w->answers = a;
	atomic_store_explicit(&w->ready, true, memory_order_release);
	pthread_cond_signal(&w->answered);
	pthread_mutex_unlock(&w->lock);
}

static void *worker_run(void *of)
{
	worker *s = of;
	container_question q;
	container_asker *asker = container_asker_open(s->source);
	while (question_take(s, &q)) {
		answer *a = memory_zeroed(1, sizeof *a);
		a->source = s->source;
		memcpy(a->id, q.id, sizeof a->id);
		a->found = container_ask(asker, &q, &a->arena, &a->container);
		answer_give(s->of, a);
	}
	container_asker_close(asker);
	return NULL;
}

static void question_put(worker *s, const container_question *q)
{
	if (s->count == LIMIT_WATCH_QUESTIONS) {
		s->first = (s->first + 1) % LIMIT_WATCH_QUESTIONS;
		s->count--;
	}
	s->questions[(s->first + s->count++) % LIMIT_WATCH_QUESTIONS] = *q;
}

/* Signals end the program where they are waited for, which is not here. */
static void workers_start(watch_containers *w, unsigned sources)
{
	sigset_t all, before;
	pthread_attr_t attributes;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK_BYTES);
	for (int i = 0; i < WATCH_CONTAINERS_SOURCES; i++) {
		worker *s = &w->workers[i];
		if (!(sources >> i & 1))
			continue;
		s->of = w;
		s->source = (watch_container_source)i;
		s->questions = memory_zeroed(LIMIT_WATCH_QUESTIONS, sizeof *s->questions);
		s->started = pthread_create(&s->thread, &attributes, worker_run, s) == 0;
		if (s->started)
			w->sources |= 1u << i;
	}
	pthread_attr_destroy(&attributes);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* --- entries --- */

static entry **slot_of(watch_containers *w, const char *id)
{
	uint32_t hash = 2166136261u;
	for (int i = 0; i < CONTAINER_ID_SHOWN; i++)
		hash = (hash ^ (uint8_t)id[i]) * 16777619u;
	return &w->slots[hash % SLOTS];
}

static entry *entry_get(watch_containers *w, const char *id)
{
	for (entry *e = *slot_of(w, id); e; e = e->next)
		if (memcmp(e->id, id, sizeof e->id) == 0)
			return e;
	return NULL;
}

/* Takes the one out that was not needed for the longest time. */
static void entry_forget(watch_containers *w)
{
	entry **oldest = NULL;
	for (int i = 0; i < SLOTS; i++)
		for (entry **at = &w->slots[i]; *at; at = &(*at)->next)
			if (!oldest || (*at)->used < (*oldest)->used)
				oldest = at;
	if (!oldest)
		return;
	entry *e = *oldest;
	*oldest = e->next;
	w->last = w->last == e ? NULL : w->last;
	e->next = w->gone;
	w->gone = e;
	w->count--;
}

static entry *entry_make(watch_containers *w, const char *id)
{
	if (w->count >= LIMIT_WATCH_CONTAINERS)
		entry_forget(w);
	entry *e = memory_zeroed(1, sizeof *e), **slot = slot_of(w, id);
	memcpy(e->id, id, sizeof e->id);
	e->used = w->clock;
	e->next = *slot;
	*slot = e;
	w->count++;
	return e;
}

static void entry_free(entry *e)
{
	for (int i = 0; i < WATCH_CONTAINERS_SOURCES; i++)
		if (e->answers[i])
			answer_free(e->answers[i]);
	free(e);
}

/* Gives back what no event can have any more. */
static void bury(watch_containers *w)
{
	while (w->gone) {
		entry *e = w->gone;
		w->gone = e->next;
		entry_free(e);
	}
	while (w->replaced) {
		answer *a = w->replaced;
		w->replaced = a->next;
		answer_free(a);
	}
}

/* --- answers --- */

static const watch_container *said_by(const entry *e, watch_container_source source)
{
	return e->answers[source] ? &e->answers[source]->container : NULL;
}

/* What the engine itself says of this one container. */
static const watch_container *described(const entry *e)
{
	const watch_container *c = said_by(e, WATCH_CONTAINERS_DOCKER);
	return c ? c : said_by(e, WATCH_CONTAINERS_PODMAN);
}

static void fill(span *field, span other)
{
	if (!field->n)
		*field = other;
}

/* The engine tells what was asked for, the bundle what was done: a daemon has defaults of its own. Either is bad enough. */
static void worse_add(watch_worse *to, const watch_worse *more)
{
	for (uint32_t i = 0; i < more->count && to->count < LIMIT_WATCH_WORSE; i++) {
		uint32_t j = 0;
		while (j < to->count && !span_equal(to->items[j], more->items[i]))
			j++;
		if (j == to->count)
			to->items[to->count++] = more->items[i];
	}
}

/* The engine knows best; its list does not say all, and Kubernetes is in the bundle alone. */
static void join(entry *e)
{
	const watch_container *whole = described(e), *listed = said_by(e, WATCH_CONTAINERS_LIST),
			      *bundle = said_by(e, WATCH_CONTAINERS_BUNDLE), *best = whole ? whole : listed;
	e->known = best || bundle;
	if (!e->known)
		return;
	e->is = best ? *best : *bundle;
	if (!best || !bundle)
		return;
	if (!whole) {
		e->is.privileged = bundle->privileged;
		e->is.host_pid = bundle->host_pid;
		e->is.host_ipc = bundle->host_ipc;
	}
	worse_add(&e->is.worse, &bundle->worse);
	e->is.start = e->is.start ? e->is.start : bundle->start;
	fill(&e->is.pod, bundle->pod);
	fill(&e->is.pod_uid, bundle->pod_uid);
	fill(&e->is.namespace_name, bundle->namespace_name);
}

/* A source that no longer knows it does not undo what it has said. */
static void take_answer(watch_containers *w, answer *a)
{
	entry *e = entry_get(w, a->id);
	w->late &= ~(1u << a->source);
	if (e)
		e->pending &= ~(1u << a->source);
	if (!e || !a->found) {
		answer_free(a);
		return;
	}
	answer *old = e->answers[a->source];
	e->answers[a->source] = a;
	if (old) {
		old->next = w->replaced;
		w->replaced = old;
	}
	join(e);
}

static void collect(watch_containers *w)
{
	if (!atomic_load_explicit(&w->ready, memory_order_acquire))
		return;
	pthread_mutex_lock(&w->lock);
	answer *newest = w->answers, *all = NULL, *next;
	w->answers = NULL;
	atomic_store_explicit(&w->ready, false, memory_order_relaxed);
	pthread_mutex_unlock(&w->lock);
	for (; newest; newest = next) {
		next = newest->next;
		newest->next = all;
		all = newest;
	}
	for (; all; all = next) {
		next = all->next;
		take_answer(w, all);
	}
}

/* --- questions --- */

/* A bundle of Docker's has no name but what somebody else may have written there. */
static bool bundle_suffices(const entry *e)
{
	const watch_container *c = said_by(e, WATCH_CONTAINERS_BUNDLE);
	return c && c->name.n && c->image.n && !span_is(c->type, "docker");
}

/* Nothing more would come of asking. */
static bool is_complete(const entry *e)
{
	return described(e) || bundle_suffices(e);
}

/* No answer that may still come would change much. */
static bool is_enough(const watch_containers *w, const entry *e)
{
	bool listed = said_by(e, WATCH_CONTAINERS_LIST) && said_by(e, WATCH_CONTAINERS_BUNDLE);
	return is_complete(e) || listed || !(e->pending & ~w->late);
}

static proc_cgroup_name identify(span cgroups)
{
	span row, subsystem;
	while (span_cut(&cgroups, 0, &row)) {
		if (!span_cut(&row, '=', &subsystem))
			continue;
		proc_cgroup_name name = proc_cgroup_identify(row);
		if (name.hex && !name.monitor)
			return name;
	}
	return (proc_cgroup_name){.engine = ""};
}

/* A runtime is gone as soon as the container runs; what it was told is still known. Only those who are outside of containers are believed. */
static void question_root(container_question *q, const process *p)
{
	auto_buffer words = {0};
	proc_supervisor s = {.root = {0}};
	if (process_text_get(p, PROCESS_CONTAINER).n ||
		!span_in(process_text_get(p, PROCESS_COMM), "runc crun"))
		return;
	buffer_add(&words, process_text_get(p, PROCESS_EXE));
	buffer_add_byte(&words, 0);
	buffer_add(&words, process_text_get(p, PROCESS_ARGS));
	buffer_add_byte(&words, 0);
	if (!proc_supervisor_read(buffer_span(&words), &s) || !s.root.n)
		return;
	span folder = s.root.p[0] == '/' ? (span){0} : process_text_get(p, PROCESS_CWD);
	if (folder.n + s.root.n >= sizeof q->root)
		return;
	memset(q->root, 0, sizeof q->root);
	if (folder.n)
		memcpy(q->root, folder.p, folder.n);
	memcpy(q->root + folder.n, s.root.p, s.root.n);
}

/* The process and those above it; while the container is being made, these are its runtime and whoever has started that. */
static void question_fill(container_question *q, const process_table *table, const process *p, const char *id)
{
	proc_cgroup_name name = identify(process_text_get(p, PROCESS_CGROUPS));
	if (name.id.n == CONTAINER_ID_DIGITS && memcmp(name.id.p, id, CONTAINER_ID_SHOWN) == 0)
		memcpy(q->id, name.id.p, CONTAINER_ID_DIGITS);
	for (; p && q->count < CONTAINER_PIDS; p = process_parent(table, p)) {
		span inside = process_text_get(p, PROCESS_CONTAINER);
		if (p->pid > 1 && p->pid <= INT32_MAX)
			q->pids[q->count++] = (int32_t)p->pid;
		question_root(q, p);
		if (inside.n == CONTAINER_ID_SHOWN && memcmp(inside.p, id, CONTAINER_ID_SHOWN) == 0)
			q->start = p->start;
	}
}

static void ask(watch_containers *w, entry *e, const process_table *table, const process *p, int64_t now)
{
	container_question q = {0};
	int64_t pause = (int64_t)AGAIN_FIRST << (e->tries < 12 ? e->tries++ : 12);
	memcpy(q.id, e->id, sizeof e->id);
	if (p)
		question_fill(&q, table, p, e->id);
	if (pause > AGAIN_WAITS)
		e->waited = 0;
	e->again = now + (pause < AGAIN_LAST ? pause : AGAIN_LAST);
	e->pending = w->sources;
	pthread_mutex_lock(&w->lock);
	for (int i = 0; i < WATCH_CONTAINERS_SOURCES; i++)
		if (w->sources >> i & 1)
			question_put(&w->workers[i], &q);
	pthread_cond_broadcast(&w->asked);
	pthread_mutex_unlock(&w->lock);
}

/* Until there is enough, or LIMIT_WATCH_WAIT is used up: then those who have said nothing are late. */
static void wait_for(watch_containers *w, entry *e)
{
	int64_t start = milliseconds_now(), now, end = start + LIMIT_WATCH_WAIT - e->waited;
	while (!is_enough(w, e) && (now = milliseconds_now()) < end) {
		int64_t next = now + MEANWHILE < end ? now + MEANWHILE : end;
		const struct timespec until = {.tv_sec = next / 1000, .tv_nsec = next % 1000 * 1000000};
		pthread_mutex_lock(&w->lock);
		if (!w->answers)
			pthread_cond_timedwait(&w->answered, &w->lock, &until);
		pthread_mutex_unlock(&w->lock);
		collect(w);
		if (w->meanwhile)
			w->meanwhile(w->of);
	}
	if (!is_enough(w, e))
		w->late |= e->pending;
	e->waited += milliseconds_now() - start;
}

static bool is_hex(span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_digit(s.p[i]) && (s.p[i] < 'a' || s.p[i] > 'f'))
			return false;
	return true;
}

static const watch_container *find(void *of, span id)
{
	watch_containers *w = of;
	if (id.n != CONTAINER_ID_SHOWN || !is_hex(id))
		return NULL;
	entry *e = w->last && memcmp(w->last->id, id.p, id.n) == 0 ? w->last : entry_get(w, id.p);
	if (!e) {
		e = entry_make(w, id.p);
		ask(w, e, NULL, NULL, milliseconds_now());
	}
	collect(w);
	if (!is_enough(w, e))
		wait_for(w, e);
	return e->known ? &e->is : NULL;
}

void watch_containers_meanwhile(watch_containers *w, void (*meanwhile)(void *of), void *of)
{
	w->meanwhile = meanwhile;
	w->of = of;
}

void watch_containers_see(watch_containers *w, const process_table *table, const process *p)
{
	bury(w);
	span id = p ? process_text_get(p, PROCESS_CONTAINER) : (span){0};
	if (id.n != CONTAINER_ID_SHOWN || !is_hex(id))
		return;
	entry *e = w->last && memcmp(w->last->id, id.p, id.n) == 0 ? w->last : entry_get(w, id.p);
	if (!e)
		e = entry_make(w, id.p);
	e->used = ++w->clock;
	w->last = e;
	if (is_complete(e))
		return;
	int64_t now = milliseconds_now();
	collect(w);
	bool other = e->pid != p->pid || e->executed != p->exec_time;
	if (is_complete(e) || (now < e->again && !(other && e->tries < TRIES_AT_ONCE)))
		return;
	e->pid = p->pid;
	e->executed = p->exec_time;
	ask(w, e, table, p, now);
}

container_lookup watch_containers_lookup(watch_containers *w)
{
	return (container_lookup){w, find};
}

/* --- opening and closing --- */

watch_containers *watch_containers_open(unsigned sources)
{
	watch_containers *w = memory_zeroed(1, sizeof *w);
	pthread_condattr_t attributes;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->asked, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&w->answered, &attributes);
	pthread_condattr_destroy(&attributes);
	workers_start(w, sources);
	return w;
}

void watch_containers_close(watch_containers *w)
{
	if (!w)
		return;
	pthread_mutex_lock(&w->lock);
	w->closing = true;
	pthread_cond_broadcast(&w->asked);
	pthread_mutex_unlock(&w->lock);
	for (int i = 0; i < WATCH_CONTAINERS_SOURCES; i++) {
		if (w->workers[i].started)
			pthread_join(w->workers[i].thread, NULL);
		free(w->workers[i].questions);
	}
	collect(w);
	for (int i = 0; i < SLOTS; i++)
		for (entry *e = w->slots[i], *next; e; e = next) {
			next = e->next;
			entry_free(e);
		}
	bury(w);
	pthread_cond_destroy(&w->asked);
	pthread_cond_destroy(&w->answered);
	pthread_mutex_destroy(&w->lock);
	free(w);
}
