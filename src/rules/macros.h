/* SPDX-License-Identifier: Apache-2.0
 *
 * Macros and lists that the conditions of built-in and custom rules may name. */
#pragma once

#include "base/span.h"

typedef struct macro_row {
	const char *name, *text, *meaning;
} macro_row;

/* Both tables end with a row of NULLs. */
extern const macro_row macro_rows[], macro_list_rows[];

/* The text of a macro or a list, or NULL. `of` is not looked at (they are callbacks of a vocabulary). */
const char *macro_find(const void *of, span name);
const char *macro_list_find(const void *of, span name);
