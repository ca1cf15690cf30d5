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
	enum {
		NAMED,
		ALL_IF_BARE,
		ALL
	} means;     /* the rules it names; all of the tool when it names none; all whatever it says */
	char reason; /* what the reason stands behind; 0: "--" */
} markers[] = {
	/* longer ones first */
	{"bulkhead: ignore-file", NULL, REACH_FILE, ALL_IF_BARE, 0},
	{"bulkhead: ignore", NULL, REACH_BLOCK, ALL_IF_BARE, 0},
	{"bulkhead:ignore-file", NULL, REACH_FILE, ALL_IF_BARE, 0},
	{"bulkhead:ignore", NULL, REACH_BLOCK, ALL_IF_BARE, 0},
	{"hadolint global ignore=", "hadolint", REACH_FILE, NAMED, 0},
	{"hadolint global ignore =", "hadolint", REACH_FILE, NAMED, 0},
	{"hadolint ignore=", "hadolint", REACH_BLOCK, NAMED, 0},
	{"hadolint ignore =", "hadolint", REACH_BLOCK, NAMED, 0},
	{"check=skip=", "buildkit", REACH_FILE, NAMED, ';'},
	{"check=error=true;skip=", "buildkit", REACH_FILE, NAMED, ';'},
	{"trivy:ignore:", "trivy", REACH_BLOCK, NAMED, ':'},
	{"tfsec:ignore:", "trivy", REACH_BLOCK, NAMED, ':'},
	{"checkov:skip=", "checkov", REACH_FILE, NAMED, ':'},
	{"kics-scan ignore-line", "kics", REACH_BLOCK, ALL, 0},
	{"kics-scan ignore-block", "kics", REACH_BLOCK, ALL, 0},
	{"kics-scan ignore", "kics", REACH_FILE, ALL, 0},
	{"dclint disable-line", "dclint", REACH_LINE, ALL_IF_BARE, 0},
	{"dclint disable-file", "dclint", REACH_FILE, ALL_IF_BARE, 0},
	{"dclint disable", "dclint", REACH_FILE, ALL_IF_BARE, 0},
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

/* "- …" of a YAML list, which may stand no deeper than the key that holds the list. */
static bool is_item(span line, size_t depth)
{
	return indentation(line) == depth && span_starts(span_from(line, depth), SPAN("- "));
}

/* The last line of what starts behind a comment line: the next line, what it is continued by, and all that is indented deeper. */
static uint32_t block_end(const text *t, uint32_t comment)
{
	uint32_t first = comment + 1;
	while (first <= t->line_count && blank_or_comment(text_line(t, first)))
		first++;
	size_t depth = indentation(text_line(t, first));
	bool item = is_item(text_line(t, first), depth);
	uint32_t last = first;
	while (last < t->line_count) {
		span next = text_line(t, last + 1);
		bool deeper = blank_or_comment(next) || indentation(next) > depth ||
			      (!item && is_item(next, depth));
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
	size_t reason = m->reason ? span_find_byte(rest, m->reason) : span_find(rest, SPAN("--"));
	x.rules = span_trim(span_sub(rest, 0, reason));
	if (reason != SPAN_NONE)
		x.why.reason = span_trim(span_from(rest, reason + (m->reason ? 1 : 2)));
	if (span_starts(x.why.reason, SPAN("exp:"))) { /* trivy:ignore:DS-0002:exp:2030-01-31 */
		x.why.expires = span_trim(span_from(x.why.reason, 4));
		x.why.reason = (span){0};
	}
	if (m->reach == REACH_FILE)
		x.first = 1, x.last = UINT32_MAX;
	else if (m->reach == REACH_BLOCK && blank_or_comment(whole))
		x.last = block_end(t, line);
	list_push(a, ret, x);
}

/* Whether the bytes before `at` on its line open a comment. */
static bool in_comment(const text *t, size_t at)
{
	const char *p = t->bytes.p;
	for (size_t i = at; i > 0 && p[i - 1] != '\n'; i--)
		if (p[i - 1] == '#' || (p[i - 1] == '/' && i > 1 && p[i - 2] == '/'))
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
static const char *const marker_tools[] = {
	"bulkhead:", "hadolint ", "check=", "trivy:", "tfsec:", "checkov:", "kics-scan ", "dclint "};

static void find_ignores(const text *t, arena *a, ignore_list *ret)
{
	for (size_t m = 0; m < sizeof marker_tools / sizeof *marker_tools; m++) {
		span tool = span_of(marker_tools[m]);
		for (size_t from = 0, at; (at = span_find(span_from(t->bytes, from), tool)) != SPAN_NONE;
			from += at + tool.n) {
			const struct marker *marker = marker_at(span_from(t->bytes, from + at));
			if (marker && in_comment(t, from + at))
				add_ignore(t, from + at, marker, a, ret);
		}
	}
}

static bool tool_means(span word, const char *tool, const rule *r)
{
	if (span_starts(word, SPAN("AVD-"))) /* as Trivy called its rules before */
		word = span_from(word, 4);
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
	if (m->means == ALL || (m->means == ALL_IF_BARE && !x->rules.n))
		return !m->tool || tool_means((span){0}, m->tool, r);
	for (size_t i = 0; i < x->rules.n; i++) {
		size_t start = i;
		while (i < x->rules.n && !memchr(", \t;", x->rules.p[i], 4))
			i++;
		span word = span_sub(x->rules, start, i - start);
		bool all = m->tool && strcmp(m->tool, "buildkit") == 0 && span_is(word, "all");
		if (word.n &&
			(m->tool ? tool_means(all ? (span){0} : word, m->tool, r) : rule_means(word, r)))
			return true;
	}
	return false;
}

static void suppress(const ignore_list *ignores, finding *f)
{
	uint32_t line = text_place(f->at.text, f->at.start).line;
	for (uint32_t i = 0; i < ignores->count && !f->suppressed; i++) {
		const ignore *x = &ignores->items[i];
		if (line >= x->first && line <= x->last && ignore_means(x, f->rule))
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
