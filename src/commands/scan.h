/* SPDX-License-Identifier: Apache-2.0
 *
 * bulkhead scan: what its files share. */
#pragma once

#include "advisories/severity.h"
#include "commands/commands.h"
#include "commands/verdict.h"

typedef struct scan_options {
	output_options output;
	string_list only, severities, secret_rules, vex, sboms;
	const char *platform, *db, *workload, *dockerfile, *exit_code, *config, *jobs;
	int profile;
	bool ignore_unfixed, development, no_secrets, no_advisories, no_config, no_cache, verify;
} scan_options;

/* Scans images that lie on disk ("-" is standard input) and reports; enters the sandbox first, so it is called in a process of its own. The
 * exit code. */
int scan_images(const scan_options *o, const char *const *names, uint32_t count);
