/* SPDX-License-Identifier: Apache-2.0
 *
 * Inside the reader of Java archives: what an archive without Maven's own words is called. */
#pragma once

#include "packages/package.h"

typedef struct java_name { /* Maven's coordinates; what is not known is empty */
	span group, artifact, version;
} java_name;

/* What pom.properties says; borrowed from the text, which Java's escapes do not occur in. False when one of the three is missing. */
bool java_properties_read(span text, java_name *ret);

/* Whether the archive `file` ("commons-io-2.11.jar", "commons-io.jar") may be what coordinates say. */
bool java_name_is(const java_name *n, span file);

/* What the manifest and the name of the file say. False when artifact or version are not known; the group may be missing. On a. */
bool java_name_guess(span manifest, span file, arena *a, java_name *ret);
