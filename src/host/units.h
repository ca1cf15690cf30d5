/* SPDX-License-Identifier: Apache-2.0
 *
 * Units of systemd as files (systemd.unit(5)): where one lies, and what its sections say. */
#pragma once

#include "host/root.h"

/* The path of the unit that holds: the first of the folders that has it; NULL when none has. On a. */
const char *unit_find(const host_root *root, const char *name, arena *a);

typedef LIST(span) unit_values;

/* The values of a key in a section ("Socket", "ListenStream"); an empty value takes away those before it, a backslash at the end joins lines.
 * Spans point into bytes, or are on a. */
void unit_read(span bytes, const char *section, const char *key, arena *a, unit_values *ret);

/* Puts the words of a command line of a unit behind one another, each with a 0 byte: quotes and backslashes are taken out. *ret_variables: some of them
 * hold a variable, whose value is not known. */
span unit_words(span command, arena *a, bool *ret_variables);
