/* SPDX-License-Identifier: Apache-2.0
 *
 * pnpm-lock.yaml (github.com/pnpm/spec, lockfile). The keys of "packages" by the version of the file:
 *
 *     5   /NAME/1.2.3  /NAME/1.2.3_PEERS  HOST/NAME/1.2.3
 *     6   /NAME@1.2.3  /NAME@1.2.3(PEERS)                     both with "dev" in the entry
 *     9   NAME@1.2.3; what is needed by what stands in "snapshots", what the project asks for in "importers"
 *
 * An entry of another source states its name and version itself. In version 9, what no dependency of a project leads to is for development. */
#include "packages/document.h"

#include "base/limits.h"
#include "base/map.h"

#include <stdio.h>

/* --- versions 5 and 6 --- */

/* Where the name of "NAME SEPARATOR VERSION" ends; a scope has a '/' of its own. */
static size_t name_end(span key, char separator)
{
	size_t from = 0;
	if (key.n && key.p[0] == '@') {
		from = span_find_byte(key, '/');
		if (from == SPAN_NONE)
			return SPAN_NONE;
		from++;
	}
	size_t end = span_find_byte(span_from(key, from), separator);
	return end == SPAN_NONE ? end : from + end;
}

/* Without the peers it was resolved with. */
static span version_bare(span version, bool old)
{
	version = span_sub(version, 0, span_find_byte(version, '('));
	return old ? span_sub(version, 0, span_find_byte(version, '_')) : version;
}

static void key_split(span key, bool old, package *p)
{
	if (old && key.n && key.p[0] != '/') /* a registry of its own */
		key = span_from(
			key, span_find_byte(key, '/') == SPAN_NONE ? key.n : span_find_byte(key, '/'));
	if (key.n && key.p[0] == '/')
		key = span_from(key, 1);
	size_t end = name_end(key, old ? '/' : '@');
	if (end == SPAN_NONE)
		return;
	p->name = span_sub(key, 0, end);
	p->version = version_bare(span_from(key, end + 1), old);
	if (span_find_byte(p->version, ':') != SPAN_NONE || span_find_byte(p->version, '/') != SPAN_NONE)
		p->version = (span){0}; /* an address */
}

/* --- version 9 --- */

typedef struct walk {
	document *d;
	const node *snapshots;
	map by_key;  /* members of snapshots */
	map visited; /* keys of snapshots */
	map reached; /* without peers: keys of packages */
	LIST(const member *) waiting;
} walk;

/* The key of a dependency: "1.2.3(PEERS)" under NAME is "NAME@1.2.3(PEERS)", what has a name in it is a key itself. */
static void walk_reach(walk *w, span name, span version)
{
	char both[4 * LIMIT_PACKAGE_FIELD];
	arena *a = &w->d->a;
	const member *m = map_get(&w->by_key, version);
	if (!m && name.n < LIMIT_PACKAGE_FIELD && version.n < (size_t)2 * LIMIT_PACKAGE_FIELD) {
		int n = snprintf(both, sizeof both, "%.*s@%.*s", SPAN_ARG(name), SPAN_ARG(version));
		m = map_get(&w->by_key, (span){both, (size_t)n});
	}
	if (!m)
		return;
	span key = document_text(m->key);
	if (map_set(&w->visited, a, key, (void *)m))
		return;
	map_set(&w->reached, a, version_bare(key, false), (void *)m);
	list_push(a, &w->waiting, m);
}

static void walk_all(walk *w, const node *from)
{
	static const char *const kinds[] = {"dependencies", "optionalDependencies"};
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		const node *list = node_get(from, kinds[k]);
		for (uint32_t i = 0; node_is_map(list) && i < list->count; i++) {
			const node *value = list->members[i].value;
			walk_reach(w, node_text(list->members[i].key),
				document_text(node_is_map(value) ? node_get(value, "version") : value));
		}
	}
}

/* Each snapshot is looked at once. */
static void walk_run(walk *w)
{
	const node *importers = node_get(w->d->root, "importers");
	for (uint32_t i = 0; i < w->snapshots->count; i++)
		map_set(&w->by_key, &w->d->a, document_text(w->snapshots->members[i].key),
			&w->snapshots->members[i]);
	for (uint32_t i = 0; node_is_map(importers) && i < importers->count; i++)
		walk_all(w, importers->members[i].value);
	for (uint32_t i = 0; i < w->waiting.count; i++)
		walk_all(w, w->waiting.items[i]->value);
}

/* --- all --- */

static bool pnpm_one(walk *w, const member *m, bool old)
{
	span key = document_text(m->key), name = node_text(node_get(m->value, "name")),
	     version = node_text(node_get(m->value, "version"));
	package p = {
		.type = PACKAGE_NPM,
		.evidence = PACKAGE_LOCKED,
		.development = w->snapshots ? !map_get(&w->reached, key)
					    : node_truth(node_get(m->value, "dev")) == 1,
	};
	key_split(key, old, &p);
	if (name.n)
		p.name = name;
	if (version.n)
		p.version = version;
	return p.name.n == 0 || document_add(w->d, m->key, &p);
}

static void pnpm_read(const package_input *in, package_record *out)
{
	auto_document d;
	if (!lock_open(in, out, DOCUMENT_YAML, &d))
		return;
	const node *packages = node_get(d.root, "packages"), *snapshots = node_get(d.root, "snapshots");
	span version = node_text(node_get(d.root, "lockfileVersion"));
	bool old = version.n && version.p[0] <= '5' && (version.n == 1 || version.p[1] == '.');
	walk w = {.d = &d, .snapshots = node_is_map(snapshots) ? snapshots : NULL};
	if (w.snapshots)
		walk_run(&w);
	for (uint32_t i = 0; node_is_map(packages) && i < packages->count; i++)
		if (!pnpm_one(&w, &packages->members[i], old))
			return;
}

const package_format format_pnpm = {"pnpm-lock.yaml", pnpm_read, {{"pnpm-lock.yaml", NULL}}};
