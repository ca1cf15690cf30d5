/* SPDX-License-Identifier: Apache-2.0
 *
 * From a bundle to reports and an exit code: rules, policy, comments, formats. What commands that judge have in common. */
#pragma once

#include "commands/output.h"
#include "policy/policy.h"

#include <time.h>

typedef struct verdict_request {
	const command_row *command;
	const output_options *output;
	policy *policy;
	int profile;             /* -1: what the policy says, else recommended */
	const string_list *only; /* --only */
	bool explain;            /* all facts of running containers */
	unsigned threads;
	uint32_t files; /* read */
	const struct timespec *start;
	/* Changes findings before the policy is asked about them; may be NULL. */
	void (*adjust)(void *of, finding_list *findings, arena *a);
	/* Told what was reported; may be NULL. */
	void (*reported)(void *of, const report *r);
	void *of;
} verdict_request;

/* Judges a bundle (after bundle_overlay) and writes the reports. The exit code; what went wrong was told. */
int verdict_report(const verdict_request *q, bundle *b, arena *a);

/* The policy that --config names, else the one that is found from `first` on, unless there shall be none. */
int verdict_policy(const char *config, bool none, const char *first, arena *a, policy *ret, error *e);
