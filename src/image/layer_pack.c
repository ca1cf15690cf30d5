/* SPDX-License-Identifier: Apache-2.0
 *
 * The form: counts and sizes, then each entry; of a path only what differs from the one before it. Nobody else reads it: whoever changes it changes
 * the number at its start. */
#include "image/layer_pack.h"

#include "base/limits.h"

enum { FORM = 1, FLAG_LINK = 1, FLAG_CAPABILITY = 2, FLAG_WANTED = 4, FLAG_FOUND = 8, FLAGS = 15 };

/* --- writing --- */

static size_t shared_start(span a, span b)
{
	size_t n = 0;
	while (n < a.n && n < b.n && a.p[n] == b.p[n])
		n++;
	return n;
}

static bool pack_file(const image_file *f, span before, const image_reader *r, buffer *out)
{
	size_t same = shared_start(before, f->path);
	bool link = f->link.n > 0;
	pack_number(out, same);
	pack_span(out, span_from(f->path, same));
	pack_number(out, f->type);
	pack_number(out, f->mark);
	pack_number(out, (link ? FLAG_LINK : 0) | (f->capability ? FLAG_CAPABILITY : 0) |
				 (f->wanted ? FLAG_WANTED : 0) | (f->found ? FLAG_FOUND : 0));
	pack_number(out, f->size);
	pack_number(out, f->mode);
	pack_number(out, f->uid);
	pack_number(out, f->gid);
	pack_number(out, f->index);
	if (link)
		pack_span(out, f->link);
	if (f->capability)
		pack_span(out, *f->capability);
	return !f->found || r->pack(f->found, out);
}

bool layer_pack(const layer_list *l, const image_reader *r, buffer *out)
{
	if (l->damaged || l->problems.count || l->problems_dropped)
		return false;
	pack_number(out, FORM);
	pack_number(out, l->files);
	pack_number(out, l->stored);
	pack_number(out, l->size);
	pack_number(out, (uint64_t)l->compression);
	pack_span(out, span_of(l->diff_id));
	span before = {0};
	for (const image_file *f = l->first; f; f = f->next) {
		pack_number(out, 1);
		if (!pack_file(f, before, r, out))
			return false;
		before = f->path;
	}
	pack_number(out, 0);
	return true;
}

/* --- reading --- */

static span unpack_path(unpack *u, span before, arena *a)
{
	size_t same = (size_t)unpack_below(u, before.n);
	span rest = unpack_span(u);
	if (same == 0)
		return rest;
	char *path = arena_alloc(a, same + rest.n + 1);
	memcpy(path, before.p, same);
	if (rest.n)
		memcpy(path + same, rest.p, rest.n);
	return (span){path, same + rest.n};
}

static void unpack_file(unpack *u, span before, const image_reader *r, arena *a, image_file *f)
{
	f->path = unpack_path(u, before, a);
	f->type = (uint8_t)unpack_below(u, TAR_OTHER);
	f->mark = (uint8_t)unpack_below(u, LAYER_OPAQUE);
	uint64_t flags = unpack_below(u, FLAGS);
	f->size = unpack_number(u);
	f->mode = (uint32_t)unpack_below(u, 07777);
	f->uid = (uint32_t)unpack_below(u, UINT32_MAX);
	f->gid = (uint32_t)unpack_below(u, UINT32_MAX);
	f->index = (uint32_t)unpack_below(u, UINT32_MAX);
	f->wanted = flags & FLAG_WANTED;
	if (flags & FLAG_LINK)
		f->link = unpack_span(u);
	if (flags & FLAG_CAPABILITY) {
		span *value = ARENA_NEW(a, span);
		*value = unpack_span(u);
		f->capability = value;
	}
	if (flags & FLAG_FOUND)
		f->found = r->unpack(u, a);
}

static void unpack_head(unpack *u, layer_list *l)
{
	u->failed |= unpack_number(u) != FORM;
	l->files = (uint32_t)unpack_below(u, UINT32_MAX);
	l->stored = unpack_number(u);
	l->size = unpack_number(u);
	l->compression = (compression)unpack_below(u, COMPRESSION_XZ);
	span diff_id = unpack_span(u);
	if (diff_id.n >= sizeof l->diff_id)
		u->failed = true;
	else if (diff_id.n)
		memcpy(l->diff_id, diff_id.p, diff_id.n);
}

static void unpack_files(unpack *u, const image_reader *r, atomic_size_t *index_bytes, layer_list *l)
{
	span before = {0};
	error e;
	while (unpack_below(u, 1) && !u->failed) {
		image_file *f = ARENA_NEW(&l->arena, image_file);
		unpack_file(u, before, r, &l->arena, f);
		if (layer_charge(index_bytes, sizeof *f + f->path.n, &e) < 0)
			u->failed = true;
		before = f->path;
		*l->last = f;
		l->last = &f->next;
	}
}

bool layer_unpack(span bytes, const image_reader *r, atomic_size_t *index_bytes, layer_list *ret)
{
	unpack u = {.rest = bytes};
	unpack_head(&u, ret);
	unpack_files(&u, r, index_bytes, ret);
	if (!u.failed && u.rest.n == 0)
		return true;
	arena_done(&ret->arena);
	*ret = (layer_list){0};
	ret->last = &ret->first;
	return false;
}
