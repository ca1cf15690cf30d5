/* SPDX-License-Identifier: Apache-2.0
 *
 * Rules with `action: deny` as the kernel can decide them. A call fails before anybody outside could be asked, so that what a rule asks must be
 * answered there for sure: by the class of the call, and by looking up paths, names of processes, addresses and ports. */
#pragma once

#include "watch/bpf/deny.h"
#include "watch/ruleset.h"

typedef enum deny_kind {
	DENY_KEY_PREFIX, /* with its 0 byte when it is the whole path */
	DENY_KEY_SUFFIX,
	DENY_KEY_NAME,
	DENY_KEY_ADDRESS, /* 16 bytes */
	DENY_KEY_PORT,
} deny_kind;

/* Something that is looked up. */
typedef struct deny_key {
	deny_kind kind;
	span text;
	uint32_t number; /* ADDRESS: bits of the mask; PORT */
} deny_key;

typedef struct deny_entry {
	deny_key key;
	deny_bits bits;
} deny_entry;

/* A rule that alerts only, and why: the field that cannot be answered, or NULL: how its tests are joined, or what it is about. */
typedef struct deny_refusal {
	const watch_rule *rule;
	const char *field;
	bool elsewhere; /* it is about none of the calls that can be denied */
} deny_refusal;

/* Half of the clauses, so that those of other rules can take their place while these are in force. */
enum { DENY_TABLE_CLAUSES = DENY_CLAUSES / 2 };

typedef struct deny_table {
	deny_config config;
	LIST(deny_entry) entries;
	const watch_rule *rules[DENY_TABLE_CLAUSES]; /* of each clause */
	uint32_t first, count;                       /* the bits of its clauses */
	LIST(deny_refusal) refused;
} deny_table;

/* `first`: 0 or DENY_TABLE_CLAUSES. All is on a, and speaks of the rules of the set. */
void ruleset_deny(const ruleset *r, uint32_t first, arena *a, deny_table *ret);
