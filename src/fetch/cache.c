/* SPDX-License-Identifier: Apache-2.0
 *
 * The cache of pulled images. A file gets its name only when it is complete and its digest was checked. */
#include "fetch/cache.h"

#include "base/buffer.h"
#include "base/files.h"
#include "base/limits.h"
#include "fetch/registry.h"
#include "formats/json.h"
#include "formats/sha256.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>

static const char blobs_folder[] = "blobs/sha256";

const char *registry_cache_path(arena *a)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	if (cache && cache[0] == '/')
		return path_join(a, cache, "bulkhead/images");
	return home && home[0] == '/' ? path_join(a, home, ".cache/bulkhead/images") : NULL;
}

static int folder_make(const char *path, arena *a, error *e)
{
	if (mkdir(path, 0700) == 0 || errno == EEXIST)
		return 0;
	const char *above = path_folder(a, path);
	if (errno != ENOENT || strcmp(above, path) == 0)
		return error_set_system(e, "%s", path);
	TRY(folder_make(above, a, e));
	return mkdir(path, 0700) == 0 || errno == EEXIST ? 0 : error_set_system(e, "%s", path);
}

int cache_open(const char *path, arena *a, error *e)
{
	const char *mark = path_join(a, path, "oci-layout");
	TRY(folder_make(path_join(a, path, blobs_folder), a, e));
	return files_exists(mark) ? 0 : files_write(mark, SPAN("{\"imageLayoutVersion\":\"1.0.0\"}"), e);
}

static int lock_open(const char *path, const char *name)
{
	arena a = {0};
	int fd = open(path_join(&a, path, name), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	arena_done(&a);
	return fd;
}

int registry_cache_hold(const char *path)
{
	int fd = lock_open(path, "lock");
	if (fd >= 0)
		flock(fd, LOCK_SH);
	return fd;
}

const char *cache_blob_path(const char *path, span digest, arena *a)
{
	return arena_format(
		a, "%s/%s/%.*s", path, blobs_folder, SPAN_ARG(span_from(digest, sizeof "sha256:" - 1)))
		.p;
}

bool cache_has(const char *path, span digest, uint64_t size, arena *a)
{
	struct stat st;
	const char *file = cache_blob_path(path, digest, a);
	if (stat(file, &st) < 0 || !S_ISREG(st.st_mode) || (size && (uint64_t)st.st_size != size))
		return false;
	utimensat(AT_FDCWD, file, NULL, 0);
	return true;
}

int cache_put(const char *path, span digest, span bytes, error *e)
{
	arena a = {0};
	int status = files_write(cache_blob_path(path, digest, &a), bytes, e);
	arena_done(&a);
	return status;
}

/* --- the index --- */

static void descriptor_write(buffer *out, span type, span digest, uint64_t size, span name)
{
	buffer_format(out, "%s{\"mediaType\":\"%.*s\",\"digest\":\"%.*s\",\"size\":%llu,", out->n ? "," : "",
		SPAN_ARG(type), SPAN_ARG(digest), (unsigned long long)size);
	buffer_format(
		out, "\"annotations\":{\"org.opencontainers.image.ref.name\":\"%.*s\"}}", SPAN_ARG(name));
}

/* Strings of the index are our own: anything that would have to be escaped is none of them. */
static bool plain(span s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == '"' || s.p[i] == '\\')
			return false;
	return true;
}

/* What the index has already, without what is no longer there and what has a new meaning. An index that cannot be read is begun anew. */
static void index_keep(const char *path, const char *file, span digest, span name, buffer *out, arena *a)
{
	text t;
	span bytes;
	node *root = NULL;
	node_problems problems = {0};
	error e;
	if (files_read(file, LIMIT_IMAGE_JSON, a, &bytes, &e) < 0)
		return;
	text_init(&t, file, bytes, a);
	if (json_read(&t, a, &root, &problems, &e) < 0)
		return;
	const node *list = node_get(root, "manifests");
	for (uint32_t i = 0; node_is_list(list) && i < list->count && i < LIMIT_IMAGE_CACHE_NAMES; i++) {
		const node *d = list->items[i];
		span old = node_text(node_get(d, "digest")), type = node_text(node_get(d, "mediaType")),
		     called = node_text(node_path(d, "annotations/org.opencontainers.image.ref.name"));
		int64_t size;
		if (!sha256_is_text(old) || span_equal(old, digest) || span_equal(called, name) ||
			!plain(type) || !plain(called) || !node_int(node_get(d, "size"), &size) ||
			!files_exists(cache_blob_path(path, old, a)))
			continue;
		descriptor_write(out, type, old, (uint64_t)size, called);
	}
}

int cache_name(const char *path, span digest, uint64_t size, span media_type, span name, arena *a, error *e)
{
	auto_buffer list = {0}, out = {0};
	auto_fd lock = lock_open(path, "index.lock");
	const char *file = path_join(a, path, "index.json");
	if (lock < 0 || flock(lock, LOCK_EX) < 0)
		return error_set_system(e, "%s", path);
	descriptor_write(&list, plain(media_type) ? media_type : (span){0}, digest, size, name);
	index_keep(path, file, digest, name, &list, a);
	buffer_format(&out, "{\"schemaVersion\":2,\"manifests\":[%.*s]}", SPAN_ARG(buffer_span(&list)));
	return files_write(file, buffer_span(&out), e);
}

/* --- its size --- */

typedef struct stored {
	const char *path;
	uint64_t size;
	struct timespec used;
} stored;

static int by_age(const void *a, const void *b)
{
	const stored *x = a, *y = b;
	if (x->used.tv_sec != y->used.tv_sec)
		return x->used.tv_sec < y->used.tv_sec ? -1 : 1;
	return x->used.tv_nsec < y->used.tv_nsec ? -1 : x->used.tv_nsec > y->used.tv_nsec;
}

static bool any(void *of, const char *path, const char *name, bool folder)
{
	(void)of, (void)path, (void)name;
	return !folder;
}

typedef struct listing {
	arena *arena;
	LIST(stored) files;
	uint64_t total;
} listing;

static void add(void *of, walk_kind kind, const char *path, const error *e)
{
	listing *l = of;
	struct stat st;
	(void)e;
	if (kind != WALK_FILE || stat(path, &st) < 0)
		return;
	list_push(l->arena, &l->files, (stored){path, (uint64_t)st.st_blocks * 512, st.st_mtim});
	l->total += (uint64_t)st.st_blocks * 512;
}

void cache_trim(const char *path, uint64_t most, int held, arena *a)
{
	listing l = {.arena = a};
	walk w = {.arena = a, .wanted = any, .found = add, .of = &l};
	error e;
	if (held < 0 || files_walk(&w, path_join(a, path, blobs_folder), &e) < 0 || l.total <= most)
		return;
	if (flock(held, LOCK_EX | LOCK_NB) == 0) {
		qsort(l.files.items, l.files.count, sizeof *l.files.items, by_age);
		for (uint32_t i = 0; i < l.files.count && l.total > most; i++)
			if (unlink(l.files.items[i].path) == 0)
				l.total -= l.files.items[i].size;
	}
	flock(held, LOCK_SH);
}
