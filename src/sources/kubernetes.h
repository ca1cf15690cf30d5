/* SPDX-License-Identifier: Apache-2.0
 *
 * Kubernetes manifests: what the parts of this source share, and its one step that needs the whole bundle. */
#pragma once

#include "base/limits.h"
#include "base/map.h"
#include "formats/kubernetes.h"
#include "posture/source.h"
#include "sources/tree.h"

/* Fills what other objects say about a pod: the policies that select it, its service account, the limits of its namespace. To be
 * called once, when everything is read and before bundle_overlay. */
void kubernetes_link(bundle *b);

/* --- for the files of this source --- */

typedef struct word_pair { /* how Kubernetes says it, and how facts do */
	const char *theirs, *ours;
} word_pair;

/* A fact that one key states, for the reader and the writer alike. */
typedef struct kubernetes_field {
	fact_id fact;
	const char *container,
		*pod; /* paths below the container and below the pod spec; NULL: it cannot be stated there */
	const word_pair *words; /* ends with NULL; NULL: numbers, quantities and texts as they are */
	const char *initial;    /* what holds when nobody says; NULL: the image decides, or nothing does */
	bool profile;           /* a map {type, localhostProfile} */
	bool removed;           /* the initial value is restored by taking the key away */
} kubernetes_field;

extern const kubernetes_field kubernetes_fields[];
extern const size_t kubernetes_field_count;

/* The field of a fact, or NULL. */
const kubernetes_field *kubernetes_field_of(fact_id fact);

/* One pod while it is read, and its containers one after the other. */
typedef struct pod_reader {
	arena *arena;
	const text *text;
	kubernetes_pod pod;
	map annotations;      /* of the pod: members by name */
	map volumes, mounted; /* volumes by name: all, and those that a container mounts */
	posture shared;       /* what the pod says for all of its containers */
	uint64_t said;        /* bit i: the pod has a word for kubernetes_fields[i] */
	bool windows;         /* it runs on a Windows node, where what is Linux's own means nothing */
	origin pod_here;      /* what stands for the pod when nothing nearer does */

	const node *node; /* the container at hand */
	posture *posture; /* of it, or &shared while the pod is read */
	origin here;
} pod_reader;

/* Facts of one key, of lists, of mounts: first of the pod (into shared), then of every container. */
void kubernetes_pod_fields(pod_reader *r);
void kubernetes_pod_lists(pod_reader *r);
void kubernetes_pod_volumes(pod_reader *r);
void kubernetes_container_fields(pod_reader *r);
void kubernetes_container_lists(pod_reader *r);
void kubernetes_container_mounts(pod_reader *r);

/* Adds the volumes that no container mounts to the container at hand: they are part of the pod all the same. */
void kubernetes_unmounted(pod_reader *r);

/* The key of a volume that names its type, or NULL. */
const member *kubernetes_volume_type(const node *volume);

int kubernetes_write(const workload *w, const want *wants, size_t count, arena *a, edit_list *ret, error *e);
