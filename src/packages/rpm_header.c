/* SPDX-License-Identifier: Apache-2.0
 *
 * The header of an rpm package ("RPM V4 header format" of rpm's manual), as databases keep it: two big-endian numbers, of index entries and of bytes of
 * data, the entries (tag, type, offset, count) and the data. Region tags are entries like others: the bytes that they cover are not verified.
 * When a tag stands there twice, the first one counts. */
#include "packages/rpm.h"

#include "base/limits.h"

enum rpm_tag {
	TAG_NAME = 1000,
	TAG_VERSION = 1001,
	TAG_RELEASE = 1002,
	TAG_EPOCH = 1003,
	TAG_VENDOR = 1011,
	TAG_LICENCE = 1014,
	TAG_ARCHITECTURE = 1022,
	TAG_OLD_NAMES = 1027, /* whole paths, before rpm 4 */
	TAG_SOURCE_RPM = 1044,
	TAG_FOLDER_INDEXES = 1116,
	TAG_BASE_NAMES = 1117,
	TAG_FOLDERS = 1118,
	TAG_MODULE = 5096,
};

enum rpm_type { TYPE_INT32 = 4, TYPE_STRING = 6, TYPE_STRINGS = 8, TYPE_I18N = 9 };

enum { INTRO = 8, ENTRY = 16, TAGS = 13 };

static const uint16_t tags[TAGS] = {TAG_NAME, TAG_VERSION, TAG_RELEASE, TAG_EPOCH, TAG_VENDOR, TAG_LICENCE,
	TAG_ARCHITECTURE, TAG_OLD_NAMES, TAG_SOURCE_RPM, TAG_FOLDER_INDEXES, TAG_BASE_NAMES, TAG_FOLDERS,
	TAG_MODULE};

typedef struct rpm_value {
	uint32_t type, count;
	span data; /* from its start to the end of all data */
} rpm_value;

typedef struct rpm_header {
	rpm_value values[TAGS];
} rpm_header;

static rpm_value *value_of(rpm_header *h, uint32_t tag)
{
	for (int i = 0; i < TAGS; i++)
		if (tags[i] == tag)
			return &h->values[i];
	return NULL;
}

/* Finds the tags that matter. False when the numbers do not fit the bytes. */
static bool header_index(span bytes, rpm_header *h)
{
	if (bytes.n < INTRO)
		return false;
	uint64_t entries = rpm_be32(bytes.p), size = rpm_be32(bytes.p + 4);
	if (entries == 0 || entries > LIMIT_RPM_TAGS || INTRO + entries * ENTRY + size > bytes.n)
		return false;
	span index = span_sub(bytes, INTRO, entries * ENTRY);
	span data = span_sub(bytes, INTRO + index.n, size);
	for (; index.n; index = span_from(index, ENTRY)) {
		rpm_value *value = value_of(h, rpm_be32(index.p));
		uint32_t offset = rpm_be32(index.p + 8);
		if (value && value->type == 0 && offset < data.n)
			*value = (rpm_value){
				rpm_be32(index.p + 4), rpm_be32(index.p + 12), span_from(data, offset)};
	}
	return true;
}

/* The next string that ends with a 0; false when there is none any more. */
static bool string_next(span *data, span *ret)
{
	size_t end = span_find_byte(*data, 0);
	if (end == SPAN_NONE)
		return false;
	*ret = span_sub(*data, 0, end);
	*data = span_from(*data, end + 1);
	return true;
}

/* The (first) string of a tag; empty when there is none. */
static span string_of(rpm_header *h, uint32_t tag)
{
	const rpm_value *v = value_of(h, tag);
	span data = v->data, ret = {0};
	if (v->type == TYPE_STRING || v->type == TYPE_STRINGS || v->type == TYPE_I18N)
		string_next(&data, &ret);
	return ret;
}

static span text_of(rpm_header *h, uint32_t tag, arena *a)
{
	span text = string_of(h, tag);
	return text.n ? arena_copy(a, span_sub(text, 0, LIMIT_PACKAGE_FIELD)) : text;
}

/* --- names and versions --- */

static span version_of(rpm_header *h, arena *a)
{
	const rpm_value *v = value_of(h, TAG_EPOCH);
	uint32_t epoch = v->type == TYPE_INT32 && v->count && v->data.n >= 4 ? rpm_be32(v->data.p) : 0;
	span version = string_of(h, TAG_VERSION), release = string_of(h, TAG_RELEASE);
	if (version.n == 0 || version.n + release.n > LIMIT_PACKAGE_FIELD)
		return (span){0};
	const char *dash = release.n ? "-" : "";
	if (epoch)
		return arena_format(a, "%u:%.*s%s%.*s", epoch, SPAN_ARG(version), dash, SPAN_ARG(release));
	return arena_format(a, "%.*s%s%.*s", SPAN_ARG(version), dash, SPAN_ARG(release));
}

/* "util-linux-2.37.4-9.cm2.src.rpm": the name is all before the last but one hyphen. */
static void source_split(span file, package *p)
{
	if (span_ends(file, SPAN(".rpm")))
		file.n -= 4;
	size_t dot = span_find_last(file, '.');
	if (dot == SPAN_NONE)
		return;
	file.n = dot;
	size_t release = span_find_last(file, '-');
	if (release == SPAN_NONE)
		return;
	size_t version = span_find_last(span_sub(file, 0, release), '-');
	if (version == SPAN_NONE || version == 0)
		return;
	p->source = span_sub(file, 0, version);
	p->source_version = span_from(file, version + 1);
}

/* --- files --- */

/* Folders end with a '/'. */
static bool path_join(span folder, span name, char buffer[LIMIT_IMAGE_PATH], span *ret)
{
	if (folder.n > LIMIT_IMAGE_PATH || name.n > LIMIT_IMAGE_PATH - folder.n)
		return false;
	if (folder.n)
		memcpy(buffer, folder.p, folder.n);
	if (name.n)
		memcpy(buffer + folder.n, name.p, name.n);
	*ret = (span){buffer, folder.n + name.n};
	return true;
}

/* Folders and names are kept apart; an index for each name says which folder it is in. */
static bool files_read(const package_input *in, rpm_header *h, uint32_t owner, package_record *out)
{
	const rpm_value *names = value_of(h, TAG_BASE_NAMES), *folders = value_of(h, TAG_FOLDERS);
	const rpm_value *indexes = value_of(h, TAG_FOLDER_INDEXES);
	span rest = folders->data, name, path = {0};
	if (names->type != TYPE_STRINGS || folders->type != TYPE_STRINGS || indexes->type != TYPE_INT32)
		return true;
	uint32_t count = names->count, folder_count = 0;
	if (folders->count > LIMIT_RPM_FOLDERS || count > indexes->data.n / 4) {
		package_fault(in, out, ERROR_LIMIT, 0, "rpm: a package with too many folders");
		return true;
	}
	arena scratch = {0};
	span *list = ARENA_ARRAY(&scratch, span, folders->count);
	while (folder_count < folders->count && string_next(&rest, &list[folder_count]))
		folder_count++;
	char buffer[LIMIT_IMAGE_PATH];
	bool more = true;
	rest = names->data;
	for (uint32_t i = 0; more && i < count && string_next(&rest, &name); i++) {
		uint32_t at = rpm_be32(indexes->data.p + (size_t)i * 4);
		if (at < folder_count && path_join(list[at], name, buffer, &path))
			more = package_file_add(in, out, package_path(path), owner);
	}
	arena_done(&scratch);
	return more;
}

static bool old_files_read(const package_input *in, rpm_header *h, uint32_t owner, package_record *out)
{
	const rpm_value *v = value_of(h, TAG_OLD_NAMES);
	span rest = v->data, path;
	if (v->type != TYPE_STRINGS)
		return true;
	for (uint32_t i = 0; i < v->count && string_next(&rest, &path); i++)
		if (!package_file_add(in, out, package_path(path), owner))
			return false;
	return true;
}

bool rpm_header_read(const package_input *in, span bytes, package_record *out)
{
	rpm_header h = {0};
	arena *a = in->a;
	if (!header_index(bytes, &h)) {
		package_fault(in, out, ERROR_DAMAGED, 0, "rpm: a header that contradicts itself");
		return true;
	}
	span name = string_of(&h, TAG_NAME);
	if (span_is(name, "gpg-pubkey")) /* a key that rpm trusts is kept like a package */
		return true;
	package p = {.name = name,
		.version = string_of(&h, TAG_VERSION),
		.type = PACKAGE_RPM,
		.evidence = PACKAGE_INSTALLED};
	if (!name.n || !p.version.n) /* nothing of it is kept */
		return package_add(in, out, &p);
	p.name = arena_copy(a, span_sub(name, 0, LIMIT_PACKAGE_FIELD + 1));
	p.version = version_of(&h, a);
	p.architecture = text_of(&h, TAG_ARCHITECTURE, a);
	p.licence = text_of(&h, TAG_LICENCE, a);
	p.module = text_of(&h, TAG_MODULE, a);
	p.vendor = text_of(&h, TAG_VENDOR, a);
	source_split(text_of(&h, TAG_SOURCE_RPM, a), &p);
	if (!package_add(in, out, &p))
		return false;
	uint32_t owner = package_owner_add(in, out, p.name);
	return files_read(in, &h, owner, out) && old_files_read(in, &h, owner, out);
}
