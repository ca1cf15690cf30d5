/* SPDX-License-Identifier: Apache-2.0
 *
 * Installed Python packages: the headers of METADATA in NAME-VERSION.dist-info (packaging.python.org, "Core metadata specifications") and of PKG-INFO in
 * .egg-info and EGG-INFO folders, or of a file NAME.egg-info, as distutils wrote them. Header fields as of a mail: what follows the first blank line is
 * the description. Not read: eggs that are still zipped; conda-meta, whose names are not those of PyPI. */
#include "packages/document.h"

#include "base/limits.h"
#include "packages/lines.h"

enum { LINES = 20000 }; /* of headers: the longest licences are put there whole */

typedef struct metadata {
	span name, version, expression, licence, classifier;
	uint32_t line; /* of the name */
} metadata;

static const struct {
	const char *field;
	size_t offset; /* in metadata */
} fields[] = {
	{"Name", offsetof(metadata, name)},
	{"Version", offsetof(metadata, version)},
	{"License-Expression", offsetof(metadata, expression)},
	{"License", offsetof(metadata, licence)},
	{"Classifier", offsetof(metadata, classifier)},
};

/* Classifiers but those of licences are nothing to us; the first of these counts. */
static bool is_wanted(const metadata *m, const span *field, span value)
{
	if (field != &m->classifier)
		return field->n == 0;
	return field->n == 0 && span_starts(value, SPAN("License :: "));
}

static void field_read(span line, uint32_t number, metadata *m)
{
	size_t colon = span_find_byte(line, ':');
	if (colon == SPAN_NONE)
		return;
	span name = span_sub(line, 0, colon), value = span_trim(span_from(line, colon + 1));
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		span *field = (span *)((char *)m + fields[i].offset);
		if (!span_is_fold(name, fields[i].field) || !is_wanted(m, field, value))
			continue;
		*field = value;
		if (field == &m->name)
			m->line = number;
	}
}

/* "License :: OSI Approved :: MIT License" */
static span licence_of(const metadata *m)
{
	if (m->expression.n)
		return m->expression;
	if (m->licence.n && !span_is_fold(m->licence, "UNKNOWN"))
		return m->licence;
	size_t last = span_find_last(m->classifier, ':');
	return last == SPAN_NONE ? (span){0} : span_trim(span_from(m->classifier, last + 1));
}

static void python_read(const package_input *in, package_record *out)
{
	metadata m = {0};
	lines all = {.rest = in->bytes};
	span line;
	if (span_starts(all.rest, SPAN("\xef\xbb\xbf")))
		all.rest = span_from(all.rest, 3);
	while (lines_next(&all, &line) && line.n && all.line <= LINES)
		if (!ascii_space(line.p[0]))
			field_read(line, all.line, &m);
	package p = {
		.name = m.name,
		.version = m.version,
		.licence = licence_of(&m),
		.line = m.line,
		.type = PACKAGE_PYPI,
		.evidence = PACKAGE_INSTALLED,
	};
	/* "0.0.0" stands for no version in what is built without one; still it is what the file says */
	if (in->bytes.n)
		package_add_copy(in, out, &p);
}

const package_format format_python = {"Python metadata", python_read,
	{{"METADATA", "*.dist-info"}, {"PKG-INFO", "*.egg-info"}, {"PKG-INFO", "EGG-INFO"},
		{"*.egg-info", NULL}}};
