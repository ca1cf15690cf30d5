/* SPDX-License-Identifier: Apache-2.0
 *
 * bulkhead watch. */
#pragma once

#include <stdbool.h>

typedef struct watch_options {
	bool parse;
} watch_options;

/* --parse: a condition a line on standard input, a line of JSON for each on standard output; the exit code. */
int watch_parse_lines(void);
