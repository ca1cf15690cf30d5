/* SPDX-License-Identifier: Apache-2.0
 *
 * Joins what the files of an image say of packages, once it is known which of them a container sees. */
#pragma once

#include "packages/package.h"

typedef enum package_fate {
	PACKAGE_FINAL,    /* a container sees the file */
	PACKAGE_REPLACED, /* another layer has a newer one at this path */
	PACKAGE_DELETED,  /* the packages it speaks of need not be gone: it is read nevertheless */
} package_fate;

/* A file that was read. */
typedef struct package_statement {
	span path;      /* as the layer writes it, without a leading '/' */
	uint32_t layer; /* it lies in */
	uint32_t gone;  /* unless it is final: the layer that replaced or deleted it */
	package_fate fate;
	const package_record *record; /* not NULL */
} package_statement;

typedef struct package_found { /* a package of the image */
	const package *package;
	const struct package_found *
		owner; /* a package of a language: that of the distribution which owns the file that speaks of it, or NULL */
	span path;      /* of the file that speaks of it */
	uint32_t layer; /* the lowest in which that file spoke of this name and version */
	uint32_t gone;  /* deleted: the layer that deleted the file */
	bool deleted;   /* the file */
} package_found;

typedef struct package_problem_at {
	span path;
	uint32_t layer;
	error problem;
} package_problem_at;

typedef struct package_set {            /* lives as long as the arena, and no longer than the records */
	LIST(package_found) packages;   /* by type, name, version, path */
	const package_release *release; /* of the distribution, or NULL */
	span release_path;
	LIST(package_problem_at) problems; /* of all files but replaced ones, in their order */
	struct package_owners *owners;
} package_set;

/* Joins the statements, which come in the order of the layers and of the entries in them. */
void package_join(const package_statement *statements, uint32_t count, arena *a, package_set *ret);

/* The package of the distribution that has installed the file, or NULL. By path, without a leading '/'. */
const package_found *package_owner(const package_set *s, span path);
