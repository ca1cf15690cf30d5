/* SPDX-License-Identifier: Apache-2.0
 *
 * Parsing options by their table. */
#include "base/options.h"

static const option_row *find_long(const option_row *rows, span name)
{
	for (const option_row *r = rows; r && r->name; r++)
		if (span_is(name, r->name))
			return r;
	return NULL;
}

static const option_row *find_letter(const option_row *rows, char letter)
{
	for (const option_row *r = rows; r && r->name; r++)
		if (r->letter == letter)
			return r;
	return NULL;
}

static int set_choice(const option_row *r, const char *value, int *ret, error *e)
{
	auto_buffer all = {0};
	for (int i = 0; r->choices[i]; i++) {
		if (strcmp(r->choices[i], value) == 0) {
			*ret = i;
			return 0;
		}
		buffer_format(&all, "%s%s", i ? ", " : "", r->choices[i]);
	}
	return error_set(
		e, ERROR_USAGE, "--%s takes %.*s, not '%s'", r->name, SPAN_ARG(buffer_span(&all)), value);
}

static int set_value(const option_row *r, const char *value, void *into, error *e)
{
	void *field = (char *)into + r->offset;
	switch (r->kind) {
	case OPTION_FLAG:
		*(bool *)field = true;
		return 0;
	case OPTION_STRING:
		*(const char **)field = value;
		return 0;
	case OPTION_LIST: {
		string_list *list = field;
		if (list->count == OPTION_LIST_MAX)
			return error_set(
				e, ERROR_USAGE, "--%s is given more than %d times", r->name, OPTION_LIST_MAX);
		list->items[list->count++] = value;
		return 0;
	}
	case OPTION_CHOICE:
		return set_choice(r, value, field, e);
	}
	return 0;
}

typedef struct arguments {
	int count, next;
	char **all;
} arguments;

static int parse_long(const option_row *rows, arguments *args, span text, void *into, error *e)
{
	size_t equal = span_find_byte(text, '=');
	span name = span_sub(text, 0, equal);
	const option_row *r = find_long(rows, name);
	if (!r)
		return error_set(e, ERROR_USAGE, "there is no option --%.*s", SPAN_ARG(name));
	if (r->kind == OPTION_FLAG && equal != SPAN_NONE)
		return error_set(e, ERROR_USAGE, "--%s takes no value", r->name);
	const char *value = equal == SPAN_NONE ? NULL : text.p + equal + 1;
	if (!value && r->kind != OPTION_FLAG) {
		if (args->next == args->count)
			return error_set(e, ERROR_USAGE, "--%s needs a value (%s)", r->name, r->value);
		value = args->all[args->next++];
	}
	return set_value(r, value, into, e);
}

static int parse_short(const option_row *rows, arguments *args, const char *letters, void *into, error *e)
{
	for (; *letters; letters++) {
		const option_row *r = find_letter(rows, *letters);
		if (!r)
			return error_set(e, ERROR_USAGE, "there is no option -%c", *letters);
		if (r->kind == OPTION_FLAG) {
			TRY(set_value(r, NULL, into, e));
			continue;
		}
		if (!letters[1] && args->next == args->count)
			return error_set(e, ERROR_USAGE, "-%c needs a value (%s)", *letters, r->value);
		return set_value(r, letters[1] ? letters + 1 : args->all[args->next++], into, e);
	}
	return 0;
}

int options_parse(
	const option_row *rows, int argc, char **argv, void *into, const char **rest, int *ret_rest, error *e)
{
	arguments args = {.count = argc, .next = 1, .all = argv};
	bool options = true;
	*ret_rest = 0;
	while (args.next < argc) {
		const char *arg = argv[args.next++];
		if (options && strcmp(arg, "--") == 0)
			options = false;
		else if (options && (strcmp(arg, "--help") == 0 || strcmp(arg, "-h") == 0))
			return 1;
		else if (options && arg[0] == '-' && arg[1] == '-')
			TRY(parse_long(rows, &args, span_of(arg + 2), into, e));
		else if (options && arg[0] == '-' && arg[1])
			TRY(parse_short(rows, &args, arg + 1, into, e));
		else
			rest[(*ret_rest)++] = arg;
	}
	return 0;
}

enum { HELP_COLUMN = 28, HELP_WIDTH = 80 };

static void help_option(const option_row *r, buffer *out)
{
	size_t start = out->n;
	if (r->letter)
		buffer_format(out, "  -%c, --%s", r->letter, r->name);
	else
		buffer_format(out, "      --%s", r->name);
	if (r->value)
		buffer_format(out, " %s", r->value);
	size_t used = out->n - start;
	if (used + 2 > HELP_COLUMN) {
		buffer_add_byte(out, '\n');
		used = 0;
	}
	buffer_repeat(out, ' ', HELP_COLUMN - used);
	buffer_wrap(out, span_of(r->help), HELP_COLUMN, HELP_COLUMN, HELP_WIDTH);
}

void options_help(const command_row *c, buffer *out)
{
	buffer_format(out, "bulkhead %s: %s\n\nExamples\n%s\nUsage\n  bulkhead %s %s%s\n", c->name,
		c->summary, c->examples, c->name, c->options ? "[OPTION…] " : "", c->arguments);
	if (c->options)
		buffer_add_string(out, "\nOptions\n");
	for (const option_row *r = c->options; r && r->name; r++)
		help_option(r, out);
	if (c->details)
		buffer_format(out, "\n%s\n", c->details);
}
