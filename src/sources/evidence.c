/* SPDX-License-Identifier: Apache-2.0
 *
 * Lines of what was seen. */
#include "sources/evidence.h"

static uint32_t add_words(evidence *v, span words)
{
	for (size_t i = 0; i < words.n; i++)
		buffer_add_byte(
			&v->lines, (uint8_t)words.p[i] < ' ' && words.p[i] != '\t' ? ' ' : words.p[i]);
	return (uint32_t)v->lines.n;
}

void evidence_start(evidence *v, const char *name, arena *a)
{
	*v = (evidence){.arena = a, .text = ARENA_NEW(a, text)};
	*v->text = (text){.path = name};
	buffer_add_string(&v->lines, name);
	buffer_add_byte(&v->lines, '\n');
}

origin evidence_add_part(evidence *v, const char *place, span words, span part)
{
	add_words(v, span_of(place));
	buffer_add_string(&v->lines, ": ");
	uint32_t start = (uint32_t)v->lines.n + (uint32_t)(part.p - words.p);
	add_words(v, words);
	buffer_add_byte(&v->lines, '\n');
	return (origin){v->text, start, start + (uint32_t)part.n};
}

origin evidence_add(evidence *v, const char *place, span words)
{
	return evidence_add_part(v, place, words, words);
}

origin evidence_whole(const evidence *v)
{
	return (origin){v->text, 0, (uint32_t)strlen(v->text->path)};
}

void evidence_end(evidence *v)
{
	text_init(v->text, v->text->path, arena_copy(v->arena, buffer_span(&v->lines)), v->arena);
	buffer_done(&v->lines);
}
