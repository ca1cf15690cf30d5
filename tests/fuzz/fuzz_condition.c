/* SPDX-License-Identifier: Apache-2.0
 *
 * Conditions from anybody, in both dialects: a fault lies inside the text; what was read, printed exactly and read again gives the
 * same tree; which events it leaves can be asked. */
#include "expression/condition.h"
#include "expression/event_set.h"
#include "fuzz.h"

static bool same(const condition *a, const condition *b)
{
	if (!a || !b)
		return a == b;
	if (a->kind != b->kind || a->op != b->op || a->modifier != b->modifier || a->indexed != b->indexed ||
		a->transform != b->transform || a->parts.count != b->parts.count ||
		!span_equal(a->text, b->text) || !span_equal(a->index, b->index) || !same(a->left, b->left) ||
		!same(a->right, b->right))
		return false;
	for (uint32_t i = 0; i < a->parts.count; i++)
		if (!same(a->parts.items[i], b->parts.items[i]))
			return false;
	return true;
}

static void read_again(const condition *tree, const condition_options *options, arena *a)
{
	auto_buffer out = {0};
	const condition *again;
	condition_fault fault;
	error e;
	condition_print(tree, true, &out);
	/* An and (or or) in parentheses within another is a level more than it was. */
	condition_options deeper = *options;
	deeper.depth *= 8;
	FUZZ_HOLDS(condition_parse(buffer_span(&out), &deeper, a, &again, &fault, &e) == 0);
	FUZZ_HOLDS(same(tree, again));
}

static void read_as(span bytes, const condition_options *options)
{
	arena a = {0};
	const condition *tree;
	condition_fault fault = {0};
	event_set events;
	error e = {0};
	if (condition_parse(bytes, options, &a, &tree, &fault, &e) < 0) {
		FUZZ_HOLDS(fault.text.n && e.text[0] && fault.place.at <= bytes.n && fault.place.line > 0 &&
			   fault.place.column > 0);
	} else {
		read_again(tree, options, &a);
		if (event_set_of(tree, &events, &e) == 0)
			FUZZ_HOLDS(event_set_count(&events) <= event_code_count());
	}
	arena_done(&a);
}

FUZZ(bytes)
{
	if (bytes.n > 1 << 16)
		return;
	read_as(bytes, &(condition_options){.depth = 100});
	read_as(bytes, &(condition_options){.posture = true, .depth = 64});
}
