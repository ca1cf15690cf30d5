/* SPDX-License-Identifier: Apache-2.0
 *
 * What the two files of the condition parser share. */
#pragma once

#include "expression/condition_scan.h"

/* A node of the tree; ERROR_LIMIT when there are too many. */
int condition_new(scanner *s, condition_kind kind, condition_place at, condition **ret);

/* Goes one level deeper; the caller takes it back from s->depth. */
int condition_deeper(scanner *s);

/* The left side of a test, whose place is `at`: a field or a transformer; 0 when neither stands here, else 1. */
int condition_left(scanner *s, condition_place at, condition **ret);

/* The right side of a test, by the operator. */
int condition_right(scanner *s, op o, condition **ret);

/* oneof, anyof or allof with what belongs to it, after a text operator; 0 when none stands here, else 1. */
int condition_modified(scanner *s, modifier *ret_modifier, condition **ret);

/* The values of a list up to its end: that of the text, or a ')', which is not taken. */
int condition_values(scanner *s, char end, condition *into);
