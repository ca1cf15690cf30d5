/* SPDX-License-Identifier: Apache-2.0
 *
 * CVSS: reading vectors, and the base scores of version 2 (A Complete Guide to CVSS 2.0, section 3.2), 3.0 and 3.1 (specification documents,
 * section 7.1; 3.1's Roundup of appendix A for both, which are meant to agree). Temporal and environmental metrics are checked and do not count:
 * they are about a time and a place that an advisory does not know. */
#include "advisories/cvss.h"

#include <math.h>

/* --- vectors --- */

static bool metric_read(span part, const cvss_metric *metrics, char values[CVSS_METRICS])
{
	size_t colon = span_find_byte(part, ':');
	if (colon == SPAN_NONE)
		return false;
	span name = span_sub(part, 0, colon), value = span_from(part, colon + 1);
	for (int i = 0; i < CVSS_METRICS && metrics[i].name; i++) {
		if (!span_is(name, metrics[i].name))
			continue;
		bool good = value.n >= 1 && !values[i] &&
			    (*metrics[i].values == '*' ||
				    (value.n == 1 && strchr(metrics[i].values, value.p[0])));
		values[i] = good ? value.p[0] : 0;
		return good;
	}
	return false;
}

bool cvss_read(span vector, const cvss_metric *metrics, char values[CVSS_METRICS])
{
	span part;
	memset(values, 0, CVSS_METRICS);
	if (span_ends(vector, SPAN("/")))
		return false;
	while (span_cut(&vector, '/', &part))
		if (!metric_read(part, metrics, values))
			return false;
	for (int i = 0; i < CVSS_METRICS && metrics[i].name; i++)
		if (metrics[i].mandatory && !values[i])
			return false;
	return true;
}

/* The weight of a letter by its place among the values of a metric. */
static double weight(const cvss_metric *metric, char value, const double *weights)
{
	return weights[strchr(metric->values, value) - metric->values];
}

/* --- version 3 --- */

enum { V3_AV, V3_AC, V3_PR, V3_UI, V3_S, V3_C, V3_I, V3_A };

static const cvss_metric v3_metrics[] = {
	{"AV", "NALP", true},
	{"AC", "LH", true},
	{"PR", "NLH", true},
	{"UI", "NR", true},
	{"S", "UC", true},
	{"C", "NLH", true},
	{"I", "NLH", true},
	{"A", "NLH", true},
	{"E", "XUPFH", false},
	{"RL", "XOTWU", false},
	{"RC", "XURC", false},
	{"CR", "XLMH", false},
	{"IR", "XLMH", false},
	{"AR", "XLMH", false},
	{"MAV", "XNALP", false},
	{"MAC", "XLH", false},
	{"MPR", "XNLH", false},
	{"MUI", "XNR", false},
	{"MS", "XUC", false},
	{"MC", "XNLH", false},
	{"MI", "XNLH", false},
	{"MA", "XNLH", false},
	{NULL, NULL, false},
};

/* The smallest number of one decimal that is not below x, in integers, as appendix A of 3.1 asks. */
static double roundup(double x)
{
	long n = lround(x * 100000), tenths = n / 10000;
	return n % 10000 == 0 ? (double)n / 100000 : (double)(tenths + 1) / 10;
}

static double v3_score(span vector)
{
	static const double av[] = {0.85, 0.62, 0.55, 0.2}, ac[] = {0.77, 0.44}, pr[] = {0.85, 0.62, 0.27},
			    pr_changed[] = {0.85, 0.68, 0.5}, ui[] = {0.85, 0.62}, cia[] = {0, 0.22, 0.56};
	char v[CVSS_METRICS];
	if (!cvss_read(vector, v3_metrics, v))
		return -1;
	bool changed = v[V3_S] == 'C';
	double open = 1;
	for (int i = V3_C; i <= V3_A; i++)
		open *= 1 - weight(&v3_metrics[i], v[i], cia);
	double iss = 1 - open;
	double impact = changed ? 7.52 * (iss - 0.029) - 3.25 * pow(iss - 0.02, 15) : 6.42 * iss;
	double ease = 8.22 * weight(&v3_metrics[V3_AV], v[V3_AV], av) *
		      weight(&v3_metrics[V3_AC], v[V3_AC], ac) *
		      weight(&v3_metrics[V3_PR], v[V3_PR], changed ? pr_changed : pr) *
		      weight(&v3_metrics[V3_UI], v[V3_UI], ui);
	if (impact <= 0)
		return 0;
	return roundup(fmin((changed ? 1.08 : 1) * (impact + ease), 10));
}

/* --- version 2 --- */

enum { V2_AV, V2_AC, V2_AU, V2_C, V2_I, V2_A };

static const cvss_metric v2_metrics[] = {
	{"AV", "LAN", true},
	{"AC", "HML", true},
	{"Au", "MSN", true},
	{"C", "NPC", true},
	{"I", "NPC", true},
	{"A", "NPC", true},
	{"E", "*", false},
	{"RL", "*", false},
	{"RC", "*", false},
	{"CDP", "*", false},
	{"TD", "*", false},
	{"CR", "*", false},
	{"IR", "*", false},
	{"AR", "*", false},
	{NULL, NULL, false},
};

static double v2_score(span vector)
{
	static const double av[] = {0.395, 0.646, 1}, ac[] = {0.35, 0.61, 0.71}, au[] = {0.45, 0.56, 0.704},
			    cia[] = {0, 0.275, 0.66};
	char v[CVSS_METRICS];
	if (!cvss_read(vector, v2_metrics, v))
		return -1;
	double open = 1;
	for (int i = V2_C; i <= V2_A; i++)
		open *= 1 - weight(&v2_metrics[i], v[i], cia);
	double impact = 10.41 * (1 - open);
	double ease = 20 * weight(&v2_metrics[V2_AV], v[V2_AV], av) *
		      weight(&v2_metrics[V2_AC], v[V2_AC], ac) * weight(&v2_metrics[V2_AU], v[V2_AU], au);
	double score = impact == 0 ? 0 : (0.6 * impact + 0.4 * ease - 1.5) * 1.176;
	return round(score * 10) / 10;
}

double cvss_score(span vector)
{
	static const struct {
		const char *prefix;
		double (*score)(span vector);
	} versions[] = {{"CVSS:3.0/", v3_score}, {"CVSS:3.1/", v3_score}, {"CVSS:4.0/", cvss4_score},
		{"CVSS:2.0/", v2_score}, {"AV:", v2_score}};
	for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
		span prefix = span_of(versions[i].prefix);
		if (span_starts(vector, prefix))
			return versions[i].score(
				span_is(prefix, "AV:") ? vector : span_from(vector, prefix.n));
	}
	return -1;
}
