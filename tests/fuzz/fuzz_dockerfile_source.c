/* SPDX-License-Identifier: Apache-2.0
 *
 * Dockerfiles as a source: places lie in the text, and every edit that the writer answers with can be applied and read again. */
#include "fuzz_workload.h"

#include "sources/sources.h"

static const want wants[] = {
	{FACT_uid, WANT_SET, -1, {"65532", 5}, NULL},
	{FACT_image_tag, WANT_SET, -1, {"1.0", 3}, NULL},
	{FACT_image_digest, WANT_SET, -1, {"sha256:00", 9}, NULL},
};
static const fact_id lists[] = {FACT_env, FACT_args, FACT_labels};

static void write_one(const workload *w, const want *x, const text *t, arena *a)
{
	error e;
	edit_list edits = {0};
	auto_buffer out = {0};
	if (w->document->source->write(w, x, 1, a, &edits, &e) < 0)
		return;
	list_each(edit, one, &edits)
		FUZZ_HOLDS(one->source == t && one->start <= one->end && one->end <= t->bytes.n);
	FUZZ_HOLDS(edits_apply(t, &edits, &out, &e) == 0);
	text again;
	bundle b = {.arena = a};
	text_init(&again, "Dockerfile", buffer_span(&out), a);
	dockerfile_source.read(&again, NULL, &b);
}

static void write_all(const workload *w, const text *t, arena *a)
{
	for (size_t i = 0; i < sizeof wants / sizeof *wants; i++)
		write_one(w, &wants[i], t, a);
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		const item_list *items = posture_items(&w->posture, lists[i]);
		for (uint32_t k = 0; k < items->all.count && k < 4; k++) {
			want x = {lists[i], WANT_REMOVE, -1, {0}, items->all.items[k]};
			write_one(w, &x, t, a);
		}
	}
}

FUZZ(bytes)
{
	arena a = {0};
	text t;
	bundle b = {.arena = &a};
	text_init(&t, "Dockerfile", bytes, &a);
	dockerfile_source.read(&t, NULL, &b);
	bundle_overlay(&b);
	for (uint32_t i = 0; i < b.workloads.count && i < 8; i++) {
		workload *w = b.workloads.items[i];
		fuzz_workload(w, bytes.n);
		write_all(w, &t, &a);
	}
	for (uint32_t i = 0; i < b.problems.count; i++)
		FUZZ_HOLDS(b.problems.items[i].start <= b.problems.items[i].end &&
			   b.problems.items[i].end <= bytes.n);
	arena_done(&a);
}
