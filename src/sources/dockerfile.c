/* SPDX-License-Identifier: Apache-2.0 */
#include "sources/sources.h"
static void read_none(const text *t, loader *files, bundle *b) { (void)t, (void)files, (void)b; }
const source dockerfile_source = {.name = "dockerfile", .read = read_none};
