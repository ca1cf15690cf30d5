/* SPDX-License-Identifier: Apache-2.0
 *
 * Masking. */
#include "rules/mask.h"

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

void mask_init(mask *m, const bundle *b, arena *a)
{
	*m = (mask){.arena = a};
	for (uint32_t i = 0; i < b->workloads.count; i++) {
		hide_items(m, &b->workloads.items[i]->posture, FACT_env);
		hide_items(m, &b->workloads.items[i]->posture, FACT_args);
		hide_items(m, &b->workloads.items[i]->posture, FACT_labels);
	}
}

void mask_findings(mask *m, const finding_list *findings)
{
	/* Rules over facts point at items, which are masked already; functions over documents point at key and value. */
	list_each(const finding, f, findings)
		if (f->rule->judge && f->at.text && control_of(span_of(f->rule->id)) == CONTROL_secrets)
			hide_behind_name(m, f->at);
}
