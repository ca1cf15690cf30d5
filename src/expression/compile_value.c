/* SPDX-License-Identifier: Apache-2.0
 *
 * The literals of a test, by the type of its left side. What Falco takes for a number, a port, an address or a network is taken
 * here, with its words for what it refuses. */
#include "expression/compile.h"

#include "base/limits.h"
#include "expression/service.h"

#include <arpa/inet.h>
#include <stdlib.h>

static int posture_number(compiler *c, const expression *x, literal *l, condition_place at)
{
	if (x->type == VALUE_TRUTH) {
		if (!span_in(l->text, "true false"))
			return compile_fail(
				c, at, "%s is true or false, not '%.*s'", x->field->name, SPAN_ARG(l->text));
		l->number = span_is(l->text, "true");
		return 0;
	}
	bool good = span_int(l->text, &l->number);
	if (!good && x->field->unit && x->left->kind == OPERAND_FIELD)
		good = x->field->unit(l->text, &l->number) >= 0;
	if (!good)
		return compile_fail(
			c, at, "%s is a number, '%.*s' is none", x->field->name, SPAN_ARG(l->text));
	return 0;
}

static int falco_truth(compiler *c, literal *l, condition_place at)
{
	if (!span_in(l->text, "true false"))
		return compile_fail(
			c, at, "filter error: unrecognized boolean value %.*s", SPAN_ARG(l->text));
	l->number = span_is(l->text, "true");
	return 0;
}

/* Blanks, a sign, digits, as 64 bits; a sign is taken before a number without one too, which then wraps around. */
static bool integer(span s, uint64_t *ret)
{
	while (s.n && ascii_space(s.p[0]))
		s = span_from(s, 1);
	bool minus = span_starts(s, SPAN("-"));
	if (minus || span_starts(s, SPAN("+")))
		s = span_from(s, 1);
	uint64_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_digit(s.p[i]) || __builtin_mul_overflow(n, 10u, &n) ||
			__builtin_add_overflow(n, (uint64_t)(s.p[i] - '0'), &n))
			return false;
	*ret = minus ? 0 - n : n;
	return s.n > 0;
}

/* The low bits of a number, in which its type is stored. */
static int64_t narrowed(uint64_t n, uint32_t bits, bool sign)
{
	if (bits == 0 || bits >= 64)
		return (int64_t)n;
	n &= ((uint64_t)1 << bits) - 1;
	return (int64_t)(sign && n >> (bits - 1) ? n | ~(((uint64_t)1 << bits) - 1) : n);
}

static int falco_number(compiler *c, const expression *x, literal *l, condition_place at)
{
	uint64_t n;
	if (!integer(l->text, &n))
		return compile_fail(c, at, "%.*s is not a valid number", SPAN_ARG(l->text));
	uint32_t bits = x->left->kind == OPERAND_FIELD ? x->field->bits : 64;
	l->number = narrowed(n, bits, x->type == VALUE_NUMBER);
	return 0;
}

static int falco_real(compiler *c, literal *l, condition_place at)
{
	char *end;
	l->real = strtod(l->text.p, &end);
	if (l->text.n == 0 || end != l->text.p + l->text.n)
		return compile_fail(c, at, "%.*s is not a valid number", SPAN_ARG(l->text));
	return 0;
}

static int falco_port(compiler *c, literal *l, condition_place at)
{
	uint64_t n = 0;
	bool digits = true;
	for (size_t i = 0; i < l->text.n; i++)
		digits &= ascii_digit(l->text.p[i]);
	if (digits && l->text.n && !integer(l->text, &n))
		return compile_fail(c, at, "%.*s is not a valid number", SPAN_ARG(l->text));
	l->number = digits ? narrowed(n, 16, false) : service_port(l->text);
	if (l->number < 0)
		return compile_fail(c, at, "unrecognized protocol %.*s", SPAN_ARG(l->text));
	return 0;
}

/* An address in words as 4 or 16 bytes on the arena; false: it is none. */
static bool address(compiler *c, span s, bool v4, span *ret)
{
	char *room = arena_alloc(c->arena, 16);
	if (inet_pton(v4 ? AF_INET : AF_INET6, arena_string(c->arena, s), room) != 1)
		return false;
	*ret = (span){room, v4 ? 4 : 16};
	return true;
}

static int falco_address(compiler *c, literal *l, condition_place at)
{
	bool v4 = span_find_byte(l->text, '.') != SPAN_NONE;
	span whole = l->text;
	if (address(c, whole, v4, &l->text))
		return 0;
	return compile_fail(c, at, "unrecognized %s address %.*s", v4 ? "IPv4" : "IPv6", SPAN_ARG(whole));
}

static int falco_net(compiler *c, literal *l, condition_place at)
{
	span whole = l->text;
	bool v4 = span_find_byte(whole, '.') != SPAN_NONE;
	size_t slash = span_find_byte(whole, '/');
	if (slash == SPAN_NONE)
		return compile_fail(c, at, v4 ? "unrecognized IP network %.*s" : "invalid v6 netmask: %.*s",
			SPAN_ARG(whole));
	if (!address(c, span_sub(whole, 0, slash), v4, &l->text))
		return compile_fail(
			c, at, "unrecognized %s address %.*s", v4 ? "IP" : "IPv6", SPAN_ARG(whole));
	span mask = span_from(whole, slash + 1);
	uint64_t bits;
	if (!integer(mask, &bits))
		return compile_fail(c, at, "%.*s is not a valid number", SPAN_ARG(mask));
	if (bits > (v4 ? 32 : 128) || (bits == 0 && !v4))
		return compile_fail(c, at, "invalid %snetmask %.*s", v4 ? "" : "v6 ", SPAN_ARG(mask));
	l->number = (int64_t)bits;
	return 0;
}

static int hex_digit(char c)
{
	char low = ascii_lower(c);
	return ascii_digit(c) ? c - '0' : low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

static int falco_hex(compiler *c, literal *l, condition_place at)
{
	char *room = arena_alloc(c->arena, l->text.n / 2 + 1);
	bool good = l->text.n && l->text.n % 2 == 0;
	for (size_t i = 0; good && i < l->text.n; i++) {
		int digit = hex_digit(l->text.p[i]);
		good = digit >= 0;
		room[i / 2] = (char)(room[i / 2] << 4 | (digit & 15));
	}
	if (!good)
		return compile_fail(
			c, at, "filter error: bcontains and bstartswith operator support hex strings only");
	l->text = (span){room, l->text.n / 2};
	return 0;
}

static int falco_bytes(compiler *c, const expression *x, literal *l, condition_place at)
{
	return x->op == OP_BCONTAINS || x->op == OP_BSTARTSWITH ? falco_hex(c, l, at) : 0;
}

static int falco_text(compiler *c, const expression *x, const literal *l, condition_place at)
{
	if (span_find_byte(l->text, 0) != SPAN_NONE)
		return compile_fail(c, at, "filter error: filter value cannot contain a NUL byte (\\x00)");
	if (x->left->kind == OPERAND_FIELD && x->field->known && !x->field->known(l->text))
		return compile_fail(c, at, "%s %.*s", x->field->unknown, SPAN_ARG(l->text));
	return 0;
}

static int falco_literal(compiler *c, const expression *x, literal *l, condition_place at)
{
	switch (x->type) {
	case VALUE_TRUTH:
		return falco_truth(c, l, at);
	case VALUE_NUMBER:
	case VALUE_UNSIGNED:
		return falco_number(c, x, l, at);
	case VALUE_PORT:
		return falco_port(c, l, at);
	case VALUE_REAL:
		return falco_real(c, l, at);
	case VALUE_ADDRESS:
		return falco_address(c, l, at);
	case VALUE_NET:
		return falco_net(c, l, at);
	case VALUE_BYTES:
		return falco_bytes(c, x, l, at);
	case VALUE_TEXT:
		return falco_text(c, x, l, at);
	case VALUE_OPAQUE:
		break;
	}
	return 0;
}

static int literal_add(compiler *c, expression *x, span text, condition_place at)
{
	literal l = {.text = arena_copy(c->arena, text)};
	if (c->falco)
		TRY(falco_literal(c, x, &l, at));
	else if (x->type != VALUE_TEXT)
		TRY(posture_number(c, x, &l, at));
	if (x->op == OP_REGEX && match_compile_regex(text, c->falco, c->arena, &l.regex, c->error) < 0) {
		error why = *c->error;
		return compile_fail(c, at, "%s", why.text);
	}
	list_push(c->arena, &x->values, l);
	if (x->values.count > LIMIT_EXPRESSION_NODES)
		return compile_fail(c, at, "the list has more than %d values", LIMIT_EXPRESSION_NODES);
	return 0;
}

/* A value: a literal, or the name of a list (Falco's lists are written out before conditions are read). */
static int compile_value(compiler *c, expression *x, const condition *value, condition_place at, int depth)
{
	bool name = !c->falco && !value->quoted && c->words->list;
	const char *text = name ? c->words->list(c->words->of, value->text) : NULL;
	if (!text)
		return literal_add(c, x, value->text, at);
	if (depth > LIMIT_EXPANSION_DEPTH)
		return compile_fail(c, at, "list '%.*s' contains itself", SPAN_ARG(value->text));
	const condition *list;
	if (condition_parse_list(span_of(text), c->arena, &list, c->error) < 0) {
		c->error->line = at.line;
		c->error->column = at.column;
		return error_wrap(c->error, "in list %.*s", SPAN_ARG(value->text));
	}
	for (uint32_t i = 0; i < list->parts.count; i++)
		TRY(compile_value(c, x, list->parts.items[i], at, depth + 1));
	return 0;
}

int compile_values(compiler *c, expression *x, const condition *right)
{
	if (right->kind == CONDITION_VALUE)
		return compile_value(c, x, right, right->place, 0);
	for (uint32_t i = 0; i < right->parts.count; i++)
		TRY(compile_value(c, x, right->parts.items[i], right->parts.items[i]->place, 0));
	return 0;
}

/* Whether a prefix of pmatch is only names: then it needs no globs. The root has none. */
static bool plain_path(span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (strchr("*?[\\", s.p[i]) || (s.p[i] == '/' && i + 1 < s.n && s.p[i + 1] == '/'))
			return false;
	return s.n > 1 && span_starts(s, SPAN("/"));
}

static bool set_mode(const expression *x, text_set_mode *ret)
{
	if (x->op == OP_STARTSWITH)
		*ret = TEXT_SET_PREFIX;
	else if (x->op == OP_ENDSWITH)
		*ret = TEXT_SET_SUFFIX;
	else if (x->op == OP_PMATCH)
		*ret = TEXT_SET_PATH;
	else if (x->op == OP_EQUAL || x->op == OP_NOT_EQUAL || x->op == OP_IN || x->op == OP_INTERSECTS)
		*ret = TEXT_SET_EQUAL;
	else
		return false;
	for (uint32_t i = 0; x->op == OP_PMATCH && i < x->values.count; i++)
		if (!x->falco || !plain_path(x->values.items[i].text))
			return false;
	return true;
}

void expression_index(expression *x, arena *a)
{
	enum { WORTH = 4 }; /* comparing with fewer costs less than hashing */
	text_set_mode mode;
	if (x->type != VALUE_TEXT || x->modifier || x->values.count < WORTH || !set_mode(x, &mode))
		return;
	span *texts = ARENA_ARRAY(a, span, x->values.count);
	for (uint32_t i = 0; i < x->values.count; i++)
		texts[i] = x->values.items[i].text;
	x->set = text_set_new(mode, texts, x->values.count, a);
}
