/* SPDX-License-Identifier: Apache-2.0
 *
 * The document rule behind all …/drift rows: the facts of the rule's control that were asked for and do not hold. */
#pragma once

#include "rules/rule.h"

void judge_drift(const rule *r, const document *d, const bundle *b, rule_report *out);
