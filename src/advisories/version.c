/* SPDX-License-Identifier: Apache-2.0
 *
 * Ecosystems and their version orders. The names are those of the OSV schema, of distributions that OSV does not name, and of the orders
 * themselves. */
#include "advisories/version_order.h"

const version_ecosystem version_ecosystems[] = {
	{"Debian", &version_dpkg},
	{"Ubuntu", &version_dpkg},
	{"Echo", &version_dpkg},
	{"dpkg", &version_dpkg},
	{"Red Hat", &version_rpm},
	{"AlmaLinux", &version_rpm},
	{"Rocky Linux", &version_rpm},
	{"Rocky", &version_rpm},
	{"SUSE", &version_rpm},
	{"openSUSE", &version_rpm},
	{"Mageia", &version_rpm},
	{"Azure Linux", &version_rpm},
	{"CBL-Mariner", &version_rpm},
	{"openEuler", &version_rpm},
	{"Photon OS", &version_rpm},
	{"Fedora", &version_rpm},
	{"CentOS", &version_rpm},
	{"Oracle Linux", &version_rpm},
	{"Amazon Linux", &version_rpm},
	{"rpm", &version_rpm},
	{"Alpine", &version_apk},
	{"Wolfi", &version_apk},
	{"Chainguard", &version_apk},
	{"MinimOS", &version_apk},
	{"Alpaquita", &version_apk},
	{"BellSoft Hardened Containers", &version_apk},
	{"apk", &version_apk},
	{"npm", &version_semver},
	{"crates.io", &version_semver},
	{"Go", &version_semver},
	{"Hex", &version_semver},
	{"SwiftURL", &version_semver},
	{"GitHub Actions", &version_semver},
	{"Bitnami", &version_semver},
	{"Kubernetes", &version_semver},
	{"Julia", &version_semver},
	{"VSCode", &version_semver},
	{"semver", &version_semver},
	{"Pub", &version_pub},
	{"NuGet", &version_nuget},
	{"PyPI", &version_pep440},
	{"pep440", &version_pep440},
	{"Maven", &version_maven},
	{"RubyGems", &version_rubygems},
	{"Packagist", &version_packagist},
	{"Composer", &version_packagist},
	{"CRAN", &version_cran},
	{"Bioconductor", &version_cran},
	{"Hackage", &version_hackage},
	{"GHC", &version_hackage},
	{NULL, NULL},
};

/* The next letter or digit of a name, lower case; 0 at its end. */
static char name_next(span *name)
{
	while (name->n) {
		char c = ascii_lower(name->p[0]);
		*name = span_from(*name, 1);
		if (version_alnum(c))
			return c;
	}
	return 0;
}

static bool name_equal(span a, span b)
{
	char from_a, from_b;
	do {
		from_a = name_next(&a);
		from_b = name_next(&b);
	} while (from_a && from_a == from_b);
	return from_a == from_b;
}

const version_order *version_order_find(span ecosystem)
{
	span name = span_sub(ecosystem, 0, span_find_byte(ecosystem, ':'));
	for (const version_ecosystem *row = version_ecosystems; row->name; row++)
		if (name_equal(name, span_of(row->name)))
			return row->order;
	return NULL;
}

const char *version_order_name(const version_order *order)
{
	return order->name;
}

int version_compare(const version_order *order, span a, span b)
{
	int result = order->compare(a, b);
	return (result > 0) - (result < 0);
}

bool version_valid(const version_order *order, span version)
{
	return order->valid(version);
}
