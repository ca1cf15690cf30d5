/* SPDX-License-Identifier: Apache-2.0
 *
 * Containers to JSON and back. Any JSON may come: what is not as expected is taken as not said. */
#include "watch/container_event.h"

#include "base/map.h"
#include "base/memory.h"
#include "formats/json.h"
#include "formats/json_write.h"
#include "watch/container_read.h"

#include <stdlib.h>
#include <string.h>

enum { CODE_CONTAINER = 272, CODE_CONTAINER_NEW = 324, ID_SHOWN = 12, LONGEST_PARAM = 65000 };

/* As these tools number them. */
static const char *const types[] = {"docker", "lxc", "libvirt-lxc", "mesos", "rkt", "custom", "cri",
	"containerd", "cri-o", "bpm", "static", "podman"};

enum { TYPE_COUNT = sizeof types / sizeof *types, TYPE_CUSTOM = 5, NANOSECONDS = 1000000000 };

/* --- to JSON --- */

static int type_number(span type)
{
	for (int i = 0; i < TYPE_COUNT; i++)
		if (span_is(type, types[i]))
			return i;
	return TYPE_CUSTOM;
}

static void write_mounts(const watch_container *c, json_writer *w)
{
	json_open(w, "Mounts", '[');
	for (uint32_t i = 0; i < c->mounts.count; i++) {
		const watch_mount *m = &c->mounts.items[i];
		json_open(w, NULL, '{');
		json_text(w, "Source", m->source);
		json_text(w, "Destination", m->target);
		json_text(w, "Mode", m->mode);
		json_truth(w, "RW", m->writable);
		json_text(w, "Propagation", m->propagation);
		json_close(w, '}');
	}
	json_close(w, ']');
}

static void write_labels(const watch_container *c, json_writer *w)
{
	arena scratch = {0};
	json_open(w, "labels", '{');
	for (uint32_t i = 0; i < c->labels.count; i++) {
		span label = c->labels.items[i];
		size_t equals = span_find_byte(label, '=');
		if (equals != SPAN_NONE)
			json_text(w, arena_string(&scratch, span_sub(label, 0, equals)),
				span_from(label, equals + 1));
	}
	json_close(w, '}');
	arena_done(&scratch);
}

static void write_ours(const watch_container *c, json_writer *w)
{
	json_open(w, "bulkhead", '{');
	json_text(w, "type", c->type);
	json_text(w, "pod", c->pod);
	json_text(w, "pod_uid", c->pod_uid);
	json_text(w, "namespace", c->namespace_name);
	json_number(w, "start", (int64_t)c->start);
	json_open(w, "worse", '[');
	for (uint32_t i = 0; i < c->worse.count; i++)
		json_text(w, NULL, c->worse.items[i]);
	json_close(w, ']');
	json_close(w, '}');
}

static void write_json(const watch_container *c, span id, bool all, buffer *out)
{
	json_writer w = {.out = out};
	json_open(&w, NULL, '{');
	json_open(&w, "container", '{');
	json_text(&w, "id", id);
	json_text(&w, "full_id", c->id);
	json_number(&w, "type", type_number(c->type));
	json_text(&w, "name", c->name);
	json_text(&w, "image", c->image);
	json_text(&w, "imageid", c->image_id);
	json_text(&w, "imagerepo", c->repository);
	json_text(&w, "imagetag", c->tag);
	json_text(&w, "imagedigest", c->digest);
	json_truth(&w, "privileged", c->privileged);
	json_truth(&w, "host_pid", c->host_pid);
	json_truth(&w, "host_network", c->host_network);
	json_truth(&w, "host_ipc", c->host_ipc);
	json_truth(&w, "is_pod_sandbox", false);
	json_number(&w, "created_time", (int64_t)(c->start / NANOSECONDS));
	json_string(&w, "ip", "0.0.0.0");
	json_open(&w, "port_mappings", '[');
	json_close(&w, ']');
	json_open(&w, "env", '[');
	json_close(&w, ']');
	if (all) {
		write_mounts(c, &w);
		write_labels(c, &w);
	}
	write_ours(c, &w);
	json_close(&w, '}');
	json_close(&w, '}');
}

void container_event_write(const watch_container *c, span id, buffer *out)
{
	size_t begun = out->n;
	write_json(c, id, true, out);
	if (out->n - begun <= LONGEST_PARAM)
		return;
	out->n = begun;
	write_json(c, id, false, out);
}

/* --- from JSON --- */

typedef struct told_container {
	span id; /* on the arena of all */
	arena arena;
	watch_container is;
	struct told_container *next;
} told_container;

struct told_containers {
	arena arena;
	map by_id;
	told_container *first;
	uint32_t count;
	container_weigher *weigh;
	const void *weights;
};

static void take(span *to, const node *from, arena *a)
{
	span value = node_text(from);
	/* What stood there while the recorder still asked. */
	if (value.n && !span_is(value, "incomplete") && !span_is(value, "<NA>"))
		*to = arena_copy(a, value);
}

static void take_ours(watch_container *c, const node *ours, arena *a)
{
	int64_t start;
	take(&c->type, node_get(ours, "type"), a);
	take(&c->pod, node_get(ours, "pod"), a);
	take(&c->pod_uid, node_get(ours, "pod_uid"), a);
	take(&c->namespace_name, node_get(ours, "namespace"), a);
	if (node_int(node_get(ours, "start"), &start) && start > 0)
		c->start = (uint64_t)start;
	const node *worse = node_get(ours, "worse");
	for (uint32_t i = 0; node_is_list(worse) && i < worse->count && c->worse.count < LIMIT_WATCH_WORSE;
		i++)
		take(&c->worse.items[c->worse.count++], worse->items[i], a);
}

static void take_container(const told_containers *t, watch_container *c, const node *from, arena *a)
{
	int64_t number;
	take(&c->id, node_get(from, "full_id"), a);
	if (!c->id.n)
		take(&c->id, node_get(from, "id"), a);
	take(&c->name, node_get(from, "name"), a);
	take(&c->image, node_get(from, "image"), a);
	take(&c->image_id, node_get(from, "imageid"), a);
	take(&c->repository, node_get(from, "imagerepo"), a);
	take(&c->tag, node_get(from, "imagetag"), a);
	take(&c->digest, node_get(from, "imagedigest"), a);
	c->privileged = node_truth(node_get(from, "privileged")) > 0;
	c->host_pid = node_truth(node_get(from, "host_pid")) > 0;
	c->host_network = node_truth(node_get(from, "host_network")) > 0;
	c->host_ipc = node_truth(node_get(from, "host_ipc")) > 0;
	if (node_int(node_get(from, "type"), &number) && number >= 0 && number < TYPE_COUNT)
		c->type = span_of(types[number]);
	if (node_int(node_get(from, "created_time"), &number) && number > 0 &&
		number < INT64_MAX / NANOSECONDS)
		c->start = (uint64_t)number * NANOSECONDS;
	container_read_told(from, a, c);
	if (node_get(from, "bulkhead"))
		take_ours(c, node_get(from, "bulkhead"), a);
	else if (t->weigh)
		t->weigh(t->weights, c, a);
}

static told_container *container_of(told_containers *t, span id)
{
	told_container *ret = map_get(&t->by_id, id);
	if (ret) {
		arena_done(&ret->arena);
		ret->is = (watch_container){0};
		return ret;
	}
	if (t->count >= LIMIT_WATCH_CONTAINERS)
		return NULL;
	ret = ARENA_NEW(&t->arena, told_container);
	ret->id = arena_copy(&t->arena, id);
	ret->next = t->first;
	t->first = ret;
	t->count++;
	map_set(&t->by_id, &t->arena, ret->id, ret);
	return ret;
}

bool told_containers_learn(told_containers *t, const event *e)
{
	span json;
	arena scratch = {0};
	error why;
	text bytes;
	node *root = NULL;
	node_problems problems = {0};
	if ((e->code != CODE_CONTAINER && e->code != CODE_CONTAINER_NEW) || !event_param_text(e, 0, &json))
		return false;
	text_init(&bytes, "container", json, &scratch);
	bool learned = false;
	if (json_read(&bytes, &scratch, &root, &problems, &why) >= 0) {
		const node *from = node_get(root, "container");
		span id = node_text(node_get(from, "id"));
		learned = span_is(id, "host");
		told_container *c = id.n == ID_SHOWN ? container_of(t, id) : NULL;
		if (c)
			take_container(t, &c->is, from, &c->arena);
		learned = learned || c;
	}
	arena_done(&scratch);
	return learned;
}

static const watch_container *find(void *of, span id)
{
	const told_containers *t = of;
	const told_container *c = map_get(&t->by_id, id);
	return c ? &c->is : NULL;
}

container_lookup told_containers_lookup(told_containers *t)
{
	return (container_lookup){t, find};
}

told_containers *told_containers_new(container_weigher *weigh, const void *of)
{
	told_containers *t = memory_zeroed(1, sizeof *t);
	t->weigh = weigh;
	t->weights = of;
	return t;
}

void told_containers_free(told_containers *t)
{
	if (!t)
		return;
	for (told_container *c = t->first; c; c = c->next)
		arena_done(&c->arena);
	arena_done(&t->arena);
	free(t);
}
