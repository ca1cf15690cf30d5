/* SPDX-License-Identifier: Apache-2.0
 *
 * Colours of terminals and the writing of wrapped text. */
#pragma once

#include "report/report.h"

typedef enum tint {
	TINT_NONE,
	TINT_BOLD,
	TINT_DIM,
	TINT_RED,
	TINT_GREEN,
	TINT_YELLOW,
	TINT_BLUE,
	TINT_MAGENTA,
	TINT_CYAN
} tint;

/* Adds text in a colour when the report has colours. Control characters of the text, marks of direction, and what is no UTF-8
 * become '?': what a file says must not steer the terminal. */
void style_add(const report *r, buffer *out, tint colour, span words);
void style_string(const report *r, buffer *out, tint colour, const char *words);

/* Adds text in lines of at most the terminal's width (80 when there is none), all but the first indented. `column` is where out
 * stands. Ends the line. */
void style_wrap(const report *r, buffer *out, span words, unsigned column, unsigned indent);

/* How many columns text takes: code points, without wide characters' second column. */
size_t style_columns(span words);

tint style_severity(severity s);

/* The lines that edits change, as a small diff, each line after `indent`. */
void style_diff(const report *r, buffer *out, const edit_list *edits, const char *indent);
