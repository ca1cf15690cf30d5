/* SPDX-License-Identifier: Apache-2.0
 *
 * Compose projects: two files that lie over one another (the second behind a line of '%'), each of which may include and extend the
 * other. Facts point into their texts, and every edit that the writer answers with can be applied. */
#include "fuzz.h"

#include "base/edit.h"
#include "sources/compose.h"

static const want wants[] = {
	{FACT_read_only, WANT_SET, -1, {"true", 4}, NULL},
	{FACT_caps_drop, WANT_ADD, -1, {"ALL", 3}, NULL},
	{FACT_seccomp, WANT_SET, -1, {"default", 7}, NULL},
	{FACT_no_new_privileges, WANT_SET, -1, {"true", 4}, NULL},
	{FACT_memory_limit, WANT_SET, -1, {"256m", 4}, NULL},
	{FACT_pid_namespace, WANT_SET, -1, {"private", 7}, NULL},
	{FACT_uid, WANT_SET, -1, {"65532", 5}, NULL},
	{FACT_mounts, WANT_ADD, -1, {"tmpfs:/tmp", 10}, NULL},
};
enum { WANTS = sizeof wants / sizeof *wants };

typedef struct two_files {
	loader loader;
	text texts[2];
} two_files;

static const text *load(loader *self, const char *path, arena *a, error *e)
{
	two_files *f = (two_files *)self;
	(void)a;
	for (size_t i = 0; i < 2; i++)
		if (strcmp(f->texts[i].path, path) == 0)
			return &f->texts[i];
	error_set(e, ERROR_ABSENT, "not there");
	return NULL;
}

static void check_origin(const two_files *f, const origin *at)
{
	if (!at->text)
		return;
	FUZZ_HOLDS(at->text == &f->texts[0] || at->text == &f->texts[1]);
	FUZZ_HOLDS(at->start <= at->end && at->end <= at->text->bytes.n);
}

static void write_wants(const two_files *f, const workload *w, const want *some, size_t count, arena *a)
{
	error e;
	edit_list edits = {0};
	if (compose_source.write(w, some, count, a, &edits, &e) < 0)
		return;
	for (size_t i = 0; i < 2; i++) {
		auto_buffer out = {0};
		FUZZ_HOLDS(edits_apply(&f->texts[i], &edits, &out, &e) == 0);
	}
}

static void check_workload(const two_files *f, const workload *w, arena *a)
{
	check_origin(f, &w->origin);
	for (int id = 0; id < FACT_COUNT; id++) {
		check_origin(f, &w->posture.all[id].origin);
		const item_list *list =
			fact_rows[id].type == TYPE_LIST ? posture_items(&w->posture, (fact_id)id) : NULL;
		for (uint32_t i = 0; list && i < list->all.count && i < 8; i++) {
			check_origin(f, &list->all.items[i]->origin);
			const want away = {(fact_id)id, WANT_REMOVE, -1, {0}, list->all.items[i]};
			write_wants(f, w, &away, 1, a);
		}
	}
	const item_list *ports = posture_items(&w->posture, FACT_ports),
			*mounts = posture_items(&w->posture, FACT_mounts);
	for (uint32_t i = 0; i < ports->all.count && i < 8; i++)
		write_wants(f, w,
			&(want){FACT_ports, WANT_SET, MEMBER_port_host_ip, {"127.0.0.1", 9},
				ports->all.items[i]},
			1, a);
	for (uint32_t i = 0; i < mounts->all.count && i < 8; i++)
		write_wants(f, w,
			&(want){FACT_mounts, WANT_SET, MEMBER_mount_writable, {"false", 5},
				mounts->all.items[i]},
			1, a);
	write_wants(f, w, wants, WANTS, a);
}

FUZZ(bytes)
{
	arena a = {0};
	two_files f = {.loader = {.load = load}};
	bundle b = {.arena = &a};
	size_t cut = span_find(bytes, SPAN("\n%\n"));
	text_init(&f.texts[0], "compose.yaml", span_sub(bytes, 0, cut), &a);
	text_init(&f.texts[1], "compose.override.yml",
		cut == SPAN_NONE ? SPAN("") : span_from(bytes, cut + 3), &a);
	compose_source.read(&f.texts[0], &f.loader, &b);
	compose_link(&b, NULL);
	bundle_overlay(&b);
	for (uint32_t i = 0; i < b.workloads.count && i < 8; i++)
		if (b.workloads.items[i]->document->kind == DOCUMENT_COMPOSE)
			check_workload(&f, b.workloads.items[i], &a);
	arena_done(&a);
}
