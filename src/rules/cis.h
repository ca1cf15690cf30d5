/* SPDX-License-Identifier: Apache-2.0
 *
 * The CIS Docker Benchmark: its checks as a table, each naming the rules that decide it, and its result for a bundle. What cannot be decided is never
 * counted as passed; nor is what there is nothing of. */
#pragma once

#include "rules/judge.h"

typedef enum cis_about { CIS_HOST, CIS_DOCKER, CIS_CONTAINERS, CIS_IMAGES, CIS_NOBODY } cis_about;

typedef struct cis_check {
	const char *id;      /* "5.4" */
	const char *text;    /* in our own words, what should be so */
	bool automated;      /* else a person has to decide; a rule may still show that it is violated */
	bool whole;          /* not automated, but the rules tell all of it */
	cis_about about;     /* CIS_IMAGES: the images of the containers that run */
	const char *rules;   /* ids, separated by blanks: violated when one of them is. NULL: none can tell */
	const char *kind;    /* of rules over host_file: only files of this kind */
	bool told;           /* only the engine is told of it: the kernel alone decides nothing */
	const char *needs;   /* a setting of the host that must be true, else the check is not applicable */
	const char *without; /* why not applicable: there is no such file, the setting is not true */
	const char *look;    /* what a person should look at */
	const char *facts;   /* settings that are shown to that person, separated by blanks */
} cis_check;

typedef struct cis_section {
	const char *id, *title;
	const cis_check *checks;
	uint32_t count;
} cis_section;

typedef enum cis_status {
	CIS_PASS,
	CIS_FAIL,
	CIS_UNKNOWN,        /* it could not be told: .reason */
	CIS_MANUAL,         /* a person has to decide: .check->look */
	CIS_NOT_APPLICABLE, /* .reason */
	CIS_STATUSES
} cis_status;

extern const char *const cis_status_names[CIS_STATUSES]; /* pass, fail, unknown, manual, not-applicable */

/* One subject that failed or could not be judged. */
typedef struct cis_case {
	const workload *workload;
	bool failed;   /* else not known */
	span message;  /* what is wrong with it, or why it is not known */
	span evidence; /* what was read; may be empty */
} cis_case;

typedef struct cis_result {
	const cis_check *check;
	cis_status status;
	span reason; /* of UNKNOWN and NOT_APPLICABLE; of MANUAL the facts, may be empty */
	uint32_t passed, failed, unknown; /* subjects: the host, the daemon, containers, files */
	LIST(cis_case) cases;
} cis_result;

typedef struct cis_section_result {
	const cis_section *section;
	cis_result *results; /* as many as the section has checks */
	double share;        /* of its checks that were decided, those that nobody violates; < 0: none was */
} cis_section_result;

/* The share of a section is that of its checks which nobody violates, the score the mean of the sections. A check counts once, however many containers
 * there are, and one that violates it is enough: so no container that is started can raise the score. What is unknown or for a person is counted beside it. */
typedef struct cis_benchmark {
	const char *name, *version; /* "CIS Docker Benchmark", "1.6.0" */
	cis_section_result *sections;
	uint32_t section_count;
	uint32_t counts[CIS_STATUSES]; /* checks */
	double score;                  /* 0 to 1; < 0: nothing was decided */
} cis_benchmark;

extern const cis_section *const cis_docker_sections[]; /* ends with NULL */

/* Compiles the rules, whatever profile they belong to. */
int cis_rulebook(arena *a, const rulebook **ret, error *e);

/* Asks them about the host, the engine and the containers of b, after bundle_overlay. All lives as long as a. */
void cis_judge(
	const rulebook *book, const bundle *b, const struct mask *hidden, arena *a, cis_benchmark *ret);
