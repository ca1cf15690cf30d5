/* SPDX-License-Identifier: Apache-2.0
 *
 * Finding and writing the words of a parameter. */
#include "watch/event_words.h"

typedef struct word_row {
	uint32_t bits;
	const char *text; /* NULL: here begins a set */
} word_row;

typedef enum word_set {
#define SET(name) SET_##name,
#define WORD(bits, text)
#define USE(set, parameter, events)
#include "watch/event_words.def"
#undef SET
#undef WORD
#undef USE
	SET_COUNT,
} word_set;

/* All sets, one behind the other. */
static const word_row words[] = {
#define SET(name)        {SET_##name, NULL},
#define WORD(bits, text) {bits, text},
#define USE(set, parameter, events)
#include "watch/event_words.def"
#undef SET
#undef WORD
#undef USE
};

enum { WORD_COUNT = sizeof words / sizeof *words };

typedef struct use_row {
	word_set set;
	const char *parameter, *events;
} use_row;

static const use_row uses[] = {
#define SET(name)
#define WORD(bits, text)
#define USE(set, parameter, events) {SET_##set, parameter, events},
#include "watch/event_words.def"
#undef SET
#undef WORD
#undef USE
};

static const word_row *set_start(word_set set)
{
	for (uint32_t i = 0; i < WORD_COUNT; i++)
		if (!words[i].text && words[i].bits == set)
			return &words[i + 1];
	return NULL;
}

static const word_row *set_of(const event *e, int index)
{
	span parameter = span_of(e->type->params[index].name), type = span_of(e->type->name);
	const word_row *general = NULL;
	for (uint32_t i = 0; i < sizeof uses / sizeof *uses; i++) {
		if (!span_is(parameter, uses[i].parameter))
			continue;
		if (!*uses[i].events)
			general = set_start(uses[i].set);
		else if (span_in(type, uses[i].events))
			return set_start(uses[i].set);
	}
	return general;
}

bool event_words_write(const event *e, int index, uint32_t value, bool exact, buffer *out)
{
	const word_row *row = set_of(e, index);
	if (!row)
		return false;
	size_t before = out->n;
	uint32_t rest = value;
	for (; row < words + WORD_COUNT && row->text; row++) {
		bool whole = value == row->bits;
		bool part = !exact && row->bits && (rest & row->bits) == row->bits;
		if (!whole && !part)
			continue;
		if (out->n > before)
			buffer_add_byte(out, '|');
		buffer_add(out, span_of(row->text));
		rest &= ~row->bits;
		if (whole)
			break;
	}
	return out->n > before;
}
