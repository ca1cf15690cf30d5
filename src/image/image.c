/* SPDX-License-Identifier: Apache-2.0
 *
 * Opening an image: what kind it is, its config, and which layer was made by what. */
#include "image/image.h"

#include "base/files.h"
#include "base/limits.h"
#include "base/memory.h"
#include "formats/json.h"
#include "image/manifest.h"

#include <stdlib.h>

void image_problem(image *im, const error *e)
{
	if (im->problems.count < LIMIT_FILE_ERRORS)
		list_push(&im->arena, &im->problems, *e);
	else
		im->problems_dropped++;
}

static void check_digest(image *im, span name, span bytes, span digest)
{
	char got[SHA256_TEXT + 1];
	if (!sha256_is_text(digest))
		return;
	sha256_of(bytes, got);
	error e;
	error_set(&e, ERROR_DAMAGED, "%.*s: its digest is %s", SPAN_ARG(span_sub(name, 0, 90)), got);
	if (!span_is(digest, got))
		image_problem(im, &e);
}

int image_json(image *im, span name, span digest, text *t, node **ret, error *e)
{
	auto_blob blob = {0};
	TRY(image_store_get(im->store, name, &blob, e));
	const char *shown = arena_string(&im->arena, name);
	if (blob.bytes.n > LIMIT_IMAGE_JSON)
		return error_set(e, ERROR_LIMIT, "%s: larger than %d MiB", shown, LIMIT_IMAGE_JSON >> 20);
	check_digest(im, name, blob.bytes, digest);
	node_problems problems = {0};
	text_init(t, shown, arena_copy(&im->arena, blob.bytes), &im->arena);
	if (json_read(t, &im->arena, ret, &problems, e) < 0)
		return error_wrap(e, "%s", shown);
	return 0;
}

int image_layers_make(image *im, uint32_t count, error *e)
{
	if (count > LIMIT_IMAGE_LAYERS)
		return error_set(e, ERROR_LIMIT, "more than %d layers", LIMIT_IMAGE_LAYERS);
	im->layers = ARENA_ARRAY(&im->arena, image_layer, count + 1);
	im->layer_count = count;
	return 0;
}

static void config_problem(image *im, const char *what)
{
	error e;
	error_set(&e, ERROR_DAMAGED, "%s: %s", im->config_text.path, what);
	image_problem(im, &e);
}

/* The specification (OCI image-spec, config.md, "rootfs") has one diff id for each layer, the lowest first. */
static void take_diff_ids(image *im)
{
	const node *ids = node_path(im->config, "rootfs/diff_ids");
	if (!node_is_list(ids)) {
		if (im->layer_count && node_get(im->config, "rootfs"))
			config_problem(im, "has no diff_ids");
		return;
	}
	if (ids->count != im->layer_count)
		config_problem(im, "has more or fewer diff_ids than the manifest has layers");
	for (uint32_t i = 0; i < ids->count && i < im->layer_count; i++)
		im->layers[i].diff_id = node_text(ids->items[i]);
}

/* Entries of the history that made no layer say so. */
static void take_history(image *im)
{
	const node *history = node_get(im->config, "history");
	uint32_t layer = 0;
	for (uint32_t i = 0; node_is_list(history) && i < history->count && layer < im->layer_count; i++)
		if (node_truth(node_get(history->items[i], "empty_layer")) != 1)
			im->layers[layer++].history = history->items[i];
}

/* By which engines know an image, whatever the archive calls its configuration. */
static span digest_of(span bytes, arena *a)
{
	char text[SHA256_TEXT + 1];
	sha256_of(bytes, text);
	return arena_copy(a, span_of(text));
}

void image_config_read(image *im, span name, span digest)
{
	error e;
	node *config = NULL;
	if (image_json(im, name, digest, &im->config_text, &config, &e) < 0) {
		image_problem(im, &e);
		return;
	}
	im->config = config;
	if (im->config_digest.n == 0)
		im->config_digest = digest_of(im->config_text.bytes, &im->arena);
	take_diff_ids(im);
	take_history(im);
}

/* --- what kind it is --- */

static int nothing_found(const image *im, error *e)
{
	const error *fault = image_store_fault(im->store);
	if (fault->code) {
		*e = *fault;
		return -e->code;
	}
	return error_set(
		e, ERROR_ABSENT, "no image: neither manifest.json nor index.json nor repositories is in it");
}

static int root_folder(image *im, error *e)
{
	im->kind = IMAGE_ROOT_FOLDER;
	return image_layers_make(im, 1, e);
}

/* docker load goes by manifest.json where there is one; newer versions of it write an index.json beside it. */
static int find_manifest(image *im, error *e)
{
	node *manifest = NULL;
	text t;
	if (image_store_root(im->store) >= 0)
		return root_folder(im, e);
	if (!image_store_has(im->store, SPAN("manifest.json"))) {
		if (image_store_has(im->store, SPAN("index.json")))
			return oci_read(im, e);
		return image_store_has(im->store, SPAN("repositories")) ? docker_read_legacy(im, e)
									: nothing_found(im, e);
	}
	TRY(image_json(im, SPAN("manifest.json"), (span){0}, &t, &manifest, e));
	return node_is_list(manifest) ? docker_read(im, manifest, e) : oci_read_manifest(im, manifest, e);
}

/* An archive that ends early, or goes on with something else, is told even if the image is complete. */
static void tell_fault(image *im)
{
	error e = *image_store_fault(im->store);
	if (e.code)
		image_problem(im, &e);
}

int image_open(const char *path, const image_options *options, image **ret, error *e)
{
	image *im = memory_zeroed(1, sizeof *im);
	im->path = path;
	im->options = *options;
	int status = image_store_open(path, &im->options, &im->arena, &im->store, e);
	if (status >= 0) {
		status = find_manifest(im, e);
		if (status < 0)
			error_wrap(e, "%s", path);
	}
	if (status < 0) {
		image_close(im);
		return status;
	}
	tell_fault(im);
	*ret = im;
	return 0;
}

/* --- layers that are folders --- */

static int folders_take(image *im, const image_folders *f, error *e)
{
	span config;
	TRY(files_read(f->config, LIMIT_IMAGE_JSON, &im->arena, &config, e));
	TRY(image_layers_make(im, f->count, e));
	for (uint32_t i = 0; i < f->count; i++)
		im->layers[i].name = span_of(f->folders[i]);
	im->store = image_store_new(&im->options, &im->arena);
	image_store_add(im->store, span_of(f->config), config);
	image_config_read(im, span_of(f->config), f->id);
	return 0;
}

int image_open_folders(
	const image_folders *folders, const char *shown, const image_options *options, image **ret, error *e)
{
	image *im = memory_zeroed(1, sizeof *im);
	im->kind = IMAGE_STORE_LAYERS;
	im->path = shown;
	im->reference = folders->reference;
	im->digest = folders->digest;
	im->config_digest = folders->id;
	im->whole = folders->whole;
	im->options = *options;
	int status = folders_take(im, folders, e);
	if (status < 0) {
		image_close(im);
		return status;
	}
	*ret = im;
	return 0;
}

void image_close(image *im)
{
	if (!im)
		return;
	image_store_close(im->store);
	arena_done(&im->arena);
	free(im);
}
