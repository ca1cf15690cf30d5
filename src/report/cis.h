/* SPDX-License-Identifier: Apache-2.0
 *
 * The result of a benchmark as text and as JSON. */
#pragma once

#include "report/report.h"
#include "rules/cis.h"

/* A line for each check, below it what failed or is not known; counts and the score at the end. Of r: width, colour, verbose (the facts of manual
 * checks and all subjects), scratch. */
void report_cis_text(const report *r, const cis_benchmark *c, buffer *out);

/* One object: {"schema": "bulkhead-cis/1", "benchmark", "version", "sections": [{"id", "title", "share", "checks": [{"id", "text", "automated", "status",
 * "passed", "failed", "unknown", "reason", "look", "rules", "cases": [{"workload", "kind", "status", "message", "evidence"}]}]}],
 * "errors": [{"file", "message"}], "summary": {"pass", "fail", "unknown", "manual", "not_applicable", "score"}}. */
void report_cis_json(const report *r, const cis_benchmark *c, buffer *out);
