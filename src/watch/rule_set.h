/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the rule loader share. Reading goes in two steps, as Falco's: items are collected under their names (definitions,
 * additions, replacements: rule_item.c, rule_collect.c), and then all that was collected is put together (rule_assemble.c).
 *
 * Functions that return int add a problem to the result of the file that is being read when they fail, and return -1. */
#pragma once

#include "base/map.h"
#include "formats/node.h"
#include "watch/rule_file.h"

/* Where something stands: a chain from the file inwards. */
typedef struct rule_at {
	const struct rule_at *up;
	rule_place place;
	const text *source; /* the file, or the condition, that the place counts in */
} rule_at;

typedef LIST(char) rule_text; /* one that grows */

/* What an exception says of its fields, operators or values: a text, or a list of entries. */
typedef struct rule_entry {
	bool given, list;
	span text;
	LIST(struct rule_entry) items;
} rule_entry;

typedef struct rule_exception {
	span name;
	const rule_at *at;
	rule_entry fields, comps;
	LIST(rule_entry) values;
} rule_exception;

typedef LIST(rule_exception) rule_exceptions;

/* index orders the names by their first definitions, visibility by what last changed them: both count items of all files. */
typedef struct list_info {
	span name;
	const rule_at *at;
	uint32_t index, visibility, position; /* position: in the set's lists */
	LIST(span) items;
} list_info;

typedef struct macro_info {
	span name;
	const rule_at *at, *condition_at;
	uint32_t index, visibility, position;
	rule_text condition;
} macro_info;

typedef struct rule_info {
	span name, source;
	const rule_at *at, *condition_at, *output_at;
	rule_text condition, output, description;
	watch_priority priority;
	LIST(span) tags; /* sorted, each once */
	rule_exceptions exceptions;
	bool enabled, warn_types, skip_unknown, unknown_source, capture, posture;
	bool taken; /* it was sound when the set was put together last */
	uint32_t capture_ms;
	watch_action action;
} rule_info;

enum { RULE_KEYS = 13 };

/* What an item says of an earlier rule: which of the keys of rule_key are in `has`, and their values. */
typedef enum rule_key {
	RULE_CONDITION,
	RULE_EXCEPTIONS,
	RULE_OUTPUT,
	RULE_DESC,
	RULE_TAGS,
	RULE_PRIORITY,
	RULE_ENABLED,
	RULE_WARN_EVTTYPES,
	RULE_SKIP_UNKNOWN,
	RULE_CAPTURE,
	RULE_CAPTURE_DURATION,
	RULE_ACTION,
	RULE_POSTURE,
} rule_key;

typedef struct rule_update {
	uint32_t has; /* bits of rule_key */
	rule_info with;
} rule_update;

typedef struct rule_selection {
	bool enable, by_tag, fits; /* fits: a rule of the finished set */
	span pattern;
} rule_selection;

struct rule_set {
	const rule_words *words;
	arena *arena;
	uint32_t next; /* index of the next item */
	map list_names, macro_names, rule_names;
	LIST(list_info *) lists; /* in the order of first definitions, as the next two */
	LIST(macro_info *) macros;
	LIST(rule_info *) rules;
	LIST(rule_selection) selections;
	uint8_t *types_of;  /* per code of event_set.h: how many types of events it comes as */
	bool sound;         /* putting it together gave no error, and nothing was read since */
	const text *source; /* the file that is read */
	rule_file_result *result;
};

/* --- places and problems: rule_place.c --- */

/* A place inside another, at a node. */
const rule_at *rule_at_node(const rule_set *s, const rule_at *up, const char *kind, span name, const node *n);
/* The file as a whole. */
const rule_at *rule_at_file(const rule_set *s);
/* A byte of the file. */
const rule_at *rule_at_offset(
	const rule_set *s, const rule_at *up, const char *kind, span name, uint32_t offset);
/* A place in a condition: counted from the place of the condition, as Falco does. */
const rule_at *rule_at_condition(
	const rule_set *s, const rule_at *up, span condition, const condition_place *place);

/* Both are as they say, and rule_fail returns -1. */
int rule_fail(const rule_set *s, const char *code, const rule_at *at, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
void rule_warn(const rule_set *s, const char *code, const rule_at *at, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* For "%.*s" in messages: names are cut. */
#define RULE_NAME(s) (int)((s).n < 1000 ? (s).n : 1000), (s).p

/* --- YAML: rule_yaml.c --- */

/* All documents of the file that is read. */
int rule_yaml_read(const rule_set *s, const rule_at *at, node_list *ret);

/* --- values of keys: rule_value.c; where a key is needed and absent, that is an error --- */

int rule_value_text(const rule_set *s, const node *item, const char *key, const rule_at *at, span *ret);
/* These leave *ret alone when the key is absent. */
int rule_value_maybe_text(const rule_set *s, const node *item, const char *key, const rule_at *at, span *ret);
int rule_value_truth(const rule_set *s, const node *item, const char *key, const rule_at *at, bool *ret);
int rule_value_number(const rule_set *s, const node *item, const char *key, const rule_at *at, uint32_t *ret);
/* The texts of a list, which `take` is given one by one. */
int rule_value_list(const rule_set *s, const node *item, const char *key, bool needed, const rule_at *at,
	int (*take)(const rule_set *s, void *into, span value, const rule_at *at), void *into);

/* Says which keys of an item are none of the words. */
void rule_value_unknown(const rule_set *s, const node *item, const char *known, const rule_at *at);

/* --- items: rule_item.c, rule_item_rule.c, rule_require.c, rule_override.c, rule_exception.c --- */

int rule_item_read(rule_set *s, const node *item, const rule_at *file);
int rule_item_rule(rule_set *s, const node *item, const rule_at *file);
int rule_require_engine(const rule_set *s, const node *item, const rule_at *file);
int rule_require_plugins(const rule_set *s, const node *item, const rule_at *file);

/* How an item changes an earlier one: *ret_flag is `append: true`, the others are what stands under `override`: the keys that are
 * appended to and replaced, as bits of the places in `rows`. */
typedef struct rule_override_row {
	const char *key;
	bool append, replace;
} rule_override_row;

int rule_override_read(const rule_set *s, const node *item, const rule_override_row *rows, uint32_t count,
	const rule_at *at, bool *ret_flag, uint32_t *ret_append, uint32_t *ret_replace);

/* Reads `exceptions`; `append`: of a rule that has some already. */
int rule_exception_read(
	const rule_set *s, const node *item, const rule_at *at, bool append, rule_exceptions *ret);
/* Sees whether fields and operators fit, and fills in the operators that are left out. `what` it is called when it has no fields. */
int rule_exception_check(const rule_set *s, const char *what, rule_exception *x, bool known_source);
/* The condition of a rule with its exceptions. */
int rule_exception_join(const rule_set *s, const rule_info *r, buffer *out);

/* --- what was defined: rule_collect.c --- */

void rule_text_add(arena *a, rule_text *t, span more);
static inline span rule_text_span(const rule_text *t)
{
	return (span){t->items, t->count};
}

int rule_collect_list(rule_set *s, list_info *l, bool append);
int rule_collect_macro(rule_set *s, macro_info *m, bool append);
int rule_collect_rule(rule_set *s, rule_info *r);
int rule_collect_append(rule_set *s, rule_update *u);
int rule_collect_replace(rule_set *s, rule_update *u);
int rule_collect_enable(rule_set *s, span name, bool enabled, const rule_at *at);
int rule_collect_tag(const rule_set *s, void *rule, span tag, const rule_at *at);

/* --- putting together --- */

typedef struct macro_tree {
	const condition *tree; /* NULL: it has errors */
	bool resolved;         /* no macros are in it any more */
	bool open;             /* it is being put in at this moment */
	bool used;
	uint32_t weight, depth; /* when resolved: nodes, levels */
} macro_tree;

typedef struct list_text {
	bool used, joined;
	span text; /* "a, \"b c\"", when joined */
} list_text;

typedef struct rule_assembly {
	rule_set *set;
	arena *arena;       /* of the rules */
	bool tolerant;      /* the rest is put together when a macro or a rule has an error */
	list_text *lists;   /* as in the set */
	macro_tree *macros; /* as in the set */
	LIST(uint32_t) odd; /* positions of lists whose names are no words */
	uint64_t bytes_left, nodes_left;
	LIST(watch_rule) rules;
} rule_assembly;

/* Writes lists out in a condition, which stands at `at`. rule_list.c */
void rule_list_begin(rule_assembly *a);
int rule_list_write(rule_assembly *a, span condition, const rule_at *at, span *ret);

/* Puts in the macros whose first definition is before `visibility`. A fault is told at `at` in the condition. rule_macro.c */
int rule_macro_begin(rule_assembly *a);
int rule_macro_put(rule_assembly *a, const condition *tree, uint32_t visibility, span condition,
	const rule_at *at, macro_tree *ret);
/* Reads a condition whose lists are written out. */
int rule_macro_parse(rule_assembly *a, span text, const rule_at *at, const condition **ret);

/* Puts together all that was collected. rule_assemble.c */
void rule_assemble(rule_assembly *a);

/* What is deprecated or looks like a mistake. rule_hint.c */
void rule_hint_output(const rule_set *s, const rule_info *r);
void rule_hint_deprecated(const rule_set *s, const condition *c, const rule_at *at);
void rule_hint_values(const rule_set *s, const condition *c, span condition, const rule_at *at);
/* Whether the events of a condition are none or too many. */
bool rule_hint_types(const rule_set *s, const condition *c);
void rule_hint_begin(rule_set *s);

/* Whether "name" or "name[argument]" is a field. rule_output.c */
bool rule_field_known(const rule_set *s, span name, arena *a);
/* Sees whether an output can be printed: NULL, or what is wrong in Falco's words. */
const char *rule_output_check(const rule_set *s, span output);
