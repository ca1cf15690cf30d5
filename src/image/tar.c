/* SPDX-License-Identifier: Apache-2.0
 *
 * The walk from header to header, and the content between them. One header and its long names are copied; content is not: it is given
 * out as it lies in the stream's blocks, and what is not wanted is only counted off. */
#include "image/tar.h"

#include "base/limits.h"
#include "base/memory.h"
#include "image/tar_parse.h"

#include <stdlib.h>

enum { /* the old GNU sparse header, and its extension blocks */
	GNU_PIECES = 386,
	GNU_PIECES_BYTES = 96,
	GNU_EXTENDED = 482,
	GNU_REAL_SIZE = 483,
	GNU_REAL_SIZE_BYTES = 12,
	GNU_MORE_BYTES = 504,
};

static const char zeros[4096];

struct tar {
	stream in;
	span block; /* what is left of the stream's block in hand */
	bool done;
	uint32_t entries;
	char header[TAR_BLOCK_BYTES];
	arena names; /* of the entry in hand */
	arena kept;  /* of global headers */
	tar_extra global;
	uint64_t left; /* stored bytes of the content that were not given yet */
	uint32_t padding;
	uint64_t at, size; /* in the content, holes included */
	tar_pieces pieces;
	uint32_t piece; /* the first one that is not given completely */
	bool sparse;
};

tar *tar_open(stream in)
{
	tar *t = memory_zeroed(1, sizeof *t);
	t->in = in;
	return t;
}

void tar_close(tar *t)
{
	if (!t)
		return;
	arena_done(&t->names);
	arena_done(&t->kept);
	free(t);
}

/* --- bytes of the stream --- */

/* Makes t->block hold something: 1, or 0 at the end of the stream. */
static int refill(tar *t, error *e)
{
	return t->block.n ? 1 : t->in.next(t->in.of, &t->block, e);
}

static int early_end(error *e)
{
	return error_set(e, ERROR_DAMAGED, "tar: the archive ends too early");
}

/* Copies n bytes; *got says how many there were. */
static int take(tar *t, char *to, size_t n, size_t *got, error *e)
{
	*got = 0;
	while (*got < n) {
		int more = refill(t, e);
		TRY(more);
		if (more == 0)
			return 0;
		span part = span_sub(t->block, 0, n - *got);
		memcpy(to + *got, part.p, part.n);
		t->block = span_from(t->block, part.n);
		*got += part.n;
	}
	return 0;
}

static int pass(tar *t, uint64_t n, error *e)
{
	while (n) {
		int more = refill(t, e);
		TRY(more);
		if (more == 0)
			return early_end(e);
		uint64_t step = n < t->block.n ? n : t->block.n;
		t->block = span_from(t->block, step);
		n -= step;
	}
	return 0;
}

static int take_block(tar *t, char *to, error *e)
{
	size_t got = 0;
	TRY(take(t, to, TAR_BLOCK_BYTES, &got, e));
	return got == TAR_BLOCK_BYTES ? 0 : early_end(e);
}

static uint32_t padding_of(uint64_t n)
{
	return (uint32_t)(-n % TAR_BLOCK_BYTES);
}

/* --- headers --- */

/* The end is two blocks of zeros; one, or none, is taken where the stream ends as well. 1: t->header has a header. */
static int next_block(tar *t, error *e)
{
	size_t got = 0;
	TRY(take(t, t->header, TAR_BLOCK_BYTES, &got, e));
	if (got == 0)
		return 0;
	if (got < TAR_BLOCK_BYTES)
		return early_end(e);
	if (!tar_block_is_zero(t->header))
		return tar_checksum_holds(t->header)
			       ? 1
			       : error_set(e, ERROR_DAMAGED, "tar: the checksum of a header is wrong");
	TRY(take(t, t->header, TAR_BLOCK_BYTES, &got, e));
	if (got == TAR_BLOCK_BYTES && !tar_block_is_zero(t->header))
		return error_set(e, ERROR_DAMAGED, "tar: something follows a lone block of zeros");
	return 0;
}

/* The body of a header that describes the next one. */
static int take_body(tar *t, const tar_header *h, arena *a, span *ret, error *e)
{
	if (h->size > LIMIT_TAR_HEADER)
		return error_set(e, ERROR_LIMIT, "tar: an extended header of more than %d KiB",
			LIMIT_TAR_HEADER >> 10);
	char *body = arena_alloc(a, h->size + 1);
	size_t got = 0;
	TRY(take(t, body, h->size, &got, e));
	if (got < h->size)
		return early_end(e);
	*ret = (span){body, h->size};
	return pass(t, padding_of(h->size), e);
}

static int global_read(tar *t, const tar_header *h, error *e)
{
	if (t->kept.bytes > 4 * LIMIT_TAR_HEADER)
		return error_set(e, ERROR_LIMIT, "tar: too many global headers");
	span body = {0};
	TRY(take_body(t, h, &t->kept, &body, e));
	return tar_extra_read(body, &t->kept, &t->global, e);
}

static int long_name_read(tar *t, const tar_header *h, span *ret, error *e)
{
	span body = {0};
	TRY(take_body(t, h, &t->names, &body, e));
	*ret = (span){body.p, strnlen(body.p, body.n)};
	return 0;
}

typedef struct long_names { /* GNU's: they stand over pax records, as in Go */
	span name, link;
} long_names;

/* Reads one header that only describes the next: 1; 0 when it is none. */
static int describing_read(tar *t, const tar_header *h, tar_extra *x, long_names *l, error *e)
{
	span body = {0};
	if (t->names.bytes > 4 * LIMIT_TAR_HEADER)
		return error_set(e, ERROR_LIMIT, "tar: too many extended headers for one entry");
	switch (h->type) {
	case 'x':
		TRY(take_body(t, h, &t->names, &body, e));
		*x = t->global; /* a second header takes the place of the first */
		TRY(tar_extra_read(body, &t->names, x, e));
		return 1;
	case 'g':
		TRY(global_read(t, h, e));
		*x = t->global;
		return 1;
	case 'L':
		TRY(long_name_read(t, h, &l->name, e));
		return 1;
	case 'K':
		TRY(long_name_read(t, h, &l->link, e));
		return 1;
	default:
		return 0;
	}
}

/* --- sparse files --- */

static int gnu_sparse_read(tar *t, uint64_t *real, bool *good, error *e)
{
	int64_t size;
	*good = tar_number((span){t->header + GNU_REAL_SIZE, GNU_REAL_SIZE_BYTES}, &size) && size >= 0 &&
		tar_pieces_gnu((span){t->header + GNU_PIECES, GNU_PIECES_BYTES}, &t->names, &t->pieces);
	*real = (uint64_t)size;
	char more[TAR_BLOCK_BYTES];
	bool extended = t->header[GNU_EXTENDED];
	while (extended) {
		TRY(take_block(t, more, e));
		*good = *good && tar_pieces_gnu((span){more, GNU_MORE_BYTES}, &t->names, &t->pieces);
		extended = more[GNU_MORE_BYTES];
	}
	return 0;
}

typedef struct map_reader { /* of decimal lines in whole blocks at the start of the content */
	char block[TAR_BLOCK_BYTES];
	size_t at;
} map_reader;

static int map_number(tar *t, map_reader *m, uint64_t *ret, bool *good, error *e)
{
	*ret = 0;
	for (int digits = 0; *good; digits++) {
		if (m->at == TAR_BLOCK_BYTES) {
			*good = t->left >= TAR_BLOCK_BYTES;
			if (!*good)
				return 0;
			TRY(take_block(t, m->block, e));
			t->left -= TAR_BLOCK_BYTES;
			m->at = 0;
		}
		char c = m->block[m->at++];
		if (c == '\n' && digits)
			return 0;
		*good = ascii_digit(c) && digits < 18;
		*ret = *ret * 10 + (uint64_t)(c - '0');
	}
	return 0;
}

/* Version 1.0: the number of pieces, then offset and size of each. */
static int pax_map_read(tar *t, bool *good, error *e)
{
	map_reader m = {.at = TAR_BLOCK_BYTES};
	uint64_t count, offset, size;
	TRY(map_number(t, &m, &count, good, e));
	*good = *good && count <= LIMIT_TAR_PIECES;
	for (uint64_t i = 0; *good && i < count; i++) {
		TRY(map_number(t, &m, &offset, good, e));
		TRY(map_number(t, &m, &size, good, e));
		if (*good)
			list_push(&t->names, &t->pieces, (tar_piece){offset, size});
	}
	return 0;
}

/* Finds out where the pieces lie; *good is false when that is contradictory. */
static int sparse_read(tar *t, const tar_header *h, const tar_extra *x, bool *good, error *e)
{
	*good = true;
	t->sparse = true;
	if (h->type == 'S') {
		TRY(gnu_sparse_read(t, &t->size, good, e));
	} else {
		t->size = x->has_real_size ? x->real_size : t->left;
		t->pieces = x->pieces;
		if (x->sparse_major == 1)
			TRY(pax_map_read(t, good, e));
	}
	*good = *good && tar_pieces_hold(&t->pieces, t->size, t->left);
	return 0;
}

/* --- entries --- */

static const struct {
	char letter;
	tar_type type;
	bool content;
} types[] = {
	{'0', TAR_FILE, true}, {0, TAR_FILE, true}, {'1', TAR_HARD_LINK, false}, {'2', TAR_LINK, false},
	{'3', TAR_CHARACTER, false}, {'4', TAR_BLOCK, false}, {'5', TAR_FOLDER, false},
	{'6', TAR_FIFO, false}, {'7', TAR_FILE, true}, /* contiguous */
	{'S', TAR_FILE, true},                         /* GNU sparse */
	{'D', TAR_FOLDER, true},                       /* GNU: with a list of its files */
};

/* Old tars know folders by the slash at the end alone. Whether there is content behind the header, as Go sees it: of links and folders the
 * size is not meant. */
static tar_type type_of(char letter, span name, bool *content)
{
	*content = true;
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		if (types[i].letter != letter)
			continue;
		*content = types[i].content;
		bool folder = types[i].type == TAR_FILE && name.n && name.p[name.n - 1] == '/';
		return folder ? TAR_FOLDER : types[i].type;
	}
	return TAR_OTHER;
}

static uint32_t narrow(uint64_t n)
{
	return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

static span first_of(span a, span b, span c)
{
	return a.n ? a : b.n ? b : c;
}

static void fill(tar *t, const tar_header *h, const tar_extra *x, tar_entry *ret)
{
	*ret = (tar_entry){
		.mode = (uint32_t)(h->mode & 07777),
		.uid = x->has_uid ? x->uid : narrow(h->uid),
		.gid = x->has_gid ? x->gid : narrow(h->gid),
		.mtime = x->has_mtime ? x->mtime : h->mtime,
		.major = narrow(h->major),
		.minor = narrow(h->minor),
		.capability = x->capability,
		.index = t->entries++,
	};
}

/* The names of an entry, cleaned; the links to other entries are cleaned as well. */
static void fill_names(tar *t, span name, span link, tar_entry *ret)
{
	ret->fault = tar_path_clean(name, &t->names, &ret->name);
	ret->link = link;
	if (ret->fault || (ret->type != TAR_HARD_LINK && ret->type != TAR_LINK))
		return;
	if (ret->type == TAR_HARD_LINK && tar_path_clean(link, &t->names, &ret->link))
		ret->fault = "it is a hard link to a name that climbs out or is none";
	else if (link.n >= LIMIT_IMAGE_PATH)
		ret->fault = "its link is longer than any file system takes";
}

static int entry_make(
	tar *t, const tar_header *h, const tar_extra *x, const long_names *l, tar_entry *ret, error *e)
{
	span name = first_of(l->name, x->sparse_name, first_of(x->name, h->name, h->name));
	span link = first_of(l->link, x->link, h->link);
	bool content, good = true;
	tar_entry out;
	fill(t, h, x, &out);
	out.type = type_of(h->type, name, &content);
	t->left = !content ? 0 : x->has_size ? x->size : h->size;
	t->padding = padding_of(t->left);
	t->size = t->left;
	t->sparse = false;
	t->at = t->piece = 0;
	t->pieces = (tar_pieces){0};
	if (content && (h->type == 'S' || x->sparse))
		TRY(sparse_read(t, h, x, &good, e));
	fill_names(t, name, link, &out);
	if (x->damaged || !good)
		out.fault = good ? "its pax header has a value that is none"
				 : "its map of sparse pieces contradicts itself";
	if (out.type != TAR_FILE || out.fault)
		t->size = 0;
	out.size = t->size;
	*ret = out;
	return 1;
}

int tar_next(tar *t, tar_entry *ret, error *e)
{
	tar_header h = {0};
	tar_extra x = t->global;
	long_names l = {0};
	if (t->done)
		return 0;
	TRY(pass(t, t->left + t->padding, e));
	t->left = t->padding = 0;
	arena_clear(&t->names);
	for (bool described = false;; described = true) {
		int more = next_block(t, e);
		TRY(more);
		t->done = more == 0;
		if (t->done)
			return described ? early_end(e) : 0;
		TRY(tar_header_read(t->header, &t->names, &h, e));
		more = describing_read(t, &h, &x, &l, e);
		TRY(more);
		if (more == 0)
			return entry_make(t, &h, &x, &l, ret, e);
	}
}

/* --- content --- */

/* How many of the next bytes are stored, or how many are a hole. */
static uint64_t run_length(tar *t, bool *hole)
{
	*hole = false;
	if (!t->sparse)
		return t->size - t->at;
	while (t->piece < t->pieces.count &&
		t->at >= t->pieces.items[t->piece].offset + t->pieces.items[t->piece].size)
		t->piece++;
	const tar_piece *piece = t->piece < t->pieces.count ? &t->pieces.items[t->piece] : NULL;
	*hole = !piece || t->at < piece->offset;
	if (*hole)
		return (piece ? piece->offset : t->size) - t->at;
	return piece->offset + piece->size - t->at;
}

int tar_content(tar *t, span *ret, error *e)
{
	bool hole;
	if (t->at == t->size)
		return 0;
	uint64_t n = run_length(t, &hole);
	span out = {zeros, n < sizeof zeros ? n : sizeof zeros};
	if (!hole) {
		int more = refill(t, e);
		TRY(more);
		if (more == 0)
			return early_end(e);
		out = span_sub(t->block, 0, n);
		t->block = span_from(t->block, out.n);
		t->left -= out.n;
	}
	t->at += out.n;
	*ret = out;
	return 1;
}

int tar_content_all(tar *t, uint64_t limit, buffer *b, span *ret, error *e)
{
	span part = {0};
	if (t->size - t->at > limit)
		return error_set(e, ERROR_LIMIT, "larger than %llu MiB", (unsigned long long)(limit >> 20));
	b->n = 0;
	int more = tar_content(t, &part, e);
	TRY(more);
	*ret = part;
	if (more == 0 || t->at == t->size)
		return 0;
	while (more > 0) {
		buffer_add(b, part);
		more = tar_content(t, &part, e);
	}
	TRY(more);
	*ret = buffer_span(b);
	return 0;
}
