/* SPDX-License-Identifier: Apache-2.0
 *
 * Names and times of bills of materials. */
#include "report/bom.h"

#include "base/map.h"
#include "formats/sha256.h"

#include <stdlib.h>
#include <time.h>

const inventory *bom_image(const report *r)
{
	list_each(document *const, d, &r->bundle->documents)
		if ((*d)->inventory)
			return (*d)->inventory;
	return NULL;
}

bom_refs bom_refs_new(const inventory *im, arena *a)
{
	bom_refs ret = {.items = ARENA_ARRAY(a, span, im->packages.count)};
	map taken = {0};
	for (uint32_t i = 0; i < im->packages.count; i++) {
		const inventory_package *p = &im->packages.items[i];
		span name = p->purl.n ? p->purl
				      : arena_format(a, "%s:%.*s@%.*s", package_types[p->package->type].name,
						SPAN_ARG(p->package->name), SPAN_ARG(p->package->version));
		if (map_get(&taken, name))
			name = arena_format(a, "%.*s#%s", SPAN_ARG(name), p->spot->text.path);
		if (map_get(&taken, name))
			name = arena_format(a, "%.*s:%u", SPAN_ARG(name), i);
		map_set(&taken, a, name, &ret.items[i]);
		ret.items[i] = name;
	}
	return ret;
}

span bom_uuid(const inventory *im, arena *a)
{
	char text[SHA256_TEXT + 1];
	sha256 *h = sha256_new();
	sha256_add(h, SPAN("bulkhead bill of materials\n"));
	sha256_add(h, im->digest.n          ? im->digest
		      : im->config_digest.n ? im->config_digest
					    : span_of(im->name));
	for (uint32_t i = 0; i < im->packages.count; i++) {
		sha256_add(h, im->packages.items[i].package->name);
		sha256_add(h, im->packages.items[i].package->version);
	}
	sha256_text(h, text);
	sha256_free(h);
	const char *x = text + strlen("sha256:");
	return arena_format(a, "%.8s-%.4s-8%.3s-a%.3s-%.12s", x, x + 8, x + 13, x + 17, x + 20);
}

span bom_time(arena *a)
{
	int64_t epoch;
	time_t now = span_int(span_of(getenv("SOURCE_DATE_EPOCH")), &epoch) ? (time_t)epoch : time(NULL);
	char text[32];
	struct tm t;
	if (!gmtime_r(&now, &t) || strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &t) == 0)
		return SPAN("1970-01-01T00:00:00Z");
	return arena_copy(a, span_of(text));
}
