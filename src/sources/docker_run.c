/* SPDX-License-Identifier: Apache-2.0
 *
 * `docker run` and its like, in scripts, Makefiles, CI workflows and Markdown: every command is a workload. Commands that start
 * containers in other ways (compose, service create) are not read. */
#include "sources/docker_run.h"

#include "base/files.h"
#include "sources/sources.h"

typedef struct command_finder {
	bundle *bundle;
	loader *loader;
	const text *text;
	const char *folder;
	document *document; /* made with the first command */
	map names;          /* name -> the first workload of that name */
	uint32_t depth;     /* of scripts in scripts */
} command_finder;

/* Most scripts have no such words: they need not be parsed at all. */
static bool may_have_commands(span bytes)
{
	static const char *const engines[] = {"docker", "podman", "nerdctl"};
	bool engine = false;
	for (size_t i = 0; i < sizeof engines / sizeof *engines; i++)
		engine = engine || memmem(bytes.p, bytes.n, engines[i], strlen(engines[i]));
	return engine && (memmem(bytes.p, bytes.n, "run", 3) || memmem(bytes.p, bytes.n, "create", 6));
}

/* "ghcr.io/acme/api:1" is called api. */
static span image_name(span image)
{
	span last = span_from(
		image, span_find_last(image, '/') == SPAN_NONE ? 0 : span_find_last(image, '/') + 1);
	size_t end = 0;
	while (end < last.n && last.p[end] != ':' && last.p[end] != '@')
		end++;
	return docker_is_open(image) || end == 0 ? SPAN("run") : span_sub(last, 0, end);
}

static const char *with_line(const command_finder *f, span name, const workload *w)
{
	return arena_format(
		f->bundle->arena, "%.*s:%u", SPAN_ARG(name), text_place(f->text, w->origin.start).line)
		.p;
}

/* Names of several commands are told apart by their lines, that of the first as well. */
static void name_workload(command_finder *f, workload *w, span name)
{
	workload *first = map_get(&f->names, name);
	if (!first) {
		map_set(&f->names, f->bundle->arena, name, w);
		return;
	}
	if (span_equal(span_of(first->name), name))
		first->name = with_line(f, name, first);
	w->name = with_line(f, name, w);
}

static void add_command(command_finder *f, const run_command *found)
{
	arena *a = f->bundle->arena;
	if (f->bundle->workloads.count >= LIMIT_WORKLOADS)
		return;
	run_command *c = ARENA_NEW(a, run_command);
	*c = *found;
	if (!f->document)
		f->document = bundle_add_document(f->bundle, DOCUMENT_COMMANDS, f->text, &docker_run_source);
	bool named = c->name.n && !docker_is_open(c->name);
	span name = arena_copy(a, named ? c->name : image_name(c->image));
	workload *w = bundle_add_workload(f->bundle, f->document, "run", name.p);
	w->origin = (origin){f->text, c->start, c->end};
	w->handle = c;
	name_workload(f, w, name);
	run_facts(c, &w->posture, f->loader, f->folder, a);
}

static void find_in(command_finder *f, const shell_region *region);

/* sh -c '…': its script is read as well where its bytes stand in the file as they are. */
static void find_inside(command_finder *f, const shell_region *region, const shell_command *c)
{
	shell_word script;
	const span all = region->shell;
	if (f->depth >= LIMIT_SHELL_DEPTH || !shell_inner(c, f->bundle->arena, &script))
		return;
	span inner = script.value;
	if (inner.p < all.p || inner.p + inner.n > all.p + all.n || !may_have_commands(inner))
		return;
	shell_region part = {region->start + (uint32_t)(inner.p - all.p), inner};
	f->depth++;
	find_in(f, &part);
	f->depth--;
}

static void find_in(command_finder *f, const shell_region *region)
{
	shell_script script = {0};
	shell_parse(region->shell, f->bundle->arena, &script);
	for (uint32_t i = 0; i < script.commands.count; i++) {
		const shell_command *c = &script.commands.items[i];
		run_command command;
		if (run_parse(f->text, region, shell_unwrap(c->words), f->bundle->arena, &command))
			add_command(f, &command);
		else
			find_inside(f, region, c);
	}
}

static void docker_run_read(const text *t, loader *files, bundle *b)
{
	command_finder f = {
		.bundle = b, .loader = files, .text = t, .folder = path_folder(b->arena, t->path)};
	shell_regions regions = {0};
	if (!may_have_commands(t->bytes))
		return;
	shell_regions_find(t, b->arena, &regions);
	for (uint32_t i = 0; i < regions.count; i++)
		if (may_have_commands(regions.items[i].shell))
			find_in(&f, &regions.items[i]);
}

#define BIT(control) (1u << CONTROL_##control)

const source docker_run_source = {
	.name = "docker-run",
	.controls = BIT(user) | BIT(filesystem) | BIT(capabilities) | BIT(confinement) | BIT(isolation) |
		    BIT(resources) | BIT(network) | BIT(secrets) | BIT(image),
	.read = docker_run_read,
	.write = run_write,
};
