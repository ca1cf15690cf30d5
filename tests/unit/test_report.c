/* SPDX-License-Identifier: Apache-2.0
 *
 * What reports let through to a terminal. */
#include "report/style.h"
#include "test.h"

TEST(text_does_not_steer_the_terminal)
{
	static const struct {
		const char *words, *shown;
	} rows[] = {
		{"plain, ä, →, 漢, 😀", "plain, ä, →, 漢, 😀"}, {"a\033[2Jb\x7f\r\n\tc", "a?[2Jb??? c"},
		{"\xc2\x9b"
		 "2J",
			"?2J"}, /* CSI as one code point */
		{"\x9b"
		 "2J\xff\xc3",
			"?2J??"}, /* no UTF-8 */
		{"a\xe2\x80\xae"
		 "b\xe2\x81\xa6"
		 "c\xe2\x80\x8f",
			"a?b?c?"}, /* right to left */
		{"a\xe2\x80\xa8"
		 "b",
			"a?b"}, /* LINE SEPARATOR */
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		report r = {0};
		auto_buffer out = {0}, wrapped = {0};
		style_string(&r, &out, TINT_BOLD, rows[i].words);
		CHECK_SPAN(buffer_span(&out), rows[i].shown);
		style_wrap(&r, &wrapped, span_of(rows[i].words), 0, 0);
		CHECK_SPAN(span_trim(buffer_span(&wrapped)), rows[i].shown);
	}
}

TEST_MAIN()
