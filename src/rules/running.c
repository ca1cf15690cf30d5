/* SPDX-License-Identifier: Apache-2.0
 *
 * What only running containers can violate, of all controls: what the kernel shows and no file says, and what was asked for and does not hold. */
#include "rules/drift.h"
#include "rules/tables.h"

#define ON_CONTAINER .kinds = 1u << DOCUMENT_CONTAINER
#define DRIFT_WHY                                                                                                                              \
	"Somebody counts on what was asked for. A wrapper, a hook, a command at run time or another default has changed it, and no file says " \
	"so."

/* clang-format off */
static const rule running_rules[] = {
	/* --- processes --- */
	{.id = "user/stronger-process", .severity = SEVERITY_HIGH, .profile = PROFILE_BASELINE,
		.each = "task", .condition = "task.gains exists",
		.title = "A process has more rights than the container was given",
		.message = "{task.command} in {workload} may do what its first process may not: {task.gains}",
		.why = "That is what `exec --privileged` and `exec --user root` leave behind: whoever takes over this one process has left the "
		       "confinement that everybody looks at.",
		.aliases = "docker-bench:5.23 docker-bench:5.24",
		.references = "CIS-Docker-1.6:5.23 CIS-Docker-1.6:5.24"},
	{.id = "user/mapped-root", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		.condition = "running and user.uid = 0 and user.host_uid > 0",
		.title = "Root of a user namespace",
		.message = "{workload} runs as root, which the host knows as uid {user.host_uid}",
		.why = "It is nobody on the host, but inside it may change every file of the application; a uid of its own takes that away too.",
		.aliases = "docker-bench:4.1", .references = "CIS-Docker-1.6:4.1"},
	{.id = "capabilities/inheritable", .severity = SEVERITY_LOW, .profile = PROFILE_RECOMMENDED,
		.condition = "running and capabilities.inheritable exists and capabilities.inheritable != ''",
		.title = "Capabilities are inheritable",
		.message = "{workload} hands on {capabilities.inheritable}",
		.why = "Files with inheritable capabilities then give them to whoever runs them (CVE-2022-24769); engines of today leave the set "
		       "empty.",
		.aliases = "", .references = ""},
	{.id = "network/sshd-running", .severity = SEVERITY_MEDIUM, .profile = PROFILE_RECOMMENDED,
		.each = "program", .condition = "program.name in (ssh_daemons)",
		.title = "An SSH daemon runs in the container",
		.message = "{program.name} runs in {workload}",
		.why = "It needs keys, accounts and updates of its own, and lets people in past the engine and its records; `exec` does the same "
		       "under the engine's control.",
		.aliases = "docker-bench:5.7", .references = "CIS-Docker-1.6:5.7"},

	{.id = "network/port-published", .severity = SEVERITY_INFO, .profile = PROFILE_STRICT,
		.each = "port", .condition = "running and port.published = true",
		.title = "A port is published",
		.message = "{workload} is reached through port {port.host_port} of the host",
		.why = "Each open port is a way in: it should be there because somebody needs it, not because an image exposes it.",
		.aliases = "docker-bench:5.9", .references = "CIS-Docker-1.6:5.9"},

	/* --- confinement and isolation as the kernel has them --- */
	{.id = "confinement/sys-writable", .severity = SEVERITY_HIGH, .profile = PROFILE_BASELINE,
		.condition = "confinement.sys_writable = true and not isolation.privileged = true and not namespace.user = private",
		.title = "/sys or the cgroups can be written",
		.message = "{workload} can write to /sys or its cgroups",
		.why = "With SYS_ADMIN a writable cgroup of version 1 runs a program of the container's choice on the host (release_agent); /sys "
		       "holds settings of the host's devices.",
		.aliases = "", .references = ""},
	{.id = "confinement/seccomp-differs", .severity = SEVERITY_HIGH, .profile = PROFILE_BASELINE,
		.condition = "seccomp.differs exists and seccomp.differs != ''",
		.title = "The seccomp filter is not the declared one",
		.message = "the filter that the kernel applies to {workload} {seccomp.differs}",
		.why = "What was reviewed is the profile; what counts is the filter.",
		.aliases = "", .references = "CIS-Docker-1.6:5.22"},
	{.id = "confinement/syscall-open", .severity = SEVERITY_MEDIUM, .profile = PROFILE_RECOMMENDED,
		.each = "syscall", .condition = "syscall.gives exists and not syscall.verdict = denied and syscall.usual = false",
		.title = "The seccomp filter lets a dangerous system call through",
		.message = "{workload} may call {syscall.name}, which {syscall.gives}",
		.why = "The default profiles of today's engines refuse it, because most containers never need it and attackers do.",
		.aliases = "", .references = "CIS-Docker-1.6:5.22"},
	{.id = "confinement/syscall-default-open", .severity = SEVERITY_INFO, .profile = PROFILE_STRICT,
		.each = "syscall", .condition = "syscall.gives exists and not syscall.verdict = denied and syscall.usual = true",
		.title = "Every profile lets a dangerous system call through",
		.message = "{workload} may call {syscall.name}, which {syscall.gives}",
		.why = "A profile that is made for this container (seccomp=FILE) can refuse it if the application does without.",
		.aliases = "", .references = ""},
	{.id = "isolation/all-devices", .severity = SEVERITY_HIGH, .profile = PROFILE_BASELINE,
		.condition = "isolation.all_devices = true and not isolation.privileged = true",
		.title = "The kernel lets it open every device",
		.message = "no device is forbidden to {workload}",
		.why = "A node of the host's disk, made with mknod or mounted, gives every file on it.",
		.aliases = "docker-bench:5.18", .references = "CIS-Docker-1.6:5.18"},
	{.id = "confinement/selinux-shared", .severity = SEVERITY_LOW, .profile = PROFILE_RECOMMENDED,
		.condition = "selinux.shared_with exists",
		.title = "Two containers have the same SELinux categories",
		.message = "{workload} has the label of {selinux.shared_with} ({selinux.level})",
		.why = "Engines give each container two categories of its own, so that SELinux keeps them out of each other's files and processes; a "
		       "label that was set by hand does not.",
		.aliases = "", .references = ""},
	{.id = "isolation/open-descriptor", .severity = SEVERITY_HIGH, .profile = PROFILE_BASELINE,
		.each = "descriptor", .condition = "descriptor.kind exists",
		.title = "A process in the container holds something of the host open",
		.message = "descriptor {descriptor.number} of {workload} leads out of it: {descriptor.kind} {descriptor.path}",
		.why = "Mounts and namespaces do not stop what was opened before: from a folder of the host every file on it can be reached "
		       "(CVE-2024-21626), and over a socket, a disk or a namespace the host itself.",
		.aliases = "", .references = ""},
	{.id = "resources/no-cpu-priority", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		.condition = "running and cpu.limit <= 0 and cpu.shares = 1024",
		.title = "No CPU limit and no weight",
		.message = "{workload} has neither a limit nor a weight of CPU time",
		.why = "When CPU time is short it takes as much as everybody else together, whatever it is worth.",
		.aliases = "docker-bench:5.12", .references = "CIS-Docker-1.6:5.12"},
	{.id = "resources/no-log", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		.condition = "log.driver = none",
		.title = "Its output is thrown away",
		.message = "nothing that {workload} says is kept",
		.why = "After an attack there is nothing to read.",
		.aliases = "docker-bench:2.13", .references = ""},
	{.id = "vulnerabilities/unscanned", .severity = SEVERITY_MEDIUM, .profile = PROFILE_STRICT,
		.condition = "image.scan in (never, stale)",
		.title = "It runs an image that was not scanned lately",
		.message = "the image of {workload} has no fresh scan ({image.scan}): bulkhead scan {image.reference}",
		.why = "Advisories appear every day; what was clean when it was built is known to be broken a month later.",
		.aliases = "docker-bench:4.4", .references = "CIS-Docker-1.6:4.4"},

	/* --- drift --- */
	{.id = "user/drift", .severity = SEVERITY_CRITICAL, .profile = PROFILE_BASELINE, .judge = judge_drift, ON_CONTAINER,
		.title = "Another user than was asked for", .why = DRIFT_WHY, .aliases = "", .references = ""},
	{.id = "filesystem/drift", .severity = SEVERITY_HIGH, .profile = PROFILE_BASELINE, .judge = judge_drift, ON_CONTAINER,
		.title = "Other mounts than were asked for", .why = DRIFT_WHY, .aliases = "", .references = ""},
	{.id = "capabilities/drift", .severity = SEVERITY_HIGH, .profile = PROFILE_BASELINE, .judge = judge_drift, ON_CONTAINER,
		.title = "Other capabilities than were asked for", .why = DRIFT_WHY, .aliases = "", .references = ""},
	{.id = "confinement/drift", .severity = SEVERITY_HIGH, .profile = PROFILE_BASELINE, .judge = judge_drift, ON_CONTAINER,
		.title = "Another confinement than was asked for", .why = DRIFT_WHY, .aliases = "", .references = ""},
	{.id = "isolation/drift", .severity = SEVERITY_HIGH, .profile = PROFILE_BASELINE, .judge = judge_drift, ON_CONTAINER,
		.title = "Less isolation than was asked for", .why = DRIFT_WHY, .aliases = "", .references = ""},
	{.id = "resources/drift", .severity = SEVERITY_MEDIUM, .profile = PROFILE_BASELINE, .judge = judge_drift, ON_CONTAINER,
		.title = "Other limits than were asked for", .why = DRIFT_WHY, .aliases = "", .references = ""},
	{.id = "network/drift", .severity = SEVERITY_HIGH, .profile = PROFILE_BASELINE, .judge = judge_drift, ON_CONTAINER,
		.title = "Another network than was asked for", .why = DRIFT_WHY, .aliases = "", .references = ""},
	{.id = "image/drift", .severity = SEVERITY_MEDIUM, .profile = PROFILE_BASELINE, .judge = judge_drift, ON_CONTAINER,
		.title = "Another image than was asked for", .why = DRIFT_WHY, .aliases = "", .references = ""},
	{.id = "secrets/drift", .severity = SEVERITY_LOW, .profile = PROFILE_BASELINE, .judge = judge_drift, ON_CONTAINER,
		.title = "Another environment than was asked for", .why = DRIFT_WHY, .aliases = "", .references = ""},
};
/* clang-format on */

const rule_table running_table = RULE_TABLE(running_rules);
