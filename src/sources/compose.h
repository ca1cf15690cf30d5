/* SPDX-License-Identifier: Apache-2.0
 *
 * Compose projects: what collecting them needs beside the source itself. */
#pragma once

#include "sources/sources.h"

/* Reads several files as one project, each laid over the ones before it (docker compose -f a -f b). Faults are problems of b. */
void compose_read_files(const char *const *paths, uint32_t count, loader *files, bundle *b);

/* Gives services with `build:` the stage of their Dockerfile as the lower workload: one of the bundle's, or read from its file
 * (then as a referenced document). To be called once everything is in b. */
void compose_link(bundle *b, loader *files);
