/* SPDX-License-Identifier: Apache-2.0
 *
 * name = value, in any of the ways that configuration and programs write it. The name is judged as `check` judges variables; the value must look
 * random, and not be code. */
#include "secrets/checks.h"

#include "secrets/secrets.h"

enum { NAME_MOST = 80 };

static bool in_name(char c)
{
	return ascii_alpha(c) || ascii_digit(c) || c == '_' || c == '-' || c == '.';
}

/* The whole name: the keyword may stand in the middle of it. */
static span whole_name(const secret_candidate *c)
{
	size_t start = (size_t)(c->name.p - c->input.p), end = start + c->name.n,
	       least = start > NAME_MOST ? start - NAME_MOST : 0;
	while (start > least && in_name(c->input.p[start - 1]))
		start--;
	return span_sub(c->input, start, end - start);
}

/* Files with lists of hashes beside names: what stands in them is public. */
static bool hash_list(span path)
{
	static const char *const names[] = {"package-lock.json", "npm-shrinkwrap.json", "yarn.lock",
		"pnpm-lock.yaml", "bun.lock", "deno.lock", "Cargo.lock", "poetry.lock", "uv.lock", "pdm.lock",
		"Pipfile.lock", "composer.lock", "Gemfile.lock", "go.sum", "go.mod", "packages.lock.json",
		"gradle.lockfile", "flake.lock", "mix.lock", "pubspec.lock", "Podfile.lock", "RECORD",
		".jar.sha1", "verification-metadata.xml", "checksums.txt", "SHA256SUMS"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (span_ends(path, span_of(names[i])))
			return true;
	return false;
}

/* Programs: an unquoted word in them is an expression. */
static bool is_program(span path)
{
	static const char *const suffixes =
		"py pyi js mjs cjs ts tsx jsx go rs c h cc cpp hpp cs java kt scala rb pl pm php lua swift m sql "
		"html htm css scss vue svelte md rst txt el lisp clj ex exs erl hs ml r jl dart groovy map xml po pot tcl vim "
		"pp pas vb vbs f90 tm inc asm S s am in ac m4 awk proto thrift svg adoc tex log ipynb po";
	size_t dot = span_find_last(path, '.'), slash = span_find_last(path, '/');
	return dot != SPAN_NONE && (slash == SPAN_NONE || dot > slash) &&
	       span_in(span_from(path, dot + 1), suffixes);
}

/* The documentation of a dependency: its assignments are examples. */
static bool is_foreign_documentation(span path)
{
	static const char *const folders[] = {
		"node_modules/", "site-packages/", "dist-packages/", "/gems/", "/vendor/"};
	size_t dot = span_find_last(path, '.');
	if (dot == SPAN_NONE || !span_in(span_from(path, dot + 1), "md markdown rst adoc txt html htm ipynb"))
		return false;
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		if (span_contains(path, folders[i]))
			return true;
	return false;
}

typedef struct shape {
	uint32_t digits, lower, upper, others, changes; /* changes: from one kind to another */
} shape;

static int kind_of(char c)
{
	return ascii_digit(c) ? 0 : c >= 'a' && c <= 'z' ? 1 : c >= 'A' && c <= 'Z' ? 2 : 3;
}

static shape shape_of(span value)
{
	shape s = {0};
	uint32_t *const counts[] = {&s.digits, &s.lower, &s.upper, &s.others};
	for (size_t i = 0; i < value.n; i++) {
		(*counts[kind_of(value.p[i])])++;
		s.changes += i > 0 && kind_of(value.p[i]) != kind_of(value.p[i - 1]);
	}
	return s;
}

/* An expression, a path, a format, a sentence: what stands behind '=' in programs and is no literal. */
static bool is_code(span value)
{
	static const char *const marks[] = {"(", ")", "[", "]", "{", "}", "<", ">", "::", "->", "=>", "%s",
		"%d", "://", "\\", " ", "&&", "||", "$", "`", "..", ";"};
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (span_contains(value, marks[i]))
			return true;
	return value.p[0] == '/' || value.p[0] == '.' || value.p[0] == '@' || value.p[0] == '&' ||
	       value.p[0] == '*' || value.p[0] == '%' || value.p[0] == '#';
}

/* scram-sha-256, us-east-1: each part letters or digits alone, and few digits. */
static bool is_identifier(span value)
{
	uint32_t digits = 0;
	for (size_t i = 0; i < value.n; i++) {
		digits += ascii_digit(value.p[i]);
		if (i > 0 && kind_of(value.p[i]) != kind_of(value.p[i - 1]) &&
			(ascii_digit(value.p[i]) || ascii_digit(value.p[i - 1])) &&
			!strchr("-_./:", value.p[i]) && !strchr("-_./:", value.p[i - 1]))
			return false;
	}
	return digits <= 6;
}

/* Words joined by '_', '-', '.', '/' or capitals: names of things, not random. Each random part of eight characters or more has a digit in it. */
static bool is_words(span value)
{
	size_t run = 0, longest = 0;
	uint32_t digits = 0;
	for (size_t i = 0; i < value.n; i++) {
		run = ascii_alpha(value.p[i]) ? run + 1 : 0;
		longest = run > longest ? run : longest;
		digits += ascii_digit(value.p[i]);
	}
	return digits == 0 || (digits < 3 && longest * 2 > value.n && longest > 8);
}

static bool random_enough(span value, bool password)
{
	shape s = shape_of(value);
	double bits = secret_entropy(value);
	if (password)
		return value.n >= 8 && bits >= 2.75 && s.digits > 0 && s.lower + s.upper > 0 &&
		       s.changes >= 2;
	return value.n >= 16 && bits >= 3.3 && s.digits >= 2 && s.lower + s.upper > 0 && s.changes >= 4;
}

static bool hexadecimal(span value)
{
	for (size_t i = 0; i < value.n; i++) {
		char c = ascii_lower(value.p[i]);
		if (!ascii_digit(c) && (c < 'a' || c > 'f'))
			return false;
	}
	return true;
}

bool check_assignment(secret_candidate *c)
{
	span name = whole_name(c), value = c->value;
	bool quoted = value.p > c->input.p && (value.p[-1] == '"' || value.p[-1] == '\'');
	if (!secret_name(name) || secret_placeholder(value) || is_code(value) || is_words(value) ||
		is_identifier(value) || hash_list(c->path) || is_foreign_documentation(c->path))
		return false;
	if (!quoted && is_program(c->path))
		return false;
	bool password = span_find_fold(name, SPAN("pass")) != SPAN_NONE ||
			span_find_fold(name, SPAN("pwd")) != SPAN_NONE;
	if (span_find_fold(value, SPAN("password")) != SPAN_NONE ||
		span_find_fold(value, SPAN("secret")) != SPAN_NONE)
		password = false;
	/* Hashes of files are hexadecimal too, but stand beside other names. */
	return random_enough(value, password) && !(hexadecimal(value) && value.n < 16);
}
