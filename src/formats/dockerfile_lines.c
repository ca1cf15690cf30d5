/* SPDX-License-Identifier: Apache-2.0
 *
 * From physical lines to one logical line, and back: continuations, comments and blank lines inside, here-documents. */
#include "base/limits.h"
#include "formats/dockerfile_parse.h"
#include "formats/dockerfile_words.h"

enum { SPACED_MISSES = 16 }; /* each costs a walk to the end of the file */

bool dockerfile_line_next(dockerfile_parser *p, span *ret)
{
	span rest = span_from(p->text->bytes, p->at);
	if (rest.n == 0)
		return false;
	size_t end = span_find_byte(rest, '\n');
	p->at += end == SPAN_NONE ? rest.n : end + 1;
	span line = span_sub(rest, 0, end);
	while (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	*ret = line;
	return true;
}

/* `foo \` with blanks behind it goes on; `foo \\` does not. The escape and what follows it are taken off. */
static bool continues(span *line, char escape)
{
	size_t n = line->n;
	while (n && (line->p[n - 1] == ' ' || line->p[n - 1] == '\t'))
		n--;
	if (n == 0 || line->p[n - 1] != escape || (n > 1 && line->p[n - 2] == escape))
		return false;
	line->n = n - 1;
	return true;
}

static span offset_span(const dockerfile_parser *p, size_t from, size_t to)
{
	return span_sub(p->text->bytes, from, to - from);
}

/* Collects the pieces of the logical line into p->pieces; gives the last physical line that is a part of it. */
static span pieces_collect(dockerfile_parser *p, span line, dockerfile_instruction *i)
{
	span last = line, whole = line;
	char escape = p->file->escape;
	p->pieces.count = 0;
	bool more = continues(&line, escape);
	list_push(p->arena, &p->pieces, line);
	while (more && dockerfile_line_next(p, &whole)) {
		span content = whole;
		while (content.n && ascii_space(content.p[0]))
			content = span_from(content, 1);
		if (content.n == 0) {
			i->blank_continuation = true;
			continue;
		}
		if (content.p[0] == '#') {
			list_push(p->arena, &p->file->comments, content);
			continue;
		}
		last = line = whole;
		more = continues(&line, escape);
		list_push(p->arena, &p->pieces, line);
	}
	return last;
}

static span pieces_join(dockerfile_parser *p, dockerfile_instruction *i)
{
	size_t n = 0;
	list_each(span, piece, &p->pieces)
		n += piece->n;
	i->segments = ARENA_ARRAY(p->arena, dockerfile_segment, p->pieces.count);
	i->segment_count = p->pieces.count;
	char *joined = p->pieces.count > 1 ? arena_alloc(p->arena, n + 1) : NULL;
	size_t at = 0;
	for (uint32_t k = 0; k < p->pieces.count; k++) {
		span piece = p->pieces.items[k];
		i->segments[k] = (dockerfile_segment){(uint32_t)at, text_offset(p->text, piece)};
		if (joined && piece.n)
			memcpy(joined + at, piece.p, piece.n);
		at += piece.n;
	}
	return joined ? (span){joined, n} : p->pieces.items[0];
}

/* --- here-documents --- */

/* Whether the joined line is one whose `<<NAME` BuildKit looks at. */
static bool heredoc_possible(dockerfile_parser *p, span line)
{
	if (!span_contains(line, "<<"))
		return false;
	dockerfile_kind kind = dockerfile_kind_of(dockerfile_keyword_take(&line));
	span flag;
	while (dockerfile_flag_take(&line, &flag))
		continue;
	if (kind == DOCKERFILE_ONBUILD) {
		kind = dockerfile_kind_of(dockerfile_keyword_take(&line));
		while (dockerfile_flag_take(&line, &flag))
			continue;
	}
	if (kind != DOCKERFILE_RUN && kind != DOCKERFILE_COPY && kind != DOCKERFILE_ADD)
		return false;
	dockerfile_spans strings = {0};
	return dockerfile_json_strings(line, p->arena, &strings) != 1;
}

/* Splits `3<<-"EOF"`; the name is what remains (empty for a bare `<<`). */
static bool heredoc_split(span word, dockerfile_heredoc *ret, span *ret_rest)
{
	size_t at = 0;
	while (at < word.n && ascii_digit(word.p[at]))
		at++;
	span rest = span_from(word, at);
	if (!span_starts(rest, SPAN("<<")))
		return false;
	rest = span_from(rest, 2);
	ret->chomp = rest.n && rest.p[0] == '-';
	if (ret->chomp)
		rest = span_from(rest, 1);
	if (span_find_byte(rest, '<') != SPAN_NONE)
		return false;
	*ret_rest = rest;
	return true;
}

static bool quotes_close(span s)
{
	char quote = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\' && quote != '\'')
			i++;
		else if (quote ? s.p[i] == quote : s.p[i] == '"' || s.p[i] == '\'')
			quote = quote ? 0 : s.p[i];
	}
	return quote == 0;
}

static bool heredoc_name(dockerfile_parser *p, span raw, dockerfile_heredoc *h)
{
	bool quoted;
	if (raw.n == 0 || !quotes_close(raw))
		return false;
	h->name = dockerfile_unquote(raw, '\\', p->arena, &quoted);
	h->expand = !quoted;
	return h->name.n > 0;
}

/* `<< NAME` was a plain shift or an error to older builders, so only what looks like a name counts. */
static bool spaced_name(span raw)
{
	span name = raw;
	if (name.n > 2 && (name.p[0] == '"' || name.p[0] == '\'') && name.p[name.n - 1] == name.p[0])
		name = span_sub(name, 1, name.n - 2);
	for (size_t i = 0; i < name.n; i++)
		if (!ascii_alpha(name.p[i]) && name.p[i] != '_' && !(i && ascii_digit(name.p[i])))
			return false;
	return name.n > 0;
}

/* Reads the lines of one heredoc; p->at moves behind its terminator. */
static void heredoc_content(dockerfile_parser *p, dockerfile_heredoc *h)
{
	size_t start = p->at, before = p->at;
	span line;
	while (dockerfile_line_next(p, &line)) {
		span name = line;
		while (h->chomp && name.n && name.p[0] == '\t')
			name = span_from(name, 1);
		if (span_equal(name, h->name)) {
			h->content = offset_span(p, start, before);
			h->terminator = line;
			h->terminated = true;
			return;
		}
		before = p->at;
	}
	h->content = offset_span(p, start, p->at);
	h->terminator = offset_span(p, p->at, p->at);
}

static bool heredoc_spaced(dockerfile_parser *p, span raw, dockerfile_heredoc *h)
{
	size_t at = p->at;
	if (p->spaced_misses >= SPACED_MISSES || !spaced_name(raw) || !heredoc_name(p, raw, h))
		return false;
	heredoc_content(p, h);
	if (h->terminated)
		return true;
	p->at = at;
	p->spaced_misses++;
	return false;
}

static void heredoc_add(dockerfile_parser *p, dockerfile_instruction *i, dockerfile_heredoc *h, span logical)
{
	h->source = dockerfile_spot(i, logical);
	if (!h->terminated)
		dockerfile_problem_add(p, h->source, false,
			"the here-document is not closed: no line is just '%.*s'", SPAN_ARG(h->name));
	list_push(p->arena, &i->heredocs, *h);
}

static void heredocs_read(dockerfile_parser *p, dockerfile_instruction *i, span line)
{
	span rest = line, word, next, raw;
	while (dockerfile_word_take(&rest, '\\', &word)) {
		dockerfile_heredoc h = {0};
		if (!heredoc_split(word, &h, &raw))
			continue;
		if (raw.n == 0) {
			span ahead = rest;
			if (dockerfile_word_take(&ahead, '\\', &next) && heredoc_spaced(p, next, &h))
				heredoc_add(p, i, &h, (span){word.p, (size_t)(next.p + next.n - word.p)});
		} else if (heredoc_name(p, raw, &h)) {
			heredoc_content(p, &h);
			heredoc_add(p, i, &h, word);
		}
	}
}

/* The bytes behind the last piece are the heredocs' own, so the piece just becomes longer. */
static void heredocs_attach(dockerfile_parser *p, dockerfile_instruction *i, size_t line_n, span *line)
{
	span *last = &p->pieces.items[p->pieces.count - 1];
	const dockerfile_heredoc *h = &i->heredocs.items[i->heredocs.count - 1];
	last->n = (size_t)(h->terminator.p + h->terminator.n - last->p);
	i->logical = pieces_join(p, i);
	*line = span_sub(i->logical, 0, line_n);
	i->source.n = (size_t)(h->terminator.p + h->terminator.n - i->source.p);
}

bool dockerfile_join(dockerfile_parser *p, span line, dockerfile_instruction *i, span *ret_line)
{
	span last = pieces_collect(p, line, i);
	span joined = i->logical = pieces_join(p, i);
	if (span_trim(joined).n == 0)
		return false;
	i->source = (span){line.p, (size_t)(last.p + last.n - line.p)};
	if (heredoc_possible(p, joined))
		heredocs_read(p, i, joined);
	if (i->heredocs.count)
		heredocs_attach(p, i, joined.n, &joined);
	*ret_line = joined;
	return true;
}

/* --- the way back --- */

static uint32_t offset_back(const dockerfile_instruction *i, uint32_t logical)
{
	uint32_t low = 0, high = i->segment_count;
	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;
		if (i->segments[middle].logical <= logical)
			low = middle;
		else
			high = middle;
	}
	return i->segments[low].source + (logical - i->segments[low].logical);
}

/* p lies in s, its end included. */
static bool inside(span s, span part)
{
	return s.p && part.p >= s.p && part.p <= s.p + s.n && part.n <= (size_t)(s.p + s.n - part.p);
}

static span logical_back(const dockerfile_instruction *i, span s)
{
	span bytes = i->file->text->bytes;
	uint32_t from = (uint32_t)(s.p - i->logical.p), to = from + (uint32_t)s.n;
	uint32_t end = to ? offset_back(i, to - 1) + 1 : offset_back(i, 0);
	if (s.n == 0)
		return span_sub(bytes, end, 0);
	uint32_t start = offset_back(i, from);
	return span_sub(bytes, start, end - start);
}

static const dockerfile_word *word_holding(const dockerfile_instruction *i, span s)
{
	list_each(dockerfile_word, word, &i->words)
		if (inside(word->value, s))
			return word;
	list_each(dockerfile_flag, flag, &i->flags)
		if (inside(flag->value.value, s))
			return &flag->value;
	list_each(dockerfile_pair, pair, &i->pairs) {
		if (inside(pair->value.value, s))
			return &pair->value;
		if (inside(pair->key.value, s))
			return &pair->key;
	}
	return NULL;
}

span dockerfile_spot(const dockerfile_instruction *i, span s)
{
	if (inside(i->file->text->bytes, s))
		return s;
	if (inside(i->logical, s))
		return logical_back(i, s);
	const dockerfile_word *word = word_holding(i, s);
	if (!word && i->trigger)
		word = word_holding(i->trigger, s);
	return word ? word->source : i->source;
}

uint32_t dockerfile_spot_offset(const dockerfile_instruction *i, uint32_t offset)
{
	span at = span_sub(i->script, offset, 0);
	uint32_t logical = (uint32_t)(at.p - i->logical.p);
	return offset < i->script.n || logical == 0 ? offset_back(i, logical)
						    : offset_back(i, logical - 1) + 1;
}
