/* SPDX-License-Identifier: Apache-2.0
 *
 * Lists and macros of the rules. What is a list of facts about the world (dangerous capabilities, host paths that give the
 * host away, images that are databases) stands here once, with its source. */
#include "rules/macros.h"

/* clang-format off */
const macro_row macro_rows[] = {
	{"container", "workload.source in (kubernetes, compose, docker-run, running)", "something that is started, not built"},
	{"running", "workload.source = running", "a container that runs, as engine and kernel have it"},
	{"kubernetes", "workload.source = kubernetes", "a container of a Kubernetes object"},
	{"engine", "workload.source in (compose, docker-run, running)", "started by Docker or Podman"},
	{"dockerfile", "workload.source = dockerfile", "a stage of a Dockerfile"},
	{"image_config", "workload.source = image", "an image that was built"},
	{"final_image", "(dockerfile and workload.final = true or image_config)", "what becomes an image, or is one"},
	{"image_is_stage", "image.repository = library/scratch", "built from nothing"},
	{"long_running", "not workload.init = true and not workload.ephemeral = true and not workload.object in (Job, CronJob)",
		"it is meant to stay up"},
	{"host_directory", "mount.type = bind and mount.source startswith /", "a path of the host by its full name"},
	{"engine_socket_itself",
		"(mount.source pmatch (engine_sockets) or mount.source endswith /docker.sock or mount.source endswith /podman.sock)",
		"a socket over which an engine takes orders, also that of one user; for rules over mounts"},
	{"engine_socket", "(engine_socket_itself or mount.engine_socket exists)",
		"the same, or a folder in which the kernel shows one; for rules over mounts"},
	{"common_device",
		"(device.source pmatch (common_devices) or device.source startswith /dev/ttyUSB or device.source startswith /dev/ttyACM or "
		"device.source startswith /dev/video or device.source startswith /dev/nvidia)",
		"a device that many containers need and that holds no files; for rules over devices"},
	{"windows_base", "(image.repository exists and image.registry = mcr.microsoft.com and image.repository startswith windows)",
		"built on Windows"},
	{"database_image", "(image.repository exists and image.repository in (database_images))", "made of an image of a data store"},
	{"ssh_image", "(image.repository exists and image.repository in (ssh_images))", "made of an image that serves over SSH"},
	{"web_port", "(port.host_port exists and port.host_port in (80, 443))", "a port of the web; for rules over ports"},
	{"everywhere",
		"engine and port.published = true and not (namespace.network exists and namespace.network = host) and "
		"(not port.host_ip exists or port.host_ip in (0.0.0.0, ::, '[::]', '*'))",
		"published on all addresses of the host; for rules over ports"},
	{"escalation_implied",
		"(workload.source = kubernetes and (isolation.privileged exists and isolation.privileged = true or "
		"capabilities.add exists and capabilities.add.written intersects (CAP_SYS_ADMIN)))",
		"Kubernetes refuses to forbid it the gaining of privileges"},
	{"sensitive_mount",
		"mount.type = bind and (mount.source pmatch (sensitive_host_paths) or mount.source = /) and "
		"not engine_socket_itself",
		"a host path that gives the host away; for rules over mounts"},
	{"privileged_anyway", "(running and known(isolation.privileged) and isolation.privileged = true)",
		"it runs privileged: each of its 41 capabilities need not be told"},
	{"privileged_like", "isolation.privileged = true or capabilities.add intersects (ALL, SYS_ADMIN)",
		"it has the rights of root on the host or nearly so"},
	{NULL, NULL, NULL},
};
/* clang-format on */

/* clang-format off */
const macro_row macro_list_rows[] = {
	/* capabilities(7); Pod Security Standards, baseline, for those that are harmless to add. */
	{"default_capabilities",
		"AUDIT_WRITE, CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, MKNOD, NET_BIND_SERVICE, SETFCAP, SETGID, SETPCAP, SETUID, "
		"SYS_CHROOT",
		"what the Pod Security Standards let a baseline pod add"},
	{"escape_capabilities",
		"ALL, SYS_ADMIN, SYS_MODULE, SYS_PTRACE, SYS_RAWIO, DAC_READ_SEARCH, BPF, PERFMON, SYS_BOOT, MAC_ADMIN, MAC_OVERRIDE, "
		"CHECKPOINT_RESTORE",
		"capabilities that lead to the host"},
	{"network_capabilities", "NET_ADMIN, NET_RAW, NET_BROADCAST", "capabilities over the network"},
	{"engine_sockets",
		"/var/run/docker.sock, /run/docker.sock, /var/run/containerd/containerd.sock, /run/containerd/containerd.sock, "
		"/var/run/crio/crio.sock, /run/crio/crio.sock, /var/run/podman/podman.sock, /run/podman/podman.sock, "
		"/var/run/dockershim.sock, /run/buildkit/buildkitd.sock, /var/run/nri/nri.sock, /run/containerd/s, "
		"/var/lib/kubelet/pod-resources/kubelet.sock",
		"sockets over which an engine takes orders"},
	{"sensitive_host_paths",
		"/boot, /dev, /etc, /lib, /lib64, /proc, /root, /sys, /usr, /bin, /sbin, /home, /run, /var/run, /var/lib/docker, "
		"/var/lib/containerd, /var/lib/containers, /var/lib/kubelet, /var/lib/etcd, /var/log, /etc/kubernetes",
		"host paths that give the host away, even read-only"},
	{"public_host_paths",
		"/etc/localtime, /etc/timezone, /etc/machine-id, /etc/os-release, /etc/ssl/certs, /etc/ca-certificates, "
		"/usr/share/ca-certificates, /etc/pki/ca-trust, /usr/share/zoneinfo, /lib/modules, /usr/lib/modules, /dev/null, /dev/zero, "
		"/dev/full, /dev/random, /dev/urandom",
		"host paths that hold nothing of one host's own"},
	{"common_devices", "/dev/null, /dev/zero, /dev/full, /dev/random, /dev/urandom, /dev/net/tun, /dev/fuse, /dev/dri, /dev/snd, /dev/kvm",
		"devices that many containers need and that hold no files"},
	{"system_directories", "/bin, /sbin, /boot, /cdrom, /dev, /etc, /home, /lib, /media, /proc, /root, /run, /srv, /usr, /var",
		"directories that belong to the system of a container (FHS)"},
	/* hier(7): what is not the data of users. */
	{"system_directories",
		"/bin, /boot, /cdrom, /dev, /etc, /home, /lib, /lib32, /lib64, /libx32, /media, /proc, /root, /run, /sbin, /selinux, /srv, "
		"/sys, /usr, /var",
		"directories of the operating system"},
	/* Names that registries and projects move from one image to the next. */
	{"moving_tags", "latest, stable, edge, test, testing, nightly, dev, develop, beta, alpha, canary, master, main, next, unstable",
		"tags that mean another image tomorrow"},
	{"safe_sysctls",
		"kernel.shm_rmid_forced, net.ipv4.ip_local_port_range, net.ipv4.ip_unprivileged_port_start, net.ipv4.tcp_syncookies, "
		"net.ipv4.ping_group_range, net.ipv4.ip_local_reserved_ports, net.ipv4.tcp_keepalive_time, "
		"net.ipv4.tcp_fin_timeout, net.ipv4.tcp_keepalive_intvl, net.ipv4.tcp_keepalive_probes, net.ipv4.tcp_rmem, "
		"net.ipv4.tcp_wmem",
		"kernel parameters that are isolated per pod (Pod Security Standards)"},
	{"selinux_types", "container_t, container_init_t, container_kvm_t, container_engine_t",
		"SELinux types that confine a container (Pod Security Standards)"},
	{"ssh_daemons", "sshd, dropbear, sshd-session", "programs that let people in over SSH"},
	{"restricted_volumes",
		"configmap, csi, downwardapi, emptydir, tmpfs, ephemeral, persistentvolumeclaim, projected, secret",
		"volume types of the restricted Pod Security Standard"},
	{"database_images",
		"library/postgres, library/mysql, library/mariadb, library/mongo, library/redis, library/memcached, "
		"library/elasticsearch, library/couchdb, library/influxdb, library/cassandra, library/neo4j, library/rabbitmq, "
		"bitnami/postgresql, bitnami/mysql, bitnami/mariadb, bitnami/mongodb, bitnami/redis, valkey/valkey, "
		"clickhouse/clickhouse-server, mcr.microsoft.com/mssql/server, mssql/server, timescale/timescaledb, postgis/postgis, "
		"pgvector/pgvector, opensearchproject/opensearch",
		"images of data stores"},
	{"ssh_images", "gitea/gitea, gogs/gogs, forgejo/forgejo, gitlab/gitlab-ce, gitlab/gitlab-ee, atmoz/sftp",
		"images that serve Git or files over SSH"},
	{"build_images",
		"library/golang, library/rust, library/gcc, library/maven, library/gradle, library/buildpack-deps, library/haskell, "
		"library/swift, library/dart",
		"bases that hold a compiler or a build tool"},
	{NULL, NULL, NULL},
};
/* clang-format on */

static const char *find(const macro_row *rows, span name)
{
	for (; rows->name; rows++)
		if (span_is(name, rows->name))
			return rows->text;
	return NULL;
}

const char *macro_find(const void *of, span name)
{
	(void)of;
	return find(macro_rows, name);
}

const char *macro_list_find(const void *of, span name)
{
	(void)of;
	return find(macro_list_rows, name);
}
