/* SPDX-License-Identifier: Apache-2.0
 *
 * Executables made by hand: the ELF reader, the build information of Go, the crates of Rust. */
#include "elf_make.h"
#include "packages/elf.h"
#include "packages/package.h"
#include "test.h"

#include <zlib.h>

static const struct {
	bool wide, big;
} classes[] = {{true, false}, {true, true}, {false, false}, {false, true}};

#define EACH_CLASS(m)                                                                                     \
	for (size_t c_ = 0; c_ < sizeof classes / sizeof *classes; c_++)                                  \
		for (elf_made m = {.wide = classes[c_].wide, .big = classes[c_].big}, *once_ = &m; once_; \
			once_ = NULL)

/* "type name version [development] [local]\n" for each package, "!code" for each problem. */
static span listing(span bytes, arena *a, buffer *out)
{
	out->n = 0;
	const package_record *r = package_read_executable(SPAN("usr/bin/program"), bytes, a);
	if (!r)
		return SPAN("nothing");
	list_each(const package, p, &r->packages)
		buffer_format(out, "%s %.*s %.*s%s%s\n", package_types[p->type].name, SPAN_ARG(p->name),
			SPAN_ARG(p->version), p->development ? " development" : "", p->local ? " local" : "");
	list_each(const error, e, &r->problems)
		buffer_format(out, "!%d\n", e->code);
	return buffer_span(out);
}

/* Every cut of a file is read, and what is read of it lies inside. The copies end where their memory ends. */
static bool cuts_are_safe(span whole, const char *section)
{
	char *room = malloc(whole.n + 1);
	size_t n = 0;
	bool good = true;
	for (; good && n < whole.n; n++) {
		char *copy = room + whole.n + 1 - n;
		arena a = {0};
		elf f;
		span found = {0};
		memcpy(copy, whole.p, n);
		if (elf_open((span){copy, n}, &f) && elf_section_find(&f, section, &found))
			good = found.p >= copy && found.n <= n && found.p <= copy + n - found.n;
		package_read_executable(SPAN("a"), (span){copy, n}, &a);
		arena_done(&a);
	}
	free(room);
	return good;
}

/* --- ELF --- */

TEST(elf_sections_and_segments)
{
	EACH_CLASS(m)
	{
		auto_buffer b = {0};
		elf f;
		span got;
		m.sections[0] = (elf_made_section){".one", SPAN("first")};
		m.sections[1] = (elf_made_section){".packed", SPAN("x"), SHF_COMPRESSED};
		m.sections[2] = (elf_made_section){".two", SPAN("\1\2\3\4")};
		elf_make(&m, &b);
		CHECK(elf_open(buffer_span(&b), &f));
		CHECK_INT(f.section_count, 5);
		CHECK_INT(f.segment_count, 1);
		CHECK(elf_section_find(&f, ".one", &got));
		CHECK_SPAN(got, "first");
		CHECK(elf_section_find(&f, ".two", &got));
		CHECK_INT(elf_number(&f, got, 0, 4), m.big ? 0x01020304 : 0x04030201);
		CHECK_INT(elf_number(&f, got, 1, 4), 0);
		CHECK(!elf_section_find(&f, ".three", &got) && !elf_section_find(&f, ".packed", &got));
		CHECK_SPAN(elf_at(&f, ELF_MADE_ADDRESS + m.offsets[0], 5), "first");
		CHECK_INT(elf_at(&f, ELF_MADE_ADDRESS + b.n, 1).n, 0);
		CHECK_INT(elf_at(&f, ELF_MADE_ADDRESS - 1, 1).n, 0);
		CHECK_INT(elf_at(&f, ELF_MADE_ADDRESS, UINT64_MAX).n, 0);
		CHECK(cuts_are_safe(buffer_span(&b), ".one"));
	}
}

/* Fields of the header of 64 bits, in a file that says what is not so. */
TEST(elf_lies)
{
	static const struct {
		size_t at, width;
		uint64_t n;
	} lies[] = {
		{40, 8, UINT64_MAX},      /* e_shoff */
		{40, 8, UINT64_MAX - 63}, /* and so that the end wraps round */
		{60, 2, 0xffff},          /* e_shnum */
		{58, 2, 1},               /* e_shentsize */
		{62, 2, 0xfff0},          /* e_shstrndx */
		{62, 2, SHN_XINDEX},      /* in a section that does not say so */
		{4, 1, 3},                /* the class */
		{5, 1, 0},                /* the byte order */
	};
	for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
		elf_made m = {.wide = true, .sections = {{".one", SPAN("first")}}};
		auto_buffer b = {0};
		elf f;
		span got;
		elf_make(&m, &b);
		memcpy(b.p + lies[i].at, &lies[i].n, lies[i].width);
		CHECK(!elf_open(buffer_span(&b), &f) || !elf_section_find(&f, ".one", &got));
	}
}

/* A section that reaches out of the file, one whose name does, and one whose name has no end. */
TEST(elf_section_lies)
{
	enum { ENTRY = 64, NAME = 0, OFFSET = 24, BYTES = 32 };
	static const struct {
		size_t at;
		uint64_t n;
		size_t width;
	} lies[] = {{NAME, 0xffffffff, 4}, {OFFSET, UINT64_MAX - 2, 8}, {BYTES, UINT64_MAX, 8},
		{BYTES, 1 << 20, 8}};
	for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
		elf_made m = {.wide = true, .sections = {{".one", SPAN("first")}}};
		auto_buffer b = {0};
		elf f;
		span got;
		elf_make(&m, &b);
		memcpy(b.p + m.table + ENTRY + lies[i].at, &lies[i].n, lies[i].width);
		CHECK(elf_open(buffer_span(&b), &f) && f.section_count == 3);
		CHECK(!elf_section_find(&f, ".one", &got));
	}
	elf_made m = {.wide = true, .sections = {{".one", SPAN("first")}}};
	auto_buffer b = {0};
	elf f;
	span got;
	elf_make(&m, &b);
	uint64_t size = 5; /* of the names "\0.one\0", cut before its end */
	memcpy(b.p + m.table + 2 * ENTRY + BYTES, &size, sizeof size);
	CHECK(elf_open(buffer_span(&b), &f) && !elf_section_find(&f, ".one", &got));
}

/* More sections than the header can say: their number stands in the first one. */
TEST(elf_numbers_in_first_section)
{
	elf_made m = {.wide = true, .sections = {{".one", SPAN("first")}}};
	auto_buffer b = {0};
	elf f;
	span got;
	elf_make(&m, &b);
	uint64_t count = 3;
	uint32_t names = 2;
	memset(b.p + 60, 0, 2);
	memset(b.p + 62, 0xff, 2);
	memcpy(b.p + m.table + 32, &count, sizeof count);
	memcpy(b.p + m.table + 40, &names, sizeof names);
	CHECK(elf_open(buffer_span(&b), &f) && f.section_count == 3);
	CHECK(elf_section_find(&f, ".one", &got));
	count = UINT64_MAX / 64 + 2; /* times the size of an entry that is little again */
	memcpy(b.p + m.table + 32, &count, sizeof count);
	CHECK(elf_open(buffer_span(&b), &f) && f.section_count == 0);
}

/* --- Go --- */

#define MARK_BEFORE               \
	"0w\xaf\x0c\x92t\x08\x02" \
	"A\xe1\xc1\x07\xe6\xd6\x18\xe6"
#define MARK_BEHIND             \
	"\xf9"                  \
	"2C1\x86\x18 r\x00\x82" \
	"B\x10"                 \
	"A\x16\xd8\xf2"

static const char modules[] = MARK_BEFORE "path\texample.org/command\n"
					  "mod\texample.org/command\t(devel)\t\n"
					  "dep\texample.org/a\tv1.2.3\th1:x=\n"
					  "dep\texample.org/b\tv0.1.0\n"
					  "=>\texample.org/fork\tv0.2.0-rc.1\th1:y=\n"
					  "dep\texample.org/c\tv1.0.0\n"
					  "=>\t./local\t\n"
					  "dep\texample.org/d\tv2.0.0+incompatible\th1:z=\n"
					  "build\t-compiler=gc\nbuild\tdep\tno\n" MARK_BEHIND;

static const char said[] = "go stdlib 1.20.3\ngo example.org/a v1.2.3\ngo example.org/fork v0.2.0-rc.1\n"
			   "go example.org/d v2.0.0+incompatible\n";

static void string_put(buffer *b, span s)
{
	size_t n = s.n;
	for (; n >= 0x80; n >>= 7)
		buffer_add_byte(b, (char)(n | 0x80));
	buffer_add_byte(b, (char)n);
	buffer_add(b, s);
}

static void inline_put(buffer *b, span version, span mods)
{
	buffer_add(b, SPAN("\xff Go buildinf:\x08\x02"));
	buffer_repeat(b, 0, 16);
	string_put(b, version);
	string_put(b, mods);
}

/* The form before Go 1.18: pointers to strings, which are pointers and lengths themselves. */
static void pointers_put(const elf_made *m, buffer *b, span version, span mods)
{
	int word = m->wide ? 8 : 4;
	uint64_t start = ELF_MADE_ADDRESS + elf_made_start(m), headers = start + 32,
		 bytes = headers + 4 * word;
	buffer_add(b, SPAN("\xff Go buildinf:"));
	buffer_add_byte(b, (char)word), buffer_add_byte(b, m->big);
	elf_put_word(m, b, headers), elf_put_word(m, b, headers + 2 * word);
	elf_align(b, 32);
	elf_put_word(m, b, bytes), elf_put_word(m, b, version.n);
	elf_put_word(m, b, bytes + version.n), elf_put_word(m, b, mods.n);
	buffer_add(b, version), buffer_add(b, mods);
}

TEST(go_inline)
{
	for (int stripped = 0; stripped < 2; stripped++)
		EACH_CLASS(m)
		{
			arena a = {0};
			auto_buffer info = {0}, b = {0}, out = {0};
			inline_put(&info, SPAN("go1.20.3"), SPAN(modules));
			m.stripped = stripped;
			m.sections[0] =
				(elf_made_section){".data", SPAN("x\xff Go buildinf:xxxxx\xff Go buildinf:")};
			m.sections[1] = (elf_made_section){".go.buildinfo", buffer_span(&info)};
			elf_make(&m, &b);
			CHECK_SPAN(listing(buffer_span(&b), &a, &out), said);
			CHECK(stripped || cuts_are_safe(buffer_span(&b), ".go.buildinfo"));
			m.dense = true;
			b.n = 0;
			elf_make(&m, &b);
			CHECK_SPAN(listing(buffer_span(&b), &a, &out), stripped ? "nothing" : said);
			arena_done(&a);
		}
}

TEST(go_pointers)
{
	EACH_CLASS(m)
	{
		arena a = {0};
		auto_buffer info = {0}, b = {0}, out = {0};
		pointers_put(&m, &info, SPAN("go1.20.3"), SPAN(modules));
		m.sections[0] = (elf_made_section){".go.buildinfo", buffer_span(&info)};
		elf_make(&m, &b);
		CHECK_SPAN(listing(buffer_span(&b), &a, &out), said);
		CHECK(cuts_are_safe(buffer_span(&b), ".go.buildinfo"));
		b.p[elf_made_start(&m) + 14] = 3; /* no size of a pointer */
		CHECK_SPAN(listing(buffer_span(&b), &a, &out), "!4\n");
		arena_done(&a);
	}
}

TEST(go_versions)
{
	static const struct {
		const char *said, *want;
	} rows[] = {
		{"go1.21.0 X:boringcrypto", "go stdlib 1.21.0\n"},
		{"go1.22rc2", "go stdlib 1.22.0-rc.2\n"},
		{"go1.18beta1 X:x", "go stdlib 1.18.0-beta.1\n"},
		{"go1.21.3rc1", "go stdlib 1.21.3-rc.1\n"},
		{"go1.16.5b7", "go stdlib 1.16.5\n"},
		{"go1.22rc", "go stdlib 1.22\n"},
		{"devel go1.22-abcdef Mon", "nothing"},
		{"devel +b0a53d2 Mon", "nothing"},
		{"go", "nothing"},
		{"", "nothing"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		arena a = {0};
		auto_buffer info = {0}, b = {0}, out = {0};
		elf_made m = {.wide = true};
		inline_put(&info, span_of(rows[i].said), (span){0});
		m.sections[0] = (elf_made_section){".go.buildinfo", buffer_span(&info)};
		elf_make(&m, &b);
		CHECK_SPAN(listing(buffer_span(&b), &a, &out), rows[i].want);
		arena_done(&a);
	}
}

/* Modules without marks, a main module with a version, lines that are none. */
TEST(go_modules)
{
	static const struct {
		span modules;
		const char *want;
	} rows[] = {
		{SPAN("dep\ta\tv1\n"), "go stdlib 1.20\n"},
		{SPAN(MARK_BEFORE "dep\ta\tv1" MARK_BEHIND), "go stdlib 1.20\n"},
		{SPAN(MARK_BEFORE "mod\ta\tv1.0.0\th1:\n" MARK_BEHIND), "go stdlib 1.20\ngo a v1.0.0\n"},
		{SPAN(MARK_BEFORE "\n\t\ndep\ndep\t\t\ndep\ta\n=>\n=>\tb\tv2\n" MARK_BEHIND),
			"go stdlib 1.20\ngo b v2\n"},
		{SPAN(MARK_BEFORE "dep\ta\x01\tv1\n" MARK_BEHIND), "go stdlib 1.20\n!4\n"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		arena a = {0};
		auto_buffer info = {0}, b = {0}, out = {0};
		elf_made m = {.wide = true};
		inline_put(&info, SPAN("go1.20"), rows[i].modules);
		m.sections[0] = (elf_made_section){".go.buildinfo", buffer_span(&info)};
		elf_make(&m, &b);
		CHECK_SPAN(listing(buffer_span(&b), &a, &out), rows[i].want);
		arena_done(&a);
	}
}

/* --- Rust --- */

static span rust_listing(span section, arena *a, buffer *out)
{
	elf_made m = {.wide = true, .sections = {{".dep-v0", section}}};
	auto_buffer b = {0};
	elf_make(&m, &b);
	return listing(buffer_span(&b), a, out);
}

static void deflate_put(buffer *b, span s)
{
	uLongf n = compressBound(s.n);
	buffer_repeat(b, 0, n);
	compress((Bytef *)b->p, &n, (const Bytef *)s.p, s.n);
	b->n = n;
}

TEST(rust_crates)
{
	static const struct {
		const char *json, *want;
	} rows[] = {
		{"{\"packages\":["
		 "{\"name\":\"a\",\"version\":\"1.0.0\",\"source\":\"crates.io\"},"
		 "{\"name\":\"b\",\"version\":\"0.1.0\",\"source\":\"crates.io\",\"kind\":\"build\",\"dependencies\":[0]},"
		 "{\"name\":\"c\",\"version\":\"0.0.1\",\"source\":\"local\",\"root\":true,\"dependencies\":[0,1]}]}",
			"cargo a 1.0.0\ncargo b 0.1.0 development\ncargo c 0.0.1 local\n"},
		{"{\"packages\":[]}", "nothing"},
		{"{\"packages\":3}", "nothing"},
		{"[]", "nothing"},
		{"{\"packages\":[1,{},{\"name\":\"a\"},{\"name\":\"a\",\"version\":\"1\",\"source\":\"crates.io\"}]}",
			"cargo a 1\n!4\n!4\n!4\n"},
		{"{\"packages\":", "!2\n"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		arena a = {0};
		auto_buffer packed = {0}, out = {0};
		deflate_put(&packed, span_of(rows[i].json));
		CHECK_SPAN(rust_listing(buffer_span(&packed), &a, &out), rows[i].want);
		arena_done(&a);
	}
}

TEST(rust_damage)
{
	arena a = {0};
	auto_buffer packed = {0}, bomb = {0}, out = {0};
	deflate_put(&packed, SPAN("{\"packages\":[{\"name\":\"a\",\"version\":\"1\"}]}"));
	CHECK_SPAN(rust_listing((span){packed.p, packed.n - 5}, &a, &out), "!4\n");
	CHECK_SPAN(rust_listing(SPAN("no zlib"), &a, &out), "!4\n");
	buffer_repeat(&bomb, ' ', 64 << 20);
	packed.n = 0;
	deflate_put(&packed, buffer_span(&bomb));
	CHECK_SPAN(rust_listing(buffer_span(&packed), &a, &out), "!3\n");
	CHECK(a.bytes < 1 << 20);
	arena_done(&a);
}

TEST(executables_of_others)
{
	arena a = {0};
	auto_buffer b = {0}, out = {0};
	elf_made m = {.wide = true, .sections = {{".text", SPAN("code")}}};
	elf_make(&m, &b);
	CHECK_SPAN(listing(buffer_span(&b), &a, &out), "nothing");
	CHECK_SPAN(listing(SPAN("#!/bin/sh\n"), &a, &out), "nothing");
	CHECK_SPAN(listing((span){0}, &a, &out), "nothing");
	arena_done(&a);
}

TEST_MAIN()
