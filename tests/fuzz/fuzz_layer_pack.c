/* SPDX-License-Identifier: Apache-2.0
 *
 * The memory of a layer, damaged in every way: what is taken back from it packs into the same list again. */
#include "fuzz.h"
#include "image/layer_pack.h"
#include "inventory/pack.h"

static const image_reader reader = {.pack = reading_pack, .unpack = reading_unpack};

static bool take(span bytes, layer_list *ret)
{
	atomic_size_t index_bytes = 0;
	*ret = (layer_list){0};
	ret->last = &ret->first;
	return layer_unpack(bytes, &reader, &index_bytes, ret);
}

FUZZ(bytes)
{
	layer_list once, again;
	if (!take(bytes, &once))
		return;
	auto_buffer packed = {0}, twice = {0};
	if (layer_pack(&once, &reader, &packed)) {
		FUZZ_HOLDS(take(buffer_span(&packed), &again) && layer_pack(&again, &reader, &twice));
		FUZZ_HOLDS(span_equal(buffer_span(&packed), buffer_span(&twice)));
		layer_list_done(&again);
	}
	layer_list_done(&once);
}
