/* SPDX-License-Identifier: Apache-2.0
 *
 * Words of a command line as getopt(3) splits them with short options only ("ab:c": b takes an argument), in the way of Falco's
 * transformer: it ends before the first word that is no option ("-", "--", "--long" and "" are none). */
#pragma once

#include "base/span.h"

typedef struct getopt_scan {
	span options;
	char waiting; /* the option whose argument is the next word, or 0 */
	bool done;
} getopt_scan;

/* Called for every option; an unknown one is '?'. */
typedef void getopt_found(void *of, char option, span value, bool has_value);

/* The next word. */
void getopt_word(getopt_scan *s, span word, getopt_found *found, void *of);

/* No more words: an option that waits has the empty text as its argument. */
void getopt_end(getopt_scan *s, getopt_found *found, void *of);
