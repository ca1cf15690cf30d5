/* SPDX-License-Identifier: Apache-2.0
 *
 * Which rules and paths a policy means, and what exceptions do. */
#include "policy/policy.h"

#include "base/files.h"
#include "inventory/inventory.h"

/* A place to go back to: behind a star, with what it has eaten so far. */
typedef struct star {
	size_t behind, eaten; /* in the pattern, in the path */
	bool seen;
} star;

/* Lets a star eat one byte more; false if it may not. */
static bool star_grow(star *w, span s, bool deep, size_t *i, size_t *j)
{
	if (!w->seen || w->eaten >= s.n || (!deep && s.p[w->eaten] == '/'))
		return false;
	*i = w->behind;
	*j = ++w->eaten;
	return true;
}

/* One star stops at '/', two do not. Of each kind the last is remembered, so the time is at most pattern.n * s.n squared, for paths
 * that are short. */
static bool glob(span pattern, span s)
{
	size_t i = 0, j = 0;
	star one = {0}, two = {0};
	while (j < s.n) {
		if (i < pattern.n && pattern.p[i] == '*') {
			bool deep = i + 1 < pattern.n && pattern.p[i + 1] == '*';
			i += deep ? 2 : 1;
			i += deep && i < pattern.n && pattern.p[i] == '/';
			*(deep ? &two : &one) = (star){i, j, true};
			if (deep)
				one.seen = false;
		} else if (i < pattern.n &&
			   (pattern.p[i] == s.p[j] || (pattern.p[i] == '?' && s.p[j] != '/'))) {
			i++;
			j++;
		} else if (!star_grow(&one, s, false, &i, &j)) {
			one.seen = false;
			if (!star_grow(&two, s, true, &i, &j))
				return false;
		}
	}
	while (i < pattern.n && pattern.p[i] == '*')
		i++;
	return i == pattern.n;
}

bool policy_glob(span pattern, span path)
{
	if (span_starts(path, SPAN("./")))
		path = span_from(path, 2);
	if (span_starts(pattern, SPAN("./")))
		pattern = span_from(pattern, 2);
	if (pattern.n > 1 && pattern.p[pattern.n - 1] == '/')
		pattern.n--; /* a folder */
	if (glob(pattern, path))
		return true;
	for (size_t i = 0; i < path.n; i++)
		if ((path.p[i] == '/' || span_starts(span_from(path, i), SPAN("!/"))) &&
			glob(pattern, span_sub(path, 0, i)))
			return true; /* something above it is meant, or the archive that it is in */
	if (span_find_byte(pattern, '/') != SPAN_NONE)
		return false;
	span rest = path, part;
	while (span_cut(&rest, '/', &part))
		if (glob(pattern, part))
			return true;
	return false;
}

/* A path as the globs of the policy mean it: below its folder, or as it is where it lies elsewhere. */
static span inner_path(const policy *p, const char *path, arena *a)
{
	if (!p->folder)
		return span_of(path);
	span full = span_of(path_join(a, p->here, path)), folder = span_of(p->folder);
	if (folder.n == 1)
		folder.n = 0; /* the root */
	bool below = span_starts(full, folder) && full.n > folder.n && full.p[folder.n] == '/';
	return below ? span_from(full, folder.n + 1) : span_of(path);
}

bool policy_excludes(const policy *p, const char *path)
{
	if (p->exclude.count == 0)
		return false;
	arena scratch = {0};
	span inner = inner_path(p, path, &scratch);
	bool ret = false;
	for (uint32_t i = 0; i < p->exclude.count && !ret; i++)
		ret = policy_glob(p->exclude.items[i], inner) ||
		      policy_glob(p->exclude.items[i], span_of(path));
	arena_done(&scratch);
	return ret;
}

bool policy_covered(const policy *p, const char *const *paths, uint32_t count)
{
	arena scratch = {0};
	bool ret = false;
	for (uint32_t i = 0; i < count && p->folder && !ret; i++) {
		span full = span_of(path_join(&scratch, p->here, paths[i])), folder = span_of(p->folder);
		ret = span_starts(folder, full) &&
		      (folder.n == full.n || full.n == 1 || folder.p[full.n] == '/');
	}
	arena_done(&scratch);
	return ret;
}

static bool past(span day, const char *today)
{
	return day.n && span_compare(day, span_of(today)) < 0;
}

static bool expired(const exception *x, const char *today)
{
	return past(x->expires, today);
}

/* A vulnerability goes by its ids, a secret by the name of its pattern and by the digest of its value, both of which its evidence holds. */
static bool goes_by(const finding *f, span name)
{
	span rest = f->evidence, word;
	while (f->spot && span_word(&rest, &word))
		if (span_equal_fold(word, name))
			return true;
	for (uint32_t i = 0; f->vulnerability && i < f->vulnerability->match->aliases.count; i++)
		if (span_equal_fold(f->vulnerability->match->aliases.items[i], name))
			return true;
	return false;
}

/* path is that of the finding; empty: it has none. */
static bool covers(const exception *x, const finding *f, span path)
{
	if (!rule_means(x->rule, f->rule) && !goes_by(f, x->rule))
		return false;
	if (x->path.n && !(path.n && policy_glob(x->path, path)))
		return false;
	return !x->workload.n || (f->workload && glob(x->workload, span_of(f->workload->name)));
}

void policy_suppress(policy *p, finding_list *findings, const char *today, arena *a)
{
	list_each(finding, f, findings)
		if (f->suppressed && past(f->suppressed->expires, today))
			f->suppressed = NULL; /* by a comment that has expired */
	if (p->exceptions.count == 0)
		return;
	suppression *why = ARENA_ARRAY(a, suppression, p->exceptions.count);
	for (uint32_t i = 0; i < p->exceptions.count; i++)
		why[i] = (suppression){.by = "exception",
			.reason = p->exceptions.items[i].reason,
			.expires = p->exceptions.items[i].expires};
	list_each(finding, f, findings) {
		span path = !f->at.text ? (span){0}
			    : f->spot   ? span_of(f->at.text->path)
					: inner_path(p, f->at.text->path, a);
		for (uint32_t i = 0; i < p->exceptions.count; i++) {
			exception *x = &p->exceptions.items[i];
			if (!covers(x, f, path))
				continue;
			x->used++;
			if (!f->suppressed && !expired(x, today))
				f->suppressed = &why[i];
		}
	}
}

static const rule expired_rule = {.id = "policy/expired-exception",
	.severity = SEVERITY_MEDIUM,
	.title = "An exception has expired",
	.why = "What was accepted until a date counts again: mend it or grant it anew.",
	.aliases = "",
	.references = ""};
static const rule unused_rule = {.id = "policy/unused-exception",
	.severity = SEVERITY_LOW,
	.title = "An exception covers nothing",
	.why = "An exception that nothing needs any more hides the next real finding: take it out.",
	.aliases = "",
	.references = ""};

void policy_review(const policy *p, finding_list *findings, const char *today, arena *a)
{
	for (uint32_t i = 0; i < p->exceptions.count; i++) {
		const exception *x = &p->exceptions.items[i];
		finding f = {.at = x->at};
		if (expired(x, today)) {
			f.rule = &expired_rule;
			f.message = arena_format(a, "the exception from %.*s ended on %.*s",
				SPAN_ARG(x->rule), SPAN_ARG(x->expires));
		} else if (!x->used && !p->partial) {
			f.rule = &unused_rule;
			f.message = arena_format(
				a, "no finding of %.*s is covered by this exception", SPAN_ARG(x->rule));
		} else {
			continue;
		}
		f.severity = f.rule->severity;
		f.fingerprint = span_hash(f.message);
		list_push(a, findings, f);
	}
}
