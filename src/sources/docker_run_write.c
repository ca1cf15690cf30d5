/* SPDX-License-Identifier: Apache-2.0
 *
 * Edits that make a `docker run` command say what is wanted: an option is added behind the word `run`, rewritten, or taken away with
 * the blank before it. */
#include "sources/docker_run.h"

typedef struct run_writer {
	arena *arena;
	const run_command *command;
	const posture *posture; /* all that is said of it */
	edit_list edits;
	const want *wants;
	size_t count;
	bool user_written;
	error *error;
} run_writer;

static int cannot(const run_writer *s, const want *w)
{
	return error_set(s->error, ERROR_USAGE, "this command line cannot be told %s = %.*s",
		fact_rows[w->fact].field, SPAN_ARG(w->value));
}

static int replace(run_writer *s, uint32_t start, uint32_t end, span words)
{
	list_push(s->arena, &s->edits,
		(edit){.source = s->command->text, .start = start, .end = end, .replacement = words});
	return 0;
}

static int insert(run_writer *s, const char *option, span value)
{
	span words = value.n ? arena_format(s->arena, " --%s %.*s", option, SPAN_ARG(value))
			     : arena_format(s->arena, " --%s", option);
	return replace(s, s->command->end, s->command->end, words);
}

static int take_away(run_writer *s, const run_option *o)
{
	if (o->bundled)
		return error_set(s->error, ERROR_USAGE, "the option shares its word with others");
	return replace(s, o->before, o->end, (span){0});
}

/* Whether a value can stand in a command line as it is. */
static bool is_plain(span value)
{
	for (size_t i = 0; i < value.n; i++)
		if (!ascii_alpha(value.p[i]) && !ascii_digit(value.p[i]) &&
			!memchr("_-./:=,@%+", value.p[i], 10))
			return false;
	return value.n > 0;
}

static int set_value(run_writer *s, const run_option *o, span value)
{
	if (o->value_end > o->value_start && o->value_start >= o->start)
		return replace(s, o->value_start, o->value_end, value);
	if (o->bundled)
		return error_set(s->error, ERROR_USAGE, "the option shares its word with others");
	return replace(
		s, o->start, o->end, arena_format(s->arena, "--%s %.*s", o->row->name, SPAN_ARG(value)));
}

/* --- facts of one option --- */

static const struct {
	fact_id fact;
	const char *name;
	const char *initial; /* restored by taking the option away; NULL: by writing it */
} fields[] = {
	{FACT_read_only, "read-only", "false"},
	{FACT_privileged, "privileged", "false"},
	{FACT_oom_kill_disabled, "oom-kill-disable", "false"},
	{FACT_user_namespace, "userns", "private"},
	{FACT_pid_namespace, "pid", "private"},
	{FACT_ipc_namespace, "ipc", "private"},
	{FACT_uts_namespace, "uts", "private"},
	{FACT_cgroup_namespace, "cgroupns", "private"},
	{FACT_network_mode, "network", "private"},
	{FACT_memory_limit, "memory", NULL},
	{FACT_memory_request, "memory-reservation", NULL},
	{FACT_memory_swap, "memory-swap", NULL},
	{FACT_cpu_limit, "cpus", NULL},
	{FACT_pids_limit, "pids-limit", NULL},
	{FACT_restart, "restart", "no"},
	{FACT_cgroup_parent, "cgroup-parent", NULL},
	{FACT_pull_policy, "pull", NULL},
};

static bool states(const run_option *o, fact_id fact)
{
	return o->row && o->row->fact == fact;
}

static int write_truth(run_writer *s, const char *name, const want *w)
{
	bool wanted = span_is(w->value, "true");
	for (uint32_t i = 0; i < s->command->options.count; i++) {
		const run_option *o = &s->command->options.items[i];
		if (states(o, w->fact) && (!wanted || !span_is(o->value, "true")))
			TRY(take_away(s, o));
		else if (states(o, w->fact))
			return 0;
	}
	return wanted ? insert(s, name, (span){0}) : 0;
}

static int write_field(run_writer *s, size_t field, const want *w)
{
	span value = w->value;
	const char *initial = fields[field].initial;
	const run_option *there = NULL;
	if (fact_rows[w->fact].type == TYPE_TRUTH)
		return write_truth(s, fields[field].name, w);
	if (fact_rows[w->fact].type != TYPE_TEXT &&
		!docker_quantity(w->fact, w->value, posture_reserved(s->posture, w->fact), s->arena, &value))
		return cannot(s, w);
	if (!is_plain(value))
		return cannot(s, w);
	for (uint32_t i = 0; i < s->command->options.count; i++) {
		const run_option *o = &s->command->options.items[i];
		if (!states(o, w->fact))
			continue;
		if (initial && span_is(value, initial))
			TRY(take_away(s, o));
		there = o;
	}
	if (initial && span_is(value, initial))
		return 0;
	return there ? set_value(s, there, value) : insert(s, fields[field].name, value);
}

/* --- security options --- */

static const struct {
	fact_id fact;
	const char *name, *initial, *written; /* written: with its value; NULL: name=value */
} options[] = {
	{FACT_no_new_privileges, "no-new-privileges", "false", "no-new-privileges"},
	{FACT_seccomp, "seccomp", "default", NULL},
	{FACT_apparmor, "apparmor", "default", NULL},
	{FACT_unmasked, "systempaths", "false", "systempaths=unconfined"},
	{FACT_selinux_disabled, "label", "false", "label=disable"},
};
enum { OPTIONS = sizeof options / sizeof *options };

static bool is_security(const run_option *o, const char *name)
{
	span n = span_of(name);
	return o->row && o->row->read == run_read_security && span_starts(o->value, n) &&
	       (o->value.n == n.n || o->value.p[n.n] == ':' || o->value.p[n.n] == '=');
}

static int write_option(run_writer *s, size_t option, const want *w)
{
	const char *fixed = options[option].written;
	span words = fixed ? span_of(fixed)
			   : arena_format(s->arena, "%s=%.*s", options[option].name, SPAN_ARG(w->value));
	bool written = span_is(w->value, options[option].initial);
	if (!is_plain(words))
		return cannot(s, w);
	for (uint32_t i = 0; i < s->command->options.count; i++) {
		const run_option *o = &s->command->options.items[i];
		if (!is_security(o, options[option].name))
			continue;
		TRY(written ? take_away(s, o) : set_value(s, o, words));
		written = true;
	}
	return written ? 0 : insert(s, "security-opt", words);
}

/* --- facts in ways of their own --- */

static int write_user(run_writer *s, const want *w)
{
	span user = docker_user_wanted(s->wants, s->count, s->arena);
	const run_option *o = run_option_of(s->command, "user");
	if (s->user_written)
		return 0;
	s->user_written = true;
	if (!is_plain(user))
		return cannot(s, w);
	return o ? set_value(s, o, user) : insert(s, "user", user);
}

static int write_image(run_writer *s, const want *w)
{
	if (!is_plain(w->value) || !s->command->image.n)
		return cannot(s, w);
	return replace(s, s->command->image_start, s->command->image_end, w->value);
}

/* --- lists --- */

/* The option that said the item. */
static const run_option *option_of(const run_writer *s, const want *w)
{
	for (uint32_t i = 0; i < s->command->options.count; i++) {
		const run_option *o = &s->command->options.items[i];
		span name = span_sub(o->value, 0, span_find_byte(o->value, '='));
		if (!states(o, w->fact))
			continue;
		if (w->item ? o->start == w->item->origin.start && o->end == w->item->origin.end
			    : span_equal(o->value, w->value) || span_equal(name, w->value))
			return o;
	}
	return NULL;
}

static int write_port(run_writer *s, const want *w, const run_option *o)
{
	if (w->member != MEMBER_port_host_ip || o->row->read != run_read_port)
		return cannot(s, w);
	return set_value(s, o, docker_port_at(o->value, w->value, s->arena));
}

static int write_mount(run_writer *s, const want *w, const run_option *o)
{
	bool writable = span_is(w->value, "true");
	if (w->member != MEMBER_mount_writable)
		return cannot(s, w);
	if (o->row->read == run_read_volume)
		return set_value(s, o, docker_volume_writable(o->value, writable, s->arena));
	if (o->row->read != run_read_mount || writable)
		return cannot(s, w);
	return set_value(s, o, arena_format(s->arena, "%.*s,readonly", SPAN_ARG(o->value)));
}

/* Several items may stand in one option: what one of them wants would reach the others. */
static bool says_one(const run_option *o)
{
	return o->row->read != run_read_capability || span_find_byte(o->value, ',') == SPAN_NONE;
}

static bool has_value(const run_writer *s, fact_id fact, span name)
{
	for (uint32_t i = 0; i < s->command->options.count; i++) {
		const run_option *o = &s->command->options.items[i];
		span rest = o->value, one;
		if (!states(o, fact))
			continue;
		while (docker_cut(&rest, fact == FACT_mounts ? ':' : ',', &one))
			if (fact == FACT_mounts ? span_equal(one, name)
						: span_equal(value_capability(one, s->arena), name))
				return true;
	}
	return false;
}

static int add_item(run_writer *s, const want *w)
{
	span target = span_from(w->value, 6);
	if (w->fact == FACT_caps_add || w->fact == FACT_caps_drop) {
		span name = value_capability(w->value, s->arena);
		return has_value(s, w->fact, name)
			       ? 0
			       : insert(s, w->fact == FACT_caps_add ? "cap-add" : "cap-drop", name);
	}
	if (w->fact != FACT_mounts || !span_starts(w->value, SPAN("tmpfs:")) || !is_plain(target))
		return cannot(s, w);
	return has_value(s, FACT_mounts, target)
		       ? 0
		       : insert(s, "tmpfs", arena_format(s->arena, "%.*s:size=64m", SPAN_ARG(target)));
}

static int write_list(run_writer *s, const want *w)
{
	if (w->op == WANT_ADD)
		return add_item(s, w);
	const run_option *o = option_of(s, w);
	if (!o || !says_one(o))
		return cannot(s, w);
	if (w->op == WANT_REMOVE)
		return take_away(s, o);
	return w->fact == FACT_ports    ? write_port(s, w, o)
	       : w->fact == FACT_mounts ? write_mount(s, w, o)
					: cannot(s, w);
}

static int write_one(run_writer *s, const want *w)
{
	if (fact_rows[w->fact].type == TYPE_LIST)
		return write_list(s, w);
	if (w->fact == FACT_user || w->fact == FACT_uid || w->fact == FACT_gid)
		return write_user(s, w);
	if (w->fact == FACT_image)
		return write_image(s, w);
	for (size_t i = 0; i < OPTIONS; i++)
		if (options[i].fact == w->fact)
			return write_option(s, i, w);
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (fields[i].fact == w->fact)
			return write_field(s, i, w);
	return cannot(s, w);
}

int run_write(const workload *w, const want *wants, size_t count, arena *a, edit_list *ret, error *e)
{
	run_writer s = {.arena = a,
		.command = w->handle,
		.posture = w->effective,
		.wants = wants,
		.count = count,
		.error = e};
	for (size_t i = 0; i < count; i++)
		TRY(write_one(&s, &wants[i]));
	list_each(edit, x, &s.edits)
		list_push(a, ret, *x);
	return 0;
}
