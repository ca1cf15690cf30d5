/* SPDX-License-Identifier: Apache-2.0
 *
 * What BuildKit refuses about a single instruction once it is split: missing arguments, unknown flags, forms that are not allowed. */
#include "formats/dockerfile_parse.h"

enum { NEAR = 2, WORD = 16 };

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* How many letters to change, add or take away; both are short. */
static uint32_t distance(span a, span b)
{
	uint32_t row[WORD + 1];
	if (a.n > WORD || b.n > WORD)
		return WORD;
	for (uint32_t j = 0; j <= b.n; j++)
		row[j] = j;
	for (uint32_t i = 1; i <= a.n; i++) {
		uint32_t corner = row[0];
		row[0] = i;
		for (uint32_t j = 1; j <= b.n; j++) {
			uint32_t change = corner + (ascii_lower(a.p[i - 1]) != ascii_lower(b.p[j - 1]));
			corner = row[j];
			row[j] = least(change, least(row[j], row[j - 1]) + 1);
		}
	}
	return row[b.n];
}

static const char *kind_near(span keyword)
{
	const char *ret = NULL;
	uint32_t best = NEAR + 1;
	for (dockerfile_kind kind = DOCKERFILE_UNKNOWN + 1; kind < DOCKERFILE_KINDS; kind++) {
		span name = span_of(dockerfile_kind_name(kind));
		uint32_t d = distance(keyword, name);
		if (d < best && d < name.n / 2 + 1) {
			best = d;
			ret = name.p;
		}
	}
	return ret;
}

static void unknown_check(dockerfile_parser *p, const dockerfile_instruction *i)
{
	span shown = span_sub(i->keyword, 0, 40);
	const char *near = kind_near(i->keyword);
	if (near)
		dockerfile_problem_add(p, i->keyword, false, "unknown instruction '%.*s' (did you mean %s?)",
			SPAN_ARG(shown), near);
	else
		dockerfile_problem_add(p, i->keyword, !dockerfile_has_letter(i->keyword),
			"unknown instruction '%.*s'", SPAN_ARG(shown));
}

static bool one_of(span name, const char *names)
{
	return names && span_in(name, names);
}

static bool flag_earlier(const dockerfile_instruction *i, const dockerfile_flag *flag)
{
	for (const dockerfile_flag *earlier = i->flags.items; earlier < flag; earlier++)
		if (span_equal(earlier->name, flag->name))
			return true;
	return false;
}

static bool flag_check(dockerfile_parser *p, const dockerfile_instruction *i, const dockerfile_flag *flag)
{
	const dockerfile_kind_row *row = dockerfile_kind_get(i->kind);
	span shown = span_sub(flag->name, 0, 40);
	bool valued = one_of(flag->name, row->value_flags),
	     known = valued || one_of(flag->name, row->switch_flags);
	if (!known)
		dockerfile_problem_add(
			p, flag->source, false, "%s has no flag --%.*s", row->name, SPAN_ARG(shown));
	else if (valued && !flag->has_value)
		dockerfile_problem_add(
			p, flag->source, false, "the flag --%.*s needs a value", SPAN_ARG(shown));
	else if (!one_of(flag->name, row->many_flags) && flag_earlier(i, flag))
		dockerfile_problem_add(
			p, flag->source, false, "the flag --%.*s is given twice", SPAN_ARG(shown));
	else
		return true;
	return false;
}

/* The first bad flag only: BuildKit stops there, and the number of flags is not bounded. */
static void flags_check(dockerfile_parser *p, const dockerfile_instruction *i)
{
	list_each(const dockerfile_flag, flag, &i->flags)
		if (!flag_check(p, i, flag))
			return;
}

static bool stage_name_valid(span name)
{
	for (size_t k = 0; k < name.n; k++) {
		char c = name.p[k];
		if (!ascii_alpha(c) && (k == 0 || !(ascii_digit(c) || c == '-' || c == '_' || c == '.')))
			return false;
	}
	return name.n > 0;
}

static void from_check(dockerfile_parser *p, const dockerfile_instruction *i)
{
	uint32_t count = i->words.count;
	if (count != 1 && (count != 3 || i->from.name.raw.n == 0))
		dockerfile_problem_add(p, i->words.items[count > 1 ? 1 : 0].source, false,
			"FROM takes an image, or an image, AS and a name");
	else if (count == 3 && !stage_name_valid(i->from.name.raw))
		dockerfile_problem_add(p, i->from.name.source, false, "'%.*s' cannot be the name of a stage",
			SPAN_ARG(span_sub(i->from.name.raw, 0, 40)));
}

static void health_check(dockerfile_parser *p, const dockerfile_instruction *i)
{
	if (i->health.n == 0)
		dockerfile_problem_add(p, i->keyword, false, "HEALTHCHECK needs CMD or NONE");
	else if (i->health_none && i->words.count)
		dockerfile_problem_add(
			p, i->words.items[0].source, false, "HEALTHCHECK NONE takes no arguments");
	else if (!i->health_none && !span_is_fold(i->health, "CMD"))
		dockerfile_problem_add(p, i->health, false, "HEALTHCHECK takes CMD or NONE, not '%.*s'",
			SPAN_ARG(span_sub(i->health, 0, 40)));
	else if (!i->health_none && i->words.count == 0)
		dockerfile_problem_add(p, i->health, false, "HEALTHCHECK CMD needs a command");
}

static void trigger_check(dockerfile_parser *p, const dockerfile_instruction *i)
{
	const dockerfile_instruction *trigger = i->trigger;
	if (!trigger)
		dockerfile_problem_add(p, i->keyword, false, "ONBUILD needs an instruction");
	else if (trigger->kind == DOCKERFILE_ONBUILD || trigger->kind == DOCKERFILE_FROM ||
		 trigger->kind == DOCKERFILE_MAINTAINER)
		dockerfile_problem_add(p, trigger->keyword, true, "%s is not allowed behind ONBUILD",
			dockerfile_kind_name(trigger->kind));
	else
		dockerfile_check(p, trigger);
}

/* Pairs that could not be split have been reported already. */
static bool least_check(dockerfile_parser *p, const dockerfile_instruction *i)
{
	const dockerfile_kind_row *row = dockerfile_kind_get(i->kind);
	uint32_t count = row->split == DOCKERFILE_SPLIT_PAIRS ? i->body.n > 0 : i->words.count;
	if (count >= row->least)
		return true;
	dockerfile_problem_add(p, i->keyword, false, "%s needs %s", row->name,
		row->least == 2 ? "a source and a destination" : "an argument");
	return false;
}

static void volume_check(dockerfile_parser *p, const dockerfile_instruction *i)
{
	list_each(const dockerfile_word, word, &i->words)
		if (span_trim(word->raw).n == 0)
			dockerfile_problem_add(p, word->source, false, "a VOLUME cannot be empty");
}

void dockerfile_check(dockerfile_parser *p, const dockerfile_instruction *i)
{
	if (i->kind == DOCKERFILE_UNKNOWN) {
		unknown_check(p, i);
		return;
	}
	flags_check(p, i);
	if (!least_check(p, i))
		return;
	if (i->kind == DOCKERFILE_FROM)
		from_check(p, i);
	else if (i->kind == DOCKERFILE_HEALTHCHECK)
		health_check(p, i);
	else if (i->kind == DOCKERFILE_ONBUILD)
		trigger_check(p, i);
	else if (i->kind == DOCKERFILE_VOLUME)
		volume_check(p, i);
	else if (i->kind == DOCKERFILE_SHELL && !i->exec)
		dockerfile_problem_add(p, dockerfile_spot(i, i->body), false,
			"SHELL takes a JSON array: SHELL [\"executable\", \"parameters\"]");
}
