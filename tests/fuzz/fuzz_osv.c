/* SPDX-License-Identifier: Apache-2.0
 *
 * Importing, from a file's bytes to records: ids, names and rules have the form that the database relies on. */
#include "advisories/ecosystem.h"
#include "advisories/import.h"
#include "fuzz.h"

static int take_advisory(void *of, const advisory_record *r, error *e)
{
	(void)of, (void)e;
	FUZZ_HOLDS(r->id.n > 0 && ranges_plain(r->id) && ranges_plain(r->title) && ranges_plain(r->url) &&
		   ranges_plain(r->aliases));
	list_each(const advisory_affected, one, &r->affected) {
		span fixed, version = SPAN("1.0.0");
		const version_order *order = ecosystem_order(one->ecosystem);
		FUZZ_HOLDS(one->ecosystem.n && one->name.n && ranges_plain(one->name));
		FUZZ_HOLDS(one->rules.n && one->rules.p[one->rules.n - 1] == '\n');
		if (ranges_fixed(order, one->rules, version, &fixed))
			FUZZ_HOLDS(ranges_affect(order, one->rules, version) && fixed.n > 0);
	}
	return 0;
}

static int take_exploited(void *of, const exploited_record *r, error *e)
{
	(void)of, (void)e;
	FUZZ_HOLDS(span_starts(r->cve, SPAN("CVE-")));
	return 0;
}

static int take_probability(void *of, const probability_record *r, error *e)
{
	(void)of, (void)e;
	FUZZ_HOLDS(r->probability >= 0 && r->probability <= 1);
	return 0;
}

FUZZ(bytes)
{
	static const record_sink sink = {take_advisory, take_exploited, take_probability, NULL};
	arena a = {0};
	import_result result;
	import_read(bytes, &sink, &a, &result);
	arena_done(&a);
}
