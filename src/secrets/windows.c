/* SPDX-License-Identifier: Apache-2.0
 *
 * From occurrences of keywords to windows. */
#include "secrets/windows.h"

#include "base/memory.h"
#include "secrets/automaton.h"

#include <stdlib.h>

struct open_window {
	size_t from, last;
	bool open;
};

void windows_init(windows *w, const secret_rules *rules)
{
	*w = (windows){.rules = rules};
	w->open = memory_zeroed((size_t)rules->uses.count * AUTOMATON_LANES + 1, sizeof *w->open);
}

void windows_done(windows *w)
{
	free(w->open);
	arena_done(&w->arena);
	*w = (windows){0};
}

static void window_grow(windows *w, uint32_t lane, uint32_t rule, size_t at)
{
	const secret_use *use = w->rules->uses.items[rule];
	size_t from = at > use->before ? at - use->before : 0, last = at;
	if (use->whole)
		from = 0, last = w->size;
	uint32_t slot = lane * w->rules->uses.count + rule;
	struct open_window *open = &w->open[slot];
	if (!open->open) {
		list_push(&w->arena, &w->touched, slot);
		*open = (struct open_window){from, last, true};
	} else if (from <= open->last + 1) { /* words end in order, but a longer one begins earlier */
		open->from = open->from < from ? open->from : from;
		open->last = open->last > last ? open->last : last;
	} else {
		list_push(&w->arena, &w->all, (window){rule, open->from, open->last});
		*open = (struct open_window){from, last, true};
	}
}

static void on_hit(void *of, uint32_t lane, uint32_t word, size_t start)
{
	windows *w = of;
	const secret_targets *targets = w->rules->targets.items[word];
	for (uint32_t i = 0; i < targets->rules.count; i++)
		window_grow(w, lane, targets->rules.items[i], start);
}

static int window_compare(const void *a, const void *b)
{
	const window *x = a, *y = b;
	if (x->rule != y->rule)
		return x->rule < y->rule ? -1 : 1;
	return x->from < y->from ? -1 : x->from > y->from;
}

static void windows_join(windows *w)
{
	uint32_t n = 0;
	if (w->all.count > 1)
		qsort(w->all.items, w->all.count, sizeof *w->all.items, window_compare);
	for (uint32_t i = 0; i < w->all.count; i++) {
		window *last = n ? &w->all.items[n - 1] : NULL, next = w->all.items[i];
		if (last && last->rule == next.rule && next.from <= last->last + 1)
			last->last = last->last > next.last ? last->last : next.last;
		else
			w->all.items[n++] = next;
	}
	w->all.count = n;
}

void windows_find(windows *w, span text, uint32_t lanes)
{
	arena_clear(&w->arena);
	memset(&w->touched, 0, sizeof w->touched);
	memset(&w->all, 0, sizeof w->all);
	w->size = text.n;
	automaton_scan(w->rules->automaton, text, lanes, on_hit, w);
	list_each(uint32_t, slot, &w->touched) {
		struct open_window *open = &w->open[*slot];
		list_push(&w->arena, &w->all, (window){*slot % w->rules->uses.count, open->from, open->last});
		open->open = false;
	}
	list_each(uint32_t, rule, &w->rules->keyless)
		list_push(&w->arena, &w->all, (window){*rule, 0, text.n});
	windows_join(w);
}
