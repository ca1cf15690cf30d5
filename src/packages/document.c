/* SPDX-License-Identifier: Apache-2.0
 *
 * Files of JSON, YAML and TOML that name packages, and the rule which lock files count (document.h). */
#include "packages/document.h"

#include "base/buffer.h"
#include "base/limits.h"
#include "formats/json.h"
#include "formats/toml.h"
#include "formats/yaml.h"

/* No tool writes a lock file with anything that the reader finds fault with. */
static int yaml_open(document *d, error *e)
{
	node_list documents = {0};
	node_problems problems = {0};
	yaml_read(&d->text, &d->a, &documents, &problems);
	for (uint32_t i = documents.count; i && !d->root; i--)
		if (node_is_map(documents.items[i - 1]))
			d->root = documents.items[i - 1];
	if (problems.count == 0)
		return 0;
	const node_problem *first = &problems.items[0];
	return error_set_at(
		e, ERROR_SYNTAX, text_place(&d->text, first->start).line, 0, "%s", first->message);
}

/* What was read before a fault is d->root. */
static int tree_open(document *d, document_syntax syntax, error *e)
{
	node_problems problems = {0}; /* duplicate keys: the last one counts */
	node *root = NULL;
	if (syntax == DOCUMENT_YAML)
		return yaml_open(d, e);
	int result = syntax == DOCUMENT_JSON ? json_read(&d->text, &d->a, &root, &problems, e)
					     : toml_read(&d->text, &d->a, &root, &problems, e);
	d->root = result < 0 ? NULL : root;
	return result;
}

static bool size_is_good(const package_input *in, package_record *out)
{
	if (in->bytes.n <= LIMIT_FILE_BYTES)
		return true;
	package_fault(in, out, ERROR_LIMIT, 0, "more than %d MiB", LIMIT_FILE_BYTES >> 20);
	return false;
}

bool lock_open(const package_input *in, package_record *out, document_syntax syntax, document *ret)
{
	*ret = (document){0};
	return lock_counts(in->path) && document_open(in, out, syntax, ret);
}

bool lock_lines(const package_input *in, package_record *out, lines *ret)
{
	static const char *const mark = "\xef\xbb\xbf";
	*ret = (lines){.rest = in->bytes};
	if (span_starts(ret->rest, span_of(mark)))
		ret->rest = span_from(ret->rest, strlen(mark));
	return lock_counts(in->path) && size_is_good(in, out);
}

bool document_open(const package_input *in, package_record *out, document_syntax syntax, document *ret)
{
	error e;
	*ret = (document){.in = in, .out = out};
	if (!size_is_good(in, out))
		return false;
	text_init(&ret->text, "", in->bytes, &ret->a);
	if (tree_open(ret, syntax, &e) < 0)
		package_problem(out, in->a, &e);
	return node_is_map(ret->root) || node_is_list(ret->root);
}

void document_done(document *d)
{
	arena_done(&d->a);
}

/* Not text_place(), which walks the line for its column: minified files are one line. */
uint32_t document_line(const document *d, const node *n)
{
	uint32_t low = 0, high = d->text.line_count;
	if (!n)
		return 0;
	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;
		if (d->text.lines[middle] <= n->start)
			low = middle;
		else
			high = middle;
	}
	return low + 1;
}

bool document_add(document *d, const node *at, const package *p)
{
	if (p->version.n == 0)
		return true;
	package copy = *p;
	copy.line = document_line(d, at);
	return package_add_copy(d->in, d->out, &copy);
}

span document_text(const node *n)
{
	return span_sub(node_text(n), 0, 2 * LIMIT_PACKAGE_FIELD + 2);
}

bool document_lists(const node *list, const char *text)
{
	for (uint32_t i = 0; node_is_list(list) && i < list->count; i++)
		if (span_is(node_text(list->items[i]), text))
			return true;
	return false;
}

static span licence_one(const node *n)
{
	return node_is_map(n) ? node_text(node_get(n, "type")) : node_text(n);
}

span document_licence(document *d, const node *n)
{
	if (!node_is_list(n))
		return licence_one(n);
	auto_buffer all = {0};
	for (uint32_t i = 0; i < n->count && all.n < LIMIT_PACKAGE_FIELD; i++) {
		span one = licence_one(n->items[i]);
		if (one.n && all.n)
			buffer_add_string(&all, " OR ");
		buffer_add(&all, one);
	}
	return arena_copy(&d->a, buffer_span(&all));
}

/* --- paths --- */

/* Folders of what was installed, fetched or made up. Of two parts: the second follows the first. */
static const struct {
	const char *first, *second;
} foreign[] = {
	{"node_modules", NULL},
	{"bower_components", NULL},
	{"site-packages", NULL},
	{"dist-packages", NULL},
	{"vendor", NULL},
	{"gems", NULL},
	{"bundler", "gems"},
	{"pkg", "mod"},      /* Go's module cache */
	{"registry", "src"}, /* cargo's */
	{"git", "checkouts"},
	{"share", "nodejs"}, /* of Debian */
	{".nuget", NULL},
	{".pub-cache", NULL},
	{"testdata", NULL},
	{"fixtures", NULL},
	{"__fixtures__", NULL},
	{"test-fixtures", NULL},
};

bool lock_counts(span path)
{
	size_t slash = span_find_last(path, '/');
	span rest = span_sub(path, 0, slash == SPAN_NONE ? 0 : slash), part, before = {0};
	for (; span_cut(&rest, '/', &part); before = part)
		for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
			if (foreign[i].second ? span_is(before, foreign[i].first) &&
							span_is(part, foreign[i].second)
					      : span_is(part, foreign[i].first))
				return false;
	return true;
}
