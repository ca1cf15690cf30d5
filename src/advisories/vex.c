/* SPDX-License-Identifier: Apache-2.0
 *
 * Asking a table of VEX statements. */
#include "advisories/vex.h"

#include "formats/purl.h"

static bool identifier_fits(span pattern, span of)
{
	purl wanted, have;
	if (purl_read(pattern, &wanted))
		return purl_read(of, &have) && purl_fits(&wanted, &have);
	return span_equal(pattern, of);
}

static bool any_fits(span pattern, const span *of, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		if (identifier_fits(pattern, of[i]))
			return true;
	return false;
}

/* --- the index --- */

typedef struct vex_mention { /* of a vulnerability in a statement */
	uint32_t statement;
	struct vex_mention *before;
} vex_mention;

static span id_key(span id, arena *a)
{
	span key = arena_copy(a, id);
	for (size_t i = 0; i < key.n; i++)
		((char *)key.p)[i] = ascii_lower(key.p[i]);
	return key;
}

void vex_index(vex_table *t, uint32_t first, arena *a)
{
	for (uint32_t i = first; i < t->statements.count; i++) {
		const vex_statement *s = &t->statements.items[i];
		for (uint32_t k = 0; k < s->id_count; k++) {
			span key = id_key(s->ids[k], a);
			vex_mention *m = ARENA_NEW(a, vex_mention);
			*m = (vex_mention){i, map_get(&t->by_id, key)};
			map_set(&t->by_id, a, key, m);
		}
	}
}

/* A statement on a component is about it inside of the product; one on a product alone is about the package itself, or about all of the image. */
static bool product_fits(const vex_statement *s, span package, const span *products, uint32_t count)
{
	if (s->component.n)
		return identifier_fits(s->component, package) &&
		       (!s->product.n || any_fits(s->product, products, count) ||
			       identifier_fits(s->product, package));
	return !s->product.n || identifier_fits(s->product, package) || any_fits(s->product, products, count);
}

const vex_statement *vex_find(const vex_table *t, const span *ids, uint32_t id_count, span package,
	const span *products, uint32_t product_count)
{
	arena scratch = {0};
	const vex_statement *ret = NULL;
	for (uint32_t i = 0; i < id_count; i++) {
		const vex_mention *m = map_get(&t->by_id, id_key(ids[i], &scratch));
		for (; m; m = m->before) {
			const vex_statement *s = &t->statements.items[m->statement];
			if (ret && s <= ret) /* what another name has found was said later */
				break;
			if (product_fits(s, package, products, product_count)) {
				ret = s;
				break;
			}
		}
	}
	arena_done(&scratch);
	return ret;
}

const char *vex_status_name(vex_status status)
{
	static const char *const names[] = {
		[VEX_UNKNOWN] = "unknown",
		[VEX_AFFECTED] = "affected",
		[VEX_UNDER_INVESTIGATION] = "under_investigation",
		[VEX_FIXED] = "fixed",
		[VEX_NOT_AFFECTED] = "not_affected",
	};
	return names[status];
}
