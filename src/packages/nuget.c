/* SPDX-License-Identifier: Apache-2.0
 *
 * .NET: APP.deps.json, which the runtime loads an application by, and project.assets.json have the map "libraries" from "NAME/VERSION" to a type
 * (github.com/dotnet/sdk, runtime-configuration-file.md); packages.lock.json has "dependencies" by framework; packages.config is a little XML. Libraries
 * of type "package" come from NuGet, "runtimepack" is the runtime that a self-contained application brings along, under the name of its package after
 * "runtimepack."; projects and references are the application itself. */
#include "packages/document.h"

/* --- libraries --- */

static bool library_read(document *d, const member *m, package_evidence evidence)
{
	static const char *const runtime = "runtimepack.";
	span key = node_text(m->key), type = node_text(node_get(m->value, "type"));
	size_t slash = span_find_byte(key, '/');
	bool pack = span_is_fold(type, "runtimepack");
	if (slash == SPAN_NONE || (!pack && !span_is_fold(type, "package")))
		return true;
	package p = {
		.name = span_sub(key, 0, slash),
		.version = span_from(key, slash + 1),
		.type = PACKAGE_NUGET,
		.evidence = (uint8_t)evidence,
	};
	if (pack && span_starts(p.name, span_of(runtime)))
		p.name = span_from(p.name, strlen(runtime));
	return document_add(d, m->key, &p);
}

static void libraries_read(const package_input *in, package_record *out, package_evidence evidence)
{
	auto_document d;
	if (!document_open(in, out, DOCUMENT_JSON, &d))
		return;
	const node *libraries = node_get(d.root, "libraries");
	for (uint32_t i = 0; node_is_map(libraries) && i < libraries->count; i++)
		if (!library_read(&d, &libraries->members[i], evidence))
			return;
}

static void deps_read(const package_input *in, package_record *out)
{
	libraries_read(in, out, PACKAGE_INSTALLED);
}

static void assets_read(const package_input *in, package_record *out)
{
	if (lock_counts(in->path))
		libraries_read(in, out, PACKAGE_LOCKED);
}

/* --- packages.lock.json --- */

static bool framework_read(document *d, const node *framework)
{
	for (uint32_t i = 0; node_is_map(framework) && i < framework->count; i++) {
		const member *m = &framework->members[i];
		package p = {
			.name = node_text(m->key),
			.version = node_text(node_get(m->value, "resolved")),
			.type = PACKAGE_NUGET,
			.evidence = PACKAGE_LOCKED,
		};
		if (!span_is_fold(node_text(node_get(m->value, "type")), "Project") &&
			!document_add(d, m->key, &p))
			return false;
	}
	return true;
}

static void lock_read(const package_input *in, package_record *out)
{
	auto_document d;
	if (!lock_open(in, out, DOCUMENT_JSON, &d))
		return;
	const node *frameworks = node_get(d.root, "dependencies");
	for (uint32_t i = 0; node_is_map(frameworks) && i < frameworks->count; i++)
		if (!framework_read(&d, frameworks->members[i].value))
			return;
}

/* --- packages.config --- */

/* The value of an attribute of a start tag, between its "<" and ">". */
static span attribute(span tag, const char *name)
{
	span rest = tag;
	for (;;) {
		size_t equal = span_find_byte(rest, '=');
		if (equal == SPAN_NONE)
			return (span){0};
		span key = span_trim(span_sub(rest, 0, equal)), value = span_trim(span_from(rest, equal + 1)),
		     word;
		while (span_word(&key, &word))
			;
		if (value.n == 0 || (value.p[0] != '"' && value.p[0] != '\''))
			return (span){0};
		size_t end = span_find_byte(span_from(value, 1), value.p[0]);
		if (end == SPAN_NONE)
			return (span){0};
		if (span_is(word, name))
			return span_sub(value, 1, end);
		rest = span_from(value, end + 2);
	}
}

static bool config_tag(const package_input *in, package_record *out, span tag, uint32_t line)
{
	package p = {
		.name = attribute(tag, "id"),
		.version = attribute(tag, "version"),
		.line = line,
		.type = PACKAGE_NUGET,
		.evidence = PACKAGE_LOCKED,
		.development = span_is_fold(attribute(tag, "developmentDependency"), "true"),
	};
	return package_add_copy(in, out, &p);
}

/* Tags, comments passed over. */
static void config_read(const package_input *in, package_record *out)
{
	lines all;
	uint32_t line = 1;
	if (!lock_lines(in, out, &all))
		return;
	for (span rest = all.rest;;) {
		size_t open = span_find_byte(rest, '<');
		if (open == SPAN_NONE)
			return;
		span tag = span_from(rest, open);
		bool comment = span_starts(tag, SPAN("<!--"));
		size_t end = comment ? span_find(tag, SPAN("-->")) : span_find_byte(tag, '>');
		if (end == SPAN_NONE)
			return;
		for (size_t i = 0; i < open; i++)
			line += rest.p[i] == '\n';
		if (!comment && span_starts(tag, SPAN("<package")) && tag.n > 8 && ascii_space(tag.p[8]) &&
			!config_tag(in, out, span_sub(tag, 8, end - 8), line))
			return;
		for (size_t i = 0; i < end; i++)
			line += tag.p[i] == '\n';
		rest = span_from(tag, end + 1);
	}
}

const package_format format_nuget_deps = {"deps.json", deps_read, {{"*.deps.json", NULL}}};
const package_format format_nuget_assets = {
	"project.assets.json", assets_read, {{"project.assets.json", NULL}}};
const package_format format_nuget_lock = {"packages.lock.json", lock_read, {{"packages.lock.json", NULL}}};
const package_format format_nuget_config = {"packages.config", config_read, {{"packages.config", NULL}}};
