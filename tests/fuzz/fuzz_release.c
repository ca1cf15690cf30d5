/* SPDX-License-Identifier: Apache-2.0
 *
 * os-release, and all of the files of one line. */
#include "fuzz_package.h"

FUZZ(bytes)
{
	static const char *const paths[] = {
		"etc/os-release", "etc/alpine-release", "etc/debian_version", "etc/redhat-release"};
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		fuzz_package(paths[i], bytes);
}
