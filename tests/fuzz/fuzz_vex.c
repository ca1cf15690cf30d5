/* SPDX-License-Identifier: Apache-2.0
 *
 * VEX documents and package URLs: what is read can be asked for, and a package URL fits itself. */
#include "advisories/vex.h"
#include "formats/purl.h"
#include "fuzz.h"

FUZZ(bytes)
{
	arena a = {0};
	vex_table t = {0};
	error e;
	purl p;
	if (purl_read(bytes, &p))
		FUZZ_HOLDS(p.name.n && p.name.p >= bytes.p && p.name.p + p.name.n <= bytes.p + bytes.n);
	if (vex_read("input", bytes, &a, &t, &e) == 0) {
		list_each(const vex_statement, s, &t.statements) {
			FUZZ_HOLDS(s->id_count > 0 && s->status != VEX_UNKNOWN &&
				   (s->product.n || s->component.n));
			vex_find(&t, s->ids, s->id_count, s->component.n ? s->component : s->product,
				&s->product, 1);
		}
	}
	arena_done(&a);
}
