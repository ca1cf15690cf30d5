/* SPDX-License-Identifier: Apache-2.0
 *
 * The kernel's side of `action: deny`: loads the programs of bpf/deny.bpf.c, where this kernel lets it, with the clauses of a set of rules.
 * Closing takes them out again: everything is allowed then. */
#pragma once

#include "watch/collector.h"
#include "watch/ruleset_deny.h"

typedef struct denier denier;

/* What cannot be denied here is no error (denier_hooks). < 0: ERROR_SYSTEM. */
int denier_open(const deny_table *t, const collector *c, denier **ret, error *e);
void denier_close(denier *d); /* NULL is allowed */

/* Bits of deny_hook: calls that this kernel lets programs deny. */
uint32_t denier_hooks(const denier *d);

/* Tells that a process which runs already has that name. */
void denier_named(const denier *d, const deny_table *t, uint32_t pid, span name);
