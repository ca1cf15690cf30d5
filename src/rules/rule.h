/* SPDX-License-Identifier: Apache-2.0
 *
 * Rules say what must hold, not how to say it. A posture rule is a row: a condition over facts that tells when it is violated,
 * and the facts that are wanted instead. Only what is about a document rather than a posture (the order of instructions, a
 * policy that selects nothing) is a function over the parsed document. Custom rules of bulkhead.yaml are the same rows. */
#pragma once

#include "posture/workload.h"

typedef enum severity {
	SEVERITY_INFO,
	SEVERITY_LOW,
	SEVERITY_MEDIUM,
	SEVERITY_HIGH,
	SEVERITY_CRITICAL
} severity;

typedef enum profile {       /* each includes the ones before it */
	PROFILE_BASELINE,    /* what nobody should ship */
	PROFILE_RECOMMENDED, /* the default */
	PROFILE_STRICT,      /* everything, the union of all the aliases */
} profile;

struct image_spot;
struct vulnerability;
typedef struct rule rule;
typedef struct rule_report rule_report;

struct rule {
	const char *id; /* control/problem */
	severity severity;
	profile profile; /* the smallest that includes it */

	/* A posture rule: when `condition` is TRUE the rule is violated. With `each` (the field of a list fact: "mount") it is
	 * asked once for every item, whose members are then single values. */
	const char *each;
	const char *condition;
	/* "filesystem.read_only = true; capabilities.drop += ALL; mount -= this": asked from the writer of the source. */
	const char *wanted;
	bool unsafe; /* the wanted edit may break the workload: shown, never applied unasked */

	/* A document rule: called once for every document of one of `kinds` (bits 1 << DOCUMENT_…). */
	void (*judge)(const rule *r, const document *d, const bundle *b, rule_report *out);
	uint32_t kinds;
	const void *of; /* a table that tells the function what to look for; its type is the function's own */

	const char *title;      /* one line, what is wrong: "Runs as root" */
	const char *message;    /* this case: "{workload} runs as {user.name}"; NULL: the title */
	const char *why;        /* one or two sentences: what an attacker gains */
	const char *aliases;    /* "hadolint:DL3002 trivy:DS-0002" */
	const char *references; /* "CIS-Docker-1.6:4.1 …" */
};

/* All rows of one control. */
typedef struct rule_table {
	const rule *rows;
	size_t count;
} rule_table;

/* What the function of a document rule says: one finding at `at`, about w (or NULL when it is about no workload). The message is a
 * format; the edits (may be NULL) mend it. */
void rule_found(rule_report *out, const rule *r, const workload *w, origin at, const edit_list *edits,
	const char *format, ...) __attribute__((format(printf, 6, 7)));

/* The same for a place in an image: of a package with a vulnerability (v may be NULL), of a secret. The severity is this case's own; evidence
 * is what is shown as such and tells findings at one place apart. */
void rule_found_in_image(rule_report *out, const rule *r, const workload *w, const struct image_spot *spot,
	const struct vulnerability *v, severity s, span evidence, const char *format, ...)
	__attribute__((format(printf, 8, 9)));

/* Memory that lives as long as the findings. */
arena *rule_arena(rule_report *out);

/* The built-in rules, one table a control, in the order of the controls; ends with NULL. */
extern const rule_table *const rule_tables[];

extern const char *const severity_names[]; /* info … critical */
extern const char *const profile_names[];  /* baseline, recommended, strict */

/* Whether it is one of rule_tables, and no rule of bulkhead.yaml: `bulkhead explain` knows it. */
bool rule_is_built_in(const rule *r);

/* Whether a rule goes by this name: its id, or an alias with or without its "tool:" ("user/root", "hadolint:DL3002", "DL3002"). */
bool rule_is(const rule *r, span name);

/* Whether a pattern means a rule: a name as above, "control/start*", or "*". */
bool rule_means(span pattern, const rule *r);
