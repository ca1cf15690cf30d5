/* SPDX-License-Identifier: Apache-2.0
 *
 * The lines of a TOML document: key = value, [table], [[array of tables]]. What is forbidden everywhere (control
 * characters, malformed UTF-8) is looked for first, in one fast pass. */
#include "formats/toml.h"

#include "formats/toml_parse.h"
#include "formats/utf8.h"

int toml_fail_at(toml *r, const char *p, error_code code, const char *message)
{
	place at = text_place(r->t, (uint32_t)(p - r->t->bytes.p));
	return error_set_at(r->e, code, at.line, at.column, "%s", message);
}

int toml_fail(toml *r, const char *message)
{
	return toml_fail_at(r, r->p, ERROR_SYNTAX, r->p == r->end ? "the text ends too early" : message);
}

bool toml_newline(toml *r)
{
	toml_take(r, '\r'); /* only ever before \n: bytes_check has seen to that */
	return toml_take(r, '\n');
}

void toml_skip_comment(toml *r)
{
	if (r->p == r->end || *r->p != '#')
		return;
	const char *newline = memchr(r->p, '\n', (size_t)(r->end - r->p));
	r->p = newline ? newline : r->end;
}

static bool plain_byte(uint8_t c)
{
	return (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\t';
}

static int bytes_check(toml *r)
{
	for (const char *p = r->p; p < r->end;) {
		uint32_t length = 1;
		uint8_t c = (uint8_t)*p;
		if (!plain_byte(c)) {
			bool crlf = c == '\r' && p + 1 < r->end && p[1] == '\n';
			if (c < 0x80 && !crlf)
				return toml_fail_at(
					r, p, ERROR_SYNTAX, "a control character must be escaped");
			if (utf8_decode(p, (size_t)(r->end - p), &length) < 0)
				return toml_fail_at(r, p, ERROR_SYNTAX, "not valid UTF-8");
		}
		p += length;
	}
	return 0;
}

static bool bare(char c)
{
	return ascii_alpha(c) || ascii_digit(c) || c == '_' || c == '-';
}

static int key_part_read(toml *r, node **ret)
{
	if (builder_full(&r->build))
		return toml_fail_at(r, r->p, ERROR_LIMIT, "more values than a file may have");
	if (r->p < r->end && (*r->p == '"' || *r->p == '\''))
		return toml_string_read(r, true, ret);
	const char *start = r->p, *p = start;
	while (p < r->end && bare(*p))
		p++;
	r->p = p;
	if (p == start)
		return toml_fail(r, "a key was expected here");
	uint32_t at = (uint32_t)(start - r->t->bytes.p);
	*ret = builder_node(&r->build, NODE_STRING, NODE_PLAIN, at, toml_here(r));
	(*ret)->value = (span){start, (size_t)(p - start)};
	return 0;
}

int toml_key_read(toml *r)
{
	for (r->parts = 0;;) {
		toml_skip_space(r);
		if (r->parts == LIMIT_TREE_DEPTH)
			return toml_fail_at(r, r->p, ERROR_LIMIT, "nested too deeply");
		TRY(key_part_read(r, &r->path[r->parts++]));
		toml_skip_space(r);
		if (!toml_take(r, '.'))
			return 0;
	}
}

static int header_read(toml *r, toml_table *root, toml_table **ret)
{
	uint32_t start = toml_here(r);
	r->p++;
	bool many = toml_take(r, '[');
	TRY(toml_key_read(r));
	if (!toml_take(r, ']') || (many && !toml_take(r, ']')))
		return toml_fail(r, many ? "']]' was expected here" : "']' was expected here");
	TRY(toml_table_open(r, root, many, start, ret));
	(*ret)->n.end = toml_here(r);
	return 0;
}

static int pair_read(toml *r, toml_table *table)
{
	node *value = NULL;
	TRY(toml_key_read(r));
	if (!toml_take(r, '='))
		return toml_fail(r, "'=' was expected here");
	toml_skip_space(r);
	/* A value may hold keys of its own: those of this line are kept meanwhile. */
	if (r->p < r->end && *r->p != '{' && *r->p != '[') {
		TRY(toml_value_read(r, table->depth + r->parts - 1, &value));
		return toml_table_assign(r, table, value);
	}
	node *path[LIMIT_TREE_DEPTH];
	uint32_t parts = r->parts;
	memcpy(path, r->path, parts * sizeof *path);
	TRY(toml_value_read(r, table->depth + parts - 1, &value));
	memcpy(r->path, path, parts * sizeof *path);
	r->parts = parts;
	return toml_table_assign(r, table, value);
}

static int line_end(toml *r)
{
	toml_skip_space(r);
	toml_skip_comment(r);
	if (r->p < r->end && !toml_newline(r))
		return toml_fail(r, "the line should end here");
	return 0;
}

static int document_read(toml *r, toml_table *root)
{
	toml_table *table = root;
	if (span_starts(r->t->bytes, SPAN("\xef\xbb\xbf")))
		r->p += 3;
	TRY(bytes_check(r));
	while (r->p < r->end) {
		toml_skip_space(r);
		char c = r->p < r->end ? *r->p : '\n';
		if (c == '[')
			TRY(header_read(r, root, &table));
		else if (c != '#' && c != '\n' && c != '\r')
			TRY(pair_read(r, table));
		TRY(line_end(r));
	}
	return 0;
}

int toml_read(const text *t, arena *a, node **ret, node_problems *problems, error *e)
{
	toml r = {.t = t,
		.p = t->bytes.p,
		.end = t->bytes.p + t->bytes.n,
		.build = {.a = a, .problems = problems},
		.e = e};
	toml_table *root = toml_table_new(&r, NODE_MAP, TOML_DEFINED, 0, 0);
	int result = document_read(&r, root);
	builder_done(&r.build);
	if (result < 0)
		return result;
	toml_table_finish(&root->n);
	root->n.end = (uint32_t)t->bytes.n;
	*ret = &root->n;
	return 0;
}
