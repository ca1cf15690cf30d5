/* SPDX-License-Identifier: Apache-2.0
 *
 * containerd by its file of settings (docs/man/containerd-config.toml.5.md of containerd, versions 2 and 3 of the format) and the folders of registries
 * (docs/hosts.md). */
#include "base/buffer.h"
#include "formats/toml.h"
#include "host/reader.h"

static const node *read_toml(host_reader *r, const char *path, const char **ret_reason)
{
	error e;
	node *root = NULL;
	node_problems problems = {0};
	const text *t = host_text(r, path, ret_reason);
	if (t && toml_read(t, r->arena, &root, &problems, &e) < 0) {
		error_wrap(&e, "%s", path);
		host_problem(r, &e);
		*ret_reason = arena_string(r->arena, span_of(e.text));
		return NULL;
	}
	return root;
}

static void say_tcp(host_page *p, const node *conf, const char *path)
{
	span address = node_text(node_path(conf, "grpc/tcp_address")),
	     authority = node_text(node_path(conf, "grpc/tcp_tls_ca"));
	host_say(p, SETTING_containerd_tcp, address, path,
		address.n ? arena_format(p->reader->arena, "grpc.tcp_address = %.*s", SPAN_ARG(address))
			  : SPAN("grpc.tcp_address is not set"));
	host_say_truth(p, SETTING_containerd_tcp_open, address.n && !authority.n, path,
		authority.n ? SPAN("grpc.tcp_tls_ca is set") : SPAN("grpc.tcp_tls_ca is not set"));
}

static void add_name(buffer *out, span name)
{
	buffer_format(out, "%s%.*s", out->n ? ", " : "", SPAN_ARG(name));
}

/* plugins."…cri…".registry.configs.NAME.tls.insecure_skip_verify */
static void find_in_config(const node *conf, buffer *out)
{
	const node *plugins = node_get(conf, "plugins");
	for (uint32_t i = 0; node_is_map(plugins) && i < plugins->count; i++) {
		const node *configs = node_path(plugins->members[i].value, "registry/configs");
		for (uint32_t k = 0; node_is_map(configs) && k < configs->count; k++)
			if (node_truth(node_path(configs->members[k].value, "tls/insecure_skip_verify")) == 1)
				add_name(out, configs->members[k].key->value);
	}
}

/* skip_verify of a registry, or of one of the hosts that serve it. */
static bool skips(const node *hosts)
{
	const node *list = node_get(hosts, "host");
	bool found = node_truth(node_get(hosts, "skip_verify")) == 1;
	for (uint32_t i = 0; node_is_map(list) && i < list->count; i++)
		found |= node_truth(node_get(list->members[i].value, "skip_verify")) == 1;
	return found;
}

static void find_in_folders(host_reader *r, buffer *out)
{
	error e;
	host_names names;
	const char *reason;
	if (host_root_names(&r->root, "/etc/containerd/certs.d", r->arena, &names, &e) < 0)
		return;
	for (uint32_t i = 0; i < names.count; i++) {
		const char *path =
			arena_format(r->arena, "/etc/containerd/certs.d/%s/hosts.toml", names.items[i]).p;
		if (skips(read_toml(r, path, &reason)))
			add_name(out, span_of(names.items[i]));
	}
}

void host_read_containerd(host_reader *r)
{
	const process *one = processes_next(&r->processes, DAEMON_CONTAINERD, NULL);
	const argument *named = one ? arguments_find(&one->given, "config") : NULL;
	const char *path = named ? arena_string(r->arena, named->value) : "/etc/containerd/config.toml",
		   *reason;
	static const host_file_row config_row = {"containerd-config", NULL, 0644},
				   socket_row = {"containerd-socket", NULL, 0660};
	if (!one && !host_root_has(&r->root, path) &&
		!host_root_has(&r->root, "/run/containerd/containerd.sock"))
		return;
	host_page page;
	auto_buffer insecure = {0};
	host_page_open(r, "containerd", &page);
	const node *conf = read_toml(r, path, &reason);
	const argument *address = one ? arguments_find(&one->given, "address") : NULL;
	span socket = address ? address->value : node_text(node_path(conf, "grpc/address"));
	find_in_config(conf, &insecure);
	find_in_folders(r, &insecure);
	if (reason) {
		host_say_unknown(&page, SETTING_containerd_tcp, reason);
		host_say_unknown(&page, SETTING_containerd_tcp_open, reason);
		host_say_unknown(&page, SETTING_containerd_insecure_registries, reason);
	} else {
		say_tcp(&page, conf, path);
		host_say(&page, SETTING_containerd_insecure_registries, buffer_span(&insecure), path,
			insecure.n ? buffer_span(&insecure) : SPAN("every certificate is verified"));
	}
	host_file_add_once(&page, &config_row, path);
	host_file_add_once(&page, &socket_row,
		socket.n ? arena_string(r->arena, socket) : "/run/containerd/containerd.sock");
	host_page_close(&page);
}
