/* SPDX-License-Identifier: Apache-2.0
 *
 * The tar reader over archives made by hand, in blocks of every size; that it agrees with GNU tar is for tests/system/images.py. */
#include "image/tar.h"
#include "image/tar_parse.h"
#include "tar_make.h"
#include "test.h"

typedef struct pieces { /* a stream of blocks of `step` bytes */
	span rest;
	size_t step;
} pieces;

static int pieces_next(void *of, span *ret, error *e)
{
	(void)e;
	pieces *p = of;
	*ret = span_sub(p->rest, 0, p->step);
	p->rest = span_from(p->rest, p->step);
	return ret->n > 0;
}

/* "name|type|link|size|content\n" for each entry, and "!code" when it ends badly. */
static span listing(span archive, size_t step, buffer *out)
{
	pieces p = {archive, step};
	tar *t = tar_open((stream){pieces_next, &p});
	tar_entry entry;
	error e;
	int got;
	out->n = 0;
	while ((got = tar_next(t, &entry, &e)) > 0) {
		span part;
		if (entry.fault) {
			buffer_format(out, "fault %.*s\n", SPAN_ARG(entry.name));
			continue;
		}
		buffer_format(out, "%.*s|%d|%.*s|%llu|", SPAN_ARG(entry.name), entry.type,
			SPAN_ARG(entry.link), (unsigned long long)entry.size);
		int more;
		while ((more = tar_content(t, &part, &e)) > 0)
			buffer_add(out, part);
		buffer_format(out, more < 0 ? "!%d\n" : "\n", -more);
	}
	if (got < 0)
		buffer_format(out, "!%d\n", -got);
	tar_close(t);
	return buffer_span(out);
}

static const size_t steps[] = {1, 7, 511, 512, 513, 4096, 1 << 20};

#define CHECK_LISTING(archive, want)                                                       \
	do {                                                                               \
		auto_buffer out_ = {0};                                                    \
		for (size_t s_ = 0; s_ < sizeof steps / sizeof *steps; s_++)               \
			CHECK_SPAN(listing(buffer_span(archive), steps[s_], &out_), want); \
	} while (0)

TEST(tar_numbers)
{
	static const struct {
		span field;
		bool good;
		int64_t value;
	} rows[] = {
		{SPAN("0000644\0"), true, 0644},
		{SPAN("    644 "), true, 0644},
		{SPAN("\0\0\0\0\0\0\0\0"), true, 0},
		{SPAN("        "), true, 0},
		{SPAN("00006x4\0"), false, 0},
		{SPAN("-000001\0"), false, 0},
		{SPAN("0000648\0"), false, 0},
		{SPAN("77777777"), true, 077777777},
		{SPAN("\x80\0\0\0\0\0\0\x05"), true, 5},
		{SPAN("\x80\0\0\0\0\0\x01\0\0\0\0\x02"), true, 0x10000000002ll},
		{SPAN("\xff\xff\xff\xff\xff\xff\xff\xfe"), true, -2},
		{SPAN("\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff"), true, INT64_MAX},
		{SPAN("\x80\0\0\0\x80\0\0\0\0\0\0\0"), false, 0},
		{SPAN("\x80\x01\0\0\0\0\0\0\0\0\0\0"), false, 0},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int64_t got = 0;
		CHECK_INT(tar_number(rows[i].field, &got), rows[i].good);
		CHECK_INT(got, rows[i].value);
	}
}

TEST(tar_paths)
{
	static const struct {
		const char *path, *clean; /* NULL: refused */
	} rows[] = {
		{"etc/passwd", "etc/passwd"},
		{"./etc/passwd", "etc/passwd"},
		{"/etc/passwd", "etc/passwd"},
		{".//./etc//./passwd/", "etc/passwd"},
		{"./", ""},
		{".", ""},
		{"/", ""},
		{"...", "..."},
		{"a/..b", "a/..b"},
		{"..", NULL},
		{"../etc", NULL},
		{"a/../b", NULL},
		{"a/..", NULL},
	};
	arena a = {0};
	span got;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *why = tar_path_clean(span_of(rows[i].path), &a, &got);
		CHECK_INT(why == NULL, rows[i].clean != NULL);
		if (rows[i].clean)
			CHECK_SPAN(got, rows[i].clean);
	}
	CHECK(tar_path_clean(SPAN("a\0b"), &a, &got) != NULL);
	arena_done(&a);
}

TEST(tar_types)
{
	auto_buffer b = {0};
	tar_add(&b, &(tar_member){'5', "./"});
	tar_add(&b, &(tar_member){'0', "a", .content = SPAN("alpha")});
	tar_add(&b, &(tar_member){0, "old/"});
	tar_add(&b, &(tar_member){'1', "b", "./a"});
	tar_add(&b, &(tar_member){'2', "c", "/etc/../x"});
	tar_add(&b, &(tar_member){
			    '1', "with-size", "a", .size = "00000000777"}); /* of a link no content follows */
	tar_add(&b, &(tar_member){'V', "label", .content = SPAN("passed over")});
	tar_add(&b, &(tar_member){'7', "contiguous", .content = SPAN("x")});
	tar_end(&b);
	buffer_add_string(&b, "what follows is not read");
	CHECK_LISTING(&b,
		"|5||0|\na|0||5|alpha\nold|5||0|\nb|1|a|0|\nc|2|/etc/../x|0|\nwith-size|1|a|0|\nlabel|7||0|\n"
		"contiguous|0||1|x\n");
}

TEST(tar_pax)
{
	auto_buffer b = {0};
	tar_add(&b, &(tar_member){'g', "g", .content = SPAN("9 uid=77\n")});
	tar_add(&b,
		&(tar_member){'x', "x", .content = SPAN("17 path=long/one\n16 linkpath=two\n10 size=3\n")});
	tar_add(&b, &(tar_member){'0', "short", .content = SPAN("abc"), .size = "00000000000"});
	tar_add(&b, &(tar_member){'L', "L", .content = SPAN("gnu/name\0")});
	tar_add(&b, &(tar_member){'0', "short", .content = SPAN("x")});
	tar_add(&b, &(tar_member){'K', "K", .content = SPAN("gnu/target\0")});
	tar_add(&b, &(tar_member){'2', "s", "t"});
	tar_add(&b, &(tar_member){'x', "x", .content = SPAN("10 size=z\n")});
	tar_add(&b, &(tar_member){'0', "bad-value", .content = SPAN("x")});
	tar_add(&b, &(tar_member){'0', "last", .content = SPAN("y")});
	tar_end(&b);
	CHECK_LISTING(&b,
		"long/one|0|two|3|abc\ngnu/name|0||1|x\ns|2|gnu/target|0|\nfault bad-value\nlast|0||1|y\n");
}

TEST(tar_pax_broken)
{
	static const char *const rows[] = {"x", "5 a=b\n", "99 a=b\n", "6 ab\n\n", "0 a=b\n", "6 a=bc",
		"99999999999999999999 a=b\n", "2 \n"};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		auto_buffer b = {0};
		tar_add(&b, &(tar_member){'x', "x", .content = span_of(rows[i])});
		tar_add(&b, &(tar_member){'0', "a"});
		tar_end(&b);
		CHECK_LISTING(&b, "!4\n");
	}
}

TEST(tar_sparse)
{
	auto_buffer b = {0};
	tar_add(&b, &(tar_member){'x', "x",
			    .content = SPAN("22 GNU.sparse.size=10\n23 GNU.sparse.offset=2\n"
					    "25 GNU.sparse.numbytes=3\n23 GNU.sparse.offset=8\n"
					    "25 GNU.sparse.numbytes=1\n")});
	tar_add(&b, &(tar_member){'0', "zero", .content = SPAN("abcd")});
	tar_add(&b, &(tar_member){'x', "x",
			    .content = SPAN("22 GNU.sparse.size=10\n26 GNU.sparse.map=2,3,8,1\n"
					    "24 GNU.sparse.name=real\n")});
	tar_add(&b, &(tar_member){'0', "one", .content = SPAN("abcd")});
	tar_add(&b, &(tar_member){
			    'x', "x", .content = SPAN("22 GNU.sparse.size=10\n26 GNU.sparse.map=8,1,2,3\n")});
	tar_add(&b, &(tar_member){'0', "disorder", .content = SPAN("abcd")});
	tar_add(&b,
		&(tar_member){'x', "x", .content = SPAN("22 GNU.sparse.size=10\n22 GNU.sparse.map=2,3\n")});
	tar_add(&b, &(tar_member){'0', "too-much", .content = SPAN("abcd")});
	tar_end(&b);
	auto_buffer out = {0}, want = {0};
	buffer_add(&want, SPAN("zero|0||10|\0\0abc\0\0\0d\0\nreal|0||10|\0\0abc\0\0\0d\0\nfault "
			       "disorder\nfault too-much\n"));
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		CHECK(span_equal(listing(buffer_span(&b), steps[i], &out), buffer_span(&want)));
}

TEST(tar_checksums)
{
	auto_buffer b = {0};
	char block[512];
	tar_header_make(block, &(tar_member){'0', "\xc3\xa9"});
	tar_seal(block, true);
	buffer_add(&b, (span){block, sizeof block});
	tar_header_make(block, &(tar_member){'0', "bad"});
	block[0] ^= 1;
	buffer_add(&b, (span){block, sizeof block});
	CHECK_LISTING(&b, "\xc3\xa9|0||0|\n!4\n");
}

TEST(tar_ends)
{
	auto_buffer b = {0};
	CHECK_LISTING(&b, ""); /* an empty file */
	tar_add(&b, &(tar_member){'0', "a", .content = SPAN("alpha")});
	CHECK_LISTING(&b, "a|0||5|alpha\n"); /* without the zeros at the end */
	buffer_repeat(&b, 0, 512);
	CHECK_LISTING(&b, "a|0||5|alpha\n");
	tar_add(&b, &(tar_member){'0', "hidden"});
	CHECK_LISTING(&b, "a|0||5|alpha\n!4\n");
}

TEST(tar_truncated)
{
	auto_buffer b = {0}, out = {0};
	tar_add(&b, &(tar_member){'x', "x", .content = SPAN("17 path=long/one\n")});
	tar_add(&b, &(tar_member){'0', "a", .content = SPAN("alpha")});
	tar_end(&b);
	for (size_t n = 1; n < 3 * 512 + 5; n++)
		CHECK(span_ends(listing(span_sub(buffer_span(&b), 0, n), 512, &out), SPAN("!4\n")));
}

TEST(tar_hostile)
{
	auto_buffer b = {0};
	tar_add(&b, &(tar_member){'0', "../../etc/passwd", .content = SPAN("x")});
	tar_add(&b, &(tar_member){'1', "ladder", "../../etc/passwd"});
	tar_add(&b,
		&(tar_member){'0', "negative", .size = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"});
	CHECK_LISTING(&b, "fault ../../etc/passwd\nfault ladder\n!4\n");
	b.n = 0;
	tar_add(&b, &(tar_member){'L', "L", .size = "77777777777"});
	CHECK_LISTING(&b, "!3\n");
	b.n = 0;
	tar_add(&b, &(tar_member){'0', "huge", .size = "\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff"});
	CHECK_LISTING(&b, "huge|0||9223372036854775807|!4\n!4\n");
}

TEST_MAIN()
