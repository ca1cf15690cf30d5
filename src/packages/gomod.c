/* SPDX-License-Identifier: Apache-2.0
 *
 * go.mod (go.dev/ref/mod, "go.mod files"): "require" names modules with the least version that will do, and since Go 1.17 all that the build needs, so these
 * are the versions that are built. "replace" puts another in its place: of a folder, then it is the project's own, or of another module.
 *
 * Not read: go.sum, which lists what was ever looked at; "exclude"; "tool". The lines "go" and "toolchain" say which language is asked for, not which standard
 * library was linked in: that stands in the executable. */
#include "packages/document.h"

#include "base/limits.h"
#include "base/map.h"

typedef struct module {
	span name, version;
	uint32_t line;
} module;

typedef struct replacement {
	span version;                   /* that is replaced; empty: all */
	module by;                      /* its name is empty: a folder */
	const struct replacement *next; /* of the same module */
} replacement;

typedef struct gomod {
	arena a;
	LIST(module) required;
	map replaced; /* by name */
	uint32_t replacements;
} gomod;

/* A word, or what stands in quotes. */
static bool word_next(span *rest, span *ret)
{
	if (!span_word(rest, ret))
		return false;
	if (ret->n >= 2 && (ret->p[0] == '"' || ret->p[0] == '`') && ret->p[ret->n - 1] == ret->p[0])
		*ret = span_sub(*ret, 1, ret->n - 2);
	return true;
}

static void require_read(gomod *g, span words, uint32_t line)
{
	module m = {.line = line};
	if (g->required.count <= LIMIT_PACKAGES && word_next(&words, &m.name) &&
		word_next(&words, &m.version))
		list_push(&g->a, &g->required, m);
}

/* "NAME [VERSION] => NAME VERSION" or "=> FOLDER" */
static void replace_read(gomod *g, span words, uint32_t line)
{
	span name, version = {0}, arrow;
	module by = {.line = line};
	if (g->replacements >= LIMIT_PACKAGES || !word_next(&words, &name) || !word_next(&words, &arrow))
		return;
	if (!span_is(arrow, "=>")) {
		version = arrow;
		if (!word_next(&words, &arrow) || !span_is(arrow, "=>"))
			return;
	}
	if (!word_next(&words, &by.name))
		return;
	if (!word_next(&words, &by.version))
		by = (module){0};
	replacement *r = ARENA_NEW(&g->a, replacement);
	*r = (replacement){.version = version, .by = by};
	g->replacements++;
	r->next = map_set(&g->replaced, &g->a, name, r);
}

static void directive_read(gomod *g, span directive, span words, uint32_t line)
{
	if (span_is(directive, "require"))
		require_read(g, words, line);
	else if (span_is(directive, "replace"))
		replace_read(g, words, line);
}

static void lines_read(gomod *g, lines *all)
{
	span line, word, block = {0};
	while (lines_next(all, &line)) {
		line = span_trim(span_sub(line, 0, span_find(line, SPAN("//"))));
		if (line.n == 0)
			continue;
		span rest = line;
		if (block.n) {
			if (span_is(line, ")"))
				block = (span){0};
			else
				directive_read(g, block, line, all->line);
			continue;
		}
		span_word(&rest, &word);
		if (word.n > 1 && word.p[word.n - 1] == '(') /* "require(" */
			block = span_sub(word, 0, word.n - 1);
		else if (span_is(span_trim(rest), "("))
			block = word;
		else
			directive_read(g, word, rest, all->line);
	}
}

/* What is built in the place of a module; the newest line that fits counts, one with a version before one without. Looks at few: a module is replaced once
 * for each of its versions. */
static module resolve(const gomod *g, const module *m)
{
	enum { REPLACEMENTS = 16 };
	const replacement *general = NULL, *r = map_get(&g->replaced, m->name);
	for (int i = 0; r && i < REPLACEMENTS; r = r->next, i++) {
		if (r->version.n && span_equal(r->version, m->version))
			return r->by;
		if (r->version.n == 0 && !general)
			general = r;
	}
	return general ? general->by : *m;
}

static void gomod_read(const package_input *in, package_record *out)
{
	gomod g = {0};
	lines all;
	if (!lock_lines(in, out, &all))
		return;
	lines_read(&g, &all);
	list_each(const module, m, &g.required) {
		module built = resolve(&g, m);
		package p = {
			.name = built.name,
			.version = built.version,
			.line = built.line,
			.type = PACKAGE_GO,
			.evidence = PACKAGE_LOCKED,
		};
		if (p.name.n && !package_add_copy(in, out, &p))
			break;
	}
	arena_done(&g.a);
}

const package_format format_gomod = {"go.mod", gomod_read, {{"go.mod", NULL}}};
