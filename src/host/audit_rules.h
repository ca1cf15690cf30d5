/* SPDX-License-Identifier: Apache-2.0
 *
 * Rules of the audit system as its files write them (audit.rules(7), auditctl(8)): which paths are watched. */
#pragma once

#include "base/arena.h"

typedef struct audit_watch {
	span path;   /* without a slash at its end */
	bool folder; /* -F dir=: all below; of -w nobody says, the kernel looks */
	bool alone;  /* -F path=: nothing below */
	span line;   /* the rule */
} audit_watch;

typedef struct audit_rules {
	LIST(audit_watch) watches;
	uint32_t lines; /* that were read; no more than LIMIT_HOST_AUDIT_RULES are */
} audit_rules;

/* Adds the watches of a file; -D takes away all that came before it, -W and -d one of them. Rules that never log and those that log only reads are no
 * watches. Spans point into the text. */
void audit_rules_parse(span bytes, arena *a, audit_rules *into);

/* The rule that watches a path: it names exactly that path, or a folder above it. NULL when none does. */
const audit_watch *audit_rules_find(const audit_rules *rules, span path);
