/* SPDX-License-Identifier: Apache-2.0
 *
 * What the rules about Dockerfiles share: stages, words, places, edits. */
#include "rules/build.h"

/* --- findings --- */

const workload *build_workload(const document *d, const dockerfile_instruction *i)
{
	return i->stage < d->workloads.count ? d->workloads.items[i->stage] : NULL;
}

origin build_origin(const dockerfile_instruction *i, span words)
{
	const text *t = i->file->text;
	span source = text_holds(t, words) ? words : dockerfile_spot(i, words);
	uint32_t start = text_offset(t, source);
	return (origin){t, start, start + (uint32_t)source.n};
}

static const edit_list *edit_one(rule_report *out, const text *t, uint32_t start, uint32_t end, span text)
{
	arena *a = rule_arena(out);
	edit_list *ret = ARENA_NEW(a, edit_list);
	edit x = {.source = t, .start = start, .end = end, .replacement = text};
	list_push(a, ret, x);
	return ret;
}

/* Whether the words stand in the file as they are: then an edit of that place is an edit of them. */
static bool is_plain(const dockerfile_instruction *i, span words, span *ret)
{
	*ret = text_holds(i->file->text, words) ? words : dockerfile_spot(i, words);
	return !i->exec && span_equal(*ret, words);
}

const edit_list *build_replace(rule_report *out, const dockerfile_instruction *i, span words, span text)
{
	span source;
	if (!is_plain(i, words, &source))
		return NULL;
	origin at = build_origin(i, source);
	return edit_one(out, at.text, at.start, at.end, text);
}

const edit_list *build_insert_behind(rule_report *out, const dockerfile_instruction *i, span words, span text)
{
	span source;
	if (!is_plain(i, words, &source))
		return NULL;
	origin at = build_origin(i, source);
	return edit_one(out, at.text, at.end, at.end, text);
}

/* --- stages --- */

const dockerfile_stage *build_stage(const document *d, const dockerfile_instruction *i)
{
	return i->stage == DOCKERFILE_NO_STAGE ? NULL : &d->dockerfile->stages.items[i->stage];
}

bool build_is_final(const document *d, const dockerfile_instruction *i)
{
	return i->stage != DOCKERFILE_NO_STAGE && i->stage + 1 == d->dockerfile->stages.count;
}

bool build_is_upon(const document *d, uint32_t upper, uint32_t lower)
{
	while (upper != DOCKERFILE_NO_STAGE && upper != lower)
		upper = d->dockerfile->stages.items[upper].from->from.base;
	return upper == lower;
}

bool build_is_shipped(const document *d, uint32_t stage)
{
	uint32_t count = d->dockerfile->stages.count;
	return count == 0 || build_is_upon(d, count - 1, stage);
}

bool build_in_scope(const document *d, const dockerfile_instruction *i, build_scope scope)
{
	if (scope == BUILD_FINAL)
		return build_is_final(d, i);
	if (scope == BUILD_OTHER)
		return !build_is_final(d, i);
	/* What ONBUILD holds runs in somebody else's image. */
	return scope == BUILD_ALL || i->nested || build_is_shipped(d, i->stage);
}

build_flags build_flags_new(const document *d, arena *a)
{
	return (build_flags){d, ARENA_ARRAY(a, bool, d->dockerfile->stages.count + 1)};
}

bool *build_flags_at(build_flags *f, const dockerfile_instruction *i)
{
	uint32_t count = f->document->dockerfile->stages.count, at = i->stage < count ? i->stage : count;
	if (i->kind == DOCKERFILE_FROM && i->from.base < count && at < count)
		f->items[at] = f->items[i->from.base];
	return &f->items[at];
}

/* --- words --- */

span build_expand(const document *d, const dockerfile_instruction *i, span raw, arena *a, bool *ret_complete)
{
	span ret = raw;
	*ret_complete = false;
	if (span_find_byte(raw, '$') == SPAN_NONE) {
		bool quoted;
		*ret_complete = true;
		return dockerfile_unquote(raw, d->dockerfile->escape, a, &quoted);
	}
	dockerfile_scope_expand(d->dockerfile->scopes, i, raw, a, &ret, ret_complete);
	return *ret_complete ? ret : raw;
}

typedef struct shell_scope {
	const document *document;
	const dockerfile_command *command;
} shell_scope;

static bool assigned(const shell_script *s, span name)
{
	for (uint32_t k = 0; k < s->commands.count; k++)
		list_each(const shell_assignment, x, &s->commands.items[k].assignments)
			if (span_equal(x->name, name))
				return true;
	return false;
}

static bool lookup(void *context, span name, span *ret)
{
	const shell_scope *s = context;
	const dockerfile_binding *known =
		dockerfile_scope_get(s->document->dockerfile->scopes, s->command->instruction, name);
	if (known && known->has_value && known->complete) {
		*ret = known->value;
		return true;
	}
	*ret = SPAN("1");
	return known || assigned(s->command->script, name);
}

span build_shell_value(const document *d, const dockerfile_command *c, const shell_word *word, arena *a)
{
	span ret;
	bool complete = false;
	shell_scope scope = {d, c};
	if (!word->dynamic || span_find_byte(word->value, '$') == SPAN_NONE)
		return word->value;
	if (dockerfile_expand(word->value, '\\', lookup, &scope, a, &ret, &complete) < 0 || !complete)
		return word->value;
	return ret;
}

static span without_version(span name)
{
	size_t n = name.n;
	while (n > 0 && (ascii_digit(name.p[n - 1]) || name.p[n - 1] == '.'))
		n--;
	return span_sub(name, 0, n);
}

span build_program(const dockerfile_command *c, shell_words *ret)
{
	*ret = c->words;
	if (!span_starts(c->name, SPAN("p")))
		return c->name;
	span name = without_version(c->name);
	if (span_is(name, "python") && c->words.count > 2 && span_is(c->words.items[1].value, "-m")) {
		*ret = (shell_words){c->words.items + 2, c->words.count - 2};
		return without_version(c->words.items[2].value);
	}
	return span_is(name, "pip") ? name : c->name;
}

const shell_word *build_flag(shell_words words, const char *letters, const char *names)
{
	for (uint32_t k = 1; k < words.count && !span_is(words.items[k].value, "--"); k++) {
		shell_word pair[2] = {words.items[0], words.items[k]};
		if (shell_has_flag((shell_words){pair, 2}, letters, names))
			return &words.items[k];
	}
	return NULL;
}

bool build_is_absolute(span path)
{
	if (path.n && (path.p[0] == '/' || path.p[0] == '\\'))
		return true;
	return path.n >= 2 && ascii_alpha(path.p[0]) && path.p[1] == ':';
}

bool build_is_archive(span name)
{
	static const span endings[] = {{".tar", 4}, {".gz", 3}, {".tgz", 4}, {".bz2", 4}, {".tbz", 4},
		{".tbz2", 5}, {".tb2", 4}, {".xz", 3}, {".txz", 4}, {".lzma", 5}, {".tlz", 4}, {".lz", 3},
		{".tpz", 4}, {".zst", 4}, {".tzst", 5}, {".Z", 2}, {".tZ", 3}};
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		if (span_ends(name, endings[i]))
			return true;
	return false;
}

bool build_is_url(span source)
{
	static const span schemes[] = {
		{"http://", 7}, {"https://", 8}, {"ftp://", 6}, {"git@", 4}, {"ssh://", 6}, {"git://", 6}};
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
		if (span_starts(source, schemes[i]))
			return true;
	return false;
}

span build_base_name(span path)
{
	for (size_t k = path.n; k-- > 0;)
		if (path.p[k] == '/' || path.p[k] == '\\')
			return span_from(path, k + 1);
	return path;
}
