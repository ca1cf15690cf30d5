/* SPDX-License-Identifier: Apache-2.0
 *
 * Dockerfiles: one document, one workload a stage. Templates are not rendered: a text that is one is left out and named. */
#include "sources/dockerfile.h"

#include "base/files.h"
#include "sources/sources.h"

enum {
	CONTEXT_PARENTS = 3
}; /* folders above the Dockerfile that may be the build context: docker/app/Dockerfile */

/* --- templates --- */

static bool template_name(span path)
{
	static const span endings[] = {{".j2", 3}, {".jinja", 6}, {".jinja2", 7}, {".tmpl", 5}, {".tpl", 4},
		{".template", 9}, {".erb", 4}, {".mustache", 9}};
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		if (span_ends(path, endings[i]))
			return true;
	return false;
}

/* Commands and labels may hold the marks of a template that is none of ours (docker inspect -f '{{.Id}}'). */
static bool template_instruction(const dockerfile_instruction *i)
{
	static const uint32_t kinds = 1u << DOCKERFILE_UNKNOWN | 1u << DOCKERFILE_FROM |
				      1u << DOCKERFILE_COPY | 1u << DOCKERFILE_ADD | 1u << DOCKERFILE_USER |
				      1u << DOCKERFILE_WORKDIR | 1u << DOCKERFILE_EXPOSE;
	if (!(kinds & 1u << i->kind))
		return false;
	bool braces = span_contains(i->source, "{{") && span_contains(i->source, "}}");
	return braces || span_starts(i->keyword, SPAN("{%")) || span_starts(i->keyword, SPAN("<%"));
}

static bool is_template(const dockerfile *d)
{
	if (template_name(span_of(d->text->path)))
		return true;
	for (uint32_t k = 0; k < d->instructions.count; k++)
		if (template_instruction(d->instructions.items[k]))
			return true;
	return false;
}

/* --- the build context --- */

static bool has_folder(const char *path)
{
	return path[0] != '<' && strcmp(path, "-") != 0;
}

/* DOCKERFILE.dockerignore, else .dockerignore of the context: the Dockerfile's folder, or one above it. */
static const text *find_ignore(const text *t, loader *files, arena *a)
{
	error e;
	const text *ret = files->load(files, arena_format(a, "%s.dockerignore", t->path).p, a, &e);
	const char *folder = path_folder(a, t->path);
	for (int up = 0; !ret && up <= CONTEXT_PARENTS; up++) {
		ret = files->load(files, path_join(a, folder, ".dockerignore"), a, &e);
		if (strcmp(folder, ".") == 0 || strcmp(folder, "/") == 0)
			break;
		folder = path_folder(a, folder);
	}
	return ret;
}

/* --- the document --- */

/* A fragment without FROM is read for what it says; a file in which there is nothing to read is a problem. */
static bool says_something(const dockerfile *d)
{
	for (uint32_t k = 0; k < d->instructions.count; k++)
		if (d->instructions.items[k]->kind != DOCKERFILE_UNKNOWN)
			return true;
	return false;
}

/* Something else that was taken for a Dockerfile, as a program that holds some: it starts with what is no instruction, and most of it is none. One
 * error says so; a typing error in the first line of a Dockerfile is another matter. */
static const dockerfile_instruction *foreign_start(const dockerfile *d)
{
	enum { FOREIGN_LEAST = 4 };
	uint32_t unknown = 0;
	for (uint32_t k = 0; k < d->instructions.count; k++)
		unknown += d->instructions.items[k]->kind == DOCKERFILE_UNKNOWN;
	if (unknown < FOREIGN_LEAST || unknown * 2 < d->instructions.count)
		return NULL;
	const dockerfile_instruction *first = d->instructions.items[0];
	return first->kind == DOCKERFILE_UNKNOWN ? first : NULL;
}

static void add_problems(const dockerfile *d, bundle *b)
{
	bool fragment = says_something(d);
	list_each(const dockerfile_problem, p, &d->problems) {
		uint32_t start = text_offset(d->text, p->source);
		if (!p->lenient || !fragment)
			bundle_add_problem(b, d->text, start, start + (uint32_t)p->source.n, p->message);
	}
}

static const char *stage_name(const dockerfile *d, uint32_t stage, arena *a)
{
	span name = d->stages.items[stage].name;
	if (name.n)
		return arena_format(a, "stage %.*s", SPAN_ARG(name)).p;
	if (stage + 1 == d->stages.count)
		return "final stage";
	return arena_format(a, "stage %u", stage).p;
}

/* Marks the stages that the last one is built upon. */
static bool *bases_of_last(const dockerfile *d, arena *a)
{
	bool *ret = ARENA_ARRAY(a, bool, d->stages.count);
	for (uint32_t s = d->stages.count - 1;
		(s = d->stages.items[s].from->from.base) != DOCKERFILE_NO_STAGE;)
		ret[s] = true;
	return ret;
}

static void add_stages(const dockerfile *d, document *doc, bundle *b)
{
	if (d->stages.count == 0)
		return;
	const bool *inherited = bases_of_last(d, b->arena);
	for (uint32_t s = 0; s < d->stages.count; s++) {
		workload *w = bundle_add_workload(b, doc, "stage", stage_name(d, s, b->arena));
		w->final = s + 1 == d->stages.count;
		w->handle = &d->stages.items[s];
		dockerfile_stage_read(d, s, inherited[s], w, b->arena);
	}
}

static void dockerfile_source_read(const text *t, loader *files, bundle *b)
{
	dockerfile *d = dockerfile_read(t, b->arena);
	if (is_template(d)) {
		bundle_add_skipped(b, t->path, "a template: render it first");
		return;
	}
	const dockerfile_instruction *foreign = foreign_start(d);
	if (foreign) {
		uint32_t start = text_offset(t, foreign->keyword);
		bundle_add_problem(b, t, start, start + (uint32_t)foreign->keyword.n,
			arena_format(b->arena,
				"this is no Dockerfile: '%.*s' is no instruction, nor is most of what follows",
				SPAN_ARG(span_sub(foreign->keyword, 0, 40)))
				.p);
		return;
	}
	document *doc = bundle_add_document(b, DOCUMENT_DOCKERFILE, t, &dockerfile_source);
	doc->dockerfile = d;
	doc->context_known = files && has_folder(t->path);
	if (doc->context_known)
		doc->ignore = find_ignore(t, files, b->arena);
	add_problems(d, b);
	add_stages(d, doc, b);
}

const source dockerfile_source = {
	.name = "dockerfile",
	.controls = 1u << CONTROL_user | 1u << CONTROL_image | 1u << CONTROL_secrets | 1u << CONTROL_build |
		    1u << CONTROL_resources | 1u << CONTROL_network,
	.read = dockerfile_source_read,
	.write = dockerfile_write,
};
