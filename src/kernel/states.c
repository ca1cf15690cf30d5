/* SPDX-License-Identifier: Apache-2.0
 *
 * What runtimes write down of their containers, a folder each:
 *
 *   /run/runc/ID/state.json        runc; below Docker's exec-root runtime-runc/moby, containerd's /run/containerd/runc/NAMESPACE
 *   /run/crun/ID/status            crun
 *   /run/user/UID/runc, …/crun     of users without root
 *
 * and wherever a supervisor or a runtime in the foreground was told by --root. The files are JSON; whoever opens the host brings the reader of them. A record is
 * believed when a process of its number started at the moment that it names; one that is not root's only about processes of its owner, or such that have left the
 * user namespace of the host. */
#include "base/files.h"
#include "base/limits.h"
#include "kernel/inside.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

typedef struct state_search {
	kernel *kernel;
	const state_visitor *visitor;
	arena scratch, keep; /* for one record, for the whole search */
	size_t bytes;        /* that may still be read */
	uint32_t left;       /* folders that may still be looked at */
	map seen;            /* roots */
} state_search;

/* Each runtime by the name of its file. */
static const struct {
	const char *file, *runtime;
} kinds[] = {{"state.json", "runc"}, {"status", "crun"}};

/* Regular files only: others could keep us waiting. */
static bool read_file(state_search *s, const char *path, span *ret, uint32_t *ret_owner)
{
	auto_fd fd = -1;
	struct stat st;
	if (kernel_open_at(s->kernel, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW, &fd, "%s", path) !=
			LOOK_FOUND ||
		fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size > LIMIT_RUNTIME_STATE ||
		(size_t)st.st_size > s->bytes || kernel_read_opened(fd, &s->scratch, ret) != LOOK_FOUND)
		return false;
	s->bytes -= ret->n < s->bytes ? ret->n : s->bytes;
	*ret_owner = st.st_uid;
	return true;
}

static void take_state(state_search *s, span root, span id)
{
	kernel *k = s->kernel;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		span bytes;
		runtime_state found = {.runtime = kinds[i].runtime};
		span path = arena_format(
			&s->scratch, "%.*s/%.*s/%s", SPAN_ARG(root), SPAN_ARG(id), kinds[i].file);
		if (!read_file(s, path.p, &bytes, &found.owner) ||
			!k->read_state(bytes, &s->scratch, &found.is))
			continue;
		if (!found.is.id.n)
			found.is.id = id;
		if (span_equal(found.is.id, id))
			s->visitor->seen(s->visitor->of, &found);
		return;
	}
}

static void read_root(state_search *s, span root)
{
	int fd = -1;
	root = arena_copy(&s->keep, root);
	if (map_set(&s->seen, &s->keep, root, s) ||
		kernel_open_at(s->kernel, O_RDONLY | O_DIRECTORY | O_NONBLOCK, &fd, "%s", root.p) !=
			LOOK_FOUND)
		return;
	DIR *folder = fdopendir(fd);
	if (!folder) {
		close(fd);
		return;
	}
	for (struct dirent *entry; s->left && (entry = readdir(folder));) {
		span id = span_of(entry->d_name);
		if (id.p[0] == '.')
			continue;
		s->left--;
		if (s->visitor->wanted(s->visitor->of, id))
			take_state(s, root, id);
		arena_clear(&s->scratch);
	}
	closedir(folder);
}

/* Each folder in a folder, with something behind its name. */
static void read_each(state_search *s, const char *parent, const char *behind)
{
	int fd = -1;
	if (kernel_open_at(s->kernel, O_RDONLY | O_DIRECTORY, &fd, "%s", parent) != LOOK_FOUND)
		return;
	DIR *folder = fdopendir(fd);
	if (!folder) {
		close(fd);
		return;
	}
	for (struct dirent *entry; s->left && (entry = readdir(folder));) {
		if (entry->d_name[0] == '.')
			continue;
		s->left--;
		arena here = {0};
		read_root(s, arena_format(&here, "%s/%s%s", parent, entry->d_name, behind));
		arena_done(&here);
	}
	closedir(folder);
}

void kernel_states_visit(kernel *k, const kernel_roots *told, const state_visitor *v)
{
	state_search s = {
		.kernel = k, .visitor = v, .bytes = LIMIT_RUNTIME_STATES_BYTES, .left = LIMIT_RUNTIME_STATES};
	if (!k->read_state)
		return;
	list_each(const span, root, told)
		read_root(&s, span_from(*root, span_starts(*root, SPAN("/"))));
	read_root(&s, SPAN("run/runc"));
	read_root(&s, SPAN("run/crun"));
	read_root(&s, SPAN("run/docker/runtime-runc/moby"));
	read_each(&s, "run/containerd/runc", "");
	read_each(
		&s, "run/user", "/runc"); /* last: these belong to anybody, and what may be read has an end */
	read_each(&s, "run/user", "/crun");
	arena_done(&s.scratch);
	arena_done(&s.keep);
}

bool kernel_state_holds(kernel *k, const runtime_state *s, const kernel_process *p)
{
	arena scratch = {0};
	span bytes;
	uint64_t started = 0, inode;
	bool same = kernel_read(k, &scratch, &bytes, "proc/%d/stat", p->pid) == LOOK_FOUND &&
		    proc_stat_started(bytes, &started) && started == s->is.started;
	arena_done(&scratch);
	if (!same || s->owner == 0 || s->owner == p->status.uid[0])
		return same;
	return kernel_namespace_of(k, p->pid, NAMESPACE_USER, &inode) == LOOK_FOUND &&
	       inode != kernel_namespace_host(k, NAMESPACE_USER);
}
