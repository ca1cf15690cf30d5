/* SPDX-License-Identifier: Apache-2.0
 *
 * Colours and wrapping. */
#include "report/style.h"

#include "formats/utf8.h"

static const char *const codes[] = {[TINT_NONE] = "",
	[TINT_BOLD] = "1",
	[TINT_DIM] = "2",
	[TINT_RED] = "31",
	[TINT_GREEN] = "32",
	[TINT_YELLOW] = "33",
	[TINT_BLUE] = "34",
	[TINT_MAGENTA] = "35",
	[TINT_CYAN] = "36"};

/* What steers terminals: controls (those above 0x7f too), and the marks that turn the direction of text or break lines, with which words can be
 * shown that are not there. */
static bool steers(int32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x61c || c == 0x200e || c == 0x200f ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

static void add_clean(buffer *out, span words)
{
	for (size_t i = 0; i < words.n;) {
		uint32_t length;
		int32_t c = utf8_decode(words.p + i, words.n - i, &length);
		if (c == '\t')
			buffer_add_byte(out, ' ');
		else if (steers(c)) /* -1 too: what is no UTF-8 */
			buffer_add_byte(out, '?');
		else
			buffer_add(out, span_sub(words, i, length));
		i += c < 0 ? 1 : length;
	}
}

void style_add(const report *r, buffer *out, tint colour, span words)
{
	bool coloured = r->colour && colour != TINT_NONE;
	if (coloured)
		buffer_format(out, "\033[%sm", codes[colour]);
	add_clean(out, words);
	if (coloured)
		buffer_add_string(out, "\033[0m");
}

void style_string(const report *r, buffer *out, tint colour, const char *words)
{
	style_add(r, out, colour, span_of(words));
}

size_t style_columns(span words)
{
	size_t n = 0;
	for (size_t i = 0; i < words.n; i++)
		n += ((uint8_t)words.p[i] & 0xc0) != 0x80;
	return n;
}

void style_wrap(const report *r, buffer *out, span words, unsigned column, unsigned indent)
{
	auto_buffer clean = {0};
	add_clean(&clean, words);
	buffer_wrap(out, buffer_span(&clean), column, indent, r->width ? r->width : 80);
}

tint style_severity(severity s)
{
	static const tint tints[] = {TINT_BLUE, TINT_CYAN, TINT_YELLOW, TINT_RED, TINT_MAGENTA};
	return tints[s];
}
