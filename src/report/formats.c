/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of formats. */
#include "report/report.h"

const report_format report_formats[] = {
	{"text", report_text},
	{"concise", report_concise},
	{"json", report_json},
	{"sarif", report_sarif},
	{"cyclonedx", report_cyclonedx},
	{"spdx", report_spdx},
	{"openvex", report_openvex},
	{NULL, NULL},
};

const char *const control_status_names[] = {[STATUS_NOT_APPLICABLE] = "not-applicable",
	[STATUS_UNKNOWN] = "unknown",
	[STATUS_OK] = "ok",
	[STATUS_VIOLATED] = "violated"};

const report_format *report_format_find(span name)
{
	for (const report_format *f = report_formats; f->name; f++)
		if (span_is(name, f->name))
			return f;
	return NULL;
}

void report_count(report *r)
{
	memset(r->counts, 0, sizeof r->counts);
	r->suppressed = 0;
	list_each(const finding, f, r->findings) {
		if (f->suppressed)
			r->suppressed++;
		else
			r->counts[f->severity]++;
	}
}
