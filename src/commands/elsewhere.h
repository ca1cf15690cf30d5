/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands that another program of bulkhead runs. */
#pragma once

#include <stdbool.h>

/* Runs a command by the program of that name with argv. This process becomes it; or (`apart`) it is a child: should that be ended by what
 * it reads, there is somebody left to say so. Returns the exit code. */
int command_elsewhere(const char *program, const char *command, char **argv, bool apart);
