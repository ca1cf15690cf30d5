/* SPDX-License-Identifier: Apache-2.0
 *
 * What the tests of sources share: files in memory, facts in words, wants in short. */
#pragma once

#include "posture/source.h"
#include "test.h"

#include "base/map.h"

typedef struct memory_file {
	const char *path, *words;
} memory_file;

typedef struct memory_loader { /* a loader whose files are a table that ends with a row of NULLs */
	loader loader;
	const memory_file *files;
	map texts; /* path -> text, so that a file has one text */
} memory_loader;

static inline const text *memory_load(loader *self, const char *path, arena *a, error *e)
{
	memory_loader *l = (memory_loader *)self;
	text *t = map_get(&l->texts, span_of(path));
	for (const memory_file *f = l->files; !t && f && f->path; f++)
		if (strcmp(f->path, path) == 0) {
			t = ARENA_NEW(a, text);
			text_init(t, f->path, span_of(f->words), a);
			map_set(&l->texts, a, span_of(f->path), t);
		}
	if (!t)
		error_set(e, ERROR_ABSENT, "%s: not there", path);
	return t;
}

/* A fact as "value@line", with '?' for unset and '~' before a default; lists as their first members, "a b c". */
static inline span fact_words(arena *a, const fact *f, fact_id id)
{
	unsigned line = f->origin.text ? text_place(f->origin.text, f->origin.start).line : 0;
	const char *known = f->known == KNOWN_DEFAULT ? "~" : "";
	if (f->known == KNOWN_UNSET)
		return arena_format(a, "?@%u", line);
	switch (fact_rows[id].type) {
	case TYPE_TRUTH:
		return arena_format(a, "%s%s@%u", known, f->value.truth ? "true" : "false", line);
	case TYPE_TEXT:
		return arena_format(a, "%s%.*s@%u", known, SPAN_ARG(f->value.text), line);
	case TYPE_LIST:
		return arena_format(a, "%s%u items@%u", known, f->value.list->all.count, line);
	case TYPE_NUMBER:
	case TYPE_SIZE:
	case TYPE_CPU:
		break;
	}
	return arena_format(a, "%s%lld@%u", known, (long long)f->value.number, line);
}

/* The members of an item as "a|b|-|d", with '-' for those that are not known and nothing behind the last known one. */
static inline span item_words(arena *a, fact_id id, const item *it)
{
	auto_buffer out = {0};
	for (int m = 0; m < fact_rows[id].member_count; m++) {
		if (m)
			buffer_add_byte(&out, '|');
		if (!item_has(it, m))
			buffer_add_byte(&out, '-');
		else if (fact_rows[id].members[m].type == TYPE_TEXT)
			buffer_add(&out, it->values[m].text);
		else if (fact_rows[id].members[m].type == TYPE_TRUTH)
			buffer_add_string(&out, it->values[m].truth ? "true" : "false");
		else
			buffer_format(&out, "%lld", (long long)it->values[m].number);
	}
	span ret = arena_copy(a, buffer_span(&out));
	while (span_ends(ret, SPAN("|-")))
		ret.n -= 2;
	return ret;
}

typedef struct fact_case {
	fact_id fact;
	const char *want;
} fact_case;

#define CHECK_FACTS(a, p, ...)                                                                         \
	do {                                                                                           \
		const fact_case cases_[] = {__VA_ARGS__};                                              \
		for (size_t c_ = 0; c_ < sizeof cases_ / sizeof *cases_; c_++) {                       \
			span fact_got_ = fact_words((a), &(p)->all[cases_[c_].fact], cases_[c_].fact); \
			if (!span_is(fact_got_, cases_[c_].want))                                      \
				TEST_FAIL("%s is %.*s, not %s", fact_rows[cases_[c_].fact].field,      \
					SPAN_ARG(fact_got_), cases_[c_].want);                         \
		}                                                                                      \
	} while (0)

#define CHECK_ITEMS(a, p, id, ...)                                                           \
	do {                                                                                 \
		const char *const items_[] = {__VA_ARGS__};                                  \
		const item_list *list_ = posture_items((p), (id));                           \
		CHECK_INT(list_->all.count, sizeof items_ / sizeof *items_);                 \
		for (size_t c_ = 0; c_ < list_->all.count; c_++)                             \
			CHECK_SPAN(item_words((a), (id), list_->all.items[c_]), items_[c_]); \
	} while (0)

#define WANT(fact_, op_, value_)                                                            \
	{                                                                                   \
		.fact = FACT_##fact_, .op = WANT_##op_, .member = -1, .value = SPAN(value_) \
	}
#define WANT_AWAY(fact_, item_)                                                        \
	{                                                                              \
		.fact = FACT_##fact_, .op = WANT_REMOVE, .member = -1, .item = (item_) \
	}
#define WANT_MEMBER(fact_, member_, value_, item_)                                                       \
	{                                                                                                \
		.fact = FACT_##fact_, .op = WANT_SET, .member = MEMBER_##member_, .value = SPAN(value_), \
		.item = (item_)                                                                          \
	}
