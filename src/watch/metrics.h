/* SPDX-License-Identifier: Apache-2.0
 *
 * What is told of the watcher in OpenMetrics 1.0 (text), for Prometheus and its like. */
#pragma once

#include "base/buffer.h"
#include "watch/output.h"
#include "watch/rule_file.h"

typedef struct metrics_rule {
	span name;
	watch_priority priority;
	uint64_t alerts, held; /* held: by the limit of the rate */
} metrics_rule;

typedef struct metrics_file {
	span path;
	char digest[72]; /* "sha256:…" of the bytes that are in force */
	bool own;        /* the program brings it along; it is no file */
} metrics_file;

typedef struct metrics {
	uint64_t events, lost;
	uint64_t processes, memory; /* bytes that are resident */
	uint64_t started;           /* nanoseconds since 1970 */
	uint64_t reloads, failed_reloads;
	const metrics_rule *const *rules; /* those that gave alerts, and those in force */
	uint32_t rule_count;
	const metrics_file *files;
	uint32_t file_count;
	const outputs *outputs;
	const char *version;
} metrics;

extern const char metrics_type[]; /* of the content */

void metrics_write(const metrics *m, buffer *out);

/* Bytes of memory of this process that are resident; 0: unknown. */
uint64_t metrics_memory(void);
