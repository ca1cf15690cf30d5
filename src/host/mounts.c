/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading mountinfo: "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw". */
#include "host/mounts.h"

#include "base/limits.h"

typedef struct cover { /* the mount that a path lies on */
	span line, device, point;
} cover;

static bool octal(span s, size_t i, char *ret)
{
	if (s.n < 4 || i > s.n - 4)
		return false;
	int value = 0;
	for (size_t k = 1; k < 4; k++) {
		if (s.p[i + k] < '0' || s.p[i + k] > '7')
			return false;
		value = value * 8 + (s.p[i + k] - '0');
	}
	*ret = (char)value;
	return true;
}

/* Whether the mount point, in which blanks are \040, is path or a folder above it. *ret is its length. */
static bool covers(span point, span path, size_t *ret)
{
	size_t n = 0;
	for (size_t i = 0; i < point.n; i++, n++) {
		char c = point.p[i];
		if (c == '\\' && octal(point, i, &c))
			i += 3;
		if (n >= path.n || path.p[n] != c)
			return false;
	}
	*ret = n;
	return n == path.n || n == 1 || path.p[n] == '/';
}

/* Of mounts on one point the last one is seen. */
static cover cover_of(span mountinfo, span path)
{
	cover best = {0};
	size_t longest = 0, n;
	span line;
	for (uint32_t i = 0; i < LIMIT_HOST_MOUNTS && span_cut(&mountinfo, '\n', &line); i++) {
		span rest = line, id, parent, device, top, point;
		if (!span_word(&rest, &id) || !span_word(&rest, &parent) || !span_word(&rest, &device) ||
			!span_word(&rest, &top) || !span_word(&rest, &point))
			continue;
		if (covers(point, path, &n) && n >= longest) {
			best = (cover){line, device, point};
			longest = n;
		}
	}
	return best;
}

int mounts_own_partition(span mountinfo, span path, span *ret_line)
{
	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	cover own = cover_of(mountinfo, path);
	size_t slash = span_find_last(path, '/');
	if (!own.line.n || slash == SPAN_NONE)
		return -1;
	cover above = cover_of(mountinfo, span_sub(path, 0, slash ? slash : 1));
	*ret_line = own.line;
	return above.line.n && !span_equal(own.device, above.device);
}
