/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON, strictly as RFC 8259: no comments, no trailing commas, UTF-8 checked, lone surrogates refused, numbers
 * kept as text. Duplicate keys are problems (the last one wins). */
#pragma once

#include "formats/node.h"

/* Reads one value, which must be all of the text apart from white space (a BOM is skipped). 0, or < 0 with the
 * line and column in *e. The tree lives as long as a; strings without escapes point into t. */
int json_read(const text *t, arena *a, node **ret, node_problems *problems, error *e);
