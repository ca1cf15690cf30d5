/* SPDX-License-Identifier: Apache-2.0
 *
 * Rules about stages: names, platforms, users, layers. */
#include "rules/build_tables.h"

#define each_stage(s, d)                                                                  \
	for (const dockerfile_stage *s = (d)->dockerfile->stages.items,                   \
				    *s##_end = s ? s + (d)->dockerfile->stages.count : s; \
		s != s##_end; s++)

/* --- names --- */

BUILD_JUDGE(judge_from_first)
{
	(void)b;
	static const uint32_t allowed =
		1u << DOCKERFILE_FROM | 1u << DOCKERFILE_ARG | 1u << DOCKERFILE_UNKNOWN;
	const dockerfile *file = d->dockerfile;
	const dockerfile_instruction *first = file->instructions.count ? file->instructions.items[0] : NULL;
	if (first && file->stages.count && !(allowed & 1u << first->kind))
		build_found(out, r, d, first, first->keyword, NULL, "%s stands before FROM",
			dockerfile_kind_name(first->kind));
}

BUILD_JUDGE(judge_stage_twice)
{
	(void)b;
	uint32_t index = 0;
	each_stage(s, d)
	{
		if (s->name.n && dockerfile_stage_find(d->dockerfile, s->name, index) != DOCKERFILE_NO_STAGE)
			build_found(out, r, d, s->from, s->from->from.name.source, NULL,
				"an earlier stage is called '%.*s' as well", SPAN_ARG(s->name));
		index++;
	}
}

BUILD_JUDGE(judge_stage_reserved)
{
	(void)b;
	each_stage(s, d) if (span_is_fold(s->name, "context") || span_is_fold(s->name, "scratch"))
		build_found(out, r, d, s->from, s->from->from.name.source, NULL,
			"'%.*s' means something else to the builder", SPAN_ARG(s->name));
}

static bool has_upper(span s)
{
	for (size_t k = 0; k < s.n; k++)
		if (s.p[k] != ascii_lower(s.p[k]))
			return true;
	return false;
}

BUILD_JUDGE(judge_stage_case)
{
	(void)b;
	each_stage(s, d) if (has_upper(s->name)) build_found(out, r, d, s->from, s->from->from.name.source,
		NULL, "the stage '%.*s' is not in lower case", SPAN_ARG(s->name));
}

BUILD_JUDGE(judge_as_case)
{
	(void)b;
	each_stage(s, d)
	{
		const dockerfile_instruction *from = s->from;
		if (!s->name.n || from->words.count < 2)
			continue;
		span word = from->words.items[1].source;
		const char *want = span_is(from->keyword, "FROM")   ? "AS"
				   : span_is(from->keyword, "from") ? "as"
								    : NULL;
		if (want && !span_is(word, want))
			build_found(out, r, d, from, word, build_replace(out, from, word, span_of(want)),
				"'%.*s' and '%.*s' are not in the same case", SPAN_ARG(from->keyword),
				SPAN_ARG(word));
	}
}

/* --- platforms --- */

/* A stage whose name tells the system or the processor is meant to be fixed: FROM --platform=linux/arm64 x AS arm64. */
static bool name_tells(span name, span platform)
{
	span part;
	while (span_cut(&platform, '/', &part))
		if (part.n && span_find_fold(name, part) != SPAN_NONE)
			return true;
	return false;
}

static bool platform_is(build_platform which, const dockerfile_stage *s, span value)
{
	bool fixed = span_find_byte(value, '$') == SPAN_NONE;
	if (which == PLATFORM_REDUNDANT)
		return span_is(value, "$TARGETPLATFORM") || span_is(value, "${TARGETPLATFORM}");
	if (which == PLATFORM_FIXED_UNNAMED)
		return fixed && !name_tells(s->name, value);
	return fixed && name_tells(s->name, value);
}

BUILD_JUDGE(judge_platform)
{
	(void)b;
	const build_platform *which = r->of;
	each_stage(s, d)
	{
		const dockerfile_flag *flag = s->from->from.platform;
		if (flag && flag->has_value && platform_is(*which, s, flag->value.value))
			build_found(out, r, d, s->from, flag->source, NULL,
				*which == PLATFORM_REDUNDANT ? "%.*s is the platform of the base anyway"
							     : "the platform is fixed to %.*s",
				SPAN_ARG(flag->value.value));
	}
}

/* --- users --- */

static const dockerfile_instruction *last_user(const document *d, const dockerfile_stage *s)
{
	for (uint32_t k = s->end; k-- > s->first;) {
		const dockerfile_instruction *i = d->dockerfile->instructions.items[k];
		if (i->kind == DOCKERFILE_USER && i->words.count)
			return i;
	}
	return NULL;
}

static span user_of(const document *d, const dockerfile_instruction *i, arena *a, bool *ret_complete)
{
	span user = build_expand(d, i, i->words.items[0].raw, a, ret_complete);
	return span_sub(user, 0, span_find_byte(user, ':'));
}

BUILD_JUDGE(judge_stage_user)
{
	(void)b;
	each_stage(s, d)
	{
		bool complete;
		const dockerfile_instruction *i = last_user(d, s);
		if (i && !build_is_final(d, i) &&
			span_in(user_of(d, i, rule_arena(out), &complete), "root 0"))
			build_found(out, r, d, i, i->words.items[0].source, NULL,
				"the last user of this stage is root");
	}
}

/* The user that the image is started as is judged by its posture. */
BUILD_JUDGE(judge_user_name)
{
	(void)b;
	const dockerfile *file = d->dockerfile;
	const dockerfile_instruction *started =
		file->stages.count ? last_user(d, &file->stages.items[file->stages.count - 1]) : NULL;
	build_each(i, d)
	{
		bool complete;
		int64_t number;
		if (i->kind != DOCKERFILE_USER || i->words.count == 0)
			continue;
		span user = user_of(d, i, rule_arena(out), &complete);
		bool name = complete && user.n && !span_int(user, &number);
		if (name && (i != started || span_is(user, "root")))
			build_found(out, r, d, i, i->words.items[0].source, NULL,
				"'%.*s' is a name, not a number", SPAN_ARG(user));
	}
}

/* --- layers --- */

static bool one_command(const document *d, const dockerfile_instruction *i)
{
	uint32_t count = 0;
	for (uint32_t k = i->first_command; k < i->end_command; k++) {
		const shell_command *c = d->dockerfile->commands.items[k].command;
		count += c->depth == 0 && c->position == 0 &&
			 d->dockerfile->commands.items[k].script ==
				 d->dockerfile->commands.items[i->first_command].script;
	}
	return count == 1 && i->heredocs.count == 0;
}

static bool same_flags(const dockerfile_instruction *a, const dockerfile_instruction *b)
{
	if (a->flags.count != b->flags.count)
		return false;
	for (uint32_t k = 0; k < a->flags.count; k++)
		if (!span_equal(a->flags.items[k].source, b->flags.items[k].source))
			return false;
	return true;
}

/* The instruction before, if it is of the same kind and stage. */
static const dockerfile_instruction *twin_before(const document *d, uint32_t at)
{
	if (at == 0)
		return NULL;
	const dockerfile_instruction *i = d->dockerfile->instructions.items[at],
				     *before = d->dockerfile->instructions.items[at - 1];
	return before->kind == i->kind && before->stage == i->stage ? before : NULL;
}

BUILD_JUDGE(judge_run_split)
{
	(void)b;
	for (uint32_t k = 0; k < d->dockerfile->instructions.count; k++) {
		const dockerfile_instruction *i = d->dockerfile->instructions.items[k],
					     *before = twin_before(d, k);
		if (i->kind == DOCKERFILE_RUN && before && same_flags(i, before) && one_command(d, i) &&
			one_command(d, before))
			build_found(out, r, d, i, i->keyword, NULL, "could be joined with the RUN before it");
	}
}

static span destination(const dockerfile_instruction *i)
{
	return i->words.count ? i->words.items[i->words.count - 1].value : (span){0};
}

/* RUNs, or copies to one place, that follow each other. */
static bool could_be_one(const dockerfile_instruction *i, const dockerfile_instruction *before)
{
	if (i->kind == DOCKERFILE_RUN)
		return true;
	return (i->kind == DOCKERFILE_COPY || i->kind == DOCKERFILE_ADD) && same_flags(i, before) &&
	       span_equal(destination(i), destination(before));
}

BUILD_JUDGE(judge_layers)
{
	(void)b;
	bool told = false;
	for (uint32_t k = 0; k < d->dockerfile->instructions.count; k++) {
		const dockerfile_instruction *i = d->dockerfile->instructions.items[k],
					     *before = twin_before(d, k);
		bool more = before && build_is_final(d, i) && could_be_one(i, before);
		if (more && !told)
			build_found(out, r, d, before, before->keyword, NULL,
				"several %s in a row that could be one layer", dockerfile_kind_name(i->kind));
		told = more;
	}
}

/* --- compilers --- */

static const char *const compilers =
	"build-essential gcc g++ clang make cmake build-base musl-dev libc6-dev golang go rustc cargo "
	"gcc-c++ automake autoconf";
static const char *const removals = "remove purge autoremove del erase rm";

static bool installs(const dockerfile_command *c, const char *programs, const char *subcommands)
{
	const shell_word *sub = span_in(c->name, programs) ? shell_arg(c->words, 0) : NULL;
	return sub && span_in(sub->value, subcommands);
}

static bool takes_away(const document *d, const dockerfile_instruction *i, const char *programs)
{
	for (uint32_t k = i->first_command; k < i->end_command; k++)
		if (installs(&d->dockerfile->commands.items[k], programs, removals))
			return true;
	return false;
}

BUILD_JUDGE(judge_build_tools)
{
	(void)b;
	static const char *const managers = "apt-get apt apk yum dnf microdnf zypper";
	const dockerfile_instruction *asked =
		NULL; /* once an instruction: one may hold thousands of commands */
	bool away = false;
	list_each(const dockerfile_command, c, &d->dockerfile->commands) {
		const dockerfile_instruction *i = c->instruction;
		if (i->nested || !build_is_final(d, i) || !installs(c, managers, "install add in"))
			continue;
		if (i != asked)
			away = takes_away(d, i, managers);
		asked = i;
		if (away)
			continue;
		for (uint32_t k = 1; k < c->words.count; k++) {
			span package = c->words.items[k].value;
			package = span_sub(package, 0, span_find_byte(package, '='));
			if (!span_in(package, compilers))
				continue;
			build_found(out, r, d, i, c->words.items[k].source, NULL,
				"%.*s stays in the final image", SPAN_ARG(package));
			break;
		}
	}
}
