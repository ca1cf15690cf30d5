/* SPDX-License-Identifier: Apache-2.0
 *
 * Comments that suppress findings: our own, and those of the tools whose rules ours answer, so that nobody has to write
 * a decision down twice. */
#include "policy/policy.h"

#include "base/map.h"

typedef enum reach { REACH_LINE, REACH_BLOCK, REACH_FILE } reach;

static const struct marker {
	const char *words; /* behind the comment sign */
	const char *tool;  /* the prefix of the aliases that are meant; NULL: ours, which may name any */
	reach reach;       /* of one on a line of its own; behind code it is the line */
	bool everything;   /* names no rule: means all of the tool */
} markers[] = {
	/* longer ones first */
	{"bulkhead: ignore-file", NULL, REACH_FILE, false},
	{"bulkhead: ignore", NULL, REACH_BLOCK, false},
	{"bulkhead:ignore-file", NULL, REACH_FILE, false},
	{"bulkhead:ignore", NULL, REACH_BLOCK, false},
	{"hadolint global ignore=", "hadolint", REACH_FILE, false},
	{"hadolint ignore=", "hadolint", REACH_BLOCK, false},
	{"check=skip=", "buildkit", REACH_FILE, false},
	{"trivy:ignore:", "trivy", REACH_BLOCK, false},
	{"tfsec:ignore:", "trivy", REACH_BLOCK, false},
	{"checkov:skip=", "checkov", REACH_FILE, false},
	{"kics-scan ignore-line", "kics", REACH_BLOCK, true},
	{"kics-scan ignore-block", "kics", REACH_BLOCK, true},
	{"kics-scan ignore", "kics", REACH_FILE, true},
	{"dclint disable-line", "dclint", REACH_LINE, false},
	{"dclint disable", "dclint", REACH_FILE, false},
};

typedef struct ignore {
	uint32_t first, last; /* lines */
	span rules;           /* separated by commas or blanks */
	const struct marker *marker;
	suppression why;
} ignore;

typedef LIST(ignore) ignore_list;

static size_t indentation(span line)
{
	size_t n = 0;
	while (n < line.n && (line.p[n] == ' ' || line.p[n] == '\t'))
		n++;
	return n;
}

static bool blank_or_comment(span line)
{
	line = span_trim(line);
	return line.n == 0 || line.p[0] == '#' || span_starts(line, SPAN("//"));
}

static bool continues(span line)
{
	line = span_trim(line);
	return line.n && (line.p[line.n - 1] == '\\' || line.p[line.n - 1] == '`');
}

/* The last line of what starts behind a comment line: the next line, what it is continued by, and all that is indented deeper. */
static uint32_t block_end(const text *t, uint32_t comment)
{
	uint32_t first = comment + 1;
	while (first <= t->line_count && blank_or_comment(text_line(t, first)))
		first++;
	size_t depth = indentation(text_line(t, first));
	uint32_t last = first;
	while (last < t->line_count) {
		span next = text_line(t, last + 1);
		bool deeper = blank_or_comment(next) || indentation(next) > depth;
		if (!continues(text_line(t, last)) && !deeper)
			break;
		last++;
	}
	return last;
}

static void add_ignore(const text *t, size_t at, const struct marker *m, arena *a, ignore_list *ret)
{
	uint32_t line = text_place(t, (uint32_t)at).line;
	span whole = text_line(t, line);
	span rest = span_from(t->bytes, at + strlen(m->words));
	rest = span_sub(rest, 0, (size_t)(whole.p + whole.n - rest.p));
	ignore x = {.first = line, .last = line, .marker = m, .why = {.by = "comment"}};
	size_t dashes = span_find(rest, SPAN("--"));
	x.rules = span_trim(span_sub(rest, 0, dashes));
	if (dashes != SPAN_NONE)
		x.why.reason = span_trim(span_from(rest, dashes + 2));
	if (m->reach == REACH_FILE)
		x.first = 1, x.last = UINT32_MAX;
	else if (m->reach == REACH_BLOCK && blank_or_comment(whole))
		x.last = block_end(t, line);
	list_push(a, ret, x);
}

/* Whether the bytes before `at` on its line open a comment. */
static bool in_comment(const text *t, size_t at)
{
	for (size_t i = at; i > 0 && t->bytes.p[i - 1] != '\n'; i--)
		if (t->bytes.p[i - 1] == '#' || t->bytes.p[i - 1] == '/')
			return true;
	return false;
}

/* The marker that stands at a place: the first that fits, and longer ones stand first in the table. */
static const struct marker *marker_at(span rest)
{
	for (size_t m = 0; m < sizeof markers / sizeof *markers; m++)
		if (span_starts(rest, span_of(markers[m].words)))
			return &markers[m];
	return NULL;
}

/* Every marker starts with one of these words: looked for first, because most texts hold none. */
static const char *const marker_tools[] = {"bulkhead:", "hadolint ", "check=", "trivy:", "tfsec:", "checkov:", "kics-scan ",
	"dclint "};

static void find_ignores(const text *t, arena *a, ignore_list *ret)
{
	for (size_t m = 0; m < sizeof marker_tools / sizeof *marker_tools; m++) {
		span tool = span_of(marker_tools[m]);
		for (size_t from = 0, at; (at = span_find(span_from(t->bytes, from), tool)) != SPAN_NONE; from += at + tool.n) {
			const struct marker *marker = marker_at(span_from(t->bytes, from + at));
			if (marker && in_comment(t, from + at))
				add_ignore(t, from + at, marker, a, ret);
		}
	}
}

static bool tool_means(span word, const char *tool, const rule *r)
{
	span rest = span_of(r->aliases), alias;
	span prefix = span_of(tool);
	while (span_word(&rest, &alias)) {
		if (!span_starts(alias, prefix) || alias.n <= prefix.n || alias.p[prefix.n] != ':')
			continue;
		if (!word.n || span_equal_fold(span_from(alias, prefix.n + 1), word))
			return true;
	}
	return false;
}

static bool ignore_means(const ignore *x, const rule *r)
{
	const struct marker *m = x->marker;
	if (m->everything)
		return tool_means((span){0}, m->tool, r);
	bool any = false;
	for (size_t i = 0; i < x->rules.n;) {
		size_t start = i;
		while (i < x->rules.n && !memchr(", \t:;", x->rules.p[i], 5))
			i++;
		/* ':' separates a checkov id from its reason, but belongs to "tool:rule" of ours. */
		if (!m->tool)
			while (i < x->rules.n && !memchr(", \t;", x->rules.p[i], 4))
				i++;
		span word = span_sub(x->rules, start, i - start);
		i++;
		if (!word.n)
			continue;
		any = true;
		if (m->tool ? tool_means(word, m->tool, r) || span_is(word, "all") : rule_means(word, r))
			return true;
	}
	return !any && !m->tool; /* "bulkhead: ignore" alone means everything here */
}

static void suppress(const ignore_list *ignores, finding *f)
{
	uint32_t first = text_place(f->at.text, f->at.start).line, last = text_place(f->at.text, f->at.end).line;
	for (uint32_t i = 0; i < ignores->count && !f->suppressed; i++) {
		const ignore *x = &ignores->items[i];
		bool here = first >= x->first && first <= x->last;
		/* A comment behind code counts for what begins on its line or holds it as its only line. */
		here |= x->first == x->last && last == first && first == x->first;
		if (here && ignore_means(x, f->rule))
			f->suppressed = &x->why;
	}
}

void policy_comments(finding_list *findings, arena *a)
{
	map known = {0};
	list_each(finding, f, findings) {
		if (!f->at.text || f->suppressed)
			continue;
		span key = {(const char *)&f->at.text, sizeof f->at.text};
		ignore_list *ignores = map_get(&known, key);
		if (!ignores) {
			ignores = ARENA_NEW(a, ignore_list);
			find_ignores(f->at.text, a, ignores);
			map_set(&known, a, key, ignores);
		}
		suppress(ignores, f);
	}
}
