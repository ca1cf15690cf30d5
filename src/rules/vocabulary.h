/* SPDX-License-Identifier: Apache-2.0
 *
 * The names that conditions of rules may use: a field for every fact and every member of its items, a few about the workload,
 * a few that are derived from items, macros and lists. `bulkhead rules --fields` prints them. */
#pragma once

#include "base/map.h"
#include "expression/expression.h"
#include "posture/workload.h"

typedef struct rule_fields {
	map names;                   /* name -> field_row: members of lists have several values */
	map single;                  /* name -> field_row: members as single values, for rules with `each` */
	LIST(const field_row *) all; /* in the order of the tables */
} rule_fields;

/* Builds the fields; they live as long as a. */
void rule_fields_init(rule_fields *f, arena *a);

/* What a condition over `each` (FACT_NONE: over the whole posture) may name. */
typedef struct rule_scope {
	const rule_fields *fields;
	fact_id each;
} rule_scope;

/* The vocabulary of a scope; borrows it. */
vocabulary rule_vocabulary(const rule_scope *scope);

/* The fact whose dotted name (filesystem.read_only, or mount for a list) this is, or FACT_NONE. */
fact_id rule_fact(span field);

/* A member of a list fact by its name, or -1. */
int rule_member(fact_id list, span name);

/* What a condition is asked about: a workload, or one item of a list of it. */
typedef struct rule_subject {
	const workload *workload;
	fact_id each;
	const item *item;
} rule_subject;

/* expression's getter; `of` is a rule_subject. */
field_state rule_get(
	const void *of, const field_row *field, uint32_t index, field_value *ret, bool *ret_empty);

/* The fact that a field stands for, or FACT_NONE for those about the workload itself. */
fact_id rule_field_fact(const field_row *field);

/* The item of a host's settings that a field stands for, or NULL. */
const item *rule_field_setting(const rule_subject *s, const field_row *field);

/* A field's value as people read it ("256 MiB", "0.5", "true"); secrets are masked. Empty when nobody knows it. */
span rule_field_text(const rule_subject *s, const field_row *field, arena *a);
