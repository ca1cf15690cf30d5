/* SPDX-License-Identifier: Apache-2.0
 *
 * What a YAML scalar means: null, boolean, number or string, as the Go readers of Docker Compose and Kubernetes
 * take it. */
#pragma once

#include "formats/node.h"

/* What a plain scalar without a tag is. */
node_kind yaml_scalar_kind(span value);

/* Decides kind and tag of a scalar from its value, its style and its explicit tag (NULL: none). */
void yaml_scalar_resolve(node *n, const char *tag);

/* The node_tag for an explicit tag (NULL: none). */
node_tag yaml_tag(const char *tag);

/* Whether the scalar would be read as the same string if it were written without quotes; `flow`: inside brackets. */
bool yaml_scalar_plain(span value, bool flow);
