/* SPDX-License-Identifier: Apache-2.0
 *
 * Lock files of Python: poetry.lock, uv.lock and pdm.lock have a TOML table [[package]] for each package, pylock.toml (packaging.python.org, PEP 751) has
 * [[packages]], Pipfile.lock has JSON with a map for each kind.
 *
 * What is for development only: in Poetry, what is of category "dev", later of groups without "main"; in PDM, of groups without "default"; in Pipenv,
 * what stands in "develop"; uv.lock: what the project's own dependencies do not lead to. pylock.toml does not say.
 * What comes from a folder of the project is the project itself and left out. */
#include "packages/document.h"

#include "base/map.h"

/* --- [[package]] --- */

/* The kind of source is a member's name in uv.lock ({ editable = "." }), the value of "type" in poetry.lock. */
static bool is_project(const node *package)
{
	static const char *const kinds[] = {"editable", "virtual", "directory"};
	const node *source = node_get(package, "source");
	span type = node_text(node_get(source, "type"));
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (node_get(source, kinds[i]) || span_is(type, kinds[i]))
			return true;
	return node_get(package, "path") || node_get(package, "directory");
}

static bool is_development(const node *package)
{
	const node *groups = node_get(package, "groups");
	if (node_is_list(groups) && groups->count)
		return !document_lists(groups, "main") && !document_lists(groups, "default");
	return span_is(node_text(node_get(package, "category")), "dev");
}

static bool package_one(document *d, const node *one, bool development)
{
	const node *name = node_get(one, "name");
	package p = {
		.name = node_text(name),
		.version = node_text(node_get(one, "version")),
		.type = PACKAGE_PYPI,
		.evidence = PACKAGE_LOCKED,
		.development = development,
	};
	return is_project(one) || document_add(d, name, &p);
}

static void toml_lock_read(const package_input *in, package_record *out)
{
	auto_document d;
	if (!lock_open(in, out, DOCUMENT_TOML, &d))
		return;
	const node *list = node_get(d.root, span_is(in->name, "pylock.toml") ? "packages" : "package");
	for (uint32_t i = 0; node_is_list(list) && i < list->count; i++)
		if (!package_one(&d, list->items[i], is_development(list->items[i])))
			return;
}

/* --- uv --- */

/* Packages of one name with several versions hang together: one that is reached, all are. */
typedef struct uv_package {
	const node *node;
	struct uv_package *next; /* of the same name */
	bool reached;
} uv_package;

typedef struct uv_walk {
	document *d;
	map by_name; /* uv_package */
	LIST(uv_package *) waiting;
} uv_walk;

static void uv_reach(uv_walk *w, const node *dependencies)
{
	for (uint32_t i = 0; node_is_list(dependencies) && i < dependencies->count; i++) {
		uv_package *p = map_get(&w->by_name, node_text(node_get(dependencies->items[i], "name")));
		if (!p || p->reached)
			continue;
		for (; p; p = p->next) {
			p->reached = true;
			list_push(&w->d->a, &w->waiting, p);
		}
	}
}

static void uv_reach_all(uv_walk *w, const node *package)
{
	const node *extras = node_get(package, "optional-dependencies");
	uv_reach(w, node_get(package, "dependencies"));
	for (uint32_t i = 0; node_is_map(extras) && i < extras->count; i++)
		uv_reach(w, extras->members[i].value);
}

static void uv_learn(uv_walk *w, const node *list)
{
	for (uint32_t i = 0; i < list->count; i++) {
		uv_package *p = ARENA_NEW(&w->d->a, uv_package);
		p->node = list->items[i];
		p->next = map_set(&w->by_name, &w->d->a, node_text(node_get(p->node, "name")), p);
	}
}

static void uv_read(const package_input *in, package_record *out)
{
	auto_document d;
	if (!lock_open(in, out, DOCUMENT_TOML, &d))
		return;
	uv_walk w = {.d = &d};
	const node *list = node_get(d.root, "package");
	if (!node_is_list(list))
		return;
	bool has_project = false;
	uv_learn(&w, list);
	for (uint32_t i = 0; i < list->count; i++)
		if (is_project(list->items[i])) {
			has_project = true;
			uv_reach_all(&w, list->items[i]);
		}
	for (uint32_t i = 0; i < w.waiting.count; i++)
		uv_reach_all(&w, w.waiting.items[i]->node);
	for (uint32_t i = 0; i < list->count; i++) {
		const uv_package *p = map_get(&w.by_name, node_text(node_get(list->items[i], "name")));
		if (!package_one(&d, list->items[i], has_project && p && !p->reached))
			return;
	}
}

/* --- Pipenv --- */

static bool pipenv_map(document *d, const node *all, bool development)
{
	for (uint32_t i = 0; node_is_map(all) && i < all->count; i++) {
		const member *m = &all->members[i];
		span version = node_text(node_get(m->value, "version"));
		if (!span_starts(version, SPAN("==")))
			continue;
		version = span_from(version, span_starts(version, SPAN("===")) ? 3 : 2);
		package p = {
			.name = node_text(m->key),
			.version = span_trim(version),
			.type = PACKAGE_PYPI,
			.evidence = PACKAGE_LOCKED,
			.development = development,
		};
		if (!document_add(d, m->key, &p))
			return false;
	}
	return true;
}

static void pipenv_read(const package_input *in, package_record *out)
{
	auto_document d;
	if (!lock_open(in, out, DOCUMENT_JSON, &d))
		return;
	for (uint32_t i = 0; node_is_map(d.root) && i < d.root->count; i++) {
		span kind = node_text(d.root->members[i].key);
		if (!span_is(kind, "_meta") &&
			!pipenv_map(&d, d.root->members[i].value, span_is(kind, "develop")))
			return;
	}
}

const package_format format_python_lock = {
	"Python lock", toml_lock_read, {{"poetry.lock", NULL}, {"pdm.lock", NULL}, {"pylock.toml", NULL}}};
const package_format format_uv = {"uv.lock", uv_read, {{"uv.lock", NULL}}};
const package_format format_pipenv = {"Pipfile.lock", pipenv_read, {{"Pipfile.lock", NULL}}};
