/* SPDX-License-Identifier: Apache-2.0
 *
 * Sets of capabilities as facts: the same names in the same order, whoever says it. */
#pragma once

#include "posture/posture.h"

/* What Docker leaves a container that nobody says anything about (14), and Podman (11), as bits. */
extern const uint64_t CAPABILITY_DOCKER, CAPABILITY_PODMAN;

/* Sets a list fact to the names of the bits in the order of their numbers; a set without bits is a list that is known to be empty. */
void capability_set_facts(posture *p, fact_id list, fact_known known, uint64_t set, origin at, arena *a);

/* Sets caps_add and caps_drop to the difference between a bounding set and Docker's default: added is what goes beyond it; dropped is ALL when fewer
 * than half of the default is left (added is then the whole set), else what is missing by name. */
void capability_set_difference(posture *p, fact_known known, uint64_t bounding, origin at, arena *a);

/* The bits of a list fact; names that no kernel has are left out, ALL gives all. */
uint64_t capability_set_of(const posture *p, fact_id list);
