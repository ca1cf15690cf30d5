/* SPDX-License-Identifier: Apache-2.0
 *
 * Bundles: adding to them, joining them, looking things up in them. */
#include "posture/workload.h"

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

const document *bundle_object(const bundle *b, const char *kind, span name_space, span name)
{
	for (uint32_t i = 0; i < b->documents.count; i++) {
		const document *d = b->documents.items[i];
		if (d->kind == DOCUMENT_KUBERNETES && span_is(d->object_kind, kind) &&
			span_equal(d->object_namespace, name_space) && span_equal(d->object_name, name))
			return d;
	}
	return NULL;
}
