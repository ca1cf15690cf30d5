/* SPDX-License-Identifier: Apache-2.0
 *
 * Rules about what package managers leave in a layer: downloads and indexes that no later layer can take out again. */
#include "rules/build_tables.h"

/* --- folders --- */

/* Whether removing `path` (a glob at its end included) empties the folder, or part of it. */
static bool empties(span path, span folder)
{
	while (path.n && (path.p[path.n - 1] == '*' || path.p[path.n - 1] == '/'))
		path.n--;
	if (path.n < 2 || path.p[0] != '/')
		return false;
	return span_starts(path, folder) || (span_starts(folder, path) && folder.p[path.n] == '/');
}

static bool removes(const dockerfile_command *c, const char *folders)
{
	span rest = span_of(folders), folder;
	if (!span_in(c->name, "rm find"))
		return false;
	while (folders && span_word(&rest, &folder))
		for (uint32_t k = 1; k < c->words.count; k++)
			if (empties(c->words.items[k].value, folder))
				return true;
	return false;
}

/* --- one RUN --- */

typedef struct cache_scan {
	const build_cache *of;
	const shell_word *dirty; /* the last subcommand that filled the cache; NULL: it is empty */
} cache_scan;

/* A program's name among its own arguments means that `&&` was forgotten: `yum install x yum clean all`. */
static void scan_call(cache_scan *s, shell_words words)
{
	const build_cache *of = s->of;
	bool subcommand = true;
	for (uint32_t at = 1; at < words.count;) {
		const shell_word *word = build_argument(of->manager, words, &at);
		if (!word)
			return;
		if (subcommand && span_in(word->value, of->install)) {
			s->dirty = word;
		} else if (subcommand && of->clean && span_in(word->value, of->clean)) {
			uint32_t next = at;
			const shell_word *third =
				of->third ? build_argument(of->manager, words, &next) : NULL;
			if (!of->third || (third && span_in(third->value, of->third)))
				s->dirty = NULL;
		}
		subcommand = span_in(word->value, of->manager->programs);
	}
}

static void check_run(const rule *r, const document *d, const dockerfile_instruction *i, rule_report *out)
{
	cache_scan s = {.of = r->of};
	const dockerfile_command *last = NULL;
	for (uint32_t k = i->first_command; k < i->end_command; k++) {
		const dockerfile_command *c = &d->dockerfile->commands.items[k];
		shell_words words;
		const shell_word *before = s.dirty;
		if (build_calls(s.of->manager, c, &words))
			scan_call(&s, words);
		else if (removes(c, s.of->folders))
			s.dirty = NULL;
		if (s.dirty && s.dirty != before)
			last = c;
	}
	if (s.dirty && !build_mounts(i, s.of->folders))
		build_found(out, r, d, i, s.dirty->source, NULL, "what %.*s %.*s fetched stays in the layer",
			SPAN_ARG(last->name), SPAN_ARG(s.dirty->value));
}

BUILD_JUDGE(judge_cache)
{
	(void)b;
	const build_cache *of = r->of;
	build_each(i, d) if (i->kind == DOCKERFILE_RUN && build_in_scope(d, i, of->scope))
		check_run(r, d, i, out);
}

/* --- apt --- */

/* Debian's images empty the package cache after every install, by a file that some remove to use a cache mount. */
static bool keeps_archives(const dockerfile_command *c)
{
	for (uint32_t k = 1; span_is(c->name, "rm") && k < c->words.count; k++)
		if (span_ends(c->words.items[k].value, SPAN("/docker-clean")))
			return true;
	return false;
}

BUILD_JUDGE(judge_apt_lists)
{
	(void)b;
	static const char lists[] = "/var/lib/apt/lists", archives[] = "/var/cache/apt";
	bool kept = false;
	uint32_t stage = DOCKERFILE_NO_STAGE;
	build_each(i, d)
	{
		kept &= i->stage == stage;
		stage = i->stage;
		const dockerfile_command *dirty = NULL;
		shell_words words;
		uint32_t at;
		for (uint32_t k = i->first_command; i->kind == DOCKERFILE_RUN && k < i->end_command; k++) {
			const dockerfile_command *c = &d->dockerfile->commands.items[k];
			kept |= keeps_archives(c);
			if (build_calls_with(&build_apt_all, "update", c, &words, &at))
				dirty = c;
			else if (removes(c, lists))
				dirty = NULL;
		}
		bool mounted = build_mounts(i, lists) && (!kept || build_mounts(i, archives));
		if (dirty && !mounted && build_in_scope(d, i, BUILD_SHIPPED))
			build_found(out, r, d, i, dirty->command->source, NULL,
				"the package lists stay in the layer: end the step with rm -rf /var/lib/apt/lists/*");
	}
}
