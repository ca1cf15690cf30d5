/* SPDX-License-Identifier: Apache-2.0
 *
 * Which files of rules are meant by the paths that -r and --validate take. */
#pragma once

#include "base/arena.h"
#include "base/error.h"

typedef LIST(const char *) watch_paths;

/* Files as they were given; of a folder, those in it that end in .yaml or .yml, in the order of their names (folders in it are not gone
 * into), as Falco does it. Paths live on a, or as long as `words`. < 0: a folder cannot be read, or has more files than
 * LIMIT_WATCH_RULE_FILES. */
int watch_paths_of(const char *const *words, uint32_t count, arena *a, watch_paths *ret, error *e);
