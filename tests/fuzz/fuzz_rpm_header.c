/* SPDX-License-Identifier: Apache-2.0
 *
 * Headers of rpm packages. */
#include "base/limits.h"
#include "fuzz.h"
#include "packages/rpm.h"

FUZZ(bytes)
{
	arena a = {0};
	package_record r = {0};
	package_input in = {.bytes = bytes, .a = &a};
	FUZZ_HOLDS(rpm_header_read(&in, bytes, &r));
	FUZZ_HOLDS(r.packages.count <= 1 && r.packages.count + r.problems.count <= LIMIT_FILE_ERRORS);
	list_each(const package_file, f, &r.files)
		FUZZ_HOLDS(f->owner < r.owners.count);
	arena_done(&a);
}
