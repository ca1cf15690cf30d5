/* SPDX-License-Identifier: Apache-2.0
 *
 * Version orders: which of two versions of a package is the newer one, as its ecosystem defines it.
 *
 * Every order answers for any bytes, and swapping the two turns the answer round. What its specification calls invalid is still ordered,
 * the same way each time; each order's file says how. All are total but Maven's, whose specification goes round in a circle
 * (version_maven.c). version_valid() tells the two apart. Nothing allocates, numbers may have any length, and the time is linear
 * in the length of the two versions. */
#pragma once

#include "base/span.h"

typedef struct version_order version_order;

typedef struct version_ecosystem {
	const char *name; /* as OSV writes it, or as people do */
	const version_order *order;
} version_ecosystem;

/* All ecosystems; ends with a row without a name. */
extern const version_ecosystem version_ecosystems[];

/* The order of an ecosystem, or NULL. What stands behind a colon ("Debian:12", "Alpine:v3.19") names a release of the ecosystem and does
 * not matter; nor do case, spaces and punctuation ("Red Hat" = "redhat"). */
const version_order *version_order_find(span ecosystem);

/* The name of an order: "dpkg", "semver", … */
const char *version_order_name(const version_order *order);

/* -1 when a is older than b, 0 when they are the same version (which need not be the same bytes), 1 when a is newer. */
int version_compare(const version_order *order, span a, span b);

/* Whether a version is one by the specification of its ecosystem; where that accepts everything, whether it is not empty. */
bool version_valid(const version_order *order, span version);
