/* SPDX-License-Identifier: Apache-2.0
 *
 * CI workflows, read as text: whatever the service, a job that builds an image says so in words that are the same everywhere. */
#pragma once

#include "base/text.h"

typedef struct ci_facts {
	span build; /* the words that build or push an image; empty when there are none */
	bool scans; /* some step names an image scanner */
} ci_facts;

ci_facts ci_read(const text *t);
