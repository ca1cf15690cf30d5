/* SPDX-License-Identifier: Apache-2.0
 *
 * What may stand in a line, character by character. */
#include "formats/plain.h"

#include "formats/utf8.h"

/* What steers terminals: controls (those above 0x7f too), and the marks that turn the direction of text or break lines, with which words can be
 * shown that are not there. */
static bool steers(int32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x61c || c == 0x200e || c == 0x200f ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

void plain_add(buffer *out, span words)
{
	for (size_t i = 0; i < words.n;) {
		uint32_t length;
		size_t end = i;
		while (end < words.n && words.p[end] >= ' ' && words.p[end] < 0x7f)
			end++;
		if (end > i) { /* nearly always all of it */
			buffer_add(out, span_sub(words, i, end - i));
			i = end;
			continue;
		}
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
