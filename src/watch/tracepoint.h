/* SPDX-License-Identifier: Apache-2.0
 *
 * Tracepoints of system calls by their numbers, which tracefs tells. Where nobody has mounted it, it is mounted for this process alone: no path
 * leads there. */
#pragma once

/* The folder of all tracepoints of system calls, or < 0: they are not to be had. */
int tracepoint_folder(void);

/* An event of that tracepoint ("sys_exit_openat") on all CPUs, for a program to be attached to; < 0 and errno: none (ENOENT: this kernel lacks it). */
int tracepoint_event(int folder, const char *name);
