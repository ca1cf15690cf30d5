/* SPDX-License-Identifier: Apache-2.0
 *
 * Challenges: SCHEME KEY=VALUE, KEY="VALUE", … and the next scheme behind a comma. */
#include "fetch/challenge.h"

static bool token_byte(char c)
{
	return ascii_alpha(c) || ascii_digit(c) || (c && strchr("!#$%&'*+-.^_`|~", c));
}

static span token_take(span *rest)
{
	size_t n = 0;
	while (n < rest->n && token_byte(rest->p[n]))
		n++;
	span ret = span_sub(*rest, 0, n);
	*rest = span_from(*rest, n);
	return ret;
}

static void skip(span *rest, const char *bytes)
{
	while (rest->n && rest->p[0] && strchr(bytes, rest->p[0]))
		*rest = span_from(*rest, 1);
}

/* A quoted string or a token. */
static span value_take(span *rest, arena *a)
{
	if (rest->n == 0 || rest->p[0] != '"')
		return token_take(rest);
	char *out = arena_alloc(a, rest->n);
	size_t n = 0, i = 1;
	for (; i < rest->n && rest->p[i] != '"'; i++) {
		if (rest->p[i] == '\\' && i + 1 < rest->n)
			i++;
		out[n++] = rest->p[i];
	}
	*rest = span_from(*rest, i + 1);
	return (span){out, n};
}

static void parameter_set(challenge *c, span key, span value)
{
	if (span_is_fold(key, "realm"))
		c->realm = value;
	else if (span_is_fold(key, "service"))
		c->service = value;
	else if (span_is_fold(key, "scope"))
		c->scope = value;
}

challenge challenge_parse(span header, arena *a)
{
	challenge best = {0}, now = {0};
	span rest = header;
	for (;;) {
		skip(&rest, " \t,");
		span word = token_take(&rest);
		if (word.n == 0)
			break;
		skip(&rest, " \t");
		if (rest.n && rest.p[0] == '=') {
			rest = span_from(rest, 1);
			skip(&rest, " \t");
			parameter_set(&now, word, value_take(&rest, a));
		} else {
			best = now.kind > best.kind ? now : best;
			now = (challenge){.kind = span_is_fold(word, "bearer")  ? CHALLENGE_BEARER
						  : span_is_fold(word, "basic") ? CHALLENGE_BASIC
										: CHALLENGE_NONE};
		}
	}
	return now.kind > best.kind ? now : best;
}
