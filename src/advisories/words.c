/* SPDX-License-Identifier: Apache-2.0
 *
 * Lists of words. */
#include "advisories/words.h"

#include "advisories/ranges.h"
#include "base/limits.h"

#include <stdlib.h>

void words_add(span_list *words, arena *a, span word)
{
	bool good = word.n && word.n <= LIMIT_ADVISORY_WORD && ranges_plain(word) &&
		    span_find_byte(word, ' ') == SPAN_NONE;
	if (good && words->count < LIMIT_ADVISORY_NAMES)
		list_push(a, words, word);
}

static int by_bytes(const void *a, const void *b)
{
	return span_compare(*(const span *)a, *(const span *)b);
}

span words_join(span_list *words, arena *a)
{
	if (words->count)
		qsort(words->items, words->count, sizeof *words->items, by_bytes);
	size_t n = 0;
	for (uint32_t i = 0; i < words->count; i++)
		n += words->items[i].n + 1;
	char *p = arena_alloc(a, n + 1), *end = p;
	for (uint32_t i = 0; i < words->count; i++) {
		span word = words->items[i];
		if (i && span_equal(word, words->items[i - 1]))
			continue;
		if (end > p)
			*end++ = ' ';
		memcpy(end, word.p, word.n);
		end += word.n;
	}
	return (span){p, (size_t)(end - p)};
}
