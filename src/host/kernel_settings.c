/* SPDX-License-Identifier: Apache-2.0
 *
 * The kernel as containers meet it: sysctls (Documentation/admin-guide/sysctl of the kernel), security modules, cgroups. */
#include "host/reader.h"

#include "base/limits.h"

#include <stdlib.h>
#include <sys/utsname.h>

static const struct {
	setting_id id;
	const char *path;
} sysctls[] = {
	{SETTING_kernel_kptr_restrict, "/proc/sys/kernel/kptr_restrict"},
	{SETTING_kernel_dmesg_restrict, "/proc/sys/kernel/dmesg_restrict"},
	{SETTING_kernel_ptrace_scope, "/proc/sys/kernel/yama/ptrace_scope"},
	{SETTING_kernel_bpf_disabled, "/proc/sys/kernel/unprivileged_bpf_disabled"},
	{SETTING_kernel_bpf_jit_harden, "/proc/sys/net/core/bpf_jit_harden"},
	{SETTING_kernel_protected_symlinks, "/proc/sys/fs/protected_symlinks"},
	{SETTING_kernel_protected_hardlinks, "/proc/sys/fs/protected_hardlinks"},
	{SETTING_kernel_protected_fifos, "/proc/sys/fs/protected_fifos"},
	{SETTING_kernel_protected_regular, "/proc/sys/fs/protected_regular"},
	{SETTING_kernel_suid_dumpable, "/proc/sys/fs/suid_dumpable"},
	{SETTING_kernel_core_pattern, "/proc/sys/kernel/core_pattern"},
	{SETTING_kernel_route_localnet, "/proc/sys/net/ipv4/conf/all/route_localnet"},
};

/* The trimmed content of a small file; false when it cannot be had, then *ret_reason says why. */
static bool content(host_page *p, const char *path, span *ret, const char **ret_reason)
{
	error e;
	arena *a = p->reader->arena;
	if (host_root_read(&p->reader->root, path, LIMIT_HOST_FILE, a, ret, &e) < 0) {
		*ret_reason = arena_string(a, span_of(e.text));
		return false;
	}
	*ret = span_trim(*ret);
	return true;
}

static void read_sysctls(host_page *p)
{
	for (size_t i = 0; i < sizeof sysctls / sizeof *sysctls; i++) {
		span value;
		const char *reason;
		if (content(p, sysctls[i].path, &value, &reason))
			host_say(p, sysctls[i].id, value, sysctls[i].path, value);
		else
			host_say_unknown(p, sysctls[i].id, reason);
	}
}

/* Debian's and Ubuntu's own switch goes before the one of all kernels. */
static void read_user_namespaces(host_page *p)
{
	static const char *const paths[] = {
		"/proc/sys/kernel/unprivileged_userns_clone", "/proc/sys/user/max_user_namespaces"};
	span value;
	const char *reason = NULL, *place = NULL;
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		if (!content(p, paths[i], &value, &reason))
			continue;
		place = paths[i];
		if (span_is(value, "0"))
			break;
	}
	if (place)
		host_say_truth(p, SETTING_kernel_user_namespaces, !span_is(value, "0"), place, value);
	else
		host_say_unknown(p, SETTING_kernel_user_namespaces, reason);
}

static void read_release(host_page *p)
{
	span value;
	const char *reason;
	struct utsname name;
	if (content(p, "/proc/sys/kernel/osrelease", &value, &reason))
		host_say(p, SETTING_kernel_release, value, "/proc/sys/kernel/osrelease", value);
	else if (!p->reader->root.foreign && uname(&name) == 0)
		host_say(p, SETTING_kernel_release, span_of(name.release), "uname", span_of(name.release));
	else
		host_say_unknown(p, SETTING_kernel_release, reason);
}

static bool module_is_there(span list, const char *name)
{
	span one;
	while (span_cut(&list, ',', &one))
		if (span_is(one, name))
			return true;
	return false;
}

/* The list of modules needs securityfs; without it the modules' own files tell. */
static void read_modules(host_page *p)
{
	static const char *const list = "/sys/kernel/security/lsm",
				 *const switched = "/sys/module/apparmor/parameters/enabled",
				 *const enforce = "/sys/fs/selinux/enforce";
	const host_root *root = &p->reader->root;
	span modules = {0}, value;
	const char *reason, *why;
	bool listed = content(p, list, &modules, &reason), sys = host_root_has(root, "/sys/kernel");
	if (listed)
		host_say(p, SETTING_host_lsms, modules, list, modules);
	else
		host_say_unknown(p, SETTING_host_lsms, reason);
	if (content(p, switched, &value, &why))
		host_say_truth(p, SETTING_host_apparmor,
			span_is(value, "Y") && (!listed || module_is_there(modules, "apparmor")), switched,
			value);
	else if (listed || sys)
		host_say_truth(p, SETTING_host_apparmor, listed && module_is_there(modules, "apparmor"),
			switched, SPAN("no such file"));
	else
		host_say_unknown(p, SETTING_host_apparmor, why);
	if (content(p, enforce, &value, &why)) {
		host_say_truth(p, SETTING_host_selinux, true, enforce, value);
		host_say_truth(p, SETTING_host_selinux_enforcing, span_is(value, "1"), enforce, value);
	} else if (listed || sys) {
		host_say_truth(p, SETTING_host_selinux, listed && module_is_there(modules, "selinux"),
			enforce, SPAN("no such file"));
		host_say_truth(p, SETTING_host_selinux_enforcing, false, enforce, SPAN("no such file"));
	} else {
		host_say_unknown(p, SETTING_host_selinux, why);
	}
}

static void read_cgroups(host_page *p)
{
	static const char *const top = "/sys/fs/cgroup";
	const host_root *root = &p->reader->root;
	const char *version = NULL;
	if (host_root_has(root, "/sys/fs/cgroup/cgroup.controllers"))
		version = "v2";
	else if (host_root_has(root, "/sys/fs/cgroup/unified/cgroup.controllers"))
		version = "hybrid";
	else if (host_root_has(root, "/sys/fs/cgroup/memory") || host_root_has(root, "/sys/fs/cgroup/cpu"))
		version = "v1";
	if (version)
		host_say(p, SETTING_host_cgroups, span_of(version), top, span_of(version));
	else
		host_say_unknown(p, SETTING_host_cgroups, "no control groups are mounted on /sys/fs/cgroup");
}

/* --- content trust: for everybody --- */

static bool trust_line(span line)
{
	line = span_trim(line);
	if (span_starts(line, SPAN("export ")))
		line = span_trim(span_from(line, 7));
	if (!span_starts(line, SPAN("DOCKER_CONTENT_TRUST=")))
		return false;
	span value = span_from(line, 21);
	if (value.n > 1 && (value.p[0] == '"' || value.p[0] == '\''))
		value = span_sub(value, 1, value.n - 2);
	return span_in(value, "1 true True TRUE yes") && value.n;
}

static bool trusts(host_page *p, const char *path)
{
	span bytes, line;
	const char *reason;
	if (!content(p, path, &bytes, &reason))
		return false;
	while (span_cut(&bytes, '\n', &line)) {
		if (trust_line(line)) {
			host_say_truth(p, SETTING_host_content_trust, true, path, span_trim(line));
			return true;
		}
	}
	return false;
}

static void read_content_trust(host_page *p)
{
	error e;
	host_names names;
	arena *a = p->reader->arena;
	const char *own = getenv("DOCKER_CONTENT_TRUST");
	if (trusts(p, "/etc/environment") || trusts(p, "/etc/profile"))
		return;
	if (host_root_names(&p->reader->root, "/etc/profile.d", a, &names, &e) >= 0)
		for (uint32_t i = 0; i < names.count; i++)
			if (trusts(p, arena_format(a, "/etc/profile.d/%s", names.items[i]).p))
				return;
	bool here = own && !p->reader->root.foreign && strcmp(own, "1") == 0;
	host_say_truth(p, SETTING_host_content_trust, here, "DOCKER_CONTENT_TRUST",
		here ? SPAN("1, in this environment")
		     : SPAN("not set in /etc/environment, /etc/profile, /etc/profile.d"));
}

void host_read_kernel(host_page *p)
{
	read_release(p);
	read_sysctls(p);
	read_user_namespaces(p);
	read_modules(p);
	read_cgroups(p);
	read_content_trust(p);
}
