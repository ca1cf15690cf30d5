/* SPDX-License-Identifier: Apache-2.0
 * The document rules of resources.c: functions over the probes of Kubernetes containers. */
#pragma once

#include "rules/rule.h"

#define RESOURCES_JUDGE(name) void name(const rule *r, const document *d, const bundle *b, rule_report *out)

RESOURCES_JUDGE(judge_restart_contradiction); /* resources_compose.c */
RESOURCES_JUDGE(judge_liveness_port);
RESOURCES_JUDGE(judge_readiness_port);
RESOURCES_JUDGE(judge_startup_port);
RESOURCES_JUDGE(judge_probes_identical);
RESOURCES_JUDGE(judge_served_without_readiness);
