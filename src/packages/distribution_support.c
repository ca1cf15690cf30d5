/* SPDX-License-Identifier: Apache-2.0
 *
 * Until when releases are supported, as their makers announced it: Debian and Ubuntu as in their distro-info-data, Alpine alpinelinux.org/releases, Red Hat
 * access.redhat.com/support/policy/updates/errata, CentOS centos.org/about, AlmaLinux wiki.almalinux.org/release-notes, Rocky Linux
 * wiki.rockylinux.org/rocky/version, Fedora docs.fedoraproject.org/releases/eol, openSUSE en.opensuse.org/Lifetime, SUSE suse.com/lifecycle, Amazon
 * aws.amazon.com/amazon-linux-2/faqs and docs.aws.amazon.com/linux, Oracle "Oracle Linux Support Policies", Microsoft learn.microsoft.com/azure/azure-linux.
 * What was not announced for sure is left out. */
#include "packages/distribution.h"

typedef struct support_row {
	const char *id, *version; /* the version whole, or up to a '.' */
	distribution_support support;
} support_row;

#define LTS  "LTS", true
#define ELTS "extended life cycle support", false
#define ESM  "Ubuntu Pro (ESM)", false
#define LTSS "LTSS", false
#define PAID "extended support", false
#define NONE NULL, NULL, false

/* clang-format off */
static const support_row rows[] = {
	{"debian", "7",  {"2016-04-25", "2018-05-31", LTS}},
	{"debian", "8",  {"2018-06-17", "2020-06-30", LTS}},
	{"debian", "9",  {"2020-07-18", "2022-06-30", LTS}},
	{"debian", "10", {"2022-09-10", "2024-06-30", LTS}},
	{"debian", "11", {"2024-08-14", "2026-08-31", LTS}},
	{"debian", "12", {"2026-07-11", "2028-06-30", LTS}},
	{"debian", "13", {"2028-08-09", "2030-06-30", LTS}},

	{"ubuntu", "12.04", {"2017-04-28", "2019-04-26", ESM}},
	{"ubuntu", "14.04", {"2019-04-25", "2024-04-25", ESM}},
	{"ubuntu", "16.04", {"2021-04-30", "2026-04-23", ESM}},
	{"ubuntu", "18.04", {"2023-05-31", "2028-04-26", ESM}},
	{"ubuntu", "18.10", {"2019-07-18", NONE}},
	{"ubuntu", "19.04", {"2020-01-23", NONE}},
	{"ubuntu", "19.10", {"2020-07-17", NONE}},
	{"ubuntu", "20.04", {"2025-05-29", "2030-04-23", ESM}},
	{"ubuntu", "20.10", {"2021-07-22", NONE}},
	{"ubuntu", "21.04", {"2022-01-20", NONE}},
	{"ubuntu", "21.10", {"2022-07-14", NONE}},
	{"ubuntu", "22.04", {"2027-06-01", "2032-04-21", ESM}},
	{"ubuntu", "22.10", {"2023-07-20", NONE}},
	{"ubuntu", "23.04", {"2024-01-25", NONE}},
	{"ubuntu", "23.10", {"2024-07-11", NONE}},
	{"ubuntu", "24.04", {"2029-05-31", "2034-04-25", ESM}},
	{"ubuntu", "24.10", {"2025-07-10", NONE}},
	{"ubuntu", "25.04", {"2026-01-15", NONE}},
	{"ubuntu", "25.10", {"2026-07-09", NONE}},
	{"ubuntu", "26.04", {"2031-05-29", "2036-04-23", ESM}},

	{"alpine", "3.3",  {"2017-11-01", NONE}},
	{"alpine", "3.4",  {"2018-05-01", NONE}},
	{"alpine", "3.5",  {"2018-11-01", NONE}},
	{"alpine", "3.6",  {"2019-05-01", NONE}},
	{"alpine", "3.7",  {"2019-11-01", NONE}},
	{"alpine", "3.8",  {"2020-05-01", NONE}},
	{"alpine", "3.9",  {"2020-11-01", NONE}},
	{"alpine", "3.10", {"2021-05-01", NONE}},
	{"alpine", "3.11", {"2021-11-01", NONE}},
	{"alpine", "3.12", {"2022-05-01", NONE}},
	{"alpine", "3.13", {"2022-11-01", NONE}},
	{"alpine", "3.14", {"2023-05-01", NONE}},
	{"alpine", "3.15", {"2023-11-01", NONE}},
	{"alpine", "3.16", {"2024-05-23", NONE}},
	{"alpine", "3.17", {"2024-11-22", NONE}},
	{"alpine", "3.18", {"2025-05-09", NONE}},
	{"alpine", "3.19", {"2025-11-01", NONE}},
	{"alpine", "3.20", {"2026-04-01", NONE}},
	{"alpine", "3.21", {"2026-11-01", NONE}},
	{"alpine", "3.22", {"2027-05-01", NONE}},
	{"alpine", "3.23", {"2027-11-01", NONE}},

	{"almalinux", "8",  {"2029-03-01", NONE}},
	{"almalinux", "9",  {"2032-05-31", NONE}},
	{"almalinux", "10", {"2035-05-31", NONE}},
	{"rocky", "8",  {"2029-05-31", NONE}},
	{"rocky", "9",  {"2032-05-31", NONE}},
	{"rocky", "10", {"2035-05-31", NONE}},
	{"rhel", "5",  {"2017-03-31", "2020-11-30", ELTS}},
	{"rhel", "6",  {"2020-11-30", "2024-06-30", ELTS}},
	{"rhel", "7",  {"2024-06-30", "2028-06-30", ELTS}},
	{"rhel", "8",  {"2029-05-31", "2032-05-31", ELTS}},
	{"rhel", "9",  {"2032-05-31", "2035-05-31", ELTS}},
	{"rhel", "10", {"2035-05-31", "2038-05-31", ELTS}},
	{"centos", "5", {"2017-03-31", NONE}},
	{"centos", "6", {"2020-11-30", NONE}},
	{"centos", "7", {"2024-06-30", NONE}},
	{"centos", "8", {"2021-12-31", NONE}},
	{"centos-stream", "8",  {"2024-05-31", NONE}},
	{"centos-stream", "9",  {"2027-05-31", NONE}},
	{"ol", "6",  {"2021-03-31", "2024-12-31", PAID}},
	{"ol", "7",  {"2024-12-31", "2028-06-30", PAID}},
	{"ol", "8",  {"2029-07-31", "2032-07-31", PAID}},
	{"ol", "9",  {"2032-06-30", "2035-06-30", PAID}},
	{"amzn", "2018.03", {"2023-12-31", NONE}},
	{"amzn", "2",       {"2026-06-30", NONE}},
	{"amzn", "2023",    {"2029-06-30", NONE}},
	{"mariner", "1", {"2023-07-31", NONE}},
	{"mariner", "2", {"2025-07-31", NONE}},

	{"fedora", "34", {"2022-06-07", NONE}},
	{"fedora", "35", {"2022-12-13", NONE}},
	{"fedora", "36", {"2023-05-16", NONE}},
	{"fedora", "37", {"2023-12-05", NONE}},
	{"fedora", "38", {"2024-05-21", NONE}},
	{"fedora", "39", {"2024-11-26", NONE}},
	{"fedora", "40", {"2025-05-13", NONE}},

	{"opensuse-leap", "42.3", {"2019-06-30", NONE}},
	{"opensuse-leap", "15.0", {"2019-12-03", NONE}},
	{"opensuse-leap", "15.1", {"2021-02-02", NONE}},
	{"opensuse-leap", "15.2", {"2022-01-04", NONE}},
	{"opensuse-leap", "15.3", {"2022-12-31", NONE}},
	{"opensuse-leap", "15.4", {"2023-12-07", NONE}},
	{"opensuse-leap", "15.5", {"2024-12-31", NONE}},
	{"opensuse-leap", "15.6", {"2026-04-30", NONE}},
	{"sles", "12.4", {"2020-06-30", "2023-06-30", LTSS}},
	{"sles", "12.5", {"2024-10-31", "2027-10-31", LTSS}},
	{"sles", "15.1", {"2021-01-31", "2024-01-31", LTSS}},
	{"sles", "15.2", {"2021-12-31", "2024-12-31", LTSS}},
	{"sles", "15.3", {"2022-12-31", "2025-12-31", LTSS}},
	{"sles", "15.4", {"2023-12-31", "2026-12-31", LTSS}},
	{"sles", "15.5", {"2024-12-31", "2027-12-31", LTSS}},
	{"sles", "15.6", {"2025-12-31", "2028-12-31", LTSS}},
	{"sles", "15.7", {"2031-07-31", "2034-07-31", LTSS}},
};
/* clang-format on */

/* "9.3" is of "9", "3.19.1" of "3.19", and "3.2" not of "3.20". */
static bool version_is(span version, const char *row)
{
	span want = span_of(row);
	return span_starts(version, want) && (version.n == want.n || version.p[want.n] == '.');
}

bool distribution_support_find(const package_release *r, distribution_support *ret)
{
	span id = r->id;
	/* CentOS Linux and CentOS Stream call themselves the same. */
	if (span_is(id, "centos") && span_contains(r->pretty, "Stream"))
		id = SPAN("centos-stream");
	if (span_find_byte(r->version, '_') != SPAN_NONE) /* Alpine's edge: "3.21.0_alpha20240807" */
		return false;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (span_is_fold(id, rows[i].id) && version_is(r->version, rows[i].version)) {
			*ret = rows[i].support;
			return true;
		}
	return false;
}
