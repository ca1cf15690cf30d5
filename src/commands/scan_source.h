/* SPDX-License-Identifier: Apache-2.0
 *
 * From what the person typed to an image on disk: a path, or a reference that is pulled from its registry. */
#pragma once

#include "commands/scan.h"

/* Finds (and fetches) what a word names; lives as long as the arena. < 0 with the word's fault in *e. */
int scan_source_find(const scan_options *o, const char *word, arena *a, scan_subject *ret, error *e);
