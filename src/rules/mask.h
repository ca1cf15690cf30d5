/* SPDX-License-Identifier: Apache-2.0
 *
 * Secrets are never printed. A mask knows where the texts of a bundle hold one and gives copies of those texts in which it is
 * replaced by stars, byte for byte, so that all offsets stay. */
#pragma once

#include "base/map.h"
#include "rules/finding.h"

typedef struct mask {
	map texts; /* text -> its copy */
	arena *arena;
} mask;

/* Masks the values of environment variables, build arguments and labels that look like secrets. Lives as long as a. */
void mask_init(mask *m, const bundle *b, arena *a);

/* Masks what findings of control `secrets` point at, behind its name. */
void mask_findings(mask *m, const finding_list *findings);

/* The text to show instead of t; t itself if it holds no secret. m may be NULL. */
const text *mask_text(const mask *m, const text *t);
