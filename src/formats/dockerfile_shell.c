/* SPDX-License-Identifier: Apache-2.0
 *
 * What an instruction hands to a shell. */
#include "formats/dockerfile.h"

static span base_name(span path)
{
	for (size_t i = path.n; i-- > 0;)
		if (path.p[i] == '/' || path.p[i] == '\\')
			return span_from(path, i + 1);
	return path;
}

static bool posix_shell(span path)
{
	return shell_is_posix(base_name(path));
}

/* The SHELL in scope, if any, must be one that shell.h can read. */
static bool shell_readable(const dockerfile_instruction *i)
{
	if (!i->shell || i->shell->words.count == 0)
		return true;
	return posix_shell(i->shell->words.items[0].value);
}

/* `#!/usr/bin/env bash` and `#!/bin/sh -e` are read; other interpreters are not. */
static bool script_readable(span script)
{
	while (script.n && script.p[0] == '\t')
		script = span_from(script, 1); /* <<- takes them off */
	if (!span_starts(script, SPAN("#!")))
		return true;
	span line = span_sub(script, 2, span_find_byte(script, '\n')), word;
	if (!span_word(&line, &word))
		return true;
	if (!span_is(base_name(word), "env"))
		return posix_shell(word);
	while (span_word(&line, &word))
		if (word.p[0] != '-' && span_find_byte(word, '=') == SPAN_NONE)
			return posix_shell(word);
	return true;
}

/* RUN <<EOF: the here-document is the script itself. */
static bool heredoc_alone(const dockerfile_instruction *i)
{
	if (i->heredocs.count != 1)
		return false;
	return span_equal(dockerfile_spot(i, i->body), i->heredocs.items[0].source);
}

static void shell_form(const dockerfile_instruction *i, arena *a, shell_script *ret)
{
	span script = i->script;
	if (heredoc_alone(i))
		script = i->heredocs.items[0].content;
	else if (i->kind == DOCKERFILE_HEALTHCHECK)
		script = i->words.count ? (span){i->words.items[0].raw.p,
						  (size_t)(i->body.p + i->body.n - i->words.items[0].raw.p)}
					: (span){0};
	if (shell_readable(i) && script_readable(script))
		shell_parse(script, a, ret);
}

static void exec_form(const dockerfile_instruction *i, arena *a, shell_script *ret)
{
	shell_word *words = ARENA_ARRAY(a, shell_word, i->words.count), inner;
	for (uint32_t k = 0; k < i->words.count; k++)
		words[k] = (shell_word){
			.source = i->words.items[k].source, .value = i->words.items[k].value, .quoted = true};
	shell_from_words((shell_words){words, i->words.count}, a, ret);
	if (ret->commands.count == 1 && shell_inner(&ret->commands.items[0], a, &inner))
		shell_parse(inner.value, a, ret);
}

void dockerfile_shell(const dockerfile_instruction *i, arena *a, shell_script *ret)
{
	*ret = (shell_script){0};
	if (i->kind == DOCKERFILE_ONBUILD && i->trigger)
		i = i->trigger;
	if (i->kind != DOCKERFILE_RUN && i->kind != DOCKERFILE_CMD && i->kind != DOCKERFILE_ENTRYPOINT &&
		i->kind != DOCKERFILE_HEALTHCHECK)
		return;
	if (i->health_none)
		return;
	if (i->exec)
		exec_form(i, a, ret);
	else
		shell_form(i, a, ret);
}
