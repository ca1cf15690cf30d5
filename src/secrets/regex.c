/* SPDX-License-Identifier: Apache-2.0
 *
 * PCRE2 behind a small door. Patterns work on bytes, so no input has to be valid UTF-8; only a foreign pattern with code points beyond one byte
 * is compiled for UTF. */
#define PCRE2_CODE_UNIT_WIDTH 8

#include "secrets/regex.h"

#include "base/limits.h"
#include "base/memory.h"

#include <pcre2.h>
#include <stdlib.h>

struct regex_matcher {
	pcre2_match_context *context;
	pcre2_match_data *data;
	pcre2_jit_stack *stack;
};

enum { JIT_STACK_FIRST = 32 << 10, JIT_STACK_LAST = 512 << 10, REGEX_HEAP_KIB = 4096 };

static bool needs_utf(span pattern)
{
	for (size_t i = 0; i < pattern.n; i++)
		if ((uint8_t)pattern.p[i] >= 0x80)
			return true;
	return span_contains(pattern, "\\p") || span_contains(pattern, "\\P") ||
	       span_contains(pattern, "\\x{");
}

int regex_compile(regex *r, error *e)
{
	int code;
	size_t at;
	uint32_t options = PCRE2_NEVER_BACKSLASH_C | PCRE2_USE_OFFSET_LIMIT;
	if (r->foreign) /* RE2: $ is only the very end */
		options |= PCRE2_DOLLAR_ENDONLY;
	if (needs_utf(r->pattern))
		options |= PCRE2_UTF | PCRE2_MATCH_INVALID_UTF;
	pcre2_code *compiled =
		pcre2_compile((PCRE2_SPTR)r->pattern.p, r->pattern.n, options, &code, &at, NULL);
	if (!compiled) {
		atomic_store(&r->broken, true);
		char why[120] = "";
		pcre2_get_error_message(code, (PCRE2_UCHAR *)why, sizeof why);
		return error_set(e, ERROR_SYNTAX, "at character %zu: %s", at + 1, why);
	}
	pcre2_jit_compile(compiled, PCRE2_JIT_COMPLETE); /* without it, the interpreter does */
	void *nobody = NULL;
	if (!atomic_compare_exchange_strong(&r->code, &nobody, compiled))
		pcre2_code_free(compiled); /* another thread was faster */
	return 0;
}

void regex_done(regex *r)
{
	pcre2_code_free(atomic_exchange(&r->code, NULL));
}

regex_matcher *regex_matcher_new(void)
{
	regex_matcher *m = memory_zeroed(1, sizeof *m);
	m->context = pcre2_match_context_create(NULL);
	m->data = pcre2_match_data_create(REGEX_GROUPS, NULL);
	m->stack = pcre2_jit_stack_create(JIT_STACK_FIRST, JIT_STACK_LAST, NULL);
	if (!m->context || !m->data)
		memory_exhausted(sizeof *m);
	pcre2_set_match_limit(m->context, LIMIT_SECRET_MATCH_STEPS);
	pcre2_set_heap_limit(m->context, REGEX_HEAP_KIB);
	if (m->stack)
		pcre2_jit_stack_assign(m->context, NULL, m->stack);
	return m;
}

void regex_matcher_free(regex_matcher *m)
{
	if (!m)
		return;
	pcre2_jit_stack_free(m->stack);
	pcre2_match_data_free(m->data);
	pcre2_match_context_free(m->context);
	free(m);
}

static void match_fill(const regex_matcher *m, int count, size_t shift, regex_match *ret)
{
	const size_t *at = pcre2_get_ovector_pointer(m->data);
	ret->count = count > 0 ? (uint32_t)count : REGEX_GROUPS;
	for (uint32_t i = 0; i < REGEX_GROUPS; i++) {
		bool there = i < ret->count && at[2 * i] != PCRE2_UNSET;
		ret->start[i] = there ? at[2 * i] + shift : SPAN_NONE;
		ret->end[i] = there ? at[2 * i + 1] + shift : SPAN_NONE;
	}
}

int regex_find(regex *r, regex_matcher *m, span text, size_t from, size_t last, size_t to, regex_match *ret)
{
	void *code = atomic_load_explicit(&r->code, memory_order_acquire);
	error e;
	if (!code) {
		if (atomic_load(&r->broken) || regex_compile(r, &e) < 0)
			return -1;
		code = atomic_load(&r->code);
	}
	/* With UTF the whole subject is checked each time: then only a little of what stands before is shown. */
	enum { CONTEXT = 16 };
	size_t shift = needs_utf(r->pattern) && from > CONTEXT ? from - CONTEXT : 0;
	uint32_t options = (to < text.n ? PCRE2_NOTEOL : 0) | (shift ? PCRE2_NOTBOL : 0);
	pcre2_set_offset_limit(m->context, last - shift);
	int got = pcre2_match(code, (PCRE2_SPTR)(text.p ? text.p + shift : ""), to - shift, from - shift,
		options, m->data, m->context);
	if (got == PCRE2_ERROR_NOMATCH || got == PCRE2_ERROR_PARTIAL)
		return 0;
	if (got < 0)
		return -1;
	match_fill(m, got, shift, ret);
	return 1;
}

bool regex_matches(regex *r, regex_matcher *m, span text)
{
	regex_match unused;
	return regex_find(r, m, text, 0, text.n, text.n, &unused) > 0;
}
