/* SPDX-License-Identifier: Apache-2.0
 *
 * libyaml stops for good at the first byte that is not UTF-8 and at most control characters. A Dockerfile of 1998 in
 * Latin-1 inside a comment should not hide a manifest, so those bytes are replaced, one for one. */
#include "formats/yaml_source.h"

#include "formats/utf8.h"

/* [#x9 #xA #xD #x20-#x7E #x85 #xA0-#xD7FF #xE000-#xFFFD #x10000-#x10FFFF] */
static bool allowed(int32_t point)
{
	if (point < 0x20)
		return point == '\t' || point == '\n' || point == '\r';
	return point < 0x7f || point == 0x85 || (point >= 0xa0 && point != 0xfffe && point != 0xffff);
}

/* Goes over printable ASCII, tabs and line ends. */
static size_t plain_end(span s, size_t i)
{
	const uint64_t ones = 0x0101010101010101u, high = 0x8080808080808080u;
	for (uint64_t w; i + 8 <= s.n; i += 8) {
		memcpy(&w, s.p + i, 8);
		if ((w | (w + ones)) & high) /* not ASCII, or DEL */
			break;
		if ((w - ones * 0x20) & high) /* below a space: mostly a line end */
			for (size_t k = i; k < i + 8; k++)
				if (!allowed(s.p[k]))
					return k;
	}
	while (i < s.n && (uint8_t)s.p[i] < 0x80 && allowed(s.p[i]))
		i++;
	return i;
}

static void bad_byte(node_builder *b, span s, size_t at, uint32_t length, int32_t point)
{
	span message = point < 0 ? arena_format(b->a, "byte 0x%02x is not valid UTF-8; read as '_'",
					   (uint8_t)s.p[at])
				 : arena_format(b->a, "control character U+%04X is not allowed; read as '_'",
					   (unsigned)point);
	builder_problem(b, (uint32_t)at, (uint32_t)at + length, message.p);
}

bool yaml_source_init(yaml_source *s, const text *t, node_builder *b)
{
	*s = (yaml_source){.bytes = t->bytes, .ascii = true};
	if (span_starts(t->bytes, SPAN("\xff\xfe")) || span_starts(t->bytes, SPAN("\xfe\xff"))) {
		builder_problem(b, 0, 2, "UTF-16 is not read; save the file as UTF-8");
		return false;
	}
	char *copy = NULL;
	uint32_t length;
	for (size_t i = plain_end(t->bytes, 0); i < t->bytes.n; i = plain_end(t->bytes, i + length)) {
		int32_t point = utf8_decode(t->bytes.p + i, t->bytes.n - i, &length);
		s->ascii &= point >= 0 && point < 0x80;
		if (point >= 0 && allowed(point))
			continue;
		length = point < 0 ? 1 : length;
		if (!copy) {
			bad_byte(b, t->bytes, i, length, point);
			copy = arena_alloc(b->a, t->bytes.n + 1);
			memcpy(copy, t->bytes.p, t->bytes.n);
		}
		memset(copy + i, '_', length);
	}
	if (copy)
		s->bytes.p = copy;
	return true;
}

void yaml_source_begin(yaml_source *s, uint32_t start)
{
	s->start = start;
	s->point = 0;
	s->offset = start;
}

static bool continues(char c)
{
	return ((uint8_t)c & 0xc0) == 0x80;
}

uint32_t yaml_source_offset(yaml_source *s, size_t point)
{
	span bytes = s->bytes;
	if (s->ascii)
		return point < bytes.n - s->start ? s->start + (uint32_t)point : (uint32_t)bytes.n;
	while (s->point < point && s->offset < bytes.n) {
		do
			s->offset++;
		while (s->offset < bytes.n && continues(bytes.p[s->offset]));
		s->point++;
	}
	while (s->point > point) {
		do
			s->offset--;
		while (continues(bytes.p[s->offset]));
		s->point--;
	}
	return s->offset;
}

uint32_t yaml_break(span bytes, size_t at)
{
	span rest = span_from(bytes, at);
	if (rest.n == 0)
		return 0;
	switch ((uint8_t)rest.p[0]) {
	case '\n':
		return 1;
	case '\r':
		return rest.n > 1 && rest.p[1] == '\n' ? 2 : 1;
	case 0xc2:
		return rest.n > 1 && (uint8_t)rest.p[1] == 0x85 ? 2 : 0;
	case 0xe2:
		return span_starts(rest, SPAN("\xe2\x80\xa8")) || span_starts(rest, SPAN("\xe2\x80\xa9")) ? 3
													  : 0;
	default:
		return 0;
	}
}
