/* SPDX-License-Identifier: Apache-2.0
 *
 * The two sides of a test: fields, transformers with their arguments, texts, numbers and lists. */
#include "expression/condition_parse.h"

const char *const transform_names[TRANSFORM_COUNT] = {
	"val", "tolower", "toupper", "b64", "basename", "len", "join", "concat", "getopt", "known"};

static bool transform_usable(const scanner *s, transform t)
{
	return s->options.posture || t != TRANSFORM_KNOWN;
}

static int new_text(
	scanner *s, condition_kind kind, condition_place at, span text, bool quoted, condition **ret)
{
	TRY(condition_new(s, kind, at, ret));
	(*ret)->text = text;
	(*ret)->quoted = quoted;
	return 1;
}

/* [argument], without blanks before or in it. */
static int parse_index(scanner *s, condition *of)
{
	if (!scan_word(s, "["))
		return 0;
	int quoted = scan_quoted(s, &of->index);
	TRY(quoted);
	if (!quoted && !scan_bare_index(s, &of->index))
		return scan_fail(s, "expected a valid field argument: a quoted string or a bare string");
	of->indexed = true;
	return scan_word(s, "]") ? 0 : scan_fail(s, "expected a ']' token");
}

static int parse_field(scanner *s, condition_place at, condition **ret)
{
	span name;
	if (!scan_field_name(s, &name))
		return 0;
	TRY(new_text(s, CONDITION_FIELD, at, name, false, ret));
	TRY(parse_index(s, *ret));
	return 1;
}

/* The same where a rule of posture may name a field without a dot. */
static int parse_any_field(scanner *s, condition_place at, condition **ret)
{
	int found = parse_field(s, at, ret);
	span name;
	if (found != 0 || !s->options.posture || !scan_name(s, &name))
		return found;
	return new_text(s, CONDITION_FIELD, at, name, false, ret);
}

/* A transformer's name with its parenthesis; TRANSFORM_NONE when none stands here. */
static transform take_transform(scanner *s, bool val)
{
	span rest = scan_rest(s);
	for (transform t = val ? TRANSFORM_VAL : TRANSFORM_VAL + 1; t < TRANSFORM_COUNT; t++) {
		span name = span_of(transform_names[t]);
		if (!transform_usable(s, t) || !span_starts(rest, name) ||
			!span_starts(span_from(rest, name.n), SPAN("(")))
			continue;
		scan_skip(s, name.n);
		scan_word(s, "(");
		return t;
	}
	return TRANSFORM_NONE;
}

static int parse_transform(scanner *s, condition_place at, bool val, condition **ret);

/* What may stand in a list of arguments, and as an argument. */
static int parse_item(scanner *s, condition_place at, condition **ret)
{
	int found = parse_field(s, at, ret);
	if (found == 0)
		found = parse_transform(s, at, false, ret);
	if (found == 0)
		found = s->options.posture ? parse_any_field(s, at, ret) : 0;
	if (found != 0)
		return found;
	span text;
	found = scan_quoted(s, &text);
	TRY(found);
	if (!found && !scan_number(s, &text))
		return 0;
	return new_text(s, CONDITION_VALUE, at, text, found, ret);
}

/* "(" was taken. Every item has the place of the list. */
static int parse_transform_list(scanner *s, condition_place at, condition **ret)
{
	TRY(condition_deeper(s));
	TRY(condition_new(s, CONDITION_TRANSFORM_LIST, at, ret));
	scan_blank(s);
	bool ends = span_starts(scan_rest(s), SPAN(")"));
	while (!ends) {
		condition *item;
		scan_blank(s);
		int found = parse_item(s, at, &item);
		TRY(found);
		if (!found)
			return scan_fail(s,
				"expected transformer list argument: field, transformer, quoted string, or number");
		list_push(s->arena, &(*ret)->parts, item);
		scan_blank(s);
		ends = !scan_word(s, ",");
	}
	s->depth--;
	return scan_word(s, ")") ? 1 : scan_fail(s, "expected a ')' token closing the transformer list");
}

/* The place of an argument is where the comma before it ends; that of the first is where it stands. */
static int parse_arguments(scanner *s, condition *transform)
{
	scan_blank(s);
	do {
		condition *argument;
		condition_place at = s->now;
		scan_blank(s);
		int found = scan_word(s, "(") ? parse_transform_list(s, at, &argument)
					      : parse_item(s, at, &argument);
		TRY(found);
		if (!found)
			return scan_fail(s,
				"expected field transformer argument: field, transformer, quoted string, "
				"number, or transformer list");
		list_push(s->arena, &transform->parts, argument);
		scan_blank(s);
	} while (scan_word(s, ","));
	return 0;
}

static int parse_val(scanner *s, condition *transform)
{
	condition *field;
	scan_blank(s);
	int found = parse_any_field(s, s->now, &field);
	TRY(found);
	if (!found)
		return scan_fail(
			s, "expected a field within '%s' transformer", transform_names[transform->transform]);
	list_push(s->arena, &transform->parts, field);
	scan_blank(s);
	return 0;
}

static int parse_transform(scanner *s, condition_place at, bool val, condition **ret)
{
	transform t = take_transform(s, val);
	if (t == TRANSFORM_NONE)
		return 0;
	condition *made;
	TRY(condition_deeper(s));
	TRY(condition_new(s, CONDITION_TRANSFORM, at, &made));
	made->transform = t;
	TRY(t == TRANSFORM_VAL || t == TRANSFORM_KNOWN ? parse_val(s, made) : parse_arguments(s, made));
	if (!scan_word(s, ")"))
		return scan_fail(s, "expected a ')' token closing the transformer");
	s->depth--;
	TRY(parse_index(s, made));
	*ret = made;
	return 1;
}

int condition_left(scanner *s, condition_place at, condition **ret)
{
	int found = parse_field(s, at, ret);
	return found ? found : parse_transform(s, at, false, ret);
}

static int parse_text(scanner *s, condition **ret)
{
	condition_place at = s->now;
	span text;
	int quoted = scan_quoted(s, &text);
	TRY(quoted);
	return quoted || scan_bare(s, &text) ? new_text(s, CONDITION_VALUE, at, text, quoted, ret) : 0;
}

static int parse_number(scanner *s, condition **ret)
{
	condition_place at = s->now;
	span number;
	return scan_number(s, &number) ? new_text(s, CONDITION_VALUE, at, number, false, ret) : 0;
}

int condition_values(scanner *s, char end, condition *into)
{
	scan_blank(s);
	span rest = scan_rest(s);
	if (end ? rest.n && rest.p[0] == end : rest.n == 0)
		return 0;
	do {
		condition *value;
		scan_blank(s);
		int found = parse_text(s, &value);
		TRY(found);
		if (!found)
			return scan_fail(s, "expected a string value");
		list_push(s->arena, &into->parts, value);
		scan_blank(s);
	} while (scan_word(s, ","));
	return 0;
}

/* ( values ); 0 when there is no parenthesis. */
static int parse_list(scanner *s, condition **ret)
{
	condition_place at = s->now;
	if (!scan_word(s, "("))
		return 0;
	TRY(condition_new(s, CONDITION_LIST, at, ret));
	TRY(condition_values(s, ')', *ret));
	return scan_word(s, ")") ? 1 : scan_fail(s, "expected a ')' token");
}

static int parse_list_name(scanner *s, condition **ret)
{
	condition_place at = s->now;
	span name;
	return scan_name(s, &name) ? new_text(s, CONDITION_VALUE, at, name, false, ret) : 0;
}

static int fail_side(scanner *s, const char *what)
{
	auto_buffer words = {0};
	for (transform t = 0; t < TRANSFORM_COUNT; t++)
		if (transform_usable(s, t))
			buffer_format(&words, "%s'%s'", t ? ", " : "", transform_names[t]);
	return scan_fail(
		s, "expected %s a field with a valid transformer: %.*s", what, SPAN_ARG(buffer_span(&words)));
}

int condition_right(scanner *s, op o, condition **ret)
{
	op_class kind = op_rows[o].kind;
	int found = kind == OP_CLASS_LIST ? parse_list(s, ret) : 0;
	if (found == 0)
		found = parse_transform(s, s->now, true, ret);
	if (found != 0)
		return found < 0 ? found : 0;
	/* In rules of posture the field says what units its numbers may have. */
	if (kind == OP_CLASS_NUMBER && !s->options.posture)
		found = parse_number(s, ret);
	else
		found = kind == OP_CLASS_LIST ? parse_list_name(s, ret) : parse_text(s, ret);
	if (found != 0)
		return found < 0 ? found : 0;
	return fail_side(s, kind == OP_CLASS_NUMBER ? "a number value or"
			    : kind == OP_CLASS_TEXT ? "a string value or"
						    : "a list, an identifier, or");
}

/* A modifier is one only when a list or the name of one follows after a blank; otherwise it is a text like any other. */
int condition_modified(scanner *s, modifier *ret_modifier, condition **ret)
{
	for (modifier m = MODIFIER_ONEOF; m < MODIFIER_COUNT; m++) {
		scanner ahead = *s;
		if (!scan_word(&ahead, modifier_names[m]) || !scan_blank(&ahead))
			continue;
		scanner name = ahead;
		span word;
		bool named = scan_name(&name, &word) && !span_is(word, "and") && !span_is(word, "or");
		if (!named && !span_starts(scan_rest(&ahead), SPAN("(")))
			continue;
		*s = ahead;
		*ret_modifier = m;
		int found = parse_list(s, ret);
		return found ? found : parse_list_name(s, ret);
	}
	return 0;
}
