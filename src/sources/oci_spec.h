/* SPDX-License-Identifier: Apache-2.0
 *
 * The config.json of an OCI bundle (runtime-spec 1.0.2 to 1.3): what the runtime was told, as facts. Read only. */
#pragma once

#include "sources/evidence.h"

/* Reads FOLDER/config.json as JSON; at most LIMIT_FILE_BYTES, never through a symbolic link, nothing but a regular file. folder is a descriptor of the bundle. The tree
 * lives as long as a. */
int oci_spec_read(int folder, arena *a, node **ret, error *e);

/* Adds all facts of a spec to p (KNOWN_CONFIGURED), each with a line of evidence ("config.json: process.noNewPrivileges = true"). spec may be anything; what is
 * not as the specification says is taken as not said. The tree is borrowed: it must live as long as a. */
void oci_spec_posture(const node *spec, evidence *v, posture *p, arena *a);
