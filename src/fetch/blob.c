/* SPDX-License-Identifier: Apache-2.0
 *
 * One blob: fetched to HEX.part beside its place, hashed, renamed. Who comes second waits for the first; what a broken run leaves is where the next
 * one goes on. */
#include "fetch/blob.h"

#include "base/files.h"
#include "fetch/cache.h"
#include "formats/sha256.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>

enum { HASH_STEP = 1 << 20 };

typedef struct pulling {
	session *session;
	const char *cache, *part, *file; /* part: full path; file: its name */
	const blob *blob;
	void (*progress)(void *of, uint64_t bytes);
	void *of;
	arena arena;
} pulling;

/* The lock on the partial file, which another process may have renamed or removed meanwhile. */
static int lock_part(const char *part, error *e)
{
	for (int i = 0; i < 100; i++) {
		struct stat mine, there;
		int fd = open(part, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (fd < 0)
			return error_set_system(e, "%s", part);
		if (flock(fd, LOCK_EX) == 0 && fstat(fd, &mine) == 0 && stat(part, &there) == 0 &&
			mine.st_ino == there.st_ino)
			return fd;
		close(fd);
	}
	return error_set(e, ERROR_SYSTEM, "%s: cannot be locked", part);
}

static int digest_check(const pulling *p, int fd, error *e)
{
	char text[SHA256_TEXT + 1];
	sha256 *h = sha256_new();
	char *step = malloc(HASH_STEP);
	off_t at = 0;
	ssize_t n = -1;
	while (step && (n = pread(fd, step, HASH_STEP, at)) != 0) {
		if (n < 0 && errno != EINTR)
			break;
		if (n > 0) {
			sha256_add(h, (span){step, (size_t)n});
			at += n;
		}
	}
	sha256_text(h, text);
	sha256_free(h);
	free(step);
	if (n < 0)
		return error_set_system(e, "%s", p->part);
	if (!span_is(p->blob->digest, text))
		return error_set(e, ERROR_DAMAGED, "blob %.*s: what came has the digest %s",
			SPAN_ARG(p->blob->digest), text);
	return 0;
}

static int get(pulling *p, const char *path, fetch_answer *ret, error *e)
{
	fetch_request q = {.file = p->file,
		.resume = true,
		.limit = p->blob->size ? p->blob->size : (uint64_t)LIMIT_BLOB_MIB << 20,
		.progress = p->progress,
		.of = p->of};
	TRY(session_get(p->session, path, &q, &p->arena, ret, e));
	if (ret->status == 200 || ret->status == 206)
		return 0;
	return session_refused(
		p->session, ret, arena_format(&p->arena, "the blob %.*s", SPAN_ARG(p->blob->digest)).p, e);
}

/* From the registry; a layer that may not be distributed may lie elsewhere. */
static int get_somewhere(pulling *p, error *e)
{
	fetch_answer answer;
	error other;
	const node *urls = p->blob->urls;
	int status = get(p, arena_format(&p->arena, "blobs/%.*s", SPAN_ARG(p->blob->digest)).p, &answer, e);
	for (uint32_t i = 0; status < 0 && node_is_list(urls) && i < urls->count && i < LIMIT_FETCH_REDIRECTS;
		i++) {
		span url = node_text(urls->items[i]);
		if (span_starts(url, SPAN("https://")) &&
			get(p, arena_string(&p->arena, url), &answer, &other) >= 0)
			status = 0;
	}
	if (status < 0 && node_is_list(urls) && urls->count)
		return error_wrap(e, "a layer that may not be distributed");
	return status;
}

static int pull_locked(pulling *p, int fd, error *e)
{
	struct stat st;
	if (fstat(fd, &st) < 0)
		return error_set_system(e, "%s", p->part);
	bool resumed = st.st_size > 0;
	/* Complete, but its run ended before it was renamed. */
	bool complete = resumed && p->blob->size && (uint64_t)st.st_size == p->blob->size &&
			digest_check(p, fd, e) >= 0;
	if (!complete && resumed && p->blob->size && (uint64_t)st.st_size >= p->blob->size &&
		ftruncate(fd, 0) < 0)
		return error_set_system(e, "%s", p->part);
	int status = complete ? 0 : get_somewhere(p, e);
	if (status >= 0 && !complete)
		status = digest_check(p, fd, e);
	if (status < 0 && resumed && e->code == ERROR_DAMAGED && ftruncate(fd, 0) == 0) {
		TRY(get_somewhere(p, e));
		status = digest_check(p, fd, e);
	}
	if (status < 0 && e->code == ERROR_DAMAGED && fstat(fd, &st) == 0 &&
		(uint64_t)st.st_size >= p->blob->size)
		unlink(p->part);
	TRY(status);
	const char *to = cache_blob_path(p->cache, p->blob->digest, &p->arena);
	return rename(p->part, to) < 0 ? error_set_system(e, "%s", to) : 0;
}

static int pull(pulling *p, error *e)
{
	if (!sha256_is_text(p->blob->digest))
		return error_set(e, ERROR_DAMAGED, "'%.*s' is no SHA-256 digest",
			SPAN_ARG(span_sub(p->blob->digest, 0, 100)));
	if (cache_has(p->cache, p->blob->digest, p->blob->size, &p->arena))
		return 0;
	p->part = arena_format(&p->arena, "%s.part", cache_blob_path(p->cache, p->blob->digest, &p->arena)).p;
	p->file = path_name(p->part);
	auto_fd fd = lock_part(p->part, e);
	if (fd < 0)
		return -e->code;
	if (cache_has(p->cache, p->blob->digest, p->blob->size, &p->arena)) {
		unlink(p->part); /* somebody else was quicker */
		return 0;
	}
	return pull_locked(p, fd, e);
}

int blob_pull(session *s, const char *cache, const blob *b, void (*progress)(void *of, uint64_t bytes),
	void *of, error *e)
{
	pulling p = {.session = s, .cache = cache, .blob = b, .progress = progress, .of = of};
	int status = pull(&p, e);
	arena_done(&p.arena);
	return status;
}
