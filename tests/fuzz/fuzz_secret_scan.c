/* SPDX-License-Identifier: Apache-2.0
 *
 * The secret scanner: places lie in the input, values stay hidden, and one lane finds what four find. */
#include "fuzz.h"
#include "secrets/scan.h"
#include "secrets/scan_parts.h"

static void check(const secret_result *r, span bytes)
{
	list_each(const secret_found, f, &r->found) {
		FUZZ_HOLDS(f->start < f->end && f->line > 0 && f->column > 0 && f->end_line >= f->line);
		if (secret_sniff(bytes) == SECRET_TEXT) {
			span value = span_sub(bytes, f->start, f->end - f->start);
			FUZZ_HOLDS(f->end <= bytes.n && span_find(f->masked, value) == SPAN_NONE);
			FUZZ_HOLDS(span_find(f->excerpt, value) == SPAN_NONE);
		}
	}
}

FUZZ(bytes)
{
	static secret_rules *rules;
	if (!rules) {
		rules = secret_rules_new(true);
		secret_rules_seal(rules);
	}
	arena a = {0};
	secret_scratch *four = secret_scratch_new(rules), *one = secret_scratch_new(rules);
	secret_result x = {0}, y = {0};
	secret_scratch_lanes(one, 1);
	secret_scan(four, SPAN("fuzz"), bytes, NULL, &a, &x);
	secret_scan(one, SPAN("fuzz"), bytes, NULL, &a, &y);
	check(&x, bytes);
	FUZZ_HOLDS(x.found.count == y.found.count && x.dropped == y.dropped);
	for (uint32_t i = 0; i < x.found.count; i++)
		FUZZ_HOLDS(x.found.items[i].start == y.found.items[i].start &&
			   x.found.items[i].rule == y.found.items[i].rule);
	secret_scratch_free(one);
	secret_scratch_free(four);
	arena_done(&a);
}
