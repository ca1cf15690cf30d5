/* SPDX-License-Identifier: Apache-2.0
 *
 * When rule files change. */
#pragma once

#include "base/error.h"
#include "commands/watch.h"

struct watching;

typedef struct watch_reload watch_reload;

/* Watches the folders of all rule files: editors, package managers and the kubelet put new files in the place of old ones. */
int watch_reload_open(const watch_options *o, watch_reload **ret, error *e);
void watch_reload_close(watch_reload *r); /* NULL is allowed */

/* For poll(2); -1 for NULL. */
int watch_reload_fd(const watch_reload *r);

/* Whether a file has other bytes than the rules in force, and nothing has happened there for a moment. */
bool watch_reload_due(watch_reload *r, const struct watching *w);
