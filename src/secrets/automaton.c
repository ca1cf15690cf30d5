/* SPDX-License-Identifier: Apache-2.0
 *
 * Building the automaton and walking the lanes. States are kept multiplied by the width of a row, and those at which a word
 * ends are the last ones: the loop then has one addition, two loads and one comparison a byte. */
#include "secrets/automaton.h"

#include "base/memory.h"

#include <stdlib.h>

struct automaton {
	uint8_t class[256];
	uint32_t classes; /* width of a row; class 0: bytes of no word */
	uint32_t states;
	uint32_t first_hit; /* states from here on (multiplied) end a word */
	uint32_t *next;     /* state * classes + class -> state * classes */
	uint32_t *word;     /* of a state: the word that ends there + 1, or 0 */
	uint32_t *shorter;  /* of a state: the next state on its way of suffixes that ends a word, or 0 */
	uint32_t *length;   /* of a word */
	uint32_t longest;
};

/* While it is built: states in the order in which they were made. */
typedef struct draft {
	automaton *m;
	uint32_t *next, *word, *shorter;
	uint32_t *fail, *order, *name;
	uint32_t count;
} draft;

static void classes_make(automaton *m, const span *words, uint32_t count)
{
	m->classes = 1;
	for (uint32_t i = 0; i < count; i++)
		for (size_t k = 0; k < words[i].n; k++) {
			uint8_t low = (uint8_t)ascii_lower(words[i].p[k]);
			if (m->class[low] == 0 && m->classes < 255)
				m->class[low] = (uint8_t)m->classes++;
		}
	for (int c = 'A'; c <= 'Z'; c++)
		m->class[c] = m->class[c | 0x20];
}

static void trie_make(draft *d, const span *words, uint32_t count)
{
	automaton *m = d->m;
	d->count = 1;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t state = 0;
		for (size_t k = 0; k < words[i].n; k++) {
			uint32_t *to = &d->next[state * m->classes + m->class[(uint8_t)words[i].p[k]]];
			if (*to == 0)
				*to = d->count++;
			state = *to;
		}
		d->word[state] = i + 1;
		m->length[i] = (uint32_t)words[i].n;
		if (m->longest < words[i].n)
			m->longest = (uint32_t)words[i].n;
	}
}

/* Breadth first: where a state has no way on, the longest suffix that is a state has one. */
static void suffixes_make(draft *d)
{
	automaton *m = d->m;
	uint32_t head = 0, tail = 0;
	d->order[tail++] = 0;
	while (head < tail) {
		uint32_t state = d->order[head++], fail = d->fail[state];
		for (uint32_t c = 0; c < m->classes; c++) {
			uint32_t *to = &d->next[state * m->classes + c];
			uint32_t other = state ? d->next[fail * m->classes + c] : 0;
			if (*to == 0) {
				*to = other;
				continue;
			}
			d->fail[*to] = other;
			d->shorter[*to] = d->word[other] ? other : d->shorter[other];
			d->order[tail++] = *to;
		}
	}
}

/* Gives the states their final numbers: those that end a word last. */
static void states_number(draft *d)
{
	automaton *m = d->m;
	uint32_t number = 0;
	for (int hits = 0; hits < 2; hits++) {
		if (hits)
			m->first_hit = number * m->classes;
		for (uint32_t i = 0; i < d->count; i++) {
			uint32_t state = d->order[i];
			if ((d->word[state] || d->shorter[state]) == hits)
				d->name[state] = number++;
		}
	}
}

static void table_make(draft *d)
{
	automaton *m = d->m;
	m->states = d->count;
	m->next = memory_zeroed((size_t)d->count * m->classes, sizeof *m->next);
	m->word = memory_zeroed(d->count, sizeof *m->word);
	m->shorter = memory_zeroed(d->count, sizeof *m->shorter);
	for (uint32_t i = 0; i < d->count; i++) {
		uint32_t state = d->name[i];
		m->word[state] = d->word[i];
		m->shorter[state] = d->name[d->shorter[i]];
		for (uint32_t c = 0; c < m->classes; c++)
			m->next[state * m->classes + c] = d->name[d->next[i * m->classes + c]] * m->classes;
	}
}

automaton *automaton_new(const span *words, uint32_t count)
{
	automaton *m = memory_zeroed(1, sizeof *m);
	size_t room = 1;
	for (uint32_t i = 0; i < count; i++)
		room += words[i].n;
	classes_make(m, words, count);
	m->length = memory_zeroed(count + 1, sizeof *m->length);
	draft d = {.m = m,
		.next = memory_zeroed(room * m->classes, sizeof *d.next),
		.word = memory_zeroed(room * 5, sizeof *d.word)};
	d.shorter = d.word + room;
	d.fail = d.shorter + room;
	d.order = d.fail + room;
	d.name = d.order + room;
	trie_make(&d, words, count);
	suffixes_make(&d);
	states_number(&d);
	table_make(&d);
	free(d.next);
	free(d.word);
	return m;
}

void automaton_free(automaton *m)
{
	if (!m)
		return;
	free(m->next);
	free(m->word);
	free(m->shorter);
	free(m->length);
	free(m);
}

typedef struct walk {
	const automaton *m;
	span text;
	automaton_hit *hit;
	void *of;
} walk;

/* All words that end behind `end`, and start before `cut`. */
static void hits_tell(const walk *w, uint32_t lane, uint32_t state, size_t end, size_t cut)
{
	const automaton *m = w->m;
	if (state < m->first_hit)
		return;
	for (uint32_t s = state / m->classes;; s = m->shorter[s]) {
		uint32_t word = m->word[s];
		if (word && end - m->length[word - 1] < cut)
			w->hit(w->of, lane, word - 1, end - m->length[word - 1]);
		if (m->shorter[s] == 0)
			return;
	}
}

/* One lane alone, from a state on. */
static void lane_walk(const walk *w, uint32_t lane, uint32_t state, size_t from, size_t to, size_t cut)
{
	const automaton *m = w->m;
	const uint8_t *p = (const uint8_t *)w->text.p;
	for (size_t i = from; i < to; i++) {
		state = m->next[state + m->class[p[i]]];
		if (__builtin_expect(state >= m->first_hit, 0))
			hits_tell(w, lane, state, i + 1, cut);
	}
}

/* Walks the first n bytes of each of four lanes side by side. */
static void lanes_walk(const walk *w, size_t n, uint32_t state[AUTOMATON_LANES])
{
	const uint32_t *next = w->m->next, first_hit = w->m->first_hit;
	const uint8_t *class = w->m->class, *p = (const uint8_t *)w->text.p;
	const uint8_t *p0 = p, *p1 = p + n, *p2 = p + 2 * n, *p3 = p + 3 * n;
	uint32_t a = 0, b = 0, c = 0, d = 0;
	for (size_t i = 0; i < n; i++) {
		a = next[a + class[p0[i]]];
		b = next[b + class[p1[i]]];
		c = next[c + class[p2[i]]];
		d = next[d + class[p3[i]]];
		if (__builtin_expect(
			    (a >= first_hit) | (b >= first_hit) | (c >= first_hit) | (d >= first_hit), 0)) {
			hits_tell(w, 0, a, i + 1, n);
			hits_tell(w, 1, b, i + 1 + n, 2 * n);
			hits_tell(w, 2, c, i + 1 + 2 * n, 3 * n);
			hits_tell(w, 3, d, i + 1 + 3 * n, SIZE_MAX);
		}
	}
	state[0] = a, state[1] = b, state[2] = c, state[3] = d;
}

void automaton_scan(const automaton *m, span text, uint32_t lanes, automaton_hit *hit, void *of)
{
	const walk w = {m, text, hit, of};
	size_t n = text.n / AUTOMATON_LANES;
	if (lanes < AUTOMATON_LANES || n <= m->longest) {
		lane_walk(&w, 0, 0, 0, text.n, SIZE_MAX);
		return;
	}
	uint32_t state[AUTOMATON_LANES];
	lanes_walk(&w, n, state);
	for (uint32_t lane = 0; lane < AUTOMATON_LANES; lane++) {
		size_t end = (lane + 1) * n;
		bool last = lane + 1 == AUTOMATON_LANES;
		lane_walk(&w, lane, state[lane], end, last ? text.n : end + m->longest - 1,
			last ? SIZE_MAX : end);
	}
}
