/* SPDX-License-Identifier: Apache-2.0
 *
 * Rules about single instructions: their form, ports, labels, folders. */
#include "rules/build_tables.h"

/* --- which of several counts --- */

static bool comes_again(const document *d, uint32_t at)
{
	const dockerfile_instruction *i = d->dockerfile->instructions.items[at];
	for (uint32_t k = at + 1; k < d->dockerfile->instructions.count; k++) {
		const dockerfile_instruction *later = d->dockerfile->instructions.items[k];
		if (later->stage != i->stage)
			return false;
		if (later->kind == i->kind)
			return true;
	}
	return false;
}

BUILD_JUDGE(judge_repeated)
{
	(void)b;
	const build_repeat *of = r->of;
	for (uint32_t k = 0; k < d->dockerfile->instructions.count; k++) {
		const dockerfile_instruction *i = d->dockerfile->instructions.items[k];
		if (i->kind == of->kind && build_in_scope(d, i, of->scope) && comes_again(d, k))
			build_found(out, r, d, i, i->source, NULL, "a later %s of the stage takes its place",
				dockerfile_kind_name(i->kind));
	}
}

/* --- forms --- */

BUILD_JUDGE(judge_shell_form)
{
	(void)b;
	const build_form *of = r->of;
	build_each(i, d)
	{
		bool form = of->kinds & 1u << i->kind && !i->exec && !i->health_none && i->words.count;
		if (form && (i->shell != NULL) == of->with_shell)
			build_found(out, r, d, i, i->source, NULL, "%s runs through a shell",
				dockerfile_kind_name(i->kind));
	}
}

static bool all_upper(span s)
{
	for (size_t k = 0; k < s.n; k++)
		if (s.p[k] != ascii_upper(s.p[k]))
			return false;
	return true;
}

static bool all_lower(span s)
{
	for (size_t k = 0; k < s.n; k++)
		if (s.p[k] != ascii_lower(s.p[k]))
			return false;
	return true;
}

static span lower(span s, arena *a)
{
	char *p = arena_alloc(a, s.n + 1);
	for (size_t k = 0; k < s.n; k++)
		p[k] = ascii_lower(s.p[k]);
	return (span){p, s.n};
}

BUILD_JUDGE(judge_keyword_case)
{
	(void)b;
	const dockerfile *file = d->dockerfile;
	uint32_t lowers = 0, uppers = 0;
	for (uint32_t k = 0; k < file->instructions.count; k++) {
		lowers += all_lower(file->instructions.items[k]->keyword);
		uppers += all_upper(file->instructions.items[k]->keyword);
	}
	bool want_lower = lowers > uppers;
	for (uint32_t k = 0; k < file->instructions.count; k++) {
		const dockerfile_instruction *i = file->instructions.items[k];
		if (i->kind == DOCKERFILE_UNKNOWN ||
			(want_lower ? all_lower(i->keyword) : all_upper(i->keyword)))
			continue;
		span name = span_of(dockerfile_kind_name(i->kind));
		build_found(out, r, d, i, i->keyword,
			build_replace(out, i, i->keyword, want_lower ? lower(name, rule_arena(out)) : name),
			"most keywords of the file are in %s case", want_lower ? "lower" : "upper");
	}
}

BUILD_JUDGE(judge_maintainer)
{
	(void)b;
	build_each(i, d)
	{
		if (i->kind != DOCKERFILE_MAINTAINER)
			continue;
		bool plain = i->words.count && !i->words.items[0].quoted &&
			     span_find_byte(i->body, '\\') == SPAN_NONE;
		span label =
			plain ? arena_format(rule_arena(out),
					"LABEL org.opencontainers.image.authors=\"%.*s\"", SPAN_ARG(i->body))
			      : (span){0};
		build_found(out, r, d, i, i->source, plain ? build_replace(out, i, i->source, label) : NULL,
			"MAINTAINER is deprecated in favour of a label");
	}
}

BUILD_JUDGE(judge_onbuild)
{
	(void)b;
	static const uint32_t refused =
		1u << DOCKERFILE_ONBUILD | 1u << DOCKERFILE_FROM | 1u << DOCKERFILE_MAINTAINER;
	build_each(i, d) if (i->nested && refused & 1u << i->kind) build_found(out, r, d, i, i->keyword, NULL,
		"the builder refuses %s behind ONBUILD", dockerfile_kind_name(i->kind));
}

BUILD_JUDGE(judge_stray)
{
	(void)b;
	for (uint32_t k = 0; k < d->dockerfile->instructions.count; k++) {
		const dockerfile_instruction *i = d->dockerfile->instructions.items[k];
		if (i->kind == DOCKERFILE_UNKNOWN && !dockerfile_has_letter(i->keyword))
			build_found(out, r, d, i, i->keyword, NULL, "the builder refuses the line");
	}
}

/* The value in quotes if it needs them; empty when it is too intricate for that. */
static span pair_text(const dockerfile_pair *pair, arena *a)
{
	span value = pair->value.raw;
	if (span_find_byte(value, '"') != SPAN_NONE || span_find_byte(value, '\'') != SPAN_NONE ||
		span_find_byte(value, '\\') != SPAN_NONE)
		return (span){0};
	const char *quote =
		span_find_byte(value, ' ') != SPAN_NONE || span_find_byte(value, '\t') != SPAN_NONE ? "\""
												    : "";
	return arena_format(a, "%.*s=%s%.*s%s", SPAN_ARG(pair->key.raw), quote, SPAN_ARG(value), quote);
}

BUILD_JUDGE(judge_old_pair)
{
	(void)b;
	build_each(i, d) list_each(const dockerfile_pair, pair, &i->pairs)
	{
		if (!pair->old_form)
			continue;
		span new_form = pair_text(pair, rule_arena(out));
		build_found(out, r, d, i, pair->source,
			new_form.n ? build_replace(out, i, pair->source, new_form) : NULL,
			"'%s name value' is deprecated in favour of name=value",
			dockerfile_kind_name(i->kind));
	}
}

BUILD_JUDGE(judge_blank_continuation)
{
	(void)b;
	for (uint32_t k = 0; k < d->dockerfile->instructions.count; k++) {
		const dockerfile_instruction *i = d->dockerfile->instructions.items[k];
		if (i->blank_continuation)
			build_found(
				out, r, d, i, i->source, NULL, "a blank line stands inside the instruction");
	}
}

/* --- ports --- */

/* Calls for every port word of EXPOSE as the builder reads it. */
typedef void port_check(const rule *r, const document *d, const dockerfile_instruction *i,
	const dockerfile_word *word, span value, rule_report *out);

static void each_port(const rule *r, const document *d, rule_report *out, port_check *check)
{
	build_each(i, d) for (uint32_t k = 0; i->kind == DOCKERFILE_EXPOSE && k < i->words.count; k++)
	{
		bool complete;
		const dockerfile_word *word = &i->words.items[k];
		check(r, d, i, word, build_expand(d, i, word->raw, rule_arena(out), &complete), out);
	}
}

static void check_format(const rule *r, const document *d, const dockerfile_instruction *i,
	const dockerfile_word *word, span value, rule_report *out)
{
	if (span_find_byte(word->raw, '$') == SPAN_NONE && span_find_byte(value, ':') != SPAN_NONE)
		build_found(out, r, d, i, word->source, NULL,
			"'%.*s' is no port: EXPOSE cannot bind addresses or ports of the host",
			SPAN_ARG(value));
}

BUILD_JUDGE(judge_expose_format)
{
	(void)b;
	each_port(r, d, out, check_format);
}

static void check_case(const rule *r, const document *d, const dockerfile_instruction *i,
	const dockerfile_word *word, span value, rule_report *out)
{
	size_t slash = span_find_byte(value, '/');
	bool plain = span_find_byte(word->raw, '$') == SPAN_NONE; /* names of variables keep their case */
	if (slash != SPAN_NONE && !all_lower(span_from(value, slash)))
		build_found(out, r, d, i, word->source,
			plain ? build_replace(out, i, word->source, lower(word->raw, rule_arena(out))) : NULL,
			"the protocol of '%.*s' is not in lower case", SPAN_ARG(value));
}

BUILD_JUDGE(judge_expose_case)
{
	(void)b;
	each_port(r, d, out, check_case);
}

static void check_range(const rule *r, const document *d, const dockerfile_instruction *i,
	const dockerfile_word *word, span value, rule_report *out)
{
	span ports = span_sub(value, 0, span_find_byte(value, '/')), port;
	int64_t number;
	while (span_cut(&ports, '-', &port))
		if (span_int(port, &number) && (number > UINT16_MAX || number < 0))
			build_found(out, r, d, i, word->source, NULL,
				"there is no port %.*s: the last one is 65535", SPAN_ARG(port));
}

BUILD_JUDGE(judge_port_range)
{
	(void)b;
	each_port(r, d, out, check_range);
}

static void check_ssh(const rule *r, const document *d, const dockerfile_instruction *i,
	const dockerfile_word *word, span value, rule_report *out)
{
	if (span_is(span_sub(value, 0, span_find_byte(value, '/')), "22"))
		build_found(out, r, d, i, word->source, NULL, "port 22 is that of an SSH server");
}

BUILD_JUDGE(judge_ssh_port)
{
	(void)b;
	each_port(r, d, out, check_ssh);
}

/* --- labels --- */

static bool letter_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || ascii_digit(c);
}

/* What docs.docker.com/config/labels-custom-metadata asks of keys. */
static const char *key_fault(span key)
{
	static const span reserved[] = {{"com.docker.", 11}, {"io.docker.", 10}, {"org.dockerproject.", 18}};
	for (size_t k = 0; k < sizeof reserved / sizeof *reserved; k++)
		if (span_starts(key, reserved[k]))
			return "is in a name space that Docker keeps for itself";
	if (key.n == 0 || !letter_or_digit(key.p[0]) || !letter_or_digit(key.p[key.n - 1]))
		return "does not begin and end with a lower-case letter or a digit";
	for (size_t k = 0; k < key.n; k++) {
		bool separator = key.p[k] == '.' || key.p[k] == '-';
		if (!separator && !letter_or_digit(key.p[k]))
			return "holds something else than lower-case letters, digits, dots and dashes";
		if (separator && (key.p[k + 1] == '.' || key.p[k + 1] == '-'))
			return "holds two separators in a row";
	}
	return NULL;
}

BUILD_JUDGE(judge_label_key)
{
	(void)b;
	build_each(i, d) list_each(const dockerfile_pair, pair, &i->pairs)
	{
		const char *fault = i->kind == DOCKERFILE_LABEL ? key_fault(pair->key.value) : NULL;
		if (fault)
			build_found(out, r, d, i, pair->key.source, NULL, "the label '%.*s' %s",
				SPAN_ARG(pair->key.value), fault);
	}
}

/* --- folders --- */

/* Relative for sure: neither absolute nor made of a variable that nobody knows. */
static bool is_relative(const document *d, const dockerfile_instruction *i, arena *a)
{
	bool complete;
	if (i->words.count == 0)
		return false;
	span path = build_expand(d, i, i->words.items[0].raw, a, &complete);
	return path.n && !build_is_absolute(path) && (complete || path.p[0] != '$');
}

BUILD_JUDGE(judge_workdir)
{
	(void)b;
	const build_workdir *of = r->of;
	build_flags anchored = build_flags_new(d, rule_arena(out));
	build_each(i, d)
	{
		bool *here = build_flags_at(&anchored, i);
		if (i->kind != DOCKERFILE_WORKDIR)
			continue;
		bool relative = is_relative(d, i, rule_arena(out));
		if (relative && *here == of->anchored)
			build_found(out, r, d, i, i->words.items[0].source, NULL,
				of->anchored ? "where '%.*s' lies depends on the WORKDIR before it"
					     : "where '%.*s' lies depends on the base image",
				SPAN_ARG(i->words.items[0].value));
		*here |= !relative && !i->nested;
	}
}

/* --- comments --- */

BUILD_JUDGE(judge_ignore_comment)
{
	(void)b;
	const text *t = d->text;
	list_each(const span, comment, &d->dockerfile->comments) {
		span words = span_trim(span_from(*comment, 1));
		if (!span_starts(words, SPAN("hadolint ")) || !span_contains(words, "ignore"))
			continue;
		uint32_t start = text_offset(t, *comment);
		rule_found(out, r, NULL, (origin){t, start, start + (uint32_t)comment->n}, NULL,
			"a rule is turned off by a comment");
	}
}

/* The words of the comment on the line above, behind its #; empty when there is none. */
static span comment_above(const text *t, span source)
{
	uint32_t line = text_place(t, text_offset(t, source)).line;
	span above = span_trim(line > 1 ? text_line(t, line - 1) : (span){0});
	return above.n && above.p[0] == '#' ? span_trim(span_from(above, 1)) : (span){0};
}

static bool describes(span comment, const dockerfile_instruction *i)
{
	span word;
	if (!span_word(&comment, &word) || span_starts(word, SPAN("check=")) ||
		span_starts(word, SPAN("syntax=")) || span_starts(word, SPAN("escape=")))
		return true;
	if (i->kind == DOCKERFILE_FROM)
		return span_equal(word, i->from.name.value);
	list_each(const dockerfile_pair, pair, &i->pairs)
		if (span_equal(word, pair->key.value) && i->pairs.count == 1)
			return true;
	return false;
}

/* Comments above ARG and named stages are shown as their description, if they begin with the name; only where the file asks. */
BUILD_JUDGE(judge_description)
{
	(void)b;
	const dockerfile_directive *check = dockerfile_directive_get(d->dockerfile, "check");
	if (!check || !span_contains(check->value, "experimental=") ||
		!(span_contains(check->value, "InvalidDefinitionDescription") ||
			span_contains(check->value, "=all")))
		return;
	for (uint32_t k = 0; k < d->dockerfile->instructions.count; k++) {
		const dockerfile_instruction *i = d->dockerfile->instructions.items[k];
		bool named =
			i->kind == DOCKERFILE_ARG || (i->kind == DOCKERFILE_FROM && i->from.name.value.n);
		if (named && !describes(comment_above(d->text, i->source), i))
			build_found(out, r, d, i, i->source, NULL,
				"the comment above does not begin with the name that it describes");
	}
}
