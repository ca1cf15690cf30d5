/* SPDX-License-Identifier: Apache-2.0
 *
 * ELF files (elf(5), System V ABI) that lie in memory as a whole: their sections by name and their segments by address, of 32 and 64 bits, in both byte
 * orders. Only the pages of the header, of the two tables and of the names are touched. Not read: symbols, relocations, compressed sections. */
#pragma once

#include "base/span.h"

typedef struct elf { /* private; over bytes that are borrowed */
	span bytes;
	bool wide, big;              /* 64 bits; big-endian */
	uint64_t sections, segments; /* where the tables begin */
	uint32_t section_count, segment_count;
	span names; /* of sections */
} elf;

typedef struct elf_part { /* a section or a segment */
	span name;        /* of a section; empty when it has none */
	uint32_t type;    /* SHT_… or PT_… */
	uint64_t flags;   /* SHF_… or PF_… */
	uint64_t address; /* when it is loaded */
	span content;     /* in the file; empty when it has none there, or reaches out of it */
} elf_part;

/* Whether bytes begin like an ELF file. */
bool elf_is(span bytes);

/* False when the header is not one. Tables that do not lie in the file, or that are larger than LIMIT_ELF_PARTS, are taken for empty. */
bool elf_open(span bytes, elf *ret);

/* The i-th of .section_count sections and of .segment_count segments. */
elf_part elf_section(const elf *f, uint32_t i);
elf_part elf_segment(const elf *f, uint32_t i);

/* The content of the first section that is called so; false when there is none, or nothing of it in the file. */
bool elf_section_find(const elf *f, const char *name, span *ret);

/* The n bytes that are loaded to an address, as the segments say; empty when not all of them come from the file. */
span elf_at(const elf *f, uint64_t address, uint64_t n);

/* The unsigned number of `width` bytes (at most 8) at an offset of s, in the byte order of the file; 0 outside of s. */
uint64_t elf_number(const elf *f, span s, uint64_t at, size_t width);
