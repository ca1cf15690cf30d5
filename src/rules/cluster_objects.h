/* SPDX-License-Identifier: Apache-2.0
 *
 * The document rules of cluster.c: functions over objects, roles and bindings. */
#pragma once

#include "rules/rule.h"

#define CLUSTER_JUDGE(name) void name(const rule *r, const document *d, const bundle *b, rule_report *out)

/* cluster_objects.c */
CLUSTER_JUDGE(judge_default_namespace);
CLUSTER_JUDGE(judge_default_namespace_object);
CLUSTER_JUDGE(judge_system_namespace);
CLUSTER_JUDGE(judge_kube_system_workload);
CLUSTER_JUDGE(judge_no_limit_range);
CLUSTER_JUDGE(judge_no_resource_quota);
CLUSTER_JUDGE(judge_limit_range);
CLUSTER_JUDGE(judge_resource_quota);
CLUSTER_JUDGE(judge_tiller);
CLUSTER_JUDGE(judge_tiller_service);
CLUSTER_JUDGE(judge_tiller_open);
CLUSTER_JUDGE(judge_selector);
CLUSTER_JUDGE(judge_old_api);
CLUSTER_JUDGE(judge_ancient_api);
CLUSTER_JUDGE(judge_label_syntax);
CLUSTER_JUDGE(judge_old_account_field);
CLUSTER_JUDGE(judge_shared_account);
CLUSTER_JUDGE(judge_default_account_token);
CLUSTER_JUDGE(judge_account_cloud_role);

/* cluster_rbac.c: roles and what they grant; the row is found by the id of the rule */
CLUSTER_JUDGE(judge_role);
CLUSTER_JUDGE(judge_role_everything);
CLUSTER_JUDGE(judge_steals_pods);
CLUSTER_JUDGE(judge_role_wildcard);

/* cluster_bindings.c */
CLUSTER_JUDGE(judge_default_account_binding);
CLUSTER_JUDGE(judge_admin_binding);
CLUSTER_JUDGE(judge_cluster_admin_binding);
CLUSTER_JUDGE(judge_anonymous_binding);
CLUSTER_JUDGE(judge_masters_binding);

/* cluster_components.c: flags of the control plane and of kubelets; the row is found by the id of the rule */
CLUSTER_JUDGE(judge_component);
CLUSTER_JUDGE(judge_admission_configuration);
CLUSTER_JUDGE(judge_encryption);
