/* SPDX-License-Identifier: Apache-2.0
 *
 * A queue of chunks. One stays when all are read; the others go back to the system at once, which malloc(3) would not do. */
#include "watch/backlog.h"

#include "base/limits.h"
#include "base/memory.h"

#include <string.h>
#include <sys/mman.h>

enum { CHUNK_BYTES = 256 << 10, RECORD_MOST = sizeof(record) + RECORD_DATA };

struct backlog_chunk {
	backlog_chunk *next;
	size_t start, end; /* of what is in it */
	char bytes[CHUNK_BYTES];
};

static void chunk_add(backlog *b)
{
	backlog_chunk *c = mmap(NULL, sizeof *c, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (c == MAP_FAILED)
		memory_exhausted(sizeof *c);
	if (b->last)
		b->last->next = c;
	else
		b->first = c;
	b->last = c;
}

static void put(backlog_chunk *c, const void *bytes, size_t n)
{
	memcpy(c->bytes + c->end, bytes, n);
	c->end += n;
}

bool backlog_add(backlog *b, const record *r, span data)
{
	size_t n = data.n < RECORD_DATA ? data.n : RECORD_DATA, whole = sizeof n + sizeof *r + n;
	if (!b->last || CHUNK_BYTES - b->last->end < whole)
		chunk_add(b);
	put(b->last, &n, sizeof n);
	put(b->last, r, sizeof *r);
	if (n)
		put(b->last, data.p, n);
	b->bytes += whole;
	return b->bytes + sizeof n + RECORD_MOST <= LIMIT_WATCH_BACKLOG;
}

bool backlog_next(backlog *b, record *ret, span *ret_data)
{
	backlog_chunk *c = b->first;
	size_t n;
	if (!c || (c->start == c->end && !c->next)) {
		if (c)
			c->start = c->end = 0;
		return false;
	}
	if (c->start == c->end) {
		b->first = c->next;
		munmap(c, sizeof *c);
		c = b->first;
	}
	memcpy(&n, c->bytes + c->start, sizeof n);
	memcpy(ret, c->bytes + c->start + sizeof n, sizeof *ret);
	*ret_data = (span){c->bytes + c->start + sizeof n + sizeof *ret, n};
	c->start += sizeof n + sizeof *ret + n;
	b->bytes -= sizeof n + sizeof *ret + n;
	return true;
}

void backlog_done(backlog *b)
{
	while (b->first) {
		backlog_chunk *next = b->first->next;
		munmap(b->first, sizeof *b->first);
		b->first = next;
	}
	*b = (backlog){0};
}
