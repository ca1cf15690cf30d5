/* SPDX-License-Identifier: Apache-2.0
 *
 * The walk over a Dockerfile: lines, directives, comments, instructions, stages. */
#include "formats/dockerfile.h"

#include "base/limits.h"
#include "formats/dockerfile_parse.h"
#include "formats/dockerfile_words.h"

void dockerfile_problem_add(dockerfile_parser *p, span source, bool lenient, const char *format, ...)
{
	if (p->file->problem_count++ >= LIMIT_FILE_ERRORS)
		return;
	va_list args;
	va_start(args, format);
	const char *message = arena_vformat(p->arena, format, args).p;
	va_end(args);
	dockerfile_problem problem = {.source = source, .message = message, .lenient = lenient};
	list_push(p->arena, &p->file->problems, problem);
}

static span left_trim(span s)
{
	while (s.n && ascii_space(s.p[0]))
		s = span_from(s, 1);
	return s;
}

/* --- directives --- */

static span name_take(span *rest)
{
	size_t n = 0;
	while (n < rest->n && (ascii_alpha(rest->p[n]) || (n && ascii_digit(rest->p[n]))))
		n++;
	span name = span_sub(*rest, 0, n);
	*rest = left_trim(span_from(*rest, n));
	return name;
}

static bool directive_split(span comment, dockerfile_directive *ret)
{
	span rest = left_trim(span_from(comment, 1));
	span name = name_take(&rest);
	if (name.n == 0 || rest.n == 0 || rest.p[0] != '=')
		return false;
	span value = span_trim(span_from(rest, 1));
	if (value.n == 0)
		return false;
	*ret = (dockerfile_directive){.source = comment, .name = name, .value = value};
	return true;
}

static void directive_apply(dockerfile_parser *p, const dockerfile_directive *directive)
{
	if (!span_is_fold(directive->name, "escape"))
		return;
	if (span_is(directive->value, "\\") || span_is(directive->value, "`"))
		p->file->escape = directive->value.p[0];
	else
		dockerfile_problem_add(p, directive->value, false, "the escape character must be ` or \\");
}

/* Only the lines before anything else can hold directives, and an unknown name ends them. */
static void directive_read(dockerfile_parser *p, span comment)
{
	dockerfile_directive directive;
	if (p->directives_over)
		return;
	if (!directive_split(comment, &directive) ||
		!(span_is_fold(directive.name, "syntax") || span_is_fold(directive.name, "escape") ||
			span_is_fold(directive.name, "check"))) {
		p->directives_over = true;
		return;
	}
	list_each(dockerfile_directive, earlier, &p->file->directives) {
		if (span_equal_fold(earlier->name, directive.name)) {
			dockerfile_problem_add(p, directive.source, false,
				"the directive '%.*s' is given twice", SPAN_ARG(directive.name));
			return;
		}
	}
	list_push(p->arena, &p->file->directives, directive);
	directive_apply(p, &directive);
}

/* --- stages --- */

static span lower(arena *a, span s)
{
	char *copy = arena_alloc(a, s.n + 1);
	for (size_t i = 0; i < s.n; i++)
		copy[i] = ascii_lower(s.p[i]);
	return (span){copy, s.n};
}

static uint32_t stage_named(dockerfile_parser *p, span name)
{
	void *found = map_get(&p->stages, lower(p->arena, name));
	return found ? (uint32_t)((uintptr_t)found - 1) : DOCKERFILE_NO_STAGE;
}

static void stage_close(dockerfile_parser *p)
{
	dockerfile *d = p->file;
	if (d->stages.count == 0)
		return;
	d->stages.items[d->stages.count - 1].end = d->instructions.count;
	list_push(p->arena, &p->shells, p->shell);
}

static void stage_open(dockerfile_parser *p, dockerfile_instruction *from)
{
	dockerfile *d = p->file;
	stage_close(p);
	from->from.base = stage_named(p, from->from.image.value);
	p->shell = from->from.base == DOCKERFILE_NO_STAGE ? NULL : p->shells.items[from->from.base];
	span name = from->from.name.value;
	dockerfile_stage stage = {.from = from, .name = name, .first = from->index};
	list_push(p->arena, &d->stages, stage);
	if (name.n)
		map_set(&p->stages, p->arena, lower(p->arena, name), (void *)(uintptr_t)d->stages.count);
}

/* --- instructions --- */

static void stageless_report(dockerfile_parser *p, const dockerfile_instruction *i)
{
	bool allowed =
		i->kind == DOCKERFILE_FROM || i->kind == DOCKERFILE_ARG || i->kind == DOCKERFILE_UNKNOWN;
	if (allowed || p->stageless || p->file->stages.count)
		return;
	p->stageless = true;
	dockerfile_problem_add(
		p, i->keyword, true, "%s stands before the first FROM", dockerfile_kind_name(i->kind));
}

static void scope_set(dockerfile_parser *p, dockerfile_instruction *i)
{
	i->stage = p->file->stages.count ? p->file->stages.count - 1 : DOCKERFILE_NO_STAGE;
	if (i->kind == DOCKERFILE_SHELL)
		p->shell = i;
	i->shell = p->shell;
	if (i->trigger) {
		i->trigger->stage = i->stage;
		i->trigger->shell = i->shell;
	}
}

static void instruction_add(dockerfile_parser *p, span first)
{
	dockerfile_instruction *i = ARENA_NEW(p->arena, dockerfile_instruction);
	span line;
	i->file = p->file;
	i->index = p->file->instructions.count;
	i->from.base = DOCKERFILE_NO_STAGE;
	p->directives_over = true;
	if (!dockerfile_join(p, first, i, &line))
		return;
	dockerfile_instruction_read(p, i, line);
	stageless_report(p, i);
	if (i->kind == DOCKERFILE_FROM)
		stage_open(p, i);
	list_push(p->arena, &p->file->instructions, i);
	scope_set(p, i);
	dockerfile_check(p, i);
}

static void line_read(dockerfile_parser *p, span line)
{
	span rest = left_trim(line);
	if (rest.n == 0) {
		p->directives_over = true;
	} else if (rest.p[0] == '#') {
		list_push(p->arena, &p->file->comments, rest);
		directive_read(p, rest);
	} else {
		instruction_add(p, rest);
	}
}

static bool too_long(dockerfile_parser *p, span line)
{
	if (line.n <= LIMIT_LINE_BYTES)
		return false;
	dockerfile_problem_add(p, span_sub(line, 0, 1), false,
		"the line is longer than %d bytes; reading ends here", LIMIT_LINE_BYTES);
	return true;
}

static bool too_many(dockerfile_parser *p, span line)
{
	if (p->file->instructions.count < LIMIT_INSTRUCTIONS)
		return false;
	dockerfile_problem_add(p, span_sub(line, 0, 1), false, "more than %d instructions; reading ends here",
		LIMIT_INSTRUCTIONS);
	return true;
}

static void lines_read(dockerfile_parser *p)
{
	span line;
	while (dockerfile_line_next(p, &line)) {
		if (too_long(p, line) || too_many(p, line))
			return;
		line_read(p, line);
	}
}

static void whole_check(dockerfile_parser *p)
{
	span start = span_sub(p->text->bytes, 0, 0);
	if (p->file->instructions.count == 0)
		dockerfile_problem_add(p, start, true, "the file holds no instructions");
	else if (p->file->stages.count == 0 && !p->stageless)
		dockerfile_problem_add(
			p, start, true, "the file has no FROM: there is nothing to build upon");
}

dockerfile *dockerfile_read(const text *t, arena *a)
{
	dockerfile *d = ARENA_NEW(a, dockerfile);
	dockerfile_parser p = {.text = t, .arena = a, .file = d};
	d->text = t;
	d->escape = '\\';
	size_t zero = span_find_byte(t->bytes, 0);
	if (zero != SPAN_NONE) {
		d->binary = true;
		dockerfile_problem_add(
			&p, span_sub(t->bytes, zero, 1), false, "this is a binary file, not a Dockerfile");
		return d;
	}
	if (span_starts(t->bytes, SPAN("\xef\xbb\xbf")))
		p.at = 3;
	lines_read(&p);
	stage_close(&p);
	whole_check(&p);
	d->scopes = dockerfile_scopes_new(d, a);
	dockerfile_commands_split(d, a);
	return d;
}

uint32_t dockerfile_stage_find(const dockerfile *d, span name, uint32_t before)
{
	uint32_t count = before < d->stages.count ? before : d->stages.count;
	for (uint32_t i = count; name.n && i-- > 0;)
		if (span_equal_fold(d->stages.items[i].name, name))
			return i;
	int64_t number;
	if (span_int(name, &number) && number >= 0 && number < count)
		return (uint32_t)number;
	return DOCKERFILE_NO_STAGE;
}
