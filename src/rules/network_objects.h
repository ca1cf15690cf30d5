/* SPDX-License-Identifier: Apache-2.0
 *
 * The document rules of network.c: functions over NetworkPolicies, Services, Ingresses and the services of a Compose project. */
#pragma once

#include "rules/rule.h"

#define NETWORK_JUDGE(name) void name(const rule *r, const document *d, const bundle *b, rule_report *out)

/* network_policies.c */
NETWORK_JUDGE(judge_pod_policy);
NETWORK_JUDGE(judge_policy_target);
NETWORK_JUDGE(judge_policy_selector);
NETWORK_JUDGE(judge_policy_allows_all);
NETWORK_JUDGE(judge_cni);
NETWORK_JUDGE(judge_container_ports);

/* network_services.c */
NETWORK_JUDGE(judge_node_port);
NETWORK_JUDGE(judge_load_balancer);
NETWORK_JUDGE(judge_exposed_service);
NETWORK_JUDGE(judge_external_ips);
NETWORK_JUDGE(judge_service_target);
NETWORK_JUDGE(judge_service_port);
NETWORK_JUDGE(judge_ingress_target);
NETWORK_JUDGE(judge_ingress_exposes);
NETWORK_JUDGE(judge_nginx_lua);
NETWORK_JUDGE(judge_nginx_snippet);
NETWORK_JUDGE(judge_nginx_alias);
NETWORK_JUDGE(judge_nginx_injection);

/* network_compose.c */
NETWORK_JUDGE(judge_database_network);
NETWORK_JUDGE(judge_duplicate_port);
