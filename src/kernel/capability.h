/* SPDX-License-Identifier: Apache-2.0
 *
 * The names of the 41 capabilities (capabilities(7), linux/capability.h). Sets are 64 bits, bit i for capability i, as /proc prints them. */
#pragma once

#include "base/span.h"

enum { CAPABILITY_COUNT = 41 };
#define CAPABILITY_ALL (((uint64_t)1 << CAPABILITY_COUNT) - 1)

/* In upper case without CAP_, by number. */
extern const char *const capability_names[CAPABILITY_COUNT];

/* The number of a name in any case, with or without CAP_; -1 if there is none. */
int capability_number(span name);
