/* SPDX-License-Identifier: Apache-2.0
 *
 * TOML 1.0 (toml.io/en/v1.0.0) into the tree of YAML and JSON. What the specification forbids is an error: duplicate
 * keys, tables that are defined twice, control characters, malformed UTF-8. Integers, floats, inf and nan are
 * NODE_NUMBER and keep their spelling; dates and times are checked and become plain NODE_STRING.
 * A number beyond 64 bits is a problem, not an error: its text is there. */
#pragma once

#include "formats/node.h"

/* Reads a whole document (a BOM is skipped) into a NODE_MAP. 0, or < 0 with the line and column in *e. The tree lives as
 * long as a; strings without escapes point into t.
 * A table (NODE_BLOCK) spans from the first bytes that speak of it, its header or a key's part, to the last: other
 * tables may stand between. The key of a table is where its name was first said. Arrays of tables are NODE_BLOCK lists;
 * inline tables and arrays are NODE_FLOW; strings in three quotes are NODE_LITERAL (''') or NODE_FOLDED ("""). */
int toml_read(const text *t, arena *a, node **ret, node_problems *problems, error *e);
