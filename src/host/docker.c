/* SPDX-License-Identifier: Apache-2.0
 *
 * Docker: what its daemon is set to. The API of the engine (docs.docker.com/reference/api/engine) goes first; what it does not tell, and all when it does
 * not answer, is what the daemon was told. */
#include "base/buffer.h"
#include "engine/api.h"
#include "engine/store.h"
#include "host/daemon.h"
#include "host/mounts.h"
#include "host/units.h"

typedef enum row_kind { ROW_TRUTH, ROW_TEXT, ROW_LIST } row_kind;

static const struct row {
	setting_id id;
	row_kind kind;
	const char *api; /* path in the answer of /info; NULL: it does not tell */
	const char *flag, *key;
	const char *otherwise; /* its default; NULL: depends */
} rows[] = {
	{SETTING_docker_log_level, ROW_TEXT, NULL, "log-level", NULL, "info"},
	{SETTING_docker_log_driver, ROW_TEXT, "LoggingDriver", "log-driver", NULL, "json-file"},
	{SETTING_docker_iptables, ROW_TRUTH, NULL, "iptables", NULL, "true"},
	{SETTING_docker_storage_driver, ROW_TEXT, "Driver", "storage-driver", NULL, NULL},
	{SETTING_docker_live_restore, ROW_TRUTH, "LiveRestoreEnabled", "live-restore", NULL, "false"},
	{SETTING_docker_userland_proxy, ROW_TRUTH, NULL, "userland-proxy", NULL, "true"},
	{SETTING_docker_experimental, ROW_TRUTH, "ExperimentalBuild", "experimental", NULL, "false"},
	{SETTING_docker_cgroup_parent, ROW_TEXT, NULL, "cgroup-parent", NULL, ""},
	{SETTING_docker_ulimits, ROW_LIST, NULL, "default-ulimit", "default-ulimits", ""},
	{SETTING_docker_authorization, ROW_LIST, "Plugins/Authorization", "authorization-plugin",
		"authorization-plugins", ""},
};

static const struct option { /* of SecurityOptions: "name=seccomp,profile=default" */
	setting_id id;
	const char *name;
	const char *flag;
} options[] = {
	{SETTING_docker_userns, "userns", "userns-remap"},
	{SETTING_docker_selinux, "selinux", "selinux-enabled"},
	{SETTING_docker_rootless, "rootless", "rootless"},
};

static span join(const span *items, uint32_t count, arena *a)
{
	auto_buffer out = {0};
	for (uint32_t i = 0; i < count; i++)
		buffer_format(&out, "%s%.*s", i ? ", " : "", SPAN_ARG(items[i]));
	return arena_copy(a, buffer_span(&out));
}

static void say_words(const dockerd *d, setting_id id, span value, const char *place, const char *name)
{
	arena *a = d->page->reader->arena;
	host_say(d->page, id, value, place, arena_format(a, "%s = %.*s", name, SPAN_ARG(value)));
}

/* --- one setting --- */

static void say_told(const dockerd *d, const struct row *row)
{
	arena *a = d->page->reader->arena;
	dockerd_said said = dockerd_find(d, row->flag, row->key);
	if (said.unknown || (!said.given && !row->otherwise)) {
		host_say_unknown(d->page, row->id,
			said.unknown ? d->unknown : "the engine chooses it, and does not answer");
		return;
	}
	span last = said.values.count ? said.values.items[said.values.count - 1]
		    : said.given      ? (span){0}
				      : span_of(row->otherwise);
	if (row->kind == ROW_TRUTH)
		host_say_truth(d->page, row->id, dockerd_truth(last), said.place, said.words);
	else if (row->kind == ROW_LIST)
		host_say(d->page, row->id, join(said.values.items, said.values.count, a), said.place,
			said.words);
	else
		host_say(d->page, row->id, last, said.place, said.words);
}

static void say_row(const dockerd *d, const struct row *row, const node *info)
{
	arena *a = d->page->reader->arena;
	const node *value = row->api ? node_path(info, row->api) : NULL;
	if (!value || (value->kind == NODE_NULL && row->kind != ROW_LIST)) {
		say_told(d, row);
		return;
	}
	auto_buffer words = {0};
	if (!node_is_list(value))
		buffer_add(&words, node_text(value));
	for (uint32_t i = 0; node_is_list(value) && i < value->count; i++)
		buffer_format(&words, "%s%.*s", i ? ", " : "", SPAN_ARG(node_text(value->items[i])));
	say_words(d, row->id, arena_copy(a, buffer_span(&words)), "docker info", row->api);
}

/* --- SecurityOptions --- */

static bool find_option(const node *info, const char *name, span *ret)
{
	const node *list = node_get(info, "SecurityOptions");
	for (uint32_t i = 0; node_is_list(list) && i < list->count; i++) {
		span rest = node_text(list->items[i]), first;
		*ret = rest;
		if (span_cut(&rest, ',', &first) && span_starts(first, SPAN("name=")) &&
			span_is(span_from(first, 5), name))
			return true;
	}
	return false;
}

static void say_option(const dockerd *d, const struct option *o, const node *info)
{
	span words;
	if (info && find_option(info, o->name, &words)) {
		host_say_truth(d->page, o->id, true, "docker info: SecurityOptions", words);
		return;
	}
	if (info) {
		host_say_truth(d->page, o->id, false, "docker info: SecurityOptions",
			arena_format(d->page->reader->arena, "no name=%s", o->name));
		return;
	}
	dockerd_said said = dockerd_find(d, o->flag, NULL);
	span value = said.values.count ? said.values.items[said.values.count - 1] : (span){0};
	if (said.unknown)
		host_say_unknown(d->page, o->id, d->unknown);
	else
		host_say_truth(d->page, o->id,
			o->id == SETTING_docker_userns
				? value.n > 0
				: dockerd_truth(value) ||
					  (o->id == SETTING_docker_rootless && d->page->owner != 0),
			said.place, said.words);
}

/* "profile=default" (builtin since version 23), "profile=unconfined", or the path of one. */
static void say_seccomp(const dockerd *d, const node *info)
{
	span words = {0}, profile = {0};
	dockerd_said said = dockerd_find(d, "seccomp-profile", NULL);
	const char *place = "docker info: SecurityOptions";
	if (info && !find_option(info, "seccomp", &words)) {
		host_say(d->page, SETTING_docker_seccomp, SPAN("none"), place, SPAN("no name=seccomp"));
		return;
	}
	if (info) {
		size_t at = span_find(words, SPAN("profile="));
		profile = at == SPAN_NONE ? (span){0} : span_from(words, at + 8);
	} else if (said.unknown) {
		host_say_unknown(d->page, SETTING_docker_seccomp, d->unknown);
		return;
	} else {
		profile = said.values.count ? said.values.items[said.values.count - 1] : (span){0};
		words = said.words;
		place = said.place;
	}
	const char *kind = !profile.n || span_in(profile, "default builtin") ? "default"
			   : span_is(profile, "unconfined")                  ? "unconfined"
									     : "custom";
	host_say(d->page, SETTING_docker_seccomp, span_of(kind), place, words);
}

/* Newer engines list it among SecurityOptions; older ones do not tell. */
static void say_no_new_privileges(const dockerd *d, const node *info)
{
	static const struct row row = {
		SETTING_docker_no_new_privileges, ROW_TRUTH, NULL, "no-new-privileges", NULL, "false"};
	span words;
	if (find_option(info, "no-new-privileges", &words))
		host_say_truth(d->page, row.id, true, "docker info: SecurityOptions", words);
	else
		say_told(d, &row);
}

/* --- lists --- */

/* Registries on the host itself are trusted without TLS whatever anybody says. */
static bool is_own(span registry)
{
	return span_starts(registry, SPAN("127.")) || span_is(registry, "::1/128");
}

static void say_insecure(const dockerd *d, const node *info)
{
	auto_buffer words = {0};
	arena *a = d->page->reader->arena;
	static const struct row row = {SETTING_docker_insecure_registries, ROW_LIST, NULL,
		"insecure-registry", "insecure-registries", ""};
	const node *ranges = node_path(info, "RegistryConfig/InsecureRegistryCIDRs"),
		   *names = node_path(info, "RegistryConfig/IndexConfigs");
	if (!node_is_list(ranges) && !node_is_map(names)) {
		say_told(d, &row);
		return;
	}
	for (uint32_t i = 0; node_is_list(ranges) && i < ranges->count; i++)
		if (!is_own(node_text(ranges->items[i])))
			buffer_format(
				&words, "%s%.*s", words.n ? ", " : "", SPAN_ARG(node_text(ranges->items[i])));
	for (uint32_t i = 0; node_is_map(names) && i < names->count; i++)
		if (node_truth(node_get(names->members[i].value, "Secure")) == 0)
			buffer_format(&words, "%s%.*s", words.n ? ", " : "",
				SPAN_ARG(names->members[i].key->value));
	say_words(d, row.id, arena_copy(a, buffer_span(&words)), "docker info", "RegistryConfig: insecure");
}

static void say_base_size(const dockerd *d)
{
	span value = {0};
	dockerd_said said = dockerd_find(d, "storage-opt", "storage-opts");
	list_each(const span, one, &said.values)
		if (span_starts(*one, SPAN("dm.basesize=")))
			value = span_from(*one, 12);
	if (said.unknown)
		host_say_unknown(d->page, SETTING_docker_base_size, d->unknown);
	else
		host_say(d->page, SETTING_docker_base_size, value, said.place, said.words);
}

/* The default bridge is the network that says so; without one no containers share it. */
static void say_icc(const dockerd *d, const node *networks)
{
	static const struct row row = {SETTING_docker_icc, ROW_TRUTH, NULL, "icc", NULL, "true"};
	static const char *const option = "com.docker.network.bridge.enable_icc";
	if (!node_is_list(networks)) {
		dockerd_said bridge = dockerd_find(d, "bridge", NULL);
		if (bridge.values.count && span_is(bridge.values.items[bridge.values.count - 1], "none"))
			host_say_truth(d->page, row.id, false, bridge.place, bridge.words);
		else
			say_told(d, &row);
		return;
	}
	for (uint32_t i = 0; i < networks->count; i++) {
		const node *options_of = node_get(networks->items[i], "Options");
		const node *value = node_get(options_of, option);
		if (!span_is(node_text(node_get(networks->items[i], "Driver")), "bridge") ||
			node_truth(node_get(options_of, "com.docker.network.bridge.default_bridge")) != 1)
			continue;
		host_say_truth(d->page, row.id, node_truth(value) != 0, "docker network inspect bridge",
			arena_format(d->page->reader->arena, "%s = %.*s", option,
				SPAN_ARG(value ? node_text(value) : SPAN("not set: true"))));
		return;
	}
	host_say_truth(d->page, row.id, false, "docker network ls", SPAN("there is no default bridge"));
}

/* --- version, numbers --- */

static void say_version(const dockerd *d, const node *version)
{
	span number = node_text(node_get(version, "Version")),
	     built = node_text(node_get(version, "BuildTime"));
	int64_t when = store_time(built);
	if (number.n)
		say_words(d, SETTING_docker_version, number, "docker version", "Version");
	else
		host_say_unknown(d->page, SETTING_docker_version, "the engine does not answer");
	if (when > 0)
		host_say_number(d->page, SETTING_docker_build_days,
			(d->page->reader->request->now - when) / 86400, "docker version",
			arena_format(d->page->reader->arena, "BuildTime = %.*s", SPAN_ARG(built)));
	else
		host_say_unknown(d->page, SETTING_docker_build_days,
			version ? "the engine does not say when it was built" : "the engine does not answer");
}

static void say_numbers(const dockerd *d, const node *info)
{
	static const struct {
		setting_id id;
		const char *api;
	} numbers[] = {{SETTING_docker_images, "Images"}, {SETTING_docker_containers, "Containers"},
		{SETTING_docker_containers_stopped, "ContainersStopped"}};
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		int64_t value;
		if (node_int(node_get(info, numbers[i].api), &value))
			host_say_number(
				d->page, numbers[i].id, value, "docker info", span_of(numbers[i].api));
		else
			host_say_unknown(d->page, numbers[i].id, "the engine does not answer");
	}
}

static void say_unused(const dockerd *d, const node *images, const node *containers)
{
	map used = {0};
	int64_t unused = 0;
	arena *a = d->page->reader->arena;
	if (!node_is_list(images) || !node_is_list(containers)) {
		host_say_unknown(d->page, SETTING_docker_images_unused, "the engine does not answer");
		return;
	}
	for (uint32_t i = 0; i < containers->count; i++)
		map_set(&used, a, node_text(node_get(containers->items[i], "ImageID")), &used);
	for (uint32_t i = 0; i < images->count; i++)
		unused += !map_get(&used, node_text(node_get(images->items[i], "Id")));
	host_say_number(d->page, SETTING_docker_images_unused, unused, "docker image ls",
		SPAN("images that no container is made of"));
}

static void say_partition(const dockerd *d, span data_root)
{
	span line = {0};
	int own = mounts_own_partition(d->page->reader->mountinfo, data_root, &line);
	if (!data_root.n || own < 0)
		host_say_unknown(d->page, SETTING_docker_data_root_partition,
			"the mount under the data root cannot be told");
	else
		host_say_truth(d->page, SETTING_docker_data_root_partition, own, "mountinfo",
			arena_format(d->page->reader->arena, "%.*s lies on %s", SPAN_ARG(data_root),
				own ? "a file system of its own" : "the file system of the folder above it"));
}

static void say_group(const dockerd *d)
{
	host_reader *r = d->page->reader;
	span name = dockerd_value(d, "group", NULL, "docker");
	const account *group = account_find(&r->accounts.groups, name.n ? name : SPAN("docker"));
	if (!r->accounts.groups.count)
		host_say_unknown(d->page, SETTING_docker_group_members, "there is no /etc/group to read");
	else
		host_say(d->page, SETTING_docker_group_members,
			group ? accounts_members(&r->accounts, group, r->arena) : (span){0}, "/etc/group",
			group ? arena_format(r->arena, "%.*s:%.*s", SPAN_ARG(group->name),
					SPAN_ARG(accounts_members(&r->accounts, group, r->arena)))
			      : arena_format(r->arena, "no group %.*s", SPAN_ARG(name)));
}

static void say_elsewhere(const dockerd *d)
{
	static const setting_id of_host[] = {SETTING_docker_data_root_partition, SETTING_docker_group_members,
		SETTING_docker_tcp, SETTING_docker_tcp_open};
	for (size_t i = 0; i < sizeof of_host / sizeof *of_host; i++)
		host_say_unknown(d->page, of_host[i], d->unknown);
	d->page->posture->host_files = (fact){.origin = d->page->workload->origin};
}

/* --- all of it --- */

static const node *ask(const host_reader *r, const char *path)
{
	node *answer = NULL;
	error e;
	if (r->request->docker)
		(void)engine_json(r->request->docker, path, r->arena, &answer, &e);
	return answer;
}

/* Of several daemons the one that answers, told by its data root. */
static const process *choose_process(host_page *p, const node *info)
{
	span root = node_text(node_get(info, "DockerRootDir"));
	const processes *all = &p->reader->processes;
	const process *one = NULL;
	while ((one = processes_next(all, DAEMON_DOCKER, one))) {
		dockerd d;
		dockerd_open(p, one, &d);
		span own = dockerd_value(&d, "data-root", NULL, "/var/lib/docker");
		if (!root.n || span_equal(own, root) ||
			span_starts(root, arena_format(p->reader->arena, "%.*s/", SPAN_ARG(own))))
			return one;
	}
	return NULL;
}

static bool is_here(const host_reader *r, const node *info)
{
	return info || processes_next(&r->processes, DAEMON_DOCKER, NULL) ||
	       unit_find(&r->root, "docker.service", r->arena) ||
	       host_root_has(&r->root, "/etc/docker/daemon.json");
}

void host_read_docker(host_reader *r)
{
	const node *info = ask(r, "/info");
	if (!is_here(r, info))
		return;
	host_page page;
	dockerd d;
	host_page_open(r, "docker", &page);
	bool elsewhere = r->request->docker && engine_is_remote(r->request->docker);
	const process *process = elsewhere ? NULL : choose_process(&page, info);
	page.owner = process ? process->uid : 0;
	dockerd_open(&page, process, &d);
	if (elsewhere)
		dockerd_forget(&d, "the engine is on another host: its arguments and files are there");
	span root = node_text(node_get(info, "DockerRootDir"));
	if (!root.n)
		root = dockerd_value(&d, "data-root", NULL, "/var/lib/docker");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		say_row(&d, &rows[i], info);
	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		say_option(&d, &options[i], info);
	say_seccomp(&d, info);
	say_no_new_privileges(&d, info);
	say_insecure(&d, info);
	say_base_size(&d);
	say_icc(&d, ask(r, "/networks"));
	say_version(&d, ask(r, "/version"));
	say_numbers(&d, info);
	say_unused(&d, ask(r, "/images/json"), ask(r, "/containers/json?all=1"));
	if (root.n)
		host_say(&page, SETTING_docker_data_root, root, info ? "docker info" : "dockerd", root);
	dockerd_read_swarm(&d, r->request->docker, info);
	if (elsewhere) {
		say_elsewhere(&d);
	} else {
		say_partition(&d, root);
		say_group(&d);
		dockerd_read_tcp(&d);
		dockerd_read_files(&d, root);
	}
	host_page_close(&page);
}
