/* SPDX-License-Identifier: Apache-2.0
 *
 * What both engines say alike (Docker Engine API, ContainerInspect; Podman's libpod API, ContainerInspectLibpod): identity, limits, what is restarted and
 * logged, the image. The rest is in the other files named inspect_*. */
#include "sources/capability_set.h"
#include "sources/inspect_read.h"

static const char *const places[ENGINE_KINDS] = {
	[ENGINE_DOCKER] = "docker inspect", [ENGINE_PODMAN] = "podman inspect"};

/* --- limits --- */

static void read_cpu(const inspect_reader *r)
{
	const tree_facts *f = &r->facts;
	int64_t nano = 0, limit;
	if (node_int(inspect_at(r, "HostConfig/NanoCpus"), &nano) && nano > 0) {
		posture_set_number(f->posture, FACT_cpu_limit, f->said, nano / 1000000,
			tree_facts_say_path(f, "HostConfig/NanoCpus"));
		return;
	}
	limit = tree_facts_cpu(inspect_at(r, "HostConfig/CpuQuota"), inspect_at(r, "HostConfig/CpuPeriod"));
	if (limit)
		tree_facts_say_path(f, "HostConfig/CpuPeriod");
	posture_set_number(f->posture, FACT_cpu_limit, limit ? f->said : f->silent, limit,
		tree_facts_say_path(f, limit ? "HostConfig/CpuQuota" : "HostConfig/NanoCpus"));
}

static void read_storage(const inspect_reader *r)
{
	int64_t size;
	const node *given = inspect_at(r, "HostConfig/StorageOpt/size");
	if (value_docker_size(node_text(given), &size))
		posture_set_number(r->facts.posture, FACT_storage_limit, r->facts.said, size,
			tree_facts_say(&r->facts, "HostConfig/StorageOpt/size", given));
}

static void read_limits(const inspect_reader *r)
{
	const tree_facts *f = &r->facts;
	tree_facts_limit(f, FACT_memory_limit, "HostConfig/Memory");
	tree_facts_limit(f, FACT_memory_request, "HostConfig/MemoryReservation");
	tree_facts_limit(f, FACT_pids_limit, "HostConfig/PidsLimit");
	tree_facts_number(f, FACT_cpu_shares, "HostConfig/CpuShares", 1024);
	tree_facts_swap(f, "HostConfig/Memory", "HostConfig/MemorySwap");
	tree_facts_truth(f, FACT_oom_kill_disabled, "HostConfig/OomKillDisable");
	tree_facts_ulimits(f, "HostConfig/Ulimits", "Name", "Soft", "Hard");
	read_cpu(r);
	read_storage(r);
}

/* --- how it is run --- */

/* A text, or what nobody asked for; NULL: then nothing is known. */
static void read_text(const inspect_reader *r, fact_id fact, const char *path, const char *usual)
{
	const tree_facts *f = &r->facts;
	span text = node_text(inspect_at(r, path));
	origin at = tree_facts_say_path(f, path);
	bool given = text.n && !(usual && span_is(text, usual));
	if (given || usual)
		posture_set_text(
			f->posture, fact, given ? f->said : f->silent, given ? text : span_of(usual), at);
	else
		posture_place(f->posture, fact, at);
}

static void read_health(const inspect_reader *r)
{
	const node *test = inspect_at(r, "Config/Healthcheck/Test");
	origin at = tree_facts_say_path(&r->facts, "Config/Healthcheck/Test");
	bool given = node_is_list(test) && test->count,
	     off = given && span_is(node_text(test->items[0]), "NONE");
	auto_buffer words = {0};
	if (given && !off)
		tree_facts_add_words(&words, test);
	posture_set_text(r->facts.posture, FACT_health, given ? r->facts.said : r->facts.silent,
		words.n ? arena_copy(r->facts.arena, buffer_span(&words)) : SPAN("none"), at);
}

/* Path and Args are entry point and command as they were put together. */
static void read_command(const inspect_reader *r)
{
	span path = node_text(inspect_at(r, "Path"));
	const node *arguments = inspect_at(r, "Args");
	auto_buffer words = {0}, rest = {0};
	if (path.n == 0)
		return;
	buffer_add_string(&words, "[\"");
	buffer_add(&words, path);
	buffer_add_byte(&words, '"');
	tree_facts_add_words(&rest, arguments);
	if (rest.n > 2)
		buffer_add_string(&words, ", ");
	buffer_add(&words, span_from(buffer_span(&rest), 1));
	span all = arena_copy(r->facts.arena, buffer_span(&words));
	posture_set_text(r->facts.posture, FACT_command, r->facts.said, all,
		tree_facts_say_item(&r->facts, "Path, Args", all));
}

static void read_running(const inspect_reader *r)
{
	read_text(r, FACT_restart, "HostConfig/RestartPolicy/Name", "no");
	tree_facts_limit(&r->facts, FACT_restart_retries, "HostConfig/RestartPolicy/MaximumRetryCount");
	read_text(r, FACT_log_driver, "HostConfig/LogConfig/Type", NULL);
	read_text(r, FACT_cgroup_parent, "HostConfig/CgroupParent", NULL);
	read_health(r);
	read_command(r);
}

/* --- the image --- */

/* "4f4f414b9d8a" and "sha256:4f4f…" name an image by its id, which pins it; they are no names that have a tag. */
static bool is_image_id(const inspect_reader *r, span typed)
{
	span id = node_text(inspect_at(r, "Image"));
	if (span_starts(typed, SPAN("sha256:")))
		return true;
	if (span_starts(id, SPAN("sha256:")))
		id = span_from(id, 7);
	return typed.n >= 6 && id.n == 64 && span_starts(id, typed);
}

static void read_image(const inspect_reader *r)
{
	const tree_facts *f = &r->facts;
	span typed = node_text(inspect_at(r, "Config/Image"));
	if (typed.n == 0)
		return;
	origin at = tree_facts_say_path(f, "Config/Image");
	if (!is_image_id(r, typed)) {
		posture_set_image(f->posture, f->said, typed, at, f->arena);
		return;
	}
	posture_set_text(f->posture, FACT_image, f->said, typed, at);
	posture_set_text(f->posture, FACT_image_digest, f->said, typed, at);
}

/* --- all of it --- */

void inspect_capabilities(const inspect_reader *r, fact_id fact, fact_known known, uint64_t set, origin at)
{
	capability_set_facts(r->facts.posture, fact, known, set, at, r->facts.arena);
	r->facts.posture->all[fact].known = known; /* adding items has declared it */
}

static void read_lists(const inspect_reader *r)
{
	tree_facts_env(&r->facts, "Config/Env");
	tree_facts_pairs(&r->facts, FACT_labels, "Config/Labels");
}

void inspect_posture(engine_kind kind, const node *inspect, const engine_defaults *defaults, evidence *v,
	posture *p, arena *a)
{
	const node *privileged = node_path(inspect, "HostConfig/Privileged");
	inspect_reader r = {
		.facts = {.place = places[kind],
			.root = inspect,
			.evidence = v,
			.posture = p,
			.arena = a,
			.said = KNOWN_DECLARED,
			.silent = KNOWN_DEFAULT},
		.kind = kind,
		.privileged = node_truth(privileged) > 0,
		.defaults = defaults ? *defaults : (engine_defaults){0},
	};
	tree_facts_truth(&r.facts, FACT_privileged, "HostConfig/Privileged");
	tree_facts_truth(&r.facts, FACT_read_only, "HostConfig/ReadonlyRootfs");
	inspect_security_read(&r);
	inspect_namespaces_read(&r);
	inspect_mounts_read(&r);
	inspect_devices_read(&r);
	inspect_ports_read(&r);
	read_limits(&r);
	read_running(&r);
	read_lists(&r);
	read_image(&r);
	if (kind == ENGINE_DOCKER)
		inspect_docker_read(&r);
	else
		inspect_podman_read(&r);
}
