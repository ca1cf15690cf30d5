/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading an export. Each line is an object of one member, which says what it holds:
 *
 *     {"schema": "bulkhead-advisories/1"}
 *     {"source": {"name", "kind", "imported", "etag"}}         what follows comes from it
 *     {"advisory": {"id", …, "affected": [[ecosystem, name, rules], …]}}
 *     {"exploited": [cve, added, due, ransomware]}
 *     {"probability": [cve, probability, percentile]} */
#include "advisories/exported.h"

#include "base/limits.h"

#include <stdlib.h>

static const char schema_name[] = "bulkhead-advisories/1";

bool exported_is_header(const node *line)
{
	return span_starts(node_text(node_get(line, "schema")), SPAN("bulkhead-advisories/"));
}

/* --- rows --- */

static bool text_good(span text)
{
	return text.n <= LIMIT_ADVISORY_TEXT && ranges_plain(text);
}

/* Rules are whole lines and have no control bytes. */
static bool rules_good(span rules)
{
	for (size_t i = 0; i < rules.n; i++)
		if (rules.p[i] != '\n' && (unsigned char)rules.p[i] < ' ')
			return false;
	return rules.n && rules.p[rules.n - 1] == '\n';
}

static int affected_read(const node *list, advisory_record *r, arena *a, error *e)
{
	for (uint32_t i = 0; node_is_list(list) && i < list->count && i < LIMIT_ADVISORY_PACKAGES; i++) {
		const node *one = list->items[i];
		advisory_affected x = {node_text(node_path(one, "0")), node_text(node_path(one, "1")),
			node_text(node_path(one, "2"))};
		TRY(record_check_package(x.ecosystem, x.name, e));
		if (!rules_good(x.rules))
			return error_set(e, ERROR_SYNTAX, "a package without rules");
		list_push(a, &r->affected, x);
	}
	return 0;
}

static int advisory_read(const node *n, arena *a, const record_sink *sink, error *e)
{
	advisory_record r = {0};
	const struct {
		const char *key;
		span *to;
	} texts[] = {{"id", &r.id}, {"modified", &r.modified}, {"published", &r.published},
		{"title", &r.title}, {"url", &r.url}, {"label", &r.label}, {"vectors", &r.vectors},
		{"aliases", &r.aliases}, {"upstream", &r.upstream}};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		*texts[i].to = node_text(node_get(n, texts[i].key));
		if (!text_good(*texts[i].to))
			return error_set(e, ERROR_SYNTAX, "'%s' is no text of one line", texts[i].key);
	}
	if (!r.id.n)
		return error_set(e, ERROR_SYNTAX, "an advisory without an id");
	TRY(affected_read(node_get(n, "affected"), &r, a, e));
	return sink->advisory(sink->of, &r, e);
}

static int exploited_read(const node *n, const record_sink *sink, error *e)
{
	exploited_record r = {node_text(node_path(n, "0")), node_text(node_path(n, "1")),
		node_text(node_path(n, "2")), node_truth(node_path(n, "3")) == 1};
	if (!record_cve_good(r.cve) || !text_good(r.added) || !text_good(r.due))
		return error_set(e, ERROR_SYNTAX, "'exploited' without a CVE");
	return sink->exploited(sink->of, &r, e);
}

static int probability_read(const node *n, arena *a, const record_sink *sink, error *e)
{
	span line = arena_format(a, "%.*s,%.*s,%.*s", SPAN_ARG(node_text(node_path(n, "0"))),
		SPAN_ARG(node_text(node_path(n, "1"))), SPAN_ARG(node_text(node_path(n, "2"))));
	return epss_read_line(line, sink, e);
}

/* --- lines --- */

static int source_end(exported *x, error *e)
{
	store_counts counts;
	if (!x->open || !x->store)
		return 0;
	TRY(store_source_end(x->store, !x->damaged, &counts, e));
	x->counts.added += counts.added;
	x->counts.kept += counts.kept;
	x->counts.withdrawn += counts.withdrawn;
	x->counts.removed += counts.removed;
	x->open = x->damaged = false;
	return 0;
}

static int source_begin(exported *x, const node *n, arena *a, error *e)
{
	int64_t imported = 0;
	span name = node_text(node_get(n, "name")), etag = node_text(node_get(n, "etag"));
	TRY(source_end(x, e));
	node_int(node_get(n, "imported"), &imported);
	if (!name.n || !text_good(name) || !text_good(etag))
		return error_set(e, ERROR_SYNTAX, "a source without a name");
	x->open = true;
	if (!x->store)
		return 0;
	return store_source_begin(
		x->store, &(store_source){arena_string(a, name), arena_string(a, etag), imported}, e);
}

static int line_read(exported *x, const node *line, arena *a, const record_sink *sink, error *e)
{
	const node *n;
	if ((n = node_get(line, "schema")))
		return span_is(node_text(n), schema_name)
			       ? 0
			       : error_set(
					 e, ERROR_SYNTAX, "is an export of another version of this program");
	if ((n = node_get(line, "source")))
		return source_begin(x, n, a, e);
	if (!x->open)
		return error_set(e, ERROR_SYNTAX, "a record before its source");
	if ((n = node_get(line, "advisory")))
		return advisory_read(n, a, sink, e);
	if ((n = node_get(line, "exploited")))
		return exploited_read(n, sink, e);
	if ((n = node_get(line, "probability")))
		return probability_read(n, a, sink, e);
	return error_set(e, ERROR_SYNTAX, "is no line of an export");
}

int exported_read(exported *x, const node *line, arena *a, const record_sink *sink, error *e)
{
	int status = line_read(x, line, a, sink, e);
	x->damaged |= status < 0;
	return status;
}

int exported_end(exported *x, error *e)
{
	return source_end(x, e);
}
