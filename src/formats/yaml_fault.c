/* SPDX-License-Identifier: Apache-2.0
 *
 * A table from what libyaml says to what is wrong. */
#include "formats/yaml_fault.h"

static const struct row {
	const char *context, *problem; /* how libyaml's words start; "" = any */
	const char *message;
	bool opening; /* the fault is where the construct begins, not where libyaml noticed */
} rows[] = {
	{"while scanning a quoted scalar", "", "this quote is never closed", true},
	{"while scanning a block scalar", "found a tab", "tab used for indentation", false},
	{"", "found a tab character", "tab used for indentation", false},
	{"", "mapping values are not allowed",
		"a 'key: value' is not allowed here: quote a value that holds ': ', or check the indentation",
		false},
	{"", "did not find expected key", "a key was expected here; check the indentation", false},
	{"", "did not find expected '-' indicator", "a '-' was expected here; check the indentation", false},
	{"", "could not find expected ':'", "this line has no ':' after its key", true},
	{"", "did not find expected ',' or ']'", "this '[' is never closed, or a ',' is missing inside",
		true},
	{"", "did not find expected ',' or '}'", "this '{' is never closed, or a ',' is missing inside",
		true},
	{"", "did not find expected <document start>", "a new document ('---') or the end was expected here",
		false},
	{"", "did not find expected node content", "a value was expected here", false},
	{"", "block sequence entries are not allowed", "a list item ('- ') is not allowed here", false},
	{"", "found undefined tag handle", "this tag's prefix is not declared", true},
	{"", "found unknown escape character", "an unknown escape in a quoted string", false},
};

static const struct row *row_of(span context, span problem)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (span_starts(context, span_of(rows[i].context)) &&
			span_starts(problem, span_of(rows[i].problem)))
			return &rows[i];
	return NULL;
}

/* "found character that cannot start any token" */
static const char *explain_character(char c, arena *a)
{
	if (c == '\t')
		return "tab used for indentation";
	return arena_format(a, "a value cannot start with '%c'; quote it", c).p;
}

static uint32_t word_end(span bytes, uint32_t i)
{
	while (i < bytes.n && !ascii_space(bytes.p[i]))
		i++;
	return i;
}

/* Whether the line around an offset holds "{{", as charts do. */
static bool is_template(span bytes, uint32_t at)
{
	uint32_t start = at, end = at;
	while (start > 0 && bytes.p[start - 1] != '\n')
		start--;
	while (end < bytes.n && bytes.p[end] != '\n')
		end++;
	return span_contains(span_sub(bytes, start, end - start), "{{");
}

/* libyaml notices a forgotten ':' one line later; the key is where the context begins. */
yaml_fault yaml_fault_explain(const yaml_parser_t *parser, yaml_source *s, arena *a)
{
	span context = span_of(parser->context), problem = span_of(parser->problem);
	const struct row *row = row_of(context, problem);
	yaml_fault ret = {0};
	bool opening = row && row->opening && context.n;
	ret.start = yaml_source_offset(s, opening ? parser->context_mark.index : parser->problem_mark.index);
	ret.end = word_end(s->bytes, ret.start);
	char c = ret.start < s->bytes.n ? s->bytes.p[ret.start] : 0;
	if (is_template(s->bytes, ret.start))
		ret.message = "this is a template ({{ ... }}), not YAML yet: render it first";
	else if (span_starts(problem, SPAN("found character that cannot start")))
		ret.message = explain_character(c, a);
	else if (row)
		ret.message = row->message;
	else if (context.n)
		ret.message = arena_format(a, "%s: %s", parser->context, parser->problem).p;
	else
		ret.message = arena_copy(a, problem).p;
	return ret;
}
