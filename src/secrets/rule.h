/* SPDX-License-Identifier: Apache-2.0
 *
 * What a rule is made of, for the files of this folder. The rules of bulkhead are rows of constant tables; those of a foreign file are made
 * while it is read, and bring allow lists of their own. */
#pragma once

#include "base/map.h"
#include "secrets/regex.h"
#include "secrets/scan.h"

/* A match that is still to be judged. */
typedef struct secret_candidate {
	span path, input;
	span match, value; /* inside input */
	span name;         /* rules over names: the first group, else empty */
	const char *note;  /* to be set by a check */
} secret_candidate;

typedef enum secret_rank {   /* of rules that find the same value, the lowest wins */
	SECRET_RANK_FORM,    /* the value says itself what it is */
	SECRET_RANK_NAME,    /* a value of some shape beside the name of its issuer */
	SECRET_RANK_PLACE,   /* a password by where it stands: in a URL, a .netrc */
	SECRET_RANK_GENERIC, /* a name that sounds secret */
} secret_rank;

typedef struct secret_rule {
	secret_about about;
	const char *
		keywords; /* lower case, single spaces between; at least three bytes each. NULL: the whole file */
	const char *pattern; /* PCRE2, over bytes */
	const char *allow;   /* a pattern of values that are none; may be NULL */
	const char *path;    /* a pattern of the paths it holds for; NULL: any */
	uint8_t group;       /* which group is the secret */
	uint8_t rank;        /* secret_rank */
	float entropy;       /* bits a character that the value must have */
	uint32_t before,
		after; /* how far a match may begin before, and end behind the start of a keyword; 0: the usual */
	bool (*check)(secret_candidate *c);
} secret_rule;

enum { SECRET_BEFORE = 64, SECRET_AFTER = 320 }; /* the usual */

typedef struct secret_table {
	const secret_rule *rows;
	uint32_t count;
} secret_table;

extern const secret_table secret_rules_cloud, secret_rules_code, secret_rules_services, secret_rules_keys,
	secret_rules_generic;

/* --- allow lists of foreign rules --- */

typedef enum secret_target { SECRET_TARGET_VALUE, SECRET_TARGET_MATCH, SECRET_TARGET_LINE } secret_target;

typedef struct secret_exempt {
	LIST(regex *) regexes;
	LIST(regex *) paths;
	LIST(span) stopwords; /* lower case */
	secret_target target;
	bool all; /* every kind that is there must match, not one of them */
} secret_exempt;

typedef LIST(secret_exempt *) secret_exempts;

/* --- a rule in use --- */

typedef struct secret_use {
	secret_about about; /* first: what is handed out */
	uint32_t line;      /* of its file; 0: our own */
	regex pattern, allow, path;
	secret_exempts *exempts; /* NULL: none */
	uint32_t before, after;
	uint32_t prefix; /* bytes of a name before a match that count as part of it */
	float entropy;
	uint8_t group, rank;
	bool whole; /* to be run over the whole file: has no keywords, or ones that say nothing of the place */
	bool path_only;     /* the path alone is the finding */
	bool foreign_group; /* the first group that took part is the secret */
	bool (*check)(secret_candidate *c);
} secret_use;

struct automaton;
typedef LIST(uint32_t) uint32_list;

struct secret_rules {
	arena arena;
	LIST(secret_use *) uses;
	secret_exempts global; /* of foreign files: for their rules only */
	/* Keywords, each once; and the rules that each leads to. */
	LIST(span) words;
	LIST(struct secret_targets *) targets;
	map index;                  /* word -> its number + 1 */
	uint32_list keyless, paths; /* rules that run over every file; rules that only look at paths */
	struct automaton *automaton;
};

typedef struct secret_targets {
	LIST(uint32_t) rules;
} secret_targets;

/* Adds a rule with its keywords; returns it. Spans of the words are copied, others are borrowed. */
secret_use *secret_rules_add(
	secret_rules *rules, const secret_use *use, const span *keywords, uint32_t count);

/* --- value.c --- */

/* Bits a byte (Shannon). */
double secret_entropy(span value);

/* Whether a value says of itself that it is none: EXAMPLE, your-token-here, xxxxxxxx, 0123456789, ${X}. */
bool secret_placeholder(span value);
