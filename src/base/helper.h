/* SPDX-License-Identifier: Apache-2.0
 *
 * Programs that belong to bulkhead and are started by it: what needs many libraries, or the network, is not linked into what needs neither. */
#pragma once

#include "base/arena.h"
#include "base/error.h"

/* The path of such a program ("bulkhead-scan"): beside this one, else where it is installed. ERROR_ABSENT when it is in neither place. On a. */
int helper_find(const char *name, arena *a, const char **ret, error *e);
