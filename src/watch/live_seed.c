/* SPDX-License-Identifier: Apache-2.0
 *
 * What was there before the first event: processes as /proc shows them, users and groups of the machine. What vanishes meanwhile is
 * left out; the kernel's programs are attached before this, so that nothing falls between. */
#include "watch/live_process.h"

#include "base/files.h"
#include "kernel/proc.h"
#include "watch/accounts.h"
#include "watch/state_parts.h"

#include <dirent.h>
#include <errno.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STAT_PARENT = 1, STAT_GROUP = 2, STAT_SESSION = 3, STAT_TTY = 4, STAT_START = 19 };

/* Bytes of one file of a process; more is cut off. */
enum { FILE_BYTES = 64 << 10, ENVIRONMENT_BYTES = 4096 };

static span file_of(int64_t pid, const char *name, size_t limit, arena *a)
{
	error e;
	span ret = {0};
	const char *path = arena_format(a, "/proc/%lld/%s", (long long)pid, name).p;
	/* A file that is too large has nothing to say, one that is gone neither. */
	return files_read(path, limit, a, &ret, &e) < 0 ? (span){0} : ret;
}

static span link_of(int64_t pid, const char *name, arena *a)
{
	char *room = arena_alloc(a, LIMIT_WATCH_PATH);
	const char *path = arena_format(a, "/proc/%lld/%s", (long long)pid, name).p;
	ssize_t n = readlink(path, room, LIMIT_WATCH_PATH - 1);
	return n < 0 ? (span){0} : (span){room, (size_t)n};
}

/* The numbers behind the name in /proc/PID/stat. */
static bool stat_number(span stat, int index, int64_t *ret)
{
	size_t close = span_find_last(stat, ')');
	if (close == SPAN_NONE)
		return false;
	span rest = span_from(stat, close + 2), word;
	for (int i = 0; span_cut(&rest, ' ', &word); i++)
		if (i == index)
			return span_int(word, ret);
	return false;
}

/* The last number of a line such as NSpgid: that of the innermost namespace. */
static int64_t inner_number(span status, const char *key, int64_t otherwise)
{
	span line = proc_status_line(status, key);
	size_t tab = span_find_last(line, '\t');
	int64_t ret;
	return tab != SPAN_NONE && span_int(span_from(line, tab + 1), &ret) ? ret : otherwise;
}

static span cgroups_of(int64_t pid, arena *a)
{
	auto_buffer out = {0};
	span rest = file_of(pid, "cgroup", FILE_BYTES, a);
	proc_cgroup line;
	while (proc_cgroup_next(&rest, &line)) {
		buffer_format(&out, "%.*s=%.*s", SPAN_ARG(line.controllers), SPAN_ARG(line.path));
		buffer_add_byte(&out, 0);
	}
	return arena_copy(a, buffer_span(&out));
}

static void texts_set(process_table *t, process *p, span status_name, arena *a)
{
	span command = file_of(p->pid, "cmdline", FILE_BYTES, a);
	size_t end = span_find_byte(command, 0);
	span cgroups = cgroups_of(p->pid, a), cwd = link_of(p->pid, "cwd", a);
	process_text_set(t, p, PROCESS_COMM, status_name);
	process_text_set(t, p, PROCESS_EXE, command.n ? span_sub(command, 0, end) : status_name);
	process_text_set(t, p, PROCESS_ARGS, end == SPAN_NONE ? (span){0} : span_from(command, end + 1));
	process_text_set(t, p, PROCESS_ENV, file_of(p->pid, "environ", ENVIRONMENT_BYTES, a));
	process_text_set(t, p, PROCESS_EXEPATH, link_of(p->pid, "exe", a));
	process_text_set(t, p, PROCESS_CWD, cwd.n ? live_folder(cwd, a) : SPAN("/"));
	process_text_set(t, p, PROCESS_CGROUPS, cgroups);
	process_text_set(t, p, PROCESS_CONTAINER, process_container_of(cgroups));
}

/* Nanoseconds: what /proc counts the starts of processes in. */
static uint64_t tick(void)
{
	return 1000000000u / (uint64_t)sysconf(_SC_CLK_TCK);
}

bool live_started_at(uint32_t pid, uint64_t start)
{
	int64_t number;
	arena a = {0};
	bool ret = stat_number(file_of(pid, "stat", FILE_BYTES, &a), STAT_START, &number) &&
		   (uint64_t)number == start / tick();
	arena_done(&a);
	return ret;
}

static void seed_process(watch_state *s, const live_clock *clock, int64_t pid, arena *a)
{
	span status_bytes = file_of(pid, "status", FILE_BYTES, a), stat = file_of(pid, "stat", FILE_BYTES, a);
	proc_status status = {0};
	int64_t number, parent = -1;
	process *p = proc_status_read(status_bytes, &status) && !process_get(s->processes, pid)
			     ? process_add(s->processes, pid)
			     : NULL;
	if (!p)
		return;
	process_pid_set(s->processes, p, pid);
	if (stat_number(stat, STAT_PARENT, &parent))
		process_parent_set(s->processes, p, parent);
	p->group = stat_number(stat, STAT_GROUP, &number) ? number : -1;
	p->session = stat_number(stat, STAT_SESSION, &number) ? number : -1;
	p->tty = stat_number(stat, STAT_TTY, &number) ? (uint32_t)number : 0;
	if (stat_number(stat, STAT_START, &number))
		p->start = clock->boot + (uint64_t)number * tick();
	p->vpid = p->vtid = inner_number(status_bytes, "NSpid", pid);
	p->vgroup = inner_number(status_bytes, "NSpgid", p->group);
	p->uid = status.uid[0];
	p->gid = status.gid[0];
	p->capabilities[0] = status.permitted;
	p->capabilities[1] = status.effective;
	p->capabilities[2] = status.inheritable;
	p->login_uid = span_int(file_of(pid, "loginuid", 64, a), &number) ? (uint32_t)number : PROCESS_NO_ID;
	texts_set(s->processes, p, status.name, a);
	accounts_learn(s->inside, process_text_get(p, PROCESS_CONTAINER), pid);
}

static void seed_processes(watch_state *s, const live_clock *clock)
{
	DIR *all = opendir("/proc");
	arena scratch = {0};
	for (struct dirent *entry; all && (entry = readdir(all));) {
		int64_t pid;
		if (!span_int(span_of(entry->d_name), &pid))
			continue;
		seed_process(s, clock, pid, &scratch);
		arena_clear(&scratch);
	}
	if (all)
		closedir(all);
	arena_done(&scratch);
}

static void seed_accounts(watch_state *s, const char *path, bool groups)
{
	error e;
	span bytes, line;
	account a;
	/* A machine without users is one whose users have no names. */
	if (files_read(path, LIMIT_FILE_BYTES, s->arena, &bytes, &e) < 0)
		return;
	while (span_cut(&bytes, '\n', &line))
		if (accounts_read_line(line, groups, &a))
			state_account_add(s, groups, &a);
}

/* The first that is not the loopback's. */
static void seed_address(watch_state *s)
{
	struct ifaddrs *all = NULL;
	if (getifaddrs(&all) < 0)
		return;
	for (const struct ifaddrs *i = all; i && !s->own_address[0]; i = i->ifa_next) {
		struct sockaddr_in at;
		if (!i->ifa_addr || i->ifa_addr->sa_family != AF_INET)
			continue;
		memcpy(&at, i->ifa_addr, sizeof at);
		if (ntohl(at.sin_addr.s_addr) >> 24 != IN_LOOPBACKNET)
			memcpy(s->own_address, &at.sin_addr, sizeof s->own_address);
	}
	freeifaddrs(all);
}

void live_seed(watch_state *s, const live_clock *clock)
{
	char *name = arena_alloc(s->arena, 256);
	if (gethostname(name, 255) == 0)
		s->hostname = span_of(name);
	s->inside = accounts_new();
	seed_accounts(s, "/etc/passwd", false);
	seed_accounts(s, "/etc/group", true);
	seed_address(s);
	seed_processes(s, clock);
}

typedef struct sweep {
	arena arena;
	LIST(int64_t) gone;
} sweep;

static void look_at(void *of, process *p)
{
	sweep *w = of;
	char path[64];
	snprintf(path, sizeof path, "/proc/%lld", (long long)p->pid);
	if (p->pid > 0 && access(path, F_OK) != 0 && errno == ENOENT)
		list_push(&w->arena, &w->gone, p->tid);
}

void live_sweep(watch_state *s)
{
	sweep w = {0};
	process_each(s->processes, look_at, &w);
	list_each(const int64_t, tid, &w.gone)
		process_remove(s->processes, *tid, -1);
	arena_done(&w.arena);
}
