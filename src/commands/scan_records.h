/* SPDX-License-Identifier: Apache-2.0
 *
 * bulkhead scan --records. */
#pragma once

#include "commands/scan.h"

/* Seconds of "30s", "15m", "12h", "7d", "2w"; false when it is none of these. */
bool duration_read(span text, int64_t *ret);

/* Lists the images of this machine's engines with their records of scans. EXIT_FINDINGS when one has no fresh record, EXIT_INCOMPLETE when an engine
 * could not be asked or there is none. */
int scan_records_list(const scan_options *o);
