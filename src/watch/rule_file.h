/* SPDX-License-Identifier: Apache-2.0
 *
 * Files of rules: YAML as Falco (engine 0.63) reads it. Several files are one set: later ones may add to, override and switch off
 * what earlier ones defined. Lists stand for text, macros for conditions; both are gone when the set is complete.
 *
 * Codes, kinds of places and the texts of messages are those of Falco, whose users compare them; how they are shown is the caller's. */
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

/* One step more urgent, but no more than critical. */
watch_priority watch_priority_raise(watch_priority p);

/* What a rule asks for beside its alert. */
typedef enum watch_action {
	WATCH_TELL, /* nothing */
	WATCH_KILL, /* the process that did it is to end */
	WATCH_DENY, /* the call is to fail */
} watch_action;

/* A rule as it stands when all files have been read. */
typedef struct watch_rule {
	span name, output, description, source;
	watch_priority priority;
	LIST(span) tags;
	bool enabled;
	watch_action action;
	bool posture;        /* it weighs more in a container whose posture makes it worse */
	bool capture;        /* events are to be recorded when it matches ... */
	uint32_t capture_ms; /* ... for so long; 0: as long as the default says */
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
	LIST(rule_place)
	places; /* from the outside in; the last one of a "condition expression" counts from the place before it, as Falco does */
} rule_problem;

/* What a code means, in a few words and in a sentence; NULL for no code. */
const char *rule_code_title(const char *code);
const char *rule_code_meaning(const char *code);

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

/* An empty set; it and all that is said of it live as long as a. */
rule_set *rule_set_new(const rule_words *words, arena *a);

/* Reads one more file, and then sees whether all that was read so far is sound, as Falco does: what is said of a rule of an earlier file
 * (a macro nobody uses) may be in the result of this one. Every problem is in *ret. < 0 and *e only when the file cannot be read at all
 * or is larger than base/limits.h allows; a file with errors gives 0 and ret->read false. */
int rule_set_read(rule_set *s, const char *path, rule_file_result *ret, error *e);

/* The same of a text in memory, which lives as long as the set. */
void rule_set_read_text(rule_set *s, span name, span bytes, rule_file_result *ret);

/* Switches rules on or off when the set is finished, in the order of the calls: by a glob over names, or by a tag. The pattern lives
 * as long as the set. */
void rule_set_select(rule_set *s, bool enable, bool by_tag, span pattern);

/* When all files are read: its rules, in the order of their first definitions, without those that have errors or an unknown source. */
void rule_set_finish(rule_set *s, const watch_rule **ret, uint32_t *ret_count);

/* Afterwards: whether the selection (0: the first one) was about any rule of the set. */
bool rule_set_fits(const rule_set *s, uint32_t selection);

/* How many names are defined. */
typedef struct rule_counts {
	uint32_t rules, macros, lists;
} rule_counts;

rule_counts rule_set_counts(const rule_set *s);
