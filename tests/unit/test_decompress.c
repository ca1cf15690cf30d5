/* SPDX-License-Identifier: Apache-2.0
 *
 * Decompression over blocks of every size; that the tools and we agree on whole files is for tests/system/images.py. */
#include "base/buffer.h"
#include "formats/decompress.h"
#include "formats/sha256.h"
#include "test.h"

/* "hello\n", once with each tool. */
static const struct sample {
	const char *name;
	span bytes;
	compression kind;
} samples[] = {
	{"gzip",
		SPAN("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcb\x48\xcd\xc9\xc9\xe7\x02\x00\x20\x30\x3a"
		     "\x36\x06\x00\x00\x00"),
		COMPRESSION_GZIP},
	{"zstd", SPAN("\x28\xb5\x2f\xfd\x04\x58\x31\x00\x00\x68\x65\x6c\x6c\x6f\x0a\x53\x88\xbd\x91"),
		COMPRESSION_ZSTD},
	{"bzip2",
		SPAN("\x42\x5a\x68\x39\x31\x41\x59\x26\x53\x59\xc1\xc0\x80\xe2\x00\x00\x01\x41\x00\x00\x10"
		     "\x02\x44\xa0\x00"
		     "\x30\xcd\x00\xc3\x46\x29\x97\x17\x72\x45\x38\x50\x90\xc1\xc0\x80\xe2"),
		COMPRESSION_BZIP2},
	{"none", SPAN("hello\n"), COMPRESSION_NONE},
};

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

/* Decompresses everything into out; the last status. */
static int read_all(span bytes, size_t step, buffer *out, compression *kind, error *e)
{
	pieces p = {bytes, step};
	decompress *d;
	TRY(decompress_open((stream){pieces_next, &p}, &d, e));
	*kind = decompress_kind(d);
	span part;
	int got;
	out->n = 0;
	while ((got = decompress_next(d, &part, e)) > 0)
		buffer_add(out, part);
	if (decompress_next(d, &part, e) != got)
		got = 1; /* the end stays the end */
	decompress_close(d);
	return got;
}

TEST(decompress_in_pieces)
{
	auto_buffer out = {0};
	error e;
	compression kind;
	for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
		for (size_t step = 1; step < 50; step++) {
			CHECK_INT(read_all(samples[i].bytes, step, &out, &kind, &e), 0);
			CHECK_INT(kind, samples[i].kind);
			CHECK_SPAN(buffer_span(&out), "hello\n");
		}
}

TEST(decompress_nothing)
{
	auto_buffer out = {0};
	error e;
	compression kind;
	CHECK_INT(read_all(SPAN(""), 1, &out, &kind, &e), 0);
	CHECK_INT(kind, COMPRESSION_NONE);
	CHECK_INT(out.n, 0);
}

static void twice(const struct sample *s, span between, buffer *out)
{
	out->n = 0;
	buffer_add(out, s->bytes);
	buffer_add(out, between);
	buffer_add(out, s->bytes);
}

TEST(decompress_members)
{
	auto_buffer in = {0}, out = {0};
	error e;
	compression kind;
	for (size_t i = 0; samples[i].kind != COMPRESSION_NONE; i++)
		for (size_t step = 1; step < 80; step++) {
			twice(&samples[i], (span){0}, &in);
			CHECK_INT(read_all(buffer_span(&in), step, &out, &kind, &e), 0);
			CHECK_SPAN(buffer_span(&out), "hello\nhello\n");
		}
}

TEST(decompress_skippable_frames)
{
	auto_buffer in = {0}, out = {0};
	error e;
	compression kind;
	const span skip = SPAN("\x5a\x2a\x4d\x18\x03\x00\x00\x00"
			       "abc");
	buffer_add(&in, skip);
	buffer_add(&in, samples[1].bytes);
	buffer_add(&in, skip);
	buffer_add(&in, samples[1].bytes);
	for (size_t step = 1; step < 80; step++) {
		CHECK_INT(read_all(buffer_span(&in), step, &out, &kind, &e), 0);
		CHECK_INT(kind, COMPRESSION_ZSTD);
		CHECK_SPAN(buffer_span(&out), "hello\nhello\n");
	}
}

/* Zeros and whatever else follows the last gzip or bzip2 member are passed over. */
TEST(decompress_garbage)
{
	static const struct {
		size_t sample;
		span garbage;
	} rows[] = {
		{0, SPAN("\0\0\0\0")},
		{0, SPAN("garbage")},
		{0, SPAN("\x1f no member")},
		{0, SPAN("\x1f\x8b\x07 of no known method")},
		{2, SPAN("garbage")},
	};
	auto_buffer in = {0}, out = {0};
	error e;
	compression kind;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		for (size_t step = 1; step < 80; step++) {
			in.n = 0;
			buffer_add(&in, samples[rows[i].sample].bytes);
			buffer_add(&in, rows[i].garbage);
			CHECK_INT(read_all(buffer_span(&in), step, &out, &kind, &e), 0);
			CHECK_SPAN(buffer_span(&out), "hello\n");
		}
}

/* Behind a frame of Zstandard nothing else may follow. */
TEST(decompress_zstd_garbage)
{
	auto_buffer in = {0}, out = {0};
	error e;
	compression kind;
	buffer_add(&in, samples[1].bytes);
	buffer_add(&in, SPAN("garbage"));
	CHECK_INT(read_all(buffer_span(&in), 80, &out, &kind, &e), -ERROR_DAMAGED);
	CHECK_SPAN(buffer_span(&out), "hello\n");
}

TEST(decompress_truncated)
{
	auto_buffer out = {0};
	error e;
	compression kind;
	for (size_t i = 0; samples[i].kind != COMPRESSION_NONE; i++)
		for (size_t n = 6; n < samples[i].bytes.n; n++)
			for (size_t step = 1; step < 40; step += 6) {
				CHECK_INT(read_all(span_sub(samples[i].bytes, 0, n), step, &out, &kind, &e),
					-ERROR_DAMAGED);
				CHECK(span_starts(SPAN("hello\n"), buffer_span(&out)));
			}
}

TEST(decompress_checksum)
{
	auto_buffer in = {0}, out = {0};
	error e;
	compression kind;
	for (size_t i = 0; samples[i].kind != COMPRESSION_NONE; i++) {
		in.n = 0;
		buffer_add(&in, samples[i].bytes);
		in.p[in.n - (samples[i].kind == COMPRESSION_GZIP ? 7 : 2)] ^= 0x10;
		CHECK_INT(read_all(buffer_span(&in), 80, &out, &kind, &e), -ERROR_DAMAGED);
	}
}

TEST(decompress_sniff)
{
	CHECK_INT(compression_sniff(SPAN("\x1f\x8b")), COMPRESSION_NONE);
	CHECK_INT(compression_sniff(SPAN("\x1f\x8b\x08")), COMPRESSION_GZIP);
	CHECK_INT(compression_sniff(SPAN("\x5f\x2a\x4d\x18")), COMPRESSION_ZSTD);
	CHECK_INT(compression_sniff(SPAN("\x60\x2a\x4d\x18")), COMPRESSION_NONE);
	CHECK_INT(compression_sniff((span){"\xfd\x37zXZ", 6}), COMPRESSION_XZ);
	CHECK_INT(compression_sniff(SPAN("BZ0")), COMPRESSION_NONE);
}

TEST(sha256_vectors)
{
	static const struct {
		const char *text, *digest;
	} rows[] = {
		/* FIPS 180-4, examples */
		{"", "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{"abc", "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
			"sha256:248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
	};
	char got[SHA256_TEXT + 1];
	sha256 *h = sha256_new();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		for (const char *p = rows[i].text; *p; p++)
			sha256_add(h, (span){p, 1});
		sha256_text(h, got);
		CHECK_SPAN(span_of(got), rows[i].digest);
		CHECK(sha256_is_text(span_of(got)));
	}
	sha256_free(h);
	CHECK(!sha256_is_text(SPAN("sha256:../../../../etc/passwd")));
	CHECK(!sha256_is_text(
		SPAN("sha512:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")));
}

TEST_MAIN()
