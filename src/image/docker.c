/* SPDX-License-Identifier: Apache-2.0
 *
 * What `docker save` writes: manifest.json (Docker image specification v1.2, "Combined Image JSON + Filesystem Changeset Format"), and the
 * layout before it (v1.0), where each layer is a folder with a json that names its parent. */
#include "base/limits.h"
#include "image/manifest.h"

static bool named(const node *entry, const char *reference)
{
	const node *tags = node_get(entry, "RepoTags");
	for (uint32_t i = 0; node_is_list(tags) && i < tags->count; i++)
		if (span_is(node_text(tags->items[i]), reference))
			return true;
	return false;
}

static const node *choose(const image *im, const node *manifests)
{
	for (uint32_t i = 0; i < manifests->count; i++)
		if (!im->options.reference || named(manifests->items[i], im->options.reference))
			return manifests->items[i];
	return NULL;
}

/* A member that is named after its digest, in one of the ways that are in use. */
static span digest_in(image *im, span name)
{
	size_t slash = span_find_last(name, '/');
	span hex = slash == SPAN_NONE ? name : span_from(name, slash + 1);
	span digest = arena_format(&im->arena, "sha256:%.*s", SPAN_ARG(span_sub(hex, 0, 64)));
	bool plain = hex.n == 64 || span_is(span_from(hex, 64), ".json");
	return plain && sha256_is_text(digest) ? digest : (span){0};
}

static void layer_take(image *im, uint32_t i, const node *name)
{
	image_layer *layer = &im->layers[i];
	image_blob blob;
	error e;
	layer->name = node_text(name);
	if (span_starts(layer->name, SPAN("blobs/")))
		layer->digest = digest_in(im, layer->name);
	if (image_store_get(im->store, layer->name, &blob, &e) == 0) {
		layer->stored = blob.bytes.n;
		blob_done(&blob);
	}
}

int docker_read(image *im, const node *manifests, error *e)
{
	im->kind = IMAGE_DOCKER_ARCHIVE;
	const node *entry = choose(im, manifests);
	if (!entry)
		return error_set(e, ERROR_ABSENT,
			im->options.reference ? "no image named %s in it" : "no image in it",
			im->options.reference);
	const node *layers = node_get(entry, "Layers");
	uint32_t count = node_is_list(layers) ? layers->count : 0;
	TRY(image_layers_make(im, count, e));
	for (uint32_t i = 0; i < count; i++)
		layer_take(im, i, layers->items[i]);
	const node *tags = node_get(entry, "RepoTags");
	if (node_is_list(tags) && tags->count)
		im->reference = node_text(tags->items[0]);
	im->others = manifests->count - 1;
	span config = node_text(node_get(entry, "Config"));
	im->config_digest = digest_in(im, config);
	image_config_read(im, config, im->config_digest);
	return 0;
}

/* --- before manifest.json --- */

/* {"name": {"tag": "id of the topmost layer"}} */
static span find_top(image *im, const node *repositories)
{
	for (uint32_t i = 0; node_is_map(repositories) && i < repositories->count; i++) {
		const member *repository = &repositories->members[i];
		for (uint32_t k = 0; node_is_map(repository->value) && k < repository->value->count; k++) {
			const member *tag = &repository->value->members[k];
			im->others += i || k;
			span name = arena_format(&im->arena, "%.*s:%.*s", SPAN_ARG(repository->key->value),
				SPAN_ARG(tag->key->value));
			if (im->options.reference && !span_is(name, im->options.reference))
				continue;
			im->reference = name;
			return node_text(tag->value);
		}
	}
	return (span){0};
}

static span inside(image *im, span id, const char *name)
{
	return arena_format(&im->arena, "%.*s/%s", SPAN_ARG(span_sub(id, 0, 200)), name);
}

/* From the topmost layer down to the one without a parent. */
static int chain_read(image *im, span id, span *ids, uint32_t *count, error *e)
{
	for (*count = 0; id.n; (*count)++) {
		node *about = NULL;
		text t;
		if (*count == LIMIT_IMAGE_LAYERS)
			return error_set(e, ERROR_LIMIT, "more than %d layers", LIMIT_IMAGE_LAYERS);
		TRY(image_json(im, inside(im, id, "json"), (span){0}, &t, &about, e));
		ids[*count] = id;
		id = node_text(node_get(about, "parent"));
	}
	return 0;
}

int docker_read_legacy(image *im, error *e)
{
	node *repositories = NULL;
	text t;
	im->kind = IMAGE_DOCKER_ARCHIVE;
	TRY(image_json(im, SPAN("repositories"), (span){0}, &t, &repositories, e));
	span top = find_top(im, repositories);
	if (top.n == 0)
		return error_set(e, ERROR_ABSENT, "no such image in it");
	span *ids = ARENA_ARRAY(&im->arena, span, LIMIT_IMAGE_LAYERS);
	uint32_t count;
	TRY(chain_read(im, top, ids, &count, e));
	TRY(image_layers_make(im, count, e));
	for (uint32_t i = 0; i < count; i++)
		im->layers[i].name = inside(im, ids[count - 1 - i], "layer.tar");
	image_config_read(im, inside(im, top, "json"), (span){0});
	return 0;
}
