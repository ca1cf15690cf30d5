/* SPDX-License-Identifier: Apache-2.0
 *
 * The files of a Compose project: read, laid over one another, with what they include and extend. */
#include "base/files.h"
#include "sources/compose_project.h"

/* --- nodes and their files --- */

void compose_mark(const compose_project *p, map *set, const node *n, const void *value)
{
	const node **key = ARENA_NEW(p->arena, const node *);
	*key = n;
	map_set(set, p->arena, (span){(const char *)key, sizeof *key}, (void *)value);
}

void *compose_marked(const map *set, const node *n)
{
	return set->count ? map_get(set, (span){(const char *)&n, sizeof n}) : NULL;
}

const compose_file *compose_file_of(const compose_project *p, const node *n)
{
	const compose_file *f = compose_marked(&p->texts, n);
	return f ? f : p->main;
}

origin compose_origin(const compose_project *p, const member *m)
{
	const text *t = compose_file_of(p, m->key)->text;
	if (compose_file_of(p, m->value)->text != t)
		return (origin){t, m->key->start, m->key->end};
	return tree_origin(t, m);
}

origin compose_origin_of(const compose_project *p, const node *n)
{
	return tree_origin_of(compose_file_of(p, n)->text, n);
}

node *compose_copy(const compose_project *p, const node *n)
{
	compose_project *project = (compose_project *)p;
	node *ret = ARENA_NEW(p->arena, node);
	*ret = *n;
	if (compose_marked(&p->texts, n))
		compose_mark(p, &project->texts, ret, compose_marked(&p->texts, n));
	if (compose_marked(&p->open, n))
		compose_mark(p, &project->open, ret, ret);
	if (compose_marked(&p->borrowed, n))
		compose_mark(p, &project->borrowed, ret, ret);
	return ret;
}

/* Says of every node of a tree which file it stands in. */
static void mark_tree(compose_project *p, const node *n, const compose_file *f)
{
	if (compose_marked(&p->texts, n))
		return;
	compose_mark(p, &p->texts, n, f);
	for (uint32_t i = 0; node_is_list(n) && i < n->count; i++)
		mark_tree(p, n->items[i], f);
	for (uint32_t i = 0; node_is_map(n) && i < n->count; i++) {
		mark_tree(p, n->members[i].key, f);
		mark_tree(p, n->members[i].value, f);
	}
}

/* --- reading one text --- */

static bool is_service(const node *n)
{
	return node_is_map(n) && (node_get(n, "image") || node_get(n, "build"));
}

/* Before version 2 the services stood at the top. */
static bool is_version_1(const node *root)
{
	static const char *const later[] = {"services", "version", "include", "name", "networks", "volumes"};
	for (size_t i = 0; i < sizeof later / sizeof *later; i++)
		if (node_get(root, later[i]))
			return false;
	for (uint32_t i = 0; i < root->count; i++)
		if (is_service(root->members[i].value))
			return true;
	return false;
}

static const node *services_of(const compose_file *f, const node *root)
{
	return f->prefix[0] ? node_get(root, "services") : root;
}

static void add_document(
	compose_project *p, compose_files *ret, const text *t, const char *folder, const node *root)
{
	compose_file *f = ARENA_NEW(p->arena, compose_file);
	*f = (compose_file){.text = t, .folder = folder, .root = root};
	f->prefix = is_version_1(root) ? "" : "services/";
	f->values = compose_interpolate(p, root);
	if (!p->main)
		p->main = f;
	else
		mark_tree(p, f->values, f);
	list_push(p->arena, ret, f);
}

/* The documents of a text; a fault is told once, however often the text is named. */
static compose_files *read_text(compose_project *p, const text *t, const char *folder)
{
	compose_files *ret = map_get(&p->loaded, span_of(t->path));
	if (ret)
		return ret;
	ret = ARENA_NEW(p->arena, compose_files);
	map_set(&p->loaded, p->arena, span_of(t->path), ret);
	node_list documents = {0};
	node_problems problems = {0};
	tree_read(t, p->arena, &documents, &problems);
	if (tree_is_template(t, &documents, &problems)) {
		bundle_add_skipped(p->bundle, t->path, "a template: render it first");
		return ret;
	}
	list_each(node_problem, problem, &problems)
		bundle_add_problem(p->bundle, t, problem->start, problem->end, problem->message);
	for (uint32_t i = 0; i < documents.count; i++) {
		const node *root = documents.items[i];
		if (node_is_map(root))
			add_document(p, ret, t, folder, root);
		else if (root->kind != NODE_NULL && !problems.count)
			bundle_add_problem(p->bundle, t, root->start, root->end, "a Compose file is a map");
	}
	return ret;
}

/* The text that a file names, or NULL: that it is missing is no fault of the one that was asked for. */
static const text *load_beside(
	const compose_project *p, const char *folder, span name, const char **ret_folder)
{
	error e;
	if (!p->loader || !name.n || docker_is_open(name))
		return NULL;
	const char *path = path_join(p->arena, folder, arena_string(p->arena, name));
	const text *t = p->loader->load(p->loader, path, p->arena, &e);
	if (t)
		*ret_folder = path_folder(p->arena, path);
	return t;
}

/* --- extends --- */

typedef struct extension { /* the chain of services that is being followed */
	const compose_file *file;
	span name;
	const struct extension *up;
	uint32_t depth;
} extension;

static bool is_followed(const extension *x, const compose_file *f, span name)
{
	for (; x; x = x->up)
		if (x->file == f && span_equal(x->name, name))
			return true;
	return false;
}

static const node *find_service(const compose_files *files, span name, const compose_file **ret_file)
{
	for (uint32_t i = 0; i < files->count; i++) {
		const node *services = services_of(files->items[i], files->items[i]->values);
		for (uint32_t k = 0; node_is_map(services) && k < services->count; k++)
			if (span_equal(services->members[k].key->value, name) &&
				node_is_map(services->members[k].value)) {
				*ret_file = files->items[i];
				return services->members[k].value;
			}
	}
	return NULL;
}

/* A service with what it extends laid under it. */
static const node *extended(compose_project *p, const node *service, const extension *here)
{
	const node *extends = node_get(service, "extends");
	if (!extends || here->depth >= LIMIT_INCLUDE_DEPTH)
		return service;
	span name = node_is_map(extends) ? node_text(node_get(extends, "service")) : node_text(extends);
	span path = node_text(node_get(extends, "file"));
	compose_file *same = (compose_file *)here->file;
	compose_files own = {.items = &same, .count = 1}, *files = &own;
	const char *folder;
	const text *t = path.n ? load_beside(p, here->file->folder, path, &folder) : NULL;
	if (path.n && !t)
		return service;
	if (t)
		files = read_text(p, t, folder);
	const compose_file *f;
	const node *base = find_service(files, name, &f);
	if (!base || is_followed(here, f, name))
		return service;
	base = extended(p, base, &(extension){f, name, here, here->depth + 1});
	return compose_merge(p, (span){0}, base, service);
}

/* --- laying over --- */

static const char *escaped(arena *a, span key)
{
	auto_buffer out = {0};
	for (size_t i = 0; i < key.n; i++) {
		if (key.p[i] == '/' || key.p[i] == '~')
			buffer_add_string(&out, key.p[i] == '/' ? "~1" : "~0");
		else
			buffer_add_byte(&out, key.p[i]);
	}
	return arena_string(a, buffer_span(&out));
}

static compose_service *service_of(compose_project *p, const node *key)
{
	compose_service *s = map_get(&p->by_name, key->value);
	if (s || p->services.count >= LIMIT_WORKLOADS)
		return s;
	s = ARENA_NEW(p->arena, compose_service);
	*s = (compose_service){.name = key->value, .key = key, .project = p};
	map_set(&p->by_name, p->arena, key->value, s);
	list_push(p->arena, &p->services, s);
	return s;
}

static void add_service(compose_project *p, const compose_file *f, const member *m, const node *written)
{
	if (!node_is_map(m->value)) {
		/* An empty entry is being written, or says `extends` elsewhere; Compose itself tells best. */
		bundle_add_skipped(p->bundle, f->text->path,
			arena_format(p->arena, "service '%.*s' is not a map", SPAN_ARG(m->key->value)).p);
		return;
	}
	if (!f->prefix[0] && !is_service(m->value))
		return;
	compose_service *s = service_of(p, m->key);
	if (!s)
		return;
	const node *service = extended(p, m->value, &(extension){f, m->key->value, NULL, 0});
	const node *merged = compose_merge(p, (span){0}, s->node, service);
	if (merged)
		s->node = merged;
	const char *path = arena_format(p->arena, "%s%s", f->prefix, escaped(p->arena, m->key->value)).p;
	list_push(p->arena, &s->parts, (compose_part){f, written, path});
}

static void add_services(compose_project *p, const compose_file *f)
{
	const node *values = services_of(f, f->values), *written = services_of(f, f->root);
	if (values && !node_is_map(values) && values->kind != NODE_NULL)
		bundle_add_problem(p->bundle, f->text, values->start, values->end, "services is not a map");
	for (uint32_t i = 0; node_is_map(values) && i < values->count; i++)
		if (!span_starts(values->members[i].key->value, SPAN("x-")) || f->prefix[0])
			add_service(p, f, &values->members[i], written->members[i].value);
}

static void add_included(compose_project *p, const char *folder, const node *path);

/* include: a path, or {path, project_directory}, of which path may be a list of files that lie over one another. */
static void add_includes(compose_project *p, const compose_file *f)
{
	const node *include = node_get(f->values, "include");
	for (uint32_t i = 0; node_is_list(include) && i < include->count; i++) {
		const node *one = include->items[i], *path = node_is_map(one) ? node_get(one, "path") : one;
		add_included(p, f->folder, path);
		for (uint32_t k = 0; node_is_list(path) && k < path->count; k++)
			add_included(p, f->folder, path->items[k]);
	}
}

static void add_files(compose_project *p, const compose_files *files)
{
	for (uint32_t i = 0; i < files->count; i++) {
		compose_file *f = files->items[i];
		list_push(p->arena, &p->files, f);
		add_includes(p, f);
		add_services(p, f);
		p->top = p->top ? compose_merge(p, (span){0}, p->top, f->values) : f->values;
	}
}

static void add_included(compose_project *p, const char *folder, const node *path)
{
	const char *own;
	const text *t = node_is_scalar(path) ? load_beside(p, folder, node_text(path), &own) : NULL;
	/* Included twice, or in a ring: what it says is there already. */
	if (!t || map_get(&p->loaded, span_of(t->path)) || p->depth >= LIMIT_INCLUDE_DEPTH)
		return;
	list_push(p->arena, &p->included, t->path);
	p->depth++;
	add_files(p, read_text(p, t, own));
	p->depth--;
}

void compose_add_text(compose_project *p, const text *t, const char *folder)
{
	if (!map_get(&p->loaded, span_of(t->path)))
		add_files(p, read_text(p, t, folder));
}
