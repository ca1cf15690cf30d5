/* SPDX-License-Identifier: Apache-2.0
 *
 * What other objects of the bundle say about a pod: NetworkPolicies that select it, its ServiceAccount, the defaults of a
 * LimitRange. Objects count within their namespace only. */
#include "sources/kubernetes.h"

typedef struct policy {
	const document *document;
	bool ingress, egress; /* what it restricts */
} policy;

typedef LIST(policy) policy_list;

typedef struct name_space {  /* the objects of one namespace that say something about its pods */
	policy_list for_all; /* policies that ask for no label */
	map by_label;        /* policy_list of those that do, by the first "key=value" that they ask for */
	LIST(const document *) ranges;
} name_space;

typedef struct linker {
	bundle *bundle;
	map name_spaces; /* name_space by name */
	map accounts;    /* ServiceAccount documents by "namespace/name" */
	uint64_t work;   /* selections made so far */
} linker;

/* Policies times pods that share a label: an honest bundle stays far below, and beyond it what nobody had time to find out stays
 * unset. */
enum { LINK_SELECTIONS = 20000000 };

static name_space *name_space_of(linker *l, span name)
{
	name_space *ret = map_get(&l->name_spaces, name);
	if (!ret) {
		ret = ARENA_NEW(l->bundle->arena, name_space);
		map_set(&l->name_spaces, l->bundle->arena, name, ret);
	}
	return ret;
}

static span account_key(const linker *l, span space, span name)
{
	return arena_format(l->bundle->arena, "%.*s/%.*s", SPAN_ARG(space), SPAN_ARG(name));
}

static span label_key(const member *label, arena *a)
{
	span value = node_text(label->value);
	return arena_format(a, "%.*s=%.*s", SPAN_ARG(label->key->value), SPAN_ARG(value));
}

static void collect_policy(linker *l, const document *d)
{
	arena *a = l->bundle->arena;
	name_space *space = name_space_of(l, d->object_namespace);
	policy_list *list = &space->for_all;
	const node *labels = node_path(d->root, "spec/podSelector/matchLabels");
	if (node_is_map(labels) && labels->count) {
		span key = label_key(&labels->members[0], a);
		list = map_get(&space->by_label, key);
		if (!list)
			map_set(&space->by_label, a, key, list = ARENA_NEW(a, policy_list));
	}
	policy one = {d, kubernetes_policy_restricts(d->root, "Ingress"),
		kubernetes_policy_restricts(d->root, "Egress")};
	list_push(a, list, one);
}

static void collect(linker *l, document *d)
{
	arena *a = l->bundle->arena;
	if (span_is(d->object_kind, "NetworkPolicy"))
		collect_policy(l, d);
	else if (span_is(d->object_kind, "LimitRange"))
		list_push(a, &name_space_of(l, d->object_namespace)->ranges, d);
	else if (span_is(d->object_kind, "ServiceAccount"))
		map_set(&l->accounts, a, account_key(l, d->object_namespace, d->object_name), d);
}

static origin document_place(const document *d)
{
	const member *name = node_member(node_get(d->root, "metadata"), "name");
	return name ? tree_origin(d->text, name) : tree_origin_of(d->text, d->root);
}

/* One list of policies; false when there is no time to ask more. */
static bool apply_policies(linker *l, workload *w, const node *labels, const policy_list *policies)
{
	posture *p = &w->posture;
	list_each(const policy, one, policies) {
		bool ingress = one->ingress && !p->policy_ingress.value.truth;
		bool egress = one->egress && !p->policy_egress.value.truth;
		if (!ingress && !egress)
			continue; /* nothing new */
		if (l->work++ >= LINK_SELECTIONS)
			return false;
		if (!kubernetes_policy_selects(one->document->root, labels))
			continue;
		origin at = document_place(one->document);
		if (ingress)
			posture_set_truth(p, FACT_policy_ingress, KNOWN_DECLARED, true, at);
		if (egress)
			posture_set_truth(p, FACT_policy_egress, KNOWN_DECLARED, true, at);
	}
	return true;
}

static void link_policies(linker *l, workload *w, const name_space *space)
{
	const node *labels = node_get(kubernetes_pod_of(w->document->root).metadata, "labels");
	posture *p = &w->posture;
	posture_set_truth(p, FACT_policy_ingress, KNOWN_DEFAULT, false, w->origin);
	posture_set_truth(p, FACT_policy_egress, KNOWN_DEFAULT, false, w->origin);
	if (!space)
		return;
	bool asked = apply_policies(l, w, labels, &space->for_all);
	for (uint32_t i = 0; asked && node_is_map(labels) && i < labels->count; i++) {
		const policy_list *list =
			map_get(&space->by_label, label_key(&labels->members[i], l->bundle->arena));
		asked = !list || apply_policies(l, w, labels, list);
	}
	if (!asked) {
		posture_place(p, FACT_policy_ingress, w->origin);
		posture_place(p, FACT_policy_egress, w->origin);
	}
}

static void link_account(const linker *l, workload *w)
{
	posture *p = &w->posture;
	if (p->service_account_token.known >= KNOWN_DECLARED)
		return;
	const document *account = map_get(
		&l->accounts, account_key(l, w->document->object_namespace, p->service_account.value.text));
	const member *m = account ? tree_find(account->root, "automountServiceAccountToken", NULL) : NULL;
	if (m && node_truth(m->value) >= 0)
		posture_set_truth(p, FACT_service_account_token, KNOWN_DECLARED, node_truth(m->value) == 1,
			tree_origin(account->text, m));
}

static const struct {
	fact_id fact;
	const char *key, *resource;
} range_defaults[] = {
	{FACT_memory_limit, "default", "memory"},
	{FACT_memory_request, "defaultRequest", "memory"},
	{FACT_cpu_limit, "default", "cpu"},
	{FACT_cpu_request, "defaultRequest", "cpu"},
	{FACT_storage_limit, "default", "ephemeral-storage"},
	{FACT_storage_request, "defaultRequest", "ephemeral-storage"},
};

/* One entry of a LimitRange; what a container says itself is not touched. */
static void link_range(workload *w, const document *d, const node *limit)
{
	for (size_t i = 0; i < sizeof range_defaults / sizeof *range_defaults; i++) {
		fact_id id = range_defaults[i].fact;
		const member *m =
			node_member(node_get(limit, range_defaults[i].key), range_defaults[i].resource);
		int64_t value;
		if (w->posture.all[id].known != KNOWN_DEFAULT || !m)
			continue;
		bool (*read)(span, int64_t *) =
			fact_rows[id].type == TYPE_CPU ? value_quantity_cpu : value_quantity;
		if (read(node_text(m->value), &value))
			posture_set_number(&w->posture, id, KNOWN_DEFAULT, value, tree_origin(d->text, m));
	}
}

static void link_ranges(linker *l, workload *w, const name_space *space)
{
	for (uint32_t i = 0; space && i < space->ranges.count; i++) {
		const node *limits = node_path(space->ranges.items[i]->root, "spec/limits");
		for (uint32_t k = 0; node_is_list(limits) && k < limits->count && l->work++ < LINK_SELECTIONS;
			k++)
			if (span_is(node_text(node_get(limits->items[k], "type")), "Container"))
				link_range(w, space->ranges.items[i], limits->items[k]);
	}
}

void kubernetes_link(bundle *b)
{
	linker l = {.bundle = b};
	for (uint32_t i = 0; i < b->documents.count; i++)
		if (b->documents.items[i]->kind == DOCUMENT_KUBERNETES)
			collect(&l, b->documents.items[i]);
	for (uint32_t i = 0; i < b->workloads.count; i++) {
		workload *w = b->workloads.items[i];
		if (w->document->kind != DOCUMENT_KUBERNETES)
			continue;
		const name_space *space = map_get(&l.name_spaces, w->document->object_namespace);
		link_policies(&l, w, space);
		link_account(&l, w);
		link_ranges(&l, w, space);
	}
}
