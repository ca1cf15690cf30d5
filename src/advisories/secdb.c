/* SPDX-License-Identifier: Apache-2.0
 *
 * Alpine's security database (https://secdb.alpinelinux.org): for each release and repository the packages, and for each of their versions the
 * problems that it mends. "0" is the version of problems that never were in the package. A problem that stands under several versions was not
 * mended by the earlier ones: the highest counts. */
#include "advisories/ecosystem.h"
#include "advisories/record.h"
#include "base/limits.h"
#include "base/map.h"

typedef struct fix {
	span id;      /* the problem's first name */
	span aliases; /* the others */
	span version;
} fix;

typedef struct fixes {
	map by_id;
	LIST(fix *) list;
} fixes;

/* One entry of the list of a version: "CVE-2019-14697 XSA-301", several names of one problem. */
static void fix_add(fixes *f, span names, span version, const version_order *order, arena *a)
{
	span_list others = {0};
	span id = {0}, word;
	while (span_word(&names, &word)) {
		if (word.n > LIMIT_ADVISORY_WORD || !ranges_plain(word))
			continue;
		if (!id.n)
			id = word;
		else
			words_add(&others, a, word);
	}
	fix *have = id.n ? map_get(&f->by_id, id) : NULL;
	if (have && !span_is(version, "0") &&
		(span_is(have->version, "0") || version_compare(order, have->version, version) < 0))
		have->version = version;
	if (have || !id.n)
		return;
	fix *made = ARENA_NEW(a, fix);
	*made = (fix){id, words_join(&others, a), version};
	map_set(&f->by_id, a, id, made);
	list_push(a, &f->list, made);
}

static void version_read(const member *version, fixes *f, const version_order *order, arena *a)
{
	span number = span_trim(node_text(version->key));
	if (!number.n || number.n > LIMIT_ADVISORY_WORD || !ranges_plain(number))
		return;
	for (uint32_t i = 0; node_is_list(version->value) && i < version->value->count; i++)
		fix_add(f, node_text(version->value->items[i]), number, order, a);
}

static int fix_store(
	const fix *x, span ecosystem, span name, span release, arena *a, const record_sink *sink, error *e)
{
	const version_order *order = ecosystem_order(ecosystem);
	auto_buffer rules = {0};
	range_event events[] = {{.kind = 'i', .version = SPAN("0")}, {.kind = 'f', .version = x->version}};
	ranges_add(&rules, order, events, 2);
	if (!rules.n)
		return 0;
	advisory_record r = {.upstream = x->id, .aliases = x->aliases};
	r.id = arena_format(a, "ALPINE-%.*s-%.*s-%.*s", SPAN_ARG(release), SPAN_ARG(name), SPAN_ARG(x->id));
	advisory_affected one = {ecosystem, name, buffer_span(&rules)};
	r.affected.items = &one;
	r.affected.count = 1;
	return sink->advisory(sink->of, &r, e);
}

static int package_read(
	const node *package, span release, span ecosystem, arena *a, const record_sink *sink, error *e)
{
	span name = node_text(node_get(package, "name"));
	const node *versions = node_get(package, "secfixes");
	fixes f = {0};
	TRY(record_check_package(ecosystem, name, e));
	for (uint32_t i = 0; node_is_map(versions) && i < versions->count; i++)
		version_read(&versions->members[i], &f, ecosystem_order(ecosystem), a);
	for (uint32_t i = 0; i < f.list.count; i++)
		TRY(fix_store(f.list.items[i], ecosystem, name, release, a, sink, e));
	return 0;
}

int secdb_read(const node *document, arena *a, const record_sink *sink, error *e)
{
	const node *packages = node_get(document, "packages");
	span release = span_trim(node_text(node_get(document, "distroversion")));
	span repository = node_text(node_get(document, "reponame"));
	if (span_is(repository, "os")) /* Wolfi's and Chainguard's, which have no releases */
		return error_set(e, ERROR_SYNTAX, "a security database of a distribution other than Alpine");
	if (!release.n || release.n > LIMIT_ADVISORY_WORD || !ranges_plain(release))
		return error_set(e, ERROR_SYNTAX, "a security database without a release");
	span ecosystem = arena_format(a, "Alpine:%.*s", SPAN_ARG(release));
	for (uint32_t i = 0; node_is_list(packages) && i < packages->count; i++)
		TRY(package_read(node_get(packages->items[i], "pkg"), release, ecosystem, a, sink, e));
	return 0;
}
