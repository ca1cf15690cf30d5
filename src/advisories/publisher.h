/* SPDX-License-Identifier: Apache-2.0
 *
 * Who publishes advisories: by the prefix of their ids, as the OSV schema lists its databases, or by their ecosystem. */
#pragma once

#include "base/span.h"

typedef struct publisher {
	const char *name;    /* "GitHub" */
	const char *licence; /* SPDX id, or words; NULL: not known */
	const char *url;     /* of an advisory, its id put for %s; NULL: none */
	uint8_t rank;        /* of several that speak of one problem, the lowest decides */
	bool related;        /* what it calls `related` is what it mends */
	bool summary_label;  /* its summaries begin with how bad it is: "Important: …" */
} publisher;

/* Never NULL: there is one for those that nobody knows, whose name is "". */
const publisher *publisher_find(span id, span ecosystem);
