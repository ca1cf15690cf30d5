/* SPDX-License-Identifier: Apache-2.0
 *
 * Edits that make a Compose service say what is wanted. Of several files the one is edited that says it now; what nobody says goes
 * into the first. All changes of one file are made together. */
#include "formats/yaml_edit.h"
#include "sources/compose_project.h"

typedef LIST(tree_change) change_list;

typedef struct service_writer {
	arena *arena;
	const compose_service *service;
	const posture *posture; /* all that is said of the service */
	change_list *changes;   /* of every part of the service */
	edit_list edits;        /* those that rewrite one scalar in place */
	const want *wants;      /* all of the call */
	size_t count;
	bool user_written;
	error *error;
} service_writer;

static int cannot(const service_writer *s, const want *w)
{
	return error_set(s->error, ERROR_USAGE, "%.*s cannot be told %s = %.*s here",
		SPAN_ARG(s->service->name), fact_rows[w->fact].field, SPAN_ARG(w->value));
}

static const compose_part *part_at(const service_writer *s, uint32_t part)
{
	return &s->service->parts.items[part];
}

/* path is below the service. */
static int change(service_writer *s, uint32_t part, tree_op op, const char *path, tree_value value)
{
	const char *whole = arena_format(s->arena, "%s/%s", part_at(s, part)->path, path).p;
	list_push(s->arena, &s->changes[part], (tree_change){op, whole, value});
	return 0;
}

static tree_value string_value(const service_writer *s, span words)
{
	return (tree_value){.kind = NODE_STRING, .text = arena_string(s->arena, words)};
}

enum { NO_PART = UINT32_MAX };

/* The last part that says something at the path. */
static uint32_t part_with(const service_writer *s, const char *path)
{
	for (uint32_t i = s->service->parts.count; path && i-- > 0;)
		if (node_path(part_at(s, i)->node, path))
			return i;
	return NO_PART;
}

/* Takes the key away wherever it stands. */
static int take_away(service_writer *s, const char *path)
{
	for (uint32_t i = 0; i < s->service->parts.count; i++)
		if (node_path(part_at(s, i)->node, path))
			change(s, i, TREE_REMOVE, path, (tree_value){0});
	return 0;
}

/* --- facts of one key --- */

static bool field_value_of(const service_writer *s, fact_id fact, span wanted, tree_value *ret)
{
	span words;
	switch (fact_rows[fact].type) {
	case TYPE_TRUTH:
		*ret = (tree_value){.kind = NODE_BOOL, .text = span_is(wanted, "true") ? "true" : "false"};
		return true;
	case TYPE_TEXT:
		*ret = string_value(s, wanted);
		return true;
	case TYPE_NUMBER:
	case TYPE_SIZE:
	case TYPE_CPU:
	case TYPE_LIST:
		break;
	}
	if (!docker_quantity(fact, wanted, posture_reserved(s->posture, fact), s->arena, &words))
		return false;
	*ret = string_value(s, words);
	if (fact_rows[fact].type == TYPE_NUMBER)
		ret->kind = NODE_NUMBER;
	return true;
}

static bool is_initial(span value)
{
	return span_is(value, "false") || span_is(value, "private");
}

/* A service that has deploy.resources gets its limits there: Compose refuses both. */
static int write_field(service_writer *s, const compose_field *f, const want *w)
{
	tree_value value;
	uint32_t part = part_with(s, f->deploy);
	const char *path = f->deploy;
	if (f->removed && is_initial(w->value))
		return take_away(s, f->path);
	if (!field_value_of(s, f->fact, w->value, &value))
		return cannot(s, w);
	if (part == NO_PART) {
		part = part_with(s, f->path);
		path = f->path;
	}
	if (part == NO_PART && f->deploy && (part = part_with(s, "deploy/resources")) != NO_PART)
		path = f->deploy;
	if (!path)
		path = f->deploy;
	return change(s, part == NO_PART ? 0 : part, TREE_SET, path, value);
}

static int set_text(service_writer *s, const char *path, span words)
{
	uint32_t part = part_with(s, path);
	return change(s, part == NO_PART ? 0 : part, TREE_SET, path, string_value(s, words));
}

/* --- facts in ways of their own --- */

static int write_user(service_writer *s, const want *w)
{
	(void)w;
	if (s->user_written)
		return 0;
	s->user_written = true;
	span user = docker_user_wanted(s->wants, s->count, s->arena);
	return user.n ? set_text(s, "user", user) : cannot(s, w);
}

static int write_image(service_writer *s, const want *w)
{
	return set_text(s, "image", w->value);
}

static int write_restart(service_writer *s, const want *w)
{
	if (part_with(s, "deploy/restart_policy") != NO_PART)
		return cannot(s, w);
	return set_text(s, "restart", w->value);
}

/* Options of security_opt: what each is called, and which value goes without being written. */
static const struct {
	fact_id fact;
	const char *name, *initial;
} options[] = {
	{FACT_no_new_privileges, "no-new-privileges", "false"},
	{FACT_seccomp, "seccomp", "default"},
	{FACT_apparmor, "apparmor", "default"},
	{FACT_unmasked, "systempaths", "false"},
	{FACT_selinux_disabled, "label", "false"},
};
enum { OPTIONS = sizeof options / sizeof *options };

static bool is_option(span word, const char *name)
{
	span n = span_of(name);
	return span_starts(word, n) && (word.n == n.n || word.p[n.n] == ':' || word.p[n.n] == '=');
}

static span option_word(const service_writer *s, size_t option, span value)
{
	if (options[option].fact == FACT_unmasked)
		return SPAN("systempaths=unconfined");
	if (options[option].fact == FACT_selinux_disabled)
		return SPAN("label=disable");
	return arena_format(s->arena, "%s:%.*s", options[option].name, SPAN_ARG(value));
}

/* The first one that is there is replaced, others of the name go. */
static int write_option(service_writer *s, size_t option, span value)
{
	bool written = span_is(value, options[option].initial);
	for (uint32_t i = s->service->parts.count; i-- > 0;) {
		const node *list = node_get(part_at(s, i)->node, "security_opt");
		for (uint32_t k = 0; node_is_list(list) && k < list->count; k++) {
			if (!is_option(node_text(list->items[k]), options[option].name))
				continue;
			const char *path = arena_format(s->arena, "security_opt/%u", k).p;
			change(s, i, written ? TREE_REMOVE : TREE_SET, path,
				written ? (tree_value){0} : string_value(s, option_word(s, option, value)));
			written = true;
		}
	}
	uint32_t part = part_with(s, "security_opt");
	return written ? 0
		       : change(s, part == NO_PART ? 0 : part, TREE_ADD, "security_opt",
				 string_value(s, option_word(s, option, value)));
}

static const struct {
	fact_id fact;
	int (*write)(service_writer *s, const want *w);
} own_ways[] = {{FACT_user, write_user}, {FACT_uid, write_user}, {FACT_gid, write_user},
	{FACT_image, write_image}, {FACT_restart, write_restart}};

/* --- lists --- */

static const struct {
	fact_id fact;
	const char *path;
} list_paths[] = {
	{FACT_caps_add, "cap_add"},
	{FACT_caps_drop, "cap_drop"},
	{FACT_mounts, "volumes"},
	{FACT_mounts, "tmpfs"},
	{FACT_mounts, "use_api_socket"},
	{FACT_ports, "ports"},
	{FACT_ports, "expose"},
	{FACT_env, "environment"},
	{FACT_env, "env_file"},
	{FACT_args, "build/args"},
	{FACT_labels, "labels"},
	{FACT_sysctls, "sysctls"},
	{FACT_devices, "devices"},
	{FACT_groups, "group_add"},
	{FACT_ulimits, "ulimits"},
	{FACT_networks, "networks"},
	{FACT_secrets, "secrets"},
};

typedef struct item_place {
	uint32_t part;
	const char *path; /* below the service */
	const node *node; /* the item, or the value of the member */
} item_place;

/* What a want without an item names it by: the name before '=', the target of a mount, else all of it. */
static bool is_named(const node *item, fact_id fact, span name)
{
	span words = node_text(item), rest = words, part = {0}, target = {0};
	if (fact == FACT_mounts) {
		if (node_is_map(item))
			return span_equal(node_text(node_get(item, "target")), name);
		docker_cut(&rest, ':', &part);
		return docker_cut(&rest, ':', &target) ? span_equal(target, name) : span_equal(part, name);
	}
	return span_equal(words, name) || span_equal(span_sub(words, 0, span_find_byte(words, '=')), name);
}

static bool is_item(const compose_part *part, const want *w, const node *key, const node *value)
{
	if (!w->item)
		return key ? span_equal(key->value, w->value) : is_named(value, w->fact, w->value);
	const node *first = key ? key : value;
	if (part->file->text == w->item->origin.text && first->start == w->item->origin.start)
		return true;
	/* A volume of the project that stands for a folder points there, not at the service. */
	return w->fact == FACT_mounts && is_named(value, w->fact, item_text(w->item, MEMBER_mount_target));
}

static bool find_below(
	const service_writer *s, const want *w, uint32_t part, const char *path, item_place *ret)
{
	const compose_part *p = part_at(s, part);
	const node *n = node_path(p->node, path);
	const bool is_map = node_is_map(n);
	if (node_is_scalar(n)) { /* tmpfs: /tmp */
		*ret = (item_place){part, path, n};
		return is_item(p, w, NULL, n) ||
		       (w->item && w->item->origin.end == n->end && p->file->text == w->item->origin.text);
	}
	for (uint32_t i = 0; n && i < n->count; i++) {
		const node *key = is_map ? n->members[i].key : NULL,
			   *value = is_map ? n->members[i].value : n->items[i];
		if (!is_item(p, w, key, value))
			continue;
		/* Keys may hold what paths are made of; positions do not. */
		const char *name =
			is_map ? arena_string(s->arena, key->value) : arena_format(s->arena, "%u", i).p;
		if (is_map && strpbrk(name, "/~"))
			return false;
		*ret = (item_place){part, arena_format(s->arena, "%s/%s", path, name).p, value};
		return true;
	}
	return false;
}

static bool find_item(const service_writer *s, const want *w, item_place *ret)
{
	for (uint32_t i = s->service->parts.count; i-- > 0;)
		for (size_t k = 0; k < sizeof list_paths / sizeof *list_paths; k++)
			if (list_paths[k].fact == w->fact && find_below(s, w, i, list_paths[k].path, ret))
				return true;
	return false;
}

/* Writes other words into a scalar and keeps its quotes. */
static int rewrite(service_writer *s, const item_place *at, span words)
{
	const text *t = part_at(s, at->part)->file->text;
	bool quoted = at->node->style == NODE_SINGLE_QUOTED || at->node->style == NODE_DOUBLE_QUOTED;
	uint32_t start = at->node->start + quoted, end = at->node->end - quoted;
	span written = span_sub(t->bytes, start, end - start);
	if (!quoted)
		written = span_trim(written);
	if (at->node->aliased || !span_equal(written, node_text(at->node)))
		return change(s, at->part, TREE_SET, at->path, string_value(s, words));
	end = start + (uint32_t)written.n;
	list_push(s->arena, &s->edits, (edit){.source = t, .start = start, .end = end, .replacement = words});
	return 0;
}

static int write_port(service_writer *s, const want *w, const item_place *at)
{
	if (w->member != MEMBER_port_host_ip)
		return cannot(s, w);
	const char *path = arena_format(s->arena, "%s/host_ip", at->path).p;
	if (node_is_map(at->node))
		return change(s, at->part, TREE_SET, path, string_value(s, w->value));
	return rewrite(s, at, docker_port_at(node_text(at->node), w->value, s->arena));
}

static int write_mount(service_writer *s, const want *w, const item_place *at)
{
	bool writable = span_is(w->value, "true");
	if (w->member != MEMBER_mount_writable)
		return cannot(s, w);
	if (node_is_map(at->node))
		return change(s, at->part, TREE_SET, arena_format(s->arena, "%s/read_only", at->path).p,
			(tree_value){.kind = NODE_BOOL, .text = writable ? "false" : "true"});
	return rewrite(s, at, docker_volume_writable(node_text(at->node), writable, s->arena));
}

/* A network is internal for all who are on it: said where the project names it. */
static int write_network(service_writer *s, const want *w)
{
	span name = w->item ? item_text(w->item, MEMBER_network_name) : w->value;
	const char *key = arena_string(s->arena, name);
	if (w->member != MEMBER_network_internal || strpbrk(key, "/~"))
		return cannot(s, w);
	const char *path = arena_format(s->arena, "networks/%s", key).p;
	uint32_t part = 0;
	for (uint32_t i = 0; i < s->service->parts.count; i++)
		if (node_path(part_at(s, i)->file->root, path))
			part = i;
	list_push(s->arena, &s->changes[part],
		(tree_change){TREE_SET, arena_format(s->arena, "%s/internal", path).p,
			{.kind = NODE_BOOL, .text = span_is(w->value, "false") ? "false" : "true"}});
	return 0;
}

static int write_member(service_writer *s, const want *w)
{
	item_place at;
	if (w->fact == FACT_networks)
		return write_network(s, w);
	if (!find_item(s, w, &at))
		return cannot(s, w);
	return w->fact == FACT_ports    ? write_port(s, w, &at)
	       : w->fact == FACT_mounts ? write_mount(s, w, &at)
					: cannot(s, w);
}

static int add_capability(service_writer *s, const want *w, const char *path)
{
	uint32_t part = part_with(s, path);
	span name = value_capability(w->value, s->arena);
	const node *list = part == NO_PART ? NULL : node_path(part_at(s, part)->node, path);
	for (uint32_t i = 0; node_is_list(list) && i < list->count; i++)
		if (span_equal(value_capability(node_text(list->items[i]), s->arena), name))
			return 0;
	return change(s, part == NO_PART ? 0 : part, TREE_ADD, path, string_value(s, name));
}

static int add_tmpfs(service_writer *s, const want *w)
{
	item_place at;
	span target = span_from(w->value, 6);
	want there = {.fact = FACT_mounts, .value = target};
	if (!span_starts(w->value, SPAN("tmpfs:")))
		return cannot(s, w);
	if (find_item(s, &there, &at))
		return 0;
	uint32_t part = part_with(s, "tmpfs");
	return change(s, part == NO_PART ? 0 : part, TREE_ADD, "tmpfs",
		string_value(s, arena_format(s->arena, "%.*s:size=64m", SPAN_ARG(target))));
}

static int write_list(service_writer *s, const want *w)
{
	item_place at;
	if (w->op == WANT_SET)
		return w->member >= 0 ? write_member(s, w) : cannot(s, w);
	if (w->op == WANT_REMOVE)
		return find_item(s, w, &at) ? change(s, at.part, TREE_REMOVE, at.path, (tree_value){0})
					    : cannot(s, w);
	if (w->fact == FACT_caps_add || w->fact == FACT_caps_drop)
		return add_capability(s, w, w->fact == FACT_caps_add ? "cap_add" : "cap_drop");
	return w->fact == FACT_mounts ? add_tmpfs(s, w) : cannot(s, w);
}

static int write_one(service_writer *s, const want *w)
{
	if (fact_rows[w->fact].type == TYPE_LIST)
		return write_list(s, w);
	for (size_t i = 0; i < sizeof own_ways / sizeof *own_ways; i++)
		if (own_ways[i].fact == w->fact)
			return own_ways[i].write(s, w);
	for (size_t i = 0; i < OPTIONS; i++)
		if (options[i].fact == w->fact)
			return write_option(s, i, w->value);
	const compose_field *f = compose_field_of(w->fact);
	return f ? write_field(s, f, w) : cannot(s, w);
}

int compose_write(const workload *w, const want *wants, size_t count, arena *a, edit_list *ret, error *e)
{
	const compose_service *service = w->handle;
	service_writer s = {.arena = a,
		.service = service,
		.posture = w->effective,
		.wants = wants,
		.count = count,
		.error = e};
	s.changes = ARENA_ARRAY(a, change_list, service->parts.count);
	for (size_t i = 0; i < count; i++)
		TRY(write_one(&s, &wants[i]));
	for (uint32_t i = 0; i < service->parts.count; i++) {
		const compose_file *f = service->parts.items[i].file;
		if (s.changes[i].count)
			TRY(tree_edit(
				f->text, f->root, s.changes[i].items, s.changes[i].count, a, &s.edits, e));
	}
	list_each(edit, x, &s.edits)
		list_push(a, ret, *x);
	return 0;
}
