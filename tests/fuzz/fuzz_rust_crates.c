/* SPDX-License-Identifier: Apache-2.0
 *
 * The section of an executable in which cargo-auditable keeps its list: the bytes as they are, and packed as they should be. */
#include "../unit/elf_make.h"
#include "fuzz_package.h"

#include <zlib.h>

static void read_section(span section)
{
	arena a = {0};
	auto_buffer b = {0};
	elf_made m = {.wide = true, .sections = {{".dep-v0", section}}};
	elf_make(&m, &b);
	package_record *r = package_read_executable(SPAN("bin/program"), buffer_span(&b), &a);
	if (r)
		list_each(const package, p, &r->packages)
			FUZZ_HOLDS(p->name.n && p->version.n && p->type == PACKAGE_CARGO);
	arena_done(&a);
}

FUZZ(bytes)
{
	auto_buffer packed = {0};
	uLongf n = compressBound(bytes.n);
	buffer_repeat(&packed, 0, n);
	if (compress2((Bytef *)packed.p, &n, (const Bytef *)bytes.p, bytes.n, 1) == Z_OK)
		read_section((span){packed.p, n});
	read_section(bytes);
}
