/* SPDX-License-Identifier: Apache-2.0
 *
 * Installed packages of npm: the package.json of each folder of a package (docs.npmjs.com, package.json and folders).
 *
 *     node_modules/NAME/package.json  node_modules/@SCOPE/NAME/package.json    the package itself: of npm, yarn and pnpm
 *     usr/share/nodejs/NAME/…                                                 where Debian puts its own
 *     opt/yarn-v1.22.19/package.json                                          yarn beside Node.js in its official images
 *
 * Deeper inside a package, a folder that is called as its package.json calls it is a copy that was taken in ("dist/compiled/NAME"); without a version,
 * with another name or among test data it is none. Outside of these places a package.json is that of a project: not something from the registry. */
#include "packages/document.h"

typedef enum place_kind {
	PLACE_NONE,
	PLACE_YARN,
	PLACE_ROOT,   /* the folder of a package */
	PLACE_INSIDE, /* deeper */
} place_kind;

/* What is below the last folder that holds packages, without "/package.json"; empty when there is none. */
static span below_packages(span folder)
{
	static const char *const debian = "usr/share/nodejs/";
	span found = {0}, rest = folder, part;
	if (span_starts(folder, span_of(debian)))
		found = span_from(folder, strlen(debian));
	while (span_cut(&rest, '/', &part))
		if (span_is(part, "node_modules"))
			found = rest;
	return found;
}

static bool is_test_data(span inside)
{
	static const char *const names =
		"test tests __tests__ testdata fixture fixtures __fixtures__ example examples spec benchmark benchmarks";
	span part;
	while (span_cut(&inside, '/', &part))
		if (part.n && span_in(part, names))
			return true;
	return false;
}

static place_kind place_of(span path)
{
	size_t slash = span_find_last(path, '/');
	if (slash == SPAN_NONE)
		return PLACE_NONE;
	span folder = span_sub(path, 0, slash), inside = below_packages(folder), part;
	if (inside.n == 0)
		return span_starts(folder, SPAN("opt/yarn-v")) &&
				       span_find_byte(span_from(folder, 4), '/') == SPAN_NONE
			       ? PLACE_YARN
			       : PLACE_NONE;
	if (!span_cut(&inside, '/', &part) || part.n == 0 || part.p[0] == '.')
		return PLACE_NONE;
	if (part.p[0] == '@' && !span_cut(&inside, '/', &part))
		return PLACE_NONE;
	if (inside.n == 0)
		return PLACE_ROOT;
	return is_test_data(inside) ? PLACE_NONE : PLACE_INSIDE;
}

static bool folder_is_named(span path, span name)
{
	span folder = span_sub(path, 0, span_find_last(path, '/'));
	return span_ends(folder, name) && folder.n > name.n && folder.p[folder.n - name.n - 1] == '/';
}

static void npm_read(const package_input *in, package_record *out)
{
	place_kind place = place_of(in->path);
	if (place == PLACE_NONE)
		return;
	auto_document d;
	package_record unread = {0};
	/* what packages keep deeper is also there to be damaged, for their own tests */
	if (!document_open(in, place == PLACE_INSIDE ? &unread : out, DOCUMENT_JSON, &d))
		return;
	d.out = out;
	const member *name = node_member(d.root, "name");
	package p = {
		.name = node_text(name ? name->value : NULL),
		.version = node_text(node_get(d.root, "version")),
		.type = PACKAGE_NPM,
		.evidence = PACKAGE_INSTALLED,
	};
	if (p.name.n == 0 || (place == PLACE_YARN && !span_is(p.name, "yarn")) ||
		(place == PLACE_INSIDE && !folder_is_named(in->path, p.name)))
		return;
	const node *licence = node_get(d.root, "license");
	p.licence = document_licence(&d, licence ? licence : node_get(d.root, "licenses"));
	document_add(&d, name->key, &p);
}

const package_format format_npm = {"npm package", npm_read, {{"package.json", NULL}}};
