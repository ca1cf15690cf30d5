/* SPDX-License-Identifier: Apache-2.0
 *
 * Aho, Corasick: Efficient String Matching, CACM 18 (1975), with all transitions written out. What ends at a state is told when it is first
 * reached, so that no value can make it be told for every byte. */
#include "expression/text_parts.h"

#include "base/limits.h"

typedef struct part_state {
	uint32_t first;  /* a text that ends here, counted from 1; 0: none */
	uint16_t suffix; /* the longest other state that ends this one and at which a text ends; 0: none */
	uint64_t told;   /* by the find with this number, as all its suffixes are */
} part_state;

struct text_parts {
	uint32_t classes;   /* how many there are */
	uint32_t count;     /* of states; the first is the start */
	uint8_t class[256]; /* of bytes; 0: of all that stand in no text */
	uint16_t *next;     /* by state and class */
	bool *telling;      /* of states: a text ends here, or at a suffix */
	part_state *states;
	uint32_t *same; /* of a text: another of the same bytes, counted from 1; 0: none */
	uint64_t finds;
};

static uint32_t class_of(const text_parts *p, char c)
{
	return p->class[(unsigned char)c];
}

/* The bytes of all texts; letters of both cases are one class, when that is all the same. */
static size_t classes_make(text_parts *p, const span *texts, uint32_t n, bool fold)
{
	size_t bytes = 0;
	p->classes = 1;
	for (uint32_t i = 0; i < n; i++) {
		bytes += texts[i].n;
		for (size_t j = 0; j < texts[i].n; j++) {
			char c = texts[i].p[j], other = fold && ascii_alpha(c) ? (char)(c ^ ' ') : c;
			if (class_of(p, c))
				continue;
			p->class[(unsigned char)c] = p->class[(unsigned char)other] = (uint8_t)p->classes;
			p->classes++;
		}
	}
	return bytes;
}

static uint16_t *next_of(const text_parts *p, uint32_t state, uint32_t class)
{
	return &p->next[state * p->classes + class];
}

static void part_add(text_parts *p, span text, uint32_t index)
{
	uint32_t state = 0;
	for (size_t i = 0; i < text.n; i++) {
		uint16_t *next = next_of(p, state, class_of(p, text.p[i]));
		if (!*next)
			*next = (uint16_t)p->count++;
		state = *next;
	}
	p->same[index] = p->states[state].first;
	p->states[state].first = index + 1;
}

/* ends: of states, the longest other one that ends it. */
static void state_finish(text_parts *p, uint32_t state, const uint16_t *ends)
{
	uint16_t end = ends[state];
	p->states[state].suffix = p->states[end].first ? end : p->states[end].suffix;
	p->telling[state] = p->states[state].first || p->states[state].suffix;
}

/* Level by level, as ends are shorter and must be done before: a state goes on, where no text does, as its end does. */
static void transitions_finish(text_parts *p, uint16_t *ends, uint16_t *queue)
{
	uint32_t head = 0, tail = 0;
	for (uint32_t c = 0; c < p->classes; c++)
		if (*next_of(p, 0, c))
			queue[tail++] = *next_of(p, 0, c);
	while (head < tail) {
		uint32_t state = queue[head++];
		state_finish(p, state, ends);
		for (uint32_t c = 0; c < p->classes; c++) {
			uint16_t *next = next_of(p, state, c);
			uint16_t otherwise = *next_of(p, ends[state], c);
			if (*next) {
				ends[*next] = otherwise;
				queue[tail++] = *next;
			} else {
				*next = otherwise;
			}
		}
	}
}

text_parts *text_parts_new(const span *texts, uint32_t n, bool fold, arena *a)
{
	text_parts *p = ARENA_NEW(a, text_parts);
	arena scratch = {0};
	size_t states = classes_make(p, texts, n, fold) + 1;
	if (n == 0 || states > UINT16_MAX || states * p->classes * sizeof *p->next > LIMIT_TEXT_PARTS_BYTES)
		return NULL;
	p->next = ARENA_ARRAY(a, uint16_t, states * p->classes);
	p->states = ARENA_ARRAY(a, part_state, states);
	p->telling = ARENA_ARRAY(a, bool, states);
	p->same = ARENA_ARRAY(a, uint32_t, n);
	p->count = 1;
	for (uint32_t i = 0; i < n; i++)
		part_add(p, texts[i], i);
	transitions_finish(
		p, ARENA_ARRAY(&scratch, uint16_t, states), ARENA_ARRAY(&scratch, uint16_t, states));
	arena_done(&scratch);
	return p;
}

static void tell(text_parts *p, uint32_t state, void (*found)(void *of, uint32_t index), void *of)
{
	for (; state && p->states[state].told != p->finds; state = p->states[state].suffix) {
		p->states[state].told = p->finds;
		for (uint32_t i = p->states[state].first; i; i = p->same[i - 1])
			found(of, i - 1);
	}
}

void text_parts_find(text_parts *p, span value, void (*found)(void *of, uint32_t index), void *of)
{
	uint32_t state = 0;
	p->finds++;
	for (size_t i = 0; i < value.n; i++) {
		state = *next_of(p, state, class_of(p, value.p[i]));
		if (p->telling[state])
			tell(p, state, found, of);
	}
}
