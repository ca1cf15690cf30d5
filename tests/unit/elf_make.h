/* SPDX-License-Identifier: Apache-2.0
 *
 * ELF files made by hand, of 32 and 64 bits, in both byte orders. One segment holds the whole file and is loaded to ELF_MADE_ADDRESS. */
#pragma once

#include "base/buffer.h"

#include <elf.h>

enum { ELF_MADE_ADDRESS = 0x10000, ELF_MADE_SECTIONS = 8 };

typedef struct elf_made_section {
	const char *name;
	span content;
	uint32_t flags;
} elf_made_section;

typedef struct elf_made {
	bool wide, big, stripped; /* stripped: without a table of sections */
	bool dense;               /* the segment is not writable */
	elf_made_section sections[ELF_MADE_SECTIONS];
	uint64_t offsets[ELF_MADE_SECTIONS]; /* ret */
	uint64_t table;                      /* ret: where the table of sections begins */
} elf_made;

static inline void elf_put(const elf_made *m, buffer *b, uint64_t n, int width)
{
	for (int i = 0; i < width; i++)
		buffer_add_byte(b, (char)(n >> 8 * (m->big ? width - 1 - i : i)));
}

/* A word of the class. */
static inline void elf_put_word(const elf_made *m, buffer *b, uint64_t n)
{
	elf_put(m, b, n, m->wide ? 8 : 4);
}

static inline void elf_put_section(const elf_made *m, buffer *b, uint64_t name, const elf_made_section *s,
	uint32_t type, uint64_t offset, uint64_t size)
{
	elf_put(m, b, name, 4), elf_put(m, b, type, 4);
	elf_put_word(m, b, s ? s->flags : 0);
	elf_put_word(m, b, offset ? ELF_MADE_ADDRESS + offset : 0);
	elf_put_word(m, b, offset), elf_put_word(m, b, size);
	elf_put(m, b, 0, 8);
	elf_put_word(m, b, 1), elf_put_word(m, b, 0);
}

static inline void elf_put_header(const elf_made *m, buffer *b, uint64_t count, uint64_t table, uint64_t size)
{
	int word = m->wide ? 8 : 4;
	buffer_add(b, (span){ELFMAG, SELFMAG});
	elf_put(m, b, m->wide ? ELFCLASS64 : ELFCLASS32, 1), elf_put(m, b, m->big ? 2 : 1, 1);
	elf_put(m, b, 1, 1);
	buffer_repeat(b, 0, 9);
	elf_put(m, b, ET_EXEC, 2), elf_put(m, b, EM_X86_64, 2), elf_put(m, b, 1, 4);
	elf_put_word(m, b, 0), elf_put_word(m, b, m->wide ? 64 : 52), elf_put_word(m, b, table);
	elf_put(m, b, 0, 4), elf_put(m, b, m->wide ? 64 : 52, 2);
	elf_put(m, b, m->wide ? 56 : 32, 2), elf_put(m, b, 1, 2);
	elf_put(m, b, m->wide ? 64 : 40, 2), elf_put(m, b, table ? count + 2 : 0, 2),
		elf_put(m, b, table ? count + 1 : 0, 2);
	uint32_t flags = m->dense ? PF_R | PF_X : PF_R | PF_W;
	elf_put(m, b, PT_LOAD, 4);
	if (m->wide)
		elf_put(m, b, flags, 4);
	elf_put(m, b, 0, word), elf_put(m, b, ELF_MADE_ADDRESS, word), elf_put(m, b, 0, word);
	elf_put(m, b, size, word), elf_put(m, b, size, word);
	if (!m->wide)
		elf_put(m, b, flags, 4);
	elf_put(m, b, 4096, word);
}

static inline void elf_align(buffer *b, size_t to)
{
	buffer_repeat(b, 0, (to - b->n % to) % to);
}

/* Where the first section begins, for those whose content holds addresses. */
static inline uint64_t elf_made_start(const elf_made *m)
{
	return m->wide ? 128 : 96;
}

/* Sections, each at a multiple of 16, the names, the table: a null section, these, the names. */
static inline void elf_make(elf_made *m, buffer *ret)
{
	auto_buffer body = {0}, names = {0};
	uint64_t count = 0, at[ELF_MADE_SECTIONS], start = elf_made_start(m);
	buffer_add_byte(&names, 0);
	for (; count < ELF_MADE_SECTIONS && m->sections[count].name; count++) {
		elf_align(&body, 16);
		m->offsets[count] = start + body.n;
		buffer_add(&body, m->sections[count].content);
		at[count] = names.n;
		buffer_add(&names, (span){m->sections[count].name, strlen(m->sections[count].name) + 1});
	}
	uint64_t names_at = start + body.n;
	if (!m->stripped) {
		buffer_add(&body, buffer_span(&names));
		elf_align(&body, 8);
	}
	m->table = m->stripped ? 0 : start + body.n;
	elf_put_header(m, ret, count, m->table, start + body.n);
	elf_align(ret, 32);
	buffer_add(ret, buffer_span(&body));
	if (m->stripped)
		return;
	elf_put_section(m, ret, 0, NULL, SHT_NULL, 0, 0);
	for (uint64_t i = 0; i < count; i++)
		elf_put_section(m, ret, at[i], &m->sections[i], SHT_PROGBITS, m->offsets[i],
			m->sections[i].content.n);
	elf_put_section(m, ret, 0, NULL, SHT_STRTAB, names_at, names.n);
}
