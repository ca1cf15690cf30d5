/* SPDX-License-Identifier: Apache-2.0
 *
 * Records becoming rows; only for store.c. */
#pragma once

#include "advisories/statement.h"
#include "advisories/store.h"

typedef enum store_statement {
	STORE_FIND,
	STORE_REMOVE,
	STORE_ADVISORY,
	STORE_AFFECTED,
	STORE_ECOSYSTEM_FIND,
	STORE_ECOSYSTEM_ADD,
	STORE_EXPLOITED,
	STORE_PROBABILITY,
	STORE_STATEMENTS
} store_statement;

typedef struct store_records {
	sqlite3 *db;
	sqlite3_stmt *statements[STORE_STATEMENTS];
	int64_t source, first, next, round; /* first, next: numbers of advisories */
	uint32_t exploited_count, probability_count;
	uint32_t part; /* tells the rows of one advisory and package apart */
	store_counts counts;
	arena scratch;
} store_records;

int store_records_open(store_records *r, error *e);
void store_records_close(store_records *r);

/* A record_sink's functions, of a store_records. */
int store_advisory(void *of, const advisory_record *record, error *e);
int store_exploited(void *of, const exploited_record *record, error *e);
int store_probability(void *of, const probability_record *record, error *e);
