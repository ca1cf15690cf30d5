/* SPDX-License-Identifier: Apache-2.0
 *
 * Text of strangers on terminals and in logs of lines. */
#pragma once

#include "base/buffer.h"

/* Adds text in which control characters, marks of direction and of lines, and what is no UTF-8 are '?', and tabs blanks: so it can neither
 * steer a terminal nor begin a line of its own. */
void plain_add(buffer *out, span words);
