/* SPDX-License-Identifier: Apache-2.0
 *
 * All rules over a Dockerfile and its .dockerignore (what stands before the first "\n---\n", if there is one): findings and their
 * edits lie in the text. */
#include "fuzz.h"

#include "base/files.h"
#include "rules/judge.h"
#include "rules/mask.h"
#include "sources/sources.h"

static const rulebook *book(void)
{
	static arena keep;
	static const rulebook *made;
	error e;
	const rule_choice choice = {.profile = PROFILE_STRICT};
	if (!made)
		FUZZ_HOLDS(rulebook_new(&choice, &keep, &made, &e) == 0);
	return made;
}

static void check(const finding *f, const text *t)
{
	FUZZ_HOLDS(!f->at.text || (f->at.text == t && f->at.start <= f->at.end && f->at.end <= t->bytes.n));
	list_each(const edit, x, &f->edits)
		FUZZ_HOLDS(x->source == t && x->start <= x->end && x->end <= t->bytes.n);
	error e;
	auto_buffer out = {0};
	FUZZ_HOLDS(edits_apply(t, &f->edits, &out, &e) == 0);
}

typedef struct one_file {
	loader loader;
	const text *ignore;
} one_file;

static const text *load(loader *self, const char *path, arena *a, error *e)
{
	(void)a;
	const one_file *one = (const one_file *)self;
	if (one->ignore && strcmp(path_name(path), ".dockerignore") == 0)
		return one->ignore;
	error_set(e, ERROR_ABSENT, "not there");
	return NULL;
}

FUZZ(bytes)
{
	arena a = {0}, keep = {0};
	text t, ignore;
	bundle b = {.arena = &a};
	finding_list findings = {0};
	checklist list = {0};
	mask hidden = {0};
	size_t cut = span_find(bytes, SPAN("\n---\n"));
	text_init(&ignore, ".dockerignore", span_sub(bytes, 0, cut), &a);
	text_init(&t, "Dockerfile", cut == SPAN_NONE ? bytes : span_from(bytes, cut + 5), &a);
	one_file files = {.loader = {.load = load}, .ignore = cut == SPAN_NONE ? NULL : &ignore};
	dockerfile_source.read(&t, &files.loader, &b);
	bundle_overlay(&b);
	mask_init(&hidden, &b, &a);
	rulebook_judge(book(), &b, &hidden, 1, &keep, &findings, &list);
	list_each(const finding, f, &findings)
		check(f, &t);
	arena_done(&keep);
	arena_done(&a);
}
