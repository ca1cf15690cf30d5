/* SPDX-License-Identifier: Apache-2.0
 *
 * One text: its windows, the matches in them, and what is judged of each. */
#include "base/limits.h"
#include "base/memory.h"
#include "secrets/automaton.h"
#include "secrets/exempt.h"
#include "secrets/found.h"
#include "secrets/scan_parts.h"
#include "secrets/windows.h"

#include <stdlib.h>
#include <time.h>

struct secret_scratch {
	const secret_rules *rules;
	windows windows;
	regex_matcher *matcher;
	sha256 *hash;
	uint32_t lanes;
};

secret_scratch *secret_scratch_new(const secret_rules *rules)
{
	secret_scratch *s = memory_zeroed(1, sizeof *s);
	s->rules = rules;
	s->lanes = AUTOMATON_LANES;
	s->matcher = regex_matcher_new();
	windows_init(&s->windows, rules);
	return s;
}

void secret_scratch_free(secret_scratch *s)
{
	if (!s)
		return;
	windows_done(&s->windows);
	regex_matcher_free(s->matcher);
	sha256_free(s->hash);
	free(s);
}

void secret_scratch_lanes(secret_scratch *s, uint32_t lanes)
{
	s->lanes = lanes;
}

/* One text on its way through. */
typedef struct work {
	secret_scratch *s;
	span path, text;
	arena scratch, *a;
	raw_list raw;
	secret_result *ret;
	struct timespec began;
	uint32_t searches;
	bool late; /* out of time: nothing more is tried */
} work;

static void problem_add(work *w, secret_fault fault, const secret_use *use, const char *message)
{
	if (w->ret->problems.count < LIMIT_FILE_ERRORS)
		list_push(w->a, &w->ret->problems,
			(secret_problem){
				.fault = fault, .rule = use ? &use->about : NULL, .message = message});
}

/* Whether patterns have worked on this text for longer than any honest one needs. */
static bool out_of_time(work *w, const secret_use *use)
{
	enum { EVERY = 64 }; /* asking takes as long as many a search */
	struct timespec now;
	if (w->late || w->searches++ % EVERY)
		return w->late;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	if (now.tv_sec - w->began.tv_sec > LIMIT_SECRET_SECONDS) {
		w->late = true;
		problem_add(w, SECRET_FAULT_EFFORT, use,
			"searching this file took too long: the rest of it was not searched");
	}
	return w->late;
}

/* Which group holds the secret: the one that the rule names, or for foreign rules the first that took part. */
static uint32_t group_of(const secret_use *use, const regex_match *m)
{
	if (use->group < REGEX_GROUPS && m->start[use->group] != SPAN_NONE && !use->foreign_group)
		return use->group;
	for (uint32_t i = 1; i < m->count && use->foreign_group; i++)
		if (m->start[i] != SPAN_NONE && m->end[i] > m->start[i])
			return i;
	return 0;
}

static span part_of(span text, const regex_match *m, uint32_t group)
{
	if (m->start[group] == SPAN_NONE || m->end[group] < m->start[group])
		return (span){0};
	return span_sub(text, m->start[group], m->end[group] - m->start[group]);
}

/* What was taken off the front of a foreign pattern is part of its match. */
static span with_prefix(span text, span match, uint32_t most)
{
	size_t start = (size_t)(match.p - text.p), least = start > most ? start - most : 0;
	while (start > least && (ascii_alpha(text.p[start - 1]) || ascii_digit(text.p[start - 1]) ||
					strchr("_.-", text.p[start - 1])))
		start--;
	return (span){text.p + start, (size_t)(match.p - text.p) - start + match.n};
}

static void match_judge(work *w, uint32_t rule, secret_use *use, const regex_match *m)
{
	secret_candidate c = {.path = w->path,
		.input = w->text,
		.match = part_of(w->text, m, 0),
		.value = part_of(w->text, m, group_of(use, m))};
	if (c.value.n == 0)
		return;
	c.match = with_prefix(w->text, c.match, use->prefix);
	if (use->group > 1)
		c.name = part_of(w->text, m, 1);
	if (use->entropy > 0 && secret_entropy(c.value) < (double)use->entropy)
		return;
	if (!use->about.foreign && use->rank != SECRET_RANK_GENERIC && secret_placeholder(c.value))
		return;
	if (use->allow.pattern.n && regex_matches(&use->allow, w->s->matcher, c.value))
		return;
	if (use->about.foreign && secret_exempted(w->s->rules, use, w->s->matcher, &c))
		return;
	if (use->check && !use->check(&c))
		return;
	size_t start = (size_t)(c.value.p - w->text.p);
	list_push(&w->scratch, &w->raw, (raw_found){start, start + c.value.n, rule, c.note});
}

/* All matches that begin in a window. Long windows are searched in pieces, so that the time is looked at now and then.
 * False when the rule was given up. */
static bool window_search(work *w, const window *win)
{
	secret_use *use = w->s->rules->uses.items[win->rule];
	size_t at = win->from;
	while (at <= win->last && w->raw.count < LIMIT_SECRET_RAW && !out_of_time(w, use)) {
		size_t last = win->last - at > LIMIT_SECRET_PIECE ? at + LIMIT_SECRET_PIECE : win->last;
		size_t end = w->text.n - last > use->after ? last + use->after : w->text.n;
		regex_match m;
		int got = regex_find(&use->pattern, w->s->matcher, w->text, at, last, end, &m);
		if (got < 0) {
			problem_add(w, SECRET_FAULT_EFFORT, use,
				"the pattern of this rule was given up here: it took too many steps");
			return false;
		}
		if (got == 0) {
			at = last + 1;
			continue;
		}
		match_judge(w, win->rule, use, &m);
		at = m.end[0] > at ? m.end[0] : at + 1;
	}
	return !w->late;
}

/* Foreign rules that ask for a path and nothing else: the file itself is the finding. */
static void paths_judge(work *w)
{
	const secret_rules *rules = w->s->rules;
	list_each(uint32_t, i, &rules->paths) {
		secret_use *use = rules->uses.items[*i];
		const secret_candidate c = {
			.path = w->path, .input = w->text, .match = {w->text.p, 0}, .value = {w->text.p, 0}};
		if (regex_matches(&use->path, w->s->matcher, w->path) &&
			!secret_exempted(rules, use, w->s->matcher, &c))
			list_push(w->a, &w->ret->found,
				(secret_found){.rule = &use->about,
					.line = 1,
					.column = 1,
					.end_line = 1,
					.end_column = 1,
					.note = "by its path"});
	}
}

static bool path_wanted(work *w, secret_use *use)
{
	return use->path.pattern.n == 0 || regex_matches(&use->path, w->s->matcher, w->path);
}

static void windows_search(work *w)
{
	const windows *all = &w->s->windows;
	uint32_t skipped = UINT32_MAX, tested = UINT32_MAX;
	for (uint32_t i = 0; i < all->all.count && !w->late; i++) {
		const window *win = &all->all.items[i];
		secret_use *use = w->s->rules->uses.items[win->rule];
		if (win->rule == skipped)
			continue;
		if (win->rule != tested && !path_wanted(w, use)) {
			skipped = win->rule;
			continue;
		}
		tested = win->rule;
		if (!window_search(w, win))
			skipped = win->rule;
	}
}

void secret_scan(
	secret_scratch *s, span path, span bytes, const secret_allow *allow, arena *a, secret_result *ret)
{
	work w = {.s = s, .path = path, .text = bytes, .a = a, .ret = ret};
	secret_content content = secret_sniff(bytes);
	paths_judge(&w);
	if (content == SECRET_BINARY || bytes.n == 0)
		return;
	if (bytes.n > LIMIT_SECRET_BYTES) {
		w.text = span_sub(bytes, 0, LIMIT_SECRET_BYTES);
		problem_add(&w, SECRET_FAULT_SIZE, NULL,
			"only the first part of this file was searched for secrets");
	}
	if (content == SECRET_TEXT_UTF16)
		w.text = secret_from_utf16(w.text, &w.scratch);
	windows_find(&s->windows, w.text, s->lanes);
	if (s->windows.all.count) {
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &w.began);
		windows_search(&w);
	}
	if (w.raw.count) {
		if (!s->hash)
			s->hash = sha256_new();
		if (w.raw.count >= LIMIT_SECRET_RAW)
			problem_add(&w, SECRET_FAULT_MANY, NULL,
				"more secrets than one file may have: the rest was not searched");
		found_settle(s->rules, &w.raw);
		found_tell(s->rules, &w.raw, path, w.text, allow, s->hash, a, ret);
	}
	arena_done(&w.scratch);
}
