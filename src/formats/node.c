/* SPDX-License-Identifier: Apache-2.0
 *
 * Looking things up in trees. Maps are searched from front to back: honest ones have few keys. */
#include "formats/node.h"

const member *node_member(const node *map, const char *key)
{
	if (!node_is_map(map))
		return NULL;
	span want = span_of(key);
	for (uint32_t i = 0; i < map->count; i++)
		if (span_equal(map->members[i].key->value, want))
			return &map->members[i];
	return NULL;
}

node *node_get(const node *map, const char *key)
{
	const member *found = node_member(map, key);
	return found ? found->value : NULL;
}

bool node_key_is(const node *key, span part)
{
	size_t at = 0;
	for (size_t i = 0; i < part.n; i++, at++) {
		char c = part.p[i];
		if (c == '~' && i + 1 < part.n && (part.p[i + 1] == '0' || part.p[i + 1] == '1'))
			c = part.p[++i] == '0' ? '~' : '/';
		if (at >= key->value.n || key->value.p[at] != c)
			return false;
	}
	return at == key->value.n;
}

static node *step_into(const node *n, span part)
{
	if (node_is_map(n)) {
		for (uint32_t i = 0; i < n->count; i++)
			if (node_key_is(n->members[i].key, part))
				return n->members[i].value;
		return NULL;
	}
	int64_t at;
	if (!node_is_list(n) || !span_int(part, &at) || at < 0 || at >= n->count)
		return NULL;
	return n->items[at];
}

node *node_path(const node *root, const char *path)
{
	span rest = span_of(path), part;
	const node *n = root;
	while (n && span_cut(&rest, '/', &part))
		n = step_into(n, part);
	return (node *)n;
}

bool node_is_map(const node *n)
{
	return n && n->kind == NODE_MAP;
}

bool node_is_list(const node *n)
{
	return n && n->kind == NODE_LIST;
}

bool node_is_scalar(const node *n)
{
	return n && (n->kind == NODE_BOOL || n->kind == NODE_NUMBER || n->kind == NODE_STRING);
}

span node_text(const node *n)
{
	return node_is_scalar(n) ? n->value : (span){0};
}

int node_truth(const node *n)
{
	span text = node_text(n);
	if (!n || n->kind == NODE_NUMBER || text.n == 0)
		return -1;
	if (span_is_fold(text, "true"))
		return 1;
	if (span_is_fold(text, "false"))
		return 0;
	if (n->kind != NODE_BOOL)
		return -1;
	return span_is_fold(text, "yes") || span_is_fold(text, "on");
}

static int digit_of(char c)
{
	if (ascii_digit(c))
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

/* Takes 0x, 0o, 0b or a leading 0 off the digits and says what base they are in. */
static int base_of(span *digits)
{
	if (digits->n < 2 || digits->p[0] != '0')
		return 10;
	char mark = ascii_lower(digits->p[1]);
	bool named = mark == 'x' || mark == 'o' || mark == 'b';
	*digits = span_from(*digits, named ? 2 : 1);
	return mark == 'x' ? 16 : mark == 'b' ? 2 : 8;
}

static bool whole_number(span digits, int64_t *ret)
{
	bool negative = digits.p[0] == '-';
	if (negative || digits.p[0] == '+')
		digits = span_from(digits, 1);
	int base = base_of(&digits);
	bool any = false;
	int64_t value = 0;
	for (size_t i = 0; i < digits.n; i++) {
		if (digits.p[i] == '_')
			continue;
		int digit = digit_of(digits.p[i]);
		if (digit >= base || __builtin_mul_overflow(value, base, &value) ||
			__builtin_sub_overflow(
				value, digit, &value)) /* counted down: the least int64 has no positive */
			return false;
		any = true;
	}
	if (!any || (!negative && __builtin_sub_overflow(0, value, &value)))
		return false;
	*ret = value;
	return true;
}

bool node_int(const node *n, int64_t *ret)
{
	span text = node_text(n);
	if (text.n == 0)
		return false;
	if (n->kind == NODE_STRING)
		return span_int(text, ret);
	return n->kind == NODE_NUMBER && whole_number(text, ret);
}
