/* SPDX-License-Identifier: Apache-2.0
 *
 * The posture of a workload: one record of facts, whatever source they were read from. Postures lie over one another
 * like image layers. */
#pragma once

#include "posture/facts.h"

typedef struct posture {
	union {
		struct {
#define FACT(name, ...)      fact name;
#define LIST_FACT(name, ...) fact name;
#include "posture/facts.def"
#undef FACT
#undef LIST_FACT
		};
		fact all[FACT_COUNT];
	};
} posture;

/* Setting a fact. A later call replaces an earlier one; spans are borrowed. */
void posture_set_truth(posture *p, fact_id id, fact_known known, bool truth, origin at);
void posture_set_number(posture *p, fact_id id, fact_known known, int64_t number, origin at);
void posture_set_text(posture *p, fact_id id, fact_known known, span text, origin at);

/* An unset fact that would be written at `at`: nothing is known of it, but a finding has a place to point at. */
void posture_place(posture *p, fact_id id, origin at);

/* A list that is known to be empty; what posture_add makes when it was unset. */
void posture_set_list(posture *p, fact_id id, fact_known known, origin at, arena *a);

/* Adds an item to a list fact and returns it for its members to be set; the fact becomes at least DECLARED. */
item *posture_add(posture *p, fact_id id, origin at, arena *a);

/* What is reserved of what the fact limits (memory.request for memory.limit), below which no limit can be; 0 for nothing. */
int64_t posture_reserved(const posture *p, fact_id limit);

/* The items of a list fact; an unset one has none. */
const item_list *posture_items(const posture *p, fact_id id);

/* What holds when upper lies over lower: for every fact the one that is better known, upper where both are said; lists are merged as
 * facts.def says. ret may be upper. The items are shared with both. */
void posture_overlay(posture *ret, const posture *lower, const posture *upper, arena *a);

/* Takes an image reference apart into the image_* facts. ("ghcr.io/a/b:1@sha256:…"; the grammar of distribution/reference.) */
void posture_set_image(posture *p, fact_known known, span reference, origin at, arena *a);

/* Sets user, uid and gid from "name", "uid", "user:group", "" (which is root). */
void posture_set_user(posture *p, fact_known known, span user, origin at);

/* --- values as files write them; false when the text is none --- */

/* "512m", "1.5G", "64MiB" as Docker and Compose count: k, m, g are powers of 1024. */
bool value_docker_size(span s, int64_t *ret_bytes);
/* Kubernetes quantities: "128Mi", "1G", "500m", "1e3". In bytes, or in thousandths of a CPU. */
bool value_quantity(span s, int64_t *ret_bytes);
bool value_quantity_cpu(span s, int64_t *ret_millicores);
/* "0.5", "2": a decimal number of CPUs, in thousandths. */
bool value_decimal_cpu(span s, int64_t *ret_millicores);
/* A capability name in upper case without CAP_. */
span value_capability(span name, arena *a);
