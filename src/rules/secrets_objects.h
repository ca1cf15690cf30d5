/* SPDX-License-Identifier: Apache-2.0
 * The document rules of secrets.c: functions over Kubernetes objects that hold or name secrets. */
#pragma once

#include "rules/rule.h"

#define SECRETS_JUDGE(name) void name(const rule *r, const document *d, const bundle *b, rule_report *out)

SECRETS_JUDGE(judge_secret_manifest);
SECRETS_JUDGE(judge_native_secret);
SECRETS_JUDGE(judge_config_map);
SECRETS_JUDGE(judge_dangling_reference);
