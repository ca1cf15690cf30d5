/* SPDX-License-Identifier: Apache-2.0
 *
 * GET /containers/json, then GET /containers/ID/json of each (Docker Engine API 1.24 and later, libpod 4 and later). */
#include "engine/containers.h"

#include "base/limits.h"
#include "engine/http.h"
#include "engine/store.h"
#include "formats/json.h"

/* Podman lists what runs, and leaves out what is paused unless it is asked for by its state. */
static const char *const lists[ENGINE_KINDS][2] = {
	[ENGINE_DOCKER] = {"/containers/json", "/containers/json?all=true"},
	[ENGINE_PODMAN] = {"/containers/json?filters=%7B%22status%22%3A%5B%22running%22%2C%22paused%22%5D%7D",
		"/containers/json?all=true"},
};

static span without_slash(span name)
{
	return name.n && name.p[0] == '/' ? span_from(name, 1) : name;
}

/* What the list itself says: {"Id", "Names": ["/web"], "Image", "State", "ImageID"}. */
static bool listed_take(engine_kind kind, const node *from, engine_container *ret)
{
	span id = node_text(node_get(from, "Id"));
	const node *names = node_get(from, "Names");
	if (!store_is_id(id))
		return false;
	*ret = (engine_container){.kind = kind,
		.id = id,
		.image = node_text(node_get(from, "Image")),
		.state = node_text(node_get(from, "State"))};
	if (node_is_list(names) && names->count)
		ret->name = without_slash(node_text(names->items[0]));
	return true;
}

/* What its own description says, which is newer and has the name of the image as it was typed. */
static void inspected_take(engine_container *c, const node *from, arena *a)
{
	span name = without_slash(node_text(node_get(from, "Name"))),
	     image = node_text(node_path(from, "Config/Image")),
	     state = node_text(node_path(from, "State/Status")),
	     image_id = store_hex(node_text(node_get(from, "Image")));
	c->inspect = from;
	c->name = name.n ? name : c->name;
	c->image = image.n ? image : c->image;
	c->state = state.n ? state : c->state;
	if (store_is_id(image_id))
		c->image_id = arena_format(a, "sha256:%.*s", SPAN_ARG(image_id));
	node_int(node_path(from, "State/Pid"), &c->pid);
	if (c->pid < 0)
		c->pid = 0;
	c->labels = node_path(from, "Config/Labels");
	if (!node_is_map(c->labels))
		c->labels = NULL;
}

/* One that the engine cannot describe is there all the same. */
static int faulty(engine_container *c, const error *e, arena *a)
{
	c->fault = arena_string(a, span_of(e->text));
	return 1;
}

/* 1: it is there; 0: it is gone. */
static int inspect(engine *g, engine_container *c, size_t *left, arena *a, error *e)
{
	error fault = {0};
	uint32_t status;
	span body;
	node *root;
	node_problems problems = {0};
	const char *path = arena_format(a, "/containers/%.*s/json", SPAN_ARG(c->id)).p;
	int got = engine_get(g, path, a, &status, &body, e);
	if (got < 0 && e->code == ERROR_LIMIT)
		return faulty(c, e, a);
	TRY(got);
	if (status == 404)
		return 0;
	if (body.n > *left)
		return error_set(e, ERROR_LIMIT, "the engine says more than %d MiB of its containers",
			LIMIT_ENGINE_ANSWERS_MIB);
	*left -= body.n;
	text *t = ARENA_NEW(a, text);
	text_init(t, "answer", body, a);
	if (status != 200)
		error_set(&fault, ERROR_DENIED, "the engine answers %u", status);
	else if (json_read(t, a, &root, &problems, &fault) >= 0 && !node_is_map(root))
		error_set(&fault, ERROR_DAMAGED, "the engine's answer is no description");
	if (fault.code)
		return faulty(c, &fault, a);
	c->answer = t;
	inspected_take(c, root, a);
	return 1;
}

int engine_containers(engine *g, bool all, arena *a, engine_container_list *ret, error *e)
{
	engine_kind kind = engine_kind_of(g);
	engine_container_list found = {0};
	size_t left = (size_t)LIMIT_ENGINE_ANSWERS_MIB << 20;
	node *list = NULL;
	int64_t end = http_clock() + LIMIT_ENGINE_LIST_SECONDS;
	TRY(engine_json(g, lists[kind][all], a, &list, e));
	if (node_is_list(list) && list->count > LIMIT_ENGINE_CONTAINERS)
		return error_set(
			e, ERROR_LIMIT, "the engine has more than %d containers", LIMIT_ENGINE_CONTAINERS);
	for (uint32_t i = 0; node_is_list(list) && i < list->count; i++) {
		engine_container c;
		if (!listed_take(kind, list->items[i], &c))
			continue;
		if (http_clock() > end)
			return error_set(e, ERROR_LIMIT, "the engine needs more than %d s for its containers",
				LIMIT_ENGINE_LIST_SECONDS);
		int there = inspect(g, &c, &left, a, e);
		TRY(there);
		if (there)
			list_push(a, &found, c);
	}
	*ret = found;
	return 0;
}
