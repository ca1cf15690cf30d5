/* SPDX-License-Identifier: Apache-2.0
 *
 * confinement: seccomp, AppArmor, SELinux, no-new-privileges, masked paths, sysctls. */
#include "rules/object.h"
#include "rules/tables.h"

/* The keys of a security context that Kubernetes knows; others say nothing. */
static bool says_something(const node *context)
{
	static const char *const keys =
		"allowPrivilegeEscalation appArmorProfile capabilities privileged procMount readOnlyRootFilesystem runAsGroup "
		"runAsNonRoot runAsUser seLinuxOptions seccompProfile windowsOptions fsGroup fsGroupChangePolicy supplementalGroups "
		"supplementalGroupsPolicy sysctls";
	for (uint32_t i = 0; node_is_map(context) && i < context->count; i++)
		if (span_in(context->members[i].key->value, keys))
			return true;
	return false;
}

/* A container needs a context of its own or of its pod; one of the pod that is there must say something. */
static void judge_empty_security_context(const rule *r, const document *d, const bundle *b, rule_report *out)
{
	(void)b;
	list_each(workload *const, w, &d->workloads) {
		const member *of_pod = node_member((*w)->pod, "securityContext");
		bool pod_says = of_pod && says_something(of_pod->value);
		if (of_pod && !pod_says)
			rule_found(out, r, *w, object_member_place(d, of_pod), NULL,
				"the pod's securityContext says nothing");
		else if (!pod_says && !says_something(node_get((*w)->node, "securityContext")))
			rule_found(out, r, *w, (*w)->origin, NULL, "%s has no securityContext", (*w)->name);
	}
}

/* clang-format off */
static const rule confinement_rules[] = {
	{.id = "confinement/new-privileges", .severity = SEVERITY_MEDIUM, .profile = PROFILE_RECOMMENDED,
		.condition = "confinement.no_new_privileges = false and not escalation_implied",
		.wanted = "confinement.no_new_privileges = true",
		.title = "A process can gain privileges",
		.message = "{workload} lets set-uid programs raise privileges",
		.why = "A set-uid program or a file with capabilities gives an attacker who is not root the way back up; no-new-privileges "
		       "closes it for good.",
		.aliases = "psa:allowPrivilegeEscalation trivy:KSV-0001 checkov:CKV_K8S_20 kics:privilege_escalation_allowed "
			   "kics:no_new_privileges_not_set dclint:require-no-new-privileges docker-bench:5.26",
		.references = "PSS-restricted CIS-Docker-1.6:5.26 CIS-Kubernetes:5.2.6"},
	{.id = "confinement/escalation-implied", .severity = SEVERITY_MEDIUM, .profile = PROFILE_STRICT,
		.condition = "confinement.no_new_privileges = false and escalation_implied",
		.title = "What it has already makes privileges easy to gain",
		.message = "{workload} lets set-uid programs raise privileges",
		.why = "The API server refuses `allowPrivilegeEscalation: false` beside `privileged: true`: what has to go is the privilege.",
		.aliases = "psa:allowPrivilegeEscalation trivy:KSV-0001 checkov:CKV_K8S_20 kics:privilege_escalation_allowed",
		.references = "PSS-restricted CIS-Kubernetes:5.2.6"},
	{.id = "confinement/escalation-allowed", .severity = SEVERITY_HIGH, .profile = PROFILE_STRICT,
		.condition = "kubernetes and (confinement.no_new_privileges = false and confinement.no_new_privileges exists or "
			     "isolation.privileged = true or capabilities.add intersects (SYS_ADMIN))",
		.title = "Privilege escalation is allowed on purpose",
		.message = "{workload} asks for privilege escalation",
		.why = "Whoever runs code in it can become root by any set-uid program of the image.",
		.aliases = "kube-linter:privilege-escalation-container",
		.references = ""},
	{.id = "confinement/seccomp-unconfined", .severity = SEVERITY_HIGH, .profile = PROFILE_BASELINE,
		.condition = "seccomp.profile = unconfined and seccomp.profile exists",
		.wanted = "seccomp.profile = default",
		.title = "seccomp is turned off",
		.message = "{workload} runs without a seccomp profile",
		.why = "All system calls of the kernel are open, also the few hundred that containers never need and that kernel exploits "
		       "start from.",
		.aliases = "psa:seccompProfile_baseline psa:seccompProfile_restricted trivy:KSV-0104 trivy:KSV-0030 checkov:CKV_K8S_31 "
			   "kics:default_seccomp_profile_disabled kics:seccomp_profile_is_not_configured "
			   "kube-score:container-seccomp-profile docker-bench:5.22",
		.references = "PSS-baseline CIS-Docker-1.6:5.22"},
	{.id = "confinement/seccomp-missing", .severity = SEVERITY_MEDIUM, .profile = PROFILE_RECOMMENDED,
		.condition = "kubernetes and seccomp.profile = unconfined and not seccomp.profile exists",
		.wanted = "seccomp.profile = default",
		.title = "No seccomp profile",
		.message = "{workload} sets no seccompProfile, which leaves seccomp off",
		.why = "Kubernetes runs containers without seccomp unless the pod or the kubelet asks for it: every system call is open to "
		       "an exploit.",
		.aliases = "psa:seccompProfile_restricted trivy:KSV-0030 trivy:KSV-0104 checkov:CKV_K8S_31 kics:seccomp_profile_is_not_configured "
			   "kube-score:container-seccomp-profile",
		.references = "PSS-restricted CIS-Kubernetes:5.7.2"},
	{.id = "confinement/seccomp-allows-by-default", .severity = SEVERITY_HIGH, .profile = PROFILE_RECOMMENDED,
		.condition = "seccomp.default_allows = true",
		.title = "A seccomp profile that allows what it does not name",
		.message = "{workload} runs under {seccomp.profile}, which forbids only the system calls that it lists",
		.why = "New system calls and those that nobody thought of stay open: a profile holds only when it denies by default.",
		.aliases = "", .references = "CIS-Docker-1.6:5.22"},
	{.id = "confinement/seccomp-unknown-syscall", .severity = SEVERITY_LOW, .profile = PROFILE_RECOMMENDED,
		.condition = "seccomp.unknown_syscalls exists",
		.title = "A seccomp profile names system calls that do not exist",
		.message = "{seccomp.profile} names {seccomp.unknown_syscalls}",
		.why = "The engine leaves out names that it does not know: the call that was meant is not covered.",
		.aliases = "", .references = ""},
	{.id = "confinement/apparmor-unconfined", .severity = SEVERITY_HIGH, .profile = PROFILE_BASELINE,
		.condition = "apparmor.profile = unconfined",
		.wanted = "apparmor.profile = default",
		.title = "AppArmor is turned off",
		.message = "{workload} runs without its AppArmor profile",
		.why = "The default profile denies mounting, writing to /proc and /sys and tracing; without it a taken-over root may try all of "
		       "them.",
		.aliases = "psa:appArmorProfile trivy:KSV-0002 docker-bench:5.2",
		.references = "PSS-baseline CIS-Docker-1.6:5.2"},
	{.id = "confinement/apparmor-missing", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		.condition = "kubernetes and not apparmor.profile exists",
		.wanted = "apparmor.profile = default",
		.title = "No AppArmor profile is named",
		.message = "{workload} leaves the AppArmor profile to the node",
		.why = "Whether the default profile applies then depends on each node's runtime.",
		.aliases = "trivy:KSV-0002 kics:missing_app_armor_config",
		.references = ""},
	{.id = "confinement/apparmor-custom", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		.condition = "kubernetes and apparmor.profile exists and not apparmor.profile in (default, unconfined)",
		.title = "An AppArmor profile of its own",
		.message = "{workload} names the AppArmor profile '{apparmor.profile}'",
		.why = "A custom profile may allow more than the runtime's default, and a node without it refuses the pod.",
		.aliases = "trivy:KSV-0002",
		.references = ""},
	{.id = "confinement/selinux-type", .severity = SEVERITY_HIGH, .profile = PROFILE_BASELINE,
		.condition = "selinux.type exists and not selinux.type in (selinux_types, '') or not running and (selinux.user exists and "
			     "not selinux.user = '' or selinux.role exists and not selinux.role = '')",
		.title = "A custom SELinux label",
		.message = "{workload} chooses its own SELinux user, role or type",
		.why = "Types such as spc_t are unconfined: SELinux then no longer keeps the container from the host.",
		.aliases = "psa:seLinuxOptions trivy:KSV-0025",
		.references = "PSS-baseline"},
	{.id = "confinement/selinux-disabled", .severity = SEVERITY_HIGH, .profile = PROFILE_BASELINE,
		.condition = "selinux.disabled = true",
		.title = "SELinux separation is turned off",
		.message = "{workload} runs with label=disable",
		.why = "SELinux no longer keeps the container from the files and processes of the host and of its neighbours.",
		.aliases = "docker-bench:5.3",
		.references = "CIS-Docker-1.6:5.3"},
	{.id = "confinement/unmasked", .severity = SEVERITY_HIGH, .profile = PROFILE_BASELINE,
		.condition = "confinement.unmasked = true and not namespace.user = private",
		.wanted = "confinement.unmasked = false",
		.title = "Sensitive parts of /proc are open",
		.message = "{workload} sees an unmasked /proc",
		.why = "/proc/sysrq-trigger, /proc/kcore and their like let root in the container read the kernel's memory or stop the host.",
		.aliases = "psa:procMount psa:procMount_restricted trivy:KSV-0027 kics:container_runs_unmasked",
		.references = "PSS-baseline"},
	{.id = "confinement/unmasked-in-user-namespace", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		.condition = "confinement.unmasked = true and namespace.user = private",
		.wanted = "confinement.unmasked = false",
		.title = "Sensitive parts of /proc are open to a mapped user",
		.message = "{workload} sees an unmasked /proc, in a user namespace of its own",
		.why = "The user namespace blunts it, but what is unmasked still tells about the host.",
		.aliases = "psa:procMount_restricted trivy:KSV-0027 kics:container_runs_unmasked",
		.references = "PSS-restricted"},
	{.id = "confinement/unsafe-sysctl", .severity = SEVERITY_HIGH, .profile = PROFILE_BASELINE,
		.each = "sysctl", .condition = "kubernetes and not sysctl.name in (safe_sysctls)",
		.wanted = "sysctl -= this", .unsafe = true,
		.title = "A kernel parameter that is not isolated",
		.message = "{workload} sets {sysctl.name}",
		.why = "A sysctl outside the safe set may reach past the pod and change how the node and its other pods behave.",
		.aliases = "psa:sysctls trivy:KSV-0026 kics:cluster_allows_unsafe_sysctls kube-linter:unsafe-sysctls",
		.references = "PSS-baseline"},
	{.id = "confinement/no-security-options", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		.condition = "engine and confinement.no_new_privileges = false and not confinement.no_new_privileges exists and not seccomp.profile exists and "
			     "not apparmor.profile exists and not selinux.type exists and not selinux.disabled exists and "
			     "not confinement.unmasked exists",
		.wanted = "confinement.no_new_privileges = true",
		.title = "No security option at all",
		.message = "{workload} names no security option",
		.why = "Everything is left to defaults that were chosen for compatibility.",
		.aliases = "kics:security_opt_not_set", .references = "CIS-Docker-1.6:5.26"},
	{.id = "confinement/no-security-context", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		.condition = "kubernetes and not user.uid exists and not user.gid exists and not user.non_root exists and "
			     "not filesystem.read_only exists and not capabilities.drop exists and not capabilities.add exists and "
			     "not confinement.no_new_privileges exists and not seccomp.profile exists and not isolation.privileged exists and "
			     "not selinux.type exists and not group exists and not sysctl exists",
		.title = "No security context at all",
		.message = "{workload} has no securityContext",
		.why = "Everything is left to the image and to defaults that were chosen for compatibility.",
		.aliases = "checkov:CKV_K8S_29 checkov:CKV_K8S_30 kics:pod_or_container_without_security_context",
		.references = ""},
	{.id = "confinement/empty-security-context", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		.judge = judge_empty_security_context, .kinds = 1u << DOCUMENT_KUBERNETES,
		.title = "A security context that says nothing",
		.why = "Everything is left to the image and to defaults that were chosen for compatibility.",
		.aliases = "trivy:KSV-0118", .references = ""},
};
/* clang-format on */

const rule_table confinement_table = RULE_TABLE(confinement_rules);
