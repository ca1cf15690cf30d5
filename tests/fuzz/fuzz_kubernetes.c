/* SPDX-License-Identifier: Apache-2.0
 *
 * Manifests: every edit that the writer answers with lies inside the text and can be applied. */
#include "fuzz_workload.h"

#include "sources/kubernetes.h"
#include "sources/sources.h"

static const want wants[] = {
	{FACT_read_only, WANT_SET, -1, {"true", 4}, NULL},
	{FACT_caps_drop, WANT_ADD, -1, {"ALL", 3}, NULL},
	{FACT_seccomp, WANT_SET, -1, {"default", 7}, NULL},
	{FACT_memory_limit, WANT_SET, -1, {"256Mi", 5}, NULL},
	{FACT_network_mode, WANT_SET, -1, {"private", 7}, NULL},
	{FACT_service_account_token, WANT_SET, -1, {"false", 5}, NULL},
	{FACT_mounts, WANT_ADD, -1, {"tmpfs:/tmp", 10}, NULL},
	{FACT_env, WANT_REMOVE, -1, {"PASSWORD", 8}, NULL},
};
enum { WANTS = sizeof wants / sizeof *wants };

static void write_all(const workload *w, const text *t, arena *a)
{
	error e;
	edit_list edits = {0};
	auto_buffer out = {0};
	if (kubernetes_source.write(w, wants, WANTS, a, &edits, &e) < 0 &&
		kubernetes_source.write(w, wants, WANTS - 1, a, &edits, &e) < 0)
		return;
	list_each(edit, x, &edits)
		FUZZ_HOLDS(x->source == t && x->start <= x->end && x->end <= t->bytes.n);
	FUZZ_HOLDS(edits_apply(t, &edits, &out, &e) == 0);
}

FUZZ(bytes)
{
	arena a = {0};
	text t;
	bundle b = {.arena = &a};
	text_init(&t, "manifest.yaml", bytes, &a);
	kubernetes_source.read(&t, NULL, &b);
	kubernetes_link(&b);
	bundle_overlay(&b);
	for (uint32_t i = 0; i < b.workloads.count && i < 8; i++) {
		workload *w = b.workloads.items[i];
		fuzz_workload(w, bytes.n);
		write_all(w, &t, &a);
	}
	arena_done(&a);
}
