/* SPDX-License-Identifier: Apache-2.0
 *
 * Which parts of a text each rule looks at: a window around every occurrence of its keywords, joined where they meet. Windows
 * grow while the lanes are walked, so that a text full of keywords takes no more memory than a text with one. */
#pragma once

#include "secrets/rule.h"

typedef struct window {
	uint32_t rule;
	size_t from, last; /* where a match may begin; it may end behind */
} window;

typedef struct windows {
	const secret_rules *rules;
	size_t size;              /* of the text */
	struct open_window *open; /* of every lane and rule; owned */
	LIST(uint32_t) touched;   /* those in use */
	LIST(window) all;
	arena arena;
} windows;

void windows_init(windows *w, const secret_rules *rules);
void windows_done(windows *w);

/* Fills w->all: by rule, then by place, none touching another of its rule. */
void windows_find(windows *w, span text, uint32_t lanes);
