/* SPDX-License-Identifier: Apache-2.0
 *
 * The arguments of a daemon, exactly as dockerd takes them (spf13/pflag): --name=value, --name value, --flag, --flag=false, -x value, -xvalue, -x=value,
 * letters of flags put together, "--" as the end. A flag that takes no value (a truth) never takes the next word. */
#pragma once

#include "base/arena.h"

typedef struct argument {
	span name;    /* long name without dashes */
	span value;   /* "true" for a flag without a value */
	span written; /* as it stands there; two words are joined by a blank */
} argument;

typedef struct arguments {
	LIST(argument) all;
} arguments;

/* What a program knows beside --long value. */
typedef struct arguments_table {
	const char *truths;  /* names of flags that take no value, separated by blanks */
	const char *letters; /* "H=host D=debug": what letters stand for */
} arguments_table;

extern const arguments_table arguments_dockerd, arguments_containerd, arguments_podman;

/* words end with a 0 byte each, as in /proc/PID/cmdline; the first is the program. What is no option is left out. */
void arguments_parse(span words, const arguments_table *table, arena *a, arguments *ret);

/* The last one of a name, which is the one that holds for what is no list; NULL when there is none. */
const argument *arguments_find(const arguments *from, const char *name);
