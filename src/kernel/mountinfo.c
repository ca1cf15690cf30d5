/* SPDX-License-Identifier: Apache-2.0
 *
 * /proc/PID/mountinfo (proc_pid_mountinfo(5)):
 *
 *   36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
 *   id parent device root target options optional… - type source super
 *
 * Blanks, tabs, line ends and backslashes of paths are octal escapes. */
#include "base/limits.h"
#include "kernel/proc.h"

static bool octal(span s, size_t at, unsigned *ret)
{
	if (at + 4 > s.n || s.p[at] != '\\')
		return false;
	*ret = 0;
	for (size_t i = at + 1; i < at + 4; i++) {
		if (s.p[i] < '0' || s.p[i] > '7')
			return false;
		*ret = *ret * 8 + (unsigned)(s.p[i] - '0');
	}
	return *ret < 256;
}

static span unescape(span s, arena *a)
{
	if (span_find_byte(s, '\\') == SPAN_NONE)
		return s;
	char *out = arena_alloc(a, s.n + 1);
	size_t n = 0;
	unsigned c;
	for (size_t i = 0; i < s.n; i++) {
		if (!octal(s, i, &c)) {
			out[n++] = s.p[i];
			continue;
		}
		out[n++] = (char)c;
		i += 3;
	}
	return (span){out, n};
}

static bool read_id(span *rest, int32_t *ret)
{
	span word;
	uint64_t number;
	if (!span_cut(rest, ' ', &word) || !proc_number(word, 10, &number) || number > INT32_MAX)
		return false;
	*ret = (int32_t)number;
	return true;
}

/* The fields until the lone "-". */
static bool read_optional(span *rest, proc_mount *m)
{
	span word;
	while (span_cut(rest, ' ', &word)) {
		if (span_is(word, "-"))
			return true;
		m->shared |= span_starts(word, SPAN("shared:"));
		m->slave |= span_starts(word, SPAN("master:"));
	}
	return false;
}

static bool read_mount(span line, arena *a, proc_mount *ret)
{
	static const char deleted[] = "//deleted";
	proc_mount m = {.line = line};
	span rest = line;
	if (!read_id(&rest, &m.id) || !read_id(&rest, &m.parent) || !span_cut(&rest, ' ', &m.device) ||
		!span_cut(&rest, ' ', &m.root) || !span_cut(&rest, ' ', &m.target) ||
		!span_cut(&rest, ' ', &m.options) || !read_optional(&rest, &m) ||
		!span_cut(&rest, ' ', &m.type) || m.target.n == 0 || m.target.p[0] != '/')
		return false;
	span_cut(&rest, ' ', &m.source);
	m.super = rest;
	m.deleted = span_ends(m.root, SPAN(deleted));
	if (m.deleted)
		m.root.n -= sizeof deleted - 1;
	m.root = unescape(m.root, a);
	m.target = unescape(m.target, a);
	*ret = m;
	return true;
}

void proc_mounts_read(span bytes, arena *a, proc_mounts *ret)
{
	span line;
	proc_mount m;
	while (ret->count < LIMIT_MOUNTS && proc_line(&bytes, &line))
		if (read_mount(line, a, &m))
			list_push(a, ret, m);
}

bool proc_option(span options, const char *name, span *ret)
{
	span option;
	while (span_cut(&options, ',', &option)) {
		size_t equal = span_find_byte(option, '=');
		if (!span_is(span_sub(option, 0, equal), name))
			continue;
		if (ret)
			*ret = equal == SPAN_NONE ? (span){0} : span_from(option, equal + 1);
		return true;
	}
	return false;
}

bool proc_below(span path, span folder, span *ret)
{
	if (folder.n && folder.p[folder.n - 1] == '/') /* the root */
		folder.n--;
	if (!span_starts(path, folder) || (path.n > folder.n && path.p[folder.n] != '/'))
		return false;
	*ret = span_from(path, folder.n);
	if (span_is(*ret, "/"))
		ret->n = 0;
	return true;
}
