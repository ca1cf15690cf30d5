/* SPDX-License-Identifier: Apache-2.0
 *
 * bulkhead db compare: whether versions stand to one another as lines on standard input say. */
#include "commands/db.h"

#include "advisories/version.h"
#include "base/files.h"
#include "base/limits.h"

#include <stdlib.h>

static int compare_run(int argc, char **argv);

const command_row db_compare_command = {
	.name = "db compare",
	.summary = "check an order of versions by the rules of their ecosystem",
	.arguments = "ECOSYSTEM",
	.examples = "  echo '1.0~rc1 < 1.0' | bulkhead db compare Debian\n  bulkhead db compare Maven < "
		    "versions.txt\n"
		    "  echo '1:2.0-3.el9 > 2.1-1.el9' | bulkhead db compare 'Red Hat:enterprise_linux:9'\n",
	.details = "Standard input has lines of two versions with <, = or > between them, separated by "
		   "spaces. Blank lines\n"
		   "and those that begin with # or // are passed over. Lines that do not hold are printed "
		   "with their number\n"
		   "and the relation that does.\n\n"
		   "Exit codes: 0 all hold, 1 some do not, 3 some are not of this form (the others were "
		   "checked).",
	.run = compare_run,
};

/* One line: A < B. */
typedef struct relation {
	span left, right;
	char sign;
} relation;

static bool relation_parse(span line, relation *ret)
{
	span sign, more;
	if (!span_word(&line, &ret->left) || !span_word(&line, &sign) || !span_word(&line, &ret->right) ||
		span_word(&line, &more))
		return false;
	ret->sign = sign.p[0];
	return sign.n == 1 && span_find_byte(SPAN("<=>"), ret->sign) != SPAN_NONE;
}

/* Checks one line; the exit code that it asks for. */
static int line_check(const version_order *order, span line, uint32_t number, buffer *out)
{
	relation r;
	line = span_trim(line);
	if (!line.n || line.p[0] == '#' || span_starts(line, SPAN("//")))
		return EXIT_CLEAN;
	if (!relation_parse(line, &r)) {
		command_complain("db compare", "line %u is not like 'A < B': %.*s", number,
			SPAN_ARG(span_sub(line, 0, 80)));
		return EXIT_INCOMPLETE;
	}
	char holds = "<=>"[version_compare(order, r.left, r.right) + 1];
	if (holds == r.sign)
		return EXIT_CLEAN;
	buffer_format(out, "line %u: %.*s %c %.*s, not %c\n", number, SPAN_ARG(r.left), holds,
		SPAN_ARG(r.right), r.sign);
	return EXIT_FINDINGS;
}

static int lines_check(const version_order *order, span lines, buffer *out)
{
	int ret = EXIT_CLEAN;
	span line;
	for (uint32_t number = 1; span_cut(&lines, '\n', &line); number++) {
		int status = line_check(order, line, number, out);
		ret = status > ret ? status : ret;
	}
	return ret;
}

static int compare_input(const version_order *order)
{
	arena a = {0};
	auto_buffer out = {0};
	span lines;
	error e;
	int ret = EXIT_INCOMPLETE;
	if (files_read("-", LIMIT_FILE_BYTES, &a, &lines, &e) < 0)
		command_complain("db compare", "%s", e.text);
	else
		ret = lines_check(order, lines, &out);
	int status = command_write(&out, NULL);
	arena_done(&a);
	return status != EXIT_CLEAN ? status : ret;
}

static void complain_ecosystem(const char *name)
{
	auto_buffer known = {0};
	for (const version_ecosystem *row = version_ecosystems; row->name; row++)
		buffer_format(&known, "%s%s", row == version_ecosystems ? "" : ", ", row->name);
	command_complain("db compare", "there is no ecosystem '%s'; known are %.*s", name,
		SPAN_ARG(buffer_span(&known)));
}

static int compare_named(const char *const *names, int count)
{
	const version_order *order = count == 1 ? version_order_find(span_of(names[0])) : NULL;
	if (order)
		return compare_input(order);
	if (count == 1)
		complain_ecosystem(names[0]);
	else
		command_complain("db compare", "name one ecosystem, such as Debian or npm");
	return EXIT_USAGE;
}

static int compare_run(int argc, char **argv)
{
	int count, ret = EXIT_USAGE;
	const char **rest = calloc((size_t)argc + 1, sizeof *rest);
	if (rest && command_options(&db_compare_command, argc, argv, NULL, rest, &count, &ret))
		ret = compare_named(rest, count);
	free(rest);
	return ret;
}
