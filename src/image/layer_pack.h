/* SPDX-License-Identifier: Apache-2.0
 *
 * What a pass over a layer found, as bytes that are kept between runs (image_reader.keep), and back. */
#pragma once

#include "base/pack.h"
#include "image/layer.h"

/* False when something of it cannot be kept: image_reader.pack said so, or it was damaged. */
bool layer_pack(const layer_list *l, const image_reader *r, buffer *out);

/* Fills an empty list; false when the bytes are damaged or there is no room: the list is then emptied again. The bytes must live as long as it. */
bool layer_unpack(span bytes, const image_reader *r, atomic_size_t *index_bytes, layer_list *ret);
