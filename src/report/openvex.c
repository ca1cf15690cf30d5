/* SPDX-License-Identifier: Apache-2.0
 *
 * OpenVEX 0.2.0 (github.com/openvex/spec) of what was found in images: what affects them, and what somebody has accepted as not affecting them, to be
 * handed on and to be read again with --vex. Statements that differ in their package alone are one with several subcomponents. */
#include "report/bom.h"
#include "report/image.h"

#include <stdlib.h>

/* Those of one image, in the order of statements. */
typedef struct statements {
	const finding **items;
	uint32_t count;
} statements;

static int by_statement(const void *a, const void *b)
{
	const finding *x = *(const finding *const *)a, *y = *(const finding *const *)b;
	int ids = span_compare(x->vulnerability->match->id, y->vulnerability->match->id);
	if (ids)
		return ids;
	if (!x->suppressed != !y->suppressed)
		return x->suppressed ? 1 : -1;
	if (x->workload != y->workload)
		return x->workload < y->workload ? -1 : 1;
	return span_compare(x->vulnerability->package->purl, y->vulnerability->package->purl);
}

static bool is_same_statement(const finding *x, const finding *y)
{
	return span_equal(x->vulnerability->match->id, y->vulnerability->match->id) &&
	       x->workload == y->workload && !x->suppressed == !y->suppressed;
}

static statements statements_of(const report *r)
{
	statements ret = {.items = ARENA_ARRAY(r->arena, const finding *, r->findings->count)};
	list_each(const finding, f, r->findings)
		if (f->vulnerability && f->vulnerability->package->purl.n)
			ret.items[ret.count++] = f;
	if (ret.count)
		qsort(ret.items, ret.count, sizeof *ret.items, by_statement);
	return ret;
}

static void write_vulnerability(json_writer *w, const advisory_match *m)
{
	json_open(w, "vulnerability", '{');
	json_text(w, "name", m->id);
	if (m->title.n)
		json_text(w, "description", m->title);
	if (m->aliases.count) {
		json_open(w, "aliases", '[');
		list_each(const span, alias, &m->aliases)
			json_text(w, NULL, *alias);
		json_close(w, ']');
	}
	json_close(w, '}');
}

static void write_products(json_writer *w, const finding **group, uint32_t count, arena *a)
{
	json_open(w, "products", '[');
	json_open(w, NULL, '{');
	json_text(w, "@id", inventory_product(group[0]->workload->document->inventory, a));
	json_open(w, "subcomponents", '[');
	for (uint32_t i = 0; i < count; i++) {
		if (i && span_equal(group[i]->vulnerability->package->purl,
				 group[i - 1]->vulnerability->package->purl))
			continue;
		json_open(w, NULL, '{');
		json_text(w, "@id", group[i]->vulnerability->package->purl);
		json_close(w, '}');
	}
	json_close(w, ']');
	json_close(w, '}');
	json_close(w, ']');
}

static void write_statement(json_writer *w, const finding **group, uint32_t count, arena *a)
{
	const finding *f = group[0];
	const advisory_match *m = f->vulnerability->match;
	json_open(w, NULL, '{');
	write_vulnerability(w, m);
	write_products(w, group, count, a);
	json_string(w, "status", f->suppressed ? "not_affected" : "affected");
	if (f->suppressed)
		json_text(w, "impact_statement",
			f->suppressed->reason.n ? f->suppressed->reason : SPAN("accepted"));
	else
		json_text(w, "action_statement",
			m->fixed.n ? arena_format(a, "Upgrade %.*s to %.*s.",
					     SPAN_ARG(f->vulnerability->package->package->name),
					     SPAN_ARG(m->fixed))
				   : SPAN("There is no fixed version."));
	json_close(w, '}');
}

void report_openvex(const report *r, buffer *out)
{
	json_writer w = {.out = out};
	statements all = statements_of(r);
	const inventory *im = bom_image(r);
	json_open(&w, NULL, '{');
	json_string(&w, "@context", "https://openvex.dev/ns/v0.2.0");
	json_text(&w, "@id",
		im ? arena_format(r->arena, "urn:uuid:%.*s", SPAN_ARG(bom_uuid(im, r->arena)))
		   : SPAN("urn:uuid:0"));
	json_string(&w, "author", "bulkhead");
	json_text(&w, "timestamp", bom_time(r->arena));
	json_number(&w, "version", 1);
	json_open(&w, "statements", '[');
	for (uint32_t i = 0, n; i < all.count; i += n) {
		for (n = 1; i + n < all.count && is_same_statement(all.items[i], all.items[i + n]); n++)
			;
		write_statement(&w, &all.items[i], n, r->scratch);
		arena_clear(r->scratch);
	}
	json_close(&w, ']');
	json_close(&w, '}');
	buffer_add_byte(out, '\n');
}
