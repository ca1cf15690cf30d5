/* SPDX-License-Identifier: Apache-2.0
 *
 * Names and versions by ecosystem. PyPI: PEP 503, "Normalized Names". NuGet, Packagist, GitHub Actions, SwiftURL: case does not count. crates.io:
 * neither case nor - and _ tell crates apart. All others take names as they are. */
#include "advisories/ecosystem.h"

typedef enum folding {
	FOLD_CASE,
	FOLD_CRATE, /* and _ is - */
	FOLD_PYPI,  /* and runs of - _ . are one - */
} folding;

static const struct {
	const char *ecosystem;
	folding folding;
} foldings[] = {
	{"pypi", FOLD_PYPI},
	{"crates.io", FOLD_CRATE},
	{"nuget", FOLD_CASE},
	{"packagist", FOLD_CASE},
	{"github actions", FOLD_CASE},
	{"swifturl", FOLD_CASE},
};

static span base_of(span ecosystem)
{
	return span_trim(span_sub(ecosystem, 0, span_find_byte(ecosystem, ':')));
}

const version_order *ecosystem_order(span ecosystem)
{
	return version_order_find(
		span_is_fold(base_of(ecosystem), ECOSYSTEM_BINARY) ? SPAN("semver") : ecosystem);
}

bool ecosystem_is_rpm(span ecosystem)
{
	const version_order *order = version_order_find(ecosystem);
	return order && strcmp(version_order_name(order), "rpm") == 0;
}

static span lower(span s, arena *a)
{
	span copy = arena_copy(a, s);
	char *p = (char *)copy.p;
	for (size_t i = 0; i < copy.n; i++)
		p[i] = ascii_lower(p[i]);
	return copy;
}

/* "red hat:enterprise_linux:9::baseos" and "red hat:enterprise_linux:10.1" are of the releases 9 and 10: Red Hat names the repository, which an
 * installed package does not know, and lately the minor release, which an installed system leaves with each update. */
static span redhat_release(span key)
{
	static const span start = {"red hat:enterprise_linux:", 25};
	if (!span_starts(key, start))
		return key;
	size_t n = start.n;
	while (n < key.n && ascii_digit(key.p[n]))
		n++;
	return span_sub(key, 0, n);
}

span ecosystem_key(span ecosystem, arena *a)
{
	return redhat_release(lower(span_trim(ecosystem), a));
}

static bool pypi_separator(char c)
{
	return c == '-' || c == '_' || c == '.';
}

static span fold_pypi(span name, arena *a)
{
	char *p = arena_alloc(a, name.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < name.n; i++)
		if (!pypi_separator(name.p[i]))
			p[n++] = ascii_lower(name.p[i]);
		else if (i == 0 || !pypi_separator(name.p[i - 1]))
			p[n++] = '-';
	return (span){p, n};
}

static span fold_crate(span name, arena *a)
{
	span folded = lower(name, a);
	char *p = (char *)folded.p;
	for (size_t i = 0; i < folded.n; i++)
		p[i] = p[i] == '_' ? '-' : p[i];
	return folded;
}

span ecosystem_name(span ecosystem, span name, arena *a)
{
	static span (*const folds[])(span, arena *) = {
		[FOLD_CASE] = lower, [FOLD_CRATE] = fold_crate, [FOLD_PYPI] = fold_pypi};
	span base = base_of(ecosystem);
	for (size_t i = 0; i < sizeof foldings / sizeof *foldings; i++)
		if (span_is_fold(base, foldings[i].ecosystem))
			return folds[foldings[i].folding](name, a);
	return name;
}

span ecosystem_version(span ecosystem, span version)
{
	version = span_trim(version);
	span base = base_of(ecosystem);
	bool program = span_is_fold(base, ECOSYSTEM_BINARY);
	if (!program && !span_is_fold(base, "go"))
		return version;
	if (!program && span_starts(version, SPAN("go")))
		version = span_from(version, 2);
	if (version.n > 1 && version.p[0] == 'v' && ascii_digit(version.p[1]))
		version = span_from(version, 1);
	return version;
}
