/* SPDX-License-Identifier: Apache-2.0
 *
 * The words that sources use for how bad something is. */
#include "advisories/severity.h"

static const struct {
	const char *word;
	severity_label label;
} words[] = {
	{"critical", SEVERITY_LABEL_CRITICAL},
	{"urgent", SEVERITY_LABEL_CRITICAL},
	{"high", SEVERITY_LABEL_HIGH},
	{"important", SEVERITY_LABEL_HIGH},
	{"medium", SEVERITY_LABEL_MEDIUM},
	{"moderate", SEVERITY_LABEL_MEDIUM},
	{"low", SEVERITY_LABEL_LOW},
	{"negligible", SEVERITY_LABEL_NEGLIGIBLE},
	{"unimportant", SEVERITY_LABEL_NEGLIGIBLE},
	{"none", SEVERITY_LABEL_NEGLIGIBLE},
	{"unmaintained", SEVERITY_LABEL_NEGLIGIBLE}, /* RustSec: no vulnerability, but nobody to mend one */
	{"notice", SEVERITY_LABEL_NEGLIGIBLE},
};

severity_label severity_label_of(span word)
{
	while (word.n && word.p[word.n - 1] == '*') /* Debian: "low**", not yet looked at closely */
		word.n--;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (span_is_fold(word, words[i].word))
			return words[i].label;
	return SEVERITY_LABEL_UNKNOWN;
}

severity_label severity_label_of_score(double score)
{
	return score < 0      ? SEVERITY_LABEL_UNKNOWN
	       : score < 0.05 ? SEVERITY_LABEL_NEGLIGIBLE
	       : score < 4    ? SEVERITY_LABEL_LOW
	       : score < 7    ? SEVERITY_LABEL_MEDIUM
	       : score < 9    ? SEVERITY_LABEL_HIGH
			      : SEVERITY_LABEL_CRITICAL;
}
