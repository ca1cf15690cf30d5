/* SPDX-License-Identifier: Apache-2.0
 *
 * What sources that read trees (Compose, Kubernetes) share: places of keys and values, paths, reading a text that is YAML or
 * JSON or a template of either. */
#pragma once

#include "formats/node.h"
#include "posture/posture.h"

/* The place of a key and its value; of the key alone when the value takes lines of its own or stands elsewhere. */
origin tree_origin(const text *t, const member *m);

/* The place of a node, its last line break not included. */
origin tree_origin_of(const text *t, const node *n);

/* The member that a path ("a/b/c") names, if its value is not null. *ret_nearest (may be NULL) is the deepest key of the path that
 * is there; untouched if none is. */
const member *tree_find(const node *root, const char *path, const member **ret_nearest);

/* Reads a text as JSON if it is that, else as YAML. */
void tree_read(const text *t, arena *a, node_list *ret_documents, node_problems *ret_problems);

/* Whether what was read is a Go template ({{ … }}) that is yet to be rendered. */
bool tree_is_template(const text *t, const node_list *documents, const node_problems *problems);
