/* SPDX-License-Identifier: Apache-2.0
 *
 * Words: quotes, escapes, expansions. A value stays a part of the text as long as what is left of the word is one piece. */
#include "base/limits.h"
#include "formats/shell_parse.h"

enum {
	NEST = 4 * LIMIT_SHELL_DEPTH,
	ARITHMETIC_BYTES = 4096 /* looked ahead: `$((` may also be a subshell */
};

typedef struct value {
	const char *p;
	char *own; /* = p once it is a copy */
	size_t n, room;
} value;

typedef struct reading {
	shell_parser *p;
	value value;
	bool quoted, dynamic;
	bool brace, comma; /* {a,b} */
	bool bracket;      /* [ab] */
} reading;

static void value_own(arena *a, value *v, size_t n)
{
	if (v->own && v->n + n <= v->room)
		return;
	v->room = (v->n + n) * 2;
	char *more = arena_alloc(a, v->room);
	if (v->n)
		memcpy(more, v->p, v->n);
	v->p = v->own = more;
}

static void value_add(reading *r, span s)
{
	value *v = &r->value;
	if (s.n == 0)
		return;
	if (v->n == 0 && !v->own) {
		v->p = s.p;
		v->n = s.n;
	} else if (!v->own && v->p + v->n == s.p) {
		v->n += s.n;
	} else {
		value_own(r->p->arena, v, s.n);
		memcpy(v->own + v->n, s.p, s.n);
		v->n += s.n;
	}
}

static void byte_add(reading *r)
{
	shell_parser *p = r->p;
	value_add(r, span_sub(p->text, p->at, 1));
	p->at++;
}

static bool nest_enter(shell_parser *p)
{
	if (p->nest < NEST) {
		p->nest++;
		return true;
	}
	shell_give_up(p);
	return false;
}

/* --- expansions; all move p->at behind themselves --- */

static void dollar_skip(shell_parser *p);
static void double_skip(shell_parser *p);

static void single_skip(shell_parser *p)
{
	while (p->at < p->end && shell_peek(p, 0) != '\'')
		p->at++;
	if (p->at < p->end)
		p->at++;
	else
		p->script->unbalanced = true;
}

static void escape_skip(shell_parser *p)
{
	p->at += p->at + 1 < p->end ? 2 : 1;
}

static void backtick_skip(shell_parser *p)
{
	size_t start = p->at++, close = p->at;
	while (close < p->end && p->text.p[close] != '`')
		close += p->text.p[close] == '\\' && close + 1 < p->end ? 2 : 1;
	if (close >= p->end) {
		close = p->end;
		p->script->unbalanced = true;
	}
	shell_range_read(p, SHELL_SUBSTITUTION, start, close);
	if (p->at < p->end)
		p->at++;
}

static bool expansion_skip(shell_parser *p)
{
	char c = shell_peek(p, 0);
	if (c == '$')
		dollar_skip(p);
	else if (c == '`')
		backtick_skip(p);
	else if (c == '\\')
		escape_skip(p);
	else
		return false;
	return true;
}

/* ${ … }, p->at behind the brace. */
static void braces_skip(shell_parser *p)
{
	if (!nest_enter(p))
		return;
	while (p->at < p->end && shell_peek(p, 0) != '}') {
		char c = shell_peek(p, 0);
		if (expansion_skip(p))
			continue;
		p->at++;
		if (c == '"')
			double_skip(p);
	}
	if (p->at < p->end)
		p->at++;
	else
		p->script->unbalanced = true;
	p->nest--;
}

/* Up to the closing double quote, p->at behind the opening one. */
static void double_skip(shell_parser *p)
{
	if (!nest_enter(p))
		return;
	while (p->at < p->end && shell_peek(p, 0) != '"')
		if (!expansion_skip(p))
			p->at++;
	if (p->at < p->end)
		p->at++;
	else
		p->script->unbalanced = true;
	p->nest--;
}

bool shell_arithmetic(shell_parser *p)
{
	size_t depth = 2, i = p->at,
	       end = p->end - p->at > ARITHMETIC_BYTES ? p->at + ARITHMETIC_BYTES : p->end;
	for (; i < end; i++) {
		char c = p->text.p[i];
		if (c == '(')
			depth++;
		if (c == '\n' && depth == 2 && i + 1 < end && p->text.p[i + 1] == '\n')
			return false;
		if (c == ')' && --depth == 1) {
			if (i + 1 >= end || p->text.p[i + 1] != ')')
				return false;
			break;
		}
	}
	if (i >= end)
		return false;
	/* Commands inside are still commands. */
	while (p->at < i)
		if (!expansion_skip(p))
			p->at++;
	p->at = p->at > i + 2 || p->stuck ? p->at : i + 2;
	return true;
}

static bool name_byte(char c)
{
	return ascii_alpha(c) || ascii_digit(c) || c == '_';
}

static void parens_or_arithmetic(shell_parser *p, size_t start)
{
	if (shell_peek(p, 0) == '(') {
		p->at++;
		if (shell_arithmetic(p))
			return;
		p->at--;
	}
	shell_parens_read(p, SHELL_SUBSTITUTION, start);
}

/* Whether an expansion begins at the dollar. */
static bool dollar_expands(const shell_parser *p)
{
	char c = shell_peek(p, 1);
	return c && (name_byte(c) || strchr("({@*#?-$!", c));
}

static void dollar_skip(shell_parser *p)
{
	size_t start = p->at++;
	char c = shell_peek(p, 0);
	if (c == '(') {
		p->at++;
		parens_or_arithmetic(p, start);
	} else if (c == '{') {
		p->at++;
		braces_skip(p);
	} else if (c && strchr("@*#?-$!", c)) {
		p->at++;
	} else {
		while (name_byte(shell_peek(p, 0)))
			p->at++;
	}
}

/* --- the parts of a word --- */

static void expansion_add(reading *r)
{
	size_t start = r->p->at;
	if (shell_peek(r->p, 0) == '`' || dollar_expands(r->p))
		r->dynamic = true;
	expansion_skip(r->p);
	value_add(r, shell_part(r->p, start));
}

static void single_add(reading *r)
{
	size_t start = ++r->p->at;
	r->quoted = true;
	single_skip(r->p);
	span content = shell_part(r->p, start);
	if (content.n && content.p[content.n - 1] == '\'')
		content.n--;
	value_add(r, content);
}

/* Inside double quotes the backslash is taken off before $ ` " \ and joins lines. */
static void double_escape_add(reading *r)
{
	char next = shell_peek(r->p, 1);
	if (next == '\n') {
		r->p->at += 2;
		return;
	}
	if (next && strchr("$`\"\\", next))
		r->p->at++;
	byte_add(r);
}

static void double_add(reading *r)
{
	shell_parser *p = r->p;
	p->at++;
	r->quoted = true;
	while (p->at < p->end && shell_peek(p, 0) != '"') {
		char c = shell_peek(p, 0);
		if (c == '\\')
			double_escape_add(r);
		else if (c == '$' || c == '`')
			expansion_add(r);
		else
			byte_add(r);
	}
	if (p->at < p->end)
		p->at++;
	else
		p->script->unbalanced = true;
}

static char ansi_escape(char c)
{
	switch (c) {
	case 'n':
		return '\n';
	case 't':
		return '\t';
	case 'r':
		return '\r';
	case 'e':
		return '\033';
	default:
		return c;
	}
}

/* $'…': the common escapes; numeric ones stay without their backslash. */
static void ansi_add(reading *r)
{
	shell_parser *p = r->p;
	p->at += 2;
	r->quoted = true;
	while (p->at < p->end && shell_peek(p, 0) != '\'') {
		if (shell_peek(p, 0) == '\\' && p->at + 1 < p->end) {
			char c = ansi_escape(shell_peek(p, 1));
			value_own(p->arena, &r->value, 1);
			r->value.own[r->value.n++] = c;
			p->at += 2;
		} else {
			byte_add(r);
		}
	}
	if (p->at < p->end)
		p->at++;
	else
		p->script->unbalanced = true;
}

static void escape_add(reading *r)
{
	shell_parser *p = r->p;
	p->at++;
	if (shell_peek(p, 0) == '\n') {
		p->at++;
		return;
	}
	r->quoted = true;
	if (p->at < p->end)
		byte_add(r);
}

void shell_array_read(shell_parser *p)
{
	shell_word element;
	if (!nest_enter(p))
		return;
	for (;;) {
		shell_gaps(p);
		if (p->at >= p->end || shell_peek(p, 0) == ')')
			break;
		size_t before = p->at;
		shell_word_read(p, &element);
		if (p->at == before)
			p->at++;
	}
	if (p->at < p->end)
		p->at++;
	else
		p->script->unbalanced = true;
	p->nest--;
}

/* a=(…) behind local and export, and bash's @(a|b) patterns. */
static bool parens_add(reading *r, size_t start)
{
	shell_parser *p = r->p;
	if (p->at == start)
		return false;
	char before = p->text.p[p->at - 1];
	if (!strchr("=@*+?!", before))
		return false;
	size_t from = p->at++;
	shell_array_read(p);
	r->dynamic = true;
	value_add(r, shell_part(p, from));
	return true;
}

static bool process_add(reading *r)
{
	shell_parser *p = r->p;
	if (shell_peek(p, 1) != '(')
		return false;
	size_t start = p->at;
	p->at += 2;
	r->dynamic = true;
	shell_parens_read(p, SHELL_PROCESS, start);
	value_add(r, shell_part(p, start));
	return true;
}

static void plain_add(reading *r, size_t start)
{
	char c = shell_peek(r->p, 0);
	if (c == '*' || c == '?' || (c == ']' && r->bracket) || (c == '~' && r->p->at == start))
		r->dynamic = true;
	if (c == '[')
		r->bracket = true;
	if (c == '{')
		r->brace = true;
	if (r->brace && (c == ',' || (c == '.' && shell_peek(r->p, 1) == '.')))
		r->comma = true;
	if (c == '}' && r->comma)
		r->dynamic = true;
	byte_add(r);
}

static bool part_add(reading *r, size_t start)
{
	shell_parser *p = r->p;
	char c = shell_peek(p, 0), next = shell_peek(p, 1);
	if (c == '(')
		return parens_add(r, start);
	if (c == '<' || c == '>')
		return process_add(r);
	if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ';' || c == '&' || c == '|' || c == ')')
		return false;
	if (c == '\'')
		single_add(r);
	else if (c == '"')
		double_add(r);
	else if (c == '\\')
		escape_add(r);
	else if (c == '$' && next == '\'')
		ansi_add(r);
	else if (c == '$' && next == '"')
		p->at++;
	else if (c == '$' || c == '`')
		expansion_add(r);
	else
		plain_add(r, start);
	return true;
}

void shell_word_read(shell_parser *p, shell_word *ret)
{
	reading r = {.p = p};
	size_t start = p->at;
	while (p->at < p->end && part_add(&r, start))
		continue;
	ret->source = shell_part(p, start);
	ret->value = r.value.n ? (span){r.value.p, r.value.n} : span_sub(p->text, start, 0);
	ret->quoted = r.quoted;
	ret->dynamic = r.dynamic;
}

void shell_body_read(shell_parser *p)
{
	while (p->at < p->end)
		if (!expansion_skip(p))
			p->at++;
}
