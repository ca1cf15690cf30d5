/* SPDX-License-Identifier: Apache-2.0
 *
 * host: the kernel, and the files of engines. References are those of the CIS Docker Benchmark 1.6.0. */
#include "rules/tables.h"

/* clang-format off */
static const rule host_rules[] = {
	{.id = "host/file-writable", .severity = SEVERITY_HIGH, .profile = PROFILE_BASELINE,
		.each = "host_file",
		.condition = "(host_file.excess contains \"group may write\" or host_file.excess contains \"everybody may write\") and not "
		    "host_file.kind in (docker-socket, podman-socket, containerd-socket, tls-key)",
		.title = "A file of an engine can be changed by others",
		.message = "{host_file.path}: {host_file.excess}",
		.why = "Engines run as root and do what their files say: who may change one of them is root as soon as the engine reads "
		    "it again.",
		.aliases = "docker-bench:3.2 docker-bench:3.4 docker-bench:3.6 docker-bench:3.8 docker-bench:3.10 docker-bench:3.12 "
		    "docker-bench:3.18 docker-bench:3.20 docker-bench:3.21",
		.references = "CIS-Docker-1.6:3.2 CIS-Docker-1.6:3.4 CIS-Docker-1.6:3.6 CIS-Docker-1.6:3.8 CIS-Docker-1.6:3.10 "
		    "CIS-Docker-1.6:3.12 CIS-Docker-1.6:3.18 CIS-Docker-1.6:3.20 CIS-Docker-1.6:3.21"},
	{.id = "host/file-mode", .severity = SEVERITY_LOW, .profile = PROFILE_RECOMMENDED,
		.each = "host_file",
		.condition = "host_file.excess != \"\" and not host_file.excess contains \"group may write\" and not host_file.excess contains "
		    "\"everybody may write\" and not host_file.kind in (docker-socket, podman-socket, containerd-socket, tls-key)",
		.title = "A file of an engine has bits that it does not need",
		.message = "{host_file.path}: {host_file.excess}; {host_file.wanted_mode} is enough",
		.why = "What nobody needs to do with a file of an engine, nobody should be able to do by mistake or on purpose.",
		.aliases = "docker-bench:3.2 docker-bench:3.4 docker-bench:3.6 docker-bench:3.8 docker-bench:3.10 docker-bench:3.12 "
		    "docker-bench:3.18 docker-bench:3.20 docker-bench:3.21",
		.references = "CIS-Docker-1.6:3.2 CIS-Docker-1.6:3.4 CIS-Docker-1.6:3.6 CIS-Docker-1.6:3.8 CIS-Docker-1.6:3.10 "
		    "CIS-Docker-1.6:3.12 CIS-Docker-1.6:3.18 CIS-Docker-1.6:3.20 CIS-Docker-1.6:3.21"},
	{.id = "host/socket-mode", .severity = SEVERITY_CRITICAL, .profile = PROFILE_BASELINE,
		.each = "host_file",
		.condition = "host_file.excess != \"\" and host_file.kind in (docker-socket, podman-socket, containerd-socket)",
		.title = "The socket of an engine is open to others",
		.message = "{host_file.path}: {host_file.excess}; {host_file.wanted_mode} is what it needs",
		.why = "Whoever can connect to the socket of an engine can start a container that mounts the root of the host, and so is "
		    "root there.",
		.aliases = "docker-bench:3.16 docker-bench:3.24",
		.references = "CIS-Docker-1.6:3.16 CIS-Docker-1.6:3.24"},
	{.id = "host/key-mode", .severity = SEVERITY_HIGH, .profile = PROFILE_BASELINE,
		.each = "host_file",
		.condition = "host_file.excess != \"\" and host_file.kind = tls-key",
		.title = "The private key of the engine is open to others",
		.message = "{host_file.path}: {host_file.excess}; {host_file.wanted_mode} is enough",
		.why = "With the key of the server somebody in between can answer in its place and read and change what clients say to "
		    "it.",
		.aliases = "docker-bench:3.14",
		.references = "CIS-Docker-1.6:3.14"},
	{.id = "host/file-owner", .severity = SEVERITY_MEDIUM, .profile = PROFILE_BASELINE,
		.each = "host_file",
		.condition = "host_file.wrong_owner = true",
		.title = "A file of an engine belongs to somebody else",
		.message = "{host_file.path} belongs to {host_file.owner}:{host_file.group}, not to {host_file.wanted_owner}",
		.why = "The owner of a file can always change it and its permissions, and with it what an engine that runs as root does.",
		.aliases = "docker-bench:3.1 docker-bench:3.3 docker-bench:3.5 docker-bench:3.7 docker-bench:3.9 docker-bench:3.11 "
		    "docker-bench:3.13 docker-bench:3.15 docker-bench:3.17 docker-bench:3.19 docker-bench:3.22 docker-bench:3.23",
		.references = "CIS-Docker-1.6:3.1 CIS-Docker-1.6:3.3 CIS-Docker-1.6:3.5 CIS-Docker-1.6:3.7 CIS-Docker-1.6:3.9 "
		    "CIS-Docker-1.6:3.11 CIS-Docker-1.6:3.13 CIS-Docker-1.6:3.15 CIS-Docker-1.6:3.17 CIS-Docker-1.6:3.19 "
		    "CIS-Docker-1.6:3.22 CIS-Docker-1.6:3.23"},
	{.id = "host/not-audited", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		.each = "host_file",
		.condition = "host_file.audited = false and host_file.kind in (dockerd, containerd-state, data-root, etc-docker, "
		    "docker-service, containerd-socket, docker-socket-unit, default-docker, daemon-json, containerd-config, "
		    "sysconfig-docker, containerd, shim, shim-runc-v1, shim-runc-v2, runc)",
		.title = "Changes of a file of the engine are not recorded",
		.message = "no rule in the files of the audit system watches {host_file.path}",
		.why = "Without a record nobody can tell afterwards who changed the engine, its settings or its programs, and when.",
		.aliases = "docker-bench:1.1.3 docker-bench:1.1.4 docker-bench:1.1.5 docker-bench:1.1.6 docker-bench:1.1.7 "
		    "docker-bench:1.1.8 docker-bench:1.1.9 docker-bench:1.1.10 docker-bench:1.1.11 docker-bench:1.1.12 "
		    "docker-bench:1.1.13 docker-bench:1.1.14 docker-bench:1.1.15 docker-bench:1.1.16 docker-bench:1.1.17 "
		    "docker-bench:1.1.18",
		.references = "CIS-Docker-1.6:1.1.3 CIS-Docker-1.6:1.1.4 CIS-Docker-1.6:1.1.5 CIS-Docker-1.6:1.1.6 CIS-Docker-1.6:1.1.7 "
		    "CIS-Docker-1.6:1.1.8 CIS-Docker-1.6:1.1.9 CIS-Docker-1.6:1.1.10 CIS-Docker-1.6:1.1.11 CIS-Docker-1.6:1.1.12 "
		    "CIS-Docker-1.6:1.1.13 CIS-Docker-1.6:1.1.14 CIS-Docker-1.6:1.1.15 CIS-Docker-1.6:1.1.16 CIS-Docker-1.6:1.1.17 "
		    "CIS-Docker-1.6:1.1.18"},
	{.id = "host/data-root-shared", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		.condition = "docker.data_root_partition = false",
		.title = "Images and containers share a file system with the host",
		.message = "{docker.data_root} lies on the file system of the folder above it",
		.why = "A container that fills its layer or its log fills the file system of the host, and services of the host stop.",
		.aliases = "docker-bench:1.1.1",
		.references = "CIS-Docker-1.6:1.1.1"},
	{.id = "host/no-content-trust", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		.condition = "host.content_trust = false",
		.title = "Signatures of images are not asked for",
		.why = "Without content trust a registry, or who sits in front of it, can put another image behind a known tag.",
		.aliases = "docker-bench:4.5",
		.references = "CIS-Docker-1.6:4.5"},
	{.id = "host/unprivileged-bpf", .severity = SEVERITY_MEDIUM, .profile = PROFILE_RECOMMENDED,
		.condition = "kernel.unprivileged_bpf_disabled = 0",
		.title = "Every user may load BPF programs",
		.why = "The verifier of BPF programs has let users become root many times; seccomp alone keeps containers from it.",
		.aliases = "", .references = ""},
	{.id = "host/localnet-routed", .severity = SEVERITY_HIGH, .profile = PROFILE_RECOMMENDED,
		.condition = "kernel.route_localnet = 1",
		.title = "Neighbours reach services of the host on 127.0.0.1",
		.why = "Packets from containers and from the local network to 127.0.0.1 are let in, and services that trust that address "
		    "answer them (CVE-2020-8558).",
		.aliases = "", .references = ""},
	{.id = "host/links-followed", .severity = SEVERITY_MEDIUM, .profile = PROFILE_RECOMMENDED,
		.condition = "kernel.protected_symlinks = 0 or kernel.protected_hardlinks = 0",
		.title = "Links in shared folders are followed for others",
		.why = "A process can lay a link into /tmp that makes a program of another user, or of root, write where the process "
		    "could not.",
		.aliases = "", .references = ""},
	{.id = "host/shared-files-opened", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		.condition = "kernel.protected_fifos = 0 or kernel.protected_regular = 0",
		.title = "Files of others in shared folders are opened for writing",
		.why = "A process can lay a file or pipe into /tmp before a program creates it, and then reads or changes what that "
		    "program writes.",
		.aliases = "", .references = ""},
	{.id = "host/set-uid-dumps", .severity = SEVERITY_MEDIUM, .profile = PROFILE_RECOMMENDED,
		.condition = "kernel.suid_dumpable = 1",
		.title = "Memory of set-uid programs is dumped for their callers",
		.why = "A dump of a program that ran as root, with passwords or keys in it, belongs to the user who made it crash.",
		.aliases = "", .references = ""},
	{.id = "host/kernel-addresses", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		.condition = "kernel.kptr_restrict = 0",
		.title = "Addresses of the kernel are shown to everybody",
		.why = "Exploits of the kernel need to know where its code and data lie; /proc/kallsyms tells them, in containers too.",
		.aliases = "", .references = ""},
	{.id = "host/kernel-log", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		.condition = "kernel.dmesg_restrict = 0",
		.title = "The log of the kernel is shown to everybody",
		.why = "The log holds addresses and names of devices and of processes of all containers, and exploits read there how far "
		    "they got.",
		.aliases = "", .references = ""},
	{.id = "host/ptrace", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		.condition = "kernel.ptrace_scope = 0",
		.title = "A process may trace any other of its user",
		.why = "One process that is taken over reads the memory of all others of its user: of its container, and with a shared "
		    "uid of the host.",
		.aliases = "", .references = ""},
	{.id = "host/bpf-jit", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		.condition = "kernel.bpf_jit_harden = 0",
		.title = "BPF programs are compiled unhardened",
		.why = "Constants of BPF programs become bytes of kernel code that an attacker chose, which makes exploits of the kernel "
		    "easier.",
		.aliases = "", .references = ""},
	{.id = "host/user-namespaces", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		.condition = "kernel.unprivileged_user_namespaces = true",
		.title = "Every user may make user namespaces",
		.why = "In a namespace of its own a process has all capabilities over much code of the kernel that was never meant for "
		    "users; rootless engines need it, others do not.",
		.aliases = "", .references = ""},
	{.id = "host/core-pipe", .severity = SEVERITY_INFO, .profile = PROFILE_STRICT,
		.condition = "kernel.core_pattern startswith \"|\"",
		.title = "A crash in a container starts a program of the host",
		.message = "memory of crashed processes goes to {kernel.core_pattern}",
		.why = "The program runs as root outside of all containers and reads what a container has prepared, as did "
		    "CVE-2022-28655 in apport.",
		.aliases = "", .references = ""},
	{.id = "host/no-security-module", .severity = SEVERITY_MEDIUM, .profile = PROFILE_RECOMMENDED,
		.condition = "host.apparmor = false and host.selinux = false",
		.title = "The kernel confines containers neither by AppArmor nor by SELinux",
		.why = "One mistake in the engine or one capability too many is then enough, as no second layer stands between a "
		    "container and files of the host.",
		.aliases = "", .references = ""},
	{.id = "host/selinux-permissive", .severity = SEVERITY_MEDIUM, .profile = PROFILE_RECOMMENDED,
		.condition = "host.selinux = true and host.selinux_enforcing = false",
		.title = "SELinux only reports",
		.why = "What containers do against the policy is written down and then allowed all the same.",
		.aliases = "", .references = ""},
	{.id = "host/cgroups-v1", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		.condition = "host.cgroups in (v1, hybrid)",
		.title = "Control groups are those of version 1",
		.message = "control groups: {host.cgroups}",
		.why = "Version 1 has release agents that containers have escaped by (CVE-2022-0492), and rootless engines cannot set "
		    "limits there.",
		.aliases = "", .references = ""},
};
/* clang-format on */

const rule_table host_table = RULE_TABLE(host_rules);
