/* SPDX-License-Identifier: Apache-2.0
 *
 * Files of rules: YAML as Falco (engine 0.63) reads it. Several files are one set: later ones may add to, override and switch off
 * what earlier ones defined. Lists stand for text, macros for conditions; both are gone when the set is complete. */
#pragma once

#include "base/error.h"
#include "base/text.h"
#include "expression/condition.h"

typedef enum watch_priority {
	WATCH_EMERGENCY,
	WATCH_ALERT,
	WATCH_CRITICAL,
	WATCH_ERROR,
	WATCH_WARNING,
	WATCH_NOTICE,
	WATCH_INFORMATIONAL,
	WATCH_DEBUG,
	WATCH_PRIORITIES,
} watch_priority;

extern const char *const watch_priority_names[WATCH_PRIORITIES];

/* By name, in any case; "info" is informational. < 0: none. */
int watch_priority_find(span name);

/* A rule as it stands when all files have been read. */
typedef struct watch_rule {
	span name, output, description, source;
	watch_priority priority;
	LIST(span) tags;
	bool enabled;
	span text; /* the condition, with lists written out and exceptions added; macros still by name */
	const condition *condition; /* the same with macros put in */
	span file;
	uint32_t line; /* 1-based, of the item that defined it */
} watch_rule;

/* What is wrong with a file: a code of Falco's ("LOAD_ERR_YAML_PARSE", "LOAD_UNUSED_LIST" …) and where. */
typedef struct rule_place {
	const char *kind; /* "rules content", "rule", "macro", "rule condition", "condition expression" … */
	span name, file;  /* of the item; may be empty */
	uint32_t line, column, offset; /* 0-based, as Falco tells them */
} rule_place;

typedef struct rule_problem {
	const char *code;
	bool warning;
	span message, snippet;
	LIST(rule_place) places; /* from the outside in */
} rule_problem;

typedef struct rule_file_result {
	span file;
	bool read; /* no errors */
	LIST(rule_problem) problems;
} rule_file_result;

/* What conditions and outputs may speak of. */
typedef struct rule_words {
	const void *of;
	/* Whether it compiles; otherwise *fault says why not, on a, in Falco's words, and where. */
	bool (*condition)(const void *of, const condition *c, arena *a, condition_fault *fault);
	/* Whether an output may name the field (argument: .p NULL when there are no brackets). */
	bool (*field)(const void *of, span name, span argument, arena *a);
	/* Whether the rules of that source are for us ("syscall"). */
	bool (*source)(const void *of, span name);
} rule_words;

typedef struct rule_set rule_set;

/* An empty set; lives as long as a. */
rule_set *rule_set_new(const rule_words *words, arena *a);

/* Reads one more file. Every problem is in *ret (on the arena). < 0 and *e only when the file cannot be read at all or is larger than
 * base/limits.h allows; a file with errors gives 0 and ret->read false. */
int rule_set_read(rule_set *s, const char *path, rule_file_result *ret, error *e);

/* The same of a text in memory. */
void rule_set_read_text(rule_set *s, span name, span bytes, rule_file_result *ret);

/* When all files are read: which of its rules there are, in the order of their first definitions. Problems that show only now (of
 * the last file, as Falco has it) are added to *last. */
void rule_set_finish(rule_set *s, rule_file_result *last, const watch_rule **ret, uint32_t *ret_count);

/* Switches rules on or off, in the order of the calls: by a glob over names, or by a tag. */
void rule_set_select(rule_set *s, bool enable, bool by_tag, span pattern);
