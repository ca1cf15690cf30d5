/* SPDX-License-Identifier: Apache-2.0
 *
 * Variables in Dockerfiles: how BuildKit expands a word, and which ENV and ARG an instruction sees. See "Environment
 * replacement" and "ARG" in docs.docker.com/reference/dockerfile. */
#pragma once

#include "formats/dockerfile.h"

/* Gives the value of a variable; false when it is not known (unset). */
typedef bool dockerfile_lookup(void *context, span name, span *ret);

/* Expands a raw word: $x ${x} ${x:-w} ${x-w} ${x:+w} ${x+w} ${x:?e} ${x?e} ${x#p} ${x##p} ${x%p} ${x%%p} ${x/p/r} ${x//p/r};
 * takes quotes and escapes away; single quotes stop expansion. Unknown variables become empty and make *ret_complete false.
 * 0, or < 0 when the word is malformed (open quote or brace, bad modifier) or larger than LIMIT_EXPANSION_BYTES or deeper
 * than LIMIT_EXPANSION_DEPTH: then *ret and *ret_complete are untouched. *ret lives on a, or is the word itself. */
int dockerfile_expand(span raw, char escape, dockerfile_lookup *lookup, void *context, arena *a, span *ret,
	bool *ret_complete);

/* Removes quotes and escapes only; variables stay as written. Never fails: an open quote ends at the end. */
span dockerfile_unquote(span raw, char escape, arena *a, bool *ret_quoted);

typedef struct dockerfile_binding { /* one ENV or ARG that gives a variable a value */
	span name;
	span value;      /* expanded; empty when unset */
	bool argument;   /* ARG: may be set from outside with --build-arg */
	bool has_value;  /* false: `ARG x` without default, or a variable the builder sets (TARGETARCH) */
	bool complete;   /* value is all there is to know: no unknown variable went into it */
	bool predefined; /* declared by the builder; then .instruction and .pair are NULL */
	const dockerfile_instruction *instruction;
	const dockerfile_pair *pair;
} dockerfile_binding;

typedef LIST(dockerfile_binding *) dockerfile_bindings;

typedef struct dockerfile_scopes dockerfile_scopes;

/* Walks all instructions once. Lives as long as a. */
dockerfile_scopes *dockerfile_scopes_new(const dockerfile *d, arena *a);

/* The binding that `name` has for an instruction (what came before it: an ENV does not see its own pairs), or NULL. ENV wins over
 * ARG. ARGs before the first FROM are seen by FROM instructions only, unless a stage declares them again. Stages that
 * build upon a stage see its variables. The values of the base image are not known. */
const dockerfile_binding *dockerfile_scope_get(
	const dockerfile_scopes *s, const dockerfile_instruction *i, span name);

/* All bindings in the order of the file, those of ONBUILD excluded. */
const dockerfile_bindings *dockerfile_scope_all(const dockerfile_scopes *s);

/* dockerfile_expand() with the variables that the instruction sees. */
int dockerfile_scope_expand(const dockerfile_scopes *s, const dockerfile_instruction *i, span raw, arena *a,
	span *ret, bool *ret_complete);

/* Whether the builder knows the name without ARG: HTTP_PROXY and its like, or (with ARG in a stage) TARGETPLATFORM and its like. */
bool dockerfile_variable_predefined(span name);
