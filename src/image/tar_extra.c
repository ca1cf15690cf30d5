/* SPDX-License-Identifier: Apache-2.0
 *
 * Pax extended headers (POSIX.1-2017, pax, "pax Extended Header"): "length key=value\n" records, as a table from keys to setters; and the
 * sparse formats of GNU tar (its manual, "Storing Sparse Files"): old GNU, 0.0, 0.1; the map of 1.0 is read with the content. */
#include "base/limits.h"
#include "image/tar_parse.h"

enum { GNU_PIECE_BYTES = 24, GNU_NUMBER_BYTES = 12 };

static bool decimal(span s, uint64_t *ret)
{
	uint64_t value = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (!ascii_digit(s.p[i]) || __builtin_mul_overflow(value, 10, &value) ||
			__builtin_add_overflow(value, (uint64_t)(s.p[i] - '0'), &value))
			return false;
	}
	if (s.n == 0 || value > INT64_MAX)
		return false;
	*ret = value;
	return true;
}

static bool set_name(tar_extra *x, arena *a, span value)
{
	(void)a;
	x->name = value;
	return true;
}

static bool set_link(tar_extra *x, arena *a, span value)
{
	(void)a;
	x->link = value;
	return true;
}

static bool set_capability(tar_extra *x, arena *a, span value)
{
	(void)a;
	x->capability = value;
	return true;
}

static bool set_sparse_name(tar_extra *x, arena *a, span value)
{
	(void)a;
	x->sparse_name = value;
	return true;
}

static bool set_size(tar_extra *x, arena *a, span value)
{
	(void)a;
	return x->has_size = decimal(value, &x->size);
}

/* Fractions of a second are cut off, also of times before 1970. */
static bool set_mtime(tar_extra *x, arena *a, span value)
{
	(void)a;
	size_t point = span_find_byte(value, '.');
	return x->has_mtime = span_int(span_sub(value, 0, point), &x->mtime);
}

static bool id_of(span value, uint32_t *ret)
{
	uint64_t id;
	if (!decimal(value, &id))
		return false;
	*ret = id < UINT32_MAX ? (uint32_t)id : UINT32_MAX;
	return true;
}

static bool set_uid(tar_extra *x, arena *a, span value)
{
	(void)a;
	return x->has_uid = id_of(value, &x->uid);
}

static bool set_gid(tar_extra *x, arena *a, span value)
{
	(void)a;
	return x->has_gid = id_of(value, &x->gid);
}

static bool set_real_size(tar_extra *x, arena *a, span value)
{
	(void)a;
	x->sparse = true;
	return x->has_real_size = decimal(value, &x->real_size);
}

static bool set_major(tar_extra *x, arena *a, span value)
{
	(void)a;
	x->sparse = true;
	return decimal(value, &x->sparse_major);
}

static bool piece_add(arena *a, tar_pieces *pieces, uint64_t offset, uint64_t size)
{
	if (pieces->count >= LIMIT_TAR_PIECES)
		return false;
	list_push(a, pieces, (tar_piece){offset, size});
	return true;
}

/* Version 0.0 repeats an offset and a size for every piece. */
static bool set_piece_offset(tar_extra *x, arena *a, span value)
{
	(void)a;
	x->sparse = true;
	return decimal(value, &x->piece_offset);
}

static bool set_piece_size(tar_extra *x, arena *a, span value)
{
	uint64_t size;
	return decimal(value, &size) && piece_add(a, &x->pieces, x->piece_offset, size);
}

/* Version 0.1: "offset,size,offset,size…". */
static bool set_map(tar_extra *x, arena *a, span value)
{
	span offset, size;
	uint64_t at, n;
	x->sparse = true;
	while (span_cut(&value, ',', &offset))
		if (!span_cut(&value, ',', &size) || !decimal(offset, &at) || !decimal(size, &n) ||
			!piece_add(a, &x->pieces, at, n))
			return false;
	return true;
}

static const struct {
	const char *key;
	bool (*set)(tar_extra *x, arena *a, span value);
} keys[] = {
	{"path", set_name},
	{"linkpath", set_link},
	{"size", set_size},
	{"mtime", set_mtime},
	{"uid", set_uid},
	{"gid", set_gid},
	{"SCHILY.xattr.security.capability", set_capability},
	{"GNU.sparse.name", set_sparse_name},
	{"GNU.sparse.size", set_real_size},
	{"GNU.sparse.realsize", set_real_size},
	{"GNU.sparse.major", set_major},
	{"GNU.sparse.offset", set_piece_offset},
	{"GNU.sparse.numbytes", set_piece_size},
	{"GNU.sparse.map", set_map},
};

/* An empty value takes back what a global header said; in our reading it says nothing. */
static void record_apply(tar_extra *x, arena *a, span key, span value)
{
	for (size_t i = 0; value.n && i < sizeof keys / sizeof *keys; i++)
		if (span_is(key, keys[i].key) && !keys[i].set(x, a, value))
			x->damaged = true;
}

/* "30 mtime=1350244992.023960108\n": the length counts itself and the line's end. */
static int record_cut(span *records, span *key, span *value, error *e)
{
	uint64_t n;
	size_t space = span_find_byte(*records, ' ');
	if (space == SPAN_NONE || !decimal(span_sub(*records, 0, space), &n) || n <= space + 1 ||
		n > records->n || records->p[n - 1] != '\n')
		return error_set(e, ERROR_DAMAGED, "tar: a pax header has a broken record");
	span body = span_sub(*records, space + 1, n - space - 2);
	size_t equals = span_find_byte(body, '=');
	if (equals == SPAN_NONE)
		return error_set(e, ERROR_DAMAGED, "tar: a pax header has a record without a value");
	*key = span_sub(body, 0, equals);
	*value = span_from(body, equals + 1);
	*records = span_from(*records, n);
	return 0;
}

int tar_extra_read(span records, arena *a, tar_extra *x, error *e)
{
	span key = {0}, value = {0};
	while (records.n) {
		TRY(record_cut(&records, &key, &value, e));
		record_apply(x, a, key, value);
	}
	return 0;
}

bool tar_pieces_gnu(span fields, arena *a, tar_pieces *pieces)
{
	for (; fields.n >= GNU_PIECE_BYTES && fields.p[0]; fields = span_from(fields, GNU_PIECE_BYTES)) {
		int64_t offset, size;
		if (!tar_number(span_sub(fields, 0, GNU_NUMBER_BYTES), &offset) ||
			!tar_number(span_sub(fields, GNU_NUMBER_BYTES, GNU_NUMBER_BYTES), &size) ||
			offset < 0 || size < 0 || !piece_add(a, pieces, (uint64_t)offset, (uint64_t)size))
			return false;
	}
	return true;
}

bool tar_pieces_hold(const tar_pieces *pieces, uint64_t size, uint64_t stored)
{
	uint64_t end = 0, sum = 0;
	list_each(const tar_piece, piece, pieces) {
		if (piece->offset < end || piece->offset > size || piece->size > size - piece->offset)
			return false;
		end = piece->offset + piece->size;
		sum += piece->size;
	}
	return sum == stored;
}
