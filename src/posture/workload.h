/* SPDX-License-Identifier: Apache-2.0
 *
 * Workloads and the documents that describe them. A bundle is everything that one run has read: rules over relations
 * (a NetworkPolicy and the pods that it selects) look at the bundle. */
#pragma once

#include "base/edit.h"
#include "base/error.h"
#include "base/map.h"
#include "formats/node.h"
#include "posture/posture.h"

struct dockerfile;
struct inventory;
struct running;

typedef enum document_kind {
	DOCUMENT_DOCKERFILE,
	DOCUMENT_COMPOSE,    /* one project, all its files overlaid */
	DOCUMENT_KUBERNETES, /* one object */
	DOCUMENT_COMMANDS,   /* docker run lines in a script, Makefile, CI file or Markdown */
	DOCUMENT_CI,         /* a CI workflow */
	DOCUMENT_IMAGE,      /* the configuration of an image, as lines of a Dockerfile would say it */
	DOCUMENT_CONTAINER, /* a running container; its text is what was seen, a line each (sources/evidence.h) */
	DOCUMENT_HOST,      /* the host or an engine on it; its text likewise */
	DOCUMENT_COUNT
} document_kind;

typedef struct document {
	document_kind kind;
	const text *text;
	const struct source *source;
	const struct dockerfile *dockerfile; /* DOCUMENT_DOCKERFILE */
	const node *root;                    /* the tree, for those that are one */
	const struct inventory *inventory;   /* IMAGE: what it holds; NULL: only its configuration is known */
	const struct running *running;       /* CONTAINER */
	const text *ignore;                  /* DOCKERFILE: its .dockerignore; NULL when there is none */
	bool context_known; /* DOCKERFILE: it lies in a directory, so a missing .dockerignore means something */
	bool referenced;    /* read because another document needs it; not judged by itself */

	LIST(struct workload *) workloads; /* that it describes */

	/* DOCUMENT_KUBERNETES */
	span api_version, object_kind, object_name, object_namespace;
} document;

typedef struct workload {
	const char *name; /* "web", "deployment/api", "deployment/api:sidecar" */
	const char *kind; /* "stage", "service", "container", "run" … */
	const document *document;
	origin origin;                /* where it is described: what a finding about the whole points at */
	posture posture;              /* what its own source says */
	const posture *effective;     /* laid over what is below it; set by bundle_overlay */
	const struct workload *lower; /* the Dockerfile stage it is built from, or NULL */
	bool final;                   /* of a Dockerfile: the stage that becomes the image */
	bool init;                    /* of Kubernetes: an init container */
	bool ephemeral;               /* of Kubernetes: an ephemeral container */
	const node *node;             /* the service or container in the tree, for the writer */
	const node *pod;              /* KUBERNETES: the pod spec */
	const void *handle;           /* whatever else the source's writer needs */
	const char *build_file;       /* COMPOSE: path of the Dockerfile that its build: names, or NULL */
	span build_target;            /* COMPOSE: the stage, or empty for the last */
} workload;

typedef struct problem { /* something that could not be read; everything else still is */
	const char *path;
	const text *text; /* NULL when it could not even be opened */
	uint32_t start, end;
	const char *message;
} problem;

typedef struct skipped { /* something that was left out on purpose */
	const char *path, *reason;
} skipped;

typedef struct bundle {
	arena *arena; /* of everything below; one thread at a time */
	LIST(document *) documents;
	LIST(workload *) workloads;
	LIST(problem) problems;
	LIST(skipped) skipped;
	map objects; /* made by bundle_index; see bundle_objects */
} bundle;

typedef LIST(const document *) document_list;

document *bundle_add_document(bundle *b, document_kind kind, const text *t, const struct source *source);
workload *bundle_add_workload(bundle *b, document *d, const char *kind, const char *name);
void bundle_add_problem(bundle *b, const text *t, uint32_t start, uint32_t end, const char *message);
void bundle_add_skipped(bundle *b, const char *path, const char *reason);

/* Appends everything of part (whose arena must live on) to b. */
void bundle_merge(bundle *b, const bundle *part);

/* Fills `effective` of every workload: its posture over that of its lower workload. */
void bundle_overlay(bundle *b);

/* Builds what bundle_objects and bundle_object look into; once all documents are there. */
void bundle_index(bundle *b);

/* The Kubernetes objects of a kind in a namespace, in the order they were read; NULL if there are none. An empty kind: the objects that
 * describe pods. */
const document_list *bundle_objects(const bundle *b, const char *kind, span name_space);

/* The object of a kind, namespace and name, or NULL. */
const document *bundle_object(const bundle *b, const char *kind, span name_space, span name);
