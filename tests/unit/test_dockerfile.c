/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "base/buffer.h"
#include "formats/dockerfile_words.h"

typedef struct reading {
	arena arena;
	text text;
	dockerfile *d;
} reading;

static void reading_done(reading *r)
{
	arena_done(&r->arena);
}

#define auto_reading __attribute__((cleanup(reading_done))) reading

static void read_span(reading *r, span s)
{
	*r = (reading){0};
	text_init(&r->text, "Dockerfile", s, &r->arena);
	r->d = dockerfile_read(&r->text, &r->arena);
}

static void read(reading *r, const char *s)
{
	read_span(r, span_of(s));
}

static span show(reading *r)
{
	auto_buffer b = {0};
	for (uint32_t k = 0; k < r->d->instructions.count; k++) {
		const dockerfile_instruction *i = r->d->instructions.items[k];
		if (i->trigger) {
			buffer_add_string(&b, "ONBUILD ");
			i = i->trigger;
		}
		buffer_format(&b, "%s%s", dockerfile_kind_name(i->kind), i->exec ? "!" : "");
		list_each(const dockerfile_flag, flag, &i->flags)
			buffer_format(&b, " {%.*s=%.*s}", SPAN_ARG(flag->name), SPAN_ARG(flag->value.value));
		list_each(const dockerfile_word, word, &i->words)
			buffer_format(&b, " <%.*s>", SPAN_ARG(word->value));
		list_each(const dockerfile_pair, pair, &i->pairs)
			buffer_format(&b, " <%.*s%s%.*s>", SPAN_ARG(pair->key.value),
				pair->has_value ? "=" : "", SPAN_ARG(pair->value.value));
		list_each(const dockerfile_heredoc, h, &i->heredocs)
			buffer_format(&b, " [%.*s|%.*s]", SPAN_ARG(h->name), SPAN_ARG(h->content));
		buffer_add_string(&b, ";");
	}
	list_each(const dockerfile_problem, problem, &r->d->problems)
		buffer_format(&b, " %s%s", problem->lenient ? "~" : "", problem->message);
	return arena_copy(&r->arena, buffer_span(&b));
}

TEST(dockerfile_forms)
{
	static const char *const rows[][2] = {
		{"FROM a", "FROM <a>;"},
		{"from --platform=linux/amd64 a:1 AS b\n", "FROM {platform=linux/amd64} <a:1> <AS> <b>;"},
		{"\xef\xbb\xbf# c\r\nFROM a\r\nRUN b \\\r\n  c\r\n", "FROM <a>;RUN <b> <c>;"},
		{"FROM a\nRUN b \\  \n# no\n\n  c \\\n", "FROM <a>;RUN <b> <c>;"},
		{"FROM a\nRUN b \\\\\nRUN c", "FROM <a>;RUN <b> <\\>;RUN <c>;"},
		{"# escape=`\nFROM a\nRUN b `\n c\\\nRUN d", "FROM <a>;RUN <b> <c\\>;RUN <d>;"},
		{"# syntax=x\n# Escape = `\n\nFROM a\nRUN b `\n c", "FROM <a>;RUN <b> <c>;"},
		{"# hello\n# escape=`\nFROM a\nRUN b `\nRUN c", "FROM <a>;RUN <b> <`>;RUN <c>;"},
		{"FROM a\nRUN [\"b\", \"c\\u0041\\n\"]", "FROM <a>;RUN! <b> <cA\n>;"},
		{"FROM a\nCMD ['b']\nCMD [\"a\",]\nCMD []\nCMD", "FROM <a>;CMD <[b]>;CMD <[a,]>;CMD!;CMD;"},
		{"FROM a\nENV a=1 b=\"2 3\" c=4\\ 5 d='$x'\nENV e f  g",
			"FROM <a>;ENV <a=1> <b=2 3> <c=4 5> <d=$x>;ENV <e=f  g>;"},
		{"ARG a\nARG b=1 c\nFROM $b\nLABEL \"x y\"=\"z\"",
			"ARG <a>;ARG <b=1> <c>;FROM <$b>;LABEL <x y=z>;"},
		{"FROM a\nCOPY --from=b --chown=1:2 [\"x y\", \"/z\"]\nADD a b /c/",
			"FROM <a>;COPY! {from=b} {chown=1:2} <x y> </z>;ADD <a> <b> </c/>;"},
		{"FROM a\nUSER a b\nWORKDIR \"/x y\"", "FROM <a>;USER <a b>;WORKDIR </x y>;"},
		{"FROM a\nHEALTHCHECK --interval=5s CMD a b\nHEALTHCHECK NONE",
			"FROM <a>;HEALTHCHECK {interval=5s} <a> <b>;HEALTHCHECK;"},
		{"FROM a\nONBUILD RUN --network=none a", "FROM <a>;ONBUILD RUN {network=none} <a>;"},
		{"FROM a\nRUN <<EOF\na\n# b\nEOF\nUSER c", "FROM <a>;RUN <<<EOF> [EOF|a\n# b\n];USER <c>;"},
		{"FROM a\nCOPY <<A <<-\"B\" /x\n1\nA\n\t2\n\tB\nUSER c",
			"FROM <a>;COPY <<<A> <<<-B> </x> [A|1\n] [B|\t2\n];USER <c>;"},
		{"FROM a\nRUN cat << E > /x \\\n && b\nq\nE\nUSER c",
			"FROM <a>;RUN <cat> <<<> <E> <>> </x> <&&> <b> [E|q\n];USER <c>;"},
		{"FROM a\nRUN echo $((1 << 4)) << x\nUSER c",
			"FROM <a>;RUN <echo> <$((1> <<<> <4))> <<<> <x>;USER <c>;"},
		{"FROM a\nUSER <<E\nUSER E\nRUN \"<<N\"", "FROM <a>;USER <<<E>;USER <E>;RUN <<<N>;"},
		{"FROM a\nONBUILD COPY <<E /x\ny\nE\nUSER c",
			"FROM <a>;ONBUILD COPY <<<E> </x> [E|y\n];USER <c>;"},
		{"FROM a\nRUN [\"<<E\"]\nUSER c", "FROM <a>;RUN! <<<E>;USER <c>;"},
		{"FROM a\n  \\\n  RUN b", "FROM <a>;RUN <b>;"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		auto_reading r;
		read(&r, rows[i][0]);
		CHECK_SPAN(show(&r), rows[i][1]);
	}
}

/* The message must begin so, and what was read must end so. */
TEST(dockerfile_problems)
{
	static const struct {
		const char *text, *message, *source;
	} rows[] = {
		{"", "the file holds no instructions", ""},
		{"# only\n", "the file holds no instructions", ""},
		{"ARG a", "the file has no FROM", ""},
		{"RUN a\nFROM b", "RUN stands before the first FROM", "RUN"},
		{"FROM a\nRUNN b\nUSER c", "unknown instruction 'RUNN' (did you mean RUN?)", "RUNN"},
		{"FROM a\nzzzzzz b", "unknown instruction 'zzzzzz'", "zzzzzz"},
		{"FROM a\nUSER", "USER needs an argument", "USER"},
		{"FROM a\nCOPY b", "COPY needs a source and a destination", "COPY"},
		{"FROM a b", "FROM takes an image", "b"},
		{"FROM a AS 1", "'1' cannot be the name of a stage", "1"},
		{"FROM", "FROM needs an argument", "FROM"},
		{"FROM a\nENV b", "ENV needs a name and a value", "b"},
		{"FROM a\nENV b=1 c", "'c' has no '='", "c"},
		{"FROM a\nENV =1", "the name of a ENV is empty", "=1"},
		{"FROM a\nRUN --mout=x b", "RUN has no flag --mout", "--mout=x"},
		{"FROM a\nCOPY --from b c d", "the flag --from needs a value", "--from"},
		{"FROM a\nCOPY --from=b --from=c c d", "the flag --from is given twice", "--from=c"},
		{"FROM a\nSHELL bash", "SHELL takes a JSON array", "bash"},
		{"FROM a\nCMD [\"a\", 1]", "a JSON array here may hold only strings", "[\"a\", 1]"},
		{"FROM a\nHEALTHCHECK x", "HEALTHCHECK takes CMD or NONE", "x"},
		{"FROM a\nHEALTHCHECK", "HEALTHCHECK needs CMD or NONE", "HEALTHCHECK"},
		{"FROM a\nHEALTHCHECK NONE x", "HEALTHCHECK NONE takes no arguments", "x"},
		{"FROM a\nONBUILD FROM b", "FROM is not allowed behind ONBUILD", "FROM"},
		{"FROM a\nONBUILD", "ONBUILD needs an instruction", "ONBUILD"},
		{"FROM a\nRUN <<E\nb\n", "the here-document is not closed", "<<E"},
		{"# escape=x\nFROM a", "the escape character must be", "x"},
		{"# escape=`\n# escape=`\nFROM a", "the directive 'escape' is given twice", "# escape=`"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		auto_reading r;
		read(&r, rows[i].text);
		if (r.d->problems.count != 1)
			TEST_FAIL("'%s' has %u problems", rows[i].text, r.d->problems.count);
		const dockerfile_problem *problem = &r.d->problems.items[0];
		CHECK_SPAN(span_sub(span_of(problem->message), 0, strlen(rows[i].message)), rows[i].message);
		CHECK_SPAN(problem->source, rows[i].source);
	}
}

TEST(dockerfile_binary_and_limits)
{
	auto_reading r;
	read_span(&r, (span){"FROM a\n\0", 8});
	CHECK(r.d->binary);
	CHECK_INT(r.d->problems.count, 1);
	auto_buffer b = {0};
	buffer_add_string(&b, "FROM a\nRUN ");
	buffer_repeat(&b, 'x', 2 << 20);
	auto_reading s;
	read_span(&s, buffer_span(&b));
	CHECK_INT(s.d->instructions.count, 1);
	CHECK_INT(s.d->problems.count, 1);
}

TEST(dockerfile_places)
{
	auto_reading r;
	const char *file = "FROM a\nRUN b \\\n  # note\n  \"c d\" \\\n  e\\\nf\nRUN g\n";
	read(&r, file);
	const dockerfile_instruction *i = r.d->instructions.items[1];
	CHECK_SPAN(i->body, "b   \"c d\"   ef");
	CHECK_SPAN(i->words.items[1].source, "\"c d\"");
	CHECK_SPAN(i->words.items[2].source, "e\\\nf");
	CHECK_SPAN(i->words.items[2].value, "ef");
	CHECK_SPAN(i->source, "RUN b \\\n  # note\n  \"c d\" \\\n  e\\\nf");
	for (size_t k = 0; k < i->body.n; k++)
		CHECK_INT(file[dockerfile_spot_offset(i, (uint32_t)k)], i->body.p[k]);
	CHECK_INT(dockerfile_spot_offset(i, (uint32_t)i->body.n), strlen(file) - 7);
	CHECK_INT(r.d->comments.count, 1);
	CHECK_SPAN(r.d->comments.items[0], "# note");
	shell_script s;
	dockerfile_shell(i, &r.arena, &s);
	CHECK_SPAN(dockerfile_spot(i, s.commands.items[0].words.items[1].source), "\"c d\"");
	CHECK_SPAN(dockerfile_spot(i, s.commands.items[0].words.items[1].value), "c d");
}

TEST(dockerfile_stages)
{
	auto_reading r;
	read(&r, "ARG v\nFROM a AS Base\nSHELL [\"powershell\", \"-c\"]\nRUN x\nFROM base AS two\nRUN "
		 "y\nFROM c\nRUN z\nCOPY --from=0 a b");
	CHECK_INT(r.d->stages.count, 3);
	CHECK_INT(r.d->stages.items[1].first, 4);
	CHECK_INT(r.d->stages.items[1].end, 6);
	CHECK_INT(r.d->stages.items[1].from->from.base, 0);
	CHECK_INT(r.d->stages.items[2].from->from.base, DOCKERFILE_NO_STAGE);
	CHECK_INT(dockerfile_stage_find(r.d, SPAN("BASE"), 3), 0);
	CHECK_INT(dockerfile_stage_find(r.d, SPAN("1"), 3), 1);
	CHECK_INT(dockerfile_stage_find(r.d, SPAN("two"), 1), DOCKERFILE_NO_STAGE);
	CHECK(r.d->instructions.items[5]->shell == r.d->instructions.items[2]);
	CHECK(r.d->instructions.items[7]->shell == NULL);
	shell_script s;
	dockerfile_shell(r.d->instructions.items[5], &r.arena, &s);
	CHECK_INT(s.commands.count, 0);
}

TEST(dockerfile_options)
{
	auto_reading r;
	read(&r, "FROM a\nRUN --mount=type=secret,id=x,required --mount=\"type=bind,target=/a b\" c");
	const dockerfile_instruction *i = r.d->instructions.items[1];
	CHECK_INT(r.d->problems.count, 0);
	CHECK_SPAN(dockerfile_option_get(&i->flags.items[0], "id"), "x");
	CHECK_SPAN(dockerfile_option_get(&i->flags.items[1], "target"), "/a b");
	CHECK_SPAN(dockerfile_spot(i, dockerfile_option_get(&i->flags.items[0], "type")), "secret");
	CHECK_SPAN(i->body, "c");
}

static void names(const dockerfile_instruction *i, arena *a, buffer *b)
{
	shell_script s;
	dockerfile_shell(i, a, &s);
	list_each(const shell_command, c, &s.commands)
		buffer_format(b, "%.*s ", SPAN_ARG(shell_command_name(c)));
}

TEST(dockerfile_shells)
{
	static const char *const rows[][2] = {
		{"RUN a && b", "a b "},
		{"RUN <<EOF\na\nb | c\nEOF", "a b c "},
		{"RUN <<EOF\n#!/usr/bin/env python3\nimport x\nEOF", ""},
		{"RUN <<EOF\n#!/bin/bash\na\nEOF", "a "},
		{"RUN <<-EOF\n\t#!/bin/awk -f\n\tBEGIN {}\n\tEOF", ""},
		{"RUN python3 <<EOF && b \\\n c\nimport x\nEOF", "python3 b "},
		{"RUN a <<E1 | b <<E2\n$(x)\nE1\ny\nE2", "a b x "},
		{"RUN [\"a\", \"b\"]", "a "},
		{"CMD [\"/bin/sh\", \"-c\", \"a; b\"]", "a b "},
		{"CMD [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\", \"a \\\"x\\\"| b\"]", "a b "},
		{"HEALTHCHECK CMD a || b", "a b "},
		{"HEALTHCHECK NONE", ""},
		{"ONBUILD RUN a", "a "},
		{"USER x", ""},
		{"RUN --mount=type=cache,target=/x a \\\n # note\n ; b", "a b "},
	};
	for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
		auto_reading r;
		auto_buffer file = {0}, got = {0};
		buffer_format(&file, "FROM x\n%s\n", rows[k][0]);
		read_span(&r, buffer_span(&file));
		CHECK_INT(r.d->problems.count, 0);
		names(r.d->instructions.items[1], &r.arena, &got);
		CHECK_SPAN(buffer_span(&got), rows[k][1]);
	}
}

static bool look_up(void *context, span name, span *ret)
{
	(void)context;
	if (span_is(name, "x"))
		*ret = SPAN("foo/bar.tar.gz");
	else if (span_is(name, "e"))
		*ret = SPAN("");
	else
		return false;
	return true;
}

TEST(dockerfile_expansion)
{
	static const struct {
		const char *raw, *value;
		bool complete;
	} rows[] = {
		{"a", "a", true},
		{"$x", "foo/bar.tar.gz", true},
		{"${x}y", "foo/bar.tar.gzy", true},
		{"$xy", "", false},
		{"\\$x", "$x", true},
		{"'$x'", "$x", true},
		{"\"$x\\\"\"", "foo/bar.tar.gz\"", true},
		{"\"a\\b\"", "a\\b", true},
		{"${u:-w}", "w", true},
		{"${u-w}", "w", true},
		{"${e:-w}", "w", true},
		{"${e-w}", "", true},
		{"${u:-${e:-$x}}", "foo/bar.tar.gz", true},
		{"${x:-$u}", "foo/bar.tar.gz", true},
		{"${x:+w}", "w", true},
		{"${e:+w}", "", true},
		{"${e+w}", "w", true},
		{"${u+w}", "", true},
		{"${u:?no}", "", false},
		{"${x?no}", "foo/bar.tar.gz", true},
		{"${x#*/}", "bar.tar.gz", true},
		{"${x%.*}", "foo/bar.tar", true},
		{"${x%%.*}", "foo/bar", true},
		{"${x##*a}", "r.gz", true},
		{"${x/a/o}", "foo/bor.tar.gz", true},
		{"${x//a/o}", "foo/bor.tor.gz", true},
		{"${x/ba?/q}", "foo/q.tar.gz", true},
		{"$", "$", true},
		{"a$ b", "a$ b", true},
		{"$1", "", false},
		{"a\\", "a", true},
	};
	for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
		arena a = {0};
		span got;
		bool complete;
		CHECK_INT(
			dockerfile_expand(span_of(rows[k].raw), '\\', look_up, NULL, &a, &got, &complete), 0);
		CHECK_SPAN(got, rows[k].value);
		if (complete != rows[k].complete)
			TEST_FAIL("%s complete: %d", rows[k].raw, complete);
		arena_done(&a);
	}
	static const char *const bad[] = {
		"${", "${x", "${x:", "${}", "'a", "\"a", "${x:-a", "${x!y}", "${x/a}"};
	for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
		arena a = {0};
		span got;
		bool complete;
		if (dockerfile_expand(span_of(bad[k]), '\\', look_up, NULL, &a, &got, &complete) >= 0)
			TEST_FAIL("%s is taken", bad[k]);
		arena_done(&a);
	}
}

TEST(dockerfile_scopes)
{
	auto_reading r;
	read(&r, "ARG v=1 w=1\nFROM a:$v AS b\nENV x=$v\nARG v\nENV y=$v z=$y\nENV p=$z$y\nARG y=9\nRUN "
		 "q\nFROM b\nRUN r\nFROM c\nRUN s\nARG TARGETARCH");
	dockerfile_scopes *s = dockerfile_scopes_new(r.d, &r.arena);
	span value;
	bool complete;
	static const struct {
		uint32_t instruction;
		const char *raw, *value;
		bool complete;
	} rows[] = {
		{1, "$v$w", "11", true},
		{7, "$x", "", false},
		{7, "$y", "1", true},
		{7, "[$z]", "[]", false},
		{7, "$p", "1", false},
		{9, "$y", "1", true},
		{9, "$v", "1", true},
		{11, "$y", "", false},
		{11, "$v", "", false},
		{1, "$TARGETARCH", "", false},
	};
	for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
		const dockerfile_instruction *i = r.d->instructions.items[rows[k].instruction];
		CHECK_INT(
			dockerfile_scope_expand(s, i, span_of(rows[k].raw), &r.arena, &value, &complete), 0);
		CHECK_SPAN(value, rows[k].value);
		CHECK_INT(complete, rows[k].complete);
	}
	CHECK(dockerfile_scope_get(s, r.d->instructions.items[1], SPAN("TARGETARCH"))->predefined);
	CHECK(dockerfile_scope_get(s, r.d->instructions.items[11], SPAN("TARGETARCH")) == NULL);
	CHECK(dockerfile_variable_predefined(SPAN("http_proxy")));
}

TEST(commands_of_all_runs)
{
	arena a = {0};
	text t;
	text_init(&t, "Dockerfile",
		SPAN("FROM a\nRUN sudo x | y\nONBUILD RUN [\"z\", \"-c\"]\nRUN bash -c 'p && q'\nCMD not this\n"),
		&a);
	const dockerfile *d = dockerfile_read(&t, &a);
	static const char *const names[] = {"x", "y", "z", "bash", "p", "q"};
	CHECK_INT(d->commands.count, 6);
	for (uint32_t i = 0; i < d->commands.count; i++)
		CHECK_SPAN(d->commands.items[i].name, names[i]);
	CHECK_INT(d->instructions.items[1]->end_command, 2);
	CHECK_INT(d->commands.items[2].instruction->nested, true);
	CHECK_INT(dockerfile_inner(d->instructions.items[2])->first_command, 2);
	CHECK_INT(d->instructions.items[3]->end_command, 6);
	arena_done(&a);
}

TEST_MAIN()
