/* SPDX-License-Identifier: Apache-2.0
 *
 * A hash table that is asked with the hash of every beginning (or end) of the value that is as long as some text of the set; the
 * hash grows byte by byte, so that all of them cost one walk. */
#include "expression/text_set.h"

enum { LENGTHS = 256 }; /* longer texts share the last bit */

struct text_set {
	text_set_mode mode;
	span *slots; /* .p NULL: free; a power of two */
	uint32_t mask;
	size_t shortest, longest;
	uint64_t lengths[LENGTHS / 64];
	uint64_t first[4]; /* bytes that texts begin with (end with); all when one is empty */
	bool any;          /* an empty text is in it */
};

/* FNV-1a with a last mix, because the low bits choose the slot. */
static const uint64_t hash_start = 0xcbf29ce484222325u;

static uint64_t hash_step(uint64_t h, char c)
{
	return (h ^ (unsigned char)c) * 0x100000001b3u;
}

static uint32_t hash_slot(uint64_t h)
{
	return (uint32_t)((h * 0x9e3779b97f4a7c15u) >> 32);
}

static char byte_at(const text_set *s, span text, size_t i)
{
	return s->mode == TEXT_SET_SUFFIX ? text.p[text.n - 1 - i] : text.p[i];
}

static uint64_t hash_of(const text_set *s, span text)
{
	uint64_t h = hash_start;
	for (size_t i = 0; i < text.n; i++)
		h = hash_step(h, byte_at(s, text, i));
	return h;
}

static size_t length_bit(size_t n)
{
	return n < LENGTHS ? n : LENGTHS - 1;
}

static bool has_length(const text_set *s, size_t n)
{
	return s->lengths[length_bit(n) / 64] >> length_bit(n) % 64 & 1;
}

static void bit_set(uint64_t *bits, size_t i)
{
	bits[i / 64] |= (uint64_t)1 << i % 64;
}

static bool has(const text_set *s, uint64_t hash, span text)
{
	for (uint32_t i = hash_slot(hash) & s->mask; s->slots[i].p; i = (i + 1) & s->mask)
		if (span_equal(s->slots[i], text))
			return true;
	return false;
}

static void add(text_set *s, span text)
{
	if (text.n == 0) {
		s->any = true;
		return;
	}
	uint32_t i = hash_slot(hash_of(s, text)) & s->mask;
	for (; s->slots[i].p; i = (i + 1) & s->mask)
		if (span_equal(s->slots[i], text))
			return;
	s->slots[i] = text;
	bit_set(s->lengths, length_bit(text.n));
	bit_set(s->first, (unsigned char)byte_at(s, text, 0));
	s->longest = text.n > s->longest ? text.n : s->longest;
	s->shortest = text.n < s->shortest ? text.n : s->shortest;
}

text_set *text_set_new(text_set_mode mode, const span *texts, uint32_t n, arena *a)
{
	text_set *s = ARENA_NEW(a, text_set);
	uint32_t room = 8;
	while (room < n * 2)
		room *= 2;
	s->mode = mode;
	s->shortest = SIZE_MAX;
	s->slots = ARENA_ARRAY(a, span, room);
	s->mask = room - 1;
	for (uint32_t i = 0; i < n; i++) {
		span text = texts[i];
		while (mode == TEXT_SET_PATH && text.n && text.p[text.n - 1] == '/')
			text.n--; /* "/" becomes the empty text: everything lies below it */
		add(s, text);
	}
	return s;
}

static bool ends_here(const text_set *s, span value, size_t n)
{
	return s->mode != TEXT_SET_PATH || n == value.n || value.p[n] == '/';
}

static bool match_partly(const text_set *s, span value)
{
	uint64_t h = hash_start;
	size_t last = value.n < s->longest ? value.n : s->longest;
	for (size_t n = 1; n <= last; n++) {
		h = hash_step(h, byte_at(s, value, n - 1));
		if (n < s->shortest || !has_length(s, n) || !ends_here(s, value, n))
			continue;
		if (has(s, h,
			    s->mode == TEXT_SET_SUFFIX ? span_from(value, value.n - n)
						       : span_sub(value, 0, n)))
			return true;
	}
	return false;
}

bool text_set_match(const text_set *s, span value)
{
	if (s->any && (s->mode != TEXT_SET_EQUAL || value.n == 0))
		return true;
	if (value.n == 0 || value.n < s->shortest)
		return false;
	unsigned char first = (unsigned char)byte_at(s, value, 0);
	if (!(s->first[first / 64] >> first % 64 & 1))
		return false;
	if (s->mode != TEXT_SET_EQUAL)
		return match_partly(s, value);
	return value.n <= s->longest && has_length(s, value.n) && has(s, hash_of(s, value), value);
}
