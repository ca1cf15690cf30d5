/* SPDX-License-Identifier: Apache-2.0
 *
 * The rules of our own (data/rules/), which the program brings along. */
#pragma once

#include "base/span.h"

typedef struct rule_default {
	const char *name; /* bulkhead/shell.yaml … */
	span text;
} rule_default;

/* In the order in which they are to be read (rule_set_read_text): macros first. */
extern const rule_default rule_defaults[];
extern const uint32_t rule_default_count;
