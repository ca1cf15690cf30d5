/* SPDX-License-Identifier: Apache-2.0
 *
 * What Go's linker writes into executables ("go version -m", package debug/buildinfo of Go): the version of Go and the modules.
 *
 * The information begins with a magic at the start of the section .go.buildinfo, or, when the section table was stripped, somewhere in the data that
 * can be written, at a multiple of 16. Since Go 1.18 two strings with their lengths in front follow (the version, the modules); before, two pointers
 * to Go's strings. The list of modules is text, between two marks of 16 bytes:
 *
 *     path  command/line/path
 *     mod   example.org/command  (devel)
 *     dep   example.org/library  v1.2.3   h1:…
 *     =>    example.org/fork     v1.2.4   h1:…      replaces the line above
 *     build -compiler=gc
 *
 * Not read: executables of other systems, and packed ones, which hold nothing that could be read. */
#include "packages/elf.h"
#include "packages/format.h"
#include "packages/lines.h"

#include "base/limits.h"

#include <elf.h>

enum {
	ALIGNMENT = 16,
	HEADER = 32,          /* of the information */
	OF_POINTER_SIZE = 14, /* the size of pointers */
	OF_FLAGS = 15,
	FLAG_BIG = 1,
	FLAG_INLINE = 2,
	OF_POINTERS = 16,
	MARK = 16, /* before and behind the modules */
};

static const char magic[] = "\xff Go buildinf:";

typedef struct build_info { /* spans point into the file */
	span version, modules;
} build_info;

/* --- where it is --- */

static bool part_search(span content, uint64_t address, span *ret)
{
	span rest = span_sub(content, 0, LIMIT_GO_SEARCH);
	size_t from = 0;
	for (size_t at; (at = span_find(span_from(rest, from), SPAN(magic))) != SPAN_NONE; from += at + 1)
		if ((address + from + at) % ALIGNMENT == 0) {
			*ret = span_from(content, from + at);
			return true;
		}
	return false;
}

static bool info_find(const elf *f, span *ret)
{
	if (elf_section_find(f, ".go.buildinfo", ret))
		return part_search(*ret, 0, ret);
	for (uint32_t i = 0; i < f->segment_count && f->section_count == 0; i++) {
		elf_part part = elf_segment(f, i);
		if (part.type == PT_LOAD && part.flags & PF_W)
			return part_search(part.content, part.address, ret);
	}
	return false;
}

/* --- how it is written --- */

/* Takes a string with its length in front (a varint, seven bits a byte, the lowest first) off *rest. */
static bool string_take(span *rest, span *ret)
{
	enum { BYTES_MOST = 5 };
	uint64_t n = 0;
	size_t i = 0;
	for (;; i++) {
		if (i >= rest->n || i == BYTES_MOST)
			return false;
		n |= (uint64_t)(rest->p[i] & 0x7f) << (7 * i);
		if (!(rest->p[i] & 0x80))
			break;
	}
	if (n > rest->n - i - 1)
		return false;
	*ret = span_sub(*rest, i + 1, (size_t)n);
	*rest = span_from(*rest, i + 1 + (size_t)n);
	return true;
}

/* The string whose header (a pointer and a length) lies at an address. */
static span string_at(const elf *f, uint64_t address, size_t pointer)
{
	span header = elf_at(f, address, 2 * pointer);
	return elf_at(f, elf_number(f, header, 0, pointer), elf_number(f, header, pointer, pointer));
}

static bool info_read(const elf *file, span info, build_info *ret)
{
	elf f = *file;
	*ret = (build_info){0};
	if (info.n < HEADER)
		return false;
	size_t pointer = (uint8_t)info.p[OF_POINTER_SIZE];
	int flags = (uint8_t)info.p[OF_FLAGS];
	if (flags & FLAG_INLINE) {
		span rest = span_from(info, HEADER);
		return string_take(&rest, &ret->version) && string_take(&rest, &ret->modules);
	}
	if (pointer != 4 && pointer != 8)
		return false;
	f.big = flags & FLAG_BIG;
	ret->version = string_at(&f, elf_number(&f, info, OF_POINTERS, pointer), pointer);
	ret->modules = string_at(&f, elf_number(&f, info, OF_POINTERS + pointer, pointer), pointer);
	return ret->version.n > 0;
}

/* The text between the marks; empty when it is not between any. */
static span modules_text(span modules)
{
	if (modules.n <= 2 * MARK || modules.p[modules.n - MARK - 1] != '\n')
		return (span){0};
	return span_sub(modules, MARK, modules.n - 2 * MARK);
}

/* --- what it says --- */

/* "go1.21.0 X:boringcrypto" is 1.21.0, "go1.22rc2" is 1.22.0-rc.2, as advisories write it. A development version ("devel …") is none. */
static span go_version(span said, arena *a)
{
	static const char *const stages[] = {"rc", "beta"};
	size_t n = 0, dots = 0;
	if (!span_starts(said, SPAN("go")))
		return (span){0};
	span v = span_sub(span_from(said, 2), 0, LIMIT_PACKAGE_FIELD);
	for (; n < v.n && (ascii_digit(v.p[n]) || v.p[n] == '.'); n++)
		dots += v.p[n] == '.';
	span release = span_sub(v, 0, n), rest = span_from(v, n);
	for (size_t i = 0; i < sizeof stages / sizeof *stages; i++) {
		span stage = span_of(stages[i]), number = span_from(rest, stage.n);
		size_t digits = 0;
		while (digits < number.n && ascii_digit(number.p[digits]))
			digits++;
		if (span_starts(rest, stage) && digits)
			return arena_format(a, "%.*s%s-%s.%.*s", SPAN_ARG(release), dots < 2 ? ".0" : "",
				stages[i], (int)digits, number.p);
	}
	return release;
}

static bool module_add(const package_input *in, package_record *out, span name, span version)
{
	if (name.n == 0 || version.n == 0 || span_is(version, "(devel)"))
		return true; /* made from a folder: nobody can name it */
	return package_add_copy(in, out,
		&(package){
			.name = name, .version = version, .type = PACKAGE_GO, .evidence = PACKAGE_BUILT_IN});
}

static void modules_read(const package_input *in, package_record *out, span text)
{
	lines all = {.rest = text};
	span line, kind, name = {0}, version = {0};
	while (lines_next(&all, &line)) {
		if (!span_cut(&line, '\t', &kind))
			continue;
		bool replaces = span_is(kind, "=>");
		if (!replaces && !span_is(kind, "dep") && !span_is(kind, "mod"))
			continue;
		if (!replaces && !module_add(in, out, name, version))
			return;
		name = version = (span){0};
		span_cut(&line, '\t', &name);
		span_cut(&line, '\t', &version);
	}
	module_add(in, out, name, version);
}

bool go_binary_read(const package_input *in, package_record *out)
{
	elf f;
	span info;
	build_info said;
	uint32_t before = out->packages.count;
	if (!elf_open(in->bytes, &f) || !info_find(&f, &info))
		return false;
	if (!info_read(&f, info, &said)) {
		package_fault(in, out, ERROR_DAMAGED, 0, "the build information of Go is damaged");
		return false;
	}
	module_add(in, out, SPAN("stdlib"), go_version(said.version, in->a));
	modules_read(in, out, modules_text(said.modules));
	return out->packages.count > before;
}
