/* SPDX-License-Identifier: Apache-2.0
 *
 * A Compose project while it is read: its files laid over one another, and the services that come out. For the files of this
 * source only. */
#pragma once

#include "base/limits.h"
#include "base/map.h"
#include "sources/compose.h"
#include "sources/docker_words.h"
#include "sources/tree.h"

typedef struct compose_file { /* one document of one text */
	const text *text;
	const char *folder; /* that its relative paths are relative to */
	const node *root;   /* as it is written */
	const node *values; /* with its variables replaced; of the same shape */
	const char *prefix; /* path of the map of services: "services/", or "" in version 1 */
} compose_file;

typedef LIST(compose_file *) compose_files;

typedef struct compose_part { /* what one file says about a service */
	const compose_file *file;
	const node *node; /* in file->root */
	const char *path; /* of node, as tree_edit takes it */
} compose_part;

typedef struct compose_service {
	span name;
	const node *node; /* all that is said, variables replaced */
	const node *key;
	LIST(compose_part) parts; /* those that were said later win; what it extends is not among them */
	struct compose_project *project;
} compose_service;

typedef struct compose_project {
	bundle *bundle;
	arena *arena;
	loader *loader;              /* may be NULL: then there is nothing but the text itself */
	const compose_file *main;    /* the first one */
	map texts;                   /* node -> compose_file, for nodes of all files but the first */
	map open;                    /* scalars in which a variable is left that nobody sets */
	map borrowed;                /* scalars whose value is in part that of .env */
	map environment;             /* .env: name -> span */
	map loaded;                  /* path -> compose_files, so that no file is read twice */
	compose_files files;         /* those that were laid over one another */
	LIST(const char *) included; /* paths of files that `include` names */
	uint32_t depth;              /* of includes */
	LIST(compose_service *) services;
	map by_name;
	const node *top; /* volumes, networks, secrets, configs: a map of those maps */
} compose_project;

/* A set of nodes, by identity. */
void compose_mark(const compose_project *p, map *set, const node *n, const void *value);
void *compose_marked(const map *set, const node *n);

/* The file that a node of ->values or of a merged tree stands in. */
const compose_file *compose_file_of(const compose_project *p, const node *n);
origin compose_origin(const compose_project *p, const member *m);
origin compose_origin_of(const compose_project *p, const node *n);

/* A copy that counts as the node itself: of the same file, as open. */
node *compose_copy(const compose_project *p, const node *n);

/* --- compose_interpolate.c --- */

/* Reads .env beside the first file. */
void compose_environment_read(compose_project *p, const char *folder);

/* The tree with ${…} replaced; shares what needs no change. */
const node *compose_interpolate(compose_project *p, const node *root);

/* --- compose_merge.c --- */

/* What holds when `over` lies over `base` (either may be NULL) under the key of that name; NULL when it is reset. */
const node *compose_merge(compose_project *p, span key, const node *base, const node *over);

/* --- compose_files.c --- */

/* Lays a text over the project, with all that it includes. */
void compose_add_text(compose_project *p, const text *t, const char *folder);

/* --- compose_service.c, compose_lists.c --- */

typedef struct compose_field { /* a fact that one key states, for the reader and the writer alike */
	fact_id fact;
	const char *path;   /* below the service */
	const char *deploy; /* below the service; where it is said too, it wins; may be NULL */
	bool removed;       /* its initial value is restored by taking the key away */
} compose_field;

extern const compose_field compose_fields[];
extern const size_t compose_field_count;

const compose_field *compose_field_of(fact_id fact);

typedef struct compose_reader { /* one service */
	compose_project *project;
	compose_service *service;
	const node *node;
	posture *posture;
	origin here;        /* what stands for the service when nothing nearer does */
	docker_words words; /* about the same posture */
} compose_reader;

void compose_read_service(compose_project *p, compose_service *s, document *d);
void compose_read_lists(compose_reader *r);
void compose_read_mounts(compose_reader *r);

/* The words of a scalar or of a list of them, joined by blanks. */
span compose_joined(const compose_reader *r, const node *n);

/* Names another service in every mount that is mounted there too. */
void compose_share(compose_project *p, const document *d);

/* --- compose_write.c --- */

int compose_write(const workload *w, const want *wants, size_t count, arena *a, edit_list *ret, error *e);
