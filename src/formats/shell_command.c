/* SPDX-License-Identifier: Apache-2.0
 *
 * What rules ask of commands: names, flags, wrappers, pipelines. */
#include "formats/shell.h"

/* --- names and wrappers --- */

static span base_name(span path)
{
	size_t at = span_find_last(path, '/');
	return at == SPAN_NONE ? path : span_from(path, at + 1);
}

span shell_words_name(shell_words words)
{
	if (words.count == 0 || words.items[0].dynamic)
		return (span){0};
	return base_name(words.items[0].value);
}

span shell_command_name(const shell_command *c)
{
	return shell_words_name(c->words);
}

bool shell_is_posix(span name)
{
	return span_in(name, "sh bash dash ash ksh zsh mksh");
}

typedef struct wrapper { /* a command that runs the command in its arguments */
	const char *name;
	const char *letters; /* short options that take a value */
	const char *names;   /* long ones that take it as a word of its own */
	uint32_t operands;   /* of its own, before the command */
	bool assigns;        /* NAME=value may stand there */
	const char * not ;   /* options that make it run nothing */
} wrapper;

static const wrapper wrappers[] = {
	{"sudo", "ughpCTrtUDR",
		"user group host prompt close-from command-timeout role type other-user chdir chroot", 0,
		true, "lvkKeV"},
	{"doas", "uC", "", 0, false, ""},
	{"env", "uC", "unset chdir", 0, true, ""},
	{"nice", "n", "adjustment", 0, false, ""},
	{"ionice", "cn", "class classdata", 0, false, "p"},
	{"time", "fo", "format output", 0, false, ""},
	{"nohup", "", "", 0, false, ""},
	{"exec", "a", "", 0, false, ""},
	{"command", "", "", 0, false, "vV"},
	{"builtin", "", "", 0, false, ""},
	{"xargs", "adEILnPs", "arg-file delimiter max-lines max-args max-procs max-chars", 0, false, ""},
	{"timeout", "ks", "kill-after signal", 1, false, ""},
	{"stdbuf", "ioe", "input output error", 0, false, ""},
	{"setsid", "", "", 0, false, ""},
	{"chroot", "", "userspec groups", 1, false, ""},
	{"flock", "wE", "timeout wait conflict-exit-code", 1, false, ""},
	{"gosu", "", "", 1, false, ""},
	{"su-exec", "", "", 1, false, ""},
	{"runuser", "ugG", "user group supp-group", 0, false, "c"},
	{"setarch", "", "", 1, false, ""},
	{"linux32", "", "", 0, false, ""},
	{"fakeroot", "", "", 0, false, ""},
	{"eatmydata", "", "", 0, false, ""},
	{"busybox", "", "", 0, false, ""},
	{"tini", "pe", "", 0, false, ""},
	{"dumb-init", "r", "rewrite", 0, false, ""},
};

static const wrapper *wrapper_find(span name)
{
	for (size_t i = 0; i < sizeof wrappers / sizeof *wrappers; i++)
		if (span_is(name, wrappers[i].name))
			return &wrappers[i];
	return NULL;
}

static bool is_assignment(span s)
{
	size_t n = 0;
	while (n < s.n && (ascii_alpha(s.p[n]) || s.p[n] == '_' || (n && ascii_digit(s.p[n]))))
		n++;
	return n && n < s.n && s.p[n] == '=';
}

static bool has_letter(const char *letters, char c)
{
	return c && strchr(letters, c);
}

/* How many words an option of a wrapper takes; 0 if the wrapper then runs nothing. */
static uint32_t option_words(const wrapper *w, span option)
{
	if (span_starts(option, SPAN("--")))
		return 1 + span_in(span_from(option, 2), w->names);
	for (size_t i = 1; i < option.n; i++) {
		if (has_letter(w->not, option.p[i]))
			return 0;
		if (has_letter(w->letters, option.p[i]))
			return 1 + (i + 1 == option.n);
	}
	return 1;
}

/* The index of the first word of the wrapped command; 0 if there is none. */
static uint32_t wrapped_at(const wrapper *w, shell_words words)
{
	uint32_t at = 1, operands = w->operands;
	bool options = true;
	while (at < words.count) {
		span word = words.items[at].value;
		if (options && span_is(word, "--")) {
			options = false;
			at++;
		} else if (options && word.n > 1 && word.p[0] == '-') {
			uint32_t n = option_words(w, word);
			if (n == 0)
				return 0;
			at += n;
		} else if (w->assigns && is_assignment(word)) {
			at++;
		} else if (operands) {
			operands--;
			at++;
		} else {
			return at;
		}
	}
	return 0;
}

shell_words shell_unwrap(shell_words words)
{
	for (;;) {
		const wrapper *w = wrapper_find(shell_words_name(words));
		uint32_t at = w ? wrapped_at(w, words) : 0;
		if (at == 0)
			return words;
		words = (shell_words){words.items + at, words.count - at};
	}
}

span shell_program(const shell_command *c, shell_words *ret)
{
	shell_words words = shell_unwrap(c->words);
	if (ret)
		*ret = words;
	return shell_words_name(words);
}

/* --- scripts in words --- */

static bool is_flag(span s)
{
	return s.n > 1 && (s.p[0] == '-' || s.p[0] == '+');
}

/* The script behind -c: options may stand between (`sh -c -e 'x'`), each o among them takes a word. */
static const shell_word *script_word(shell_words words)
{
	bool script = false;
	for (uint32_t i = 1; i < words.count; i++) {
		span word = words.items[i].value;
		if (!is_flag(word))
			return script ? &words.items[i] : NULL;
		if (span_starts(word, SPAN("--")))
			continue;
		script |= word.p[0] == '-' && span_find_byte(word, 'c') != SPAN_NONE;
		i += word.p[word.n - 1] == 'o' || word.p[word.n - 1] == 'O';
	}
	return NULL;
}

static void words_join(shell_words words, arena *a, shell_word *ret)
{
	*ret = words.items[0];
	if (words.count == 1)
		return;
	size_t n = 0;
	for (uint32_t i = 0; i < words.count; i++)
		n += words.items[i].value.n + 1;
	char *text = arena_alloc(a, n);
	n = 0;
	for (uint32_t i = 0; i < words.count; i++) {
		span value = words.items[i].value;
		if (i)
			text[n++] = ' ';
		if (value.n)
			memcpy(text + n, value.p, value.n);
		n += value.n;
		ret->dynamic |= words.items[i].dynamic;
		ret->quoted |= words.items[i].quoted;
	}
	ret->value = (span){text, n};
	span last = words.items[words.count - 1].source;
	if (last.p >= ret->source.p)
		ret->source.n = (size_t)(last.p + last.n - ret->source.p);
}

bool shell_inner(const shell_command *c, arena *a, shell_word *ret)
{
	shell_words words;
	span name = shell_program(c, &words);
	if (span_is(name, "eval") && words.count > 1) {
		words_join((shell_words){words.items + 1, words.count - 1}, a, ret);
		return true;
	}
	const shell_word *script = NULL;
	span value;
	if (shell_is_posix(name))
		script = script_word(words);
	else if (span_in(name, "su runuser"))
		script = shell_flag_value(words, 'c', "command", &value);
	if (!script)
		return false;
	*ret = *script;
	if (!shell_is_posix(name))
		ret->value = value;
	return true;
}

/* --- flags --- */

static bool any_letter(span flag, const char *letters)
{
	for (size_t i = 1; letters && i < flag.n; i++)
		if (has_letter(letters, flag.p[i]))
			return true;
	return false;
}

static bool long_name(span flag, const char *names)
{
	span name = span_from(flag, span_starts(flag, SPAN("--")) ? 2 : 1);
	name = span_sub(name, 0, span_find_byte(name, '='));
	return names && name.n && span_in(name, names);
}

bool shell_has_flag(shell_words words, const char *letters, const char *names)
{
	for (uint32_t i = 1; i < words.count; i++) {
		span word = words.items[i].value;
		if (span_is(word, "--"))
			return false;
		if (word.n < 2 || word.p[0] != '-')
			continue;
		if (long_name(word, names) || (word.p[1] != '-' && any_letter(word, letters)))
			return true;
	}
	return false;
}

static const shell_word *value_behind(shell_words words, uint32_t at, span *ret_value)
{
	if (at + 1 >= words.count)
		return NULL;
	*ret_value = words.items[at + 1].value;
	return &words.items[at + 1];
}

const shell_word *shell_flag_value(shell_words words, char letter, const char *name, span *ret_value)
{
	for (uint32_t i = 1; i < words.count && !span_is(words.items[i].value, "--"); i++) {
		span word = words.items[i].value;
		if (word.n < 2 || word.p[0] != '-')
			continue;
		if (name && word.p[1] == '-' &&
			span_is(span_sub(span_from(word, 2), 0, span_find_byte(span_from(word, 2), '=')),
				name)) {
			size_t equals = span_find_byte(word, '=');
			if (equals == SPAN_NONE)
				return value_behind(words, i, ret_value);
			*ret_value = span_from(word, equals + 1);
			return &words.items[i];
		}
		size_t at = letter && word.p[1] != '-' ? span_find_byte(word, letter) : SPAN_NONE;
		if (at == SPAN_NONE)
			continue;
		if (at + 1 == word.n)
			return value_behind(words, i, ret_value);
		*ret_value = span_from(word, at + 1);
		return &words.items[i];
	}
	return NULL;
}

const shell_word *shell_arg(shell_words words, uint32_t n)
{
	bool flags = true;
	for (uint32_t i = 1; i < words.count; i++) {
		span word = words.items[i].value;
		if (flags && span_is(word, "--")) {
			flags = false;
			continue;
		}
		if (flags && word.n > 1 && word.p[0] == '-')
			continue;
		if (n-- == 0)
			return &words.items[i];
	}
	return NULL;
}

/* --- scripts --- */

void shell_from_words(shell_words words, arena *a, shell_script *ret)
{
	*ret = (shell_script){0};
	shell_group top = {
		.kind = SHELL_TOP, .parent = SHELL_NONE, .owner = SHELL_NONE, .pipeline = SHELL_NONE};
	top.position = SHELL_NONE;
	list_push(a, &ret->groups, top);
	if (words.count == 0)
		return;
	shell_command command = {.words = words, .source = words.items[0].source};
	span last = words.items[words.count - 1].source;
	command.source.n = (size_t)(last.p + last.n - command.source.p);
	list_push(a, &ret->commands, command);
}

static bool follows(uint32_t pipeline, uint32_t position, const shell_script *s, const shell_command *b)
{
	if (b->pipeline == pipeline)
		return b->position > position;
	for (uint32_t g = b->group; g != SHELL_NONE; g = s->groups.items[g].parent)
		if (s->groups.items[g].pipeline == pipeline && pipeline != SHELL_NONE)
			return s->groups.items[g].position > position;
	return false;
}

bool shell_pipes_into(const shell_script *s, const shell_command *a, const shell_command *b)
{
	if (follows(a->pipeline, a->position, s, b))
		return true;
	/* What a substitution prints goes into a word, not into the pipe. */
	for (uint32_t g = a->group; g != SHELL_NONE; g = s->groups.items[g].parent) {
		const shell_group *group = &s->groups.items[g];
		if (group->pipeline == SHELL_NONE)
			return false;
		if (follows(group->pipeline, group->position, s, b))
			return true;
	}
	return false;
}

bool shell_inside(const shell_script *s, const shell_command *c, shell_group_kind kind)
{
	for (uint32_t g = c->group; g != SHELL_NONE; g = s->groups.items[g].parent)
		if (s->groups.items[g].kind == kind)
			return true;
	return false;
}
