/* SPDX-License-Identifier: Apache-2.0
 *
 * Foreign secret rules: whatever the file says, it is read or refused, and what was read can scan. */
#include "fuzz.h"
#include "secrets/scan.h"

FUZZ(bytes)
{
	arena a = {0};
	text t;
	node_problems problems = {0};
	error e;
	secret_rules *rules = secret_rules_new(false);
	text_init(&t, "fuzz", bytes, &a);
	if (secret_rules_read(rules, &t, &a, &problems, &e) == 0) {
		secret_result r = {0};
		secret_rules_seal(rules);
		secret_scratch *s = secret_scratch_new(rules);
		secret_scan(s, SPAN("fuzz"), bytes, NULL, &a, &r);
		secret_scratch_free(s);
	} else {
		FUZZ_HOLDS(e.text[0]);
	}
	secret_rules_free(rules);
	arena_done(&a);
}
