/* SPDX-License-Identifier: Apache-2.0 */
#include "sources/compose.h"
static void read_none(const text *t, loader *files, bundle *b) { (void)t, (void)files, (void)b; }
void compose_read_files(const char *const *paths, uint32_t count, loader *files, bundle *b) { (void)paths, (void)count, (void)files, (void)b; }
void compose_link(bundle *b, loader *files) { (void)b, (void)files; }
const source compose_source = {.name = "compose", .read = read_none};
