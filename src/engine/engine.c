/* SPDX-License-Identifier: Apache-2.0
 *
 * Store first, then socket. */
#include "engine/engine.h"

#include "base/limits.h"
#include "engine/address.h"
#include "engine/api.h"
#include "engine/name.h"
#include "engine/store.h"

#include <stdlib.h>

/* Where somebody says which socket to use, the images are those of that engine, wherever it keeps them; a store that is named goes first. */
static const struct {
	const char *name, *socket, *store, *program;
} kinds[ENGINE_KINDS] = {
	[ENGINE_DOCKER] = {"Docker", "DOCKER_HOST", "DOCKER_DATA_ROOT", "docker"},
	[ENGINE_PODMAN] = {"Podman", "CONTAINER_HOST", "CONTAINERS_STORAGE_CONF", "podman"},
};

const char *engine_name(engine_kind kind)
{
	return kinds[kind].name;
}

static bool is_set(const char *variable)
{
	const char *value = getenv(variable);
	return value && value[0];
}

static bool store_speaks(engine_kind kind)
{
	return is_set(kinds[kind].store) || !engine_is_chosen(kind);
}

static int no_store(engine_kind kind, error *e)
{
	return error_set(e, ERROR_ABSENT, "the store is not asked, as %s is %s",
		is_set(kinds[kind].socket) ? kinds[kind].socket : "another Docker context",
		is_set(kinds[kind].socket) ? "set" : "chosen");
}

/* --- all --- */

static int images_of_store(engine_kind kind, arena *a, engine_image_list *ret, error *e)
{
	engine_store s;
	if (!store_speaks(kind))
		return no_store(kind, e);
	TRY(engine_store_open(kind, a, &s, e));
	list_each(engine_image, im, &s.images) {
		if (im->inner)
			continue;
		engine_store_describe(&s, im);
		list_push(a, ret, *im);
	}
	return 0;
}

/* [{"Id": "sha256:…", "RepoTags": ["app:1"], "Size": 1, "Created": 1}]; Podman's ids are bare. */
static void image_take(engine_kind kind, const node *from, arena *a, engine_image_list *ret)
{
	span id = store_hex(node_text(node_get(from, "Id")));
	const node *names = node_get(from, "RepoTags");
	int64_t size = 0;
	if (!store_is_id(id) || ret->count >= LIMIT_ENGINE_IMAGES)
		return;
	engine_image im = {.engine = kind, .id = arena_format(a, "sha256:%.*s", SPAN_ARG(id))};
	node_int(node_get(from, "Size"), &size);
	node_int(node_get(from, "Created"), &im.created);
	im.size = size > 0 ? (uint64_t)size : 0;
	for (uint32_t i = 0; node_is_list(names) && i < names->count; i++)
		if (!span_is(node_text(names->items[i]), "<none>:<none>"))
			list_push(a, &im.names, node_text(names->items[i]));
	list_push(a, ret, im);
}

static int images_of_api(engine_kind kind, arena *a, engine_image_list *ret, error *e)
{
	engine *g = NULL;
	node *all = NULL;
	TRY(engine_open(kind, NULL, &g, e));
	int status = engine_json(g, "/images/json", a, &all, e);
	engine_close(g);
	TRY(status);
	for (uint32_t i = 0; node_is_list(all) && i < all->count; i++)
		image_take(kind, all->items[i], a, ret);
	return 0;
}

/* Why neither could be asked, and what helps. */
static int both_failed(engine_kind kind, const error *store, const error *socket, error *e)
{
	bool absent = store->code == ERROR_ABSENT && socket->code == ERROR_ABSENT;
	return error_set(e, absent ? ERROR_ABSENT : ERROR_DENIED,
		"%.*s; %.*s (try it as root, or: %s save IMAGE | bulkhead scan -)",
		SPAN_ARG(span_sub(span_of(store->text), 0, 80)),
		SPAN_ARG(span_sub(span_of(socket->text), 0, 80)), kinds[kind].program);
}

int engine_images(engine_kind kind, arena *a, engine_image_list *ret, error *e)
{
	error store, socket;
	if (images_of_store(kind, a, ret, &store) >= 0 || images_of_api(kind, a, ret, &socket) >= 0)
		return 0;
	return both_failed(kind, &store, &socket, e);
}

/* --- one --- */

static int find_in_store(engine_kind kind, const char *name, arena *a, image_folders *ret, error *e)
{
	engine_store s;
	const engine_image *im;
	if (!store_speaks(kind))
		return no_store(kind, e);
	TRY(engine_store_open(kind, a, &s, e));
	if (engine_choose(&s.images, kind, name, a, &im, e) < 0)
		return error_wrap(e, "%s", s.root);
	return engine_store_folders(&s, im, ret, e);
}

/* The engine finds the image by its name; it is then asked for by its id, as a name without a tag would give all. */
static int find_by_api(engine *g, engine_kind kind, const char *name, int archive, arena *a, error *e)
{
	node *about = NULL;
	TRY(engine_json(
		g, arena_format(a, "/images/%s/json", engine_escape(span_of(name), a).p).p, a, &about, e));
	span id = store_hex(node_text(node_get(about, "Id")));
	if (!store_is_id(id))
		return error_set(e, ERROR_DAMAGED, "the engine gives no id of the image");
	const char *path = arena_format(a, "/images/%s%.*s/get%s", kind == ENGINE_DOCKER ? "sha256:" : "",
		SPAN_ARG(id), kind == ENGINE_PODMAN ? "?format=docker-archive" : "")
				   .p;
	return engine_stream(g, path, archive, e);
}

int engine_find(engine_kind kind, const char *name, int archive, arena *a, engine_found *ret, error *e)
{
	error store, socket;
	engine_found found = {0};
	if (find_in_store(kind, name, a, &found.folders, &store) >= 0) {
		found.stored = true;
		*ret = found;
		return 0;
	}
	engine *g = NULL;
	int status = engine_open(kind, NULL, &g, &socket);
	if (status >= 0)
		status = find_by_api(g, kind, name, archive, a, &socket);
	engine_close(g);
	if (status >= 0) {
		*ret = found;
		return 0;
	}
	return both_failed(kind, &store, &socket, e);
}
