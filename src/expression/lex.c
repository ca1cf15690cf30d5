/* SPDX-License-Identifier: Apache-2.0
 *
 * The lexer of the condition language. Words are wide, as in Falco: anything but white space, quotes, parentheses, commas and
 * comparison signs, so that /etc/x, a-b, *.tmp and 0.0.0.0 need no quotes. */
#include "expression/lex.h"

static bool in_word(char c)
{
	return !ascii_space(c) && !memchr("()\"',=<>!", c, 9);
}

static size_t symbol_length(span rest)
{
	static const char *const symbols[] = {"==", "!=", "<=", ">=", "=", "<", ">", "(", ")", ","};
	for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++)
		if (span_starts(rest, span_of(symbols[i])))
			return strlen(symbols[i]);
	return 0;
}

static token string_token(span rest, size_t at)
{
	size_t i = 1;
	while (i < rest.n && rest.p[i] != rest.p[0])
		i += rest.p[i] == '\\' && i + 1 < rest.n ? 2 : 1;
	bool closed = i < rest.n;
	return (token){closed ? TOKEN_STRING : TOKEN_BAD, span_sub(rest, 1, (closed ? i : rest.n) - 1), at};
}

token token_next(span condition, size_t *position)
{
	size_t at = *position;
	while (at < condition.n && ascii_space(condition.p[at]))
		at++;
	*position = at;
	span rest = span_from(condition, at);
	if (rest.n == 0)
		return (token){TOKEN_END, rest, at};
	if (rest.p[0] == '"' || rest.p[0] == '\'') {
		token ret = string_token(rest, at);
		*position = at + ret.text.n + (ret.kind == TOKEN_STRING ? 2 : 1);
		return ret;
	}
	size_t n = symbol_length(rest);
	token_kind kind = TOKEN_SYMBOL;
	if (n == 0) {
		while (n < rest.n && in_word(rest.p[n]))
			n++;
		kind = n ? TOKEN_WORD : TOKEN_BAD;
		n = n ? n : 1;
	}
	*position = at + n;
	return (token){kind, span_sub(rest, 0, n), at};
}
