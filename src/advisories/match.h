/* SPDX-License-Identifier: Apache-2.0
 *
 * Which advisories speak of a version of a package. */
#pragma once

#include "advisories/database.h"
#include "advisories/severity.h"

/* What is asked about. */
typedef struct advisory_query {
	span ecosystem; /* as OSV writes it, with the release where there is one: "Debian:12", "Alpine:v3.19", "npm" */
	span name;    /* the source package where the ecosystem speaks of sources, else the package */
	span version; /* of the source package, then */
	span binary; /* the installed package, where name is its source; else empty. rpm: advisories name binary packages */
	span module; /* rpm: the modularity label of the installed package, or empty */
} advisory_query;

typedef enum advisory_state {
	ADVISORY_FIXED,    /* a newer version mends it: .fixed */
	ADVISORY_UNFIXED,  /* there is none yet, or nobody says */
	ADVISORY_DEFERRED, /* the distribution will mend it some day */
	ADVISORY_WONT_FIX, /* the distribution will not mend it */
	ADVISORY_IGNORED, /* the distribution says it is unimportant (Debian), or is not affected in practice */
} advisory_state;

/* One problem of one package, all its names merged. Spans live as long as the arena of the match. */
typedef struct advisory_match {
	span id;            /* the CVE where there is one, else the advisory's own */
	LIST(span) aliases; /* all other names, sorted */
	span advisory;      /* the id of the advisory that decided (DSA-…, GHSA-…) */
	span source;        /* whose advisory: "Debian", "GitHub", "Go", … */
	span title, url;
	span published; /* 2024-03-01, or empty */
	span fixed;     /* the lowest version above the installed one that is mended, or empty */
	advisory_state state;
	severity_rating rating;         /* label, score, vector, who says so */
	bool exploited;                 /* CISA KEV */
	bool ransomware;                /* KEV: known to be used in ransomware campaigns */
	span exploited_since, due;      /* KEV dates, or empty */
	double probability, percentile; /* EPSS: 0 to 1; -1: not known */
} advisory_match;

typedef LIST(advisory_match) advisory_matches;

/* Whether the database has advisories of the ecosystem: 1, 0; < 0 when it is damaged. */
int advisory_match_knows(advisories *db, span ecosystem, arena *a, error *e);

/* Adds what is known of the package to ret, in the order of ids. < 0 when the database is damaged. On one thread a database. */
int advisory_match_all(
	advisories *db, const advisory_query *query, arena *a, advisory_matches *ret, error *e);
