/* SPDX-License-Identifier: Apache-2.0
 *
 * From paths to a bundle: finds the files, reads them on all threads, joins what they say. */
#pragma once

#include "base/options.h"
#include "policy/policy.h"

typedef struct collect_request {
	const char *const *paths; /* files and folders; "-" is standard input */
	uint32_t path_count;
	const string_list *compose_files; /* -f: overlaid in this order */
	const string_list *run_lines;     /* --run */
	const char *as;                   /* --as, or NULL */
	const policy *policy;
	unsigned threads;
	const char *const *output_folders; /* files may still be written below them; nothing else will be */
	uint32_t output_count;
} collect_request;

typedef struct collection {
	arena arena;  /* of the bundle itself */
	arena *parts; /* one per slice of files */
	uint32_t part_count;
	bundle bundle;  /* everything, linked and overlaid */
	uint32_t files; /* that were read as one of ours */
} collection;

/* Collects. From the moment the files are known, the process is in the sandbox. What cannot be read is a problem of the bundle; < 0 only when nothing can be done at all. */
int collect(const collect_request *request, collection *ret, error *e);

void collection_done(collection *c);
