/* SPDX-License-Identifier: Apache-2.0
 *
 * What bills of materials have in common, whatever their format. */
#pragma once

#include "inventory/inventory.h"
#include "report/report.h"

/* The image that the bill is of: the first. NULL when none could be read. */
const inventory *bom_image(const report *r);

/* A name for each package that no other has, the same every time: the package URL, with the path behind '#' where one has several. */
typedef struct bom_refs {
	span *items; /* as many as there are packages */
} bom_refs;
bom_refs bom_refs_new(const inventory *im, arena *a);

/* A UUID (RFC 9562, version 8) made of the digest of the image, or of its name and packages where it has none. */
span bom_uuid(const inventory *im, arena *a);

/* Now, or SOURCE_DATE_EPOCH (reproducible-builds.org), as 2026-01-31T12:00:00Z. */
span bom_time(arena *a);
