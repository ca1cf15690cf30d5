/* SPDX-License-Identifier: Apache-2.0
 *
 * The sources: Docker's list and its description of one container (which waits as long as the container is being started), Podman's description, and what lies on
 * disk without any engine: the OCI bundle and, beside it, the records of containers/storage. */
#include "commands/watch_container_ask.h"

#include "base/files.h"
#include "base/memory.h"
#include "commands/watch_container_posture.h"
#include "engine/api.h"
#include "formats/json.h"
#include "kernel/look.h"
#include "sources/inspect.h"
#include "sources/kernel.h"
#include "sources/oci_spec.h"
#include "watch/container_read.h"

#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum {
	ANSWER_SECONDS = 2, /* for an answer; it is late long before, but may still come in handy */
	RETRY_SECONDS = 5,  /* until an engine that was not there is looked for again */
	IMAGES_KEPT = 64,   /* descriptions of images */
};

struct container_asker {
	watch_container_source source;
	engine *engine;
	int64_t retry; /* seconds of the monotonic clock */
	kernel *kernel;
	const container_weights *weights;
	arena rules;  /* of the weights */
	arena images; /* what Docker says of them, by id */
	map image_by_id;
};

static const struct {
	engine_kind kind;
	const char *type;
} engines[WATCH_CONTAINERS_SOURCES] = {
	[WATCH_CONTAINERS_LIST] = {ENGINE_DOCKER, "docker"},
	[WATCH_CONTAINERS_DOCKER] = {ENGINE_DOCKER, "docker"},
	[WATCH_CONTAINERS_PODMAN] = {ENGINE_PODMAN, "podman"},
};

static int64_t seconds_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

/* One over the network has the containers of another machine. */
static bool engine_find_now(container_asker *a)
{
	error e;
	engine_options where = {.seconds = ANSWER_SECONDS};
	if (a->engine)
		return true;
	if (seconds_now() < a->retry)
		return false;
	a->retry = seconds_now() + RETRY_SECONDS;
	if (engine_open(engines[a->source].kind, &where, &a->engine, &e) < 0)
		return false;
	if (!engine_is_remote(a->engine))
		return true;
	engine_close(a->engine);
	a->engine = NULL;
	a->retry = INT64_MAX;
	return false;
}

/* --- postures --- */

/* What an engine was asked for (kind, inspect), or what a bundle says (spec). */
static void weigh(const container_asker *a, const node *inspect, const node *spec, arena *keep,
	arena *scratch, watch_container *ret)
{
	evidence v;
	posture p = {0};
	evidence_start(&v, "", scratch);
	if (spec)
		oci_spec_posture(spec, &v, &p, scratch);
	else
		inspect_posture(engines[a->source].kind, inspect, NULL, &v, &p, scratch);
	evidence_end(&v);
	if (spec)
		ret->privileged = p.privileged.value.truth;
	container_weigh(a->weights, &p, keep, ret);
}

/* --- engines --- */

/* NULL: it does not know, or does not answer; then it is looked for anew the next time. */
static node *engine_answer(container_asker *a, const char *path, arena *scratch)
{
	error e;
	node *root = NULL;
	if (engine_json(a->engine, path, scratch, &root, &e) >= 0)
		return root;
	if (e.code == ERROR_SYSTEM) {
		engine_close(a->engine);
		a->engine = NULL;
		a->retry = 0;
	}
	return NULL;
}

static void ask_image(container_asker *a, const node *inspect, arena *keep, watch_container *c)
{
	static const node unknown = {.kind = NODE_NULL};
	span id = node_text(node_get(inspect, "Image"));
	if (!c->image_id.n || a->source != WATCH_CONTAINERS_DOCKER)
		return;
	const node *image = map_get(&a->image_by_id, id);
	if (!image) {
		if (a->image_by_id.count >= IMAGES_KEPT) {
			arena_done(&a->images);
			a->image_by_id = (map){0};
		}
		id = arena_copy(&a->images, id);
		image = engine_answer(
			a, arena_format(&a->images, "/images/%.*s/json", SPAN_ARG(id)).p, &a->images);
		image = image ? image : &unknown;
		map_set(&a->image_by_id, &a->images, id, (void *)(uintptr_t)image);
	}
	container_read_image(image, keep, c);
}

static bool ask_engine(container_asker *a, const container_question *q, arena *keep, watch_container *ret)
{
	arena scratch = {0};
	bool found = false;
	bool list = a->source == WATCH_CONTAINERS_LIST;
	if (!engine_find_now(a))
		return false;
	span path = list ? arena_format(&scratch,
				   "/containers/json?all=1&filters=%%7B%%22id%%22%%3A%%5B%%22%s%%22%%5D%%7D",
				   q->id)
			 : arena_format(&scratch, "/containers/%s/json", q->id);
	const node *answer = engine_answer(a, path.p, &scratch);
	if (list)
		found = container_read_listed(answer, span_of(q->id), keep, ret);
	else if ((found = container_read_inspect(answer, span_of(q->id), keep, ret))) {
		ask_image(a, answer, keep, ret);
		weigh(a, answer, NULL, keep, &scratch, ret);
	}
	ret->type = span_of(engines[a->source].type);
	arena_done(&scratch);
	return found;
}

/* --- bundles --- */

static bool read_bundle(
	container_asker *a, const kernel_container *c, arena *keep, arena *scratch, watch_container *ret)
{
	error e;
	node *spec = NULL;
	auto_fd folder = -1;
	if (!c->bundle.n ||
		kernel_open_at(a->kernel, O_PATH | O_DIRECTORY, &folder, "%s",
			arena_string(scratch, c->bundle)) != LOOK_FOUND ||
		oci_spec_read(folder, scratch, &spec, &e) < 0 || !container_read_spec(spec, keep, ret))
		return false;
	weigh(a, NULL, spec, keep, scratch, ret);
	span host = node_text(node_get(spec, "hostname"));
	if (!ret->name.n && host.n && !span_starts(c->id, host))
		ret->name = arena_copy(keep, host);
	return true;
}

/* …/overlay-containers/ID/userdata is a bundle, …/overlay-containers/containers.json the record of all. */
static bool read_store(
	container_asker *a, const kernel_container *c, arena *keep, arena *scratch, watch_container *ret)
{
	span folder = c->bundle, bytes;
	text t;
	error e;
	node *all = NULL;
	node_problems problems = {0};
	for (int up = 0; up < 2; up++) {
		size_t slash = span_find_last(folder, '/');
		folder = span_sub(folder, 0, slash == SPAN_NONE ? 0 : slash);
	}
	if (!span_ends(folder, SPAN("-containers")) ||
		kernel_read(a->kernel, scratch, &bytes, "%.*s/containers.json", SPAN_ARG(folder)) !=
			LOOK_FOUND)
		return false;
	text_init(&t, "containers.json", bytes, scratch);
	return json_read(&t, scratch, &all, &problems, &e) >= 0 &&
	       container_read_stored(all, c->id, keep, ret);
}

static bool ask_bundle(container_asker *a, const container_question *q, arena *keep, watch_container *ret)
{
	arena scratch = {0};
	kernel_container c;
	if (a->kernel)
		kernel_root_add(a->kernel, span_of(q->root));
	bool found = a->kernel && kernel_find_one(a->kernel, span_of(q->id), q->pids, q->count, &scratch, &c);
	if (found) {
		watch_container stored = {0};
		bool known = read_store(a, &c, keep, &scratch, &stored);
		found = read_bundle(a, &c, keep, &scratch, ret) || known;
		ret->id = arena_copy(keep, c.id);
		ret->type = arena_copy(keep, c.engine[0] ? span_of(c.engine) : c.runtime);
		if (known && stored.name.n)
			ret->name = stored.name;
		if (!ret->name.n || (c.name.n && span_is(ret->type, "podman")))
			ret->name =
				arena_copy(keep, c.name.n ? c.name : span_sub(c.id, 0, CONTAINER_ID_SHOWN));
		if (!ret->image.n)
			container_image_set(ret, stored.image, keep);
		if (!ret->image_id.n)
			ret->image_id = stored.image_id;
		if (!ret->pod_uid.n)
			ret->pod_uid = arena_copy(keep, c.pod);
		ret->start = q->start;
	}
	arena_done(&scratch);
	return found;
}

/* --- both --- */

container_asker *container_asker_open(watch_container_source source)
{
	error e;
	container_asker *a = memory_zeroed(1, sizeof *a);
	a->source = source;
	a->weights = container_weights_new(&a->rules);
	if (source != WATCH_CONTAINERS_BUNDLE)
		engine_find_now(a);
	else if (kernel_open("/", &a->kernel, &e) >= 0)
		kernel_use_states(a->kernel, kernel_state_read);
	return a;
}

void container_asker_close(container_asker *a)
{
	engine_close(a->engine);
	kernel_close(a->kernel);
	arena_done(&a->images);
	arena_done(&a->rules);
	free(a);
}

bool container_ask(container_asker *a, const container_question *q, arena *arena, watch_container *ret)
{
	return a->source == WATCH_CONTAINERS_BUNDLE ? ask_bundle(a, q, arena, ret)
						    : ask_engine(a, q, arena, ret);
}
