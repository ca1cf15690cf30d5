/* SPDX-License-Identifier: Apache-2.0
 *
 * Who is who: running containers, and what files declare. */
#pragma once

#include "posture/running.h"

typedef struct audit_matches {
	const workload *const *of; /* for each workload of `running`: what declares it, or NULL */
	const char *const
		*doubt; /* for each document of `files`: why its containers cannot be told; NULL: they can */
} audit_matches;

/* Matches each container of `running` with at most one workload of `files`. A service of Compose: by the labels that Compose leaves, of which the project
 * must be that of the file (its path, or the project's name; else the only project that has no other services than the file's); by container_name; by
 * PROJECT-SERVICE-N and PROJECT_SERVICE_N. A container of a manifest: by namespace, pod and name, where the pod's name is that of its controller and
 * what controllers put behind it. A command: by --name. What is left on both sides: by an image that only one of them has. Several containers may belong to
 * one service. All of it lives as long as a. */
void audit_match(const bundle *running, const bundle *files, arena *a, audit_matches *ret);

/* The value of a label of a container; empty when it has none. */
span audit_label(const workload *w, const char *name);

/* The name of a Compose project: its `name:`, or that of its folder as Compose writes it. */
span audit_project_name(const document *d, arena *a);

/* An absolute path without "." and "..", as far as that can be told without looking; relative ones are below the working folder. */
span audit_absolute(span path, arena *a);
