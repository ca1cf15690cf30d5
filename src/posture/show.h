/* SPDX-License-Identifier: Apache-2.0
 *
 * Values of facts as people read them. */
#pragma once

#include "posture/posture.h"

/* "true", "256 MiB", "0.5", "1000". Texts are borrowed, the rest lives as long as a. */
span value_show(fact_type type, fact_value v, arena *a);

/* The same of a fact: a limit that is 0 or -1 is "none". */
span fact_value_show(fact_id id, fact_value v, arena *a);

/* An item in one line: its key, then what else is known of it: "NET_ADMIN", "/etc → /host (read-only)". The values of environment variables and
 * build arguments are left out. */
span item_show(fact_id list, const item *i, arena *a);

/* A whole fact; the items of a list joined by ", ". "nothing" for an empty list, "unknown" for what is not known. */
span fact_show(const posture *p, fact_id id, arena *a);
