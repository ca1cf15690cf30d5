/* SPDX-License-Identifier: Apache-2.0
 *
 * Finding and writing the words of a parameter. */
#include "watch/event_words.h"

typedef struct word_row {
	uint32_t bits;
	const char *text; /* NULL: here begins a set */
} word_row;

/* The place of each row in `words`: a word stands on a line of its own. */
#define AT_LINE(line) WORD_##line
#define WORD_AT(line) AT_LINE(line)
enum {
#define SET(name)        START_##name,
#define WORD(bits, text) WORD_AT(__LINE__),
#define USE(set, parameter, events)
#include "watch/event_words.def"
#undef SET
#undef WORD
#undef USE
	WORD_COUNT
};

/* All sets, one behind the other. */
static const word_row words[] = {
#define SET(name)        {0, NULL},
#define WORD(bits, text) {bits, text},
#define USE(set, parameter, events)
#include "watch/event_words.def"
#undef SET
#undef WORD
#undef USE
};

typedef struct use_row {
	const word_row *set;
	const char *parameter, *events;
} use_row;

static const use_row uses[] = {
#define SET(name)
#define WORD(bits, text)
#define USE(set, parameter, events) {&words[START_##set + 1], parameter, events},
#include "watch/event_words.def"
#undef SET
#undef WORD
#undef USE
};

static const word_row *set_of(const event *e, int index)
{
	span parameter = span_of(e->type->params[index].name), type = span_of(e->type->name);
	const word_row *general = NULL;
	for (uint32_t i = 0; i < sizeof uses / sizeof *uses; i++) {
		if (*parameter.p != *uses[i].parameter || !span_is(parameter, uses[i].parameter))
			continue;
		if (!*uses[i].events)
			general = uses[i].set;
		else if (span_in(type, uses[i].events))
			return uses[i].set;
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
