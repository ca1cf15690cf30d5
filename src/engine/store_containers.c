/* SPDX-License-Identifier: Apache-2.0
 *
 * containers/storage: DRIVER-images/images.json has ids, names and digests, DRIVER-images/ID/ the config, which is the item that is named after
 * the image's digest (names that are no plain words are written as '=' and base64); DRIVER-layers/layers.json has layers with their parents. Images
 * and layers may lie in additional stores, which are read like the first. Layers that are kept in a composefs are left to the engine. */
#include "base/files.h"
#include "base/limits.h"
#include "engine/store.h"

typedef struct store_layer {
	span id, parent;
	const char *root;
	uint64_t size;
	bool inner; /* another layer of an image stands on it */
} store_layer;

/* --- layers --- */

static int layers_read(engine_store *s, const char *root, error *e)
{
	node *all = NULL;
	int64_t size;
	TRY(store_json(store_path(s, root, "@-layers/layers.json", (span){0}), s->arena, &all, e));
	for (uint32_t i = 0; node_is_list(all) && i < all->count; i++) {
		store_layer *layer = ARENA_NEW(s->arena, store_layer);
		*layer = (store_layer){.id = node_text(node_get(all->items[i], "id")),
			.parent = node_text(node_get(all->items[i], "parent")),
			.root = root};
		if (node_int(node_get(all->items[i], "diff-size"), &size) && size > 0)
			layer->size = (uint64_t)size;
		if (store_is_id(layer->id) && !map_get(&s->layers, layer->id))
			map_set(&s->layers, s->arena, layer->id, layer);
	}
	return 0;
}

/* From the topmost layer down. */
static int chain_read(engine_store *s, span top, store_layer **ret, uint32_t *ret_count, error *e)
{
	uint32_t count = 0;
	for (span id = top; id.n; id = ret[count++]->parent) {
		if (count == LIMIT_IMAGE_LAYERS)
			return error_set(e, ERROR_LIMIT, "more than %d layers", LIMIT_IMAGE_LAYERS);
		ret[count] = map_get(&s->layers, id);
		if (!ret[count])
			return error_set(e, ERROR_DAMAGED, "the store has no layer %.*s",
				SPAN_ARG(span_sub(id, 0, 12)));
	}
	*ret_count = count;
	return 0;
}

/* --- images --- */

static void image_take(engine_store *s, const node *from)
{
	span id = node_text(node_get(from, "id"));
	const node *names = node_get(from, "names");
	if (!store_is_id(id) || s->images.count >= LIMIT_ENGINE_IMAGES)
		return;
	engine_image im = {.engine = ENGINE_PODMAN,
		.id = arena_format(s->arena, "sha256:%.*s", SPAN_ARG(id)),
		.digest = node_text(node_get(from, "digest")),
		.layer = node_text(node_get(from, "layer")),
		.created = store_time(node_text(node_get(from, "created")))};
	for (uint32_t i = 0; node_is_list(names) && i < names->count; i++)
		list_push(s->arena, &im.names, node_text(names->items[i]));
	list_push(s->arena, &s->images, im);
}

static int images_read(engine_store *s, const char *root, error *e)
{
	node *all = NULL;
	TRY(store_json(store_path(s, root, "@-images/images.json", (span){0}), s->arena, &all, e));
	for (uint32_t i = 0; node_is_list(all) && i < all->count; i++)
		image_take(s, all->items[i]);
	return 0;
}

/* What nobody named and something stands on is a step of a build. Each layer is passed once. */
static void mark_inner(engine_store *s)
{
	list_each(const engine_image, im, &s->images) {
		store_layer *layer = map_get(&s->layers, im->layer);
		layer = layer ? map_get(&s->layers, layer->parent) : NULL;
		for (; layer && !layer->inner; layer = map_get(&s->layers, layer->parent))
			layer->inner = true;
	}
	list_each(engine_image, im, &s->images) {
		const store_layer *layer = map_get(&s->layers, im->layer);
		im->inner = im->names.count == 0 && layer && layer->inner;
	}
}

static int root_read(engine_store *s, const char *root, error *e)
{
	TRY(images_read(s, root, e));
	return layers_read(s, root, e);
}

/* Where nobody says which driver it is, the store does: the first that has images. */
static int first_root_read(engine_store *s, error *e)
{
	if (s->driver)
		return root_read(s, s->root, e);
	int status = error_set(e, ERROR_ABSENT, "there is no store");
	for (const store_driver *d = NULL; status == -ERROR_ABSENT && (d = store_driver_next(d));) {
		s->driver = d->name;
		status = root_read(s, s->root, e);
	}
	if (status == -ERROR_ABSENT)
		return error_set(e, ERROR_ABSENT, "%s: no store of layers that are folders", s->root);
	return status;
}

int engine_store_open_containers(engine_store *s, error *e)
{
	TRY(storage_configure(s, e));
	s->root = s->roots[0];
	if (s->driver && !store_driver_find(span_of(s->driver)))
		return error_set(
			e, ERROR_ABSENT, "%s: its driver is %s, not one of folders", s->root, s->driver);
	TRY(first_root_read(s, e));
	for (uint32_t i = 1; i < s->root_count; i++) {
		error why; /* a store that is missing hides its images only */
		root_read(s, s->roots[i], &why);
	}
	mark_inner(s);
	return 0;
}

/* --- one image --- */

static void base64_add(buffer *b, span from)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	for (size_t i = 0; i < from.n; i += 3) {
		uint32_t group = 0;
		for (size_t k = 0; k < 3; k++)
			group = group << 8 | (i + k < from.n ? (unsigned char)from.p[i + k] : 0);
		for (size_t k = 0; k < 4; k++)
			buffer_add_byte(b, i + k > from.n ? '=' : digits[group >> (18 - 6 * k) & 63]);
	}
}

/* The folder of an image, which lies in one of the stores. */
static const char *config_path(engine_store *s, const engine_image *im)
{
	auto_buffer item = {0};
	buffer_format(&item, "%.*s/=", SPAN_ARG(store_hex(im->id)));
	base64_add(&item, im->id);
	const char *path = "";
	for (uint32_t i = 0; i < s->root_count; i++) {
		path = store_path(s, s->roots[i], "@-images/#", buffer_span(&item));
		if (files_exists(path))
			return path;
	}
	return path;
}

static int folder_of(engine_store *s, const store_layer *layer, const char **ret, error *e)
{
	const store_driver *driver = store_driver_find(span_of(s->driver));
	if (files_exists(store_path(s, layer->root, "@/#/composefs-data", layer->id)))
		return error_set(e, ERROR_ABSENT, "its layers are kept in a composefs");
	*ret = store_path(s, layer->root, driver->folder, layer->id);
	return 0;
}

int engine_store_folders_containers(engine_store *s, const engine_image *im, image_folders *ret, error *e)
{
	store_layer **chain = ARENA_ARRAY(s->arena, store_layer *, LIMIT_IMAGE_LAYERS);
	const char **folders = ARENA_ARRAY(s->arena, const char *, LIMIT_IMAGE_LAYERS);
	TRY(chain_read(s, im->layer, chain, &ret->count, e));
	for (uint32_t i = 0; i < ret->count; i++)
		TRY(folder_of(s, chain[ret->count - 1 - i], &folders[i], e));
	ret->config = config_path(s, im);
	ret->folders = folders;
	ret->whole = store_driver_find(span_of(s->driver))->whole;
	return 0;
}

void engine_store_describe_containers(engine_store *s, engine_image *im)
{
	const store_layer *layer = map_get(&s->layers, im->layer);
	for (uint32_t i = 0; layer && i < LIMIT_IMAGE_LAYERS; i++) {
		im->size += layer->size;
		layer = map_get(&s->layers, layer->parent);
	}
}
