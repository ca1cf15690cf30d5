/* SPDX-License-Identifier: Apache-2.0
 *
 * A list of names with their addresses, and behind it an index by address, made anew when it is next asked for after a change. */
#include "watch/address_names.h"

#include "base/arena.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* A name is asked for again after FIRST_PAUSE, and after twice as long each time while the answer is the same. */
enum { FIRST_PAUSE = 10000, LAST_PAUSE = 320000, KEPT = 600000 };

typedef struct seen_address {
	uint8_t bytes[ADDRESS_BYTES];
	int64_t seen;
} seen_address;

typedef struct asked_name {
	span name;
	int64_t due, pause;
	bool asking, answered, silent;
	LIST(seen_address) addresses;
} asked_name;

/* Names of one address. */
typedef LIST(span) name_list;

struct address_names {
	arena arena;
	LIST(asked_name *) names;
	map by_name;
	arena index; /* of by_address */
	map by_address;
	bool stale;
};

address_names *address_names_new(void)
{
	return memory_zeroed(1, sizeof(address_names));
}

void address_names_free(address_names *n)
{
	if (!n)
		return;
	arena_done(&n->arena);
	arena_done(&n->index);
	free(n);
}

/* --- names --- */

static void name_copy(arena *a, asked_name *to, const asked_name *from)
{
	*to = *from;
	memset(&to->addresses, 0, sizeof to->addresses);
	list_each(const seen_address, s, &from->addresses)
		list_push(a, &to->addresses, *s);
}

void address_names_want(address_names *n, const span *names, uint32_t count)
{
	address_names next = {.stale = true};
	for (uint32_t i = 0; i < count && next.names.count < LIMIT_RESOLVE_NAMES; i++) {
		const asked_name *before = map_get(&n->by_name, names[i]);
		if (map_get(&next.by_name, names[i]))
			continue;
		asked_name *one = ARENA_NEW(&next.arena, asked_name);
		if (before)
			name_copy(&next.arena, one, before);
		one->name = arena_copy(&next.arena, names[i]);
		list_push(&next.arena, &next.names, one);
		map_set(&next.by_name, &next.arena, one->name, one);
	}
	arena_done(&n->arena);
	arena_done(&n->index);
	*n = next;
}

bool address_names_due(address_names *n, int64_t now, span *ret)
{
	list_each(asked_name *const, at, &n->names) {
		asked_name *one = *at;
		if (one->asking || (one->answered && now < one->due))
			continue;
		one->asking = true;
		*ret = one->name;
		return true;
	}
	return false;
}

void address_names_reopen(address_names *n)
{
	list_each(asked_name *const, at, &n->names)
		(*at)->asking = false;
}

bool address_names_complete(const address_names *n)
{
	list_each(asked_name *const, at, &n->names)
		if (!(*at)->answered)
			return false;
	return true;
}

names_count address_names_count(const address_names *n)
{
	names_count ret = {.wanted = n->names.count};
	list_each(asked_name *const, at, &n->names) {
		ret.known += (*at)->addresses.count > 0;
		ret.silent += (*at)->silent;
	}
	return ret;
}

/* --- answers --- */

/* Where the address is, or is to be: in the place of the one that was not given for the longest time, when there is no room. */
static seen_address *address_place(arena *a, asked_name *one, const uint8_t *bytes, bool *changed)
{
	seen_address *oldest = NULL;
	list_each(seen_address, s, &one->addresses) {
		if (memcmp(s->bytes, bytes, ADDRESS_BYTES) == 0)
			return s;
		oldest = oldest && oldest->seen <= s->seen ? oldest : s;
	}
	*changed = true;
	if (one->addresses.count < LIMIT_RESOLVE_ADDRESSES) {
		list_push(a, &one->addresses, (seen_address){.seen = 0});
		oldest = &one->addresses.items[one->addresses.count - 1];
	}
	memcpy(oldest->bytes, bytes, ADDRESS_BYTES);
	return oldest;
}

/* Whether some were too old. */
static bool addresses_expire(asked_name *one, int64_t now)
{
	uint32_t kept = 0, before = one->addresses.count;
	list_each(const seen_address, s, &one->addresses)
		if (now - s->seen < KEPT)
			one->addresses.items[kept++] = *s;
	one->addresses.count = kept;
	return kept != before;
}

void address_names_answer(address_names *n, span name, names_outcome outcome,
	const uint8_t (*addresses)[ADDRESS_BYTES], uint32_t count, int64_t now)
{
	asked_name *one = map_get(&n->by_name, name);
	if (!one)
		return;
	bool silent = outcome == NAMES_SILENT, changed = !one->answered || silent != one->silent;
	for (uint32_t i = 0; !silent && i < count && i < LIMIT_RESOLVE_ADDRESSES; i++)
		address_place(&n->arena, one, addresses[i], &changed)->seen = now;
	if (!silent)
		changed = addresses_expire(one, now) || changed;
	one->asking = false;
	one->answered = true;
	one->silent = silent;
	one->pause = changed ? FIRST_PAUSE : one->pause < LAST_PAUSE ? 2 * one->pause : LAST_PAUSE;
	one->due = now + one->pause;
	n->stale = n->stale || changed;
}

/* --- addresses --- */

static void index_add(address_names *n, const asked_name *one, const seen_address *s)
{
	span key = {(const char *)s->bytes, ADDRESS_BYTES};
	name_list *names = map_get(&n->by_address, key);
	if (!names) {
		names = ARENA_NEW(&n->index, name_list);
		map_set(&n->by_address, &n->index, arena_copy(&n->index, key), names);
	}
	list_push(&n->index, names, one->name);
}

static void index_make(address_names *n)
{
	arena_clear(&n->index);
	n->by_address = (map){0};
	list_each(asked_name *const, at, &n->names)
		list_each(const seen_address, s, &(*at)->addresses)
			index_add(n, *at, s);
	n->stale = false;
}

bool address_names_get(address_names *n, span address, uint32_t index, span *ret)
{
	char key[ADDRESS_BYTES] = {[10] = '\xff', [11] = '\xff'};
	if (address.n != 4 && address.n != ADDRESS_BYTES)
		return false;
	memcpy(key + ADDRESS_BYTES - address.n, address.p, address.n);
	if (n->stale)
		index_make(n);
	const name_list *names = map_get(&n->by_address, (span){key, ADDRESS_BYTES});
	if (!names || index >= names->count)
		return false;
	*ret = names->items[index];
	return true;
}
