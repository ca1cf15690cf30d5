/* SPDX-License-Identifier: Apache-2.0
 *
 * Paths of calls made absolute, by text alone: links are not followed, as nobody knows them. */
#include "watch/state_parts.h"

/* Adds the parts of a path behind the n bytes in room, of which the first `root` stay whatever comes. The first part follows
 * at once, whatever it is: names of folders end with their slash, and "<UNKNOWN>" has none. */
static size_t parts_add(char *room, size_t n, size_t root, span path)
{
	span part;
	bool later = false, glued = n && room[n - 1] != '/';
	while (span_cut(&path, '/', &part)) {
		if (part.n == 0 || span_is(part, "."))
			continue;
		if (!span_is(part, "..") || (glued && !later)) {
			if (later && n > root && room[n - 1] != '/')
				room[n++] = '/';
			memcpy(room + n, part.p, part.n);
			n += part.n;
			later = true;
			continue;
		}
		later = true;
		/* Up: "/a/b" and "/a/b/" become "/a". */
		if (n > root && room[n - 1] == '/')
			n--;
		while (n > root && room[n - 1] != '/')
			n--;
		if (n > root)
			n--;
	}
	return n;
}

span state_path_join(span base, span path, char room[LIMIT_WATCH_PATH])
{
	bool absolute = path.n && path.p[0] == '/';
	if (absolute)
		base = SPAN("/");
	if (base.n + path.n + 1 > LIMIT_WATCH_PATH)
		return SPAN("/PATH_TOO_LONG");
	if (base.n)
		memcpy(room, base.p, base.n);
	size_t root = base.n && base.p[0] == '/' ? 1 : 0, n = parts_add(room, base.n, root, path);
	/* A folder's name ends without its slash, but for the root's. */
	if (n > 1 && room[n - 1] == '/')
		n--;
	return (span){room, n};
}

/* What a path begins at. In `folder`: room for a name with the slash that it lacks. */
static span base_of(const watch_state *s, process *p, int64_t number, char folder[LIMIT_WATCH_PATH])
{
	if (number == STATE_CWD)
		return process_text_get(process_leader(s->processes, p), PROCESS_CWD);
	descriptor_table *t = process_descriptors(s->processes, p);
	const descriptor *d = t ? descriptor_get(t, number) : NULL;
	if (!d)
		return SPAN("<UNKNOWN>");
	span name = descriptor_name(d);
	if (!name.n || name.p[name.n - 1] == '/' || name.n + 1 > LIMIT_WATCH_PATH)
		return name;
	memcpy(folder, name.p, name.n);
	folder[name.n] = '/';
	return (span){folder, name.n + 1};
}

span state_path(const watch_state *s, process *p, int64_t folder, span path, char room[LIMIT_WATCH_PATH])
{
	char base[LIMIT_WATCH_PATH];
	if (path.n && path.p[0] == '/')
		return state_path_join((span){0}, path, room);
	return state_path_join(p ? base_of(s, p, folder, base) : SPAN("<UNKNOWN>"), path, room);
}

void state_cwd_set(watch_state *s, process *p, span path)
{
	char room[LIMIT_WATCH_PATH];
	process *leader = process_leader(s->processes, p);
	span joined = state_path_join(process_text_get(leader, PROCESS_CWD), path, room);
	if (joined.p == room && joined.n < LIMIT_WATCH_PATH && (!joined.n || room[joined.n - 1] != '/'))
		room[joined.n++] = '/';
	process_text_set(s->processes, leader, PROCESS_CWD, joined);
}
