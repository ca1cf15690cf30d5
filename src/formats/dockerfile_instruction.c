/* SPDX-License-Identifier: Apache-2.0
 *
 * One instruction: from its joined line to keyword, flags, words and pairs. */
#include "formats/dockerfile_parse.h"
#include "formats/dockerfile_words.h"

static const dockerfile_kind_row kinds[DOCKERFILE_KINDS] = {
	[DOCKERFILE_UNKNOWN] = {"", DOCKERFILE_SPLIT_BLANKS, 0, NULL, NULL, NULL},
	[DOCKERFILE_ADD] = {"ADD", DOCKERFILE_SPLIT_PATHS, 2, "chown chmod checksum exclude",
		"link keep-git-dir unpack parents", "exclude"},
	[DOCKERFILE_ARG] = {"ARG", DOCKERFILE_SPLIT_PAIRS, 1, NULL, NULL, NULL},
	[DOCKERFILE_CMD] = {"CMD", DOCKERFILE_SPLIT_SHELL, 0, NULL, NULL, NULL},
	[DOCKERFILE_COPY] = {"COPY", DOCKERFILE_SPLIT_PATHS, 2, "chown chmod from exclude", "link parents",
		"exclude"},
	[DOCKERFILE_ENTRYPOINT] = {"ENTRYPOINT", DOCKERFILE_SPLIT_SHELL, 0, NULL, NULL, NULL},
	[DOCKERFILE_ENV] = {"ENV", DOCKERFILE_SPLIT_PAIRS, 1, NULL, NULL, NULL},
	[DOCKERFILE_EXPOSE] = {"EXPOSE", DOCKERFILE_SPLIT_BLANKS, 1, NULL, NULL, NULL},
	[DOCKERFILE_FROM] = {"FROM", DOCKERFILE_SPLIT_BLANKS, 1, "platform", NULL, NULL},
	[DOCKERFILE_HEALTHCHECK] = {"HEALTHCHECK", DOCKERFILE_SPLIT_HEALTH, 0,
		"interval timeout start-period start-interval retries", NULL, NULL},
	[DOCKERFILE_LABEL] = {"LABEL", DOCKERFILE_SPLIT_PAIRS, 1, NULL, NULL, NULL},
	[DOCKERFILE_MAINTAINER] = {"MAINTAINER", DOCKERFILE_SPLIT_ONE, 1, NULL, NULL, NULL},
	[DOCKERFILE_ONBUILD] = {"ONBUILD", DOCKERFILE_SPLIT_NESTED, 0, NULL, NULL, NULL},
	[DOCKERFILE_RUN] = {"RUN", DOCKERFILE_SPLIT_SHELL, 0, "mount network security device", NULL,
		"mount device"},
	[DOCKERFILE_SHELL] = {"SHELL", DOCKERFILE_SPLIT_SHELL, 1, NULL, NULL, NULL},
	[DOCKERFILE_STOPSIGNAL] = {"STOPSIGNAL", DOCKERFILE_SPLIT_ONE, 1, NULL, NULL, NULL},
	[DOCKERFILE_USER] = {"USER", DOCKERFILE_SPLIT_ONE, 1, NULL, NULL, NULL},
	[DOCKERFILE_VOLUME] = {"VOLUME", DOCKERFILE_SPLIT_PATHS, 1, NULL, NULL, NULL},
	[DOCKERFILE_WORKDIR] = {"WORKDIR", DOCKERFILE_SPLIT_ONE, 1, NULL, NULL, NULL},
};

const dockerfile_kind_row *dockerfile_kind_get(dockerfile_kind kind)
{
	return &kinds[kind < DOCKERFILE_KINDS ? kind : DOCKERFILE_UNKNOWN];
}

bool dockerfile_has_letter(span keyword)
{
	for (size_t i = 0; i < keyword.n; i++)
		if (ascii_alpha(keyword.p[i]))
			return true;
	return false;
}

const char *dockerfile_kind_name(dockerfile_kind kind)
{
	return dockerfile_kind_get(kind)->name;
}

dockerfile_kind dockerfile_kind_of(span keyword)
{
	for (dockerfile_kind kind = DOCKERFILE_UNKNOWN + 1; kind < DOCKERFILE_KINDS; kind++)
		if (span_is_fold(keyword, kinds[kind].name))
			return kind;
	return DOCKERFILE_UNKNOWN;
}

/* --- taking words off a line --- */

static void blanks_skip(span *rest)
{
	while (rest->n && ascii_space(rest->p[0]))
		*rest = span_from(*rest, 1);
}

span dockerfile_keyword_take(span *rest)
{
	span word = span_sub(*rest, 0, 0);
	span_word(rest, &word);
	blanks_skip(rest);
	return word;
}

static span take(span *rest, size_t n)
{
	span ret = span_sub(*rest, 0, n);
	*rest = span_from(*rest, n);
	return ret;
}

/* Where the word at the start of s ends: a blank outside quotes. */
static size_t word_end(span s, char escape)
{
	char quote = 0;
	size_t i = 0;
	for (; i < s.n; i++) {
		char c = s.p[i];
		if (!quote && ascii_space(c))
			break;
		if (c == escape && quote != '\'')
			i++;
		else if (quote ? c == quote : c == '"' || c == '\'')
			quote = quote ? 0 : c;
	}
	return i < s.n ? i : s.n;
}

bool dockerfile_word_take(span *rest, char escape, span *ret)
{
	blanks_skip(rest);
	if (rest->n == 0)
		return false;
	*ret = take(rest, word_end(*rest, escape));
	return true;
}

bool dockerfile_flag_take(span *rest, span *ret)
{
	if (!span_starts(*rest, SPAN("--")) || rest->n == 2 || ascii_space(rest->p[2]))
		return false;
	*ret = take(rest, word_end(*rest, '\\'));
	blanks_skip(rest);
	return true;
}

/* --- words and their values --- */

static dockerfile_word word_make(dockerfile_parser *p, const dockerfile_instruction *i, span raw)
{
	dockerfile_word word = {.raw = raw, .source = dockerfile_spot(i, raw)};
	word.value = dockerfile_unquote(raw, p->file->escape, p->arena, &word.quoted);
	return word;
}

static dockerfile_word string_make(dockerfile_parser *p, const dockerfile_instruction *i, span token)
{
	span value = dockerfile_json_decode(token, p->arena);
	return (dockerfile_word){dockerfile_spot(i, token), value, value, true};
}

static void words_blank(dockerfile_parser *p, dockerfile_instruction *i, span rest)
{
	span raw;
	while (span_word(&rest, &raw))
		list_push(p->arena, &i->words, word_make(p, i, raw));
}

static void words_quoted(dockerfile_parser *p, dockerfile_instruction *i, span rest)
{
	span raw;
	while (dockerfile_word_take(&rest, p->file->escape, &raw))
		list_push(p->arena, &i->words, word_make(p, i, raw));
}

static bool words_json(dockerfile_parser *p, dockerfile_instruction *i, span s)
{
	dockerfile_spans strings = {0};
	int result = dockerfile_json_strings(s, p->arena, &strings);
	if (result < 0)
		dockerfile_problem_add(
			p, dockerfile_spot(i, s), false, "a JSON array here may hold only strings");
	if (result <= 0)
		return false;
	i->exec = true;
	list_each(span, token, &strings)
		list_push(p->arena, &i->words, string_make(p, i, *token));
	return true;
}

/* --- pairs --- */

static span between(span from, span to)
{
	return (span){from.p, (size_t)(to.p + to.n - from.p)};
}

static void pair_add(
	dockerfile_parser *p, dockerfile_instruction *i, span key, span value, bool has_value, bool old)
{
	dockerfile_pair pair = {
		.key = word_make(p, i, key),
		.value = word_make(p, i, value),
		.source = dockerfile_spot(i, between(key, value)),
		.has_value = has_value,
		.old_form = old,
	};
	list_push(p->arena, &i->pairs, pair);
	if (key.n == 0)
		dockerfile_problem_add(
			p, pair.source, false, "the name of a %s is empty", dockerfile_kind_name(i->kind));
}

static void pair_equals(dockerfile_parser *p, dockerfile_instruction *i, span word)
{
	size_t at = span_find_byte(word, '=');
	if (at != SPAN_NONE)
		pair_add(p, i, span_sub(word, 0, at), span_from(word, at + 1), true, false);
	else if (i->kind == DOCKERFILE_ARG)
		pair_add(p, i, word, span_from(word, word.n), false, false);
	else
		dockerfile_problem_add(p, dockerfile_spot(i, word), false,
			"'%.*s' has no '=': %s takes name=value", SPAN_ARG(span_sub(word, 0, 40)),
			dockerfile_kind_name(i->kind));
}

/* `ENV key the rest of the line`: one pair, with all blanks. */
static void pair_old(dockerfile_parser *p, dockerfile_instruction *i, span rest)
{
	span key = dockerfile_keyword_take(&rest);
	if (rest.n)
		pair_add(p, i, key, rest, true, true);
	else
		dockerfile_problem_add(p, dockerfile_spot(i, key), false, "%s needs a name and a value",
			dockerfile_kind_name(i->kind));
}

static void pairs_read(dockerfile_parser *p, dockerfile_instruction *i)
{
	span rest = i->body, word;
	if (!dockerfile_word_take(&rest, p->file->escape, &word))
		return;
	if (i->kind != DOCKERFILE_ARG && span_find_byte(word, '=') == SPAN_NONE) {
		pair_old(p, i, i->body);
		return;
	}
	do
		pair_equals(p, i, word);
	while (dockerfile_word_take(&rest, p->file->escape, &word));
}

/* --- flags --- */

static void flag_add(dockerfile_parser *p, dockerfile_instruction *i, span raw)
{
	span body = span_from(raw, 2);
	size_t at = span_find_byte(body, '=');
	dockerfile_flag flag = {
		.source = dockerfile_spot(i, raw),
		.name = span_sub(body, 0, at),
		.has_value = at != SPAN_NONE,
	};
	span value = flag.has_value ? span_from(body, at + 1) : span_from(body, body.n);
	flag.value = (dockerfile_word){.raw = value, .source = dockerfile_spot(i, value)};
	/* Flags know the backslash only, whatever the escape directive says. */
	flag.value.value = dockerfile_unquote(value, '\\', p->arena, &flag.value.quoted);
	list_push(p->arena, &i->flags, flag);
}

static void flags_read(dockerfile_parser *p, dockerfile_instruction *i, span *rest)
{
	span raw;
	while (dockerfile_flag_take(rest, &raw))
		flag_add(p, i, raw);
}

const dockerfile_flag *dockerfile_flag_get(const dockerfile_instruction *i, const char *name)
{
	list_each(const dockerfile_flag, flag, &i->flags)
		if (span_is(flag->name, name))
			return flag;
	return NULL;
}

const dockerfile_directive *dockerfile_directive_get(const dockerfile *d, const char *name)
{
	list_each(const dockerfile_directive, directive, &d->directives)
		if (span_is_fold(directive->name, name))
			return directive;
	return NULL;
}

/* A comma inside double quotes does not end a field. */
static span field_take(span *rest)
{
	bool quoted = false;
	size_t n = 0;
	for (; n < rest->n && (quoted || rest->p[n] != ','); n++)
		quoted ^= rest->p[n] == '"';
	span field = span_sub(*rest, 0, n);
	*rest = n < rest->n ? span_from(*rest, n + 1) : (span){0};
	if (field.n >= 2 && field.p[0] == '"' && field.p[field.n - 1] == '"')
		field = span_sub(field, 1, field.n - 2);
	return field;
}

bool dockerfile_option_next(span *rest, dockerfile_option *ret)
{
	if (rest->n == 0)
		return false;
	span field = field_take(rest);
	size_t at = span_find_byte(field, '=');
	ret->has_value = at != SPAN_NONE;
	ret->key = span_sub(field, 0, at);
	ret->value = ret->has_value ? span_from(field, at + 1) : span_from(field, field.n);
	return true;
}

span dockerfile_option_get(const dockerfile_flag *flag, const char *key)
{
	span rest = flag ? flag->value.value : (span){0};
	dockerfile_option option;
	while (dockerfile_option_next(&rest, &option))
		if (span_is_fold(option.key, key))
			return option.value;
	return (span){0};
}

/* --- instructions --- */

static void from_read(dockerfile_instruction *i)
{
	if (i->words.count > 0)
		i->from.image = i->words.items[0];
	if (i->words.count == 3 && span_is_fold(i->words.items[1].value, "as"))
		i->from.name = i->words.items[2];
	i->from.platform = dockerfile_flag_get(i, "platform");
}

static void health_read(dockerfile_parser *p, dockerfile_instruction *i)
{
	span rest = i->body;
	span type = dockerfile_keyword_take(&rest);
	i->health = dockerfile_spot(i, type);
	i->health_none = span_is_fold(type, "NONE");
	if (!words_json(p, i, rest))
		words_quoted(p, i, rest);
}

static void trigger_read(dockerfile_parser *p, dockerfile_instruction *i)
{
	if (i->nested || i->body.n == 0)
		return;
	dockerfile_instruction *trigger = ARENA_NEW(p->arena, dockerfile_instruction);
	*trigger = (dockerfile_instruction){
		.index = i->index,
		.nested = true,
		.file = i->file,
		.logical = i->logical,
		.segments = i->segments,
		.segment_count = i->segment_count,
		.blank_continuation = i->blank_continuation,
		.from.base = DOCKERFILE_NO_STAGE,
	};
	span start = dockerfile_spot(i, i->body);
	trigger->source = (span){start.p, (size_t)(i->source.p + i->source.n - start.p)};
	trigger->heredocs.items = i->heredocs.items;
	trigger->heredocs.count = trigger->heredocs.room = i->heredocs.count;
	dockerfile_instruction_read(p, trigger, i->body);
	i->trigger = trigger;
}

static void words_read(dockerfile_parser *p, dockerfile_instruction *i)
{
	switch (dockerfile_kind_get(i->kind)->split) {
	case DOCKERFILE_SPLIT_SHELL:
		if (!words_json(p, i, i->body))
			words_quoted(p, i, i->body);
		break;
	case DOCKERFILE_SPLIT_PATHS:
		if (!words_json(p, i, i->body))
			words_blank(p, i, i->body);
		break;
	case DOCKERFILE_SPLIT_BLANKS:
		words_blank(p, i, i->body);
		break;
	case DOCKERFILE_SPLIT_ONE:
		if (i->body.n)
			list_push(p->arena, &i->words, word_make(p, i, i->body));
		break;
	case DOCKERFILE_SPLIT_PAIRS:
		pairs_read(p, i);
		break;
	case DOCKERFILE_SPLIT_HEALTH:
		health_read(p, i);
		break;
	case DOCKERFILE_SPLIT_NESTED:
		trigger_read(p, i);
		break;
	}
}

/* With heredocs the script reaches to the end of the logical text; their last line end is not in it. */
static span script_of(const dockerfile_instruction *i)
{
	if (i->heredocs.count == 0)
		return i->body;
	return (span){i->body.p, (size_t)(i->logical.p + i->logical.n - i->body.p)};
}

void dockerfile_instruction_read(dockerfile_parser *p, dockerfile_instruction *i, span line)
{
	span rest = span_trim(line);
	span keyword = dockerfile_keyword_take(&rest);
	i->kind = dockerfile_kind_of(keyword);
	i->keyword = dockerfile_spot(i, keyword);
	flags_read(p, i, &rest);
	i->body = rest;
	i->script = script_of(i);
	words_read(p, i);
	if (i->kind == DOCKERFILE_FROM)
		from_read(i);
}
