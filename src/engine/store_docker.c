/* SPDX-License-Identifier: Apache-2.0
 *
 * Docker's store (moby, image/ and layer/): image/DRIVER/repositories.json has the names, imagedb/content/sha256/ID the configs, layerdb/sha256/CHAIN
 * the id of the folder of a layer, where CHAIN is made of the diff ids of it and of those below (image-spec, config.md, "Layer ChainID").
 * Images that Docker keeps in containerd are not here. */
#include "base/files.h"
#include "base/limits.h"
#include "engine/store.h"
#include "formats/sha256.h"

#include <dirent.h>
#include <stdlib.h>

/* --- where it is --- */

static const char *configured_root(arena *a)
{
	error e;
	node *daemon = NULL;
	if (store_json("/etc/docker/daemon.json", a, &daemon, &e) < 0)
		return NULL;
	span root = node_text(node_get(daemon, "data-root"));
	return arena_string(a, root.n ? root : node_text(node_get(daemon, "graph")));
}

static void take_root(engine_store *s, const char *root)
{
	if (root && root[0] == '/')
		s->roots[s->root_count++] = root;
}

static void find_roots(engine_store *s)
{
	const char *named = getenv("DOCKER_DATA_ROOT"), *home = getenv("HOME"),
		   *data = getenv("XDG_DATA_HOME");
	take_root(s, named);
	if (s->root_count)
		return;
	if (geteuid() != 0) /* "rootless" Docker */
		take_root(s, data && data[0] ? path_join(s->arena, data, "docker")
			     : home          ? path_join(s->arena, home, ".local/share/docker")
					     : NULL);
	take_root(s, configured_root(s->arena));
	take_root(s, "/var/lib/docker");
}

static const char *below(const engine_store *s, const char *pattern, span id)
{
	return store_path(s, s->root, pattern, id);
}

/* --- images --- */

static engine_image *image_of(engine_store *s, map *known, span id)
{
	if (!store_is_id(store_hex(id)) || s->images.count >= LIMIT_ENGINE_IMAGES)
		return NULL;
	const uint32_t *at = map_get(known, store_hex(id));
	if (at)
		return &s->images.items[*at];
	uint32_t *number = ARENA_NEW(s->arena, uint32_t);
	*number = s->images.count;
	engine_image im = {.engine = ENGINE_DOCKER,
		.id = arena_format(s->arena, "sha256:%.*s", SPAN_ARG(store_hex(id)))};
	list_push(s->arena, &s->images, im);
	map_set(known, s->arena, store_hex(im.id), number);
	return &s->images.items[*number];
}

/* {"Repositories": {"app": {"app:1": "sha256:…", "app@sha256:…": "sha256:…"}}} */
static void take_names(engine_store *s, const node *repositories, map *known)
{
	const node *all = node_get(repositories, "Repositories");
	for (uint32_t i = 0; node_is_map(all) && i < all->count; i++) {
		const node *one = all->members[i].value;
		for (uint32_t k = 0; node_is_map(one) && k < one->count; k++) {
			span name = one->members[k].key->value;
			engine_image *im = image_of(s, known, node_text(one->members[k].value));
			if (im)
				list_push(s->arena, &im->names, name);
			size_t at = span_find_byte(name, '@');
			if (im && at != SPAN_NONE)
				im->digest = span_from(name, at + 1);
		}
	}
}

static void mark_parent(engine_store *s, span id, map *known)
{
	error e;
	span parent;
	if (files_read(below(s, "image/@/imagedb/metadata/sha256/#/parent", id), 128, s->arena, &parent, &e) <
		0)
		return;
	const uint32_t *at = map_get(known, store_hex(span_trim(parent)));
	if (at && s->images.items[*at].names.count == 0)
		s->images.items[*at].inner = true;
}

/* Images without a name, of which some are steps of builds. */
static void take_nameless(engine_store *s, map *known)
{
	DIR *folder = opendir(below(s, "image/@/imagedb/content/sha256", (span){0}));
	if (!folder)
		return;
	for (struct dirent *entry; (entry = readdir(folder));)
		if (store_is_id(span_of(entry->d_name)))
			image_of(s, known, arena_copy(s->arena, span_of(entry->d_name)));
	closedir(folder);
	for (uint32_t i = 0; i < s->images.count; i++)
		mark_parent(s, store_hex(s->images.items[i].id), known);
}

static int driver_open(engine_store *s, const char *driver, error *e)
{
	node *repositories = NULL;
	map known = {0};
	s->driver = driver;
	TRY(store_json(below(s, "image/@/repositories.json", (span){0}), s->arena, &repositories, e));
	take_names(s, repositories, &known);
	take_nameless(s, &known);
	return 0;
}

/* The first that can be read. Of one that is there and cannot, the reason is told. */
int engine_store_open_docker(engine_store *s, error *e)
{
	error first = {0}, why;
	find_roots(s);
	for (uint32_t i = 0; i < s->root_count; i++) {
		s->root = s->roots[i];
		for (const store_driver *d = NULL; (d = store_driver_next(d));) {
			if (driver_open(s, d->name, &why) >= 0)
				return 0;
			if (why.code != ERROR_ABSENT && !first.code)
				first = why;
		}
	}
	if (!first.code)
		return error_set(e, ERROR_ABSENT, "%s: no store of layers that are folders", s->root);
	*e = first;
	return -e->code;
}

/* --- layers --- */

static span chain_of(span lower, span diff_id, arena *a)
{
	char text[SHA256_TEXT + 1];
	if (lower.n == 0)
		return diff_id;
	sha256_of(arena_format(a, "%.*s %.*s", SPAN_ARG(lower), SPAN_ARG(diff_id)), text);
	return arena_copy(a, span_of(text));
}

/* The chain ids of an image's layers. */
static int chains_read(
	engine_store *s, const engine_image *im, const node *config, span *ret, uint32_t *ret_count, error *e)
{
	const node *ids = node_path(config, "rootfs/diff_ids");
	uint32_t count = node_is_list(ids) ? ids->count : 0;
	if (count > LIMIT_IMAGE_LAYERS)
		return error_set(e, ERROR_LIMIT, "more than %d layers", LIMIT_IMAGE_LAYERS);
	for (uint32_t i = 0; i < count; i++) {
		if (!sha256_is_text(node_text(ids->items[i])))
			return error_set(e, ERROR_DAMAGED, "the config of %.*s has a diff id that is none",
				SPAN_ARG(span_sub(im->id, 0, 19)));
		ret[i] = chain_of(i ? ret[i - 1] : (span){0}, node_text(ids->items[i]), s->arena);
	}
	*ret_count = count;
	return 0;
}

static const char *config_path(engine_store *s, const engine_image *im)
{
	return below(s, "image/@/imagedb/content/sha256/#", store_hex(im->id));
}

static int small_read(engine_store *s, const char *format, span chain, span *ret, error *e)
{
	TRY(files_read(below(s, format, store_hex(chain)), 128, s->arena, ret, e));
	*ret = span_trim(*ret);
	return 0;
}

/* Folders have ids that Docker makes up; initial layers of containers have "-init" behind them, images' never. */
static int folder_of(engine_store *s, span chain, const char **ret, error *e)
{
	span cache;
	TRY(small_read(s, "image/@/layerdb/sha256/#/cache-id", chain, &cache, e));
	if (!store_is_id(cache))
		return error_set(e, ERROR_DAMAGED, "the store's layer %.*s has an id that is none",
			SPAN_ARG(span_sub(chain, 0, 19)));
	*ret = below(s, store_driver_find(span_of(s->driver))->folder, cache);
	return 0;
}

int engine_store_folders_docker(engine_store *s, const engine_image *im, image_folders *ret, error *e)
{
	node *config = NULL;
	span *chains = ARENA_ARRAY(s->arena, span, LIMIT_IMAGE_LAYERS);
	const char **folders = ARENA_ARRAY(s->arena, const char *, LIMIT_IMAGE_LAYERS);
	ret->config = config_path(s, im);
	ret->count = 0;
	TRY(store_json(ret->config, s->arena, &config, e));
	TRY(chains_read(s, im, config, chains, &ret->count, e));
	for (uint32_t i = 0; i < ret->count; i++)
		TRY(folder_of(s, chains[i], &folders[i], e));
	ret->folders = folders;
	ret->whole = store_driver_find(span_of(s->driver))->whole;
	return 0;
}

void engine_store_describe_docker(engine_store *s, engine_image *im)
{
	error e;
	node *config = NULL;
	uint32_t count = 0;
	int64_t bytes;
	span *chains = ARENA_ARRAY(s->arena, span, LIMIT_IMAGE_LAYERS), size;
	if (store_json(config_path(s, im), s->arena, &config, &e) < 0 ||
		chains_read(s, im, config, chains, &count, &e) < 0)
		return;
	im->created = store_time(node_text(node_get(config, "created")));
	for (uint32_t i = 0; i < count; i++)
		if (small_read(s, "image/@/layerdb/sha256/#/size", chains[i], &size, &e) >= 0 &&
			span_int(size, &bytes) && bytes > 0)
			im->size += (uint64_t)bytes;
}
