/* SPDX-License-Identifier: Apache-2.0
 *
 * What is known of CVEs apart from packages: CISA's catalogue of Known Exploited Vulnerabilities (known_exploited_vulnerabilities.json), and the
 * probabilities of FIRST's EPSS (epss_scores-*.csv). */
#include "advisories/record.h"
#include "base/limits.h"

#include <stdlib.h>

/* A day, "2024-03-01", or nothing. */
static span day_of(const node *n)
{
	span day = node_text(n);
	return day.n == 10 && ranges_plain(day) ? day : (span){0};
}

int known_exploited_read(const node *document, arena *a, const record_sink *sink, error *e)
{
	const node *list = node_get(document, "vulnerabilities");
	(void)a;
	for (uint32_t i = 0; node_is_list(list) && i < list->count; i++) {
		const node *one = list->items[i];
		exploited_record r = {
			.cve = node_text(node_get(one, "cveID")),
			.added = day_of(node_get(one, "dateAdded")),
			.due = day_of(node_get(one, "dueDate")),
			.ransomware =
				span_is_fold(node_text(node_get(one, "knownRansomwareCampaignUse")), "known"),
		};
		if (!record_cve_good(r.cve))
			return error_set(e, ERROR_SYNTAX, "entry %u has no CVE", i + 1);
		TRY(sink->exploited(sink->of, &r, e));
	}
	return 0;
}

/* A number between 0 and 1, as EPSS writes it: "0.00043", "4.3e-04". */
static bool fraction_read(span s, double *ret)
{
	char text[32], *end;
	if (!s.n || s.n >= sizeof text || !(ascii_digit(s.p[0]) || s.p[0] == '.'))
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = 0;
	double value = strtod(text, &end);
	if (*end || !(value >= 0 && value <= 1))
		return false;
	*ret = value;
	return true;
}

int epss_read_line(span line, const record_sink *sink, error *e)
{
	probability_record r;
	span probability, percentile;
	line = span_trim(line);
	if (!line.n || line.p[0] == '#' || span_starts(line, SPAN("cve,")))
		return 0;
	if (!span_cut(&line, ',', &r.cve) || !span_cut(&line, ',', &probability) ||
		!span_cut(&line, ',', &percentile) || line.n || !record_cve_good(r.cve) ||
		!fraction_read(probability, &r.probability) || !fraction_read(percentile, &r.percentile))
		return error_set(e, ERROR_SYNTAX, "is not like CVE,probability,percentile");
	return sink->probability(sink->of, &r, e);
}
