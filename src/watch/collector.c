/* SPDX-License-Identifier: Apache-2.0
 *
 * By libbpf: a skeleton made when bulkhead is built. A tracepoint is attached for each system call that is asked for, and not the one
 * of all system calls: those that nobody asks about then pay least. */
#include "watch/collector.h"

#include "base/memory.h"
#include "watch/guardian.h"
#include "watch/tracepoint.h"

#include "watch.skel.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

enum { CGROUP2_MAGIC = 0x63677270, MEANS_BYTES = 128, KEY_BYTES = sizeof(prefix_key) };

/* A text in one of the maps of texts that are sought. */
typedef struct text_key {
	int fd;
	char key[KEY_BYTES];
} text_key;

typedef struct text_list {
	text_key *items;
	uint32_t count, room;
} text_list;

struct collector {
	struct watch_bpf *programs;
	struct ring_buffer *ring;
	struct bpf_link *links[RECORD_CALLS]; /* by the number of the call */
	uint32_t link_count;
	text_list texts; /* that are sought */
	struct bpf_link *
		compat; /* to the calls of 32-bit programs, where those of others have tracepoints of their own; NULL: none was executed */
	int tracepoints; /* the folder of those of system calls; < 0: there is none, and one stands for all calls */
	int cpus;
	collector_each *each;
	void *of;
	guardian guardian;
	char means[MEANS_BYTES];
};

static int quiet(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level, (void)format, (void)args;
	return 0;
}

static bool cgroups_unified(void)
{
	struct statfs fs;
	return statfs("/sys/fs/cgroup", &fs) == 0 && fs.f_type == CGROUP2_MAGIC;
}

static int fail(error *e, int status, const char *what)
{
	int number = status < 0 ? -status : status;
	const char *advice =
		number == EPERM || number == EACCES
			? "; it takes root, or the capabilities BPF and PERFMON (and SYS_RESOURCE before Linux 5.11)"
		: number == ENOENT || number == ESRCH
			? "; the kernel must have been built with BTF (CONFIG_DEBUG_INFO_BTF) and tracepoints of system calls"
			: "";
	return error_set(e, ERROR_SYSTEM, "%s: %s%s", what, strerror(number), advice);
}

static int one_record(void *of, void *bytes, size_t n)
{
	collector *c = of;
	record r;
	if (n < sizeof r)
		return 0;
	memcpy(&r, bytes, sizeof r);
	return c->each(c->of, &r, (span){(const char *)bytes + sizeof r, n - sizeof r}) ? 0 : -ECANCELED;
}

static int plan_set(collector *c, uint32_t number, const call_plan *plan, error *e)
{
	int status = bpf_map_update_elem(bpf_map__fd(c->programs->maps.plans), &number, plan, BPF_ANY);
	return status < 0 ? fail(e, status, "the plans of system calls") : 0;
}

/* Both what was asked for and what will be: a plan is read while it is written. */
static int plan_widen(collector *c, const collector_call *call, error *e)
{
	call_plan old = {0}, both = call->plan;
	uint32_t number = call->number;
	bpf_map_lookup_elem(bpf_map__fd(c->programs->maps.plans), &number, &old);
	for (int i = 0; i < PURPOSES; i++) {
		both.asks[i].wanted |= old.asks[i].wanted;
		both.asks[i].sought |= old.asks[i].sought;
		both.asks[i].traversal |= old.asks[i].traversal;
		both.asks[i].links |= old.asks[i].links;
		both.asks[i].named |= old.asks[i].named;
	}
	return plan_set(c, number, &both, e);
}

static int text_set(
	collector *c, const struct bpf_map *map, const void *key, size_t n, const text_classes *classes)
{
	if (c->texts.count == c->texts.room) {
		c->texts.room = c->texts.room ? c->texts.room * 2 : 64;
		c->texts.items = memory_resize(c->texts.items, c->texts.room * sizeof *c->texts.items);
	}
	text_key *kept = &c->texts.items[c->texts.count++];
	*kept = (text_key){.fd = bpf_map__fd(map)};
	memcpy(kept->key, key, n);
	return bpf_map_update_elem(kept->fd, key, classes, BPF_ANY);
}

static int by_key(const void *x, const void *y)
{
	return memcmp(x, y, sizeof(text_key));
}

/* What is sought no more. */
static void texts_forget(const text_list *old, text_list *sought)
{
	if (sought->count)
		qsort(sought->items, sought->count, sizeof *sought->items, by_key);
	for (uint32_t i = 0; i < old->count; i++)
		if (!sought->count ||
			!bsearch(&old->items[i], sought->items, sought->count, sizeof *sought->items, by_key))
			bpf_map_delete_elem(old->items[i].fd, old->items[i].key);
}

/* The classes of a text and of all that it begins (or ends) with: the kernel finds only the longest. */
static text_classes classes_with(const collector_text *all, uint32_t count, span text, bool ends)
{
	text_classes ret = {0};
	for (uint32_t i = 0; i < count; i++)
		for (int p = 0; p < PURPOSES; p++)
			if (ends ? span_ends(text, all[i].text) : span_starts(text, all[i].text))
				ret.of[p] |= all[i].classes.of[p];
	return ret;
}

static int prefixes_set(collector *c, const collector_texts *texts)
{
	int status = 0;
	for (uint32_t i = 0; i < texts->prefix_count && status >= 0; i++) {
		prefix_key key = {0};
		span s = span_sub(texts->prefixes[i].text, 0, RECORD_PREFIX);
		text_classes classes =
			classes_with(texts->prefixes, texts->prefix_count, texts->prefixes[i].text, false);
		key.bits = (uint32_t)s.n * 8;
		memcpy(key.text, s.p, s.n);
		status = text_set(c, c->programs->maps.prefixes, &key, sizeof key, &classes);
	}
	return status;
}

static int suffixes_set(collector *c, const collector_texts *texts)
{
	int status = 0;
	for (uint32_t i = 0; i < texts->suffix_count && status >= 0; i++) {
		suffix_key key = {0};
		span s = texts->suffixes[i].text;
		text_classes classes = classes_with(texts->suffixes, texts->suffix_count, s, true);
		if (s.n > RECORD_SUFFIX)
			s = span_from(s, s.n - RECORD_SUFFIX);
		key.bits = (uint32_t)s.n * 8;
		for (size_t j = 0; j < s.n; j++)
			key.text[j] = s.p[s.n - 1 - j];
		status = text_set(c, c->programs->maps.suffixes, &key, sizeof key, &classes);
	}
	return status;
}

static int names_set(collector *c, const collector_texts *texts)
{
	int status = 0;
	for (uint32_t i = 0; i < texts->name_count && status >= 0; i++) {
		char key[16] = "";
		span s = span_sub(texts->names[i].text, 0, sizeof key - 1);
		memcpy(key, s.p, s.n);
		status = text_set(c, c->programs->maps.names, key, sizeof key, &texts->names[i].classes);
	}
	return status;
}

static int texts_set(collector *c, const collector_texts *texts, error *e)
{
	text_list old = c->texts;
	c->texts = (text_list){0};
	int status = prefixes_set(c, texts);
	if (status >= 0)
		status = suffixes_set(c, texts);
	if (status >= 0)
		status = names_set(c, texts);
	texts_forget(&old, &c->texts);
	free(old.items);
	return status < 0 ? fail(e, status, "what is sought") : 0;
}

/* The kernel names the tracepoint of a call after its function, which is another for this one. */
static const char *tracepoint_of(const char *call)
{
	return strcmp(call, "umount2") == 0 ? "umount" : call;
}

static int attach_one(collector *c, const collector_call *call, error *e)
{
	char name[64];
	/* What is asked of programs that start has a plan and no name: their tracepoint is there anyway. */
	if (c->tracepoints < 0 || !call->name || c->links[call->number])
		return 0;
	snprintf(name, sizeof name, "sys_exit_%s", tracepoint_of(call->name));
	int event = tracepoint_event(c->tracepoints, name);
	if (event < 0 && errno == ENOENT) /* a kernel may lack a system call */
		return 0;
	struct bpf_link *link =
		event >= 0 ? bpf_program__attach_perf_event(c->programs->progs.one_call, event) : NULL;
	if (!link) {
		int status = fail(e, errno, name);
		if (event >= 0)
			close(event);
		return status;
	}
	c->links[call->number] = link;
	c->link_count++;
	return 0;
}

/* Plans come before tracepoints, so that what is attached finds its plan. What is attached stays so: taking a tracepoint away waits for
 * all CPUs (50 ms), in which events would pile up; without a plan it costs next to nothing. */
int collector_rules(
	collector *c, const collector_call *calls, uint32_t count, const collector_texts *texts, error *e)
{
	static const call_plan none;
	bool kept[RECORD_CALLS] = {false};
	TRY(texts_set(c, texts, e));
	for (uint32_t i = 0; i < count; i++) {
		TRY(plan_widen(c, &calls[i], e));
		TRY(attach_one(c, &calls[i], e));
	}
	for (uint32_t i = 0; i < count; i++) {
		kept[calls[i].number] = true;
		TRY(plan_set(c, calls[i].number, &calls[i].plan, e));
	}
	for (uint32_t i = 0; i < RECORD_CALLS; i++)
		if (!kept[i])
			TRY(plan_set(c, i, &none, e));
	snprintf(c->means, sizeof c->means,
		c->tracepoints >= 0 ? "%u tracepoints of system calls, 3 of processes"
				    : "the tracepoint of all system calls (for %u), 3 of processes",
		c->tracepoints >= 0 ? c->link_count : count);
	return 0;
}

/* Which calls those of 32-bit programs are. */
static int compat_set(collector *c, error *e)
{
	static const struct {
		uint32_t row, number;
	} rows[] = {
#define COMPAT(row, name) {row, SYS_##name},
#include "watch/compat_calls.def"
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		uint32_t value = rows[i].number + 1;
		int status = bpf_map_update_elem(
			bpf_map__fd(c->programs->maps.compat), &rows[i].row, &value, BPF_ANY);
		if (status < 0)
			return fail(e, status, "the calls of 32-bit programs");
	}
	return 0;
}

void collector_compat(collector *c)
{
	if (c->tracepoints >= 0 && !c->compat)
		c->compat = bpf_program__attach(c->programs->progs.all_calls);
}

static int start(collector *c, const collector_call *calls, uint32_t count, const collector_texts *texts,
	bool stops, error *e)
{
	libbpf_set_print(quiet);
	c->programs = watch_bpf__open();
	if (!c->programs)
		return fail(e, errno, "opening the programs");
	c->programs->rodata->unified = cgroups_unified();
	c->programs->rodata->stops = stops;
	c->programs->rodata->own_pid = (uint32_t)getpid();
	bool each_call = c->tracepoints >= 0;
	bpf_program__set_autoattach(c->programs->progs.one_call, false);
	/* Also when no rule asks for a call: others may come. */
	bpf_program__set_autoload(c->programs->progs.one_call, each_call);
	bpf_program__set_autoattach(c->programs->progs.all_calls, !each_call);
	c->programs->rodata->compat_alone = each_call;
	int status = watch_bpf__load(c->programs);
	if (status < 0)
		return fail(e, status, "loading the programs into the kernel");
	TRY(compat_set(c, e));
	c->ring = ring_buffer__new(bpf_map__fd(c->programs->maps.records), one_record, c, NULL);
	if (!c->ring)
		return fail(e, errno, "the ring buffer");
	if (stops)
		TRY(guardian_start(bpf_map__fd(c->programs->maps.stopped), &c->programs->bss->heartbeat,
			&c->guardian, e));
	TRY(collector_rules(c, calls, count, texts, e));
	status = watch_bpf__attach(c->programs);
	return status < 0 ? fail(e, status, "attaching to tracepoints") : 0;
}

int collector_open(const collector_call *calls, uint32_t count, const collector_texts *texts, bool stops,
	collector **ret, error *e)
{
	collector *c = memory_zeroed(1, sizeof *c);
	c->cpus = libbpf_num_possible_cpus();
	c->tracepoints = tracepoint_folder();
	int status = start(c, calls, count, texts, stops, e);
	if (status < 0) {
		collector_close(c);
		return status;
	}
	*ret = c;
	return 0;
}

void collector_close(collector *c)
{
	if (!c)
		return;
	for (uint32_t i = 0; i < RECORD_CALLS; i++)
		bpf_link__destroy(c->links[i]);
	bpf_link__destroy(c->compat);
	free(c->texts.items);
	ring_buffer__free(c->ring);
	watch_bpf__destroy(c->programs);
	guardian_end(&c->guardian);
	if (c->tracepoints >= 0)
		close(c->tracepoints);
	free(c);
}

void collector_cgroup(collector *c, uint64_t id, uint8_t what)
{
	bpf_map_update_elem(bpf_map__fd(c->programs->maps.cgroups), &id, &what, BPF_ANY);
}

bool collector_is_host(const collector *c, uint64_t id)
{
	uint8_t what;
	return bpf_map_lookup_elem(bpf_map__fd(c->programs->maps.cgroups), &id, &what) == 0 &&
	       what == CGROUP_HOST;
}

void collector_named(collector *c, uint32_t pid, const text_classes *classes)
{
	bpf_map_update_elem(bpf_map__fd(c->programs->maps.named), &pid, classes, BPF_ANY);
}

/* As the kernel's programs count. */
static uint64_t now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_BOOTTIME, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

int collector_poll(collector *c, int milliseconds, collector_each *each, void *of, error *e)
{
	c->each = each;
	c->of = of;
	c->programs->bss->heartbeat = now();
	int n = ring_buffer__consume(c->ring);
	if (n == 0 && milliseconds > 0) {
		usleep((useconds_t)milliseconds * 1000);
		n = ring_buffer__consume(c->ring);
	}
	return n < 0 && n != -EINTR && n != -ECANCELED ? fail(e, n, "reading the ring buffer") : 0;
}

int collector_fd(const collector *c)
{
	return ring_buffer__epoll_fd(c->ring);
}

void collector_forget(collector *c, uint32_t pid)
{
	bpf_map_delete_elem(bpf_map__fd(c->programs->maps.stopped), &pid);
}

void collector_let_go(collector *c, uint32_t pid)
{
	kill((pid_t)pid, SIGCONT);
	collector_forget(c, pid);
}

uint64_t collector_lost(const collector *c)
{
	uint64_t lost = 0;
	uint32_t zero = 0;
	watch_counters *all = memory_zeroed((size_t)(c->cpus > 0 ? c->cpus : 1), sizeof *all);
	if (c->cpus > 0 && bpf_map_lookup_elem(bpf_map__fd(c->programs->maps.counters), &zero, all) == 0)
		for (int i = 0; i < c->cpus; i++)
			lost += all[i].lost + all[i].held;
	free(all);
	return lost;
}

bool collector_noisiest(const collector *c, collector_noise *ret)
{
	int map = bpf_map__fd(c->programs->maps.shares);
	uint32_t pid;
	record_share share;
	*ret = (collector_noise){0};
	for (void *at = NULL; bpf_map_get_next_key(map, at, &pid) == 0; at = &pid) {
		if (bpf_map_lookup_elem(map, &pid, &share) < 0 || share.held <= ret->held)
			continue;
		*ret = (collector_noise){.pid = pid, .held = share.held};
		memcpy(ret->name, share.comm, sizeof ret->name - 1);
	}
	return ret->held > 0;
}

collector_maps collector_maps_get(const collector *c)
{
	return (collector_maps){.unified = c->programs->rodata->unified,
		.cgroups = bpf_map__fd(c->programs->maps.cgroups),
		.records = bpf_map__fd(c->programs->maps.records),
		.shares = bpf_map__fd(c->programs->maps.shares),
		.counters = bpf_map__fd(c->programs->maps.counters)};
}

const char *collector_means(const collector *c)
{
	return c->means;
}
