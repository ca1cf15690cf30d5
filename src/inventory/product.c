/* SPDX-License-Identifier: Apache-2.0
 *
 * The names by which VEX documents speak of an image. */
#include "inventory/inventory.h"

/* "registry.example/team/app:1@sha256:…": app. */
static span short_name(span reference)
{
	span name = span_sub(reference, 0, span_find_byte(reference, '@'));
	size_t slash = span_find_last(name, '/');
	name = slash == SPAN_NONE ? name : span_from(name, slash + 1);
	return span_sub(name, 0, span_find_byte(name, ':'));
}

span inventory_product(const inventory *im, arena *a)
{
	span digest = im->digest.n ? im->digest : im->config_digest, name = short_name(im->reference);
	if (!digest.n)
		return span_of(im->name);
	return arena_format(
		a, "pkg:oci/%.*s@%.*s", SPAN_ARG(name.n ? name : SPAN("image")), SPAN_ARG(digest));
}
