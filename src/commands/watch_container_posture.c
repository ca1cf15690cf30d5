/* SPDX-License-Identifier: Apache-2.0
 *
 * The rows that make alerts weigh more. A container without a user namespace of its own is what engines make by default, and is none of them. */
#include "commands/watch_container_posture.h"

#include "base/limits.h"
#include "rules/vocabulary.h"

typedef struct weight_row {
	const char *text; /* what alerts say */
	const char *each; /* asked of every item of this list; NULL: of the whole posture */
	int member;       /* of the item, said behind the text; -1: none */
	const char *condition;
} weight_row;

/* What being privileged brings along need not be said as well. */
#define NOT_PRIVILEGED " and not isolation.privileged = true"

/* clang-format off */
static const weight_row weight_rows[] = {
	{"privileged", NULL, -1, "isolation.privileged = true"},
	{"host processes", NULL, -1, "namespace.pid = host"},
	{"host network", NULL, -1, "namespace.network = host"},
	{"engine socket", "mount", MEMBER_mount_source, "engine_socket or mount.type = bind and mount.source in (/run, /var/run)"},
	{"host root directory", "mount", -1, "mount.type = bind and mount.source = /"},
	{"capability", "capabilities.add", MEMBER_capability_name, "capabilities.add.name in (escape_capabilities)" NOT_PRIVILEGED},
	{"no seccomp", NULL, -1, "seccomp.profile = unconfined" NOT_PRIVILEGED},
};
/* clang-format on */
enum { WEIGHTS = sizeof weight_rows / sizeof *weight_rows };

struct container_weights {
	rule_fields fields;
	struct {
		fact_id each;
		const expression *condition; /* NULL: it is no condition */
	} rows[WEIGHTS];
};

const container_weights *container_weights_new(arena *a)
{
	container_weights *w = ARENA_NEW(a, container_weights);
	rule_fields_init(&w->fields, a);
	for (int i = 0; i < WEIGHTS; i++) {
		const weight_row *row = &weight_rows[i];
		rule_scope scope = {&w->fields, row->each ? rule_fact(span_of(row->each)) : FACT_NONE};
		vocabulary words = rule_vocabulary(&scope);
		error e;
		w->rows[i].each = scope.each;
		if (expression_compile(span_of(row->condition), &words, a, &w->rows[i].condition, &e) < 0)
			w->rows[i].condition = NULL;
	}
	return w;
}

uint32_t container_weights_count(const container_weights *w, uint32_t *ret_ready)
{
	*ret_ready = 0;
	for (int i = 0; i < WEIGHTS; i++)
		*ret_ready += w->rows[i].condition != NULL;
	return WEIGHTS;
}

static bool is_read_only(const rule_subject *of)
{
	return of->each == FACT_mounts && item_has(of->item, MEMBER_mount_writable) &&
	       !of->item->values[MEMBER_mount_writable].truth;
}

/* "engine socket /run/docker.sock (read-only)" */
static span text_of(const weight_row *row, const rule_subject *of, arena *a)
{
	span name = row->member >= 0 ? item_text(of->item, row->member) : (span){0};
	name = span_sub(name, 0, LIMIT_WATCH_PATH);
	return arena_format(a, "%s%s%.*s%s", row->text, name.n ? " " : "", SPAN_ARG(name),
		is_read_only(of) ? " (read-only)" : "");
}

static void weigh_one(
	const container_weights *w, int row, const rule_subject *of, arena *a, watch_container *ret)
{
	subject s = {.of = of, .get = rule_get, .absent_is_false = true};
	if (ret->worse.count < LIMIT_WATCH_WORSE &&
		expression_eval(w->rows[row].condition, &s, NULL) == VERDICT_TRUE)
		ret->worse.items[ret->worse.count++] = text_of(&weight_rows[row], of, a);
}

void container_weigh(const container_weights *w, const posture *p, arena *a, watch_container *ret)
{
	const workload whole = {.effective = p};
	ret->worse.count = 0;
	for (int i = 0; i < WEIGHTS; i++) {
		rule_subject of = {.workload = &whole, .each = w->rows[i].each};
		if (!w->rows[i].condition)
			continue;
		if (of.each == FACT_NONE) {
			weigh_one(w, i, &of, a, ret);
			continue;
		}
		const item_list *items = posture_items(p, of.each);
		for (uint32_t j = 0; j < items->all.count; j++) {
			of.item = items->all.items[j];
			weigh_one(w, i, &of, a, ret);
		}
	}
}

void container_weigh_told(const void *of, watch_container *c, arena *a)
{
	posture p = {0};
	arena scratch = {0};
	posture_set_truth(&p, FACT_privileged, KNOWN_DECLARED, c->privileged, (origin){0});
	if (c->host_pid)
		posture_set_text(&p, FACT_pid_namespace, KNOWN_DECLARED, SPAN("host"), (origin){0});
	if (c->host_network)
		posture_set_text(&p, FACT_network_mode, KNOWN_DECLARED, SPAN("host"), (origin){0});
	for (uint32_t i = 0; i < c->mounts.count; i++) {
		item *mount = posture_add(&p, FACT_mounts, (origin){0}, &scratch);
		item_set_text(mount, MEMBER_mount_type, SPAN("bind"));
		item_set_text(mount, MEMBER_mount_source, c->mounts.items[i].source);
		item_set_truth(mount, MEMBER_mount_writable, c->mounts.items[i].writable);
	}
	container_weigh(of, &p, a, c);
	arena_done(&scratch);
}
