/* SPDX-License-Identifier: Apache-2.0
 *
 * Stores: opening, the members of archives, the files of folders. */
#include "image/store.h"

#include "base/files.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/memory.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { MEMBER_LINKS = 8, SMALL_BYTES = 512 };

typedef struct store_member {
	span bytes;         /* in the mapping, or kept when it went by */
	span link;          /* another member's name, or empty */
	layer_list *walked; /* it went by and was taken for a layer */
	bool given;         /* walked was given out */
} store_member;

struct image_store {
	arena *arena;
	const image_options *options;
	int folder; /* -1: an archive */
	bool root;  /* the folder is a root file system */
	mapping map;
	map members;
	uint64_t kept; /* bytes of members that went by */
	bool unpacked; /* they come out of a decoder, whose blocks live until the call after the next one */
	LIST(layer_list *) lists;
	atomic_size_t index_bytes;
	error fault;
};

void blob_done(image_blob *b)
{
	mapping_close(&b->map);
	*b = (image_blob){0};
}

/* --- lists of layers --- */

layer_list *image_store_list_new(image_store *s)
{
	layer_list *l = memory_zeroed(1, sizeof *l);
	l->last = &l->first;
	list_push(s->arena, &s->lists, l);
	return l;
}

layer_walk image_store_layer_walk(image_store *s, layer_list *list)
{
	image_verify verify = s->options->verify;
	return (layer_walk){
		.reader = &s->options->reader,
		.index_bytes = &s->index_bytes,
		.hash = verify != IMAGE_VERIFY_NONE,
		.hash_plain = verify == IMAGE_VERIFY_ALL,
		.out = list,
	};
}

atomic_size_t *image_store_index_bytes(image_store *s)
{
	return &s->index_bytes;
}

/* One blob may be several layers of an image, each with files of its own. */
static layer_list *list_copy(image_store *s, const layer_list *from)
{
	layer_list *l = image_store_list_new(s);
	l->files = from->files;
	l->stored = from->stored;
	l->size = from->size;
	l->compression = from->compression;
	l->damaged = from->damaged;
	memcpy(l->diff_id, from->diff_id, sizeof l->diff_id);
	for (const image_file *file = from->first; file; file = file->next) {
		error e;
		image_file *copy = ARENA_NEW(&l->arena, image_file);
		if (layer_charge(&s->index_bytes, sizeof *copy, &e) < 0) {
			l->damaged = true;
			layer_problem(l, &e);
			break;
		}
		*copy = *file;
		copy->next = NULL;
		*l->last = copy;
		l->last = &copy->next;
	}
	return l;
}

/* --- archives --- */

/* Where a link of an archive leads: a hard link's name is one of the archive, a symbolic one's is relative to its folder. */
static span link_name(image_store *s, const tar_entry *entry)
{
	if (entry->type == TAR_HARD_LINK)
		return arena_copy(s->arena, entry->link);
	const char *folder = path_folder(s->arena, arena_string(s->arena, entry->name));
	return span_of(path_join(s->arena, folder, arena_string(s->arena, entry->link)));
}

static int member_new(image_store *s, const tar_entry *entry, store_member **ret, error *e)
{
	if (s->members.count >= LIMIT_IMAGE_MEMBERS)
		return error_set(e, ERROR_LIMIT, "an archive of more than %d members", LIMIT_IMAGE_MEMBERS);
	store_member *m = ARENA_NEW(s->arena, store_member);
	if (entry->type == TAR_LINK || entry->type == TAR_HARD_LINK)
		m->link = link_name(s, entry);
	map_set(&s->members, s->arena, arena_copy(s->arena, entry->name), m);
	*ret = m;
	return 0;
}

static bool is_member(const tar_entry *entry)
{
	bool kind = entry->type == TAR_FILE || entry->type == TAR_LINK || entry->type == TAR_HARD_LINK;
	return kind && !entry->fault && entry->name.n;
}

/* What goes by: a part of the archive as a stream, the first block of which was looked at already. */
typedef struct passing {
	tar *t;
	span first;
} passing;

static int passing_next(void *of, span *ret, error *e)
{
	passing *p = of;
	if (p->first.n == 0)
		return tar_content(p->t, ret, e);
	*ret = p->first;
	p->first = (span){0};
	return 1;
}

static bool looks_like_json(span bytes)
{
	bytes = span_trim(bytes);
	return bytes.n && (bytes.p[0] == '{' || bytes.p[0] == '[');
}

/* Manifests and configs are kept, layers are walked. Which is which, only the manifest says, and that comes last. */
static int member_pass(image_store *s, tar *t, const tar_entry *entry, store_member *m, error *e)
{
	passing p = {.t = t};
	int got = tar_content(t, &p.first, e);
	if (got <= 0)
		return got;
	if (entry->size >= SMALL_BYTES && !(looks_like_json(p.first) && entry->size <= LIMIT_IMAGE_JSON)) {
		m->walked = image_store_list_new(s);
		layer_walk w = image_store_layer_walk(s, m->walked);
		w.hash_plain = w.hash; /* every byte goes by */
		w.lasting = s->unpacked;
		layer_read(&w, (stream){passing_next, &p});
		return 0;
	}
	s->kept += entry->size;
	if (s->kept > 8 * LIMIT_IMAGE_JSON)
		return error_set(e, ERROR_LIMIT, "an archive with more than %d MiB of manifests",
			8 * LIMIT_IMAGE_JSON >> 20);
	auto_buffer all = {0};
	span part;
	while ((got = passing_next(&p, &part, e)) > 0)
		buffer_add(&all, part);
	m->bytes = arena_copy(s->arena, buffer_span(&all));
	return got;
}

static int archive_pass(image_store *s, tar *t, error *e)
{
	tar_entry entry;
	store_member *m = NULL;
	int got;
	while ((got = tar_next(t, &entry, e)) > 0) {
		if (!is_member(&entry))
			continue;
		TRY(member_new(s, &entry, &m, e));
		if (entry.type == TAR_FILE)
			TRY(member_pass(s, t, &entry, m, e));
	}
	return got;
}

/* Reads an archive from start to end, once. */
static int store_pass(image_store *s, stream in, error *e)
{
	decompress *d = NULL;
	TRY(decompress_open(in, &d, e));
	s->unpacked = decompress_kind(d) != COMPRESSION_NONE;
	tar *t = tar_open(decompress_stream(d));
	int status = archive_pass(s, t, e);
	tar_close(t);
	decompress_close(d);
	return status;
}

/* Notes where the members of a mapped archive lie; only their headers are looked at. */
static int archive_index(image_store *s, tar *t, error *e)
{
	tar_entry entry;
	store_member *m = NULL;
	int got;
	while ((got = tar_next(t, &entry, e)) > 0) {
		if (!is_member(&entry))
			continue;
		TRY(member_new(s, &entry, &m, e));
		if (entry.type == TAR_FILE && entry.size)
			TRY(tar_content(t, &m->bytes, e)); /* all of it, as the mapping is one block */
	}
	return got;
}

static int store_index(image_store *s, error *e)
{
	span all = s->map.bytes;
	tar *t = tar_open(stream_of_span(&all));
	int status = archive_index(s, t, e);
	tar_close(t);
	return status;
}

/* A fault in the middle is told only if what comes before it is of no use. */
static void archive_read(image_store *s, int fd, bool regular)
{
	error *e = &s->fault;
	if (!regular) {
		descriptor *d = memory_zeroed(1, sizeof *d);
		d->fd = fd;
		store_pass(s, descriptor_stream(d), e);
		free(d);
		return;
	}
	if (mapping_open(fd, &s->map, e) < 0)
		return;
	windows all = {.rest = s->map.bytes};
	if (compression_sniff(s->map.bytes) == COMPRESSION_NONE)
		store_index(s, e);
	else
		store_pass(s, windows_stream(&all), e);
}

static store_member *member_find(const image_store *s, span name)
{
	store_member *m = map_get(&s->members, name);
	for (int i = 0; m && m->link.n && i < MEMBER_LINKS; i++)
		m = map_get(&s->members, m->link);
	return m && m->link.n == 0 ? m : NULL;
}

layer_list *image_store_walked(image_store *s, span name)
{
	store_member *m = s->folder < 0 ? member_find(s, name) : NULL;
	if (!m || !m->walked)
		return NULL;
	if (m->given)
		return list_copy(s, m->walked);
	m->given = true;
	return m->walked;
}

/* --- folders --- */

/* Links inside a layout are followed, but none leads out of it. */
static int folder_open_file(const image_store *s, span name)
{
	char path[LIMIT_IMAGE_PATH];
	if (name.n >= sizeof path)
		return -1;
	memcpy(path, name.p, name.n);
	path[name.n] = 0;
	return files_open_below(
		s->folder, path, O_RDONLY | O_NOCTTY | O_NONBLOCK, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
}

static int folder_get(const image_store *s, span name, image_blob *ret, error *e)
{
	auto_fd fd = folder_open_file(s, name);
	image_blob blob = {0};
	if (fd < 0)
		return error_set_system(e, "%.*s", SPAN_ARG(span_sub(name, 0, 120)));
	if (mapping_open(fd, &blob.map, e) < 0)
		return error_wrap(e, "%.*s", SPAN_ARG(span_sub(name, 0, 120)));
	blob.bytes = blob.map.bytes;
	*ret = blob;
	return 0;
}

/* --- both --- */

int image_store_get(const image_store *s, span name, image_blob *ret, error *e)
{
	if (s->folder >= 0)
		return folder_get(s, name, ret, e);
	const store_member *m = member_find(s, name);
	if (!m)
		return error_set(
			e, ERROR_ABSENT, "%.*s: not in the archive", SPAN_ARG(span_sub(name, 0, 120)));
	*ret = (image_blob){.bytes = m->bytes};
	return 0;
}

bool image_store_has(const image_store *s, span name)
{
	if (s->folder < 0)
		return member_find(s, name);
	auto_fd fd = folder_open_file(s, name);
	return fd >= 0;
}

const error *image_store_fault(const image_store *s)
{
	return &s->fault;
}

int image_store_root(const image_store *s)
{
	return s->root ? s->folder : -1;
}

image_store *image_store_new(const image_options *options, arena *a)
{
	image_store *s = ARENA_NEW(a, image_store);
	s->arena = a;
	s->options = options;
	s->folder = -1;
	return s;
}

void image_store_add(image_store *s, span name, span bytes)
{
	store_member *m = ARENA_NEW(s->arena, store_member);
	m->bytes = bytes;
	map_set(&s->members, s->arena, name, m);
}

int image_store_open(const char *path, const image_options *options, arena *a, image_store **ret, error *e)
{
	bool standard = strcmp(path, "-") == 0;
	auto_fd fd = standard ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) < 0)
		return error_set_system(e, "%s", path);
	if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode) && !S_ISDIR(st.st_mode) && !standard)
		return error_set(e, ERROR_USAGE, "%s: is neither a file nor a folder", path);
	image_store *s = image_store_new(options, a);
	if (S_ISDIR(st.st_mode)) {
		s->folder = fcntl(fd, F_DUPFD_CLOEXEC, 0);
		if (s->folder < 0)
			return error_set_system(e, "%s", path);
		s->root =
			!image_store_has(s, SPAN("index.json")) && !image_store_has(s, SPAN("manifest.json"));
	} else {
		archive_read(s, fd, S_ISREG(st.st_mode));
	}
	*ret = s;
	return 0;
}

void image_store_close(image_store *s)
{
	if (!s)
		return;
	if (s->folder >= 0)
		close(s->folder);
	list_each(layer_list *, list, &s->lists) {
		layer_list_done(*list);
		free(*list);
	}
	mapping_close(&s->map);
}
