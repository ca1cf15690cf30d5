/* SPDX-License-Identifier: Apache-2.0
 *
 * Executables: the ELF reader, the build information of Go, known programs. */
#include "fuzz_package.h"

#include "packages/elf.h"

static bool lies_in(span part, span whole)
{
	return part.n == 0 ||
	       (part.p >= whole.p && part.n <= whole.n && part.p <= whole.p + whole.n - part.n);
}

FUZZ(bytes)
{
	static const char *const names[] = {
		"usr/bin/python3.11", "bin/perl", "bin/redis-server", "bin/openssl", "bin/program"};
	elf f;
	if (elf_open(bytes, &f)) {
		for (uint32_t i = 0; i < f.section_count && i < 100; i++) {
			elf_part part = elf_section(&f, i);
			FUZZ_HOLDS(lies_in(part.content, bytes) && lies_in(part.name, bytes));
			FUZZ_HOLDS(lies_in(elf_at(&f, part.address, part.content.n), bytes));
		}
	}
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		arena a = {0};
		package_record *r = package_read_executable(span_of(names[i]), bytes, &a);
		if (r)
			list_each(const package, p, &r->packages)
				FUZZ_HOLDS(p->name.n && p->version.n && p->version.n <= LIMIT_PACKAGE_FIELD);
		FUZZ_HOLDS(a.bytes <= (bytes.n + 4096) * 100);
		arena_done(&a);
	}
}
