/* SPDX-License-Identifier: Apache-2.0
 *
 * A condition as text again. */
#include "expression/condition.h"

typedef struct printer {
	buffer *out;
	bool exact;
} printer;

static bool needs_quotes(const printer *p, span s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || memchr("\"'\\", s.p[i], 3) ||
			(p->exact && memchr("()=,[]", s.p[i], 6)))
			return true;
	return p->exact && s.n == 0;
}

static void print_quoted(const printer *p, span s)
{
	static const char names[] = "bfnrt", bytes[] = "\b\f\n\r\t";
	buffer_add_byte(p->out, '"');
	for (size_t i = 0; i < s.n; i++) {
		const char *byte = memchr(bytes, s.p[i], sizeof bytes - 1);
		if (byte)
			buffer_format(p->out, "\\%c", names[byte - bytes]);
		else if (p->exact && s.p[i] == '\\' && i + 1 == s.n) /* \\" would go on to the next quote */
			buffer_add_string(p->out, "\\x5c");
		else if (s.p[i] == '"' || s.p[i] == '\\')
			buffer_format(p->out, "\\%c", s.p[i]);
		else
			buffer_add_byte(p->out, s.p[i]);
	}
	buffer_add_byte(p->out, '"');
}

static void print_text(const printer *p, span s, bool quoted)
{
	if (quoted || needs_quotes(p, s))
		print_quoted(p, s);
	else
		buffer_add(p->out, s);
}

static void print(const printer *p, const condition *c);

static void print_parts(const printer *p, const condition *c, const char *between)
{
	for (uint32_t i = 0; i < c->parts.count; i++) {
		buffer_add_string(p->out, i ? between : "");
		print(p, c->parts.items[i]);
	}
}

static void print_enclosed(const printer *p, const condition *c, const char *between)
{
	buffer_add_byte(p->out, '(');
	print_parts(p, c, between);
	buffer_add_byte(p->out, ')');
}

static void print_index(const printer *p, const condition *c)
{
	if (!c->indexed)
		return;
	buffer_add_byte(p->out, '[');
	print_text(p, c->index, c->index.n == 0);
	buffer_add_byte(p->out, ']');
}

static void print_test(const printer *p, const condition *c)
{
	print(p, c->left);
	if (c->op == OP_HOLDS)
		return;
	buffer_format(p->out, " %.*s", SPAN_ARG(op_name(c->op)));
	if (c->modifier)
		buffer_format(p->out, " %s", modifier_names[c->modifier]);
	if (!c->right)
		return;
	buffer_add_byte(p->out, ' ');
	print(p, c->right);
}

/* Two nots that parentheses keep apart stay two. */
static void print_not(const printer *p, const condition *c)
{
	const condition *inner = c->parts.items[0];
	bool enclosed = p->exact && inner->kind == CONDITION_NOT;
	buffer_add_string(p->out, enclosed ? "not (" : "not ");
	print(p, inner);
	buffer_add_string(p->out, enclosed ? ")" : "");
}

static void print(const printer *p, const condition *c)
{
	switch (c->kind) {
	case CONDITION_AND:
	case CONDITION_OR:
		print_enclosed(p, c, c->kind == CONDITION_AND ? " and " : " or ");
		break;
	case CONDITION_NOT:
		print_not(p, c);
		break;
	case CONDITION_NAME:
		/* That is a name only where no blank follows. */
		if (p->exact && span_is(c->text, "not"))
			buffer_add_string(p->out, "(not)");
		else
			buffer_add(p->out, c->text);
		break;
	case CONDITION_TEST:
		print_test(p, c);
		break;
	case CONDITION_FIELD:
		buffer_add(p->out, c->text);
		print_index(p, c);
		break;
	case CONDITION_VALUE:
		print_text(p, c->text, p->exact && c->quoted);
		break;
	case CONDITION_LIST:
		print_enclosed(p, c, ", ");
		break;
	case CONDITION_TRANSFORM:
		buffer_add_string(p->out, transform_names[c->transform]);
		print_enclosed(p, c, ",");
		print_index(p, c);
		break;
	case CONDITION_TRANSFORM_LIST:
		print_enclosed(p, c, ",");
		break;
	}
}

void condition_print(const condition *c, bool exact, buffer *out)
{
	print(&(printer){out, exact}, c);
}
