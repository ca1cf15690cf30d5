/* SPDX-License-Identifier: Apache-2.0
 *
 * Document rules over RoleBindings and ClusterRoleBindings: who is given a role. */
#include "rules/cluster_objects.h"
#include "rules/object.h"

static bool is_binding(const document *d)
{
	return span_is_fold(d->object_kind, "RoleBinding") ||
	       span_is_fold(d->object_kind, "ClusterRoleBinding");
}

/* The i-th subject; a single one may be written without a list. */
static const node *subject(const document *d, uint32_t i)
{
	const node *subjects = node_get(d->root, "subjects");
	if (node_is_map(subjects))
		return i == 0 ? subjects : NULL;
	return node_is_list(subjects) && i < subjects->count ? subjects->items[i] : NULL;
}

static void found_subject(const rule *r, const document *d, const node *who, rule_report *out)
{
	const member *name = node_member(who, "name");
	rule_found(out, r, NULL, name ? object_member_place(d, name) : object_node_place(d, who), NULL,
		"%.*s %.*s gives the role %.*s to %.*s", SPAN_ARG(d->object_kind), SPAN_ARG(d->object_name),
		SPAN_ARG(node_text(node_path(d->root, "roleRef/name"))),
		SPAN_ARG(node_text(node_get(who, "name"))));
}

/* Subjects whose name is one of `names`, of one kind (NULL: any). */
static void judge_subjects(
	const rule *r, const document *d, const char *kind, const char *names, rule_report *out)
{
	const node *who;
	for (uint32_t i = 0; is_binding(d) && (who = subject(d, i)); i++) {
		span name = node_text(node_get(who, "name"));
		if (name.n && span_in(name, names) &&
			(!kind || span_is(node_text(node_get(who, "kind")), kind)))
			found_subject(r, d, who, out);
	}
}

void judge_default_account_binding(
	const rule *r, const document *d, const bundle *b __attribute__((unused)), rule_report *out)
{
	judge_subjects(r, d, "ServiceAccount", "default", out);
}

void judge_anonymous_binding(
	const rule *r, const document *d, const bundle *b __attribute__((unused)), rule_report *out)
{
	judge_subjects(r, d, NULL, "system:anonymous system:unauthenticated", out);
}

void judge_masters_binding(
	const rule *r, const document *d, const bundle *b __attribute__((unused)), rule_report *out)
{
	judge_subjects(r, d, NULL, "system:masters", out);
}

/* Names that only mean the cluster's own roles; cluster-admin has a rule of its own. */
void judge_admin_binding(
	const rule *r, const document *d, const bundle *b __attribute__((unused)), rule_report *out)
{
	span role = node_text(node_path(d->root, "roleRef/name"));
	if (is_binding(d) && span_in(role, "admin edit") && role.n && subject(d, 0))
		rule_found(out, r, NULL, object_place(d, "roleRef/name"), NULL,
			"%.*s %.*s gives the role %.*s", SPAN_ARG(d->object_kind), SPAN_ARG(d->object_name),
			SPAN_ARG(role));
}

void judge_cluster_admin_binding(
	const rule *r, const document *d, const bundle *b __attribute__((unused)), rule_report *out)
{
	if (is_binding(d) && span_is(node_text(node_path(d->root, "roleRef/name")), "cluster-admin") &&
		subject(d, 0))
		rule_found(out, r, NULL, object_place(d, "roleRef/name"), NULL,
			"%.*s %.*s gives the role cluster-admin", SPAN_ARG(d->object_kind),
			SPAN_ARG(d->object_name));
}
