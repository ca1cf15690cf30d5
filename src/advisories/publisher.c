/* SPDX-License-Identifier: Apache-2.0
 *
 * Publishers. The prefixes are those of https://ossf.github.io/osv-schema/#id-modified-fields; licences as the databases state them
 * (https://google.github.io/osv.dev/data/). */
#include "advisories/publisher.h"

enum { RANK_DISTRIBUTION = 1, RANK_ECOSYSTEM, RANK_GENERAL, RANK_OTHER };

/* clang-format off */
static const publisher
	github = {"GitHub", "CC-BY-4.0", "https://github.com/advisories/%s", RANK_ECOSYSTEM, false, false},
	go = {"Go", "CC-BY-4.0", "https://pkg.go.dev/vuln/%s", RANK_ECOSYSTEM, false, false},
	rustsec = {"RustSec", "CC0-1.0", "https://rustsec.org/advisories/%s.html", RANK_ECOSYSTEM, false, false},
	pypa = {"PyPA", "CC-BY-4.0", "https://osv.dev/vulnerability/%s", RANK_GENERAL, false, false},
	rubysec = {"RubySec", "public domain", NULL, RANK_GENERAL, false, false},
	nswg = {"Node.js", "MIT", NULL, RANK_OTHER, false, false},
	retire = {"retire.js", "Apache-2.0", NULL, RANK_OTHER, false, false},
	debian = {"Debian", "public domain", "https://security-tracker.debian.org/tracker/%s", RANK_DISTRIBUTION, false, false},
	ubuntu = {"Ubuntu", "CC-BY-SA-4.0", "https://ubuntu.com/security/notices/%s", RANK_DISTRIBUTION, false, false},
	alpine = {"Alpine", "MIT", NULL, RANK_DISTRIBUTION, false, false},
	alma = {"AlmaLinux", "MIT", NULL, RANK_DISTRIBUTION, true, true},
	rocky = {"Rocky Linux", "BSD-3-Clause", "https://errata.rockylinux.org/%s", RANK_DISTRIBUTION, true, true},
	redhat = {"Red Hat", "CC-BY-4.0", "https://access.redhat.com/errata/%s", RANK_DISTRIBUTION, true, true},
	suse = {"SUSE", "CC-BY-4.0", NULL, RANK_DISTRIBUTION, true, false},
	mageia = {"Mageia", "CC-BY-SA-4.0", "https://advisories.mageia.org/%s.html", RANK_DISTRIBUTION, true, false},
	azure = {"Azure Linux", "MIT", NULL, RANK_DISTRIBUTION, false, false},
	openeuler = {"openEuler", "CC-BY-SA-4.0", NULL, RANK_DISTRIBUTION, true, false},
	photon = {"Photon OS", NULL, NULL, RANK_DISTRIBUTION, true, false},
	amazon = {"Amazon Linux", NULL, NULL, RANK_DISTRIBUTION, true, false},
	oracle = {"Oracle Linux", NULL, "https://linux.oracle.com/errata/%s.html", RANK_DISTRIBUTION, true, false},
	chainguard = {"Chainguard", NULL, NULL, RANK_DISTRIBUTION, false, false},
	bitnami = {"Bitnami", "Apache-2.0", NULL, RANK_GENERAL, false, false},
	malicious = {"OpenSSF malicious packages", "Apache-2.0", NULL, RANK_ECOSYSTEM, false, false},
	oss_fuzz = {"OSS-Fuzz", "CC-BY-4.0", NULL, RANK_GENERAL, false, false},
	haskell = {"Haskell", "CC0-1.0", "https://haskell.github.io/security-advisories/advisory/%s.html", RANK_ECOSYSTEM, false, false},
	r_consortium = {"R Consortium", "Apache-2.0", NULL, RANK_ECOSYSTEM, false, false},
	erlang = {"EEF", "CC-BY-4.0", NULL, RANK_ECOSYSTEM, false, false},
	python = {"Python", "CC-BY-4.0", NULL, RANK_ECOSYSTEM, false, false},
	curl = {"curl", "curl", NULL, RANK_ECOSYSTEM, false, false},
	gsd = {"GSD", "CC0-1.0", NULL, RANK_OTHER, false, false},
	unknown = {"", NULL, NULL, RANK_OTHER, false, false};

static const struct {
	const char *prefix;
	const publisher *publisher;
} prefixes[] = {
	{"GHSA-", &github}, {"GO-", &go}, {"RUSTSEC-", &rustsec}, {"PYSEC-", &pypa}, {"OSVDB-", &rubysec}, {"NSWG-", &nswg},
	{"NODE-", &nswg}, {"RETIRE-", &retire}, {"DEBIAN-", &debian}, {"DSA-", &debian}, {"DLA-", &debian}, {"DTSA-", &debian},
	{"UBUNTU-", &ubuntu}, {"USN-", &ubuntu}, {"LSN-", &ubuntu}, {"ALPINE-", &alpine}, {"ALSA-", &alma}, {"ALBA-", &alma},
	{"ALEA-", &alma}, {"RLSA-", &rocky}, {"RXSA-", &rocky}, {"RHSA-", &redhat}, {"RHBA-", &redhat}, {"RHEA-", &redhat},
	{"SUSE-", &suse}, {"openSUSE-", &suse}, {"MGASA-", &mageia}, {"AZL-", &azure}, {"OESA-", &openeuler}, {"PHSA-", &photon},
	{"ALAS", &amazon}, {"ELSA-", &oracle}, {"CGA-", &chainguard}, {"BIT-", &bitnami}, {"MAL-", &malicious}, {"OSV-", &oss_fuzz},
	{"HSEC-", &haskell}, {"RSEC-", &r_consortium}, {"EEF-", &erlang}, {"PSF-", &python}, {"CURL-", &curl}, {"GSD-", &gsd},
};

static const struct {
	const char *ecosystem;
	const publisher *publisher;
} ecosystems[] = {
	{"rubygems", &rubysec}, {"debian", &debian}, {"ubuntu", &ubuntu}, {"alpine", &alpine}, {"almalinux", &alma}, {"rocky linux", &rocky},
	{"red hat", &redhat}, {"pypi", &pypa}, {"crates.io", &rustsec}, {"go", &go}, {"binary", &nswg}, {"npm", &retire},
};
/* clang-format on */

const publisher *publisher_find(span id, span ecosystem)
{
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (span_starts(id, span_of(prefixes[i].prefix)))
			return prefixes[i].publisher;
	span base = span_trim(span_sub(ecosystem, 0, span_find_byte(ecosystem, ':')));
	for (size_t i = 0; i < sizeof ecosystems / sizeof *ecosystems; i++)
		if (span_is_fold(base, ecosystems[i].ecosystem))
			return ecosystems[i].publisher;
	return &unknown;
}
