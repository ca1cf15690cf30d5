/* SPDX-License-Identifier: Apache-2.0
 *
 * Small tables: /proc/PID/limits (proc_pid_limits(5)), devices.list of cgroup version 1 (the kernel's admin-guide/cgroup-v1/devices.rst),
 * /proc/PID/net/unix (proc_pid_net(5)), /proc/PID/fdinfo/N (proc_pid_fdinfo(5)). */
#include "kernel/proc.h"

/* --- limits --- */

static const struct {
	const char *title, *name;
} titles[] = {
	{"Max cpu time", "cpu"},
	{"Max file size", "fsize"},
	{"Max data size", "data"},
	{"Max stack size", "stack"},
	{"Max core file size", "core"},
	{"Max resident set", "rss"},
	{"Max processes", "nproc"},
	{"Max open files", "nofile"},
	{"Max locked memory", "memlock"},
	{"Max address space", "as"},
	{"Max file locks", "locks"},
	{"Max pending signals", "sigpending"},
	{"Max msgqueue size", "msgqueue"},
	{"Max nice priority", "nice"},
	{"Max realtime priority", "rtprio"},
	{"Max realtime timeout", "rttime"},
};

static bool read_limit(span *rest, int64_t *ret)
{
	span word;
	uint64_t number;
	if (!span_word(rest, &word))
		return false;
	if (span_is(word, "unlimited")) {
		*ret = -1;
		return true;
	}
	if (!proc_number(word, 10, &number))
		return false;
	*ret = number > INT64_MAX ? INT64_MAX : (int64_t)number;
	return true;
}

bool proc_limit_next(span *rest, proc_limit *ret)
{
	span line;
	while (proc_line(rest, &line))
		for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
			span title = span_of(titles[i].title), values;
			proc_limit l = {.name = titles[i].name, .line = line};
			if (!span_starts(line, title))
				continue;
			values = span_from(line, title.n);
			if (!values.n || values.p[0] != ' ' || !read_limit(&values, &l.soft) ||
				!read_limit(&values, &l.hard))
				break;
			*ret = l;
			return true;
		}
	return false;
}

/* --- devices --- */

static bool read_device_number(span s, int64_t *ret)
{
	uint64_t number;
	if (span_is(s, "*")) {
		*ret = -1;
		return true;
	}
	if (!proc_number(s, 10, &number) || number > UINT32_MAX)
		return false;
	*ret = (int64_t)number;
	return true;
}

bool proc_device_next(span *rest, proc_device *ret)
{
	span line, type, numbers, major;
	while (proc_line(rest, &line)) {
		proc_device d = {.line = line};
		span words = line;
		if (!span_word(&words, &type) || type.n != 1 || !memchr("abc", type.p[0], 3) ||
			!span_word(&words, &numbers) || !span_cut(&numbers, ':', &major) ||
			!read_device_number(major, &d.major) || !read_device_number(numbers, &d.minor) ||
			!span_word(&words, &d.access))
			continue;
		d.type = type.p[0];
		*ret = d;
		return true;
	}
	return false;
}

/* --- unix sockets --- */

/* "0000000000000000: 00000002 00000000 00010000 0001 01 18446 /run/x.sock"; the flag says that it accepts connections. */
bool proc_unix_next(span *rest, proc_unix *ret)
{
	enum { FLAGS = 3, INODE = 6, WORDS = 7 };
	const uint64_t accepts = 0x10000;
	span line, words[WORDS];
	while (proc_line(rest, &line)) {
		int n = 0;
		uint64_t flags, inode;
		while (n < WORDS && span_word(&line, &words[n]))
			n++;
		span path = line.n && line.p[0] == ' ' ? span_from(line, 1) : line;
		if (n < WORDS || !proc_number(words[FLAGS], 16, &flags) || !(flags & accepts) ||
			!proc_number(words[INODE], 10, &inode) || path.n == 0 || path.p[0] != '/')
			continue;
		*ret = (proc_unix){path, inode};
		return true;
	}
	return false;
}

/* --- descriptors --- */

void proc_descriptor_read(span bytes, proc_descriptor *ret)
{
	proc_descriptor d = {.mount = -1};
	span line, word;
	uint64_t number;
	while (proc_line(&bytes, &line)) {
		size_t colon = span_find_byte(line, ':');
		if (colon == SPAN_NONE)
			continue;
		span key = span_sub(line, 0, colon), value = span_trim(span_from(line, colon + 1));
		if (span_is(key, "flags"))
			proc_number(value, 8, &d.flags);
		else if (span_is(key, "mnt_id") && proc_number(value, 10, &number) && number <= INT32_MAX)
			d.mount = (int32_t)number;
		else if (span_is(key, "Pid"))
			d.pid = proc_number(value, 10, &number) && number <= INT32_MAX ? (int32_t)number : -1;
		else if (span_is(key, "NSpid"))
			while (span_word(&value, &word))
				d.pid_depth++;
	}
	*ret = d;
}
