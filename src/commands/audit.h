/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of `audit` share. */
#pragma once

#include "commands/output.h"
#include "posture/running.h"

#include <time.h>

typedef struct audit_options {
	string_list against, only;
	const char *host, *root, *watch, *max_age, *config, *jobs;
	int engine, cis; /* indexes of choices; -1: not said */
	bool kernel, no_host, deep, explain, unscanned, no_config;
	int profile;
	output_options output;
	/* What their texts mean. */
	int threads, seconds;     /* of --watch; 0: once */
	int64_t age;              /* of --max-age, in seconds */
	const char *const *names; /* containers by name or id; none: all, and the host */
	uint32_t name_count;
	int lines; /* of a round of --watch: a descriptor plus one that findings are written to instead of a report; 0: none */
} audit_options;

extern const char *const audit_formats[], *const audit_cis_formats[];

/* Gives up every capability that looking does not need, for ever: what is left reads other processes (SYS_PTRACE, DAC_READ_SEARCH), enters their network
 * namespaces and reads their filters (SYS_ADMIN); DAC_OVERRIDE stays when reports go into files. An ordinary user has none to give up. */
void audit_privileges_reduce(bool files);
/* Gives up all of these but the reading of files, once everything was looked at. */
void audit_privileges_drop(bool files);

/* Looks at the host, the engines and the containers, and describes them in b: a document for each. Names that nothing answers to are problems of b. */
void audit_gather(const audit_options *o, bundle *b);

/* Puts what files (Compose, manifests) declare of the containers in place of what their engine was asked for. The sandbox is entered by it. */
int audit_against(const audit_options *o, bundle *b, arena *a, error *e);

/* Fills the fact image.scan from the records of scans. */
int audit_scanned(const audit_options *o, bundle *b, error *e);

/* The whole of one audit, reports and all; the exit code. */
int audit_once(const audit_options *o);

/* Writes the findings of a round as lines to of->lines (of is an audit_options); a verdict_request's `reported`. */
struct report;
void audit_write_lines(void *of, const struct report *r);

/* Audits again and again, and prints what has changed, until it is ended. */
int audit_watch(const audit_options *o);
