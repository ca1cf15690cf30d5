/* SPDX-License-Identifier: Apache-2.0
 *
 * Rules about variables: those that nobody defines, and those that turn a check off. */
#include "rules/build_tables.h"
#include "secrets/secrets.h"

/* --- ENV that refers to itself --- */

typedef struct self_scope {
	const dockerfile_instruction *instruction;
	const dockerfile_pair *pair; /* the one whose value is read */
	span found;                  /* the name of another pair that it refers to */
} self_scope;

static bool self_lookup(void *context, span name, span *ret)
{
	self_scope *s = context;
	*ret = SPAN("x");
	list_each(const dockerfile_pair, pair, &s->instruction->pairs)
		if (pair != s->pair && span_equal(pair->key.value, name))
			s->found = name;
	return true;
}

BUILD_JUDGE(judge_env_self)
{
	(void)b;
	build_each(i, d)
	{
		if (i->kind != DOCKERFILE_ENV || i->pairs.count < 2)
			continue;
		list_each(const dockerfile_pair, pair, &i->pairs) {
			self_scope s = {i, pair, {0}};
			span value;
			bool complete;
			dockerfile_expand(pair->value.raw, d->dockerfile->escape, self_lookup, &s,
				rule_arena(out), &value, &complete);
			if (s.found.n && !dockerfile_scope_get(d->dockerfile->scopes, i, s.found))
				build_found(out, r, d, i, pair->source, NULL,
					"%.*s is not set before the next instruction", SPAN_ARG(s.found));
		}
	}
}

/* --- variables that nobody defines --- */

typedef struct known_scope {
	const dockerfile_scopes *scopes;
	const dockerfile_instruction *instruction;
	span unknown; /* the first name that is not declared */
} known_scope;

/* What is declared counts as known, whatever its value. */
static bool known_lookup(void *context, span name, span *ret)
{
	known_scope *s = context;
	const dockerfile_binding *known = dockerfile_scope_get(s->scopes, s->instruction, name);
	if (!known && !s->unknown.n)
		s->unknown = name;
	*ret = known && known->has_value ? known->value : (span){0};
	return known;
}

/* `${x:-}` with a default is complete whether x is known or not. */
static bool has_unknown(const document *d, const dockerfile_instruction *i, span raw, arena *a, span *ret)
{
	known_scope s = {d->dockerfile->scopes, i, {0}};
	span value;
	bool complete = true;
	if (span_find_byte(raw, '$') == SPAN_NONE)
		return false;
	if (dockerfile_expand(raw, d->dockerfile->escape, known_lookup, &s, a, &value, &complete) < 0 ||
		complete)
		return false;
	*ret = s.unknown;
	return s.unknown.n > 0;
}

/* Images that set nothing but PATH. */
static const char *const bare_images =
	"scratch alpine debian ubuntu busybox fedora centos rockylinux almalinux amazonlinux";

/* The image at the bottom of the stage; empty when a variable decides it. */
static span bottom_image(const document *d, const dockerfile_instruction *i, arena *a)
{
	const dockerfile_stage *s = build_stage(d, i);
	bool complete = false;
	while (s && s->from->from.base != DOCKERFILE_NO_STAGE)
		s = &d->dockerfile->stages.items[s->from->from.base];
	span image = s ? build_expand(d, s->from, s->from->from.image.raw, a, &complete) : (span){0};
	image = span_sub(image, 0, span_find_byte(image, '@'));
	image = build_base_name(image);
	return complete ? span_sub(image, 0, span_find_byte(image, ':')) : (span){0};
}

static bool has_lower(span s)
{
	for (size_t k = 0; k < s.n; k++)
		if (s.p[k] != ascii_upper(s.p[k]))
			return true;
	return false;
}

/* Whether the base image may define it: images that do so write their names in capitals. */
static bool base_may_define(const document *d, const dockerfile_instruction *i, span name, arena *a)
{
	if (span_is(name, "PATH"))
		return true;
	return !has_lower(name) && !span_in(bottom_image(d, i, a), bare_images);
}

static void check_word(const rule *r, const document *d, const dockerfile_instruction *i,
	const dockerfile_word *word, rule_report *out)
{
	span name;
	if (has_unknown(d, i, word->raw, rule_arena(out), &name) &&
		!base_may_define(d, i, name, rule_arena(out)))
		build_found(out, r, d, i, word->source, NULL, "nothing defines $%.*s", SPAN_ARG(name));
}

BUILD_JUDGE(judge_undefined)
{
	(void)b;
	static const uint32_t expanding =
		1u << DOCKERFILE_ADD | 1u << DOCKERFILE_COPY | 1u << DOCKERFILE_ENV |
		1u << DOCKERFILE_EXPOSE | 1u << DOCKERFILE_LABEL | 1u << DOCKERFILE_STOPSIGNAL |
		1u << DOCKERFILE_USER | 1u << DOCKERFILE_VOLUME | 1u << DOCKERFILE_WORKDIR;
	for (uint32_t k = 0; k < d->dockerfile->instructions.count; k++) {
		const dockerfile_instruction *i = d->dockerfile->instructions.items[k];
		if (!(expanding & 1u << i->kind) || span_find_byte(i->source, '$') == SPAN_NONE)
			continue;
		list_each(const dockerfile_flag, flag, &i->flags)
			check_word(r, d, i, &flag->value, out);
		list_each(const dockerfile_word, word, &i->words)
			check_word(r, d, i, word, out);
		list_each(const dockerfile_pair, pair, &i->pairs)
			check_word(r, d, i, &pair->value, out);
	}
}

BUILD_JUDGE(judge_from_undefined)
{
	(void)b;
	list_each(const dockerfile_stage, s, &d->dockerfile->stages) {
		const dockerfile_from *from = &s->from->from;
		const dockerfile_word *words[] = {
			&from->image, from->platform ? &from->platform->value : NULL};
		span name;
		for (size_t k = 0; k < sizeof words / sizeof *words; k++)
			if (words[k] && has_unknown(d, s->from, words[k]->raw, rule_arena(out), &name))
				build_found(out, r, d, s->from, words[k]->source, NULL,
					"no ARG before the first FROM declares %.*s", SPAN_ARG(name));
	}
}

/* What cannot be a reference: "busybox:", ":1", "a//b". */
static bool is_reference(span image)
{
	static const char *const never[] = {"::", "//", ":@", "/:", "/@", "@@"};
	if (image.n == 0 || strchr(":@/-._", image.p[0]) || strchr(":@/", image.p[image.n - 1]))
		return false;
	for (size_t k = 0; k < sizeof never / sizeof *never; k++)
		if (span_contains(image, never[k]))
			return false;
	return true;
}

BUILD_JUDGE(judge_from_default)
{
	(void)b;
	list_each(const dockerfile_stage, s, &d->dockerfile->stages) {
		known_scope scope = {d->dockerfile->scopes, s->from, {0}};
		const dockerfile_word *image = &s->from->from.image;
		span value;
		bool complete = false;
		if (dockerfile_expand(image->raw, d->dockerfile->escape, known_lookup, &scope,
			    rule_arena(out), &value, &complete) < 0)
			continue;
		if (span_find_byte(image->raw, '$') != SPAN_NONE && !scope.unknown.n && !is_reference(value))
			build_found(out, r, d, s->from, image->source, NULL,
				"without build arguments the base would be '%.*s'", SPAN_ARG(value));
	}
}

/* --- variables that turn a check off --- */

static bool is_setting(const build_setting *of, span name, span value)
{
	return span_in(name, of->names) && (!of->values || span_in(value, of->values));
}

static void check_command(const rule *r, const document *d, const dockerfile_command *c, rule_report *out)
{
	list_each(const shell_assignment, x, &c->command->assignments)
		if (is_setting(r->of, x->name, x->value.value))
			build_found(out, r, d, c->instruction, c->command->source, NULL, "%s: %.*s", r->title,
				SPAN_ARG(x->name));
	/* export NAME=value, env NAME=value */
	for (uint32_t k = 1; k < c->command->words.count; k++) {
		span word = c->command->words.items[k].value;
		size_t equals = span_find_byte(word, '=');
		if (equals == SPAN_NONE || !span_in(shell_command_name(c->command), "export env sudo"))
			continue;
		if (is_setting(r->of, span_sub(word, 0, equals), span_from(word, equals + 1)))
			build_found(out, r, d, c->instruction, c->command->words.items[k].source, NULL,
				"%s: %.*s", r->title, SPAN_ARG(span_sub(word, 0, equals)));
	}
}

BUILD_JUDGE(judge_setting)
{
	(void)b;
	build_each(i, d)
	{
		bool variables = i->kind == DOCKERFILE_ENV || i->kind == DOCKERFILE_ARG;
		list_each(const dockerfile_pair, pair, &i->pairs)
			if (variables && pair->has_value &&
				is_setting(r->of, pair->key.value, pair->value.value))
				build_found(out, r, d, i, pair->source, NULL, "%s: %.*s", r->title,
					SPAN_ARG(pair->key.value));
	}
	list_each(const dockerfile_command, c, &d->dockerfile->commands)
		check_command(r, d, c, out);
}

/* --- names that may mean a secret --- */

/* The last word decides: GIT_KEY and AUTH, but neither AUTH_VERSION nor PUBLIC_KEY. */
static bool is_secret_like(span name)
{
	span last =
		span_from(name, span_find_last(name, '_') == SPAN_NONE ? 0 : span_find_last(name, '_') + 1);
	static const char *const words[] = {"key", "auth", "credential", "credentials", "pass", "pw"};
	if (span_find_fold(name, SPAN("access_key_id")) != SPAN_NONE)
		return true;
	if (span_find_fold(name, SPAN("pub")) != SPAN_NONE)
		return false;
	for (size_t k = 0; k < sizeof words / sizeof *words; k++)
		if (span_is_fold(last, words[k]))
			return true;
	return false;
}

/* Names that are secret for sure are judged where the posture of the stage is. */
BUILD_JUDGE(judge_secret_like)
{
	(void)b;
	build_each(i, d)
	{
		bool variables = i->kind == DOCKERFILE_ENV || i->kind == DOCKERFILE_ARG;
		list_each(const dockerfile_pair, pair, &i->pairs) {
			span name = pair->key.value;
			bool judged = secret_name(name) && !i->nested;
			if (variables && !judged && (is_secret_like(name) || secret_name(name)))
				build_found(out, r, d, i, pair->source, NULL,
					"%.*s may be a secret, and is part of the image", SPAN_ARG(name));
		}
	}
}
