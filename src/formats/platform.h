/* SPDX-License-Identifier: Apache-2.0
 *
 * Platforms of images, "os/architecture[/variant]" as Go and OCI name them. */
#pragma once

#include "base/arena.h"

typedef struct platform { /* empty: not said */
	span os, architecture, variant;
} platform;

/* "linux/arm/v7", borrowed. */
platform platform_parse(span text);

/* What this machine runs; the spans are static. */
platform platform_here(void);

/* How well an image of platform `have` serves one who wants `want` (whose empty parts are those of this machine): 0 not at all, else the more the
 * better. 32-bit ARM runs what was made for older versions; a variant that nobody says is the oldest. */
unsigned platform_fits(const platform *want, const platform *have);
