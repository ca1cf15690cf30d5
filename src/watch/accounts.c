/* SPDX-License-Identifier: Apache-2.0
 *
 * A table with a place for each container that is chosen by its id, so that it never grows: of two that share one, the last that executed
 * something is remembered. Containers of one image have the same users and groups: these are kept once. */
#include "watch/accounts.h"

#include "base/files.h"
#include "base/memory.h"
#include "kernel/proc.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PLACES = 1 << LIMIT_WATCH_INSIDE_BITS, ID = 12, PATH = 64 };

/* Users, groups: the bytes of their files, and what these say. */
typedef struct people {
	uint32_t holders; /* places that have them */
	arena arena;
	span files[2];
	LIST(account) lists[2];
} people;

typedef struct place {
	char id[ID];
	people *people;
} place;

struct accounts {
	place *places[PLACES]; /* NULL: nothing is known */
};

accounts *accounts_new(void)
{
	return memory_zeroed(1, sizeof(accounts));
}

static void place_free(place *p)
{
	if (!p)
		return;
	if (--p->people->holders == 0) {
		arena_done(&p->people->arena);
		free(p->people);
	}
	free(p);
}

void accounts_free(accounts *a)
{
	for (uint32_t i = 0; a && i < PLACES; i++)
		place_free(a->places[i]);
	free(a);
}

/* Ids are random. */
static uint32_t place_of(span container)
{
	uint32_t hash = 2166136261u;
	for (size_t i = 0; i < container.n; i++)
		hash = (hash ^ (uint8_t)container.p[i]) * 16777619u;
	return hash % PLACES;
}

static const place *place_get(const accounts *a, span container)
{
	const place *p = container.n == ID ? a->places[place_of(container)] : NULL;
	return p && memcmp(p->id, container.p, ID) == 0 ? p : NULL;
}

const account *accounts_find(const accounts *a, span container, bool group, uint32_t id)
{
	static const account root = {.name = {"root", 4}, .home = {"/root", 5}};
	const place *p = place_get(a, container);
	uint32_t count = p ? p->people->lists[group].count : 0;
	for (uint32_t i = 0; i < count; i++)
		if (p->people->lists[group].items[i].id == id)
			return &p->people->lists[group].items[i];
	return count == 0 && id == 0 ? &root : NULL;
}

bool accounts_read_line(span line, bool group, account *ret)
{
	enum { COLUMNS = 7, USER_COLUMNS = 4, GROUP_COLUMNS = 3 }; /* the last may be empty, or missing */
	span parts[COLUMNS] = {{0}};
	int n = 0;
	int64_t id, of = 0;
	while (n < COLUMNS && span_cut(&line, ':', &parts[n]))
		n++;
	if (n < (group ? GROUP_COLUMNS : USER_COLUMNS) || !span_int(parts[2], &id) ||
		(!group && !span_int(parts[3], &of)))
		return false;
	*ret = (account){.id = (uint32_t)id, .group = (uint32_t)of, .name = parts[0]};
	if (!group) {
		ret->home = parts[5];
		ret->shell = parts[6];
	}
	return true;
}

/* --- the files --- */

static span file_below(int folder, const char *name, uint64_t resolve, arena *a)
{
	span ret = {0};
	auto_fd fd = files_open_regular(folder, name, resolve);
	if (fd < 0)
		return ret;
	char *room = arena_alloc(a, LIMIT_WATCH_ACCOUNT_BYTES);
	while (ret.n < LIMIT_WATCH_ACCOUNT_BYTES) {
		ssize_t n = read(fd, room + ret.n, LIMIT_WATCH_ACCOUNT_BYTES - ret.n);
		if (n <= 0)
			break;
		ret = (span){room, ret.n + (size_t)n};
	}
	return ret;
}

static bool is_container(int process, span container, arena *a)
{
	span text = file_below(process, "cgroup", 0, a);
	return span_find(text, container) != SPAN_NONE;
}

/* Whether the root is on a file system that the kernel itself reads. */
static bool is_prompt(int process, arena *a)
{
	proc_mounts mounts = {0};
	bool ret = false;
	proc_mounts_read(file_below(process, "mountinfo", 0, a), a, &mounts);
	list_each(const proc_mount, m, &mounts)
		if (span_is(m->target, "/"))
			ret = span_in(m->type,
				"overlay ext2 ext3 ext4 xfs btrfs zfs tmpfs ramfs f2fs bcachefs erofs squashfs");
	return ret;
}

static bool is_machine(int root)
{
	struct stat own, is;
	return stat("/", &own) < 0 || fstat(root, &is) < 0 ||
	       (own.st_dev == is.st_dev && own.st_ino == is.st_ino);
}

static void list_read(people *p, bool group)
{
	span bytes = p->files[group], line;
	account one;
	while (p->lists[group].count < LIMIT_WATCH_ACCOUNTS_INSIDE && span_cut(&bytes, '\n', &line))
		if (accounts_read_line(line, group, &one))
			list_push(&p->arena, &p->lists[group], one);
}

/* Those with the same files: known ones, or new. */
static people *people_of(const accounts *a, const span *files)
{
	for (uint32_t i = 0; i < PLACES; i++) {
		people *p = a->places[i] ? a->places[i]->people : NULL;
		if (p && span_equal(p->files[0], files[0]) && span_equal(p->files[1], files[1]))
			return p;
	}
	people *p = memory_zeroed(1, sizeof *p);
	for (int group = 0; group < 2; group++) {
		p->files[group] = arena_copy(&p->arena, files[group]);
		list_read(p, group);
	}
	return p;
}

static void learn(accounts *a, span container, int64_t pid, arena *scratch)
{
	char path[PATH];
	snprintf(path, sizeof path, "/proc/%lld", (long long)pid);
	/* What is opened below it is of this process, also when another gets its number. */
	auto_fd process = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (process < 0 || !is_container(process, container, scratch))
		return;
	auto_fd root = openat(process, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0 || is_machine(root))
		return;
	uint64_t resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV;
	span files[2] = {{0}};
	if (is_prompt(process, scratch)) {
		files[0] = file_below(root, "etc/passwd", resolve, scratch);
		files[1] = file_below(root, "etc/group", resolve, scratch);
	}
	place *p = memory_zeroed(1, sizeof *p), **at = &a->places[place_of(container)];
	memcpy(p->id, container.p, ID);
	p->people = people_of(a, files);
	p->people->holders++;
	place_free(*at);
	*at = p;
}

void accounts_learn(accounts *a, span container, int64_t pid)
{
	arena scratch = {0};
	if (container.n != ID || place_get(a, container))
		return;
	learn(a, container, pid, &scratch);
	arena_done(&scratch);
}
