/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "base/buffer.h"
#include "formats/shell.h"

static const char *const separators[] = {"", ";", "\\n", "&&", "||", "|", "|&", "&"};
static const char *const groups[] = {"", "sub", "$(", "<(", "{", "fn", "if", "for", "while", "case"};

static void command_show(buffer *b, const shell_script *s, const shell_command *c)
{
	if (c->negated)
		buffer_add_string(b, "!");
	if (c->group)
		buffer_format(b, "%s:", groups[s->groups.items[c->group].kind]);
	list_each(const shell_assignment, v, &c->assignments)
		buffer_format(b, "{%.*s=%.*s}", SPAN_ARG(v->name), SPAN_ARG(v->value.value));
	for (uint32_t k = 0; k < c->words.count; k++) {
		const shell_word *w = &c->words.items[k];
		buffer_format(
			b, "%s%s<%.*s>", w->quoted ? "q" : "", w->dynamic ? "$" : "", SPAN_ARG(w->value));
	}
	list_each(const shell_redirect, r, &c->redirects)
		buffer_format(b, "[%d %d %.*s]", r->kind, r->fd, SPAN_ARG(r->target.value));
	buffer_format(b, "%s ", separators[c->separator]);
}

static span shown(const char *text, arena *a, bool *ret_unbalanced)
{
	shell_script s;
	auto_buffer b = {0};
	shell_parse(span_of(text), a, &s);
	list_each(const shell_command, c, &s.commands)
		command_show(&b, &s, c);
	*ret_unbalanced = s.unbalanced;
	return arena_copy(a, span_trim(buffer_span(&b)));
}

TEST(shell_commands)
{
	static const char *const rows[][2] = {
		{"", ""},
		{"a b", "<a><b>"},
		{"a;b\nc&&d||e|f|&g&", "<a>; <b>\\n <c>&& <d>|| <e>| <f>|& <g>&"},
		{"a 'b c'\"d\"e\\ f", "<a>q<b cde f>"},
		{"a \"x $y\" $z", "<a>q$<x $y>$<$z>"},
		{"A=1 B+=2 c d=3", "{A=1}{B=2}<c><d=3>"},
		{"A=(1 $(x) 3); b", "{A=(1 $(x) 3)}; $(:<x> <b>"},
		{"a $(b c | d) e", "<a>$<$(b c | d)><e> $(:<b><c>| $(:<d>"},
		{"a `b c`", "<a>$<`b c`> $(:<b><c>"},
		{"a \"$(b \"c d\")\"", "<a>q$<$(b \"c d\")> $(:<b>q<c d>"},
		{"diff <(a) <(b)", "<diff>$<<(a)>$<<(b)> <(:<a> <(:<b>"},
		{"a >b 2>&1 <c >>d 2>/dev/null", "<a>[1 -1 b][4 2 1][0 -1 c][2 -1 d][1 2 /dev/null]"},
		{"a &>b; c >&d", "<a>[1 -2 b]; <c>[1 -2 d]"},
		{"a <<<b", "<a>[6 -1 b]"},
		{"cat <<E | b\nx; y $(z)\nE\nc", "<cat>[5 -1 E]| <b>\\n $(:<z> <c>"},
		{"cat <<'E'\n$(z)\nE\nc", "<cat>[5 -1 E]\\n <c>"},
		{"cat <<-E\n\tx\n\tE\nc", "<cat>[5 -1 E]\\n <c>"},
		{"(a; b) | c", "sub:<a>; sub:<b> <c>"},
		{"{ a; b; }; c", "{:<a>; {:<b>; <c>"},
		{"if a; then b; elif c; then d; else e; fi; f",
			"if:<a>; if:<b>; if:<c>; if:<d>; if:<e>; <f>"},
		{"for x in a $(b); do c $x; done", "$(:<b> for:<c>$<$x>;"},
		{"while a; do b; done < c", "while:<a>; while:<b>;"},
		{"for ((i=0;i<3;i++)); do a; done", "for:<a>;"},
		{"case $x in a|b) c;; (d) e ;& *) f; esac; g", "case:<c>; case:<e>; case:<f>; <g>"},
		{"f() { a; }; f", "{:<a>; <f>"},
		{"function g { a; }", "{:<a>;"},
		{"! a && b", "!<a>&& <b>"},
		{"[[ $a == b && -f c ]] || d", "<[[>$<$a><==><b><&&><-f><c><]]>|| <d>"},
		{"a $((1+2)) b; ((i++)); c", "<a>$<$((1+2))><b>; <c>"},
		{"a # b\nc#d", "<a>\\n <c#d>"},
		{"a \\\n b", "<a><b>"},
		{"set -eux; a", "<set><-eux>; <a>"},
		{"a *.c ~/x {a,b} {x} [ab]", "<a>$<*.c>$<~/x>$<{a,b}><{x}>$<[ab]>"},
		{"a $'x\\ny'", "<a>q<x\ny>"},
		{"a ${b:-$(c)} d", "<a>$<${b:-$(c)}><d> $(:<c>"},
		{"echo done if; b", "<echo><done><if>; <b>"},
		{"find . -exec rm {} \\; -print", "<find><.><-exec><rm><{}>q<;><-print>"},
		{"local a=(x y) b", "<local>$<a=(x y)><b>"},
		{"x=$(case a in b) c;; esac); d", "{x=$(case a in b) c;; esac)}; case:<c>; <d>"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		arena a = {0};
		bool unbalanced;
		span got = shown(rows[i][0], &a, &unbalanced);
		CHECK_SPAN(got, rows[i][1]);
		if (unbalanced)
			TEST_FAIL("'%s' is said to be unbalanced", rows[i][0]);
		arena_done(&a);
	}
}

TEST(shell_unbalanced)
{
	static const char *const rows[] = {
		"a 'b",
		"a \"b",
		"a $(b",
		"a `b",
		"(a",
		"a)",
		"{ a",
		"if a; then b",
		"a; done",
		"case x in a) b",
		"a ${b",
		"cat <<E\nx",
		"for x in a; do b",
		"a ;; b",
		"$(if a)",
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		arena a = {0};
		bool unbalanced;
		span got = shown(rows[i], &a, &unbalanced);
		if (!unbalanced || !span_contains(got, "<"))
			TEST_FAIL("'%s' gives %.*s, unbalanced %d", rows[i], SPAN_ARG(got), unbalanced);
		arena_done(&a);
	}
}

static bool pipes(const char *text, const char *from, const char *to, arena *a)
{
	shell_script s;
	const shell_command *left = NULL, *right = NULL;
	shell_parse(span_of(text), a, &s);
	list_each(const shell_command, c, &s.commands) {
		left = span_is(shell_command_name(c), from) ? c : left;
		right = span_is(shell_program(c, NULL), to) ? c : right;
	}
	return left && right && shell_pipes_into(&s, left, right);
}

TEST(shell_pipes)
{
	static const struct {
		const char *text;
		bool pipes;
	} rows[] = {
		{"curl x | sh", true},
		{"curl x | tee y | sudo -E sh -", true},
		{"sh | curl", false},
		{"curl x; sh", false},
		{"curl x && sh", false},
		{"{ curl x; } | (cd y; sh)", true},
		{"echo $(curl x) | sh", false},
		{"if true; then curl x; fi | sh", true},
		{"$(curl x | sh)", true},
		{"curl x || a | sh", false},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		arena a = {0};
		if (pipes(rows[i].text, "curl", "sh", &a) != rows[i].pipes)
			TEST_FAIL("pipes wrong: %s", rows[i].text);
		arena_done(&a);
	}
}

TEST(shell_wrappers)
{
	static const char *const rows[][2] = {
		{"apt-get x", "apt-get"},
		{"/usr/bin/apt-get x", "apt-get"},
		{"sudo -u root -E A=b apt-get x", "apt-get"},
		{"env -i A=b C=d nice -n 5 apt-get", "apt-get"},
		{"timeout -k 5 10 apt-get", "apt-get"},
		{"time -p exec -a x nohup apt-get", "apt-get"},
		{"xargs -0 -n1 apt-get", "apt-get"},
		{"command -v apt-get", "command"},
		{"sudo -l", "sudo"},
		{"chroot /mnt apt-get", "apt-get"},
		{"$x apt-get", ""},
		{"env", "env"},
		{"sudo --user=x -- apt-get", "apt-get"},
		{"sudo --user x apt-get", "apt-get"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		arena a = {0};
		shell_script s;
		shell_parse(span_of(rows[i][0]), &a, &s);
		CHECK_SPAN(shell_program(&s.commands.items[0], NULL), rows[i][1]);
		arena_done(&a);
	}
}

TEST(shell_inner_scripts)
{
	static const char *const rows[][2] = {
		{"sh -c 'a; b'", "a; b"},
		{"bash -lc \"a $x\"", "a $x"},
		{"bash -o pipefail -ec 'a'", "a"},
		{"eval a b", "a b"},
		{"sudo sh -c 'x'", "x"},
		{"su - u -c 'x y'", "x y"},
		{"sh x.sh -c y", NULL},
		{"echo -c y", NULL},
		{"bash -e -c x", "x"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		arena a = {0};
		shell_script s;
		shell_word inner;
		shell_parse(span_of(rows[i][0]), &a, &s);
		bool found = shell_inner(&s.commands.items[0], &a, &inner);
		CHECK_INT(found, rows[i][1] != NULL);
		if (found)
			CHECK_SPAN(inner.value, rows[i][1]);
		arena_done(&a);
	}
}

TEST(shell_flags)
{
	arena a = {0};
	shell_script s;
	span value;
	shell_parse(
		SPAN("apt-get -yq --no-install-recommends -o Dir=x --target=y install a b -- -c"), &a, &s);
	shell_words words = s.commands.items[0].words;
	CHECK(shell_has_flag(words, "y", "yes"));
	CHECK(shell_has_flag(words, NULL, "no-install-recommends"));
	CHECK(!shell_has_flag(words, "c", NULL));
	CHECK(shell_flag_value(words, 'o', NULL, &value));
	CHECK_SPAN(value, "Dir=x");
	CHECK(shell_flag_value(words, 0, "target", &value));
	CHECK_SPAN(value, "y");
	CHECK(!shell_flag_value(words, 'z', "zz", &value));
	CHECK_SPAN(shell_arg(words, 1)->value, "install");
	CHECK_SPAN(shell_arg(words, 4)->value, "-c");
	CHECK(!shell_arg(words, 5));
	arena_done(&a);
}

TEST(shell_limits)
{
	arena a = {0};
	shell_script s;
	auto_buffer b = {0};
	buffer_repeat(&b, '(', 100000);
	shell_parse(buffer_span(&b), &a, &s);
	CHECK(s.truncated);
	auto_buffer c = {0};
	for (int i = 0; i < 30000; i++)
		buffer_add_string(&c, "a;");
	shell_parse(buffer_span(&c), &a, &s);
	CHECK(s.truncated);
	CHECK_INT(s.commands.count, 20000);
	arena_done(&a);
}

TEST_MAIN()
