/* SPDX-License-Identifier: Apache-2.0
 *
 * A source is a pair: a reader that turns bytes into facts with origins, and a writer that turns "this fact should have
 * this value" into the smallest edit of the bytes. Sources know how a thing is said; they do not know whether it is good. */
#pragma once

#include "posture/workload.h"

typedef enum want_op { WANT_SET, WANT_ADD, WANT_REMOVE } want_op;

/* What a rule wants of a fact. Values are written the way conditions write them. */
typedef struct want {
	fact_id fact;
	want_op op;
	int member; /* lists: the member that is set on `item`; -1: the whole item */
	span value; /* SET: the value. ADD: the item, as its key member's value (for mounts "tmpfs:/tmp") */
	const item *
		item; /* REMOVE, or SET with member >= 0: the item of the finding; NULL: the one whose key is `value` */
} want;

/* How files are found by a source that needs further files (include, extends, env_file, seccomp profiles). */
typedef struct loader {
	/* The text of a path (already joined and normalised by the caller), or NULL and *e. Lives as long as the bundle. */
	const text *(*load)(struct loader *self, const char *path, arena *a, error *e);
	/* A variable of the environment that interpolation may see, or NULL. */
	const char *(*environment)(struct loader *self, const char *name);
} loader;

typedef struct source {
	const char *name;  /* dockerfile, compose, kubernetes, docker-run */
	uint32_t controls; /* bit per control that this source can state: others are not applicable */

	/* Reads t into b. Problems become problems of the bundle; never fails as a whole. */
	void (*read)(const text *t, loader *files, bundle *b);

	/* Edits that give w the wanted facts, all in one (so that they combine). < 0 and *e when this source cannot state
	 * one of them, or not without touching what others share. `owner` of the edit texts is a. */
	int (*write)(const workload *w, const want *wants, size_t count, arena *a, edit_list *ret, error *e);
} source;
