/* SPDX-License-Identifier: Apache-2.0
 *
 * Folders of rule files, by inotify(7). What exactly happened does not matter: the bytes are compared. */
#include "commands/watch_reload.h"

#include "base/files.h"
#include "base/memory.h"
#include "commands/watch_running.h"

#include <stdlib.h>
#include <sys/inotify.h>

/* Files that are written one after the other are read when it is quiet. */
enum { QUIET_MS = 200, EVENT_BYTES = 4096 };

struct watch_reload {
	int fd;
	int64_t stirred; /* when, in milliseconds; 0: nothing happened */
};

int watch_reload_open(const watch_options *o, watch_reload **ret, error *e)
{
	arena a = {0};
	int status = 0;
	watch_reload *r = memory_zeroed(1, sizeof *r);
	r->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (r->fd < 0)
		status = error_set_system(e, "--reload: inotify");
	for (uint32_t i = 0; i < o->rules.count && status >= 0; i++) {
		const char *path = o->rules.items[i];
		const char *folder = files_is_folder(path) ? path : path_folder(&a, path);
		if (inotify_add_watch(r->fd, folder,
			    IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE) < 0)
			status = error_set_system(e, "--reload: %s", folder);
	}
	arena_done(&a);
	if (status < 0)
		watch_reload_close(r);
	else
		*ret = r;
	return status;
}

void watch_reload_close(watch_reload *r)
{
	if (!r)
		return;
	files_close(&r->fd);
	free(r);
}

int watch_reload_fd(const watch_reload *r)
{
	return r ? r->fd : -1;
}

bool watch_reload_due(watch_reload *r, const watching *w)
{
	char events[EVENT_BYTES];
	if (!r)
		return false;
	int64_t now = (int64_t)(watch_now() / 1000000u);
	while (read(r->fd, events, sizeof events) > 0)
		r->stirred = now;
	if (!r->stirred || now - r->stirred < QUIET_MS)
		return false;
	r->stirred = 0;
	return watch_rules_changed(w);
}
