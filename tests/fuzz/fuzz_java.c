/* SPDX-License-Identifier: Apache-2.0
 *
 * Java archives: the bytes as one, and as the manifest or pom.properties of one. */
#include "fuzz_package.h"

#include "packages/java.h"

FUZZ(bytes)
{
	static const char *const files[] = {"a.jar", "log4j-core-2.17.0.jar"};
	arena a = {0};
	java_name n;
	fuzz_package("srv/app-1.0.war", bytes);
	if (java_properties_read(bytes, &n))
		FUZZ_HOLDS(n.group.n && n.artifact.n && n.version.n);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		if (java_name_guess(bytes, span_of(files[i]), &a, &n))
			FUZZ_HOLDS(n.artifact.n && n.version.n);
	if (java_name_guess((span){0}, bytes, &a, &n))
		FUZZ_HOLDS(n.artifact.n && n.version.n);
	arena_done(&a);
}
