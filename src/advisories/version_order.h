/* SPDX-License-Identifier: Apache-2.0
 *
 * What the version orders share among themselves. */
#pragma once

#include "advisories/version.h"

struct version_order {
	const char *name;
	int (*compare)(span a, span b); /* any sign */
	bool (*valid)(span version);
};

extern const version_order version_dpkg, version_rpm, version_apk, version_semver, version_pub, version_nuget,
	version_pep440, version_maven, version_rubygems, version_packagist, version_cran, version_hackage;

/* The first byte of s, or 0. */
static inline char version_first(span s)
{
	return s.n ? s.p[0] : 0;
}

static inline bool version_alnum(char c)
{
	return ascii_digit(c) || ascii_alpha(c);
}

/* Takes the longest start of *rest that is made of bytes of a kind. */
span version_take(span *rest, bool (*of_kind)(char));

/* Takes the byte c off *rest if it is the first one. */
bool version_skip(span *rest, char c);

/* Whether s is not empty and made of bytes of a kind. */
bool version_all(span s, bool (*of_kind)(char));

/* The values of two runs of digits, of any length; an empty run is 0. */
int version_number(span a, span b);

/* Whether a run of digits has the value 0; an empty run has. */
bool version_zero(span digits);

/* A number without a leading zero, as SemVer and Cabal ask. */
bool version_canonical_number(span s);

/* Byte order that ignores ASCII case. */
int version_fold(span a, span b);

/* PyPI's order before PEP 440, for what is no version by PEP 440. */
int version_pypi_legacy(span a, span b);
