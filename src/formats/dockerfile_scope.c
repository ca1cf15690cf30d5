/* SPDX-License-Identifier: Apache-2.0
 *
 * Which ENV and ARG an instruction sees. Bindings are kept per stage and name in the order of the file, so that a look-up is a
 * hash, a bisection and a walk over the stages that this one builds upon. */
#include "base/limits.h"
#include "base/map.h"
#include "formats/dockerfile_words.h"

enum {
	STAGE_CHAIN = 64,       /* stages upon stages that are followed; honest files stay below 20 */
	STAGES_SEARCHED = 4096, /* for `FROM $x`: each costs a walk over the stages */
	SCOPE_BYTES = 16 * LIMIT_EXPANSION_BYTES, /* of all values together: they can be made to double */
};

typedef struct named { /* the bindings of one name in one stage */
	dockerfile_bindings env, arg;
} named;

typedef struct scope_stage {
	map names;     /* name → named */
	uint32_t base; /* DOCKERFILE_NO_STAGE: an image */
} scope_stage;

struct dockerfile_scopes {
	const dockerfile *file;
	scope_stage global;  /* ARGs before the first FROM */
	scope_stage *stages; /* as many as the file has */
	dockerfile_bindings all;
	size_t bytes;
};

static const char platform_names[] =
	"TARGETPLATFORM TARGETOS TARGETARCH TARGETVARIANT BUILDPLATFORM BUILDOS BUILDARCH "
	"BUILDVARIANT TARGETSTAGE";
static const char proxy_names[] =
	"HTTP_PROXY http_proxy HTTPS_PROXY https_proxy FTP_PROXY ftp_proxy NO_PROXY no_proxy "
	"ALL_PROXY all_proxy";

bool dockerfile_variable_predefined(span name)
{
	return span_in(name, platform_names) || span_in(name, proxy_names);
}

/* The last binding that was made before instruction `before`. */
static const dockerfile_binding *latest(const dockerfile_bindings *list, uint32_t before)
{
	uint32_t low = 0, high = list->count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		const dockerfile_instruction *i = list->items[middle]->instruction;
		if (!i || i->index < before)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? list->items[low - 1] : NULL;
}

static const dockerfile_binding *global_get(const dockerfile_scopes *s, span name, uint32_t before)
{
	const named *found = map_get(&s->global.names, name);
	return found ? latest(&found->arg, before) : NULL;
}

static const dockerfile_binding *stage_get(
	const dockerfile_scopes *s, uint32_t stage, span name, uint32_t before)
{
	const dockerfile_binding *argument = NULL;
	for (uint32_t k = 0; k < STAGE_CHAIN && stage != DOCKERFILE_NO_STAGE; k++) {
		const named *found = map_get(&s->stages[stage].names, name);
		const dockerfile_binding *env = found ? latest(&found->env, before) : NULL;
		if (env)
			return env;
		if (found && !argument)
			argument = latest(&found->arg, before);
		stage = s->stages[stage].base;
	}
	return argument;
}

const dockerfile_binding *dockerfile_scope_get(
	const dockerfile_scopes *s, const dockerfile_instruction *i, span name)
{
	if (i->kind == DOCKERFILE_FROM || i->stage == DOCKERFILE_NO_STAGE)
		return global_get(s, name, i->index);
	return stage_get(s, i->stage, name, i->index);
}

const dockerfile_bindings *dockerfile_scope_all(const dockerfile_scopes *s)
{
	return &s->all;
}

typedef struct viewer {
	const dockerfile_scopes *scopes;
	const dockerfile_instruction *instruction;
	bool unsure; /* a value that is not complete was used */
} viewer;

static bool look_up(void *context, span name, span *ret)
{
	viewer *v = context;
	const dockerfile_binding *b = dockerfile_scope_get(v->scopes, v->instruction, name);
	if (!b || !b->has_value)
		return false;
	v->unsure |= !b->complete;
	*ret = b->value;
	return true;
}

int dockerfile_scope_expand(const dockerfile_scopes *s, const dockerfile_instruction *i, span raw, arena *a,
	span *ret, bool *ret_complete)
{
	viewer v = {.scopes = s, .instruction = i};
	bool complete;
	TRY(dockerfile_expand(raw, s->file->escape, look_up, &v, a, ret, &complete));
	*ret_complete = complete && !v.unsure;
	return 0;
}

/* --- making them --- */

static void binding_add(dockerfile_scopes *s, scope_stage *stage, arena *a, dockerfile_binding *b)
{
	named *found = map_get(&stage->names, b->name);
	if (!found) {
		found = ARENA_NEW(a, named);
		map_set(&stage->names, a, b->name, found);
	}
	dockerfile_bindings *list = b->argument ? &found->arg : &found->env;
	list_push(a, list, b);
	list_push(a, &s->all, b);
}

static void predefined_add(dockerfile_scopes *s, arena *a)
{
	span rest = span_of(platform_names), name;
	while (span_word(&rest, &name)) {
		dockerfile_binding *b = ARENA_NEW(a, dockerfile_binding);
		*b = (dockerfile_binding){.name = name, .argument = true, .predefined = true};
		binding_add(s, &s->global, a, b);
	}
}

static void value_set(dockerfile_scopes *s, arena *a, dockerfile_binding *b, span raw)
{
	b->has_value = true;
	if (s->bytes > SCOPE_BYTES)
		return;
	if (dockerfile_scope_expand(s, b->instruction, raw, a, &b->value, &b->complete) == 0)
		s->bytes += b->value.n;
}

/* `ARG x` inside a stage takes over what was said of x before the first FROM. */
static void value_take_over(dockerfile_scopes *s, dockerfile_binding *b)
{
	const dockerfile_binding *global = global_get(s, b->name, b->instruction->index);
	if (b->instruction->stage == DOCKERFILE_NO_STAGE || !global)
		return;
	b->value = global->value;
	b->has_value = global->has_value;
	b->complete = global->complete;
}

static void pair_add(dockerfile_scopes *s, scope_stage *stage, arena *a, const dockerfile_instruction *i,
	const dockerfile_pair *pair)
{
	dockerfile_binding *b = ARENA_NEW(a, dockerfile_binding);
	*b = (dockerfile_binding){
		.name = pair->key.value,
		.argument = i->kind == DOCKERFILE_ARG,
		.instruction = i,
		.pair = pair,
	};
	if (pair->has_value)
		value_set(s, a, b, pair->value.raw);
	else
		value_take_over(s, b);
	binding_add(s, stage, a, b);
}

/* FROM ${BASE} may name a stage as well. */
static void stage_begin(dockerfile_scopes *s, arena *a, const dockerfile_instruction *from)
{
	scope_stage *stage = &s->stages[from->stage];
	stage->base = from->from.base;
	span image = from->from.image.raw, name;
	bool complete;
	if (span_find_byte(image, '$') == SPAN_NONE || from->stage > STAGES_SEARCHED)
		return;
	if (dockerfile_scope_expand(s, from, image, a, &name, &complete) < 0 || name.n == 0)
		return;
	uint32_t found = dockerfile_stage_find(s->file, name, from->stage);
	if (found != DOCKERFILE_NO_STAGE && span_equal_fold(s->file->stages.items[found].name, name))
		stage->base = found;
}

dockerfile_scopes *dockerfile_scopes_new(const dockerfile *d, arena *a)
{
	dockerfile_scopes *s = ARENA_NEW(a, dockerfile_scopes);
	s->file = d;
	s->stages = ARENA_ARRAY(a, scope_stage, d->stages.count);
	predefined_add(s, a);
	for (uint32_t k = 0; k < d->instructions.count; k++) {
		const dockerfile_instruction *i = d->instructions.items[k];
		scope_stage *stage = i->stage == DOCKERFILE_NO_STAGE ? &s->global : &s->stages[i->stage];
		if (i->kind == DOCKERFILE_FROM)
			stage_begin(s, a, i);
		if (i->kind != DOCKERFILE_ENV && i->kind != DOCKERFILE_ARG)
			continue;
		list_each(const dockerfile_pair, pair, &i->pairs)
			pair_add(s, stage, a, i, pair);
	}
	return s;
}
