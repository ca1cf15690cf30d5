/* SPDX-License-Identifier: Apache-2.0
 *
 * Manifests: OCI's and Docker's (v2, schema 2), alone or in an index. What they are is read off their shape; digests are held against what was asked
 * for, and what the registry itself says. */
#include "fetch/manifest.h"

#include "base/files.h"
#include "fetch/cache.h"
#include "formats/json.h"
#include "formats/sha256.h"

static const char accept_header[] =
	"Accept: application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "
	"application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json";

static span digest_of(span bytes, arena *a)
{
	char text[SHA256_TEXT + 1];
	sha256_of(bytes, text);
	return arena_copy(a, span_of(text));
}

static int digests_compare(span want, span got, const char *who, error *e)
{
	if (want.n == 0 || !sha256_is_text(want) || span_equal(want, got))
		return 0;
	return error_set(e, ERROR_DAMAGED, "manifest: %s %.*s, and what came has %.*s", who, SPAN_ARG(want),
		SPAN_ARG(got));
}

/* The bytes of a manifest by digest or tag; by digest it may be in the cache. */
static int bytes_get(session *s, const char *cache, span name, span *ret, span *ret_type, error *e)
{
	fetch_request q = {.limit = LIMIT_IMAGE_JSON};
	fetch_answer answer;
	bool by_digest = sha256_is_text(name);
	if (by_digest && cache_has(cache, name, 0, s->arena) &&
		files_read(cache_blob_path(cache, name, s->arena), LIMIT_IMAGE_JSON, s->arena, ret, e) >= 0 &&
		span_equal(digest_of(*ret, s->arena), name))
		return 0;
	list_push(s->arena, &q.headers, span_of(accept_header));
	TRY(session_get(
		s, arena_format(s->arena, "manifests/%.*s", SPAN_ARG(name)).p, &q, s->arena, &answer, e));
	if (answer.status != 200)
		return session_refused(s, &answer,
			arena_format(s->arena, "%.*s%s%.*s", SPAN_ARG(s->at->repository),
				by_digest ? "@" : ":", SPAN_ARG(name))
				.p,
			e);
	span got = digest_of(answer.body, s->arena);
	TRY(digests_compare(by_digest ? name : (span){0}, got, "asked for was", e));
	TRY(digests_compare(fetch_header(&answer, "docker-content-digest"), got, "the registry says", e));
	*ret = answer.body;
	*ret_type = fetch_header(&answer, "content-type");
	return 0;
}

static bool is_attestation(const node *d)
{
	return node_path(d, "annotations/vnd.docker.reference.type") ||
	       span_is(node_text(node_path(d, "platform/os")), "unknown");
}

static int none_fits(const node *list, error *e)
{
	auto_buffer offered = {0};
	for (uint32_t i = 0; i < list->count && offered.n < 120; i++) {
		const node *p = node_get(list->items[i], "platform");
		span v = node_text(node_get(p, "variant"));
		if (!is_attestation(list->items[i]))
			buffer_format(&offered, "%s%.*s/%.*s%s%.*s", offered.n ? ", " : "",
				SPAN_ARG(node_text(node_get(p, "os"))),
				SPAN_ARG(node_text(node_get(p, "architecture"))), v.n ? "/" : "",
				SPAN_ARG(v));
	}
	return error_set(e, ERROR_ABSENT, "there is no image for this platform; there is: %.*s",
		SPAN_ARG(offered.n ? buffer_span(&offered) : SPAN("nothing")));
}

static int choose(const session *s, const node *list, span *ret, error *e)
{
	unsigned best = 0;
	for (uint32_t i = 0; i < list->count && i < LIMIT_IMAGE_MANIFESTS; i++) {
		const node *d = list->items[i], *p = node_get(d, "platform");
		platform have = {node_text(node_get(p, "os")), node_text(node_get(p, "architecture")),
			node_text(node_get(p, "variant"))};
		unsigned fits = p ? platform_fits(&s->options->platform, &have)
				  : 1; /* who says nothing may be the one */
		if (is_attestation(d) || fits <= best)
			continue;
		best = fits;
		*ret = node_text(node_get(d, "digest"));
	}
	if (best == 0)
		return none_fits(list, e);
	return sha256_is_text(*ret) ? 0 : error_set(e, ERROR_DAMAGED, "the index names no SHA-256 digest");
}

static int parse(session *s, span bytes, span name, node **ret, error *e)
{
	text *t = ARENA_NEW(s->arena, text);
	node_problems problems = {0};
	text_init(t, "manifest", bytes, s->arena);
	if (json_read(t, s->arena, ret, &problems, e) < 0)
		return error_wrap(e, "manifest %.*s", SPAN_ARG(span_sub(name, 0, 80)));
	int64_t version;
	if (node_int(node_get(*ret, "schemaVersion"), &version) && version == 1)
		return error_set(e, ERROR_SYNTAX,
			"the image has a manifest of schema 1, which says nothing that could be verified; push it anew with a current engine");
	return 0;
}

int manifest_pull(session *s, const char *cache, const reference *r, manifest *ret, error *e)
{
	span name = r->digest.p ? r->digest : r->tag, bytes = {0}, type = {0};
	node *root = NULL;
	for (int depth = 0;; depth++) {
		TRY(bytes_get(s, cache, name, &bytes, &type, e));
		TRY(parse(s, bytes, name, &root, e));
		span digest = digest_of(bytes, s->arena);
		if (!cache_has(cache, digest, bytes.n, s->arena))
			TRY(cache_put(cache, digest, bytes, e));
		const node *list = node_get(root, "manifests");
		if (!node_is_list(list)) {
			span own = node_text(node_get(root, "mediaType"));
			*ret = (manifest){root, digest, own.n ? own : type, bytes.n};
			return 0;
		}
		if (depth == LIMIT_IMAGE_INDEXES)
			return error_set(
				e, ERROR_LIMIT, "indexes in indexes, more than %d deep", LIMIT_IMAGE_INDEXES);
		TRY(choose(s, list, &name, e));
	}
}
