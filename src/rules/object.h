/* SPDX-License-Identifier: Apache-2.0
 *
 * Kubernetes objects as document rules look at them: where to point, and which pods of the bundle something is about. */
#pragma once

#include "formats/kubernetes.h"
#include "rules/rule.h"

/* The place of a key with its value; of the key alone when the value takes lines of its own. */
origin object_member_place(const document *d, const member *m);

/* The place of a node. */
origin object_node_place(const document *d, const node *n);

/* The deepest key of a path ("spec/type") that is there; the object's name when not even the first is. */
origin object_place(const document *d, const char *path);

/* metadata.name, or the kind if it has none. */
origin object_name_place(const document *d);

/* Whether the kind is one of `kinds`, separated by spaces. */
bool object_is(const document *d, const char *kinds);

/* The annotation or label `name` of the object, or NULL. */
const member *object_annotation(const document *d, span name);
const member *object_label(const document *d, const char *name);

/* --- pods --- */

/* The next document from *at on (start with 0) that describes pods in the namespace of d, with its pod; NULL when there are no more.
 * A namespace with more than RELATION_DOCUMENTS of them has none: looking for relations is quadratic. */
enum { RELATION_DOCUMENTS = 2000 };
const document *object_next_pod(const bundle *b, const document *d, uint32_t *at, kubernetes_pod *ret);

/* The labels of a pod. */
const node *pod_labels(const kubernetes_pod *pod);

/* The i-th container of a pod, init and ephemeral ones behind the others; NULL past the last. */
const node *pod_container(const kubernetes_pod *pod, uint32_t i);
