/* SPDX-License-Identifier: Apache-2.0
 *
 * Which of an engine's images a person means. */
#pragma once

#include "engine/engine.h"

/* By id, by name, by the beginning of an id, in this order, as the engines do. ERROR_ABSENT, or ERROR_USAGE when several begin so. */
int engine_choose(const engine_image_list *images, engine_kind kind, const char *name, arena *a,
	const engine_image **ret, error *e);
