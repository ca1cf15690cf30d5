/* SPDX-License-Identifier: Apache-2.0
 *
 * The files of Docker: where they are is asked of the daemon, of systemd's search paths, and only then of habit. */
#include "host/daemon.h"
#include "host/listeners.h"
#include "host/units.h"

/* What they may be: CIS Docker Benchmark 1.6.0, section 3, and for programs and folders what distributions ship. */
static const host_file_row service_row = {"docker-service", NULL, 0644},
			   socket_unit_row = {"docker-socket-unit", NULL, 0644},
			   folder_row = {"etc-docker", NULL, 0755},
			   registry_row = {"registry-certificate", NULL, 0444},
			   ca_row = {"tls-ca", NULL, 0444}, certificate_row = {"tls-certificate", NULL, 0444},
			   key_row = {"tls-key", NULL, 0400}, json_row = {"daemon-json", NULL, 0644},
			   default_row = {"default-docker", NULL, 0644},
			   sysconfig_row = {"sysconfig-docker", NULL, 0644},
			   containerd_socket_row = {"containerd-socket", NULL, 0660},
			   containerd_state_row = {"containerd-state", NULL, 0711},
			   containerd_config_row = {"containerd-config", NULL, 0644},
			   data_root_row = {"data-root", NULL, 0711};

static const struct {
	host_file_row row;
	const char *names; /* separated by blanks */
} programs[] = {
	{{"dockerd", NULL, 0755}, "dockerd"},
	{{"containerd", NULL, 0755}, "containerd"},
	{{"shim", NULL, 0755}, "containerd-shim"},
	{{"shim-runc-v1", NULL, 0755}, "containerd-shim-runc-v1"},
	{{"shim-runc-v2", NULL, 0755}, "containerd-shim-runc-v2"},
	{{"runc", NULL, 0755}, "runc"},
};

static void add_programs(host_page *p, const process *process)
{
	static const char *const folders[] = {"/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"};
	for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
		const char *path = i == 0 && process ? process->program : NULL;
		for (size_t k = 0; !path && k < sizeof folders / sizeof *folders; k++) {
			path = arena_format(p->reader->arena, "%s/%s", folders[k], programs[i].names).p;
			if (!host_root_has(&p->reader->root, path))
				path = NULL;
		}
		if (path)
			host_file_add(p, &programs[i].row, path);
	}
}

static void add_units(host_page *p)
{
	arena *a = p->reader->arena;
	const char *service = unit_find(&p->reader->root, "docker.service", a),
		   *socket = unit_find(&p->reader->root, "docker.socket", a);
	if (service)
		host_file_add(p, &service_row, service);
	if (socket)
		host_file_add(p, &socket_unit_row, socket);
}

/* A file that an argument or the file of settings names. */
static void add_named(const dockerd *d, const host_file_row *row, const char *flag, const char *otherwise)
{
	span path = dockerd_value(d, flag, NULL, otherwise);
	if (path.n && path.p[0] == '/')
		host_file_add(d->page, row, arena_string(d->page->reader->arena, path));
}

/* --- sockets --- */

static bool is_socket(const host_page *p, const char *path)
{
	error e;
	struct stat s;
	return host_root_stat(&p->reader->root, path, &s, &e) >= 0 && S_ISSOCK(s.st_mode);
}

/* The sockets that it was told to listen on; the usual one for fd:// and where nobody said. Others that it really listens on (its plugins', its
 * networks') are not for clients. */
static void add_sockets(const dockerd *d)
{
	arena *a = d->page->reader->arena;
	span group = dockerd_value(d, "group", NULL, "docker");
	host_file_row row = {"docker-socket", group.n ? arena_string(a, group) : "docker", 0660};
	dockerd_said hosts = dockerd_find(d, "host", "hosts");
	bool usual = !hosts.given;
	list_each(const span, one, &hosts.values) {
		usual |= span_starts(*one, SPAN("fd://")) || span_is(*one, "unix://");
		if (span_starts(*one, SPAN("unix:///")))
			host_file_add(d->page, &row, arena_string(a, span_from(*one, 7)));
	}
	if (usual)
		host_file_add(d->page, &row,
			host_root_has(&d->page->reader->root, "/run/docker.sock") ? "/run/docker.sock"
										  : "/var/run/docker.sock");
}

/* The daemon is told of a containerd, or starts one of its own below its exec root. */
static const char *containerd_socket(const dockerd *d)
{
	arena *a = d->page->reader->arena;
	span told = dockerd_value(d, "containerd", NULL, "");
	if (span_starts(told, SPAN("unix://")))
		told = span_from(told, 7);
	if (told.n && told.p[0] == '/')
		return arena_string(a, told);
	span exec_root = dockerd_value(d, "exec-root", NULL, "/var/run/docker");
	const char *own = arena_format(a, "%.*s/containerd/containerd.sock", SPAN_ARG(exec_root)).p;
	return exec_root.n && is_socket(d->page, own) ? own : "/run/containerd/containerd.sock";
}

static span folder_of(span path)
{
	size_t slash = span_find_last(path, '/');
	return span_sub(path, 0, slash == SPAN_NONE ? 0 : slash);
}

void dockerd_read_files(const dockerd *d, span data_root)
{
	host_page *p = d->page;
	arena *a = p->reader->arena;
	const char *containerd = containerd_socket(d);
	add_units(p);
	host_file_add(p, &folder_row, "/etc/docker");
	host_files_add(p, &registry_row, "/etc/docker/certs.d", ".crt");
	add_named(d, &ca_row, "tlscacert", "");
	add_named(d, &certificate_row, "tlscert", "");
	add_named(d, &key_row, "tlskey", "");
	add_sockets(d);
	host_file_add(p, &json_row, d->config_path);
	host_file_add(p, &default_row, "/etc/default/docker");
	host_file_add(p, &sysconfig_row, "/etc/sysconfig/docker");
	host_file_add(p, &containerd_socket_row, containerd);
	host_file_add(p, &containerd_state_row, arena_string(a, folder_of(span_of(containerd))));
	host_file_add(p, &containerd_config_row, "/etc/containerd/config.toml");
	if (data_root.n && data_root.p[0] == '/')
		host_file_add(p, &data_root_row, arena_string(a, data_root));
	add_programs(p, d->process);
}
