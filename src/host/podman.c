/* SPDX-License-Identifier: Apache-2.0
 *
 * Podman: containers.conf(5), containers-registries.conf(5), containers-policy.json(5) of the machine, each file laid over those before it; the files of
 * users are not looked at. */
#include "base/buffer.h"
#include "engine/api.h"
#include "formats/json.h"
#include "formats/toml.h"
#include "host/reader.h"
#include "posture/posture.h"

typedef struct files { /* in the order in which they are laid over one another */
	LIST(const node *) roots;
	LIST(const char *) paths;
	const char *unknown;
} files;

static void add_file(host_reader *r, const char *path, files *ret)
{
	error e;
	node *root = NULL;
	node_problems problems = {0};
	const char *reason;
	const text *t = host_text(r, path, &reason);
	if (reason)
		ret->unknown = reason;
	if (!t)
		return;
	if (toml_read(t, r->arena, &root, &problems, &e) < 0) {
		error_wrap(&e, "%s", path);
		host_problem(r, &e);
		ret->unknown = arena_string(r->arena, span_of(e.text));
		return;
	}
	list_push(r->arena, &ret->roots, root);
	list_push(r->arena, &ret->paths, path);
}

static void add_folder(host_reader *r, const char *folder, files *ret)
{
	error e;
	host_names names;
	if (host_root_names(&r->root, folder, r->arena, &names, &e) < 0)
		return;
	for (uint32_t i = 0; i < names.count; i++)
		if (span_ends(span_of(names.items[i]), SPAN(".conf")))
			add_file(r, arena_format(r->arena, "%s/%s", folder, names.items[i]).p, ret);
}

/* The value that the last file gives. */
static const node *find(const files *from, const char *path, const char **ret_place)
{
	for (uint32_t i = from->roots.count; i > 0; i--) {
		const node *value = node_path(from->roots.items[i - 1], path);
		if (value && value->kind != NODE_NULL) {
			*ret_place = from->paths.items[i - 1];
			return value;
		}
	}
	*ret_place = "containers.conf";
	return NULL;
}

static span words_of(const node *value, arena *a)
{
	auto_buffer out = {0};
	if (!node_is_list(value))
		return node_text(value);
	for (uint32_t i = 0; i < value->count; i++)
		buffer_format(&out, "%s%.*s", i ? ", " : "", SPAN_ARG(node_text(value->items[i])));
	return arena_copy(a, buffer_span(&out));
}

/* --- containers.conf --- */

static const struct {
	setting_id id;
	const char *path;
	const char *otherwise; /* Podman's default */
} values[] = {
	{SETTING_podman_seccomp, "containers/seccomp_profile", "default"},
	{SETTING_podman_pids_limit, "containers/pids_limit", "2048"},
	{SETTING_podman_userns, "containers/userns", "host"},
	{SETTING_podman_privileged, "containers/privileged", "false"},
};

/* -1 means any number too. */
static span bounded(setting_id id, span value)
{
	return id == SETTING_podman_pids_limit && span_starts(value, SPAN("-")) ? SPAN("0") : value;
}

static void say_values(host_page *p, const files *conf)
{
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		const char *place;
		const node *value = find(conf, values[i].path, &place);
		if (value && node_text(value).n)
			host_say(p, values[i].id, bounded(values[i].id, node_text(value)), place,
				arena_format(p->reader->arena, "%s = %.*s", values[i].path,
					SPAN_ARG(node_text(value))));
		else if (conf->unknown)
			host_say_unknown(p, values[i].id, conf->unknown);
		else
			host_say(p, values[i].id, span_of(values[i].otherwise), place,
				arena_format(p->reader->arena, "%s is not set: %s", values[i].path,
					values[i].otherwise));
	}
}

/* The default set of containers.conf is smaller than that of Docker. */
static void say_capabilities(host_page *p, const files *conf)
{
	static const char *const usual =
		"AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE NET_RAW "
		"SETFCAP SETGID SETPCAP SETUID SYS_CHROOT";
	const char *place;
	auto_buffer more = {0};
	const node *value = find(conf, "containers/default_capabilities", &place);
	if (!value && conf->unknown) {
		host_say_unknown(p, SETTING_podman_capabilities, conf->unknown);
		return;
	}
	for (uint32_t i = 0; node_is_list(value) && i < value->count; i++) {
		span name = value_capability(node_text(value->items[i]), p->reader->arena);
		if (!span_in(name, usual))
			buffer_format(&more, "%s%.*s", more.n ? ", " : "", SPAN_ARG(name));
	}
	host_say(p, SETTING_podman_capabilities, buffer_span(&more), place,
		value ? arena_format(p->reader->arena, "containers/default_capabilities = %.*s",
				SPAN_ARG(words_of(value, p->reader->arena)))
		      : SPAN("containers/default_capabilities is not set"));
}

/* --- registries.conf --- */

static void say_registries(host_page *p, const files *conf)
{
	auto_buffer insecure = {0};
	const char *place = "registries.conf";
	for (uint32_t f = 0; f < conf->roots.count; f++) {
		const node *list = node_get(conf->roots.items[f], "registry");
		const node *old = node_path(conf->roots.items[f], "registries/insecure/registries");
		for (uint32_t i = 0; node_is_list(list) && i < list->count; i++) {
			span name = node_text(node_get(list->items[i], "location"));
			if (!name.n)
				name = node_text(node_get(list->items[i], "prefix"));
			if (node_truth(node_get(list->items[i], "insecure")) == 1)
				buffer_format(&insecure, "%s%.*s", insecure.n ? ", " : "", SPAN_ARG(name));
		}
		for (uint32_t i = 0; node_is_list(old) && i < old->count; i++)
			buffer_format(&insecure, "%s%.*s", insecure.n ? ", " : "",
				SPAN_ARG(node_text(old->items[i])));
		if (insecure.n)
			place = conf->paths.items[f];
	}
	if (conf->unknown && !insecure.n)
		host_say_unknown(p, SETTING_podman_insecure_registries, conf->unknown);
	else
		host_say(p, SETTING_podman_insecure_registries, buffer_span(&insecure), place,
			insecure.n ? buffer_span(&insecure) : SPAN("no registry is insecure"));
}

static void say_short_names(host_page *p, const files *conf)
{
	const char *place;
	const node *mode = find(conf, "short-name-mode", &place);
	if (mode)
		host_say(p, SETTING_podman_short_names, node_text(mode), place,
			arena_format(p->reader->arena, "short-name-mode = %.*s", SPAN_ARG(node_text(mode))));
	else if (conf->unknown)
		host_say_unknown(p, SETTING_podman_short_names, conf->unknown);
	else
		host_say(p, SETTING_podman_short_names, SPAN("permissive"), "registries.conf",
			SPAN("short-name-mode is not set: permissive"));
}

/* --- policy.json --- */

/* The default, or a whole transport, takes everything. */
static void say_policy(host_page *p)
{
	error e;
	node *root = NULL;
	node_problems problems = {0};
	const char *reason, *path = "/etc/containers/policy.json";
	const text *t = host_text(p->reader, path, &reason);
	if (t && json_read(t, p->reader->arena, &root, &problems, &e) < 0) {
		error_wrap(&e, "%s", path);
		host_problem(p->reader, &e);
		reason = arena_string(p->reader->arena, span_of(e.text));
	}
	if (!root) {
		host_say_unknown(p, SETTING_podman_accepts_anything,
			reason ? reason : "there is no /etc/containers/policy.json");
		return;
	}
	bool anything = false;
	const node *rules = node_get(root, "default");
	for (uint32_t i = 0; node_is_list(rules) && i < rules->count; i++)
		anything |= span_is(node_text(node_get(rules->items[i], "type")), "insecureAcceptAnything");
	host_say_truth(p, SETTING_podman_accepts_anything, anything, path,
		anything ? SPAN("default: insecureAcceptAnything")
			 : SPAN("default: not insecureAcceptAnything"));
}

/* --- the engine --- */

static void say_service(host_page *p, const node *info)
{
	span version = node_text(node_path(info, "version/Version"));
	const node *rootless = node_path(info, "host/security/rootless");
	const char *reason = p->reader->request->podman_absent ? p->reader->request->podman_absent
							       : "the engine does not answer";
	if (version.n)
		host_say(p, SETTING_podman_version, version, "podman info", version);
	else
		host_say_unknown(p, SETTING_podman_version, reason);
	if (node_truth(rootless) >= 0)
		host_say_truth(p, SETTING_podman_rootless, node_truth(rootless) == 1, "podman info",
			arena_format(
				p->reader->arena, "security.rootless = %.*s", SPAN_ARG(node_text(rootless))));
	else
		host_say_unknown(p, SETTING_podman_rootless, reason);
}

/* `podman system service tcp://…`: its API has no authentication at all. */
static void say_tcp(host_page *p)
{
	error e;
	span words, word;
	auto_buffer out = {0};
	const process *one = NULL;
	while ((one = processes_next(&p->reader->processes, DAEMON_PODMAN, one))) {
		const char *path = arena_format(p->reader->arena, "%s/cmdline", one->folder).p;
		if (host_root_read(&p->reader->root, path, 1 << 16, p->reader->arena, &words, &e) < 0)
			continue;
		while (span_cut(&words, 0, &word))
			if (span_starts(word, SPAN("tcp:")))
				buffer_format(&out, "%s%.*s", out.n ? ", " : "", SPAN_ARG(word));
	}
	host_say(p, SETTING_podman_tcp, buffer_span(&out), "podman system service",
		out.n ? buffer_span(&out) : SPAN("listens on no TCP port"));
}

static void add_files(host_page *p)
{
	static const host_file_row socket = {"podman-socket", NULL, 0660},
				   policy = {"podman-policy", NULL, 0644},
				   registries = {"podman-registries", NULL, 0644},
				   conf = {"podman-conf", NULL, 0644};
	host_file_add(p, &socket, "/run/podman/podman.sock");
	host_file_add(p, &policy, "/etc/containers/policy.json");
	host_file_add(p, &registries, "/etc/containers/registries.conf");
	host_file_add(p, &conf, "/etc/containers/containers.conf");
}

static bool is_here(const host_reader *r, const node *info)
{
	return info || processes_next(&r->processes, DAEMON_PODMAN, NULL) ||
	       host_root_has(&r->root, "/usr/bin/podman") ||
	       host_root_has(&r->root, "/run/podman/podman.sock");
}

void host_read_podman(host_reader *r)
{
	error e;
	node *info = NULL;
	files conf = {0}, registries = {0};
	if (r->request->podman)
		(void)engine_json(r->request->podman, "/info", r->arena, &info, &e);
	if (!is_here(r, info))
		return;
	host_page page;
	host_page_open(r, "podman", &page);
	add_file(r, "/usr/share/containers/containers.conf", &conf);
	add_file(r, "/etc/containers/containers.conf", &conf);
	add_folder(r, "/etc/containers/containers.conf.d", &conf);
	add_file(r, "/etc/containers/registries.conf", &registries);
	add_folder(r, "/etc/containers/registries.conf.d", &registries);
	say_service(&page, info);
	say_values(&page, &conf);
	say_capabilities(&page, &conf);
	say_registries(&page, &registries);
	say_short_names(&page, &registries);
	say_policy(&page);
	say_tcp(&page);
	add_files(&page);
	host_page_close(&page);
}
