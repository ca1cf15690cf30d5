/* SPDX-License-Identifier: Apache-2.0
 *
 * Finding and reading files. The files are cut into slices, each with an arena and a bundle of its own, that threads read without
 * sharing anything; the bundles are joined in the order of the files, so that the report does not depend on the threads. */
#include "commands/collect.h"

#include "base/files.h"
#include "base/limits.h"
#include "base/memory.h"
#include "base/sandbox.h"
#include "base/threads.h"
#include "commands/render.h"
#include "sources/compose.h"
#include "sources/kubernetes.h"
#include "sources/recognise.h"

#include <stdlib.h>
#include <sys/stat.h>

typedef struct input {
	const char *path;
	bool named; /* on the command line: not knowing what it is is an error */
} input;

typedef struct finder {
	arena *arena;
	bundle *bundle;
	const policy *policy;
	bool any_name; /* --as: every file is one of ours, whatever it is called */
	LIST(input) inputs;
	LIST(const text *) rendered;
} finder;

static bool excluded(const finder *f, const char *path)
{
	return f->policy && policy_excludes(f->policy, path);
}

static bool walk_wanted(void *of, const char *path, const char *name, bool folder)
{
	const finder *f = of;
	if (folder ? !recognise_folder(name) : !f->any_name && !recognise_name(name))
		return false;
	return !excluded(f, path);
}

static void walk_found(void *of, walk_kind kind, const char *path, const error *e)
{
	finder *f = of;
	if (kind == WALK_ERROR)
		list_push(f->arena, &f->bundle->problems,
			(problem){.path = path, .message = arena_string(f->arena, span_of(e->text))});
	else
		list_push(f->arena, &f->inputs, (input){path, false});
}

static int find_files(finder *f, const collect_request *request, error *e)
{
	const walk w = {.arena = f->arena, .wanted = walk_wanted, .found = walk_found, .of = f};
	for (uint32_t i = 0; i < request->path_count; i++) {
		const char *path = request->paths[i];
		if (files_is_folder(path))
			TRY(files_walk(&w, path_join(f->arena, path, "."), e));
		else
			list_push(f->arena, &f->inputs, (input){path, true});
	}
	return 0;
}

/* Which file a path leads to, as bytes; nothing for what is no file. */
static span file_identity(const char *path, arena *a)
{
	struct stat st;
	if (strcmp(path, "-") == 0 || stat(path, &st) < 0)
		return (span){0};
	return arena_format(a, "%llu:%llu", (unsigned long long)st.st_dev, (unsigned long long)st.st_ino);
}

/* A file that several arguments lead to is read once, by the first of them; what -f lays over one another is read there. */
static void drop_repeated(finder *f, const collect_request *request)
{
	map seen = {0};
	if (request->path_count + request->compose_files->count < 2)
		return;
	for (uint32_t i = 0; i < request->compose_files->count; i++) {
		span identity = file_identity(request->compose_files->items[i], f->arena);
		if (identity.n)
			map_set(&seen, f->arena, identity, f);
	}
	uint32_t kept = 0;
	for (uint32_t i = 0; i < f->inputs.count; i++) {
		span identity = file_identity(f->inputs.items[i].path, f->arena);
		if (identity.n && map_get(&seen, identity))
			continue;
		if (identity.n)
			map_set(&seen, f->arena, identity, f);
		f->inputs.items[kept++] = f->inputs.items[i];
	}
	f->inputs.count = kept;
}

/* --- reading one file --- */

typedef struct file_loader {
	loader loader;
	map known; /* path -> text */
} file_loader;

static const text *load(loader *self, const char *path, arena *a, error *e)
{
	file_loader *l = (file_loader *)self;
	text *t = map_get(&l->known, span_of(path));
	if (t)
		return t;
	span bytes;
	if (files_read(path, LIMIT_FILE_BYTES, a, &bytes, e) < 0)
		return NULL;
	t = ARENA_NEW(a, text);
	text_init(t, arena_string(a, span_of(path)), bytes, a);
	map_set(&l->known, a, span_of(t->path), t);
	return t;
}

static const char *environment(loader *self, const char *name)
{
	(void)self;
	return getenv(name);
}

static const loader files_loader = {.load = load, .environment = environment};

static const source *const readers[] = {
	[FILE_DOCKERFILE] = &dockerfile_source,
	[FILE_COMPOSE] = &compose_source,
	[FILE_KUBERNETES] = &kubernetes_source,
	[FILE_COMMANDS] = &docker_run_source,
	[FILE_CI] = &docker_run_source,
};

static void add_failure(bundle *b, const char *path, const error *e)
{
	/* The reader said "path: why"; the report says the path anyhow. */
	span message = span_of(e->text), prefix = span_of(path);
	if (span_starts(message, prefix) && span_starts(span_from(message, prefix.n), SPAN(": ")))
		message = span_from(message, prefix.n + 2);
	list_push(
		b->arena, &b->problems, (problem){.path = path, .message = arena_string(b->arena, message)});
}

static bool too_long_a_line(const text *t, bundle *b)
{
	for (uint32_t i = 1; i <= t->line_count; i++) {
		uint32_t start = text_line_start(t, i);
		if (text_line_start(t, i + 1) - start <= LIMIT_LINE_BYTES)
			continue;
		bundle_add_problem(b, t, start, start,
			arena_format(b->arena, "the line is longer than %d MiB", LIMIT_LINE_BYTES >> 20).p);
		return true;
	}
	return false;
}

typedef struct slice {
	bundle bundle;
	file_loader loader;
	uint32_t files;
} slice;

static void read_text(slice *s, const text *t, file_kind kind)
{
	if (kind == FILE_CI)
		ci_source.read(t, &s->loader.loader, &s->bundle);
	s->files++;
	/* JSON on one line is honest; a Dockerfile or a script with such a line is no text. */
	if (kind != FILE_KUBERNETES && too_long_a_line(t, &s->bundle))
		return;
	readers[kind]->read(t, &s->loader.loader, &s->bundle);
}

static void read_input(slice *s, const input *in, const char *as)
{
	error e;
	bundle *b = &s->bundle;
	const char *shown = strcmp(in->path, "-") == 0 ? "<stdin>" : in->path;
	span bytes;
	if (files_read(in->path, LIMIT_FILE_BYTES, b->arena, &bytes, &e) < 0) {
		add_failure(b, shown, &e);
		return;
	}
	file_kind kind = as ? recognise_as(as) : recognise(in->path, bytes);
	if (kind == FILE_CHART || kind == FILE_KUSTOMIZATION)
		return; /* render.c */
	if (kind == FILE_OTHER) {
		if (in->named)
			list_push(b->arena, &b->problems,
				(problem){.path = shown,
					.message =
						"not recognised: say what it is with --as (dockerfile, compose, "
						"kubernetes, commands, ci)"});
		return;
	}
	text *t = ARENA_NEW(b->arena, text);
	text_init(t, shown, bytes, b->arena);
	read_text(s, t, kind);
}

typedef struct session {
	const collect_request *request;
	const finder *finder;
	slice *slices;
	uint32_t count;
} session;

static void read_slice(void *of, uint32_t index)
{
	const session *s = of;
	uint64_t n = s->finder->inputs.count;
	for (uint32_t i = (uint32_t)(n * index / s->count); i < n * (index + 1) / s->count; i++)
		read_input(&s->slices[index], &s->finder->inputs.items[i], s->request->as);
}

static void init_slices(slice *slices, arena *arenas, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		slices[i].bundle.arena = &arenas[i];
		slices[i].loader.loader = files_loader;
	}
}

/* --- what is not found by walking --- */

static void read_run_lines(slice *s, const string_list *lines)
{
	for (uint32_t i = 0; i < lines->count; i++) {
		text *t = ARENA_NEW(s->bundle.arena, text);
		text_init(t, "<command line>", span_of(lines->items[i]), s->bundle.arena);
		uint32_t before = s->bundle.workloads.count;
		docker_run_source.read(t, &s->loader.loader, &s->bundle);
		if (s->bundle.workloads.count == before)
			bundle_add_problem(&s->bundle, t, 0, (uint32_t)t->bytes.n,
				"this starts no container: docker run, docker create or podman run was expected");
	}
}

static void read_compose_files(slice *s, const string_list *files)
{
	if (files->count == 0)
		return;
	compose_read_files(files->items, files->count, &s->loader.loader, &s->bundle);
	s->files += files->count;
}

/* Files of a Helm chart or a kustomization are read as the tool renders them, or not at all. */
static void drop_rendered(finder *f, slice *s)
{
	render_folders folders = {0};
	for (uint32_t i = 0; i < f->inputs.count; i++)
		render_find(&folders, f->inputs.items[i].path, f->arena);
	if (folders.count == 0)
		return;
	uint32_t kept = 0;
	for (uint32_t i = 0; i < f->inputs.count; i++)
		if (f->inputs.items[i].named || !render_covers(&folders, f->inputs.items[i].path))
			f->inputs.items[kept++] = f->inputs.items[i];
	f->inputs.count = kept;
	for (uint32_t i = 0; i < folders.count; i++) {
		const text *t = render_folder(&folders.items[i], &s->bundle);
		if (t)
			list_push(f->arena, &f->rendered, t);
	}
}

int collect(const collect_request *request, collection *ret, error *e)
{
	*ret = (collection){0};
	ret->bundle.arena = &ret->arena;
	finder f = {.arena = &ret->arena,
		.bundle = &ret->bundle,
		.policy = request->policy,
		.any_name = request->as};
	TRY(find_files(&f, request, e));
	drop_repeated(&f, request);
	uint32_t slices = f.inputs.count > 16 ? request->threads * 4 : 1;
	ret->part_count = slices + 1; /* the last is for what is not found by walking */
	ret->parts = memory_zeroed(ret->part_count, sizeof *ret->parts);
	session s = {.request = request, .finder = &f, .count = slices};
	s.slices = ARENA_ARRAY(&ret->arena, slice, ret->part_count);
	init_slices(s.slices, ret->parts, ret->part_count);
	drop_rendered(&f, &s.slices[slices]);
	sandbox_enter(request->output_folders, request->output_count);
	threads_run(request->threads, slices, read_slice, &s);
	list_each(const text *, t, &f.rendered)
		read_text(&s.slices[slices], *t, FILE_KUBERNETES);
	read_run_lines(&s.slices[slices], request->run_lines);
	read_compose_files(&s.slices[slices], request->compose_files);
	for (uint32_t i = 0; i < ret->part_count; i++) {
		bundle_merge(&ret->bundle, &s.slices[i].bundle);
		ret->files += s.slices[i].files;
	}
	file_loader files = {.loader = files_loader};
	compose_link(&ret->bundle, &files.loader);
	bundle_index(&ret->bundle);
	kubernetes_link(&ret->bundle);
	bundle_overlay(&ret->bundle);
	return 0;
}

void collection_done(collection *c)
{
	for (uint32_t i = 0; i < c->part_count; i++)
		arena_done(&c->parts[i]);
	free(c->parts);
	arena_done(&c->arena);
}
