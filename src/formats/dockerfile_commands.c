/* SPDX-License-Identifier: Apache-2.0
 *
 * The commands of all RUNs in one list. `sh -c 'a && b'` counts as itself, a and b. */
#include "base/limits.h"
#include "formats/dockerfile_parse.h"

enum { INNER_DEPTH = 4 }; /* sh -c 'sh -c …' */

typedef struct splitter {
	dockerfile *file;
	arena *arena;
	const dockerfile_instruction *run;
} splitter;

static void script_add(splitter *s, const shell_script *script, uint32_t depth)
{
	for (uint32_t k = 0; k < script->commands.count && s->file->commands.count < LIMIT_SHELL_COMMANDS;
		k++) {
		dockerfile_command c = {
			.instruction = s->run, .script = script, .command = &script->commands.items[k]};
		c.name = shell_program(c.command, &c.words);
		list_push(s->arena, &s->file->commands, c);
		shell_word inner;
		if (depth == 0 || !shell_inner(c.command, s->arena, &inner))
			continue;
		shell_script *deeper = ARENA_NEW(s->arena, shell_script);
		shell_parse(inner.value, s->arena, deeper);
		script_add(s, deeper, depth - 1);
	}
}

void dockerfile_commands_split(dockerfile *d, arena *a)
{
	for (uint32_t k = 0; k < d->instructions.count; k++) {
		dockerfile_instruction *i = d->instructions.items[k];
		if (i->trigger)
			i = i->trigger;
		i->first_command = i->end_command = d->commands.count;
		if (i->kind != DOCKERFILE_RUN)
			continue;
		splitter s = {d, a, i};
		shell_script *script = ARENA_NEW(a, shell_script);
		dockerfile_shell(i, a, script);
		script_add(&s, script, INNER_DEPTH);
		i->end_command = d->commands.count;
	}
}
