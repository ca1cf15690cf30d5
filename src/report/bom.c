/* SPDX-License-Identifier: Apache-2.0
 *
 * Names and times of bills of materials. */
#include "report/bom.h"

#include "base/map.h"

#include <stdlib.h>
#include <time.h>

#define MIX 0x9e3779b97f4a7c15u /* spreads what is added over all bits */

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
	span of = im->digest.n ? im->digest : im->config_digest.n ? im->config_digest : span_of(im->name);
	uint64_t names = span_hash(of), versions = span_hash(SPAN("bulkhead bill of materials"));
	for (uint32_t i = 0; i < im->packages.count; i++) {
		names = names * MIX ^ span_hash(im->packages.items[i].package->name);
		versions = versions * MIX ^ span_hash(im->packages.items[i].package->version) ^ names;
	}
	return arena_format(a, "%08x-%04x-8%03x-a%03x-%012llx", (unsigned)(names >> 32),
		(unsigned)(names >> 16 & 0xffff), (unsigned)(names & 0xfff), (unsigned)(versions >> 52),
		(unsigned long long)(versions & 0xffffffffffff));
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
