/* SPDX-License-Identifier: Apache-2.0
 *
 * bulkhead scan: what its files share. */
#pragma once

#include "advisories/severity.h"
#include "commands/commands.h"
#include "commands/verdict.h"
#include "image/image.h"

typedef struct scan_options {
	output_options output;
	string_list insecure_registries, mirrors;
	const char *ca_file;
	string_list only, severities, secret_rules, vex, sboms;
	const char *platform, *db, *workload, *dockerfile, *exit_code, *config, *jobs, *max_age;
	int profile;
	int threads, findings_code; /* what jobs and exit_code say */
	bool ignore_unfixed, development, no_secrets, no_advisories, no_config, no_cache, verify, records;
} scan_options;

typedef struct scan_subject {         /* one image to scan */
	const char *shown;            /* in reports: what the person typed */
	const char *path;             /* where it lies; NULL: it could not be had */
	const char *reference;        /* which image of an archive or layout with several, or NULL */
	const image_folders *folders; /* where it lies in the store of an engine, or NULL */
	const char *fault;            /* why there is neither */
} scan_subject;

/* The formats of its reports; ends with NULL. */
extern const char *const scan_formats[];

/* Scans images that lie on disk ("-" is standard input) and reports; enters the sandbox first, so it is called in a process of its own. The
 * exit code. */
int scan_images(const scan_options *o, const scan_subject *subjects, uint32_t count);
