/* SPDX-License-Identifier: Apache-2.0
 *
 * Finding secrets in bytes: the keywords of all rules in one automaton, then each rule's regular expression in a window around
 * its keywords, then what a regular expression cannot say (checksums, entropy, placeholders). No value leaves this folder: what is found
 * is said by its place, a masked text and its SHA-256.
 *
 * A secret_rules is made once, is then unchanged and shared by all threads; every thread has a secret_scratch of its own. */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"
#include "formats/node.h"
#include "formats/sha256.h"

typedef enum secret_severity { /* in the order of the severities of rules */
	SECRET_INFO,
	SECRET_LOW,
	SECRET_MEDIUM,
	SECRET_HIGH,
	SECRET_CRITICAL,
} secret_severity;

/* What people see of a rule. Lives as long as its secret_rules. */
typedef struct secret_about {
	const char *id;    /* "aws-access-key-id" */
	const char *title; /* "AWS access key id" */
	const char *why;   /* what whoever holds it can do; NULL for foreign rules */
	secret_severity severity;
	bool foreign; /* from a file of the user */
} secret_about;

typedef struct secret_found {
	const secret_about *rule;
	uint32_t line, column; /* 1-based; of the value; the column counts code points */
	uint32_t end_line, end_column;
	uint64_t start, end;        /* the bytes of the value */
	span masked;                /* the first few characters and stars; never the value */
	span excerpt;               /* the line (or a part of a long one) with all secrets in it masked */
	const char *note;           /* "encrypted", "expired"; NULL: nothing to add */
	char hash[SHA256_TEXT + 1]; /* "sha256:…" of the value */
} secret_found;

typedef LIST(secret_found) secret_list;

typedef enum secret_fault {
	SECRET_FAULT_EFFORT,  /* a pattern took too long on this input and was given up */
	SECRET_FAULT_SIZE,    /* only the first LIMIT_SECRET_BYTES were looked at */
	SECRET_FAULT_MANY,    /* more secrets than are listed */
	SECRET_FAULT_PATTERN, /* a pattern could not be run at all */
} secret_fault;

typedef struct secret_problem {
	secret_fault fault;
	const secret_about *rule; /* NULL: of the whole input */
	const char *message;      /* a sentence for the report; lives as long as the arena */
} secret_problem;

typedef struct secret_result {
	secret_list found; /* in the order of the input */
	LIST(secret_problem) problems;
	uint32_t dropped; /* found, but beyond LIMIT_SECRET_FINDINGS */
	uint32_t allowed; /* taken out by an allow list */
} secret_result;

/* What is no finding although it looks like one. All borrowed. */
typedef struct secret_allow {
	LIST(span) paths;                      /* globs */
	LIST(span) hashes;                     /* "sha256:…", as in secret_found */
	LIST(span) rules;                      /* ids */
	bool (*glob)(span pattern, span path); /* how globs are matched; NULL: as plain text */
} secret_allow;

/* --- rules --- */

typedef struct secret_rules secret_rules;

/* The rules of bulkhead, or none. Owned by the caller. Nothing is compiled yet: patterns are, at the first hit of a keyword. */
secret_rules *secret_rules_new(bool own);

/* Adds the rules of a gitleaks configuration (TOML). A rule that cannot be used becomes a problem at its line, and the others count.
 * < 0: nothing could be read. Not while scanning. [extend] path is not followed: it is a problem. */
int secret_rules_read(secret_rules *rules, const text *t, arena *a, node_problems *problems, error *e);

/* Builds the automaton; afterwards nothing may be added, and any number of threads may scan. */
void secret_rules_seal(secret_rules *rules);

uint32_t secret_rules_count(const secret_rules *rules);
const secret_about *secret_rules_at(const secret_rules *rules, uint32_t i);

/* Takes NULL. */
void secret_rules_free(secret_rules *rules);

/* --- scanning --- */

typedef struct secret_scratch secret_scratch;

/* What one thread needs; cheap, grows with use. Owned by the caller; freed before the rules. */
secret_scratch *secret_scratch_new(const secret_rules *rules);
/* Takes NULL. */
void secret_scratch_free(secret_scratch *s);

/* Adds to *ret what is in the bytes; it lives as long as a. The path chooses rules that hold for some files only; "(history)" and the like
 * stand for texts that are no files. allow may be NULL. Nothing is kept of the bytes. */
void secret_scan(
	secret_scratch *s, span path, span bytes, const secret_allow *allow, arena *a, secret_result *ret);

/* --- which files --- */

/* Whether a file of this path and size is worth reading for secrets: not by its suffix an image, archive, font or compiled object, not the
 * documentation, translations or package databases of a distribution, not an integrity list. See wanted.c for the tables. */
bool secret_wanted(span path, uint64_t size);

typedef enum secret_content { SECRET_TEXT, SECRET_TEXT_UTF16, SECRET_BINARY } secret_content;

/* What the first bytes of a file are: a NUL makes it binary, a byte order mark of UTF-16 text. secret_scan() does this itself: binary
 * content gives nothing, UTF-16 is converted (places are then those of the converted text). */
secret_content secret_sniff(span bytes);
