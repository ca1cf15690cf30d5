/* SPDX-License-Identifier: Apache-2.0
 *
 * Packed values. */
#include "base/pack.h"

void pack_number(buffer *b, uint64_t n)
{
	char bytes[10];
	size_t count = 0;
	do {
		bytes[count] = (char)((n & 0x7f) | (n > 0x7f ? 0x80 : 0));
		n >>= 7;
		count++;
	} while (n);
	buffer_add(b, (span){bytes, count});
}

void pack_span(buffer *b, span s)
{
	pack_number(b, s.n);
	buffer_add(b, s);
}

uint64_t unpack_number(unpack *u)
{
	uint64_t n = 0;
	for (unsigned shift = 0; shift < 64 && u->rest.n; shift += 7) {
		uint8_t byte = (uint8_t)u->rest.p[0];
		u->rest = span_from(u->rest, 1);
		n |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return n;
	}
	u->failed = true;
	u->rest = (span){0};
	return 0;
}

uint64_t unpack_below(unpack *u, uint64_t most)
{
	uint64_t n = unpack_number(u);
	if (n <= most)
		return n;
	u->failed = true;
	u->rest = (span){0};
	return 0;
}

span unpack_span(unpack *u)
{
	uint64_t n = unpack_number(u);
	if (n > u->rest.n) {
		u->failed = true;
		u->rest = (span){0};
		return (span){0};
	}
	span ret = span_sub(u->rest, 0, (size_t)n);
	u->rest = span_from(u->rest, (size_t)n);
	return ret;
}

uint32_t unpack_count(unpack *u)
{
	return (uint32_t)unpack_below(u, u->rest.n < UINT32_MAX ? u->rest.n : UINT32_MAX);
}
