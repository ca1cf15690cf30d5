/* SPDX-License-Identifier: Apache-2.0
 *
 * Compose files: which texts make up a project, and its services as workloads. See docs.docker.com/reference/compose-file. */
#include "sources/compose.h"

#include "base/files.h"
#include "sources/compose_project.h"

/* The names that Compose looks for, and those that it lays over them unasked. */
static const char *const base_names[] = {
	"compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"};
static const char *const override_names[] = {"compose.override.yml", "compose.override.yaml",
	"docker-compose.override.yml", "docker-compose.override.yaml"};
enum { NAMES = 4 };

static bool is_name_of(const char *path, const char *const *names)
{
	for (size_t i = 0; i < NAMES; i++)
		if (strcmp(path_name(path), names[i]) == 0)
			return true;
	return false;
}

static const text *load(const compose_project *p, const char *folder, const char *name)
{
	error e; /* a file that is not there is none */
	return p->loader ? p->loader->load(p->loader, path_join(p->arena, folder, name), p->arena, &e) : NULL;
}

/* The first file of the folder that has one of the names, or NULL. */
static const text *load_first(const compose_project *p, const char *folder, const char *const *names)
{
	const text *found = NULL;
	for (size_t i = 0; !found && i < NAMES; i++)
		found = load(p, folder, names[i]);
	return found;
}

static compose_project *project_new(bundle *b, loader *files, const char *folder)
{
	compose_project *p = ARENA_NEW(b->arena, compose_project);
	*p = (compose_project){.bundle = b, .arena = b->arena, .loader = files};
	compose_environment_read(p, folder);
	return p;
}

/* Turns the project into a document and workloads. */
static void project_finish(compose_project *p)
{
	if (!p->main)
		return;
	document *d = bundle_add_document(p->bundle, DOCUMENT_COMPOSE, p->main->text, &compose_source);
	d->root = p->main->root;
	for (uint32_t i = 0; i < p->services.count; i++)
		compose_read_service(p, p->services.items[i], d);
	compose_share(p, d);
}

static void compose_read(const text *t, loader *files, bundle *b)
{
	const char *folder = path_folder(b->arena, t->path);
	compose_project *p = project_new(b, files, folder);
	const text *base = is_name_of(t->path, override_names) ? load_first(p, folder, base_names) : NULL;
	if (base) {
		bundle_add_skipped(b, t->path, arena_format(b->arena, "read with %s", base->path).p);
		return;
	}
	compose_add_text(p, t, folder);
	const text *over = is_name_of(t->path, base_names) ? load_first(p, folder, override_names) : NULL;
	if (over && p->main)
		compose_add_text(p, over, folder);
	project_finish(p);
}

void compose_read_files(const char *const *paths, uint32_t count, loader *files, bundle *b)
{
	if (count == 0)
		return;
	/* All relative paths of the project are relative to its first file. */
	const char *folder = path_folder(b->arena, paths[0]);
	compose_project *p = project_new(b, files, folder);
	for (uint32_t i = 0; i < count; i++) {
		error e;
		const text *t = files->load(files, path_join(b->arena, ".", paths[i]), b->arena, &e);
		if (t)
			compose_add_text(p, t, folder);
		else
			list_push(b->arena, &b->problems,
				(problem){.path = paths[i],
					.message = arena_string(b->arena, span_of(e.text))});
	}
	project_finish(p);
}

#define BIT(control) (1u << CONTROL_##control)

const source compose_source = {
	.name = "compose",
	.controls = BIT(user) | BIT(filesystem) | BIT(capabilities) | BIT(confinement) | BIT(isolation) |
		    BIT(resources) | BIT(network) | BIT(secrets) | BIT(image),
	.read = compose_read,
	.write = compose_write,
};
