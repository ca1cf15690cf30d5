/* SPDX-License-Identifier: Apache-2.0
 *
 * Lock files of npm and Bun: package-lock.json and npm-shrinkwrap.json (docs.npmjs.com, package-lock.json) and bun.lock.
 *
 *     version 1   "dependencies": {NAME: {"version", "dev", "dependencies": {…}}}
 *     2 and 3     "packages": {"node_modules/NAME": {"version", "dev", "link", "name"}}; the tree of version 1 beside it is not needed
 *     bun.lock    "packages": {PLACE: ["NAME@VERSION", …]}
 *
 * What comes from a folder, a link, an archive or git has no version in the registry's sense and is left out where the file gives none. bun.lock does not say what is
 * needed for development only; bun.lockb, which is binary, is not read. */
#include "packages/document.h"

/* "npm:real@1.2.3": another package under this name. Takes it apart; what is no version of the registry is emptied. */
static void alias_resolve(package *p)
{
	static const char *const prefix = "npm:";
	if (!span_starts(p->version, span_of(prefix))) {
		if (span_find_byte(p->version, ':') != SPAN_NONE ||
			span_find_byte(p->version, '/') != SPAN_NONE)
			p->version = (span){0};
		return;
	}
	span real = span_from(p->version, strlen(prefix));
	size_t at = span_find_last(real, '@');
	p->version = at == SPAN_NONE || at == 0 ? (span){0} : span_from(real, at + 1);
	p->name = span_sub(real, 0, at);
}

/* --- version 1 --- */

/* As deep as the reader of JSON lets a tree be. */
static bool dependencies_read(document *d, const node *dependencies)
{
	for (uint32_t i = 0; node_is_map(dependencies) && i < dependencies->count; i++) {
		const member *m = &dependencies->members[i];
		package p = {
			.name = node_text(m->key),
			.version = node_text(node_get(m->value, "version")),
			.type = PACKAGE_NPM,
			.evidence = PACKAGE_LOCKED,
			.development = node_truth(node_get(m->value, "dev")) == 1,
		};
		alias_resolve(&p);
		if (!document_add(d, m->key, &p) || !dependencies_read(d, node_get(m->value, "dependencies")))
			return false;
	}
	return true;
}

/* --- versions 2 and 3 --- */

/* The name that a place gives: what stands behind its last "node_modules/". Empty: a folder of the project. */
static span place_name(span place)
{
	static const char *const folder = "node_modules/";
	for (size_t end = place.n; end;) {
		size_t slash = span_find_last(span_sub(place, 0, end), '/');
		if (slash == SPAN_NONE)
			break;
		if (span_ends(span_sub(place, 0, slash + 1), span_of(folder)))
			return span_from(place, slash + 1);
		end = slash;
	}
	return (span){0};
}

static bool packages_read(document *d, const node *packages)
{
	for (uint32_t i = 0; i < packages->count; i++) {
		const member *m = &packages->members[i];
		span name = node_text(node_get(m->value, "name"));
		package p = {
			.name = place_name(node_text(m->key)),
			.version = node_text(node_get(m->value, "version")),
			.licence = document_licence(d, node_get(m->value, "license")),
			.type = PACKAGE_NPM,
			.evidence = PACKAGE_LOCKED,
			.development = node_truth(node_get(m->value, "dev")) == 1,
		};
		if (p.name.n == 0 || node_truth(node_get(m->value, "link")) == 1)
			continue;
		if (name.n) /* another package under the name of the place */
			p.name = name;
		if (!document_add(d, m->key, &p))
			return false;
	}
	return true;
}

static void npm_lock_read(const package_input *in, package_record *out)
{
	auto_document d;
	if (!lock_open(in, out, DOCUMENT_JSON, &d))
		return;
	const node *packages = node_get(d.root, "packages");
	if (node_is_map(packages))
		packages_read(&d, packages);
	else
		dependencies_read(&d, node_get(d.root, "dependencies"));
}

/* --- Bun --- */

/* JSON with commas before closing brackets, which YAML takes for flow collections. */
static void bun_read(const package_input *in, package_record *out)
{
	auto_document d;
	if (!lock_open(in, out, DOCUMENT_YAML, &d))
		return;
	const node *packages = node_get(d.root, "packages");
	for (uint32_t i = 0; node_is_map(packages) && i < packages->count; i++) {
		const node *list = packages->members[i].value;
		span whole = document_text(node_is_list(list) && list->count ? list->items[0] : NULL);
		size_t at = span_find_byte(span_from(whole, 1), '@');
		if (at == SPAN_NONE)
			continue;
		package p = {
			.name = span_sub(whole, 0, at + 1),
			.version = span_from(whole, at + 2),
			.type = PACKAGE_NPM,
			.evidence = PACKAGE_LOCKED,
		};
		alias_resolve(&p);
		if (!document_add(&d, packages->members[i].key, &p))
			return;
	}
}

const package_format format_npm_lock = {
	"npm lock", npm_lock_read, {{"package-lock.json", NULL}, {"npm-shrinkwrap.json", NULL}}};
const package_format format_bun = {"bun.lock", bun_read, {{"bun.lock", NULL}}};
