/* SPDX-License-Identifier: Apache-2.0
 *
 * Places, masks and excerpts. Everything here is linear in the text: places are counted on from the finding before, and an excerpt is a bounded part
 * of a line. */
#include "secrets/found.h"

#include "base/limits.h"

#include <stdlib.h>

enum { EXCERPT_BEFORE = 60, EXCERPT_AFTER = 60, MASK_STARS = 16 };

static int by_place(const void *a, const void *b)
{
	const raw_found *x = a, *y = b;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (x->rule != y->rule)
		return x->rule < y->rule ? -1 : 1;
	return x->end < y->end ? -1 : x->end > y->end;
}

/* Whether x says more than y: by rank, then our own rules before foreign ones, then by their order. */
static bool better(const secret_rules *rules, const raw_found *x, const raw_found *y)
{
	uint8_t rank_x = rules->uses.items[x->rule]->rank, rank_y = rules->uses.items[y->rule]->rank;
	return rank_x != rank_y ? rank_x < rank_y : x->rule < y->rule;
}

void found_settle(const secret_rules *rules, raw_list *raw)
{
	uint32_t n = 0;
	if (raw->count > 1)
		qsort(raw->items, raw->count, sizeof *raw->items, by_place);
	for (uint32_t i = 0; i < raw->count; i++) {
		const raw_found next = raw->items[i];
		bool kept = true;
		while (kept && n > 0 && raw->items[n - 1].end > next.start) {
			if (better(rules, &next, &raw->items[n - 1]))
				n--;
			else
				kept = false;
		}
		if (kept)
			raw->items[n++] = next;
	}
	raw->count = n;
}

size_t found_kept(span value)
{
	if (span_starts(value, SPAN("-----BEGIN "))) { /* the words of a PEM header are no secret */
		size_t end = span_find(span_from(value, 11), SPAN("-----"));
		if (end < 40)
			return 11 + end + 5;
	}
	size_t most = value.n >= 16 ? 4 : value.n >= 12 ? 2 : 0, n = 0;
	while (n < most && value.p[n] > ' ' && value.p[n] < 0x7f)
		n++;
	return n;
}

static span mask_value(span value, arena *a)
{
	size_t kept = found_kept(value), stars = value.n - kept < MASK_STARS ? value.n - kept : MASK_STARS;
	char *out = arena_alloc(a, kept + stars + 1);
	memcpy(out, value.p, kept);
	memset(out + kept, '*', stars);
	return (span){out, kept + stars};
}

/* Where counting has come to. */
typedef struct counter {
	span text;
	size_t at, line_start;
	uint32_t line, column;
} counter;

static void count_to(counter *c, size_t to)
{
	const char *newline;
	while (c->at < to && (newline = memchr(c->text.p + c->at, '\n', to - c->at))) {
		c->at = c->line_start = (size_t)(newline - c->text.p) + 1;
		c->line++;
		c->column = 1;
	}
	for (; c->at < to; c->at++)
		c->column += ((uint8_t)c->text.p[c->at] & 0xc0) != 0x80;
}

static void hide(char *out, span value)
{
	for (size_t i = found_kept(value); i < value.n; i++)
		if (out[i] != '\n' && out[i] != '\r')
			out[i] = '*';
}

typedef struct excerpt {
	span text;       /* all of it */
	size_t from, to; /* the part that is shown */
	char *out;       /* of from */
} excerpt;

/* Hides the part of a value that is shown, and the same value wherever else it stands in the excerpt. */
static void excerpt_hide(excerpt *x, const raw_found *raw)
{
	span value = span_sub(x->text, raw->start, raw->end - raw->start);
	for (size_t i = raw->start + found_kept(value); i < raw->end; i++)
		if (i >= x->from && i < x->to)
			x->out[i - x->from] = '*';
	span shown = span_sub(x->text, x->from, x->to - x->from);
	for (size_t at = 0, next; (next = span_find(span_from(shown, at), value)) != SPAN_NONE;
		at += next + 1)
		hide(x->out + at + next, value);
}

/* The line of a value, or a part of it, with all values in it hidden. */
static span excerpt_make(const raw_list *raw, uint32_t i, span text, size_t line_start, arena *a)
{
	size_t start = raw->items[i].start;
	excerpt x = {.text = text, .from = line_start};
	if (start - line_start > EXCERPT_BEFORE)
		x.from = start - EXCERPT_BEFORE;
	size_t most = raw->items[i].end - start < EXCERPT_AFTER ? raw->items[i].end : start + EXCERPT_AFTER;
	most = text.n - most > EXCERPT_AFTER ? most + EXCERPT_AFTER : text.n;
	const char *newline = memchr(text.p + start, '\n', most - start);
	x.to = newline ? (size_t)(newline - text.p) : most;
	span copy = arena_copy(a, span_sub(text, x.from, x.to - x.from));
	x.out = (char *)copy.p;
	excerpt_hide(&x, &raw->items[i]);
	for (uint32_t k = i; k-- > 0 && raw->items[k].end > x.from;)
		excerpt_hide(&x, &raw->items[k]);
	for (uint32_t k = i + 1; k < raw->count && raw->items[k].start < x.to; k++)
		excerpt_hide(&x, &raw->items[k]);
	for (size_t k = 0; k < copy.n; k++)
		if ((uint8_t)x.out[k] < 0x20 || x.out[k] == 0x7f)
			x.out[k] = ' ';
	return span_trim(copy);
}

static bool listed(span s, const span *items, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		if (span_equal(s, items[i]))
			return true;
	return false;
}

static bool allowed(const secret_allow *allow, const secret_found *f)
{
	return allow && (listed(span_of(f->rule->id), allow->rules.items, allow->rules.count) ||
				listed(span_of(f->hash), allow->hashes.items, allow->hashes.count));
}

static bool path_allowed(const secret_allow *allow, span path)
{
	for (uint32_t i = 0; allow && i < allow->paths.count; i++)
		if (allow->glob ? allow->glob(allow->paths.items[i], path)
				: span_equal(allow->paths.items[i], path))
			return true;
	return false;
}

void found_tell(const secret_rules *rules, const raw_list *raw, span path, span text,
	const secret_allow *allow, sha256 *hash, arena *a, secret_result *ret)
{
	if (path_allowed(allow, path)) {
		ret->allowed += raw->count;
		return;
	}
	counter c = {.text = text, .line = 1, .column = 1};
	for (uint32_t i = 0; i < raw->count; i++) {
		const raw_found *r = &raw->items[i];
		if (ret->found.count >= LIMIT_SECRET_FINDINGS) {
			ret->dropped += raw->count - i;
			return;
		}
		span value = span_sub(text, r->start, r->end - r->start);
		secret_found f = {.rule = &rules->uses.items[r->rule]->about,
			.start = r->start,
			.end = r->end,
			.note = r->note};
		sha256_add(hash, value);
		sha256_text(hash, f.hash);
		if (allowed(allow, &f)) {
			ret->allowed++;
			continue;
		}
		count_to(&c, r->start);
		f.line = c.line, f.column = c.column;
		f.excerpt = excerpt_make(raw, i, text, c.line_start, a);
		f.masked = mask_value(value, a);
		count_to(&c, r->end);
		f.end_line = c.line, f.end_column = c.column;
		list_push(a, &ret->found, f);
	}
}
