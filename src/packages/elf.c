/* SPDX-License-Identifier: Apache-2.0
 *
 * The ELF reader: every number is read through elf_number(), which knows the bounds and the byte order. */
#include "packages/elf.h"

#include "base/limits.h"

#include <elf.h>

/* A member of a structure that begins at `base`, whichever class the file has. */
#define FIELD(f, base, type, member)                                                                      \
	member_read(f, base, (f)->wide ? offsetof(Elf64_##type, member) : offsetof(Elf32_##type, member), \
		(f)->wide ? sizeof((Elf64_##type){0}.member) : sizeof((Elf32_##type){0}.member))

#define SIZE(f, type) ((f)->wide ? sizeof(Elf64_##type) : sizeof(Elf32_##type))

uint64_t elf_number(const elf *f, span s, uint64_t at, size_t width)
{
	uint64_t n = 0;
	if (at > s.n || s.n - at < width)
		return 0;
	for (size_t i = 0; i < width; i++) {
		size_t k = f->big ? i : width - 1 - i;
		n = n << 8 | (uint8_t)s.p[at + k];
	}
	return n;
}

static uint64_t member_read(const elf *f, uint64_t base, size_t offset, size_t width)
{
	return base > f->bytes.n ? 0 : elf_number(f, f->bytes, base + offset, width);
}

static span content_at(const elf *f, uint64_t offset, uint64_t size)
{
	if (offset > f->bytes.n || size > f->bytes.n - offset)
		return (span){0};
	return span_sub(f->bytes, (size_t)offset, (size_t)size);
}

/* How many entries of a table there are: none when it does not lie in the file as a whole. */
static uint32_t table_count(const elf *f, uint64_t offset, uint64_t count, uint64_t entry, size_t expected)
{
	if (offset == 0 || entry != expected || count > LIMIT_ELF_PARTS)
		return 0;
	return content_at(f, offset, count * entry).n ? (uint32_t)count : 0;
}

/* Numbers that do not fit into the header stand in the first section (gABI, "Section Header Table"). */
static void tables_find(elf *f)
{
	uint64_t entry = FIELD(f, 0, Ehdr, e_shentsize), count = FIELD(f, 0, Ehdr, e_shnum);
	uint64_t names = FIELD(f, 0, Ehdr, e_shstrndx);
	f->sections = FIELD(f, 0, Ehdr, e_shoff);
	if (count == 0 && f->sections)
		count = FIELD(f, f->sections, Shdr, sh_size);
	f->section_count = table_count(f, f->sections, count, entry, SIZE(f, Shdr));
	if (names == SHN_XINDEX && f->section_count)
		names = FIELD(f, f->sections, Shdr, sh_link);
	if (names < f->section_count)
		f->names = elf_section(f, (uint32_t)names).content;

	f->segments = FIELD(f, 0, Ehdr, e_phoff);
	entry = FIELD(f, 0, Ehdr, e_phentsize);
	count = FIELD(f, 0, Ehdr, e_phnum);
	if (count == PN_XNUM && f->section_count)
		count = FIELD(f, f->sections, Shdr, sh_info);
	f->segment_count = table_count(f, f->segments, count, entry, SIZE(f, Phdr));
}

bool elf_is(span bytes)
{
	return span_starts(bytes, (span){ELFMAG, SELFMAG});
}

bool elf_open(span bytes, elf *ret)
{
	if (!elf_is(bytes) || bytes.n < EI_NIDENT)
		return false;
	unsigned char class = (unsigned char)bytes.p[EI_CLASS], order = (unsigned char)bytes.p[EI_DATA];
	if ((class != ELFCLASS32 && class != ELFCLASS64) || (order != ELFDATA2LSB && order != ELFDATA2MSB))
		return false;
	elf f = {.bytes = bytes, .wide = class == ELFCLASS64, .big = order == ELFDATA2MSB};
	if (bytes.n < SIZE(&f, Ehdr))
		return false;
	tables_find(&f);
	*ret = f;
	return true;
}

/* A name that does not end within the table is none. */
static span name_at(const elf *f, uint64_t offset)
{
	span rest = offset < f->names.n ? span_from(f->names, (size_t)offset) : (span){0};
	size_t n = rest.n ? strnlen(rest.p, rest.n < LIMIT_ELF_NAME ? rest.n : LIMIT_ELF_NAME) : 0;
	return n < rest.n && rest.p[n] == 0 ? (span){rest.p, n} : (span){0};
}

elf_part elf_section(const elf *f, uint32_t i)
{
	uint64_t at = f->sections + (uint64_t)i * SIZE(f, Shdr);
	elf_part part = {
		.type = (uint32_t)FIELD(f, at, Shdr, sh_type),
		.flags = FIELD(f, at, Shdr, sh_flags),
		.address = FIELD(f, at, Shdr, sh_addr),
		.name = name_at(f, FIELD(f, at, Shdr, sh_name)),
	};
	if (part.type != SHT_NOBITS && part.type != SHT_NULL)
		part.content = content_at(f, FIELD(f, at, Shdr, sh_offset), FIELD(f, at, Shdr, sh_size));
	return part;
}

elf_part elf_segment(const elf *f, uint32_t i)
{
	uint64_t at = f->segments + (uint64_t)i * SIZE(f, Phdr);
	return (elf_part){
		.type = (uint32_t)FIELD(f, at, Phdr, p_type),
		.flags = FIELD(f, at, Phdr, p_flags),
		.address = FIELD(f, at, Phdr, p_vaddr),
		.content = content_at(f, FIELD(f, at, Phdr, p_offset), FIELD(f, at, Phdr, p_filesz)),
	};
}

bool elf_section_find(const elf *f, const char *name, span *ret)
{
	for (uint32_t i = 0; i < f->section_count; i++) {
		elf_part part = elf_section(f, i);
		if (!span_is(part.name, name))
			continue;
		if (part.content.n && !(part.flags & SHF_COMPRESSED)) {
			*ret = part.content;
			return true;
		}
		return false;
	}
	return false;
}

span elf_at(const elf *f, uint64_t address, uint64_t n)
{
	for (uint32_t i = 0; i < f->segment_count; i++) {
		elf_part part = elf_segment(f, i);
		if (part.type != PT_LOAD || address < part.address)
			continue;
		uint64_t offset = address - part.address;
		if (offset <= part.content.n && n <= part.content.n - offset)
			return span_sub(part.content, (size_t)offset, (size_t)n);
	}
	return (span){0};
}
