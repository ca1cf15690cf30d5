/* SPDX-License-Identifier: Apache-2.0
 *
 * Kubernetes objects as trees: where an object keeps its pod, and what selectors select. For those who read pods and for
 * those who judge relations between objects. Nothing here keeps state; all take NULL. */
#pragma once

#include "formats/node.h"

typedef struct kubernetes_pod {
	const node *metadata; /* the pod's own labels and annotations; may be NULL */
	const node *spec;     /* NULL: the object describes no pod */
	const member *key;    /* the `spec:` that holds it */
	bool controlled;      /* by a template, so that its name is not the pod's */
} kubernetes_pod;

/* The pod that an object describes: of the known workload kinds (as a patch of one perhaps without containers), and of every
 * other one whose spec has the shape of a pod or a pod template with containers. */
kubernetes_pod kubernetes_pod_of(const node *object);

/* Whether a map of labels has all of the wanted ones (a Service's selector). An empty or absent map wants nothing: true. */
bool kubernetes_has_labels(const node *labels, const node *wanted);

/* Whether a LabelSelector (matchLabels and matchExpressions) selects. The empty selector selects everything, none (NULL) nothing. */
bool kubernetes_selects(const node *selector, const node *labels);

/* Whether a NetworkPolicy restricts one direction: "Ingress" or "Egress", by its policyTypes or by their defaults. */
bool kubernetes_policy_restricts(const node *policy, const char *direction);

/* Whether a NetworkPolicy is about pods with these labels. */
bool kubernetes_policy_selects(const node *policy, const node *labels);

/* metadata.namespace, or "default". */
span kubernetes_namespace(const node *object);

/* Whether a list of scalars holds a word. */
bool kubernetes_list_has(const node *list, const char *word);
