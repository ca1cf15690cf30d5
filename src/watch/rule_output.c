/* SPDX-License-Identifier: Apache-2.0
 *
 * Outputs, as far as loading sees them: whether every %field is one. %10field sets a width; %tolower(field) and other transformers
 * of one argument change it; what is printed is the business of the alerts. */
#include "watch/rule_set.h"

static bool is_field_byte(char c)
{
	return ascii_alpha(c) || ascii_digit(c) || c == '_' || c == '.';
}

/* The length of name[argument] at the start of s, where the brackets are part of it when they are closed. */
static size_t field_length(span s, size_t name)
{
	if (name < s.n && s.p[name] == '[') {
		size_t end = span_find_byte(span_from(s, name), ']');
		if (end != SPAN_NONE)
			return name + end + 1;
	}
	return name;
}

bool rule_field_known(const rule_set *s, span name, arena *a)
{
	size_t bracket = span_find_byte(name, '[');
	span argument = {0};
	if (bracket != SPAN_NONE) {
		if (!span_ends(name, SPAN("]")))
			return false;
		argument = span_sub(name, bracket + 1, name.n - bracket - 2);
		name = span_sub(name, 0, bracket);
	}
	return s->words->field(s->words->of, name, argument, a);
}

/* The longest field at the start of s: "proc.name." is proc.name and a full stop, "proc.name[x]" that and a text, as it takes no
 * argument; 0: there is none. */
static size_t find_field(const rule_set *s, span rest, arena *a)
{
	size_t n = 0;
	while (n < rest.n && n < 256 && is_field_byte(rest.p[n]))
		n++;
	size_t whole = field_length(rest, n);
	if (n && rule_field_known(s, span_sub(rest, 0, whole), a))
		return whole;
	if (n < whole && rule_field_known(s, span_sub(rest, 0, n), a))
		return n;
	while (n > 0) {
		size_t dot = span_find_last(span_sub(rest, 0, n), '.');
		if (dot == SPAN_NONE)
			return 0;
		n = dot;
		if (rule_field_known(s, span_sub(rest, 0, n), a))
			return n;
	}
	return 0;
}

/* The length of transformer( before a field, any number of them. */
static size_t skip_transforms(span rest, uint32_t *ret_open)
{
	static const transform one[] = {
		TRANSFORM_TOLOWER, TRANSFORM_TOUPPER, TRANSFORM_B64, TRANSFORM_BASENAME, TRANSFORM_LEN};
	size_t at = 0, before;
	*ret_open = 0;
	do {
		before = at;
		for (size_t i = 0; i < sizeof one / sizeof *one; i++) {
			span word = span_of(transform_names[one[i]]), here = span_from(rest, at);
			if (span_starts(here, word) && span_starts(span_from(here, word.n), SPAN("("))) {
				at += word.n + 1;
				++*ret_open;
			}
		}
	} while (at > before);
	return at;
}

/* One token behind its '%': takes it off, or says what is wrong. */
static const char *check_token(const rule_set *s, span *rest, arena *a)
{
	uint32_t open;
	if (rest->n == 0)
		return "invalid formatting syntax: formatting cannot end with a %";
	while (rest->n && ascii_digit(rest->p[0]))
		*rest = span_from(*rest, 1);
	if (rest->n == 0)
		return "invalid formatting syntax: formatting cannot end with a number";
	*rest = span_from(*rest, skip_transforms(*rest, &open));
	size_t n = find_field(s, *rest, a);
	if (n == 0)
		return "unknown filter: unexpected token after '";
	*rest = span_from(*rest, n);
	for (; open; open--) {
		if (!span_starts(*rest, SPAN(")")))
			return "unknown filter: unexpected token after '";
		*rest = span_from(*rest, 1);
	}
	return NULL;
}

const char *rule_output_check(const rule_set *s, span output)
{
	arena memory = {0};
	const char *fault = output.n ? NULL : "empty formatting token";
	for (size_t at; !fault && (at = span_find_byte(output, '%')) != SPAN_NONE;) {
		output = span_from(output, at + 1);
		fault = check_token(s, &output, &memory);
		arena_clear(&memory);
	}
	arena_done(&memory);
	return fault;
}
