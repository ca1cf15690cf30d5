/* SPDX-License-Identifier: Apache-2.0
 *
 * bulkhead.yaml: which profile, what fails the run, what is left out, which exceptions were granted until when, custom rules.
 * The schema is docs/bulkhead.schema.json. */
#pragma once

#include "rules/finding.h"

typedef struct exception { /* a finding that somebody has accepted */
	span rule;         /* id, alias, "control/…*" or "*" */
	span path;         /* a glob; empty: any */
	span workload;     /* a glob; empty: any */
	span reason, owner;
	span expires; /* YYYY-MM-DD; empty: never */
	origin at;
	uint32_t used;
} exception;

typedef struct policy {
	const text *text; /* NULL: there is no bulkhead.yaml */
	const char *folder,
		*here; /* the full names of its folder and of the working directory; NULL without a file */
	bool partial; /* the run asks for some rules or files only: an exception that covers nothing may still be needed */
	int profile;        /* enum profile; -1: not said */
	int fail_on;        /* enum severity; -1: not said */
	LIST(span) exclude; /* globs of paths, relative to the file */
	LIST(exception) exceptions;
	LIST(rule) rules;       /* custom ones, and those that `registries` becomes */
	LIST(problem) problems; /* what the file says wrongly */
} policy;

/* The bulkhead.yaml (or .bulkhead.yaml) in the folder of path or above it, up to the root of the Git repository; NULL if none. */
const char *policy_find(const char *path, arena *a);

/* Reads a policy file. Faults are problems of the policy with their place; < 0 only when the file cannot be read. */
int policy_read(const char *path, arena *a, policy *ret, error *e);

/* Whether a path is excluded. Globs mean paths below the folder of the policy file, as those of exceptions do. */
bool policy_excludes(const policy *p, const char *path);

/* Whether one of the paths is the folder of the policy file or lies above it, so that all it speaks of is checked. */
bool policy_covered(const policy *p, const char *const *paths, uint32_t count);

/* Marks findings as suppressed that an exception covers on the day `today` (YYYY-MM-DD), and no longer those whose comment has ended. */
void policy_suppress(policy *p, finding_list *findings, const char *today, arena *a);

/* Adds a finding for every exception that has expired, or that covers nothing in a run that is not partial. */
void policy_review(const policy *p, finding_list *findings, const char *today, arena *a);

/* Marks findings as suppressed that a comment in their text covers:
 *   # bulkhead: ignore user/root, image/latest -- reason     on the line, or on a line of its own above a line or block
 *   # bulkhead: ignore-file user/root -- reason              anywhere: the whole file
 * and the comments of other tools, for the rules that answer theirs (comments.c lists them). */
void policy_comments(finding_list *findings, arena *a);

/* Whether a glob (*, ?, ** over folders) covers a path; one without '/' also covers the last part alone. */
bool policy_glob(span glob, span path);
