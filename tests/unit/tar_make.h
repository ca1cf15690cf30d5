/* SPDX-License-Identifier: Apache-2.0
 *
 * Makes tar archives for tests, header by header, so that each field can be wrong. */
#pragma once

#include "base/buffer.h"

#include <stdio.h>

typedef struct tar_member {
	char type;
	const char *name, *link; /* NULL: none */
	span content;
	const char *size; /* the field as it is to be written; NULL: as content is */
} tar_member;

static inline void tar_seal(char *block, bool with_sign)
{
	int sum = 0;
	memset(block + 148, ' ', 8);
	for (int i = 0; i < 512; i++)
		sum += with_sign ? (signed char)block[i] : (unsigned char)block[i];
	snprintf(block + 148, 8, "%06o", (unsigned)sum & 0777777);
}

/* A ustar header; the caller may change it and seal it again. */
static inline void tar_header_make(char *block, const tar_member *m)
{
	memset(block, 0, 512);
	snprintf(block, 100, "%s", m->name);
	memcpy(block + 100, "0000644\0000001750\0000000144", 24);
	if (m->size)
		memcpy(block + 124, m->size, 12);
	else
		snprintf(block + 124, 12, "%011llo", (unsigned long long)m->content.n);
	memcpy(block + 136, "00000001750", 11);
	block[156] = m->type;
	snprintf(block + 157, 100, "%s", m->link ? m->link : "");
	memcpy(block + 257, "ustar\00000", 8);
	tar_seal(block, false);
}

static inline void tar_pad(buffer *b)
{
	buffer_repeat(b, 0, -b->n % 512);
}

static inline void tar_add(buffer *b, const tar_member *m)
{
	char block[512];
	tar_header_make(block, m);
	buffer_add(b, (span){block, sizeof block});
	buffer_add(b, m->content);
	tar_pad(b);
}

static inline void tar_end(buffer *b)
{
	buffer_repeat(b, 0, 1024);
}
