/* SPDX-License-Identifier: Apache-2.0
 *
 * Readings of files as bytes; for image_reader.pack and .unpack. */
#pragma once

#include "base/pack.h"
#include "inventory/parts.h"

bool reading_pack(const void *found, buffer *out);

/* A reading on a; on damage u->failed is set. Spans point into the bytes. */
void *reading_unpack(unpack *u, arena *a);
