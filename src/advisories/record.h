/* SPDX-License-Identifier: Apache-2.0
 *
 * An advisory as it is stored, whichever format it was read from. */
#pragma once

#include "advisories/ranges.h"
#include "advisories/words.h"
#include "base/arena.h"
#include "base/error.h"
#include "formats/node.h"

typedef struct advisory_affected { /* one package of one ecosystem */
	span ecosystem;            /* as it was written */
	span name;
	span rules; /* ranges.h */
} advisory_affected;

typedef struct
	advisory_record { /* spans live as long as the arena that it was read with; empty ones are not known */
	span id;
	span modified, published; /* RFC 3339; the day may be all there is */
	span title, url;
	span label;    /* how bad it is, in its source's own word */
	span vectors;  /* of CVSS, separated by spaces */
	span aliases;  /* other names of the same problem, separated by spaces */
	span upstream; /* the problems that it mends, when they have names of their own; separated by spaces */
	bool withdrawn;
	LIST(advisory_affected) affected;
} advisory_record;

typedef struct exploited_record { /* of CISA's Known Exploited Vulnerabilities */
	span cve, added, due;
	bool ransomware;
} exploited_record;

typedef struct probability_record { /* of FIRST's Exploit Prediction Scoring System */
	span cve;
	double probability, percentile;
} probability_record;

/* What was read goes here; each returns < 0 to end the reading. */
typedef struct record_sink {
	int (*advisory)(void *of, const advisory_record *r, error *e);
	int (*exploited)(void *of, const exploited_record *r, error *e);
	int (*probability)(void *of, const probability_record *r, error *e);
	void *of;
} record_sink;

/* The readers of one document each; a is scratch for the time of the call. < 0: the document is not what it says it is, or the sink has
 * refused. */
int osv_read(const node *document, arena *a, const record_sink *sink, error *e);
int secdb_read(const node *document, arena *a, const record_sink *sink, error *e);
int node_core_read(const node *document, arena *a, const record_sink *sink, error *e);
int known_exploited_read(const node *document, arena *a, const record_sink *sink, error *e);

/* One line of the EPSS CSV: "CVE-2024-1,0.5,0.97"; comments and the heading are passed over. */
int epss_read_line(span line, const record_sink *sink, error *e);

/* Whether a text is "CVE-" with digits and hyphens behind it. */
bool record_cve_good(span cve);

/* < 0 when a package cannot have this ecosystem or name. */
int record_check_package(span ecosystem, span name, error *e);
