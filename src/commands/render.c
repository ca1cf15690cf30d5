/* SPDX-License-Identifier: Apache-2.0
 *
 * Running the tools that turn charts and kustomizations into manifests. */
#include "commands/render.h"

#include "base/buffer.h"
#include "base/files.h"
#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

static const char *const helm_arguments[] = {"template", "bulkhead", NULL};
static const char *const kustomize_arguments[] = {"build", NULL};

static const render_row rows[] = {
	{"Chart.yaml", "templates", "helm", helm_arguments, "a Helm chart: helm is not on PATH to render it"},
	{"kustomization.yaml", NULL, "kustomize", kustomize_arguments,
		"a kustomization: kustomize is not on PATH to render it"},
	{"kustomization.yml", NULL, "kustomize", kustomize_arguments,
		"a kustomization: kustomize is not on PATH to render it"},
};

void render_find(render_folders *folders, const char *path, arena *a)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strcmp(path_name(path), rows[i].file) == 0)
			list_push(a, folders, (render_entry){path_folder(a, path), &rows[i]});
}

bool render_covers(const render_folders *folders, const char *path)
{
	for (uint32_t i = 0; i < folders->count; i++) {
		const render_entry *x = &folders->items[i];
		span rest = span_of(path), folder = span_of(x->folder);
		if (!x->row->covers)
			continue; /* what a kustomization names is complete by itself */
		if (!span_is(folder, ".")) {
			if (!span_starts(rest, folder) || rest.n <= folder.n || rest.p[folder.n] != '/')
				continue;
			rest = span_from(rest, folder.n + 1);
		}
		span covers = span_of(x->row->covers);
		if (span_starts(rest, covers) && rest.n > covers.n && rest.p[covers.n] == '/')
			return true;
	}
	return false;
}

/* Starts a program with its output in a pipe; the pid, or < 0. */
static pid_t start(const char *program, char *const *argv, int *ret_fd)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	posix_spawn_file_actions_t actions;
	pid_t pid = -1;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
	if (posix_spawn(&pid, program, &actions, NULL, argv, environ) != 0)
		pid = -1;
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	*ret_fd = ends[0];
	if (pid < 0)
		close(ends[0]);
	return pid;
}

static bool read_output(int fd, buffer *out)
{
	char step[65536];
	for (;;) {
		ssize_t n = read(fd, step, sizeof step);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0;
		if (out->n + (size_t)n > LIMIT_FILE_BYTES)
			return false;
		buffer_add(out, (span){step, (size_t)n});
	}
}

/* Runs the tool of a row over its folder; false when it failed. */
static bool run(const char *program, const render_entry *entry, buffer *out)
{
	char *argv[8];
	size_t n = 0;
	argv[n++] = (char *)entry->row->program;
	for (const char *const *argument = entry->row->arguments; *argument; argument++)
		argv[n++] = (char *)*argument;
	argv[n++] = (char *)entry->folder;
	argv[n] = NULL;
	int fd, status = -1;
	pid_t pid = start(program, argv, &fd);
	if (pid < 0)
		return false;
	bool whole = read_output(fd, out);
	close(fd);
	if (!whole)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return whole && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

const text *render_folder(const render_entry *entry, bundle *b)
{
	const char *program = files_program(b->arena, entry->row->program);
	if (!program) {
		bundle_add_skipped(b, entry->folder, entry->row->hint);
		return NULL;
	}
	auto_buffer out = {0};
	if (!run(program, entry, &out)) {
		const char *why = arena_format(
			b->arena, "%s could not render it: run it to see why", entry->row->program)
					  .p;
		list_push(b->arena, &b->problems, (problem){.path = entry->folder, .message = why});
		return NULL;
	}
	text *t = ARENA_NEW(b->arena, text);
	const char *name =
		arena_format(b->arena, "%s (rendered by %s)", entry->folder, entry->row->program).p;
	text_init(t, name, arena_copy(b->arena, buffer_span(&out)), b->arena);
	return t;
}
