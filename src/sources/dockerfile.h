/* SPDX-License-Identifier: Apache-2.0
 *
 * Dockerfiles: what the reader and the writer of this source share. */
#pragma once

#include "formats/dockerfile_words.h"
#include "posture/source.h"

/* The facts of stage number `stage` into w; `inherited`: the final stage is built upon it and states its variables. */
void dockerfile_stage_read(const dockerfile *d, uint32_t stage, bool inherited, workload *w, arena *a);

int dockerfile_write(const workload *w, const want *wants, size_t count, arena *a, edit_list *ret, error *e);
