/* SPDX-License-Identifier: Apache-2.0
 *
 * A bill of materials instead of an image: CycloneDX 1.2 to 1.6 and SPDX 2.2 or 2.3, both as JSON. */
#pragma once

#include "inventory/inventory.h"

typedef LIST(error) sbom_problems;

/* Reads a document into an inventory without layers and files; what cannot be used of it is a problem with its place. All of it lives as long as a and
 * the text. < 0 when it is no bill of materials, or broken JSON. */
int sbom_read(const text *t, arena *a, inventory *ret, sbom_problems *ret_problems, error *e);
