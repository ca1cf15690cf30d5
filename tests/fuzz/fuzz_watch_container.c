/* SPDX-License-Identifier: Apache-2.0
 *
 * What is said of containers, whoever says it: spans are on the arena and bounded, an id that is accepted is the one that was asked for. */
#include "base/limits.h"
#include "formats/json.h"
#include "fuzz.h"
#include "watch/container_event.h"
#include "watch/container_read.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void check(const watch_container *c)
{
	size_t all = 0;
	FUZZ_HOLDS(c->repository.n + c->tag.n + c->digest.n <= c->image.n || c->digest.n || !c->image.n ||
		   span_is(c->tag, "latest"));
	FUZZ_HOLDS(c->image_id.n == 0 || c->image_id.n == 12);
	for (uint32_t i = 0; i < c->labels.count; i++) {
		all += c->labels.items[i].n;
		FUZZ_HOLDS(span_find_byte(c->labels.items[i], '=') != SPAN_NONE);
	}
	FUZZ_HOLDS(all <= LIMIT_WATCH_CONTAINER_BYTES);
	for (uint32_t i = 0; i < c->mounts.count; i++)
		FUZZ_HOLDS(c->mounts.items[i].target.n > 0);
}

/* As the event of a capture. */
static void told(span bytes)
{
	told_containers *t = told_containers_new(NULL, NULL);
	container_lookup l = told_containers_lookup(t);
	event e = {.code = 324, .type = event_type_get(324), .count = 1, .params = {bytes}};
	for (int i = 0; i < 2; i++) {
		bool learned = told_containers_learn(t, &e);
		const watch_container *c = l.find(l.of, SPAN("0123456789ab"));
		FUZZ_HOLDS(!c || learned);
		for (uint32_t j = 0; c && j < c->mounts.count; j++)
			FUZZ_HOLDS(c->mounts.items[j].target.n > 0);
	}
	told_containers_free(t);
}

FUZZ(bytes)
{
	told(bytes);
	arena a = {0}, keep = {0};
	text t;
	node *root = NULL;
	node_problems problems = {0};
	error e;
	watch_container read[4] = {0};
	text_init(&t, "answer", bytes, &a);
	if (json_read(&t, &a, &root, &problems, &e) >= 0) {
		bool found = container_read_inspect(root, SPAN(ID), &keep, &read[0]);
		FUZZ_HOLDS(!found || span_is(read[0].id, ID));
		found = container_read_listed(root, SPAN("0123456789ab"), &keep, &read[1]);
		FUZZ_HOLDS(!found || span_starts(read[1].id, SPAN("0123456789ab")));
		container_read_spec(root, &keep, &read[2]);
		container_read_stored(root, SPAN(ID), &keep, &read[3]);
		container_read_image(root, &keep, &read[0]);
		container_time_read(node_text(root));
	}
	arena_done(&a);
	for (int i = 0; i < 4; i++)
		check(&read[i]);
	arena_done(&keep);
}
