/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading arguments of daemons. */
#include "host/arguments.h"

#include "base/limits.h"

/* dockerd --help of versions 17.06 to 28. */
const arguments_table arguments_dockerd = {
	.truths =
		"allow-direct-routing cri-containerd debug experimental help icc init ip-forward ip-forward-no-drop "
		"ip-masq ip6tables iptables ipv6 live-restore no-new-privileges raw-logs rootless selinux-enabled tls "
		"tlsverify userland-proxy validate version disable-legacy-registry",
	.letters =
		"b=bridge D=debug G=group h=help H=host l=log-level p=pidfile s=storage-driver v=version g=graph",
};

const arguments_table arguments_containerd = {
	.truths = "help version",
	.letters = "a=address c=config h=help l=log-level v=version",
};

/* Global ones, and those of `podman system service`. */
const arguments_table arguments_podman = {
	.truths = "help remote syslog trace transient-store version",
	.letters = "c=connection h=help r=remote t=time v=version",
};

typedef struct cursor {
	span rest; /* words that are left */
	const arguments_table *table;
	arena *arena;
	arguments *into;
} cursor;

static bool next_word(cursor *c, span *ret)
{
	if (!c->rest.n || c->into->all.count >= LIMIT_HOST_ARGUMENTS)
		return false;
	size_t end = span_find_byte(c->rest, 0);
	*ret = span_sub(c->rest, 0, end);
	c->rest = span_from(c->rest, end == SPAN_NONE ? c->rest.n : end + 1);
	return true;
}

static void add(cursor *c, span name, span value, span written)
{
	list_push(c->arena, &c->into->all, (argument){name, value, written});
}

/* A name whose value is the next word, unless it needs none. */
static void take_value(cursor *c, span name, span word)
{
	span value;
	if (span_in(name, c->table->truths))
		add(c, name, SPAN("true"), word);
	else if (next_word(c, &value))
		add(c, name, value, arena_format(c->arena, "%.*s %.*s", SPAN_ARG(word), SPAN_ARG(value)));
}

static void take_long(cursor *c, span word)
{
	span name = span_from(word, 2);
	size_t equals = span_find_byte(name, '=');
	if (equals == SPAN_NONE)
		take_value(c, name, word);
	else
		add(c, span_sub(name, 0, equals), span_from(name, equals + 1), word);
}

static span name_of_letter(const arguments_table *table, const char *letter)
{
	span rest = span_of(table->letters), row;
	while (span_word(&rest, &row))
		if (row.p[0] == *letter)
			return span_from(row, 2);
	return (span){letter, 1};
}

static void take_letters(cursor *c, span word)
{
	for (size_t i = 1; i < word.n; i++) {
		span name = name_of_letter(c->table, word.p + i), rest = span_from(word, i + 1);
		if (rest.n && rest.p[0] == '=') {
			add(c, name, span_from(rest, 1), word);
			return;
		}
		if (!span_in(name, c->table->truths) && rest.n) {
			add(c, name, rest, word);
			return;
		}
		take_value(c, name, word);
	}
}

void arguments_parse(span words, const arguments_table *table, arena *a, arguments *ret)
{
	cursor c = {.rest = words, .table = table, .arena = a, .into = ret};
	span word;
	*ret = (arguments){0};
	if (!next_word(&c, &word))
		return;
	while (next_word(&c, &word)) {
		if (span_is(word, "--"))
			return;
		if (span_starts(word, SPAN("--")))
			take_long(&c, word);
		else if (word.n > 1 && word.p[0] == '-')
			take_letters(&c, word);
	}
}

const argument *arguments_find(const arguments *from, const char *name)
{
	const argument *found = NULL;
	list_each(const argument, one, &from->all)
		if (span_is(one->name, name))
			found = one;
	return found;
}
