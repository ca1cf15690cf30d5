/* SPDX-License-Identifier: Apache-2.0
 *
 * The scanner of short options. */
#include "expression/getopt.h"

typedef enum option_kind { OPTION_UNKNOWN, OPTION_FLAG, OPTION_WITH_VALUE } option_kind;

static option_kind kind_of(span options, char c)
{
	size_t at = c == ':' ? SPAN_NONE : span_find_byte(options, c);
	if (at == SPAN_NONE)
		return OPTION_UNKNOWN;
	return at + 1 < options.n && options.p[at + 1] == ':' ? OPTION_WITH_VALUE : OPTION_FLAG;
}

/* One letter; false when the rest of the word was its argument. */
static bool letter(getopt_scan *s, char c, span rest, getopt_found *found, void *of)
{
	option_kind kind = kind_of(s->options, c);
	if (kind != OPTION_WITH_VALUE) {
		found(of, kind == OPTION_FLAG ? c : '?', SPAN(""), false);
		return true;
	}
	if (rest.n)
		found(of, c, rest, true);
	else
		s->waiting = c;
	return false;
}

void getopt_word(getopt_scan *s, span word, getopt_found *found, void *of)
{
	if (s->done)
		return;
	if (s->waiting) {
		found(of, s->waiting, word, true);
		s->waiting = 0;
		return;
	}
	if (word.n < 2 || word.p[0] != '-' || word.p[1] == '-') {
		s->done = true;
		return;
	}
	for (size_t i = 1; i < word.n; i++)
		if (!letter(s, word.p[i], span_from(word, i + 1), found, of))
			return;
}

void getopt_end(getopt_scan *s, getopt_found *found, void *of)
{
	if (s->waiting)
		found(of, s->waiting, SPAN(""), true);
	s->waiting = 0;
}
