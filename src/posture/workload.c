/* SPDX-License-Identifier: Apache-2.0
 *
 * Bundles: adding to them, joining them, looking things up in them. */
#include "posture/workload.h"

#include <stdio.h>

document *bundle_add_document(bundle *b, document_kind kind, const text *t, const struct source *source)
{
	document *d = ARENA_NEW(b->arena, document);
	*d = (document){.kind = kind, .text = t, .source = source};
	list_push(b->arena, &b->documents, d);
	return d;
}

workload *bundle_add_workload(bundle *b, document *d, const char *kind, const char *name)
{
	workload *w = ARENA_NEW(b->arena, workload);
	w->document = d;
	w->kind = kind;
	w->name = name;
	w->origin.text = d->text;
	list_push(b->arena, &b->workloads, w);
	list_push(b->arena, &d->workloads, w);
	return w;
}

void bundle_add_problem(bundle *b, const text *t, uint32_t start, uint32_t end, const char *message)
{
	list_push(b->arena, &b->problems,
		(problem){.path = t->path, .text = t, .start = start, .end = end, .message = message});
}

void bundle_add_skipped(bundle *b, const char *path, const char *reason)
{
	list_push(b->arena, &b->skipped, (skipped){path, reason});
}

void bundle_merge(bundle *b, const bundle *part)
{
	for (uint32_t i = 0; i < part->documents.count; i++)
		list_push(b->arena, &b->documents, part->documents.items[i]);
	for (uint32_t i = 0; i < part->workloads.count; i++)
		list_push(b->arena, &b->workloads, part->workloads.items[i]);
	for (uint32_t i = 0; i < part->problems.count; i++)
		list_push(b->arena, &b->problems, part->problems.items[i]);
	for (uint32_t i = 0; i < part->skipped.count; i++)
		list_push(b->arena, &b->skipped, part->skipped.items[i]);
}

void bundle_overlay(bundle *b)
{
	for (uint32_t i = 0; i < b->workloads.count; i++) {
		workload *w = b->workloads.items[i];
		w->effective = &w->posture;
		if (!w->lower)
			continue;
		posture *both = ARENA_NEW(b->arena, posture);
		posture_overlay(both, &w->lower->posture, &w->posture, b->arena);
		w->effective = both;
	}
}

/* A key of the index. Names of Kubernetes are shorter than 254 bytes; longer ones are found by nobody. */
typedef struct index_key {
	char bytes[1024];
	span span;
} index_key;

static bool make_key(index_key *key, span kind, span name_space, span name)
{
	int n = snprintf(key->bytes, sizeof key->bytes, "%.*s/%.*s/%.*s", SPAN_ARG(kind),
		SPAN_ARG(name_space), SPAN_ARG(name));
	key->span = (span){key->bytes, (size_t)n};
	return n >= 0 && (size_t)n < sizeof key->bytes;
}

static void index_add(bundle *b, const document *d, span kind, span name)
{
	index_key key;
	if (!make_key(&key, kind, d->object_namespace, name))
		return;
	document_list *list = map_get(&b->objects, key.span);
	if (!list) {
		list = ARENA_NEW(b->arena, document_list);
		map_set(&b->objects, b->arena, arena_copy(b->arena, key.span), list);
	}
	list_push(b->arena, list, d);
}

void bundle_index(bundle *b)
{
	for (uint32_t i = 0; i < b->documents.count; i++) {
		const document *d = b->documents.items[i];
		if (d->kind != DOCUMENT_KUBERNETES)
			continue;
		index_add(b, d, d->object_kind, SPAN(""));
		index_add(b, d, d->object_kind, d->object_name);
		if (d->workloads.count)
			index_add(b, d, SPAN(""), SPAN(""));
	}
}

const document_list *bundle_objects(const bundle *b, const char *kind, span name_space)
{
	index_key key;
	return make_key(&key, span_of(kind), name_space, SPAN("")) ? map_get(&b->objects, key.span) : NULL;
}

const document *bundle_object(const bundle *b, const char *kind, span name_space, span name)
{
	index_key key;
	const document_list *list =
		make_key(&key, span_of(kind), name_space, name) ? map_get(&b->objects, key.span) : NULL;
	return list ? list->items[0] : NULL;
}
