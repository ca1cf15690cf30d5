/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading audit rules. */
#include "host/audit_rules.h"

#include "base/limits.h"

typedef struct line {
	audit_watch watch;
	bool remove;      /* -W, -d */
	bool never;       /* -a never,exit */
	bool other_list;  /* task, user, exclude: not about files */
	bool permissions; /* -p or -F perm= is there … */
	bool writes;      /* … and has w, a or x */
} line;

static span without_slash(span path)
{
	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	return path;
}

static void take_permissions(line *l, span letters)
{
	l->permissions = true;
	for (size_t i = 0; i < letters.n; i++)
		l->writes |= letters.p[i] == 'w' || letters.p[i] == 'a' || letters.p[i] == 'x';
}

static void take_field(line *l, span field)
{
	if (span_starts(field, SPAN("path=")))
		l->watch.path = span_from(field, 5), l->watch.alone = true;
	else if (span_starts(field, SPAN("dir=")))
		l->watch.path = span_from(field, 4), l->watch.folder = true;
	else if (span_starts(field, SPAN("perm=")))
		take_permissions(l, span_from(field, 5));
}

/* "always,exit" in either order. */
static void take_list(line *l, span words)
{
	span word;
	while (span_cut(&words, ',', &word)) {
		l->never |= span_is(word, "never");
		l->other_list |= !span_in(word, "always never exit filesystem");
	}
}

static void take_option(line *l, span option, span value)
{
	if (span_is(option, "-w") || span_is(option, "-W"))
		l->watch.path = value;
	else if (span_is(option, "-p"))
		take_permissions(l, value);
	else if (span_is(option, "-F"))
		take_field(l, value);
	else
		take_list(l, value);
	l->remove |= span_is(option, "-W") || span_is(option, "-d");
}

static void remove_watch(audit_rules *rules, span path)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < rules->watches.count; i++)
		if (!span_equal(rules->watches.items[i].path, path))
			rules->watches.items[kept++] = rules->watches.items[i];
	rules->watches.count = kept;
}

static void parse_line(span words, arena *a, audit_rules *into)
{
	line l = {.watch.line = words};
	span rest = words, word, value;
	while (span_word(&rest, &word)) {
		if (span_is(word, "-D"))
			into->watches.count = 0;
		if (span_in(word, "-w -W -p -F -a -A -d") && span_word(&rest, &value))
			take_option(&l, word, value);
	}
	l.watch.path = without_slash(l.watch.path);
	if (!l.watch.path.n || l.never || l.other_list || (l.permissions && !l.writes))
		return;
	if (l.remove)
		remove_watch(into, l.watch.path);
	else
		list_push(a, &into->watches, l.watch);
}

void audit_rules_parse(span bytes, arena *a, audit_rules *into)
{
	span words;
	while (into->lines++ < LIMIT_HOST_AUDIT_RULES && span_cut(&bytes, '\n', &words)) {
		words = span_trim(words);
		if (words.n && words.p[0] != '#')
			parse_line(words, a, into);
	}
}

static bool is_above(span folder, span path)
{
	return path.n > folder.n && span_starts(path, folder) &&
	       (path.p[folder.n] == '/' || span_is(folder, "/"));
}

const audit_watch *audit_rules_find(const audit_rules *rules, span path)
{
	path = without_slash(path);
	list_each(const audit_watch, one, &rules->watches)
		if (span_equal(one->path, path) || (!one->alone && is_above(one->path, path)))
			return one;
	return NULL;
}
