/* SPDX-License-Identifier: Apache-2.0
 *
 * Pulling an image: mirrors first, then the registry itself; the manifest, then config and layers side by side. */
#include "fetch/registry.h"

#include "base/files.h"
#include "base/sandbox.h"
#include "base/threads.h"
#include "fetch/blob.h"
#include "fetch/cache.h"
#include "fetch/manifest.h"
#include "formats/json.h"
#include "formats/sha256.h"

#include <limits.h>
#include <stdlib.h>

typedef struct pull {
	const reference *reference;
	const registry_options *options;
	arena *arena;
	const char *cache;
	session session;
	LIST(endpoint) endpoints;
	LIST(blob) blobs; /* of the manifest: the config, then the layers */
	/* while they are fetched; guarded by the session's lock */
	uint64_t *done, total;
	error fault; /* the first */
	bool failed;
} pull;

/* --- where --- */

/* As engines have it: certificates for one registry lie in a folder of its name. */
static const char *certificates_of(const pull *p, span host)
{
	static const char *const folders[] = {"/etc/docker/certs.d", "/etc/containers/certs.d"};
	if (p->options->ca) { /* the helper works in another folder */
		char full[PATH_MAX];
		return arena_string(
			p->arena, span_of(realpath(p->options->ca, full) ? full : p->options->ca));
	}
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		const char *path = arena_format(p->arena, "%s/%.*s/ca.crt", folders[i], SPAN_ARG(host)).p;
		if (files_exists(path))
			return path;
	}
	return NULL;
}

static int add_endpoint(pull *p, span host, span repository, bool mirror, error *e)
{
	endpoint at = {.host = arena_copy(p->arena, host),
		.repository = arena_copy(p->arena, repository),
		.mirror = mirror};
	at.insecure = session_insecure(p->options, host);
	at.ca = certificates_of(p, host);
	at.known = !mirror && credentials_from_environment(&at.credential);
	if (!at.known) {
		int got = credentials_find(host, repository, p->arena, &at.credential, e);
		if (got < 0)
			return got;
		at.known = got > 0;
	}
	list_push(p->arena, &p->endpoints, at);
	return 0;
}

/* "[REGISTRY=]HOST[/PREFIX]" */
static int add_mirror(pull *p, span words, error *e)
{
	size_t equals = span_find_byte(words, '=');
	span of = equals == SPAN_NONE ? SPAN("docker.io") : span_sub(words, 0, equals);
	span host = equals == SPAN_NONE ? words : span_from(words, equals + 1);
	if (!span_equal_fold(of, p->reference->registry))
		return 0;
	size_t slash = span_find_byte(host, '/');
	span prefix = slash == SPAN_NONE ? (span){0} : span_from(host, slash + 1),
	     repository = p->reference->repository;
	host = span_sub(host, 0, slash);
	if (prefix.n)
		repository = arena_format(p->arena, "%.*s/%.*s", SPAN_ARG(prefix), SPAN_ARG(repository));
	reference checked;
	if (reference_parse(arena_format(p->arena, "%.*s%s/%.*s", SPAN_ARG(host),
				    span_contains(host, ":") ? "" : ":443", SPAN_ARG(repository)),
		    p->arena, &checked, e) < 0)
		return error_wrap(e, "--registry-mirror %.*s", SPAN_ARG(span_sub(words, 0, 80)));
	return add_endpoint(p, host, repository, true, e);
}

static int find_endpoints(pull *p, error *e)
{
	span registry = p->reference->registry;
	for (uint32_t i = 0; i < p->options->mirrors.count; i++)
		TRY(add_mirror(p, span_of(p->options->mirrors.items[i]), e));
	return add_endpoint(p, span_is(registry, "docker.io") ? SPAN("registry-1.docker.io") : registry,
		p->reference->repository, false, e);
}

/* --- blobs --- */

static int add_blob(pull *p, const node *descriptor, bool layer, error *e)
{
	blob b = {.digest = node_text(node_get(descriptor, "digest")), .urls = node_get(descriptor, "urls")};
	int64_t size;
	if (!sha256_is_text(b.digest))
		return error_set(e, ERROR_DAMAGED, "the manifest names '%.*s', which is no SHA-256 digest",
			SPAN_ARG(span_sub(b.digest, 0, 100)));
	if (!node_int(node_get(descriptor, "size"), &size) || size < 0)
		return error_set(
			e, ERROR_DAMAGED, "the manifest does not say how large %.*s is", SPAN_ARG(b.digest));
	b.size = (uint64_t)size;
	if (b.size >> 20 >= LIMIT_BLOB_MIB || (p->total + b.size) >> 20 >= LIMIT_PULL_MIB)
		return error_set(e, ERROR_LIMIT,
			"the image is larger than %d MiB, or one of its layers than %d MiB", LIMIT_PULL_MIB,
			LIMIT_BLOB_MIB);
	if (layer && p->options->have && p->options->have(p->options->of, b.digest))
		return 0;
	for (uint32_t i = 0; i < p->blobs.count; i++)
		if (span_equal(p->blobs.items[i].digest, b.digest))
			return 0;
	p->total += b.size;
	list_push(p->arena, &p->blobs, b);
	return 0;
}

static int list_blobs(pull *p, const manifest *m, error *e)
{
	const node *layers = node_get(m->root, "layers");
	p->blobs.count = 0;
	p->total = 0;
	if (!node_is_list(layers))
		return error_set(e, ERROR_DAMAGED, "the manifest names no layers");
	if (layers->count > LIMIT_IMAGE_LAYERS)
		return error_set(e, ERROR_LIMIT, "more than %d layers", LIMIT_IMAGE_LAYERS);
	TRY(add_blob(p, node_get(m->root, "config"), false, e));
	for (uint32_t i = 0; i < layers->count; i++)
		TRY(add_blob(p, layers->items[i], true, e));
	return 0;
}

typedef struct one_blob {
	pull *pull;
	uint32_t i;
} one_blob;

static void on_progress(void *of, uint64_t bytes)
{
	one_blob *x = of;
	pull *p = x->pull;
	uint64_t sum = 0;
	pthread_mutex_lock(&p->session.lock);
	p->done[x->i] = bytes;
	for (uint32_t i = 0; i < p->blobs.count; i++)
		sum += p->done[i];
	if (p->options->progress)
		p->options->progress(p->options->of, sum, p->total);
	pthread_mutex_unlock(&p->session.lock);
}

static void pull_blob(void *of, uint32_t i)
{
	one_blob x = {of, i};
	pull *p = of;
	error e;
	pthread_mutex_lock(&p->session.lock);
	bool skip = p->failed;
	pthread_mutex_unlock(&p->session.lock);
	if (skip)
		return;
	int status = blob_pull(&p->session, p->cache, &p->blobs.items[i], on_progress, &x, &e);
	if (status >= 0)
		on_progress(&x, p->blobs.items[i].size);
	pthread_mutex_lock(&p->session.lock);
	if (status < 0 && !p->failed) {
		p->failed = true;
		p->fault = e;
	}
	pthread_mutex_unlock(&p->session.lock);
}

static int pull_blobs(pull *p, error *e)
{
	p->done = ARENA_ARRAY(p->arena, uint64_t, p->blobs.count);
	p->failed = false;
	threads_run(LIMIT_FETCH_PARALLEL, p->blobs.count, pull_blob, p);
	if (!p->failed)
		return 0;
	*e = p->fault;
	return -e->code;
}

/* An image that stands alone says in its config what it is for. */
static int check_platform(pull *p, error *e)
{
	text t;
	span bytes;
	node *root = NULL;
	node_problems problems = {0};
	const platform *want = &p->options->platform;
	if (want->os.n == 0 && want->architecture.n == 0)
		return 0;
	TRY(files_read(cache_blob_path(p->cache, p->blobs.items[0].digest, p->arena), LIMIT_IMAGE_JSON,
		p->arena, &bytes, e));
	text_init(&t, "config", bytes, p->arena);
	if (json_read(&t, p->arena, &root, &problems, e) < 0)
		return 0; /* who reads the image will say so */
	platform have = {node_text(node_get(root, "os")), node_text(node_get(root, "architecture")),
		node_text(node_get(root, "variant"))};
	if (have.os.n == 0 || platform_fits(want, &have))
		return 0;
	return error_set(e, ERROR_ABSENT, "the image is for %.*s/%.*s only",
		SPAN_ARG(span_sub(have.os, 0, 40)), SPAN_ARG(span_sub(have.architecture, 0, 40)));
}

/* --- the whole --- */

static int pull_from(pull *p, endpoint *at, manifest *m, error *e)
{
	session_turn(&p->session, at);
	TRY(manifest_pull(&p->session, p->cache, p->reference, m, e));
	TRY(list_blobs(p, m, e));
	return pull_blobs(p, e);
}

static int pull_anywhere(pull *p, manifest *m, error *e)
{
	int status = -ERROR_ABSENT;
	for (uint32_t i = 0; i < p->endpoints.count; i++) {
		endpoint *at = &p->endpoints.items[i];
		status = pull_from(p, at, m, e);
		if (status >= 0)
			return status;
	}
	return status;
}

static int begin(pull *p, error *e)
{
	p->cache = registry_cache_path(p->arena);
	if (!p->cache)
		return error_set(e, ERROR_ABSENT, "there is no folder to keep images in: set XDG_CACHE_HOME");
	TRY(cache_open(p->cache, p->arena, e));
	TRY(find_endpoints(p, e));
	return session_init(&p->session, p->options,
		path_folder(p->arena, cache_blob_path(p->cache, SPAN("sha256:x"), p->arena)), p->arena, e);
}

int registry_pull(const reference *r, const registry_options *o, arena *a, registry_image *ret, error *e)
{
	pull p = {.reference = r, .options = o, .arena = a};
	manifest m = {0};
	TRY(begin(&p, e));
	auto_fd held = registry_cache_hold(p.cache);
	sandbox_enter(&p.cache, 1);
	int status = pull_anywhere(&p, &m, e);
	if (status >= 0)
		status = check_platform(&p, e);
	if (status >= 0)
		status = cache_name(p.cache, m.digest, m.size, m.media_type, reference_text(r, a), a, e);
	session_done(&p.session);
	TRY(status);
	cache_trim(p.cache, o->cache_bytes ? o->cache_bytes : (uint64_t)LIMIT_IMAGE_CACHE_MIB << 20, held, a);
	*ret = (registry_image){p.cache, arena_string(a, m.digest)};
	return 0;
}

int registry_pull_file(const reference *r, const registry_options *o, arena *a, const char **ret, error *e)
{
	pull p = {.reference = r, .options = o, .arena = a};
	manifest m = {0};
	TRY(begin(&p, e));
	auto_fd held = registry_cache_hold(p.cache);
	(void)held; /* until this function ends */
	sandbox_enter(&p.cache, 1);
	int status = pull_anywhere(&p, &m, e);
	session_done(&p.session);
	TRY(status);
	const node *layers = node_get(m.root, "layers");
	if (layers->count != 1)
		return error_set(e, ERROR_SYNTAX, "it has %u layers, not the one of a file", layers->count);
	*ret = cache_blob_path(p.cache, node_text(node_get(layers->items[0], "digest")), a);
	return 0;
}
