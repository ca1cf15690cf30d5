/* SPDX-License-Identifier: Apache-2.0
 *
 * Values of JSON as facts with evidence. */
#include "sources/tree_facts.h"

#include "base/limits.h"

/* --- evidence --- */

static void value_add(buffer *out, const node *n, bool inner);

static void text_add(buffer *out, span text, bool quoted)
{
	if (quoted)
		buffer_add_byte(out, '"');
	span shown = span_sub(text, 0, LIMIT_EVIDENCE_VALUE);
	while (shown.n < text.n && shown.n && ((uint8_t)text.p[shown.n] & 0xc0) == 0x80)
		shown.n--; /* not in the middle of a character */
	buffer_add(out, shown);
	if (shown.n < text.n)
		buffer_add_string(out, "…");
	if (quoted)
		buffer_add_byte(out, '"');
}

static void children_add(buffer *out, const node *n)
{
	bool is_map = node_is_map(n);
	buffer_add_byte(out, is_map ? '{' : '[');
	for (uint32_t i = 0; i < n->count; i++) {
		if (i)
			buffer_add_string(out, ", ");
		if (out->n > LIMIT_EVIDENCE_VALUE) {
			buffer_add_string(out, "…");
			break;
		}
		if (is_map) {
			text_add(out, n->members[i].key->value, true);
			buffer_add_string(out, ": ");
		}
		value_add(out, is_map ? n->members[i].value : n->items[i], true);
	}
	buffer_add_byte(out, is_map ? '}' : ']');
}

static void value_add(buffer *out, const node *n, bool inner)
{
	if (!n)
		buffer_add_string(out, "absent");
	else if (n->kind == NODE_NULL)
		buffer_add_string(out, "null");
	else if (node_is_map(n) || node_is_list(n))
		children_add(out, n);
	else
		text_add(out, n->value, inner && n->kind == NODE_STRING);
}

static void path_add(buffer *out, const char *path)
{
	for (; *path; path++)
		buffer_add_byte(out, *path == '/' ? '.' : *path);
	buffer_add_string(out, " = ");
}

origin tree_facts_say(const tree_facts *r, const char *path, const node *value)
{
	auto_buffer out = {0}, words = {0};
	path_add(&out, path);
	value_add(&words, value, false);
	buffer_add(&out, buffer_span(&words));
	return evidence_add(r->evidence, r->place, buffer_span(&out));
}

origin tree_facts_say_path(const tree_facts *r, const char *path)
{
	return tree_facts_say(r, path, node_path(r->root, path));
}

origin tree_facts_say_item(const tree_facts *r, const char *path, span words)
{
	auto_buffer out = {0};
	path_add(&out, path);
	size_t start = out.n;
	buffer_add(&out, words);
	span all = buffer_span(&out);
	return evidence_add_part(r->evidence, r->place, all, span_from(all, start));
}

/* --- single values --- */

void tree_facts_truth(const tree_facts *r, fact_id fact, const char *path)
{
	bool truth = node_truth(node_path(r->root, path)) > 0;
	posture_set_truth(r->posture, fact, truth ? r->said : r->silent, truth, tree_facts_say_path(r, path));
}

void tree_facts_limit(const tree_facts *r, fact_id fact, const char *path)
{
	int64_t limit = 0;
	if (!node_int(node_path(r->root, path), &limit) || limit < 0)
		limit = 0;
	posture_set_number(
		r->posture, fact, limit ? r->said : r->silent, limit, tree_facts_say_path(r, path));
}

void tree_facts_number(const tree_facts *r, fact_id fact, const char *path, int64_t usual)
{
	int64_t number = 0;
	bool given = node_int(node_path(r->root, path), &number) && number != 0;
	posture_set_number(r->posture, fact, given ? r->said : r->silent, given ? number : usual,
		tree_facts_say_path(r, path));
}

int64_t tree_facts_cpu(const node *quota, const node *period)
{
	int64_t time, of;
	if (!node_int(quota, &time) || time <= 0)
		return 0;
	if (!node_int(period, &of) || of <= 0)
		of = 100000; /* the kernel's */
	return time < INT64_MAX / 1000 ? time * 1000 / of : INT64_MAX / of;
}

void tree_facts_swap(const tree_facts *r, const char *memory, const char *swap)
{
	int64_t limit = 0, both = 0;
	node_int(node_path(r->root, memory), &limit);
	node_int(node_path(r->root, swap), &both);
	origin at = tree_facts_say_path(r, swap);
	bool given = both != 0;
	if (both <= 0)
		both = !given && limit > 0 && limit < INT64_MAX / 2 ? limit * 2 : -1;
	posture_set_number(r->posture, FACT_memory_swap, given ? r->said : r->silent, both, at);
}

void tree_facts_selinux(const tree_facts *r, span label, origin at)
{
	static const fact_id parts[] = {FACT_selinux_user, FACT_selinux_role, FACT_selinux_type};
	span part;
	for (size_t i = 0; i < sizeof parts / sizeof *parts && span_cut(&label, ':', &part); i++)
		if (part.n)
			posture_set_text(r->posture, parts[i], r->said, part, at);
}

/* --- lists --- */

bool tree_facts_holds(const node *list, const char *word)
{
	for (uint32_t i = 0; node_is_list(list) && i < list->count; i++)
		if (span_is(node_text(list->items[i]), word))
			return true;
	return false;
}

void tree_facts_add_words(buffer *out, const node *list)
{
	buffer_add_byte(out, '[');
	for (uint32_t i = 0; node_is_list(list) && i < list->count; i++) {
		buffer_add_string(out, i ? ", \"" : "\"");
		buffer_add(out, node_text(list->items[i]));
		buffer_add_byte(out, '"');
	}
	buffer_add_byte(out, ']');
}

/* The list, known to be empty until something is added. */
static const node *list_begin(const tree_facts *r, fact_id fact, const char *path)
{
	const node *list = node_path(r->root, path);
	bool empty = !(node_is_list(list) || node_is_map(list)) || list->count == 0;
	origin at = empty ? tree_facts_say(r, path, list) : evidence_whole(r->evidence);
	posture_set_list(r->posture, fact, empty ? r->silent : r->said, at, r->arena);
	return empty ? NULL : list;
}

void tree_facts_env(const tree_facts *r, const char *path)
{
	const node *list = list_begin(r, FACT_env, path);
	for (uint32_t i = 0; node_is_list(list) && i < list->count; i++) {
		span entry = node_text(list->items[i]);
		size_t equal = span_find_byte(entry, '=');
		item *x = posture_add(r->posture, FACT_env, tree_facts_say_item(r, path, entry), r->arena);
		item_set_text(x, MEMBER_env_name, span_sub(entry, 0, equal));
		item_set_text(x, MEMBER_env_source, SPAN("literal"));
		if (equal != SPAN_NONE)
			item_set_text(x, MEMBER_env_value, span_from(entry, equal + 1));
	}
}

void tree_facts_pairs(const tree_facts *r, fact_id fact, const char *path)
{
	const node *map = list_begin(r, fact, path);
	for (uint32_t i = 0; node_is_map(map) && i < map->count; i++) {
		span name = map->members[i].key->value, value = node_text(map->members[i].value);
		auto_buffer words = {0};
		buffer_add(&words, name);
		buffer_add_byte(&words, '=');
		buffer_add(&words, value);
		item *x = posture_add(
			r->posture, fact, tree_facts_say_item(r, path, buffer_span(&words)), r->arena);
		item_set_text(x, 0, name); /* the first members of labels and sysctls */
		item_set_text(x, 1, value);
	}
}

/* RLIMIT_NOFILE, nofile */
static span ulimit_name(span name, arena *a)
{
	char *lower = arena_alloc(a, name.n + 1);
	for (size_t i = 0; i < name.n; i++)
		lower[i] = ascii_lower(name.p[i]);
	span ret = {lower, name.n};
	return span_starts(ret, SPAN("rlimit_")) ? span_from(ret, 7) : ret;
}

/* 18446744073709551615 is RLIM_INFINITY; nothing else needs more bits than we have. */
static void ulimit_value(item *x, int member, const node *value)
{
	int64_t number;
	if (node_int(value, &number))
		item_set_number(x, member, number < 0 ? -1 : number);
	else if (value && value->kind == NODE_NUMBER && ascii_digit(value->value.p[0]))
		item_set_number(x, member, -1);
}

void tree_facts_ulimits(
	const tree_facts *r, const char *path, const char *name, const char *soft, const char *hard)
{
	const node *list = list_begin(r, FACT_ulimits, path);
	for (uint32_t i = 0; node_is_list(list) && i < list->count; i++) {
		const node *one = list->items[i];
		if (!node_text(node_get(one, name)).n)
			continue;
		item *x = posture_add(r->posture, FACT_ulimits, tree_facts_say(r, path, one), r->arena);
		item_set_text(x, MEMBER_ulimit_name, ulimit_name(node_text(node_get(one, name)), r->arena));
		ulimit_value(x, MEMBER_ulimit_soft, node_get(one, soft));
		ulimit_value(x, MEMBER_ulimit_hard, node_get(one, hard));
	}
}

/* --- mounts --- */

void tree_facts_mount_option(item *mount, span option)
{
	int64_t size;
	if (option.n == 0)
		return;
	if (span_in(option, "ro readonly"))
		item_set_truth(mount, MEMBER_mount_writable, false);
	else if (span_is(option, "rw"))
		item_set_truth(mount, MEMBER_mount_writable, true);
	else if (span_is(option, "rro")) {
		item_set_truth(mount, MEMBER_mount_writable, false);
		item_set_truth(mount, MEMBER_mount_recursive, true);
	} else if (span_in(option, "private rprivate slave rslave shared rshared"))
		item_set_text(mount, MEMBER_mount_propagation, option);
	else if (span_in(option, "exec noexec"))
		item_set_truth(mount, MEMBER_mount_noexec, option.p[0] == 'n');
	else if (span_starts(option, SPAN("size=")) && value_docker_size(span_from(option, 5), &size))
		item_set_number(mount, MEMBER_mount_size, size);
}
