/* SPDX-License-Identifier: Apache-2.0
 *
 * Masking. */
#include "rules/mask.h"

#include "posture/running.h"
#include "secrets/secrets.h"

static span key_of(const text *const *t)
{
	return (span){(const char *)t, sizeof *t};
}

const text *mask_text(const mask *m, const text *t)
{
	const text *copy = m ? map_get(&m->texts, key_of(&t)) : NULL;
	return copy ? copy : t;
}

static text *copy_of(mask *m, const text *t)
{
	text *copy = map_get(&m->texts, key_of(&t));
	if (copy)
		return copy;
	copy = ARENA_NEW(m->arena, text);
	*copy = *t;
	copy->bytes = arena_copy(m->arena, t->bytes);
	const text **key = ARENA_NEW(m->arena, const text *);
	*key = t;
	map_set(&m->texts, m->arena, key_of(key), copy);
	return copy;
}

/* Line ends and quotes stay, so that what is shown keeps its shape. */
static void hide(mask *m, const text *t, uint32_t start, uint32_t end)
{
	if (start >= end || end > t->bytes.n)
		return;
	text *copy = copy_of(m, t);
	char *bytes = (char *)copy->bytes.p; /* the arena's own copy */
	for (uint32_t i = start; i < end; i++)
		if (!strchr("\n\r\"' ", bytes[i]))
			bytes[i] = '*';
}

/* From behind the first '=' or ':' of some words to their end. */
static void hide_behind_name(mask *m, origin at)
{
	uint32_t i = at.start;
	while (i < at.end && at.text->bytes.p[i] != '=' && at.text->bytes.p[i] != ':')
		i++;
	hide(m, at.text, i + 1, at.end);
}

static bool is_secret(const item *i)
{
	if (!item_has(i, MEMBER_env_value))
		return false;
	span name = item_text(i, MEMBER_env_name), value = item_text(i, MEMBER_env_value);
	return secret_form(value) || (secret_name(name) && secret_literal(value));
}

/* Every place of the value near its item: it may be written decoded, quoted, or as part of a longer word. */
static void hide_item(mask *m, const item *i)
{
	span value = item_text(i, MEMBER_env_value);
	if (!i->origin.text || !is_secret(i))
		return;
	if (text_holds(i->origin.text, value)) {
		uint32_t start = text_offset(i->origin.text, value);
		hide(m, i->origin.text, start, start + (uint32_t)value.n);
		return;
	}
	span words = span_sub(i->origin.text->bytes, i->origin.start, i->origin.end - i->origin.start);
	size_t at = span_find(words, value);
	if (at == SPAN_NONE)
		hide_behind_name(m, i->origin);
	else
		hide(m, i->origin.text, i->origin.start + (uint32_t)at,
			i->origin.start + (uint32_t)(at + value.n));
}

static void hide_items(mask *m, const posture *p, fact_id id)
{
	const item_list *list = posture_items(p, id);
	for (uint32_t i = 0; i < list->all.count; i++)
		hide_item(m, list->all.items[i]);
}

/* The next word of a command line as evidence has it: ["a", "b c"]. */
static bool next_word(span words, size_t *at, span *ret)
{
	while (*at < words.n && strchr(" \t,[]\"'", words.p[*at]))
		++*at;
	size_t start = *at;
	while (*at < words.n && !strchr(" \t,[]\"'", words.p[*at]))
		++*at;
	*ret = span_sub(words, start, *at - start);
	return ret->n > 0;
}

/* --password=x, PASSWORD=x, and x alone behind --password or when it looks like a token. */
static void hide_command(mask *m, const fact *command)
{
	const text *t = command->origin.text;
	if (command->known == KNOWN_UNSET || !t)
		return;
	span words = span_sub(t->bytes, command->origin.start, command->origin.end - command->origin.start),
	     word;
	bool announced = false;
	for (size_t at = 0; next_word(words, &at, &word);) {
		size_t equal = span_find_byte(word, '=');
		span name = span_sub(word, 0, equal),
		     value = span_from(word, equal == SPAN_NONE ? word.n : equal + 1);
		while (name.n && name.p[0] == '-')
			name = span_from(name, 1);
		bool secret = equal != SPAN_NONE && secret_name(name) && secret_literal(value);
		if (announced || secret_form(word))
			value = word;
		if (announced || secret || secret_form(word) || secret_form(value))
			hide(m, t, text_offset(t, value), text_offset(t, value) + (uint32_t)value.n);
		announced = word.p[0] == '-' && equal == SPAN_NONE && secret_name(name);
	}
}

/* What a variable of a running container holds is nobody's business, whatever it is called: what tells it is shown as far as its name. */
static void hide_every(mask *m, const posture *p, fact_id id)
{
	const item_list *list = posture_items(p, id);
	for (uint32_t i = 0; i < list->all.count; i++)
		if (list->all.items[i]->origin.text && item_text(list->all.items[i], MEMBER_env_value).n)
			hide_behind_name(m, list->all.items[i]->origin);
}

/* What is judged of a running container is taken from its layers, each with a line of its own. */
static void hide_layers(mask *m, const running *r)
{
	for (int layer = 0; r && layer < RUNNING_LAYERS; layer++) {
		hide_every(m, &r->layers[layer], FACT_env);
		hide_items(m, &r->layers[layer], FACT_env);
		hide_items(m, &r->layers[layer], FACT_labels);
		hide_command(m, &r->layers[layer].command);
	}
}

void mask_init(mask *m, const bundle *b, arena *a)
{
	*m = (mask){.arena = a};
	for (uint32_t i = 0; i < b->workloads.count; i++) {
		hide_items(m, &b->workloads.items[i]->posture, FACT_env);
		hide_items(m, &b->workloads.items[i]->posture, FACT_args);
		hide_items(m, &b->workloads.items[i]->posture, FACT_labels);
		hide_layers(m, b->workloads.items[i]->document->running);
	}
}

void mask_findings(mask *m, const finding_list *findings)
{
	/* Rules over facts point at items, which are masked already; functions over documents point at key and value. */
	list_each(const finding, f, findings)
		if (f->rule->judge && f->at.text && control_of(span_of(f->rule->id)) == CONTROL_secrets)
			hide_behind_name(m, f->at);
}
