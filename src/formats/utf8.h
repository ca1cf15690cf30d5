/* SPDX-License-Identifier: Apache-2.0
 *
 * UTF-8 as RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. */
#pragma once

#include "base/span.h"

/* The code point that starts at p (n > 0 bytes are there) with its length in *length; -1 if it is malformed. */
static inline int32_t utf8_decode(const char *p, size_t n, uint32_t *length)
{
	static const int32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	uint8_t first = (uint8_t)*p;
	*length = first < 0x80   ? 1
		  : first < 0xc2 ? 0
		  : first < 0xe0 ? 2
		  : first < 0xf0 ? 3
		  : first < 0xf5 ? 4
				 : 0;
	if (*length == 0 || *length > n)
		return -1;
	if (*length == 1)
		return first;
	int32_t point = first & (0x7f >> *length);
	for (uint32_t i = 1; i < *length; i++) {
		if (((uint8_t)p[i] & 0xc0) != 0x80)
			return -1;
		point = point << 6 | (p[i] & 0x3f);
	}
	if (point < least[*length] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
		return -1;
	return point;
}

/* Writes a code point (not a surrogate) to p, which has room for four bytes; returns its length. */
static inline uint32_t utf8_encode(uint32_t point, char *p)
{
	if (point < 0x80) {
		p[0] = (char)point;
		return 1;
	}
	uint32_t length = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
	for (uint32_t i = length - 1; i > 0; i--, point >>= 6)
		p[i] = (char)(0x80 | (point & 0x3f));
	p[0] = (char)(0xf00 >> length | point);
	return length;
}
