/* SPDX-License-Identifier: Apache-2.0
 *
 * tracefs by the calls of fsopen(2), without a place in the tree of files; events by perf_event_open(2). */
#include "watch/tracepoint.h"

#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

static int mount_aside(void)
{
	int context = fsopen("tracefs", FSOPEN_CLOEXEC), ret = -1;
	if (context >= 0 && fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0)
		ret = fsmount(
			context, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
	if (context >= 0)
		close(context);
	return ret;
}

int tracepoint_folder(void)
{
	static const char *const places[] = {
		"/sys/kernel/tracing/events/syscalls", "/sys/kernel/debug/tracing/events/syscalls"};
	int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC, ret = -1;
	for (size_t i = 0; ret < 0 && i < sizeof places / sizeof *places; i++)
		ret = open(places[i], flags);
	int aside = ret < 0 ? mount_aside() : -1;
	if (aside < 0)
		return ret;
	ret = openat(aside, "events/syscalls", flags);
	close(aside);
	return ret;
}

/* The number that the kernel gave it; < 0: none. */
static long number_of(int folder, const char *name)
{
	char path[128], text[32] = "";
	snprintf(path, sizeof path, "%s/id", name);
	int fd = openat(folder, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	ssize_t n = read(fd, text, sizeof text - 1);
	close(fd);
	return n > 0 ? strtol(text, NULL, 10) : -1;
}

int tracepoint_event(int folder, const char *name)
{
	long number = number_of(folder, name);
	if (number < 0)
		return -1;
	struct perf_event_attr event = {
		.type = PERF_TYPE_TRACEPOINT, .size = sizeof event, .config = (uint64_t)number};
	return (int)syscall(SYS_perf_event_open, &event, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
}
