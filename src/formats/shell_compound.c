/* SPDX-License-Identifier: Apache-2.0
 *
 * Groups, compound commands, pipelines and lists: what nests in the shell's grammar. */
#include "base/limits.h"
#include "formats/shell_parse.h"

static shell_member member_read(shell_parser *p, shell_seat seat);

/* --- groups --- */

/* SHELL_NONE if there may be no deeper one. */
static uint32_t group_open(shell_parser *p, shell_group_kind kind, size_t start, shell_seat seat)
{
	uint32_t depth = shell_group_at(p, p->group)->depth + 1;
	if (depth > LIMIT_SHELL_DEPTH || p->script->groups.count >= LIMIT_SHELL_COMMANDS) {
		shell_give_up(p);
		return SHELL_NONE;
	}
	shell_group group = {
		.kind = kind,
		.source = span_sub(p->text, start, 0),
		.parent = p->group,
		.owner = SHELL_NONE,
		.pipeline = seat.pipeline,
		.position = seat.position,
		.depth = depth,
	};
	list_push(p->arena, &p->script->groups, group);
	return p->group = p->script->groups.count - 1;
}

static void group_close(shell_parser *p, uint32_t index)
{
	shell_group *group = shell_group_at(p, index);
	group->source.n = (size_t)(p->text.p + p->at - group->source.p);
	p->group = group->parent;
}

static const shell_seat nowhere = {SHELL_NONE, SHELL_NONE, false};

void shell_parens_read(shell_parser *p, shell_group_kind kind, size_t start)
{
	uint32_t owner = p->owner, index = group_open(p, kind, start, nowhere);
	if (index == SHELL_NONE)
		return;
	shell_group_at(p, index)->owner = owner;
	p->parens++;
	shell_list_read(p, SHELL_CLOSE_PAREN);
	p->parens--;
	p->owner = owner;
	group_close(p, index);
}

void shell_range_read(shell_parser *p, shell_group_kind kind, size_t start, size_t close)
{
	uint32_t owner = p->owner, parens = p->parens, index = group_open(p, kind, start, nowhere);
	size_t end = p->end;
	if (index == SHELL_NONE)
		return;
	shell_group_at(p, index)->owner = owner;
	p->parens = 0;
	p->end = close;
	shell_list_read(p, SHELL_CLOSE_END);
	p->end = end;
	p->at = p->stuck ? end : close;
	p->parens = parens;
	p->owner = owner;
	group_close(p, index);
	shell_group *group = shell_group_at(p, index);
	group->source.n += !p->stuck && close < end;
}

/* --- compound commands --- */

/* The unquoted word of letters and signs ahead, if it stands alone. */
static span reserved_ahead(const shell_parser *p)
{
	size_t n = 0;
	while (n < 9 && shell_peek(p, n) &&
		((shell_peek(p, n) >= 'a' && shell_peek(p, n) <= 'z') || strchr("{}!", shell_peek(p, n))))
		n++;
	char after = shell_peek(p, n);
	if (n == 0 || (after && !ascii_space(after) && !strchr(";&|()<>", after)))
		return (span){0};
	return span_sub(p->text, p->at, n);
}

static bool reserved_take(shell_parser *p, const char *word)
{
	if (!span_is(reserved_ahead(p), word))
		return false;
	p->at += strlen(word);
	return true;
}

static shell_member group_end(shell_parser *p, uint32_t index)
{
	group_close(p, index);
	for (;;) {
		shell_blanks(p);
		if (!shell_redirect_read(p, true, index))
			return (shell_member){.is_group = true, .index = index};
	}
}

static shell_member list_group(
	shell_parser *p, shell_group_kind kind, size_t word, shell_closing close, shell_seat seat)
{
	size_t start = p->at;
	p->at += word;
	uint32_t index = group_open(p, kind, start, seat);
	if (index == SHELL_NONE)
		return (shell_member){0};
	p->parens += close == SHELL_CLOSE_PAREN;
	shell_list_read(p, close);
	p->parens -= close == SHELL_CLOSE_PAREN;
	return group_end(p, index);
}

/* `x in a b c` up to the end of the line or the semicolon. */
static void for_head(shell_parser *p)
{
	shell_word word;
	shell_blanks(p);
	if (shell_peek(p, 0) == '(' && shell_peek(p, 1) == '(') {
		p->at += 2;
		shell_arithmetic(p);
		shell_blanks(p);
	}
	for (uint32_t k = 0; !shell_at_end(p) && !(k == 1 && span_is(reserved_ahead(p), "do")); k++) {
		size_t before = p->at;
		shell_word_read(p, &word);
		if (p->at == before)
			p->at++;
		shell_blanks(p);
	}
	p->at += shell_peek(p, 0) == ';';
}

static shell_member for_read(shell_parser *p, size_t word, shell_seat seat)
{
	size_t start = p->at;
	p->at += word;
	uint32_t index = group_open(p, SHELL_FOR, start, seat);
	if (index == SHELL_NONE)
		return (shell_member){0};
	for_head(p);
	shell_list_read(p, SHELL_CLOSE_DONE);
	return group_end(p, index);
}

/* `a|b)`; false at esac or the end. */
static bool pattern_read(shell_parser *p)
{
	shell_word word;
	shell_gaps(p);
	if (p->at >= p->end || span_is(reserved_ahead(p), "esac"))
		return false;
	if (shell_peek(p, 0) == '(')
		p->at++;
	while (p->at < p->end && shell_peek(p, 0) != ')' && shell_peek(p, 0) != '\n') {
		size_t before = p->at;
		shell_word_read(p, &word);
		shell_blanks(p);
		if (p->at == before)
			p->at++;
	}
	if (p->at < p->end)
		p->at++;
	return true;
}

static shell_member case_read(shell_parser *p, shell_seat seat)
{
	size_t start = p->at;
	shell_word word;
	p->at += 4;
	uint32_t index = group_open(p, SHELL_CASE, start, seat);
	if (index == SHELL_NONE)
		return (shell_member){0};
	shell_blanks(p);
	shell_word_read(p, &word);
	shell_gaps(p);
	if (!reserved_take(p, "in"))
		p->script->unbalanced = true;
	while (pattern_read(p))
		shell_list_read(p, SHELL_CLOSE_ITEM);
	if (!reserved_take(p, "esac"))
		p->script->unbalanced = true;
	return group_end(p, index);
}

/* The body of a function is a member of a pipeline of its own. */
static shell_member function_read(shell_parser *p, size_t start, span name, shell_seat at)
{
	uint32_t index = group_open(p, SHELL_FUNCTION, start, at);
	if (index == SHELL_NONE)
		return (shell_member){0};
	shell_group_at(p, index)->name = name;
	shell_gaps(p);
	if (p->at < p->end && !shell_at_end(p))
		member_read(p, (shell_seat){p->pipelines++, 0, false});
	group_close(p, index);
	return (shell_member){.is_group = true, .index = index};
}

static bool parens_take(shell_parser *p)
{
	size_t before = p->at;
	shell_blanks(p);
	if (shell_peek(p, 0) == '(') {
		p->at++;
		shell_blanks(p);
		if (shell_peek(p, 0) == ')') {
			p->at++;
			return true;
		}
	}
	p->at = before;
	return false;
}

static bool function_name(shell_parser *p, span *ret)
{
	size_t start = p->at, n = 0;
	while (shell_name_ahead(p) && (ascii_alpha(shell_peek(p, n)) || ascii_digit(shell_peek(p, n)) ||
					      (shell_peek(p, n) && strchr("_-.:", shell_peek(p, n)))))
		n++;
	*ret = span_sub(p->text, start, n);
	p->at += n;
	return n > 0;
}

/* `f() …` and `function f …`; p->at stays if it is neither. */
static bool function_head(shell_parser *p, span *ret_name)
{
	size_t start = p->at;
	if (reserved_take(p, "function")) {
		shell_blanks(p);
		if (function_name(p, ret_name)) {
			parens_take(p);
			return true;
		}
	} else if (function_name(p, ret_name) && parens_take(p)) {
		return true;
	}
	p->at = start;
	return false;
}

static shell_member paren_read(shell_parser *p, shell_seat seat)
{
	if (shell_peek(p, 1) == '(') {
		p->at += 2;
		if (shell_arithmetic(p))
			return (shell_member){0};
		p->at -= 2;
	}
	return list_group(p, SHELL_SUBSHELL, 1, SHELL_CLOSE_PAREN, seat);
}

static shell_member member_read(shell_parser *p, shell_seat seat)
{
	size_t start = p->at;
	span word = reserved_ahead(p), name;
	if (shell_peek(p, 0) == '(')
		return paren_read(p, seat);
	if (span_is(word, "{"))
		return list_group(p, SHELL_BRACE, 1, SHELL_CLOSE_BRACE, seat);
	if (span_is(word, "if"))
		return list_group(p, SHELL_IF, 2, SHELL_CLOSE_FI, seat);
	if (span_in(word, "while until"))
		return list_group(p, SHELL_WHILE, 5, SHELL_CLOSE_DONE, seat);
	if (span_in(word, "for select"))
		return for_read(p, word.n, seat);
	if (span_is(word, "case"))
		return case_read(p, seat);
	if (function_head(p, &name))
		return function_read(p, start, name, seat);
	return shell_simple_read(p, seat);
}

/* --- lists --- */

static shell_separator separator_take(shell_parser *p)
{
	char c = shell_peek(p, 0), next = shell_peek(p, 1);
	if (p->at >= p->end || c == ')')
		return SHELL_END;
	if (c == '\n')
		return SHELL_NEWLINE;
	if (c == ';') {
		p->at += next != ';' && next != '&';
		return SHELL_SEMICOLON;
	}
	if (c == '&' || c == '|') {
		p->at += 1 + (next == c || (c == '|' && next == '&'));
		if (c == '&')
			return next == c ? SHELL_AND : SHELL_BACKGROUND;
		return next == c ? SHELL_OR : next == '&' ? SHELL_PIPE_ERROR : SHELL_PIPE;
	}
	return SHELL_END;
}

static void separator_set(shell_parser *p, shell_member m, shell_separator separator)
{
	if (m.is_command)
		shell_command_at(p, m.index)->separator = separator;
	else if (m.is_group)
		shell_group_at(p, m.index)->separator = separator;
}

static void pipeline_read(shell_parser *p)
{
	shell_seat seat = {.pipeline = p->pipelines++};
	while (reserved_take(p, "!")) {
		seat.negated = !seat.negated;
		shell_blanks(p);
	}
	for (;;) {
		size_t before = p->at;
		shell_member m = member_read(p, seat);
		shell_blanks(p);
		if (shell_peek(p, 0) == '#' && p->at > before)
			shell_comment_read(p);
		shell_separator separator = separator_take(p);
		separator_set(p, m, separator);
		if (p->stuck || (separator != SHELL_PIPE && separator != SHELL_PIPE_ERROR))
			return;
		shell_gaps(p);
		seat.position++;
	}
}

/* Whether the list ends at the sign ahead; what closes it is taken. Signs that close nothing are skipped. */
static bool sign_closes(shell_parser *p, shell_closing close)
{
	char c = shell_peek(p, 0);
	if (c == ')' && close != SHELL_CLOSE_PAREN && p->parens) {
		p->script->unbalanced = true;
		return true;
	}
	p->at++;
	if (c == ')') {
		p->script->unbalanced |= close != SHELL_CLOSE_PAREN;
		return close == SHELL_CLOSE_PAREN;
	}
	if (c == ';' && (shell_peek(p, 0) == ';' || shell_peek(p, 0) == '&')) {
		p->at++;
		p->at += shell_peek(p, 0) == '&';
		p->script->unbalanced |= close != SHELL_CLOSE_ITEM;
		return close == SHELL_CLOSE_ITEM;
	}
	p->script->unbalanced = true;
	return false;
}

/* The same for a reserved word; *ret_taken if it was one at all. */
static bool word_closes(shell_parser *p, shell_closing close, bool *ret_taken)
{
	static const char *const closers[] = {
		[SHELL_CLOSE_END] = "",
		[SHELL_CLOSE_PAREN] = "",
		[SHELL_CLOSE_BRACE] = "}",
		[SHELL_CLOSE_FI] = "fi",
		[SHELL_CLOSE_DONE] = "done",
		[SHELL_CLOSE_ITEM] = "esac",
	};
	span word = reserved_ahead(p);
	*ret_taken = word.n && span_in(word, "then else elif do fi done esac }");
	if (!*ret_taken)
		return false;
	bool closes = span_is(word, closers[close]);
	if (closes && close == SHELL_CLOSE_ITEM)
		return true;
	p->at += word.n;
	if (!closes && span_in(word, "fi done esac }"))
		p->script->unbalanced = true;
	return closes;
}

void shell_list_read(shell_parser *p, shell_closing close)
{
	bool taken;
	for (;;) {
		shell_gaps(p);
		if (p->at >= p->end) {
			p->script->unbalanced |= close != SHELL_CLOSE_END && !p->stuck;
			return;
		}
		char c = shell_peek(p, 0);
		if (c == ')' || c == ';' || c == '|' || (c == '&' && shell_peek(p, 1) != '>')) {
			if (sign_closes(p, close))
				return;
			continue;
		}
		if (word_closes(p, close, &taken))
			return;
		if (!taken)
			pipeline_read(p);
	}
}
