/* SPDX-License-Identifier: Apache-2.0
 *
 * R: the DESCRIPTION of an installed package (cran.r-project.org, "Writing R Extensions", 1.1.1), fields as in Debian's control files; and renv.lock. A
 * DESCRIPTION without the field "Built" is a source, not installed; of priority "base" are parts of R itself. Of renv.lock only what comes from a repository
 * counts; Bioconductor is another one than CRAN. */
#include "packages/document.h"

/* --- installed --- */

typedef struct description {
	span name, version, licence, priority, built, views;
	uint32_t line;
} description;

static const struct {
	const char *field;
	size_t offset; /* in description */
} fields[] = {
	{"Package", offsetof(description, name)}, {"Version", offsetof(description, version)},
	{"License", offsetof(description, licence)}, {"Priority", offsetof(description, priority)},
	{"Built", offsetof(description, built)},
	{"biocViews", offsetof(description, views)}, /* Bioconductor's have it */
};

static void field_read(span line, uint32_t number, description *d)
{
	size_t colon = span_find_byte(line, ':');
	if (colon == SPAN_NONE)
		return;
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		span *field = (span *)((char *)d + fields[i].offset);
		if (!span_is(span_sub(line, 0, colon), fields[i].field))
			continue;
		*field = span_trim(span_from(line, colon + 1));
		if (field == &d->name)
			d->line = number;
	}
}

static void description_read(const package_input *in, package_record *out)
{
	enum { LINES = 10000 };
	description d = {0};
	lines all = {.rest = in->bytes};
	span line;
	while (lines_next(&all, &line) && all.line <= LINES)
		if (line.n && !ascii_space(line.p[0]))
			field_read(line, all.line, &d);
	package p = {
		.name = d.name,
		.version = d.version,
		.licence = d.licence,
		.line = d.line,
		.type = PACKAGE_CRAN,
		.evidence = PACKAGE_INSTALLED,
	};
	if (d.built.n && d.name.n && d.views.n == 0 && !span_is(d.priority, "base"))
		package_add_copy(in, out, &p);
}

/* --- renv.lock --- */

static void renv_read(const package_input *in, package_record *out)
{
	auto_document d;
	if (!lock_open(in, out, DOCUMENT_JSON, &d))
		return;
	const node *all = node_get(d.root, "Packages");
	for (uint32_t i = 0; node_is_map(all) && i < all->count; i++) {
		const member *m = &all->members[i];
		package p = {
			.name = node_text(node_get(m->value, "Package")),
			.version = node_text(node_get(m->value, "Version")),
			.type = PACKAGE_CRAN,
			.evidence = PACKAGE_LOCKED,
		};
		if (span_is(node_text(node_get(m->value, "Source")), "Repository") &&
			!document_add(&d, m->key, &p))
			return;
	}
}

const package_format format_cran = {"R package", description_read, {{"DESCRIPTION", NULL}}};
const package_format format_renv = {"renv.lock", renv_read, {{"renv.lock", NULL}}};
