/* SPDX-License-Identifier: Apache-2.0
 *
 * Reports: what a run has found, and the formats it is written in. */
#pragma once

#include "base/buffer.h"
#include "rules/finding.h"

typedef struct report {
	const char *command; /* check, scan, audit */
	const bundle *bundle;
	const finding_list *findings;
	const checklist *checklist;
	const struct mask *mask; /* how texts are shown: without their secrets */
	uint32_t files;          /* read */
	double seconds;
	uint32_t counts[5]; /* unsuppressed findings by severity */
	uint32_t suppressed;
	unsigned width; /* columns of the terminal; 0: not a terminal, no limit */
	bool colour;
	bool verbose;   /* suppressed findings too */
	bool explain;   /* of running containers: all facts with the words that say them */
	arena *arena;   /* of the whole report */
	arena *scratch; /* of one finding; cleared after each */
} report;

typedef struct report_format {
	const char *name;
	void (*write)(const report *r, buffer *out);
} report_format;

/* All formats; ends with a row without a name. */
extern const report_format report_formats[];

const report_format *report_format_find(span name);

/* Fills counts and suppressed from the findings. */
void report_count(report *r);

void report_text(const report *r, buffer *out);
void report_concise(const report *r, buffer *out);
/* One finding as a line of report_concise, and as one JSON value on a line. */
void report_concise_finding(const report *r, const finding *f, buffer *out);
void report_json_finding(const finding *f, buffer *out);

void report_json(const report *r, buffer *out);
void report_sarif(const report *r, buffer *out);
void report_cyclonedx(const report *r, buffer *out);
void report_spdx(const report *r, buffer *out);
void report_openvex(const report *r, buffer *out);

extern const char
	*const control_status_names[]; /* ok, violated, unknown, not-applicable, by control_status */
