/* SPDX-License-Identifier: Apache-2.0
 *
 * vulnerabilities: what a file says about whether images are scanned. */
#include "rules/tables.h"

#include "formats/ci.h"

/* A workflow that builds an image and names no scanner anywhere. */
static void judge_never_scanned(const rule *r, const document *d, const bundle *b, rule_report *out)
{
	(void)b;
	ci_facts facts = ci_read(d->text);
	if (facts.build.n && !facts.scans) {
		uint32_t start = text_offset(d->text, facts.build);
		rule_found(out, r, d->workloads.count ? d->workloads.items[0] : NULL,
			(origin){d->text, start, start + (uint32_t)facts.build.n}, NULL,
			"this workflow builds an image and never scans it");
	}
}

/* clang-format off */
static const rule vulnerabilities_rules[] = {
	{.id = "vulnerabilities/never-scanned", .severity = SEVERITY_MEDIUM, .profile = PROFILE_RECOMMENDED,
		.judge = judge_never_scanned, .kinds = 1u << DOCUMENT_CI,
		.title = "Images are built and never scanned",
		.why = "Known vulnerabilities in base images and packages reach production unseen; most breaches use an old one.",
		.aliases = "docker-bench:4.4",
		.references = "CIS-Docker-1.6:4.4"},
};
/* clang-format on */

const rule_table vulnerabilities_table = RULE_TABLE(vulnerabilities_rules);
