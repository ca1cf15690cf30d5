/* SPDX-License-Identifier: Apache-2.0
 *
 * What rules for events may speak of: the fields of field.h, and the source "syscall". */
#pragma once

#include "watch/rule_file.h"

extern const rule_words watch_rule_words;
