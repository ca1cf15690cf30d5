/* SPDX-License-Identifier: Apache-2.0
 *
 * What holds of every record that is read of a file. */
#pragma once

#include "base/limits.h"
#include "fuzz.h"
#include "packages/join.h"

/* Reads the bytes as a file of an image, and joins what it says. */
static inline void fuzz_package(const char *path, span bytes)
{
	arena a = {0};
	package_set set;
	package_record *r = package_read(span_of(path), bytes, &a);
	if (r) {
		list_each(const package, p, &r->packages) {
			FUZZ_HOLDS(p->name.n && p->name.n <= LIMIT_PACKAGE_FIELD);
			FUZZ_HOLDS(p->version.n && p->version.n <= LIMIT_PACKAGE_FIELD);
			FUZZ_HOLDS(p->type < PACKAGE_TYPE_COUNT);
		}
		list_each(const package_file, f, &r->files)
			FUZZ_HOLDS(f->owner < r->owners.count);
		FUZZ_HOLDS(r->problems.count <= LIMIT_FILE_ERRORS);
		package_statement one = {.path = span_of(path), .record = r};
		package_join(&one, 1, &a, &set);
		FUZZ_HOLDS(set.packages.count <= r->packages.count);
	}
	FUZZ_HOLDS(a.bytes <= (bytes.n + 4096) * 100); /* memory grows with the input */
	arena_done(&a);
}
