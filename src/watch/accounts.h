/* SPDX-License-Identifier: Apache-2.0
 *
 * Users and groups of containers: what their own /etc/passwd and /etc/group say (passwd(5), group(5)), read when a program is executed in one
 * of which nothing is known yet. The newest containers are remembered. */
#pragma once

#include "watch/state.h"

accounts *accounts_new(void);
void accounts_free(accounts *a); /* NULL is allowed */

/* Reads the accounts of a container (12 digits; empty: none) below the root of one of its processes, unless they are known. Nothing is read
 * when the process has the root of the machine, as it is still being made; nor of file systems that other processes serve, which could
 * keep the reader waiting; nor what is no regular file. */
void accounts_learn(accounts *a, span container, int64_t pid);

/* A user or group as the container has it. Of one that is not known only root is. NULL: there is none. */
const account *accounts_find(const accounts *a, span container, bool group, uint32_t id);

/* A line of one of the files. Texts point into it; a group has no more than its name. false: it is none. */
bool accounts_read_line(span line, bool group, account *ret);
