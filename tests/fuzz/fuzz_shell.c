/* SPDX-License-Identifier: Apache-2.0
 *
 * Shell text: sources lie inside and in order of their starts, indices are those of the lists, every group has a parent before it. */
#include "fuzz.h"

#include "formats/shell.h"

static void holds(span text, span s)
{
	FUZZ_HOLDS(s.p >= text.p && s.p + s.n <= text.p + text.n);
}

static void redirects_hold(span text, const shell_redirects *list)
{
	list_each(const shell_redirect, r, list) {
		holds(text, r->source);
		holds(text, r->target.source);
		holds(text, r->body);
	}
}

static void command_holds(const shell_script *s, const shell_command *c, arena *a)
{
	shell_words words;
	shell_word inner;
	span value;
	holds(s->text, c->source);
	FUZZ_HOLDS(c->group < s->groups.count && c->depth == s->groups.items[c->group].depth);
	for (uint32_t k = 0; k < c->words.count; k++)
		holds(c->source, c->words.items[k].source);
	list_each(const shell_assignment, assignment, &c->assignments)
		holds(c->source, assignment->value.source);
	redirects_hold(s->text, &c->redirects);
	list_each(const shell_redirect, r, &c->redirects)
		holds(c->source, r->source);
	shell_program(c, &words);
	shell_has_flag(words, "y", "yes assume-yes");
	shell_flag_value(words, 'o', "output", &value);
	shell_arg(words, 1);
	shell_inner(c, a, &inner);
}

FUZZ(bytes)
{
	arena a = {0};
	shell_script s;
	if (bytes.n > 1 << 16)
		return;
	shell_parse(bytes, &a, &s);
	for (uint32_t k = 0; k < s.commands.count; k++) {
		FUZZ_HOLDS(s.commands.items[k].index == k);
		command_holds(&s, &s.commands.items[k], &a);
		if (k)
			shell_pipes_into(&s, &s.commands.items[k - 1], &s.commands.items[k]);
	}
	for (uint32_t k = 0; k < s.groups.count; k++) {
		const shell_group *g = &s.groups.items[k];
		holds(bytes, g->source);
		FUZZ_HOLDS(k == 0 || g->parent < k);
		FUZZ_HOLDS(g->owner == SHELL_NONE || g->owner < s.commands.count);
		redirects_hold(bytes, &g->redirects);
	}
	arena_done(&a);
}
