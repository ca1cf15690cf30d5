/* SPDX-License-Identifier: Apache-2.0
 *
 * Limits of control groups, version 1, version 2 or both at once (the kernel's admin-guide/cgroup-v1 and cgroup-v2.rst). What holds is the least of a
 * cgroup's own limit and those of all above it; each folder is read once for all containers in it. */
#include "base/limits.h"
#include "kernel/inside.h"

#include <fcntl.h>
#include <stdio.h>

const proc_mount *kernel_cgroup_mount(kernel *k, const char *controller)
{
	const proc_mounts *mounts = kernel_host_mounts(k);
	for (uint32_t i = 0; i < mounts->count; i++) {
		const proc_mount *m = &mounts->items[i];
		if (controller[0] ? span_is(m->type, "cgroup") && proc_option(m->super, controller, NULL)
				  : span_is(m->type, "cgroup2"))
			return m;
	}
	return NULL;
}

static bool leaves(span path)
{
	span part;
	while (span_cut(&path, '/', &part))
		if (span_is(part, ".."))
			return true;
	return false;
}

bool kernel_cgroup_folder(
	kernel *k, span cgroup_text, const char *controller, arena *a, span *ret, size_t *ret_top)
{
	span path, rest;
	const proc_mount *m = kernel_cgroup_mount(k, controller);
	if (!m || !proc_cgroup_find(cgroup_text, controller, &path) || leaves(path) ||
		!proc_below(path, m->root, &rest))
		return false;
	*ret = arena_format(a, "%.*s%.*s", SPAN_ARG(span_from(m->target, 1)), SPAN_ARG(rest));
	*ret_top = m->target.n - 1;
	return true;
}

/* --- one folder --- */

typedef enum limit_kind { /* of which the least counts */
	V1_MEMORY,
	V1_SWAP,
	V1_CPU,
	V1_PIDS,
	V2_MEMORY,
	V2_SWAP,
	V2_CPU,
	V2_PIDS,
	LIMIT_KINDS
} limit_kind;

static const struct {
	const char *controller, *file;
	bool version2;
} files[LIMIT_KINDS] = {
	[V1_MEMORY] = {"memory", "memory.limit_in_bytes", false},
	[V1_SWAP] = {"memory", "memory.memsw.limit_in_bytes", false},
	[V1_CPU] = {"cpu", "cpu.cfs_quota_us", false},
	[V1_PIDS] = {"pids", "pids.max", false},
	[V2_MEMORY] = {"", "memory.max", true},
	[V2_SWAP] = {"", "memory.swap.max", true},
	[V2_CPU] = {"", "cpu.max", true},
	[V2_PIDS] = {"", "pids.max", true},
};

/* Near the largest number of bytes that the kernel counts in pages: no limit. */
static const int64_t UNLIMITED_FROM = (int64_t)1 << 62;

static int64_t value_of(span words)
{
	uint64_t number;
	if (!proc_number(span_trim(words), 10, &number) || number >= (uint64_t)UNLIMITED_FROM)
		return -1; /* "max", "-1" and numbers without meaning */
	return (int64_t)number;
}

/* "50000 100000", in thousandths of a CPU. */
static int64_t cpu_of(span quota_words, span period_words)
{
	uint64_t quota, period;
	if (!proc_number(span_trim(quota_words), 10, &quota) ||
		!proc_number(span_trim(period_words), 10, &period) || period == 0 || quota > INT64_MAX / 1000)
		return -1;
	return (int64_t)(quota * 1000 / period);
}

static kernel_limit read_folder(kernel *k, span folder, limit_kind kind)
{
	arena *a = &k->arena;
	kernel_limit l = {0};
	span words, period = {0};
	if (kernel_read(k, a, &words, "%.*s/%s", SPAN_ARG(folder), files[kind].file) != LOOK_FOUND)
		return l;
	l.known = true;
	l.words = span_trim(words);
	l.path = arena_format(a, "/%.*s/%s", SPAN_ARG(folder), files[kind].file).p;
	if (kind == V1_CPU && span_is(l.words, "-1"))
		l.value = -1;
	else if (kind == V1_CPU) {
		kernel_read(k, a, &period, "%.*s/cpu.cfs_period_us", SPAN_ARG(folder));
		l.value = cpu_of(l.words, period);
		l.words = arena_format(a, "%.*s %.*s", SPAN_ARG(l.words), SPAN_ARG(span_trim(period)));
	} else if (kind == V2_CPU) {
		span rest = l.words, quota = {0};
		span_cut(&rest, ' ', &quota);
		l.value = cpu_of(quota, rest);
	} else
		l.value = value_of(l.words);
	return l;
}

static const kernel_limit *get_folder(kernel *k, span folder, limit_kind kind)
{
	span key = arena_format(&k->arena, "%d:%.*s", (int)kind, SPAN_ARG(folder));
	kernel_limit *l = map_get(&k->cgroup_folders, key);
	if (!l) {
		l = ARENA_NEW(&k->arena, kernel_limit);
		*l = read_folder(k, folder, kind);
		map_set(&k->cgroup_folders, &k->arena, key, l);
	}
	return l;
}

/* The least on the way up; a limit that nobody sets has the value -1, and points at the cgroup's own file. */
static kernel_limit least(kernel *k, span cgroup_text, limit_kind kind, arena *a)
{
	kernel_limit found = {0};
	span folder;
	size_t top;
	if (!kernel_cgroup_folder(k, cgroup_text, files[kind].controller, a, &folder, &top))
		return found;
	for (int depth = 0; depth < LIMIT_CGROUP_DEPTH && folder.n >= top; depth++) {
		const kernel_limit *l = get_folder(k, folder, kind);
		if (l->known &&
			(!found.known || (l->value >= 0 && (found.value < 0 || l->value < found.value))))
			found = *l;
		size_t slash = span_find_last(folder, '/');
		if (slash == SPAN_NONE)
			break;
		folder = span_sub(folder, 0, slash);
	}
	return found;
}

/* --- files of the cgroup itself --- */

static bool read_own(
	kernel *k, span cgroup_text, const char *controller, const char *file, arena *a, kernel_limit *ret)
{
	span folder, words;
	size_t top;
	if (!kernel_cgroup_folder(k, cgroup_text, controller, a, &folder, &top) ||
		kernel_read(k, a, &words, "%.*s/%s", SPAN_ARG(folder), file) != LOOK_FOUND)
		return false;
	ret->known = true;
	ret->words = span_trim(words);
	ret->path = arena_format(a, "/%.*s/%s", SPAN_ARG(folder), file).p;
	ret->value = value_of(ret->words);
	if (ret->value < 0)
		ret->value = 0;
	return true;
}

enum { DEFAULT_SHARES = 1024 };

/* Version 1 counts shares from 2, 1024 by default; version 2 weights from 1, 100 by default. Runtimes have turned the former into the latter along
 * 1 + (shares - 2) * 9999 / 262142, which makes 39 of 1024. */
static int64_t shares_of_weight(int64_t weight)
{
	enum { DEFAULT_WEIGHT = 100, DEFAULT_CONVERTED = 39, LEAST_SHARES = 2, MOST_WEIGHT = 10000 };
	if (weight == DEFAULT_WEIGHT || weight == DEFAULT_CONVERTED || weight < 1 || weight > MOST_WEIGHT)
		return DEFAULT_SHARES;
	return LEAST_SHARES + ((weight - 1) * 262142 + 9998) / 9999; /* the least that gives this weight */
}

static void read_shares(kernel *k, span cgroup_text, arena *a, kernel_limit *ret)
{
	if (!read_own(k, cgroup_text, "cpu", "cpu.shares", a, ret) &&
		read_own(k, cgroup_text, "", "cpu.weight", a, ret))
		ret->value = shares_of_weight(ret->value);
}

static void read_oom(kernel *k, span cgroup_text, arena *a, kernel_limit *ret)
{
	span line;
	if (!read_own(k, cgroup_text, "memory", "memory.oom_control", a, ret))
		return;
	ret->value = 0;
	for (span rest = ret->words; proc_line(&rest, &line);)
		if (span_starts(line, SPAN("oom_kill_disable "))) {
			ret->words = line;
			ret->value = span_is(line, "oom_kill_disable 1");
			break;
		}
}

/* Version 2 limits swap alone; together they are what version 1 calls memsw. */
static kernel_limit together(kernel_limit memory, kernel_limit swap)
{
	if (!swap.known || !memory.known)
		return (kernel_limit){0};
	if (memory.value < 0 || swap.value < 0 ||
		__builtin_add_overflow(memory.value, swap.value, &swap.value))
		swap.value = -1;
	return swap;
}

/* A controller belongs to one version at a time: what version 1 does not say, version 2 does. */
static kernel_limit least_of_both(kernel *k, span text, limit_kind one, limit_kind two, arena *a)
{
	kernel_limit l = least(k, text, one, a);
	if (!l.known)
		l = least(k, text, two, a);
	return l;
}

static kernel_limit none_as_zero(kernel_limit l)
{
	if (l.value < 0)
		l.value = 0;
	return l;
}

void kernel_limits_read(kernel *k, span cgroup_text, arena *a, kernel_limits *ret)
{
	kernel_limits l = {0};
	l.memory = least(k, cgroup_text, V1_MEMORY, a);
	if (l.memory.known)
		l.swap = least(k, cgroup_text, V1_SWAP, a);
	else {
		l.memory = least(k, cgroup_text, V2_MEMORY, a);
		l.swap = together(l.memory, least(k, cgroup_text, V2_SWAP, a));
	}
	l.memory = none_as_zero(l.memory);
	l.cpu = none_as_zero(least_of_both(k, cgroup_text, V1_CPU, V2_CPU, a));
	l.pids = none_as_zero(least_of_both(k, cgroup_text, V1_PIDS, V2_PIDS, a));
	if (!read_own(k, cgroup_text, "memory", "memory.soft_limit_in_bytes", a, &l.reserved))
		read_own(k, cgroup_text, "", "memory.low", a, &l.reserved);
	read_shares(k, cgroup_text, a, &l.shares);
	read_oom(k, cgroup_text, a, &l.oom_disabled);
	*ret = l;
}
