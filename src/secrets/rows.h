/* SPDX-License-Identifier: Apache-2.0
 *
 * Words of which the patterns of the rule tables are made. */
#pragma once

#include "secrets/checks.h"

/* No letter or digit on this side: the token is all of its word. */
#define WORD_START "(?<![A-Za-z0-9_])"
#define WORD_END   "(?![A-Za-z0-9_])"
#define TOKEN_END  "(?![A-Za-z0-9_-])"

/* What stands between a name and its value in configuration, programs and shells: the rest of the name, quotes, = or : or =>. */
#define ASSIGNED "[A-Za-z0-9_.-]{0,24}[\"'\\]]{0,2}[ \\t]{0,4}(?:=>|:=|==?|:|,)[ \\t]{0,4}[\"'`]{0,3}"

#define TABLE(name, rows) const secret_table name = {rows, sizeof rows / sizeof *rows}
