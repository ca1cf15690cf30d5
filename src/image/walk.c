/* SPDX-License-Identifier: Apache-2.0
 *
 * Layers in parallel, then the tree over them, then once more those layers that hard links under wanted names point into. */
#include "image/walk.h"

#include "base/files.h"
#include "base/limits.h"
#include "base/threads.h"
#include "image/layer_pack.h"
#include "image/store.h"
#include "image/tree.h"

#include <fcntl.h>
#include <stdlib.h>

typedef struct work { /* one layer's */
	image *im;
	uint32_t number;
	layer_list *list; /* made here, or by the store when the layer came by */
	layer_again *again;
	uint32_t again_count;
} work;

static void layer_missing(const work *w, error *e)
{
	w->list->damaged = true;
	layer_problem(w->list, e);
}

/* Whether the layer was read before, and is known still. */
static bool recall(image *im, work *w)
{
	const image_reader *r = &im->options.reader;
	span diff_id = im->layers[w->number].diff_id, bytes;
	return r->recall && sha256_is_text(diff_id) && r->recall(r->of, diff_id, &w->list->arena, &bytes) &&
	       layer_unpack(bytes, r, image_store_index_bytes(im->store), w->list);
}

/* Only what is what the config says it is. */
static void keep(image *im, work *w)
{
	const image_reader *r = &im->options.reader;
	auto_buffer bytes = {0};
	if (r->keep && w->list->diff_id[0] && span_is(im->layers[w->number].diff_id, w->list->diff_id) &&
		layer_pack(w->list, r, &bytes))
		r->keep(r->of, im->layers[w->number].diff_id, buffer_span(&bytes));
}

static int folder_open(span name, error *e)
{
	int fd = open(name.p, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		error_set_system(e, "it cannot be opened");
	return fd;
}

/* The names of such layers are paths, and C strings. */
static void store_layer_read(image *im, const work *w, layer_walk *walk)
{
	error e;
	bool over = im->whole && w->number;
	auto_fd root = folder_open(im->layers[w->number].name, &e);
	auto_fd below = over && root >= 0 ? folder_open(im->layers[w->number - 1].name, &e) : -1;
	if (root < 0 || (over && below < 0)) {
		layer_missing(w, &e);
		return;
	}
	layer_read_folder(walk, &(layer_folder){im->whole ? FOLDER_WHOLE : FOLDER_OVERLAY, root, below});
}

/* Reads a layer for the first time, or again for what hard links point to. */
static void work_run(void *of, uint32_t i)
{
	work *w = ((work **)of)[i];
	image *im = w->im;
	image_blob blob = {0};
	error e;
	layer_walk walk = image_store_layer_walk(im->store, w->list);
	walk.again = w->again;
	walk.again_count = w->again_count;
	if (im->kind == IMAGE_ROOT_FOLDER) {
		layer_read_folder(&walk, &(layer_folder){FOLDER_TREE, image_store_root(im->store), -1});
		return;
	}
	if (!w->again && recall(im, w))
		return;
	if (im->kind == IMAGE_STORE_LAYERS) {
		store_layer_read(im, w, &walk);
		return;
	}
	if (image_store_get(im->store, im->layers[w->number].name, &blob, &e) < 0) {
		layer_missing(w, &e);
		return;
	}
	windows part = {.rest = blob.bytes};
	layer_read(&walk, windows_stream(&part));
	blob_done(&blob);
	if (!w->again)
		keep(im, w);
}

static int by_size(const void *a, const void *b)
{
	const work *one = *(work *const *)a, *other = *(work *const *)b;
	uint64_t x = one->im->layers[one->number].stored, y = other->im->layers[other->number].stored;
	return x != y ? (x < y) - (x > y) : (one->number > other->number) - (one->number < other->number);
}

/* The largest first, so that no thread is left alone with it at the end. */
static void run_all(image *im, work **list, uint32_t count)
{
	if (count)
		qsort(list, count, sizeof *list, by_size);
	unsigned threads = im->options.threads ? im->options.threads : threads_available();
	threads_run(threads, count, work_run, list);
}

static void read_layers(image *im, work *works)
{
	work **todo = ARENA_ARRAY(&im->arena, work *, im->layer_count + 1);
	uint32_t count = 0;
	for (uint32_t i = 0; i < im->layer_count; i++) {
		works[i] = (work){.im = im, .number = i};
		works[i].list = image_store_walked(im->store, im->layers[i].name);
		if (works[i].list)
			continue;
		works[i].list = image_store_list_new(im->store);
		todo[count++] = &works[i];
	}
	run_all(im, todo, count);
}

/* --- hard links under wanted names --- */

static bool wants_target(const image_file *file)
{
	return file->type == TAR_HARD_LINK && file->wanted && file->target && !file->target->found &&
	       file->target->type == TAR_FILE;
}

static int by_index(const void *a, const void *b)
{
	const layer_again *one = a, *other = b;
	return (one->index > other->index) - (one->index < other->index);
}

static void again_collect(image *im, work *works, const image_files *files)
{
	for (const image_file *file = files->first; file; file = file->next)
		if (wants_target(file))
			works[file->target->layer].again_count++;
	for (uint32_t i = 0; i < im->layer_count; i++) {
		works[i].again = works[i].again_count
					 ? ARENA_ARRAY(&im->arena, layer_again, works[i].again_count)
					 : NULL;
		works[i].again_count = 0;
	}
	for (image_file *file = files->first; file; file = file->next)
		if (wants_target(file)) {
			work *w = &works[file->target->layer];
			w->again[w->again_count++] = (layer_again){file, file->target->index};
		}
}

static void read_again(image *im, work *works)
{
	work **todo = ARENA_ARRAY(&im->arena, work *, im->layer_count + 1);
	uint32_t count = 0;
	for (uint32_t i = 0; i < im->layer_count; i++) {
		if (!works[i].again_count)
			continue;
		qsort(works[i].again, works[i].again_count, sizeof *works[i].again, by_index);
		if (!image_store_walked(im->store, im->layers[i].name)) {
			todo[count++] = &works[i];
			continue;
		}
		error e;
		error_set(&e, ERROR_LIMIT,
			"%u hard links to files whose content has gone by: unpack the archive to read them",
			works[i].again_count);
		layer_problem(works[i].list, &e);
	}
	run_all(im, todo, count);
}

static void share_found(const image_files *files)
{
	for (image_file *file = files->first; file; file = file->next)
		if (file->type == TAR_HARD_LINK && file->target && !file->found)
			file->found = file->target->found;
}

/* --- what was learned --- */

static layer_check check_of(const image_layer *layer, const layer_list *list)
{
	if (!list->diff_id[0] || layer->diff_id.n == 0)
		return LAYER_UNCHECKED;
	return span_is(layer->diff_id, list->diff_id) ? LAYER_HOLDS : LAYER_DIFFERS;
}

static void tell(image *im, uint32_t number, error e)
{
	const image_layer *layer = &im->layers[number];
	if (layer->name.n)
		error_wrap(&e, "layer %u (%.*s)", number + 1, SPAN_ARG(span_sub(layer->name, 0, 90)));
	image_problem(im, &e);
}

static void layer_learn(image *im, uint32_t number, const layer_list *list)
{
	image_layer *layer = &im->layers[number];
	layer->stored = list->stored ? list->stored : layer->stored;
	layer->size = list->size ? list->size : layer->stored;
	layer->compression = list->compression;
	layer->files = list->files;
	layer->damaged = list->damaged;
	layer->check = check_of(layer, list);
	list_each(const error, e, &list->problems) {
		tell(im, number, *e);
	}
	im->problems_dropped += list->problems_dropped;
	error e;
	error_set(&e, ERROR_DAMAGED, "its content has the digest %s, the config says %.*s", list->diff_id,
		SPAN_ARG(layer->diff_id));
	if (layer->check == LAYER_DIFFERS)
		tell(im, number, e);
}

static int merge(image *im, work *works, image_files *ret, error *e)
{
	image_tree *tree = image_tree_new(&im->arena, image_store_index_bytes(im->store));
	image_file **last = &ret->first;
	*ret = (image_files){.tree = tree};
	for (uint32_t i = 0; i < im->layer_count; i++) {
		layer_list *list = works[i].list;
		TRY(image_tree_apply(tree, list, (uint16_t)i, e));
		for (image_file *file = list->first, *next; file; file = next) {
			next = file->next;
			if (file->mark != LAYER_ENTRY)
				continue;
			*last = file;
			last = &file->next;
			ret->count++;
		}
		*last = NULL;
	}
	return 0;
}

int image_walk(image *im, image_files *ret, error *e)
{
	image_files files;
	work *works = ARENA_ARRAY(&im->arena, work, im->layer_count + 1);
	read_layers(im, works);
	TRY(merge(im, works, &files, e));
	again_collect(im, works, &files);
	read_again(im, works);
	share_found(&files);
	for (uint32_t i = 0; i < im->layer_count; i++)
		layer_learn(im, i, works[i].list);
	*ret = files;
	return 0;
}

const image_file *image_find(const image_files *files, span path)
{
	return image_tree_find(files->tree, path);
}
