/* SPDX-License-Identifier: Apache-2.0
 *
 * What of a condition is settled by the class of a call (bpf/record.h, bpf/deny.h) alone, before anything of the call is read. */
#pragma once

#include "watch/bpf/deny.h"
#include "watch/ruleset_node.h"

typedef enum settled { OPEN_QUESTION, NEVER_TRUE, ALWAYS_TRUE } settled;

/* What kind of call the class is of. */
typedef enum seen_kind {
	SEEN_CALL,    /* any other */
	SEEN_OPEN,    /* it opens a file */
	SEEN_EXEC,    /* a program that is about to be executed, and has the classes of execs */
	SEEN_CONNECT, /* a connect over IP that has not yet happened, likewise */
} seen_kind;

typedef struct call_seen {
	uint32_t class;
	seen_kind kind;
} call_seen;

settled ruleset_settle(const call_seen *c, const expression *x);

/* Both answers that a condition may have, by what is settled. */
typedef struct rule_answers {
	bool yes, no;
} rule_answers;

rule_answers ruleset_answers(const call_seen *c, const rule_node *n);
