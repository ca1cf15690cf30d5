/* SPDX-License-Identifier: Apache-2.0
 *
 * Colours and wrapping. */
#include "report/style.h"

#include "formats/plain.h"

static const char *const codes[] = {[TINT_NONE] = "",
	[TINT_BOLD] = "1",
	[TINT_DIM] = "2",
	[TINT_RED] = "31",
	[TINT_GREEN] = "32",
	[TINT_YELLOW] = "33",
	[TINT_BLUE] = "34",
	[TINT_MAGENTA] = "35",
	[TINT_CYAN] = "36"};

void style_add(const report *r, buffer *out, tint colour, span words)
{
	bool coloured = r->colour && colour != TINT_NONE;
	if (coloured)
		buffer_format(out, "\033[%sm", codes[colour]);
	plain_add(out, words);
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
	plain_add(&clean, words);
	buffer_wrap(out, buffer_span(&clean), column, indent, r->width ? r->width : 80);
}

tint style_severity(severity s)
{
	static const tint tints[] = {TINT_BLUE, TINT_CYAN, TINT_YELLOW, TINT_RED, TINT_MAGENTA};
	return tints[s];
}
