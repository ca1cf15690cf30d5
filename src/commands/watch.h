/* SPDX-License-Identifier: Apache-2.0
 *
 * bulkhead watch. */
#pragma once

#include "base/options.h"

typedef struct watch_options {
	bool parse, validate, first, iso, quiet;
	string_list rules, select;
	const char *replay, *priority;
	int format; /* of watch_formats */
} watch_options;

/* --parse: a condition a line on standard input, a line of JSON for each on standard output; the exit code. */
int watch_parse_lines(void);

/* Events of the kernel, or of the capture that --replay names, against rules; the exit code. */
int watch_events(const watch_options *o);

extern const char *const watch_formats[]; /* text, json */

/* --validate: what is wrong with rule files that make one set; the exit code. */
int watch_validate(const char *const *files, int count, bool json);
