/* SPDX-License-Identifier: Apache-2.0
 *
 * Dockerfiles: source spans lie inside, logical text leads back to equal bytes, instructions are in order and apart. */
#include "fuzz.h"

#include "formats/dockerfile_words.h"

static void holds(const text *t, span s)
{
	FUZZ_HOLDS(s.p >= t->bytes.p && s.p + s.n <= t->bytes.p + t->bytes.n);
}

static void word_holds(const dockerfile_instruction *i, const dockerfile_word *word)
{
	holds(i->file->text, word->source);
	holds(i->file->text, dockerfile_spot(i, word->value));
	holds(i->file->text, dockerfile_spot(i, word->raw));
}

/* Every byte of the script stands in the file where the map says. */
static void map_holds(const dockerfile_instruction *i)
{
	const span bytes = i->file->text->bytes;
	for (size_t k = 0; k < i->script.n; k += 1 + k / 64) {
		uint32_t at = dockerfile_spot_offset(i, (uint32_t)k);
		FUZZ_HOLDS(at < bytes.n && bytes.p[at] == i->script.p[k]);
	}
	FUZZ_HOLDS(dockerfile_spot_offset(i, (uint32_t)i->script.n) <= bytes.n);
}

static void heredocs_hold(const dockerfile_instruction *i)
{
	list_each(const dockerfile_heredoc, h, &i->heredocs) {
		holds(i->file->text, h->source);
		holds(i->file->text, h->content);
		holds(i->file->text, h->terminator);
	}
}

static void commands_hold(const dockerfile_instruction *i, arena *a)
{
	shell_script script;
	dockerfile_shell(i, a, &script);
	list_each(const shell_command, command, &script.commands) {
		holds(i->file->text, dockerfile_spot(i, command->source));
		for (uint32_t k = 0; k < command->words.count; k++)
			holds(i->file->text, dockerfile_spot(i, command->words.items[k].value));
	}
}

static void instruction_holds(const dockerfile_instruction *i, const dockerfile_scopes *s, arena *a)
{
	const text *t = i->file->text;
	span value;
	bool complete;
	holds(t, i->keyword);
	holds(t, i->source);
	map_holds(i);
	heredocs_hold(i);
	list_each(const dockerfile_word, word, &i->words) {
		word_holds(i, word);
		dockerfile_scope_expand(s, i, word->raw, a, &value, &complete);
	}
	list_each(const dockerfile_flag, flag, &i->flags) {
		holds(t, flag->source);
		word_holds(i, &flag->value);
		span rest = flag->value.value;
		dockerfile_option option;
		while (dockerfile_option_next(&rest, &option))
			continue;
	}
	list_each(const dockerfile_pair, pair, &i->pairs) {
		holds(t, pair->source);
		word_holds(i, &pair->key);
		word_holds(i, &pair->value);
	}
	commands_hold(i, a);
	if (i->trigger)
		instruction_holds(i->trigger, s, a);
}

FUZZ(bytes)
{
	arena a = {0};
	text t;
	if (bytes.n > 1 << 16)
		return;
	text_init(&t, "Dockerfile", bytes, &a);
	const dockerfile *d = dockerfile_read(&t, &a);
	const dockerfile_scopes *s = dockerfile_scopes_new(d, &a);
	const char *last = bytes.p;
	for (uint32_t k = 0; k < d->instructions.count; k++) {
		const dockerfile_instruction *i = d->instructions.items[k];
		FUZZ_HOLDS(i->source.p >= last && i->index == k);
		last = i->source.p + i->source.n;
		instruction_holds(i, s, &a);
	}
	list_each(const dockerfile_problem, problem, &d->problems)
		holds(&t, problem->source);
	list_each(const span, comment, &d->comments)
		holds(&t, *comment);
	list_each(const dockerfile_directive, directive, &d->directives)
		holds(&t, directive->value);
	arena_done(&a);
}
