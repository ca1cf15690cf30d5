/* SPDX-License-Identifier: Apache-2.0
 *
 * Ecosystems as advisories name them: how their package names are compared, and in which order their versions stand. */
#pragma once

#include "advisories/version.h"
#include "base/arena.h"

/* The ecosystem of programs that no package owns, which OSV does not have: "node" and the like, with versions as SemVer orders them. */
#define ECOSYSTEM_BINARY "binary"

/* The order of versions of an ecosystem, also of ECOSYSTEM_BINARY; NULL when it is not known: then versions are only compared for equality. */
const version_order *ecosystem_order(span ecosystem);

/* What an ecosystem is stored and asked for as: lower case, without spaces at its ends; of Red Hat's Enterprise Linux the major release, whatever
 * the repository. */
span ecosystem_key(span ecosystem, arena *a);

/* A package's name as it is stored and asked for: PEP 503 for PyPI, lower case where registries ignore case, hyphens for underscores
 * where they are one name (crates.io), else as it is. Points into name where nothing changes. */
span ecosystem_name(span ecosystem, span name, arena *a);

/* A version as advisories of the ecosystem write it: Go's without "go" or "v" before it. Points into version. */
span ecosystem_version(span ecosystem, span version);

/* Whether the ecosystem is a distribution whose advisories name packages of rpm. */
bool ecosystem_is_rpm(span ecosystem);
