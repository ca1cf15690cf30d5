/* SPDX-License-Identifier: Apache-2.0
 *
 * What the kernel's programs decide of a call, by a table of clauses: the lookups of bpf/deny.bpf.c over lists. */
#pragma once

#include "base/arena.h"
#include "watch/ruleset_deny.h"

#include <string.h>

/* A call, and what is true of it where it is decided. */
typedef struct deny_call {
	deny_hook hook;
	uint32_t class;
	const char *path, *name, *address; /* NULL: none; of IPv6 with CLASS_IPV6 */
	uint32_t port;
} deny_call;

/* Whether one of the first bits is another. */
static inline bool deny_bits_differ(const char *a, const char *b, uint32_t bits)
{
	for (uint32_t i = 0; i < bits; i++)
		if (((uint8_t)a[i / 8] ^ (uint8_t)b[i / 8]) >> (7 - i % 8) & 1)
			return true;
	return false;
}

static inline bool deny_finds_address(const deny_key *key, const deny_call *c)
{
	char all[16] = {[10] = (char)0xff, [11] = (char)0xff};
	if (!c->address)
		return false;
	if (c->class & CLASS_IPV6)
		memcpy(all, c->address, 16);
	else
		memcpy(all + 12, c->address, 4);
	return !deny_bits_differ(key->text.p, all, key->number);
}

/* Whether an entry is found for something of the call. */
static inline bool deny_finds(const deny_key *key, const deny_call *c)
{
	span path = span_of(c->path ? c->path : "");
	switch (key->kind) {
	case DENY_KEY_PREFIX:
		return span_starts((span){path.p, path.n + 1}, key->text);
	case DENY_KEY_SUFFIX:
		return span_ends(path, key->text);
	case DENY_KEY_NAME:
		return c->name && span_is(key->text, c->name);
	case DENY_KEY_PORT:
		return key->number == c->port;
	case DENY_KEY_ADDRESS:
		return deny_finds_address(key, c);
	}
	return false;
}

static inline bool deny_decides(const deny_table *t, const deny_call *c)
{
	static const deny_group groups[] = {[DENY_KEY_PREFIX] = DENY_START,
		[DENY_KEY_SUFFIX] = DENY_END,
		[DENY_KEY_NAME] = DENY_NAME,
		[DENY_KEY_ADDRESS] = DENY_ADDRESS,
		[DENY_KEY_PORT] = DENY_PORT};
	uint64_t clauses = t->config.active[c->hook][c->class], found[DENY_GROUPS] = {0}, spared = 0;
	list_each(const deny_entry, entry, &t->entries)
		if (deny_finds(&entry->key, c)) {
			found[groups[entry->key.kind]] |= entry->bits.must;
			spared |= entry->bits.must_not;
		}
	for (int g = 0; g < DENY_GROUPS; g++)
		clauses &= ~t->config.must[g] | found[g];
	return clauses & ~spared;
}
