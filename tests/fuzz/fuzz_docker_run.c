/* SPDX-License-Identifier: Apache-2.0
 *
 * docker run lines in files of every kind (the first byte says which): facts point into the text, and every edit that the writer
 * answers with can be applied. */
#include "fuzz.h"

#include "base/edit.h"
#include "sources/sources.h"

static const char *const paths[] = {
	"a.sh", "Makefile", "README.md", "ci.yml", "Jenkinsfile", "<command line>"};
enum { PATHS = sizeof paths / sizeof *paths };

static const want wants[] = {
	{FACT_read_only, WANT_SET, -1, {"true", 4}, NULL},
	{FACT_caps_drop, WANT_ADD, -1, {"ALL", 3}, NULL},
	{FACT_no_new_privileges, WANT_SET, -1, {"true", 4}, NULL},
	{FACT_memory_limit, WANT_SET, -1, {"256m", 4}, NULL},
	{FACT_uid, WANT_SET, -1, {"65532", 5}, NULL},
	{FACT_mounts, WANT_ADD, -1, {"tmpfs:/tmp", 10}, NULL},
	{FACT_privileged, WANT_SET, -1, {"false", 5}, NULL},
};
enum { WANTS = sizeof wants / sizeof *wants };

static void check_origin(const text *t, const origin *at)
{
	FUZZ_HOLDS(!at->text || (at->text == t && at->start <= at->end && at->end <= t->bytes.n));
}

static void write_wants(const text *t, const workload *w, const want *some, size_t count, arena *a)
{
	error e;
	edit_list edits = {0};
	auto_buffer out = {0};
	if (docker_run_source.write(w, some, count, a, &edits, &e) < 0)
		return;
	list_each(edit, x, &edits)
		FUZZ_HOLDS(x->source == t && x->start <= x->end && x->end <= t->bytes.n);
	FUZZ_HOLDS(edits_apply(t, &edits, &out, &e) == 0);
}

static void check_workload(const text *t, const workload *w, arena *a)
{
	check_origin(t, &w->origin);
	for (int id = 0; id < FACT_COUNT; id++) {
		check_origin(t, &w->posture.all[id].origin);
		const item_list *list =
			fact_rows[id].type == TYPE_LIST ? posture_items(&w->posture, (fact_id)id) : NULL;
		for (uint32_t i = 0; list && i < list->all.count && i < 8; i++) {
			check_origin(t, &list->all.items[i]->origin);
			write_wants(
				t, w, &(want){(fact_id)id, WANT_REMOVE, -1, {0}, list->all.items[i]}, 1, a);
		}
	}
	const item_list *ports = posture_items(&w->posture, FACT_ports);
	for (uint32_t i = 0; i < ports->all.count && i < 8; i++)
		write_wants(t, w,
			&(want){FACT_ports, WANT_SET, MEMBER_port_host_ip, {"127.0.0.1", 9},
				ports->all.items[i]},
			1, a);
	write_wants(t, w, wants, WANTS, a);
}

FUZZ(bytes)
{
	arena a = {0};
	text t;
	bundle b = {.arena = &a};
	if (!bytes.n)
		return;
	text_init(&t, paths[(uint8_t)bytes.p[0] % PATHS], span_from(bytes, 1), &a);
	docker_run_source.read(&t, NULL, &b);
	bundle_overlay(&b);
	for (uint32_t i = 0; i < b.workloads.count && i < 8; i++)
		check_workload(&t, b.workloads.items[i], &a);
	arena_done(&a);
}
