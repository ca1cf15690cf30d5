/* SPDX-License-Identifier: Apache-2.0
 *
 * Images of the engines of this machine, for scan. */
#pragma once

#include "commands/scan.h"
#include "engine/engine.h"

/* Finds the image that `name` means to an engine, in a process of its own, in the sandbox: it reads what the engine says. `word` is what the person
 * typed. What the store does not give is fetched into a temporary file that has no name. */
int scan_engine_find(
	engine_kind kind, const char *word, const char *name, arena *a, scan_subject *ret, error *e);
