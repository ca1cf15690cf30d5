/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether a folder lies on a file system of its own, by mountinfo (proc(5)). */
#pragma once

#include "base/span.h"

#include <stdint.h>

/* 1 when the file system under `path` is another than the one under the folder that holds it, 0 when it is the same: also when a folder is mounted onto
 * itself, which Docker does with its data root. -1: no mount covers it. *ret_line is the mount that covers the path. */
int mounts_own_partition(span mountinfo, span path, span *ret_line);
