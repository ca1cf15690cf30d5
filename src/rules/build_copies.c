/* SPDX-License-Identifier: Apache-2.0
 *
 * Rules about COPY and ADD: what is copied from where to where. */
#include "base/map.h"
#include "rules/build_tables.h"

static bool copies(const dockerfile_instruction *i)
{
	return (i->kind == DOCKERFILE_COPY || i->kind == DOCKERFILE_ADD) && i->words.count >= 2;
}

static const dockerfile_word *destination(const dockerfile_instruction *i)
{
	return &i->words.items[i->words.count - 1];
}

/* --- ADD --- */

/* Whether ADD does more with it than COPY would: fetch it or unpack it. */
static bool needs_add(
	const document *d, const dockerfile_instruction *i, const dockerfile_word *word, arena *a)
{
	bool complete;
	span source = build_expand(d, i, word->raw, a, &complete);
	return build_is_url(source) || build_is_archive(source);
}

BUILD_JUDGE(judge_add)
{
	(void)b;
	build_each(i, d)
	{
		const dockerfile_word *plain = NULL;
		bool all = true;
		for (uint32_t k = 0; i->kind == DOCKERFILE_ADD && k + 1 < i->words.count; k++) {
			if (needs_add(d, i, &i->words.items[k], rule_arena(out)))
				all = false;
			else if (!plain)
				plain = &i->words.items[k];
		}
		bool can = all && !dockerfile_flag_get(i, "checksum") && !dockerfile_flag_get(i, "unpack") &&
			   !dockerfile_flag_get(i, "keep-git-dir");
		if (plain)
			build_found(out, r, d, i, i->keyword,
				can ? build_replace(out, i, i->keyword, SPAN("COPY")) : NULL,
				"ADD of %.*s does what COPY does, and would unpack or fetch what is put in its place",
				SPAN_ARG(plain->value));
	}
}

BUILD_JUDGE(judge_add_url)
{
	(void)b;
	build_each(i, d) for (uint32_t k = 0; i->kind == DOCKERFILE_ADD && k + 1 < i->words.count;
			      k++) if (build_is_url(i->words.items[k].value) &&
				       !dockerfile_flag_get(i, "checksum")) build_found(out, r, d, i,
		i->words.items[k].source, NULL, "ADD takes whatever the server sends: there is no checksum");
}

/* --- destinations --- */

BUILD_JUDGE(judge_copy_folder)
{
	(void)b;
	const build_folder *of = r->of;
	build_each(i, d)
	{
		bool complete;
		if (i->kind != DOCKERFILE_COPY || i->words.count < 3)
			continue;
		span to = build_expand(d, i, destination(i)->raw, rule_arena(out), &complete);
		bool dot = span_is(to, ".") || span_ends(to, SPAN("/."));
		bool folder = !complete || span_ends(to, SPAN("/")) || span_ends(to, SPAN("\\"));
		if (!folder && dot == of->dot)
			build_found(out, r, d, i, destination(i)->source,
				build_insert_behind(out, i,
					destination(i)->quoted ? (span){0} : destination(i)->raw, SPAN("/")),
				"several files are copied to '%.*s', which does not end in a slash",
				SPAN_ARG(to));
	}
}

/* A WORKDIR of ONBUILD counts for the COPY of ONBUILD behind it. */
BUILD_JUDGE(judge_copy_relative)
{
	(void)b;
	build_flags placed = build_flags_new(d, rule_arena(out));
	build_each(i, d)
	{
		bool *here = build_flags_at(&placed, i);
		*here |= i->kind == DOCKERFILE_WORKDIR;
		if (i->kind != DOCKERFILE_COPY || i->words.count < 2 || *here)
			continue;
		span to = destination(i)->value;
		if (to.n && to.p[0] != '$' && !build_is_absolute(to))
			build_found(out, r, d, i, destination(i)->source, NULL,
				"where '%.*s' lies depends on the base image", SPAN_ARG(to));
	}
}

BUILD_JUDGE(judge_copy_root)
{
	(void)b;
	build_each(i, d)
	{
		if (i->kind != DOCKERFILE_COPY || i->words.count < 2 || !dockerfile_flag_get(i, "from") ||
			!span_is(destination(i)->value, "/"))
			continue;
		for (uint32_t k = 0; k + 1 < i->words.count; k++)
			if (span_is(i->words.items[k].value, "/"))
				build_found(out, r, d, i, i->source, NULL,
					"the whole file system of the other image is copied");
	}
}

/* --- sources --- */

static bool from_is(build_from which, const document *d, const dockerfile_instruction *i, span name)
{
	const dockerfile_stage *own = build_stage(d, i);
	int64_t number;
	bool self = own && own->name.n && span_equal_fold(own->name, name);
	switch (which) {
	case FROM_SELF:
		return self;
	case FROM_NUMBER:
		return span_int(name, &number);
	case FROM_UNKNOWN:
		break;
	}
	uint32_t before = i->stage == DOCKERFILE_NO_STAGE ? 0 : i->stage;
	return !self && span_find_byte(name, ':') == SPAN_NONE && span_find_byte(name, '$') == SPAN_NONE &&
	       dockerfile_stage_find(d->dockerfile, name, before) == DOCKERFILE_NO_STAGE;
}

BUILD_JUDGE(judge_copy_from)
{
	(void)b;
	static const char *const messages[] = {
		[FROM_UNKNOWN] = "is the name of no earlier stage",
		[FROM_SELF] = "is the stage itself",
		[FROM_NUMBER] = "is the number of a stage, which changes when a stage is added",
	};
	const build_from *which = r->of;
	build_each(i, d)
	{
		const dockerfile_flag *from =
			i->kind == DOCKERFILE_COPY ? dockerfile_flag_get(i, "from") : NULL;
		if (from && from->value.value.n && from_is(*which, d, i, from->value.value))
			build_found(out, r, d, i, from->source, NULL, "'%.*s' %s",
				SPAN_ARG(from->value.value), messages[*which]);
	}
}

BUILD_JUDGE(judge_chown)
{
	(void)b;
	build_each(i, d)
	{
		const dockerfile_flag *flag = copies(i) ? dockerfile_flag_get(i, "chown") : NULL;
		if (flag)
			build_found(out, r, d, i, flag->source, NULL,
				"the files belong to %.*s, who may change them while it runs",
				SPAN_ARG(flag->value.value));
	}
}

/* --- archives --- */

static span plain_name(span raw)
{
	span name = build_base_name(raw);
	while (name.n && (name.p[name.n - 1] == '"' || name.p[name.n - 1] == '\''))
		name.n--;
	return name;
}

static bool unpacks(const dockerfile_command *c)
{
	if (span_in(c->name, "gunzip bunzip2 unxz unlzma"))
		return true;
	if (!span_is(c->name, "tar") || c->words.count < 2)
		return false;
	span first = c->words.items[1].value;
	bool bundle = first.n && first.p[0] != '-' && span_find_byte(first, 'x') != SPAN_NONE; /* tar xzf */
	return bundle || build_flag(c->words, "x", "extract get");
}

/* The last command of every stage that unpacks a file of that name: "stage/name" -> command. */
static map unpackers(const document *d, arena *a)
{
	map ret = {0};
	list_each(dockerfile_command, c, &d->dockerfile->commands)
		for (uint32_t k = 1; unpacks(c) && k < c->words.count; k++) {
			span word = c->words.items[k].value;
			if (span_starts(word, SPAN("--")) && span_find_byte(word, '=') != SPAN_NONE)
				word = span_from(word, span_find_byte(word, '=') + 1);
			word = build_base_name(word);
			if (build_is_archive(word))
				map_set(&ret, a,
					arena_format(a, "%u/%.*s", c->instruction->stage, SPAN_ARG(word)), c);
		}
	return ret;
}

BUILD_JUDGE(judge_copy_archive)
{
	(void)b;
	map by_name = unpackers(d, rule_arena(out));
	build_each(i, d)
	{
		if (by_name.count == 0 || i->kind != DOCKERFILE_COPY || i->words.count < 2 ||
			dockerfile_flag_get(i, "from"))
			continue;
		for (uint32_t k = 0; k < i->words.count; k++) {
			span name = plain_name(i->words.items[k].raw);
			const dockerfile_command *c =
				build_is_archive(name)
					? map_get(&by_name, arena_format(rule_arena(out), "%u/%.*s", i->stage,
								    SPAN_ARG(name)))
					: NULL;
			if (!c || c->instruction->index < i->index)
				continue;
			build_found(out, r, d, i, i->keyword, NULL,
				"%.*s is copied, then unpacked: both stay in the image", SPAN_ARG(name));
			break;
		}
	}
}
