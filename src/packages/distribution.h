/* SPDX-License-Identifier: Apache-2.0
 *
 * What is known of a distribution and its release: how OSV names it, how to ask for one of its packages, and until when it is supported. */
#pragma once

#include "packages/package.h"

/* How long a release is mended. Days are "2026-08-31"; NULL is not known. */
typedef struct distribution_support {
	const char *standard; /* the last day of support that everybody has */
	const char *
		extended; /* the last day of all support, by whoever and for whoever pays for it; NULL: there is none */
	const char *
		extension; /* what the time between the two is called: "LTS", "Ubuntu Pro (ESM)"; NULL: there is none */
	bool free; /* the extended support costs nothing and needs no other sources: Debian's LTS */
} distribution_support;

/* What the tables say of the release; false when they do not know it. */
bool distribution_support_find(const package_release *r, distribution_support *ret);

/* The name for people: PRETTY_NAME, else made of the rest. On a. */
span distribution_name(const package_release *r, arena *a);

/* What to look a package up by. */
typedef struct distribution_query {
	LIST(span) ecosystems; /* as OSV writes them, the most likely first */
	span name, version;
	span binary; /* the installed package, where name is its source; else empty */
} distribution_query;

/* Under which ecosystems and names advisories speak of a package. False when there are none: the distribution is not known, or the package is of another
 * family than its own (an rpm on Debian). r may be NULL. Languages have an ecosystem whatever the distribution. Spans live as long as a and p. */
bool distribution_query_make(const package_release *r, const package *p, arena *a, distribution_query *ret);
