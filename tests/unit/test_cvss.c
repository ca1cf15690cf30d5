/* SPDX-License-Identifier: Apache-2.0
 *
 * Scores of CVSS vectors against those that their publishers state: examples of FIRST's documents and of well-known CVEs. */
#include "advisories/severity.h"
#include "test.h"

static const struct {
	const char *vector;
	double score;
} published[] = {
	/* version 2: the guide's own examples, section 3.3 */
	{"AV:N/AC:L/Au:N/C:N/I:N/A:C", 7.8},  /* CVE-2002-0392 */
	{"AV:N/AC:L/Au:N/C:C/I:C/A:C", 10.0}, /* CVE-2003-0818 */
	{"AV:L/AC:H/Au:N/C:C/I:C/A:C", 6.2},  /* CVE-2003-0062 */
	{"AV:N/AC:L/Au:N/C:N/I:N/A:N", 0.0},
	{"AV:N/AC:L/Au:N/C:P/I:N/A:N/E:F/RL:OF/RC:C", 5.0},
	/* version 3.0 and 3.1: the examples document */
	{"CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1}, /* CVE-2013-1937 */
	{"CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:L/I:L/A:N", 5.4}, /* CVE-2013-0375 is of PR:L S:C: 6.4 */
	{"CVSS:3.0/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", 6.4}, /* CVE-2013-0375 */
	{"CVSS:3.0/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N", 3.1}, /* CVE-2014-3566 */
	{"CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H", 9.9}, /* CVE-2012-1516 */
	{"CVSS:3.0/AV:L/AC:L/PR:H/UI:N/S:U/C:L/I:L/A:L", 4.2}, /* CVE-2009-0783 */
	{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8},
	{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10.0}, /* CVE-2021-44228 */
	{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", 7.5},  /* CVE-2014-0160 */
	{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0.0},
	{"CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H/E:F/RL:O", 7.8}, /* temporal metrics do not count */
	/* version 4.0: FIRST's examples document and calculator */
	{"CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 7.3}, /* CVE-2022-41741 */
	{"CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 7.7}, /* CVE-2020-3549 */
	{"CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:N/VC:H/VI:L/VA:L/SC:N/SI:N/SA:N", 8.3}, /* CVE-2023-3089 */
	{"CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:N/VC:H/VI:L/VA:L/SC:N/SI:N/SA:N/CR:H/IR:L/AR:L/MAV:N/MAC:H/MVC:H/MVI:L/MVA:L",
		8.1},
	{"CVSS:4.0/AV:L/AC:L/AT:N/PR:N/UI:P/VC:N/VI:N/VA:L/SC:N/SI:N/SA:N", 4.8},
	{"CVSS:4.0/AV:L/AC:L/AT:N/PR:N/UI:P/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N", 4.8},
	{"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:A/VC:N/VI:N/VA:N/SC:L/SI:L/SA:N", 5.1}, /* CVE-2022-22186's class */
	{"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N", 8.7}, /* CVE-2014-0160 */
	{"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", 10.0}, /* CVE-2021-44228 */
	{"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 9.3},
	{"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N", 0.0},
	{"CVSS:4.0/AV:P/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", 8.6}, /* CVE-2013-6014's class */
	{"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:U", 8.1},
};

TEST(cvss_published_scores)
{
	for (size_t i = 0; i < sizeof published / sizeof *published; i++) {
		double got = cvss_score(span_of(published[i].vector));
		if ((int)(got * 10 + 0.5) != (int)(published[i].score * 10 + 0.5))
			TEST_FAIL("%s is %.1f, not %.1f", published[i].vector, got, published[i].score);
	}
}

TEST(cvss_refuses_what_is_none)
{
	static const char *const none[] = {"", "CVSS:3.1/", "CVSS:3.1", "AV:N",
		"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/",
		"CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
		"CVSS:3.1/AV:Q/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
		"CVSS:3.1/AV:NN/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
		"CVSS:3.1/AV:/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "CVSS:3.2/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
		"CVSS:4.0/AV:N/AC:L/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", "high"};
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		if (cvss_score(span_of(none[i])) >= 0)
			TEST_FAIL("'%s' has a score", none[i]);
}

TEST(severity_words_and_scores)
{
	CHECK(severity_label_of(SPAN("Important")) == SEVERITY_LABEL_HIGH);
	CHECK(severity_label_of(SPAN("MODERATE")) == SEVERITY_LABEL_MEDIUM);
	CHECK(severity_label_of(SPAN("low**")) == SEVERITY_LABEL_LOW);
	CHECK(severity_label_of(SPAN("not yet assigned")) == SEVERITY_LABEL_UNKNOWN);
	CHECK(severity_label_of((span){0}) == SEVERITY_LABEL_UNKNOWN);
	CHECK(severity_label_of_score(-1) == SEVERITY_LABEL_UNKNOWN);
	CHECK(severity_label_of_score(0) == SEVERITY_LABEL_NEGLIGIBLE);
	CHECK(severity_label_of_score(3.9) == SEVERITY_LABEL_LOW);
	CHECK(severity_label_of_score(4.0) == SEVERITY_LABEL_MEDIUM);
	CHECK(severity_label_of_score(6.9) == SEVERITY_LABEL_MEDIUM);
	CHECK(severity_label_of_score(7.0) == SEVERITY_LABEL_HIGH);
	CHECK(severity_label_of_score(8.9) == SEVERITY_LABEL_HIGH);
	CHECK(severity_label_of_score(9.0) == SEVERITY_LABEL_CRITICAL);
}

TEST_MAIN()
