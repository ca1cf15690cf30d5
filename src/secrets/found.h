/* SPDX-License-Identifier: Apache-2.0
 *
 * From values that rules have found to what is handed out: one finding a value, with its place, masked. */
#pragma once

#include "secrets/rule.h"

typedef struct raw_found { /* a value that a rule has found */
	size_t start, end;
	uint32_t rule;
	const char *note;
} raw_found;

typedef LIST(raw_found) raw_list;

/* Keeps of values that lie over one another the one of the best rule, and sorts by place. */
void found_settle(const secret_rules *rules, raw_list *raw);

/* Fills *ret; the list must be settled. */
void found_tell(const secret_rules *rules, const raw_list *raw, span path, span text,
	const secret_allow *allow, sha256 *hash, arena *a, secret_result *ret);

/* How many bytes of a value may be shown. */
size_t found_kept(span value);
