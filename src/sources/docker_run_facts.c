/* SPDX-License-Identifier: Apache-2.0
 *
 * What the options of `docker run` say. */
#include "base/files.h"
#include "sources/docker_run.h"

origin run_origin(const run_command *c, const run_option *o)
{
	return (origin){c->text, o->start, o->end};
}

const run_option *run_option_of(const run_command *c, const char *name)
{
	const run_option *found = NULL;
	for (uint32_t i = 0; i < c->options.count; i++)
		if (c->options.items[i].row && strcmp(c->options.items[i].row->name, name) == 0)
			found = &c->options.items[i];
	return found;
}

static origin at(const run_reader *r, const run_option *o)
{
	return run_origin(r->command, o);
}

/* --- single values: what cannot be understood is not known; it is not the default --- */

void run_read_truth(run_reader *r, const run_option *o)
{
	bool no = span_in(o->value, "false 0 f F FALSE False");
	if (docker_is_open(o->value))
		posture_place(r->posture, o->row->fact, at(r, o));
	else
		posture_set_truth(r->posture, o->row->fact, KNOWN_DECLARED, !no, at(r, o));
}

static void set_number(run_reader *r, const run_option *o, bool (*read)(span, int64_t *))
{
	int64_t number;
	if (read(o->value, &number))
		posture_set_number(r->posture, o->row->fact, KNOWN_DECLARED, number, at(r, o));
	else
		posture_place(r->posture, o->row->fact, at(r, o));
}

void run_read_size(run_reader *r, const run_option *o)
{
	set_number(r, o, value_docker_size);
}

void run_read_cpu(run_reader *r, const run_option *o)
{
	set_number(r, o, value_decimal_cpu);
}

void run_read_number(run_reader *r, const run_option *o)
{
	set_number(r, o, span_int);
}

/* --cpu-quota of --cpu-period microseconds. */
void run_read_cpu_quota(run_reader *r, const run_option *o)
{
	const run_option *given = run_option_of(r->command, "cpu-period");
	int64_t quota, period = 100000;
	if (given)
		span_int(given->value, &period);
	if (span_int(o->value, &quota) && quota > 0 && period > 0 && quota < INT64_MAX / 1000)
		posture_set_number(
			r->posture, FACT_cpu_limit, KNOWN_DECLARED, quota * 1000 / period, at(r, o));
}

void run_read_text(run_reader *r, const run_option *o)
{
	docker_text(&r->words, o->row->fact, o->value, at(r, o));
}

void run_read_namespace(run_reader *r, const run_option *o)
{
	docker_namespace(&r->words, o->row->fact, o->value, at(r, o));
}

/* Modes share or replace the network; anything else is the name of one. */
void run_read_network(run_reader *r, const run_option *o)
{
	static const char *const modes = "host none bridge default private slirp4netns pasta";
	size_t colon = span_find_byte(o->value, ':');
	span name = span_sub(o->value, 0, colon);
	bool joined = colon != SPAN_NONE && span_in(name, "container ns");
	if (joined || docker_is_open(o->value) || span_in(name, modes)) {
		docker_namespace(&r->words, FACT_network_mode, joined ? o->value : name, at(r, o));
		return;
	}
	item *it = posture_add(r->posture, FACT_networks, at(r, o), r->words.arena);
	item_set_text(it, MEMBER_network_name, name);
}

void run_read_user(run_reader *r, const run_option *o)
{
	docker_user(&r->words, o->value, at(r, o));
}

void run_read_restart(run_reader *r, const run_option *o)
{
	docker_restart(&r->words, o->value, at(r, o));
}

void run_read_health(run_reader *r, const run_option *o)
{
	posture_set_text(r->posture, FACT_health, KNOWN_DECLARED, o->value, at(r, o));
}

void run_read_no_health(run_reader *r, const run_option *o)
{
	posture_set_text(r->posture, FACT_health, KNOWN_DECLARED, SPAN("none"), at(r, o));
}

void run_read_security(run_reader *r, const run_option *o)
{
	docker_security_opt(&r->words, o->value, at(r, o));
}

/* --- lists --- */

void run_read_capability(run_reader *r, const run_option *o)
{
	span rest = o->value, one; /* podman takes several at once */
	while (span_cut(&rest, ',', &one))
		docker_capability(&r->words, o->row->fact, one, at(r, o));
}

void run_read_volume(run_reader *r, const run_option *o)
{
	docker_volume(&r->words, o->value, at(r, o));
}

void run_read_tmpfs(run_reader *r, const run_option *o)
{
	docker_tmpfs(&r->words, o->value, at(r, o));
}

void run_read_socket(run_reader *r, const run_option *o)
{
	docker_volume(&r->words, SPAN("/var/run/docker.sock:/var/run/docker.sock"), at(r, o));
}

static void set_mount_pair(run_reader *r, item *it, span key, span value)
{
	int64_t size;
	if (span_in(key, "target dst destination"))
		item_set_text(it, MEMBER_mount_target, value);
	else if (span_in(key, "readonly ro"))
		item_set_truth(it, MEMBER_mount_writable, span_in(value, "false 0") && value.n);
	else if (span_is(key, "bind-propagation"))
		item_set_text(it, MEMBER_mount_propagation, value);
	else if (span_is(key, "bind-recursive") && span_is(value, "readonly"))
		item_set_truth(it, MEMBER_mount_recursive, true);
	else if (span_is(key, "tmpfs-size") && value_docker_size(value, &size))
		item_set_number(it, MEMBER_mount_size, size);
	else if (span_is(key, "volume-opt") && span_starts(value, SPAN("device=/"))) {
		item_set_text(it, MEMBER_mount_type, SPAN("bind"));
		item_set_text(it, MEMBER_mount_source, docker_path(&r->words, span_from(value, 7)));
	}
}

/* type=bind,source=/a,target=/b,readonly. */
void run_read_mount(run_reader *r, const run_option *o)
{
	item *it = posture_add(r->posture, FACT_mounts, at(r, o), r->words.arena);
	span rest = o->value, pair, source = {0}, type = SPAN("volume");
	item_set_truth(it, MEMBER_mount_writable, true);
	for (span all = rest; span_cut(&all, ',', &pair);) {
		size_t equal = span_find_byte(pair, '=');
		span value = equal == SPAN_NONE ? (span){0} : span_from(pair, equal + 1);
		if (span_is(span_sub(pair, 0, equal), "type"))
			type = value;
		if (equal != SPAN_NONE && span_in(span_sub(pair, 0, equal), "source src"))
			source = value;
	}
	item_set_text(it, MEMBER_mount_type, type);
	if (source.n)
		item_set_text(it, MEMBER_mount_source,
			span_is(type, "bind") ? docker_path(&r->words, source) : source);
	if (span_is(type, "tmpfs"))
		item_set_truth(it, MEMBER_mount_noexec, true);
	while (span_cut(&rest, ',', &pair)) {
		size_t equal = span_find_byte(pair, '=');
		set_mount_pair(r, it, span_sub(pair, 0, equal),
			equal == SPAN_NONE ? (span){0} : span_from(pair, equal + 1));
	}
}

void run_read_device(run_reader *r, const run_option *o)
{
	docker_device(&r->words, o->value, at(r, o));
}

void run_read_port(run_reader *r, const run_option *o)
{
	docker_port(&r->words, o->value, true, at(r, o));
}

void run_read_expose(run_reader *r, const run_option *o)
{
	docker_port(&r->words, o->value, false, at(r, o));
}

/* -P: every port that the image exposes, whichever those are. */
void run_read_all_ports(run_reader *r, const run_option *o)
{
	item *it = posture_add(r->posture, FACT_ports, at(r, o), r->words.arena);
	item_set_number(it, MEMBER_port_host_port, 0);
	item_set_truth(it, MEMBER_port_published, true);
}

/* NAME=value; NAME alone, or with a variable of the shell in its value, comes from outside. */
void run_read_env(run_reader *r, const run_option *o)
{
	size_t equal = span_find_byte(o->value, '=');
	span value = equal == SPAN_NONE ? (span){0} : span_from(o->value, equal + 1);
	item *it = posture_add(r->posture, FACT_env, at(r, o), r->words.arena);
	item_set_text(it, MEMBER_env_name, span_sub(o->value, 0, equal));
	if (equal == SPAN_NONE || docker_is_open(value)) {
		item_set_text(it, MEMBER_env_source, SPAN("host"));
		return;
	}
	item_set_text(it, MEMBER_env_source, SPAN("literal"));
	item_set_text(it, MEMBER_env_value, value);
}

void run_read_env_file(run_reader *r, const run_option *o)
{
	item *it = posture_add(r->posture, FACT_env, at(r, o), r->words.arena);
	item_set_text(it, MEMBER_env_source, SPAN("file"));
	item_set_text(it, MEMBER_env_reference, o->value);
}

static void add_pair(run_reader *r, const run_option *o)
{
	size_t equal = span_find_byte(o->value, '=');
	docker_pair(&r->words, o->row->fact, span_sub(o->value, 0, equal),
		equal == SPAN_NONE ? (span){0} : span_from(o->value, equal + 1), at(r, o));
}

void run_read_label(run_reader *r, const run_option *o)
{
	add_pair(r, o);
}

void run_read_sysctl(run_reader *r, const run_option *o)
{
	add_pair(r, o);
}

void run_read_ulimit(run_reader *r, const run_option *o)
{
	docker_ulimit(&r->words, o->value, at(r, o));
}

void run_read_group(run_reader *r, const run_option *o)
{
	item_set_text(
		posture_add(r->posture, FACT_groups, at(r, o), r->words.arena), MEMBER_group_name, o->value);
}

/* podman: name[,type=mount,target=…]. */
void run_read_secret(run_reader *r, const run_option *o)
{
	span rest = o->value, name = {0}, pair;
	span_cut(&rest, ',', &name);
	item *it = posture_add(r->posture, FACT_secrets, at(r, o), r->words.arena);
	item_set_text(it, MEMBER_secret_name, name);
	item_set_text(it, MEMBER_secret_source, SPAN("external"));
	item_set_text(
		it, MEMBER_secret_target, arena_format(r->words.arena, "/run/secrets/%.*s", SPAN_ARG(name)));
	while (span_cut(&rest, ',', &pair))
		if (span_starts(pair, SPAN("target=")))
			item_set_text(it, MEMBER_secret_target, span_from(pair, 7));
}

/* --- the whole command --- */

/* Options that nobody can see may say anything: what is left out here need not be the default. */
static void forget_defaults(posture *p)
{
	for (int id = 0; id < FACT_COUNT; id++)
		if (p->all[id].known == KNOWN_DEFAULT)
			posture_place(p, (fact_id)id, p->all[id].origin);
}

static void read_command(run_reader *r)
{
	const run_command *c = r->command;
	const run_option *entry = run_option_of(c, "entrypoint");
	auto_buffer line = {0};
	if (entry)
		buffer_add(&line, entry->value);
	for (uint32_t i = 0; i < c->arguments.count; i++) {
		if (line.n)
			buffer_add_byte(&line, ' ');
		buffer_add(&line, c->arguments.items[i].value);
	}
	if (line.n)
		posture_set_text(r->posture, FACT_command, KNOWN_DECLARED,
			arena_copy(r->words.arena, buffer_span(&line)),
			(origin){c->text, entry ? entry->start : c->image_start,
				entry ? entry->end : c->image_end});
}

void run_facts(const run_command *c, posture *p, loader *files, const char *folder, arena *a)
{
	run_reader r = {.words = {.arena = a, .posture = p, .files = files, .folder = folder},
		.posture = p,
		.command = c};
	docker_defaults(&r.words, (origin){c->text, c->start, c->end});
	if (c->opaque)
		forget_defaults(p);
	for (uint32_t i = 0; i < c->options.count; i++)
		if (c->options.items[i].row && c->options.items[i].row->read)
			c->options.items[i].row->read(&r, &c->options.items[i]);
	if (c->image.n)
		docker_image(&r.words, c->image, (origin){c->text, c->image_start, c->image_end});
	read_command(&r);
}
