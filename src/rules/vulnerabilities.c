/* SPDX-License-Identifier: Apache-2.0
 *
 * vulnerabilities: whether images are scanned, and what is known against the packages in them. */
#include "rules/tables.h"

#include "formats/ci.h"
#include "inventory/inventory.h"

#define ON_IMAGE .kinds = 1u << DOCUMENT_IMAGE

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

/* What nobody has rated is not harmless. */
static const severity severity_of_label[] = {
	[SEVERITY_LABEL_UNKNOWN] = SEVERITY_MEDIUM,
	[SEVERITY_LABEL_NEGLIGIBLE] = SEVERITY_INFO,
	[SEVERITY_LABEL_LOW] = SEVERITY_LOW,
	[SEVERITY_LABEL_MEDIUM] = SEVERITY_MEDIUM,
	[SEVERITY_LABEL_HIGH] = SEVERITY_HIGH,
	[SEVERITY_LABEL_CRITICAL] = SEVERITY_CRITICAL,
};

static const char *const state_words[] = {
	[ADVISORY_FIXED] = "fixed in",
	[ADVISORY_UNFIXED] = "no fix is known",
	[ADVISORY_DEFERRED] = "the distribution has put off a fix",
	[ADVISORY_WONT_FIX] = "the distribution will not mend it",
	[ADVISORY_IGNORED] = "the distribution calls it unimportant",
};

static void add_vulnerability(const rule *r, const workload *w, const vulnerability *v, rule_report *out)
{
	const advisory_match *m = v->match;
	const package *p = v->package->package;
	span evidence = arena_format(
		rule_arena(out), "%.*s %.*s %.*s", SPAN_ARG(m->id), SPAN_ARG(p->name), SPAN_ARG(p->version));
	rule_found_in_image(out, r, w, v->package->spot, v,
		m->state == ADVISORY_IGNORED ? SEVERITY_INFO : severity_of_label[m->rating.label], evidence,
		"%.*s in %.*s %.*s%s%.*s, %s%s%.*s", SPAN_ARG(m->id), SPAN_ARG(p->name), SPAN_ARG(p->version),
		m->title.n ? ": " : "", SPAN_ARG(m->title), state_words[m->state], m->fixed.n ? " " : "",
		SPAN_ARG(m->fixed));
}

/* What the distribution itself shrugs at, and headers of a kernel that is not in the image. */
static bool is_unimportant(const vulnerability *v)
{
	const package *p = v->package->package;
	return v->match->state == ADVISORY_IGNORED ||
	       (p->type == PACKAGE_DEB &&
		       (span_is(p->name, "linux-libc-dev") || span_starts(p->name, SPAN("linux-headers-"))));
}

static void judge_vulnerabilities(const rule *r, const document *d, rule_report *out, bool unimportant)
{
	for (uint32_t i = 0; d->inventory && i < d->inventory->vulnerabilities.count; i++) {
		const vulnerability *v = &d->inventory->vulnerabilities.items[i];
		if (is_unimportant(v) == unimportant)
			add_vulnerability(r, d->workloads.items[0], v, out);
	}
}

static void judge_known(const rule *r, const document *d, const bundle *b, rule_report *out)
{
	(void)b;
	judge_vulnerabilities(r, d, out, false);
}

static void judge_unimportant(const rule *r, const document *d, const bundle *b, rule_report *out)
{
	(void)b;
	judge_vulnerabilities(r, d, out, true);
}

/* clang-format off */
static const rule vulnerabilities_rules[] = {
	{.id = "vulnerabilities/never-scanned", .severity = SEVERITY_MEDIUM, .profile = PROFILE_RECOMMENDED,
		.judge = judge_never_scanned, .kinds = 1u << DOCUMENT_CI,
		.title = "Images are built and never scanned",
		.why = "Known vulnerabilities in base images and packages reach production unseen; most breaches use an old one.",
		.aliases = "docker-bench:4.4",
		.references = "CIS-Docker-1.6:4.4"},
	{.id = "vulnerabilities/known", .severity = SEVERITY_MEDIUM, .profile = PROFILE_BASELINE, .judge = judge_known, ON_IMAGE,
		.title = "A package with a known vulnerability",
		.why = "What is known is tried first, by everybody: an old version is an open door with a description of the key.",
		.aliases = "docker-bench:4.4", .references = "CIS-Docker-1.6:4.4"},
	{.id = "vulnerabilities/unimportant", .severity = SEVERITY_INFO, .profile = PROFILE_STRICT, .judge = judge_unimportant, ON_IMAGE,
		.title = "A vulnerability that its distribution calls unimportant",
		.why = "It concerns what is not built, not enabled or not in the image (such as a kernel whose headers lie there); listed for those "
		       "who must account for every number.",
		.aliases = "", .references = ""},
	{.id = "vulnerabilities/end-of-life", .severity = SEVERITY_HIGH, .profile = PROFILE_BASELINE,
		.condition = "image.support_ended exists",
		.title = "The distribution is no longer supported",
		.message = "{workload} is made of {image.distribution}, which has had no security updates since {image.support_ended}",
		.why = "Nobody publishes advisories or fixes for it any more: a scan that finds nothing says nothing.",
		.aliases = "", .references = ""},
};
/* clang-format on */

const rule_table vulnerabilities_table = RULE_TABLE(vulnerabilities_rules);
