/* SPDX-License-Identifier: Apache-2.0
 *
 * OCI image layouts (image-spec v1.1: image-layout.md, image-index.md, manifest.md) and Docker's manifests (v2, schema 2), which have the same
 * shape. An index may name further indexes; the first manifest for the platform is taken. */
#include "base/limits.h"
#include "image/manifest.h"

#include <sys/utsname.h>

typedef struct candidate {
	span digest, reference, os, architecture, variant;
} candidate;

typedef struct search {
	image *im;
	LIST(candidate) found;
	uint32_t looked_at;
} search;

static const struct {
	const char *machine, *architecture; /* uname(2), and as Go names it */
} machines[] = {
	{"x86_64", "amd64"},
	{"aarch64", "arm64"},
	{"armv7l", "arm"},
	{"armv6l", "arm"},
	{"i686", "386"},
	{"ppc64le", "ppc64le"},
	{"s390x", "s390x"},
	{"riscv64", "riscv64"},
	{"loongarch64", "loong64"},
};

static const char *this_architecture(void)
{
	struct utsname name;
	if (uname(&name) == 0)
		for (size_t i = 0; i < sizeof machines / sizeof *machines; i++)
			if (strcmp(name.machine, machines[i].machine) == 0)
				return machines[i].architecture;
	return "amd64";
}

/* --- blobs --- */

/* Only digests that are written as such become names: nothing else can be asked of the store. "dir:" has no folders. */
static int blob_name(image *im, span digest, span *ret, error *e)
{
	if (!sha256_is_text(digest))
		return error_set(e, ERROR_DAMAGED, "\"%.*s\" is no SHA-256 digest",
			SPAN_ARG(span_sub(digest, 0, 100)));
	span hex = span_from(digest, sizeof "sha256:" - 1);
	span name = arena_format(&im->arena, "blobs/sha256/%.*s", SPAN_ARG(hex));
	*ret = !image_store_has(im->store, name) && image_store_has(im->store, hex) ? hex : name;
	return 0;
}

static int blob_json(image *im, span digest, node **ret, error *e)
{
	span name = {0};
	text t;
	TRY(blob_name(im, digest, &name, e));
	return image_json(im, name, digest, &t, ret, e);
}

/* --- choosing --- */

static bool is_index(const node *descriptor)
{
	span type = node_text(node_get(descriptor, "mediaType"));
	return span_is(type, "application/vnd.oci.image.index.v1+json") ||
	       span_is(type, "application/vnd.docker.distribution.manifest.list.v2+json");
}

/* BuildKit puts provenance beside the images, under a platform that does not exist. */
static bool is_attestation(const node *descriptor)
{
	return node_path(descriptor, "annotations/vnd.docker.reference.type") ||
	       span_is(node_text(node_path(descriptor, "platform/os")), "unknown");
}

static span reference_of(const node *descriptor, span inherited)
{
	span name = node_text(node_path(descriptor, "annotations/io.containerd.image.name"));
	if (name.n == 0)
		name = node_text(node_path(descriptor, "annotations/org.opencontainers.image.ref.name"));
	return name.n ? name : inherited;
}

static int index_read(search *s, const node *index, span reference, uint32_t depth, error *e);

static int descriptor_read(search *s, const node *descriptor, span inherited, uint32_t depth, error *e)
{
	span digest = node_text(node_get(descriptor, "digest"));
	span reference = reference_of(descriptor, inherited);
	if (is_attestation(descriptor))
		return 0;
	if (++s->looked_at > LIMIT_IMAGE_MANIFESTS)
		return error_set(e, ERROR_LIMIT, "more than %d manifests", LIMIT_IMAGE_MANIFESTS);
	if (is_index(descriptor)) {
		node *index = NULL;
		TRY(blob_json(s->im, digest, &index, e));
		return index_read(s, index, reference, depth + 1, e);
	}
	candidate c = {
		.digest = digest,
		.reference = reference,
		.os = node_text(node_path(descriptor, "platform/os")),
		.architecture = node_text(node_path(descriptor, "platform/architecture")),
		.variant = node_text(node_path(descriptor, "platform/variant")),
	};
	list_push(&s->im->arena, &s->found, c);
	return 0;
}

/* A part of the index that is damaged or missing is a problem; the others are looked at. */
static int index_read(search *s, const node *index, span reference, uint32_t depth, error *e)
{
	const node *manifests = node_get(index, "manifests");
	if (depth >= LIMIT_IMAGE_INDEXES)
		return error_set(
			e, ERROR_LIMIT, "indexes in indexes, more than %d deep", LIMIT_IMAGE_INDEXES);
	for (uint32_t i = 0; node_is_list(manifests) && i < manifests->count; i++) {
		int status = descriptor_read(s, manifests->items[i], reference, depth, e);
		if (status == -ERROR_LIMIT)
			return status;
		if (status < 0)
			image_problem(s->im, e);
	}
	return 0;
}

static bool asked_for(span have, const char *want)
{
	return !want || have.n == 0 || span_is(have, want);
}

static bool fits(const image_options *o, const candidate *c)
{
	bool named = !o->reference || span_is(c->reference, o->reference) || span_is(c->digest, o->reference);
	return named && asked_for(c->os, o->os ? o->os : "linux") &&
	       asked_for(c->architecture, o->architecture ? o->architecture : this_architecture()) &&
	       asked_for(c->variant, o->variant);
}

static int none_fits(const search *s, error *e)
{
	buffer offered = {0};
	list_each(const candidate, c, &s->found) {
		if (offered.n < 150)
			buffer_format(&offered, "%s%.*s/%.*s", offered.n ? ", " : "", SPAN_ARG(c->os),
				SPAN_ARG(c->architecture));
	}
	error_set(e, ERROR_ABSENT, "no image for this platform or of this name in it; there is: %.*s",
		offered.n ? (int)offered.n : (int)sizeof "nothing" - 1, offered.n ? offered.p : "nothing");
	buffer_done(&offered);
	return -e->code;
}

static int choose(search *s, const candidate **ret, error *e)
{
	const candidate *first = NULL;
	list_each(const candidate, c, &s->found) {
		if (!fits(&s->im->options, c))
			continue;
		s->im->others += first != NULL;
		first = first ? first : c;
	}
	if (!first)
		return none_fits(s, e);
	*ret = first;
	return 0;
}

/* --- the manifest --- */

static void layer_take(image *im, image_layer *layer, const node *descriptor)
{
	error e;
	int64_t size;
	layer->digest = node_text(node_get(descriptor, "digest"));
	layer->media_type = node_text(node_get(descriptor, "mediaType"));
	if (node_int(node_get(descriptor, "size"), &size) && size > 0)
		layer->stored = (uint64_t)size;
	if (blob_name(im, layer->digest, &layer->name, &e) < 0)
		image_problem(im, &e);
}

int oci_read_manifest(image *im, const node *manifest, error *e)
{
	im->kind = IMAGE_OCI_LAYOUT;
	const node *layers = node_get(manifest, "layers");
	if (!node_is_list(layers))
		return error_set(e, ERROR_DAMAGED, "the manifest names no layers");
	TRY(image_layers_make(im, layers->count, e));
	for (uint32_t i = 0; i < layers->count; i++)
		layer_take(im, &im->layers[i], layers->items[i]);
	span name = {0};
	im->config_digest = node_text(node_path(manifest, "config/digest"));
	if (blob_name(im, im->config_digest, &name, e) < 0)
		image_problem(im, e);
	else
		image_config_read(im, name, im->config_digest);
	return 0;
}

int oci_read(image *im, error *e)
{
	node *index = NULL, *manifest = NULL;
	text t;
	search s = {.im = im};
	const candidate *c = NULL;
	TRY(image_json(im, SPAN("index.json"), (span){0}, &t, &index, e));
	TRY(index_read(&s, index, (span){0}, 0, e));
	TRY(choose(&s, &c, e));
	TRY(blob_json(im, c->digest, &manifest, e));
	im->digest = c->digest;
	im->reference = c->reference;
	return oci_read_manifest(im, manifest, e);
}
