/* SPDX-License-Identifier: Apache-2.0
 *
 * Values of keys in rule files: texts, truths, numbers, lists of texts, with the words in which Falco refuses others. Its YAML library
 * knows no types, so 0755 is a text like any other, and "yes" in quotes is a truth. */
#include "watch/rule_set.h"

static const char structure[] = "LOAD_ERR_YAML_VALIDATE";

/* The text of a scalar; at ("value for" the key) is made only when it is none. */
static int scalar_text(const rule_set *s, const node *item, const char *key, bool needed, const rule_at *at,
	span *ret, bool *ret_given)
{
	const node *n = node_get(item, key);
	*ret_given = n;
	if (!n && !needed)
		return 0;
	if (!n)
		return rule_fail(s, structure, at, "Item has no mapping for key '%s'", key);
	if (n->kind == NODE_NULL)
		return rule_fail(s, structure, at, "Mapping for key '%s' is empty", key);
	const char *fault = !node_is_scalar(n)    ? "Value is not a scalar value"
			    : node_text(n).n == 0 ? "Value must be non-empty"
						  : NULL;
	if (fault)
		return rule_fail(
			s, structure, rule_at_node(s, at, "value for", span_of(key), n), "%s", fault);
	*ret = node_text(n);
	return 0;
}

int rule_value_text(const rule_set *s, const node *item, const char *key, const rule_at *at, span *ret)
{
	bool given;
	return scalar_text(s, item, key, true, at, ret, &given);
}

int rule_value_maybe_text(const rule_set *s, const node *item, const char *key, const rule_at *at, span *ret)
{
	bool given;
	return scalar_text(s, item, key, false, at, ret, &given);
}

static int not_decoded(const rule_set *s, const node *item, const char *key, const rule_at *at)
{
	return rule_fail(s, structure, rule_at_node(s, at, "value for", span_of(key), node_get(item, key)),
		"Can't decode YAML scalar value");
}

/* In small letters, in capitals, or with one capital at the start. */
static bool cased(span s, const char *word)
{
	bool same = span_is_fold(s, word), small = true, capital = true;
	for (size_t i = 1; same && i < s.n; i++) {
		small &= s.p[i] == ascii_lower(s.p[i]);
		capital &= s.p[i] == ascii_upper(s.p[i]);
	}
	return same && (small || (capital && s.p[0] == ascii_upper(s.p[0])));
}

int rule_value_truth(const rule_set *s, const node *item, const char *key, const rule_at *at, bool *ret)
{
	static const char *const words[][2] = {{"n", "y"}, {"no", "yes"}, {"off", "on"}, {"false", "true"}};
	span value;
	bool given;
	TRY(scalar_text(s, item, key, false, at, &value, &given));
	if (!given)
		return 0;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		for (int truth = 0; truth < 2; truth++)
			if (cased(value, words[i][truth])) {
				*ret = truth;
				return 0;
			}
	return not_decoded(s, item, key, at);
}

int rule_value_number(const rule_set *s, const node *item, const char *key, const rule_at *at, uint32_t *ret)
{
	span value;
	bool given;
	int64_t n;
	TRY(scalar_text(s, item, key, false, at, &value, &given));
	if (!given)
		return 0;
	if (!span_int(value, &n) || n < 0 || n > UINT32_MAX)
		return not_decoded(s, item, key, at);
	*ret = (uint32_t)n;
	return 0;
}

int rule_value_list(const rule_set *s, const node *item, const char *key, bool needed, const rule_at *at,
	int (*take)(const rule_set *s, void *into, span value, const rule_at *at), void *into)
{
	const node *n = node_get(item, key);
	if (!n && !needed)
		return 0;
	if (!n)
		return rule_fail(s, structure, at, "Item has no mapping for key '%s'", key);
	if (!node_is_list(n))
		return rule_fail(s, structure, rule_at_node(s, at, "value for", span_of(key), n),
			"Value is not a sequence");
	for (uint32_t i = 0; i < n->count; i++) {
		if (!node_is_scalar(n->items[i])) {
			const rule_at *list = rule_at_node(s, at, "value for", span_of(key), n);
			return rule_fail(s, structure,
				rule_at_node(s, list, "list item", (span){0}, n->items[i]),
				"sequence value is not scalar");
		}
		TRY(take(s, into, node_text(n->items[i]), at));
	}
	return 0;
}

void rule_value_unknown(const rule_set *s, const node *item, const char *known, const rule_at *at)
{
	for (uint32_t i = 0; i < item->count; i++) {
		const node *key = item->members[i].key;
		if (!span_in(key->value, known))
			rule_warn(s, "LOAD_UNKNOWN_KEY", rule_at_node(s, at, "value for", key->value, key),
				"Unknown key '%.*s'", RULE_NAME(key->value));
	}
}
