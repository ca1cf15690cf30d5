/* SPDX-License-Identifier: Apache-2.0
 *
 * filesystem: read-only root, writable paths named, tmpfs with limits. */
#include "rules/tables.h"

/* clang-format off */
static const rule filesystem_rules[] = {
	{.id = "filesystem/writable", .severity = SEVERITY_MEDIUM, .profile = PROFILE_RECOMMENDED,
		.condition = "filesystem.read_only = false",
		.wanted = "filesystem.read_only = true", .unsafe = true,
		.title = "The root file system is writable",
		.message = "{workload} can write to its root file system",
		.why = "An attacker can drop tools, change the application and stay there until the container is replaced.",
		.aliases = "trivy:KSV-0014 checkov:CKV_K8S_22 kics:root_container_not_mounted_as_read_only "
			   "kics:root_container_not_mounted_read_only kube-linter:no-read-only-root-fs "
			   "kube-score:container-security-context-readonlyrootfilesystem dclint:require-read-only docker-bench:5.13",
		.references = "CIS-Docker-1.6:5.13 NSA-Kubernetes-Hardening"},
	{.id = "filesystem/tmpfs-unlimited", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		.each = "mount", .condition = "mount.type = tmpfs and not mount.size exists",
		.title = "A tmpfs without a size",
		.message = "the tmpfs on {mount.target} may grow until memory runs out",
		.why = "A tmpfs lives in memory: without a size, filling it takes half of the host's.",
		.aliases = "", .references = ""},
	{.id = "filesystem/tmpfs-exec", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		.each = "mount", .condition = "engine and mount.type = tmpfs and mount.noexec = false",
		.title = "Programs can be started from a tmpfs",
		.message = "the tmpfs on {mount.target} is not mounted noexec",
		.why = "A read-only root helps little when the one writable place lets an attacker run what he put there.",
		.aliases = "", .references = ""},
	{.id = "filesystem/world-writable", .severity = SEVERITY_LOW, .profile = PROFILE_RECOMMENDED,
		.each = "world_writable", .condition = "world_writable.path exists",
		.title = "Everyone may write to a part of the image",
		.message = "{world_writable.path} is a {world_writable.kind} that every user of the container may change",
		.why = "A process that was taken over changes what others, root among them, read or run.",
		.aliases = "", .references = ""},
};
/* clang-format on */

const rule_table filesystem_table = RULE_TABLE(filesystem_rules);
