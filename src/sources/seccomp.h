/* SPDX-License-Identifier: Apache-2.0
 *
 * The seccomp filter that the kernel has for a container, read back and evaluated for every system call. */
#pragma once

#include "kernel/kernel.h"
#include "sources/evidence.h"

/* Fills syscalls and seccomp_differs of p (KNOWN_ENFORCED), and gives evidence of the whole: how many calls are allowed, allowed by argument, denied, and how
 * long the process was stopped. spec is the container's OCI spec, whose profile the filter is compared with; NULL: not known. What cannot be read becomes a
 * problem of b. */
void seccomp_posture(
	kernel *k, const kernel_container *c, const node *spec, evidence *v, posture *p, bundle *b);
