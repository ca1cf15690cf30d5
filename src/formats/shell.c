/* SPDX-License-Identifier: Apache-2.0
 *
 * Simple commands with their redirections and here-documents, and the gaps between them. The grammar is that of "Shell Command
 * Language" in POSIX.1 with bash's additions. */
#include "formats/shell.h"

#include "base/limits.h"
#include "formats/shell_parse.h"

void shell_give_up(shell_parser *p)
{
	p->stuck = true;
	p->script->truncated = true;
	p->at = p->end;
}

/* --- gaps --- */

void shell_blanks(shell_parser *p)
{
	for (;;) {
		char c = shell_peek(p, 0);
		if (c == ' ' || c == '\t' || c == '\r')
			p->at++;
		else if (c == '\\' && shell_peek(p, 1) == '\n')
			p->at += 2;
		else
			return;
	}
}

void shell_comment_read(shell_parser *p)
{
	size_t start = p->at;
	while (p->at < p->end && shell_peek(p, 0) != '\n')
		p->at++;
	list_push(p->arena, &p->script->comments, shell_part(p, start));
}

static void body_set(shell_parser *p, const shell_pending *h, span body)
{
	shell_redirects *list = h->of_group ? &shell_group_at(p, h->owner)->redirects
					    : &shell_command_at(p, h->owner)->redirects;
	list->items[h->redirect].body = body;
}

/* Commands in the lines of a here-document belong to the command that reads it. */
static void body_commands(shell_parser *p, const shell_pending *h, size_t start, size_t end)
{
	shell_parser inner = *p;
	inner.at = start;
	inner.end = end;
	inner.parens = 0;
	inner.owner = h->of_group ? SHELL_NONE : h->owner;
	memset(&inner.pending, 0, sizeof inner.pending);
	shell_body_read(&inner);
	p->pipelines = inner.pipelines;
	p->stuck = inner.stuck;
}

static bool line_take(shell_parser *p, span *ret)
{
	size_t start = p->at;
	if (start >= p->end)
		return false;
	const char *end = memchr(p->text.p + start, '\n', p->end - start);
	p->at = end ? (size_t)(end - p->text.p) : p->end;
	*ret = shell_part(p, start);
	p->at += end != NULL;
	return true;
}

static bool line_closes(span line, const shell_pending *h)
{
	while (h->chomp && line.n && line.p[0] == '\t')
		line = span_from(line, 1);
	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	return span_equal(line, h->delimiter);
}

static void heredoc_read(shell_parser *p, const shell_pending *h)
{
	size_t start = p->at, end = p->at;
	span line;
	bool closed = false;
	while (!closed && line_take(p, &line)) {
		closed = line_closes(line, h);
		if (!closed)
			end = p->at;
	}
	if (!closed)
		p->script->unbalanced = true;
	body_set(p, h, span_sub(p->text, start, end - start));
	if (!h->quoted)
		body_commands(p, h, start, end);
	if (p->stuck)
		p->at = p->end;
}

static void line_end(shell_parser *p)
{
	p->at++;
	for (uint32_t i = 0; i < p->pending.count; i++)
		heredoc_read(p, &p->pending.items[i]);
	p->pending.count = 0;
}

void shell_gaps(shell_parser *p)
{
	for (;;) {
		shell_blanks(p);
		char c = shell_peek(p, 0);
		if (p->at >= p->end)
			return;
		if (c == '\n')
			line_end(p);
		else if (c == '#')
			shell_comment_read(p);
		else
			return;
	}
}

/* --- redirections --- */

typedef struct operator
{
	const char *text;
	shell_redirect_kind kind;
}
operator;

/* Longer ones first. */
static const operator operators[] = {
	{"<<<", SHELL_HERESTRING},
	{"<<-", SHELL_HEREDOC},
	{"&>>", SHELL_APPEND},
	{"<<", SHELL_HEREDOC},
	{"<&", SHELL_DUPLICATE},
	{"<>", SHELL_READWRITE},
	{">>", SHELL_APPEND},
	{">&", SHELL_DUPLICATE},
	{">|", SHELL_WRITE},
	{"&>", SHELL_WRITE},
	{"<", SHELL_READ},
	{">", SHELL_WRITE},
};

static const operator* operator_find(const shell_parser *p, size_t ahead)
{
	span rest = span_sub(p->text, p->at + ahead, p->end - p->at - ahead);
	bool process = rest.n > 1 && rest.p[1] == '(' && rest.p[0] != '&';
	for (size_t i = 0; !process && i < sizeof operators / sizeof *operators; i++)
		if (span_starts(rest, span_of(operators[i].text)))
			return &operators[i];
	return NULL;
}

static size_t digits_ahead(const shell_parser *p)
{
	size_t n = 0;
	while (n < 9 && ascii_digit(shell_peek(p, n)))
		n++;
	return n;
}

static bool is_descriptor(span s)
{
	if (s.n && s.p[s.n - 1] == '-')
		s.n--;
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_digit(s.p[i]))
			return false;
	return true;
}

static shell_redirect redirect_make(shell_parser *p, const operator* op, size_t digits)
{
	shell_redirect r = {.kind = op->kind, .fd = -1};
	size_t start = p->at;
	int64_t fd;
	if (digits && span_int(span_sub(p->text, start, digits), &fd))
		r.fd = (int)fd;
	if (op->text[0] == '&')
		r.fd = -2;
	p->at += digits + strlen(op->text);
	shell_blanks(p);
	shell_word_read(p, &r.target);
	if (r.target.source.n == 0)
		p->script->unbalanced = true;
	if (strcmp(op->text, ">&") == 0 && !r.target.dynamic && !is_descriptor(r.target.value)) {
		r.kind = SHELL_WRITE;
		r.fd = -2;
	}
	r.source = shell_part(p, start);
	r.body = span_sub(p->text, p->at, 0);
	return r;
}

/* Takes a redirection into the list of a command or group, if one stands here. */
bool shell_redirect_read(shell_parser *p, bool of_group, uint32_t owner)
{
	size_t digits = digits_ahead(p);
	const operator* op = operator_find(p, digits);
	if (!op || (digits && op->text[0] == '&'))
		return false;
	shell_redirect r = redirect_make(p, op, digits);
	shell_redirects *list =
		of_group ? &shell_group_at(p, owner)->redirects : &shell_command_at(p, owner)->redirects;
	list_push(p->arena, list, r);
	if (r.kind != SHELL_HEREDOC)
		return true;
	shell_pending pending = {
		.of_group = of_group,
		.owner = owner,
		.redirect = list->count - 1,
		.delimiter = r.target.value,
		.quoted = r.target.quoted,
		.chomp = op->text[2] == '-',
	};
	list_push(p->arena, &p->pending, pending);
	return true;
}

/* --- simple commands --- */

typedef LIST(shell_word) word_list;

static uint32_t command_open(shell_parser *p, shell_seat seat)
{
	if (p->script->commands.count >= LIMIT_SHELL_COMMANDS) {
		shell_give_up(p);
		return SHELL_NONE;
	}
	shell_command command = {
		.source = span_sub(p->text, p->at, 0),
		.index = p->script->commands.count,
		.group = p->group,
		.pipeline = seat.pipeline,
		.position = seat.position,
		.negated = seat.negated,
		.depth = shell_group_at(p, p->group)->depth,
	};
	list_push(p->arena, &p->script->commands, command);
	return command.index;
}

size_t shell_name_ahead(const shell_parser *p)
{
	size_t n = 0;
	while (ascii_alpha(shell_peek(p, n)) || shell_peek(p, n) == '_' ||
		(n && ascii_digit(shell_peek(p, n))))
		n++;
	return n;
}

/* The length of `name=`, `name+=` or `name[…]=` ahead; 0 if there is none. */
static size_t assignment_ahead(const shell_parser *p, size_t *ret_name)
{
	size_t n = shell_name_ahead(p);
	if (n == 0)
		return 0;
	if (shell_peek(p, n) == '[') {
		size_t close = n + 1;
		while (close < n + 256 && shell_peek(p, close) && !ascii_space(shell_peek(p, close)) &&
			shell_peek(p, close) != ']')
			close++;
		if (shell_peek(p, close) != ']')
			return 0;
		n = close + 1;
	}
	*ret_name = n;
	if (shell_peek(p, n) == '+' && shell_peek(p, n + 1) == '=')
		return n + 2;
	return shell_peek(p, n) == '=' ? n + 1 : 0;
}

static bool assignment_read(shell_parser *p, uint32_t command)
{
	size_t name = 0, length = assignment_ahead(p, &name);
	if (length == 0)
		return false;
	shell_assignment assignment = {.name = span_sub(p->text, p->at, name), .append = length == name + 2};
	p->at += length;
	if (shell_peek(p, 0) == '(') {
		size_t start = p->at++;
		assignment.array = true;
		shell_array_read(p);
		assignment.value.source = assignment.value.value = shell_part(p, start);
		assignment.value.dynamic = true;
	} else {
		shell_word_read(p, &assignment.value);
	}
	list_push(p->arena, &shell_command_at(p, command)->assignments, assignment);
	return true;
}

bool shell_at_end(const shell_parser *p)
{
	char c = shell_peek(p, 0);
	if (p->at >= p->end || c == '\n' || c == ';' || c == '|' || c == ')')
		return true;
	return c == '&' && shell_peek(p, 1) != '>';
}

/* Inside [[ ]] operators are words; it ends with its line, unless && or || goes on. */
static void test_read(shell_parser *p, word_list *words)
{
	for (;;) {
		span last = words->items[words->count - 1].source;
		if (span_is(last, "]]"))
			return;
		shell_blanks(p);
		char c = shell_peek(p, 0);
		if (p->at >= p->end || c == ';')
			return;
		if (c == '\n' && !span_is(last, "&&") && !span_is(last, "||"))
			return;
		if (c == '\n') {
			line_end(p);
			continue;
		}
		shell_word word;
		size_t start = p->at;
		shell_word_read(p, &word);
		if (p->at == start) {
			p->at += 1 + ((c == '&' || c == '|') && shell_peek(p, 1) == c);
			word = (shell_word){.source = shell_part(p, start), .value = shell_part(p, start)};
		}
		list_push(p->arena, words, word);
	}
}

/* One more part of a simple command; false at its end. */
static bool part_read(shell_parser *p, uint32_t command, word_list *words)
{
	shell_word word;
	shell_blanks(p);
	if (shell_at_end(p))
		return false;
	if (shell_peek(p, 0) == '#') {
		shell_comment_read(p);
		return false;
	}
	if (shell_redirect_read(p, false, command))
		return true;
	if (shell_peek(p, 0) == '(') {
		p->script->unbalanced = true;
		p->at++;
		return true;
	}
	if (words->count == 0 && assignment_read(p, command))
		return true;
	p->owner = command;
	shell_word_read(p, &word);
	list_push(p->arena, words, word);
	if (words->count == 1 && span_is(word.source, "[["))
		test_read(p, words);
	return true;
}

shell_member shell_simple_read(shell_parser *p, shell_seat seat)
{
	uint32_t index = command_open(p, seat), owner = p->owner;
	size_t end = p->at;
	word_list words = {0};
	if (index == SHELL_NONE)
		return (shell_member){0};
	p->owner = index;
	while (part_read(p, index, &words)) {
		p->owner = index;
		end = p->at;
	}
	p->owner = owner;
	shell_command *command = shell_command_at(p, index);
	command->words = (shell_words){words.items, words.count};
	command->source.n = (size_t)(p->text.p + end - command->source.p);
	return (shell_member){.is_command = true, .index = index};
}

void shell_parse(span text, arena *a, shell_script *ret)
{
	*ret = (shell_script){.text = text};
	shell_group top = {.kind = SHELL_TOP,
		.source = text,
		.parent = SHELL_NONE,
		.owner = SHELL_NONE,
		.pipeline = SHELL_NONE};
	top.position = SHELL_NONE;
	list_push(a, &ret->groups, top);
	shell_parser p = {.text = text, .end = text.n, .arena = a, .script = ret, .owner = SHELL_NONE};
	shell_list_read(&p, SHELL_CLOSE_END);
	ret->unbalanced |= p.pending.count > 0;
}
