/* SPDX-License-Identifier: Apache-2.0
 *
 * Decompression, hash and tar walk of one layer in one pass over its bytes. */
#include "image/layer.h"

#include "base/limits.h"
#include "image/digest.h"

void layer_problem(layer_list *l, const error *e)
{
	if (l->problems.count < LIMIT_FILE_ERRORS)
		list_push(&l->arena, &l->problems, *e);
	else
		l->problems_dropped++;
}

void layer_list_done(layer_list *l)
{
	arena_done(&l->arena);
}

int layer_charge(atomic_size_t *index_bytes, size_t n, error *e)
{
	size_t limit = (size_t)LIMIT_IMAGE_INDEX_MIB << 20;
	if (atomic_fetch_add(index_bytes, n) + n > limit)
		return error_set(
			e, ERROR_LIMIT, "more files than fit into %d MiB of memory", LIMIT_IMAGE_INDEX_MIB);
	return 0;
}

/* --- entries --- */

static span base_name(span path)
{
	size_t slash = span_find_last(path, '/');
	return slash == SPAN_NONE ? path : span_from(path, slash + 1);
}

/* What a name means: whiteouts are named after what they hide. Other names with this prefix are notes of AUFS to itself. */
static bool whiteout_of(span path, layer_mark *mark, span *hidden, arena *a)
{
	span name = base_name(path), folder = span_sub(path, 0, path.n - name.n);
	*mark = LAYER_ENTRY;
	*hidden = path;
	if (!span_starts(name, SPAN(".wh.")))
		return true;
	if (span_is(name, ".wh..wh..opq")) {
		*mark = LAYER_OPAQUE;
		*hidden = span_sub(folder, 0, folder.n ? folder.n - 1 : 0);
		return true;
	}
	span what = span_from(name, 4);
	if (what.n == 0 || span_starts(what, SPAN(".wh.")) || span_is(what, ".") || span_is(what, ".."))
		return false;
	*mark = LAYER_WHITEOUT;
	*hidden = arena_format(a, "%.*s%.*s", SPAN_ARG(folder), SPAN_ARG(what));
	return true;
}

static const span *keep_capability(arena *a, span value)
{
	if (value.n == 0)
		return NULL;
	span *kept = ARENA_NEW(a, span);
	*kept = arena_copy(a, value);
	return kept;
}

image_file *layer_add(layer_walk *w, const tar_entry *entry, error *e)
{
	layer_list *l = w->out;
	layer_mark mark;
	span path;
	if (entry->name.n == 0 || !whiteout_of(entry->name, &mark, &path, &l->arena))
		return NULL;
	bool linked = entry->type == TAR_LINK || entry->type == TAR_HARD_LINK;
	size_t bytes = sizeof(image_file) + path.n + (linked ? entry->link.n : 0) + entry->capability.n;
	if (layer_charge(w->index_bytes, bytes, e) < 0)
		return NULL;
	image_file *file = ARENA_NEW(&l->arena, image_file);
	*file = (image_file){
		.path = path.p == entry->name.p || mark == LAYER_OPAQUE ? arena_copy(&l->arena, path) : path,
		.link = linked ? arena_copy(&l->arena, entry->link) : (span){0},
		.capability = keep_capability(&l->arena, entry->capability),
		.size = entry->size,
		.mode = entry->mode,
		.uid = entry->uid,
		.gid = entry->gid,
		.index = entry->index,
		.type = (uint8_t)entry->type,
		.mark = (uint8_t)mark,
	};
	*l->last = file;
	l->last = &file->next;
	l->files += mark == LAYER_ENTRY;
	return file;
}

static void entry_problem(layer_list *l, span name, const char *why)
{
	error e;
	error_set(&e, ERROR_DAMAGED, "%.*s: %s", SPAN_ARG(span_sub(name, 0, 120)), why);
	layer_problem(l, &e);
}

/* The content of a file that is wanted; one that is too large is a problem, not an end. */
static int content_read(layer_walk *w, tar *t, const tar_entry *entry, buffer *b, span *ret, error *e)
{
	uint64_t limit = (uint64_t)LIMIT_IMAGE_FILE_MIB << 20;
	if (entry->size > limit) {
		error_set(e, ERROR_LIMIT, "%.*s: larger than %d MiB, not looked into",
			SPAN_ARG(span_sub(entry->name, 0, 120)), LIMIT_IMAGE_FILE_MIB);
		layer_problem(w->out, e);
		return 0;
	}
	TRY(tar_content_all(t, limit, b, ret, e));
	return 1;
}

static int entry_read(layer_walk *w, tar *t, const tar_entry *entry, buffer *b, error *e)
{
	*e = (error){0};
	image_file *file = layer_add(w, entry, e);
	if (!file || file->mark != LAYER_ENTRY)
		return -e->code;
	const image_reader *r = w->reader;
	if (entry->type != TAR_FILE && entry->type != TAR_HARD_LINK)
		return 0;
	file->wanted = r->wanted && r->wanted(r->of, entry);
	if (!file->wanted || entry->type != TAR_FILE)
		return 0;
	span bytes;
	int got = content_read(w, t, entry, b, &bytes, e);
	TRY(got);
	if (got)
		file->found = r->found(r->of, &w->out->arena, entry, bytes);
	return 0;
}

/* The second pass: the target of hard links is handed out under their names. */
static int entry_read_again(layer_walk *w, tar *t, const tar_entry *entry, buffer *b, error *e)
{
	if (w->again_at == w->again_count || w->again[w->again_at].index != entry->index)
		return 0;
	span bytes;
	int got = content_read(w, t, entry, b, &bytes, e);
	TRY(got);
	for (; w->again_at < w->again_count && w->again[w->again_at].index == entry->index; w->again_at++) {
		image_file *link = w->again[w->again_at].link;
		tar_entry named = *entry;
		named.name = link->path;
		if (got)
			link->found = w->reader->found(w->reader->of, &w->out->arena, &named, bytes);
	}
	return 0;
}

/* --- the stream --- */

typedef struct tap { /* bytes that pass by are counted */
	stream in;
	uint64_t bytes;
} tap;

static int tap_next(void *of, span *ret, error *e)
{
	tap *t = of;
	int got = t->in.next(t->in.of, ret, e);
	if (got > 0)
		t->bytes += ret->n;
	return got;
}

static int walk_entries(layer_walk *w, tar *t, error *e)
{
	auto_buffer b = {0};
	tar_entry entry;
	int got;
	while ((got = tar_next(t, &entry, e)) > 0) {
		if (w->again)
			TRY(entry_read_again(w, t, &entry, &b, e));
		else if (entry.fault)
			entry_problem(w->out, entry.name, entry.fault);
		else
			TRY(entry_read(w, t, &entry, &b, e));
		if (w->again && w->again_at == w->again_count)
			return 0;
	}
	return got;
}

/* What lies behind the end of the archive counts for the diff id, and a wrong checksum of the whole shows only at its end. */
static int drain(tap *t, error *e)
{
	span rest;
	int got;
	while ((got = tap_next(t, &rest, e)) > 0)
		;
	return got;
}

static int walk_stream(layer_walk *w, tap *plain, bool whole, error *e)
{
	tar *t = tar_open((stream){tap_next, plain});
	int status = walk_entries(w, t, e);
	tar_close(t);
	if (status < 0 || !whole)
		return status;
	return drain(plain, e);
}

static int read_decompressed(layer_walk *w, decompress *d, error *e)
{
	layer_list *l = w->out;
	l->compression = decompress_kind(d);
	bool packed = l->compression != COMPRESSION_NONE;
	bool hash = !w->again && (packed ? w->hash : w->hash_plain);
	digest *sum = hash ? digest_open(decompress_stream(d), packed || w->lasting) : NULL;
	tap plain = {.in = sum ? digest_stream(sum) : decompress_stream(d)};
	int status = walk_stream(w, &plain, !w->again && (packed || hash), e);
	if (!w->again)
		l->size = packed || hash ? plain.bytes : 0;
	if (sum && status >= 0)
		digest_text(sum, l->diff_id);
	digest_close(sum);
	return status;
}

void layer_read(layer_walk *w, stream in)
{
	error e;
	decompress *d = NULL;
	tap packed = {.in = in};
	int status = decompress_open((stream){tap_next, &packed}, &d, &e);
	if (status >= 0)
		status = read_decompressed(w, d, &e);
	decompress_close(d);
	if (!w->again)
		w->out->stored = packed.bytes;
	if (status < 0) {
		w->out->damaged = true;
		layer_problem(w->out, &e);
	}
}
