/* SPDX-License-Identifier: Apache-2.0
 *
 * The facts of one Compose service that one key states. See docs.docker.com/reference/compose-file/services and …/deploy. */
#include "base/files.h"
#include "sources/compose_project.h"

const compose_field compose_fields[] = {
	{FACT_read_only, "read_only", NULL, false},
	{FACT_privileged, "privileged", NULL, true},
	{FACT_pid_namespace, "pid", NULL, true},
	{FACT_ipc_namespace, "ipc", NULL, true},
	{FACT_uts_namespace, "uts", NULL, true},
	{FACT_cgroup_namespace, "cgroup", NULL, true},
	{FACT_user_namespace, "userns_mode", NULL, true},
	{FACT_network_mode, "network_mode", NULL, true},
	{FACT_memory_limit, "mem_limit", "deploy/resources/limits/memory", false},
	{FACT_memory_request, "mem_reservation", "deploy/resources/reservations/memory", false},
	{FACT_memory_swap, "memswap_limit", NULL, false},
	{FACT_cpu_limit, "cpus", "deploy/resources/limits/cpus", false},
	{FACT_cpu_request, NULL, "deploy/resources/reservations/cpus", false},
	{FACT_pids_limit, "pids_limit", "deploy/resources/limits/pids", false},
	{FACT_oom_kill_disabled, "oom_kill_disable", NULL, true},
	{FACT_cgroup_parent, "cgroup_parent", NULL, true},
	{FACT_pull_policy, "pull_policy", NULL, false},
};
const size_t compose_field_count = sizeof compose_fields / sizeof *compose_fields;

const compose_field *compose_field_of(fact_id fact)
{
	for (size_t i = 0; i < compose_field_count; i++)
		if (compose_fields[i].fact == fact)
			return &compose_fields[i];
	return NULL;
}

static bool is_open(const compose_reader *r, const node *n)
{
	return compose_marked(&r->project->open, n) || !node_is_scalar(n);
}

static bool is_namespace(fact_id fact)
{
	return fact == FACT_pid_namespace || fact == FACT_ipc_namespace || fact == FACT_uts_namespace ||
	       fact == FACT_cgroup_namespace || fact == FACT_user_namespace || fact == FACT_network_mode;
}

/* Sets a number as the type of its fact is written; false when it is none. */
static bool set_number(posture *p, fact_id fact, span word, origin at)
{
	int64_t number;
	bool (*read)(span, int64_t *) = fact_rows[fact].type == TYPE_SIZE  ? value_docker_size
					: fact_rows[fact].type == TYPE_CPU ? value_decimal_cpu
									   : span_int;
	if (!read(word, &number))
		return false;
	posture_set_number(p, fact, KNOWN_DECLARED, number, at);
	return true;
}

/* What cannot be understood is not known; it is not the default. */
static void set_field(compose_reader *r, fact_id fact, const member *m)
{
	origin at = compose_origin(r->project, m);
	span word = node_text(m->value);
	posture_place(r->posture, fact, at);
	if (is_open(r, m->value))
		return;
	if (is_namespace(fact))
		docker_namespace(&r->words, fact, word, at);
	else if (fact == FACT_pull_policy)
		posture_set_text(r->posture, fact, KNOWN_DECLARED,
			span_is(word, "if_not_present") ? SPAN("missing") : word, at);
	else if (fact_rows[fact].type == TYPE_TEXT)
		posture_set_text(r->posture, fact, KNOWN_DECLARED, word, at);
	else if (fact_rows[fact].type != TYPE_TRUTH)
		set_number(r->posture, fact, word, at);
	else if (node_truth(m->value) >= 0)
		posture_set_truth(r->posture, fact, KNOWN_DECLARED, node_truth(m->value) == 1, at);
}

/* What deploy says wins; where it says nothing of this, the nearest of its keys is where it would be written. */
static void read_field(compose_reader *r, const compose_field *f)
{
	const member *near = NULL, *own = f->path ? tree_find(r->node, f->path, NULL) : NULL;
	const member *deployed = f->deploy ? tree_find(r->node, f->deploy, &near) : NULL;
	if (deployed || own)
		set_field(r, f->fact, deployed ? deployed : own);
	else if (near)
		r->posture->all[f->fact].origin = compose_origin(r->project, near);
}

/* --- fields in ways of their own --- */

/* cpu_quota of cpu_period microseconds. */
static void read_cpu_quota(compose_reader *r)
{
	const member *quota = tree_find(r->node, "cpu_quota", NULL);
	int64_t number, period = 100000;
	if (!quota || r->posture->cpu_limit.known >= KNOWN_DECLARED || !node_int(quota->value, &number) ||
		number <= 0)
		return;
	node_int(node_get(r->node, "cpu_period"), &period);
	if (period > 0 && number < INT64_MAX / 1000)
		posture_set_number(r->posture, FACT_cpu_limit, KNOWN_DECLARED, number * 1000 / period,
			compose_origin(r->project, quota));
}

static void read_user(compose_reader *r)
{
	const member *m = tree_find(r->node, "user", NULL);
	if (m && node_is_scalar(m->value))
		docker_user(&r->words, node_text(m->value), compose_origin(r->project, m));
}

static void read_image(compose_reader *r)
{
	const member *image = tree_find(r->node, "image", NULL), *build = tree_find(r->node, "build", NULL);
	if (image && node_is_scalar(image->value))
		docker_image(&r->words, node_text(image->value), compose_origin(r->project, image));
	if (build)
		posture_set_truth(r->posture, FACT_image_built, KNOWN_DECLARED, true,
			compose_origin(r->project, build));
}

static const struct {
	const char *condition, *policy;
} conditions[] = {{"any", "always"}, {"none", "no"}, {"on-failure", "on-failure"}};

/* deploy.restart_policy; without a condition it is `any`. */
static void read_deployed_restart(compose_reader *r)
{
	const member *policy = tree_find(r->node, "deploy/restart_policy", NULL);
	if (!policy || !node_is_map(policy->value))
		return;
	const member *condition = node_member(policy->value, "condition"),
		     *tries = node_member(policy->value, "max_attempts");
	const member *last = tries ? tries : condition ? condition : policy;
	span word = condition ? node_text(condition->value) : SPAN("any");
	int64_t number;
	for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++)
		if (span_is(word, conditions[i].condition))
			posture_set_text(r->posture, FACT_restart, KNOWN_DECLARED,
				span_of(conditions[i].policy), compose_origin(r->project, last));
	posture_set_number(
		r->posture, FACT_restart_retries, KNOWN_DEFAULT, 0, compose_origin(r->project, policy));
	if (tries && node_int(tries->value, &number))
		posture_set_number(r->posture, FACT_restart_retries, KNOWN_DECLARED, number,
			compose_origin(r->project, tries));
}

static void read_restart(compose_reader *r)
{
	const member *m = tree_find(r->node, "restart", NULL);
	if (m && node_is_scalar(m->value))
		docker_restart(&r->words, node_text(m->value), compose_origin(r->project, m));
	read_deployed_restart(r);
}

span compose_joined(const compose_reader *r, const node *n)
{
	auto_buffer line = {0};
	if (node_is_scalar(n))
		return node_text(n);
	for (uint32_t i = 0; node_is_list(n) && i < n->count; i++) {
		if (line.n)
			buffer_add_byte(&line, ' ');
		buffer_add(&line, node_text(n->items[i]));
	}
	return arena_copy(r->project->arena, buffer_span(&line));
}

static void read_command(compose_reader *r)
{
	const member *entry = tree_find(r->node, "entrypoint", NULL),
		     *command = tree_find(r->node, "command", NULL);
	if (!entry && !command)
		return;
	span first = entry ? compose_joined(r, entry->value) : (span){0};
	span second = command ? compose_joined(r, command->value) : (span){0};
	span both = first.n && second.n
			    ? arena_format(r->project->arena, "%.*s %.*s", SPAN_ARG(first), SPAN_ARG(second))
		    : first.n ? first
			      : second;
	posture_set_text(r->posture, FACT_command, KNOWN_DECLARED, both,
		compose_origin(r->project, entry ? entry : command));
}

/* The words of a test without the CMD or CMD-SHELL before them. */
static span health_words(const compose_reader *r, const node *test)
{
	span words = compose_joined(r, test), rest = words, first;
	if (!node_is_list(test) || !span_word(&rest, &first))
		return words;
	if (span_is(first, "NONE"))
		return SPAN("none");
	return span_is(first, "CMD") || span_is(first, "CMD-SHELL") ? span_trim(rest) : words;
}

/* A healthcheck without a test changes how often the one of the image runs. */
static void read_health(compose_reader *r)
{
	const member *check = tree_find(r->node, "healthcheck", NULL);
	if (!check || !node_is_map(check->value))
		return;
	const member *test = tree_find(check->value, "test", NULL),
		     *disable = node_member(check->value, "disable");
	posture_place(r->posture, FACT_health, compose_origin(r->project, check));
	if (disable && node_truth(disable->value) == 1)
		posture_set_text(r->posture, FACT_health, KNOWN_DECLARED, SPAN("none"),
			compose_origin(r->project, disable));
	else if (test)
		posture_set_text(r->posture, FACT_health, KNOWN_DECLARED, health_words(r, test->value),
			compose_origin(r->project, test));
}

/* --- build --- */

static bool is_remote(span context)
{
	return span_contains(context, "://") || span_starts(context, SPAN("git@")) ||
	       span_starts(context, SPAN("github.com/")) || span_starts(context, SPAN("service:"));
}

/* The Dockerfile that `build:` names, and its stage. */
static void read_build(compose_reader *r, workload *w)
{
	const member *m = tree_find(r->node, "build", NULL);
	if (!m)
		return;
	arena *a = r->project->arena;
	bool is_map = node_is_map(m->value);
	span context = is_map ? node_text(node_get(m->value, "context")) : node_text(m->value);
	span name = is_map ? node_text(node_get(m->value, "dockerfile")) : (span){0};
	w->build_target = is_map ? node_text(node_get(m->value, "target")) : (span){0};
	if (is_remote(context) || docker_is_open(context) || docker_is_open(name) ||
		docker_is_open(w->build_target) || (is_map && node_get(m->value, "dockerfile_inline")))
		return;
	const char *folder = path_join(a, compose_file_of(r->project, m->key)->folder,
		arena_string(a, context.n ? context : SPAN(".")));
	w->build_file = path_join(a, folder, arena_string(a, name.n ? name : SPAN("Dockerfile")));
}

void compose_read_service(compose_project *p, compose_service *s, document *d)
{
	workload *w = bundle_add_workload(p->bundle, d, "service", arena_string(p->arena, s->name));
	compose_reader r = {.project = p, .service = s, .node = s->node, .posture = &w->posture};
	const text *t = s->parts.items[0].file->text;
	w->origin = r.here = (origin){t, s->key->start, s->key->end};
	w->node = s->parts.items[0].node;
	w->handle = s;
	r.words = (docker_words){
		.arena = p->arena, .posture = &w->posture, .files = p->loader, .folder = p->main->folder};
	docker_defaults(&r.words, r.here);
	for (size_t i = 0; i < compose_field_count; i++)
		read_field(&r, &compose_fields[i]);
	read_cpu_quota(&r);
	read_user(&r);
	read_image(&r);
	read_restart(&r);
	read_command(&r);
	read_health(&r);
	read_build(&r, w);
	compose_read_lists(&r);
	compose_read_mounts(&r);
}
