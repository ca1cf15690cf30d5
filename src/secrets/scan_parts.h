/* SPDX-License-Identifier: Apache-2.0
 *
 * What the scanner's files and its tests share. */
#pragma once

#include "secrets/scan.h"

/* UTF-16 with a byte order mark as UTF-8, on an arena; what is malformed becomes U+FFFD. */
span secret_from_utf16(span bytes, arena *a);

/* How many lanes the automaton walks (4; or 1, to compare with). The results are the same. */
void secret_scratch_lanes(secret_scratch *s, uint32_t lanes);
