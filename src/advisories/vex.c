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

static bool ids_meet(const vex_statement *s, const span *ids, uint32_t count)
{
	for (uint32_t i = 0; i < s->id_count; i++)
		for (uint32_t k = 0; k < count; k++)
			if (span_equal_fold(s->ids[i], ids[k]))
				return true;
	return false;
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
	for (uint32_t i = t->statements.count; i-- > 0;) {
		const vex_statement *s = &t->statements.items[i];
		if (ids_meet(s, ids, id_count) && product_fits(s, package, products, product_count))
			return s;
	}
	return NULL;
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
