/* SPDX-License-Identifier: Apache-2.0
 *
 * Names of images. Docker knows one meaning of a short name, docker.io/library/NAME; Podman prefers localhost/NAME, what was built here, and takes
 * any registry's if nothing else is there. */
#include "engine/name.h"

#include "engine/store.h"
#include "formats/reference.h"

enum { RANK_NONE, RANK_ANYWHERE, RANK_CANONICAL, RANK_EXACT };

typedef struct wanted {
	reference reference; /* with docker.io/library where nobody says */
	span tail;           /* "/app": of short names; else empty */
} wanted;

static bool wanted_read(const char *name, arena *a, wanted *ret)
{
	error e;
	span text = span_of(name);
	if (reference_parse(text, a, &ret->reference, &e) < 0)
		return false;
	bool full = !span_is(ret->reference.registry, "docker.io") || span_starts(text, SPAN("docker.io/")) ||
		    span_starts(text, SPAN("index.docker.io/"));
	span bare = ret->reference.repository;
	if (span_starts(bare, SPAN("library/")) && !span_starts(text, SPAN("library/")))
		bare = span_from(bare, strlen("library/"));
	ret->tail = full ? (span){0} : arena_format(a, "/%.*s", SPAN_ARG(bare));
	return true;
}

static bool version_matches(const wanted *w, const reference *have, span digest)
{
	if (w->reference.digest.n)
		return span_equal(w->reference.digest, have->digest) ||
		       span_equal(w->reference.digest, digest);
	return span_equal(w->reference.tag, have->tag);
}

static int rank_of(const wanted *w, engine_kind kind, const reference *have, span digest, arena *a)
{
	if (!version_matches(w, have, digest))
		return RANK_NONE;
	bool canonical = span_equal(w->reference.registry, have->registry) &&
			 span_equal(w->reference.repository, have->repository);
	if (kind == ENGINE_DOCKER || w->tail.n == 0)
		return canonical ? RANK_EXACT : RANK_NONE;
	if (span_is(have->registry, "localhost") && span_equal(have->repository, span_from(w->tail, 1)))
		return RANK_EXACT;
	span path = arena_format(a, "/%.*s", SPAN_ARG(have->repository));
	return canonical ? RANK_CANONICAL : span_ends(path, w->tail) ? RANK_ANYWHERE : RANK_NONE;
}

static int image_rank(const wanted *w, engine_kind kind, const engine_image *im, arena *a)
{
	int best = RANK_NONE;
	list_each(const span, name, &im->names) {
		reference have = reference_split(*name, a);
		int rank = rank_of(w, kind, &have, im->digest, a);
		best = rank > best ? rank : best;
	}
	return best;
}

static const engine_image *find_name(
	const engine_image_list *images, engine_kind kind, const char *name, arena *a)
{
	wanted w;
	const engine_image *best = NULL;
	int best_rank = RANK_NONE;
	if (!wanted_read(name, a, &w))
		return NULL;
	list_each(const engine_image, im, images) {
		int rank = image_rank(&w, kind, im, a);
		if (rank > best_rank) {
			best = im;
			best_rank = rank;
		}
	}
	return best;
}

static bool is_hex(span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_digit(s.p[i]) && (s.p[i] < 'a' || s.p[i] > 'f'))
			return false;
	return s.n > 0;
}

/* How many begin so; the last of them. */
static uint32_t find_id(const engine_image_list *images, span beginning, const engine_image **ret)
{
	uint32_t count = 0;
	if (!is_hex(beginning))
		return 0;
	list_each(const engine_image, im, images) {
		if (!span_starts(store_hex(im->id), beginning))
			continue;
		count += !*ret || !span_equal((*ret)->id, im->id);
		*ret = im;
	}
	return count;
}

int engine_choose(const engine_image_list *images, engine_kind kind, const char *name, arena *a,
	const engine_image **ret, error *e)
{
	span id = store_hex(span_of(name));
	const engine_image *found = NULL;
	if (!store_is_id(id))
		found = find_name(images, kind, name, a);
	uint32_t count = found ? 1 : find_id(images, id, &found);
	if (count > 1)
		return error_set(e, ERROR_USAGE, "the ids of several images begin with %s", name);
	if (!found)
		return error_set(e, ERROR_ABSENT, "has no such image");
	*ret = found;
	return 0;
}
