/* SPDX-License-Identifier: Apache-2.0
 *
 * Allow lists of gitleaks' configuration: regular expressions over the secret, the match or its line, paths, and words that a secret
 * must not contain. Lists of commits say nothing about an image and are left out. */
#include "secrets/exempt.h"

enum { LINE_MOST = 1000 }; /* of a line to each side of the match */

static span line_of(const secret_candidate *c)
{
	size_t start = (size_t)(c->match.p - c->input.p), end = start + c->match.n;
	size_t least = start > LINE_MOST ? start - LINE_MOST : 0;
	size_t most = c->input.n - end > LINE_MOST ? end + LINE_MOST : c->input.n;
	while (start > least && c->input.p[start - 1] != '\n')
		start--;
	while (end < most && c->input.p[end] != '\n')
		end++;
	return span_sub(c->input, start, end - start);
}

static span target_of(const secret_exempt *x, const secret_candidate *c)
{
	switch (x->target) {
	case SECRET_TARGET_MATCH:
		return c->match;
	case SECRET_TARGET_LINE:
		return line_of(c);
	case SECRET_TARGET_VALUE:
		break;
	}
	return c->value;
}

static bool exempts(const secret_exempt *x, regex_matcher *m, const secret_candidate *c)
{
	bool path = false, text = false, word = false;
	for (uint32_t i = 0; i < x->paths.count && !path; i++)
		path = regex_matches(x->paths.items[i], m, c->path);
	if (path && !x->all)
		return true;
	span target = target_of(x, c);
	for (uint32_t i = 0; i < x->regexes.count && !text; i++)
		text = regex_matches(x->regexes.items[i], m, target);
	if (text && !x->all)
		return true;
	for (uint32_t i = 0; i < x->stopwords.count && !word; i++)
		word = span_find_fold(c->value, x->stopwords.items[i]) != SPAN_NONE;
	if (!x->all)
		return word;
	return (path || x->paths.count == 0) && (text || x->regexes.count == 0) &&
	       (word || x->stopwords.count == 0) && (path || text || word);
}

bool secret_exempted(
	const secret_rules *rules, const secret_use *use, regex_matcher *m, const secret_candidate *c)
{
	for (uint32_t i = 0; i < rules->global.count; i++)
		if (exempts(rules->global.items[i], m, c))
			return true;
	for (uint32_t i = 0; use->exempts && i < use->exempts->count; i++)
		if (exempts(use->exempts->items[i], m, c))
			return true;
	return false;
}
