/* SPDX-License-Identifier: Apache-2.0
 *
 * Who it runs as and what confines it. A container that is privileged has no filter (unless it is given one of its own), all devices, nothing masked and
 * a /sys that it can write. */
#include "formats/json.h"
#include "sources/inspect_read.h"

/* --- security options --- */

/* The name of an option ends at the first '=' or ':'; it may have no value at all. */
static span option_split(span option, span *ret_value)
{
	size_t end = 0;
	while (end < option.n && option.p[end] != '=' && option.p[end] != ':')
		end++;
	*ret_value = end < option.n ? span_from(option, end + 1) : (span){0};
	return span_sub(option, 0, end);
}

bool inspect_option(const inspect_reader *r, const char *name, span *ret, origin *at)
{
	const node *list = inspect_at(r, "HostConfig/SecurityOpt"), *found = NULL;
	span value;
	for (uint32_t i = 0; node_is_list(list) && i < list->count; i++)
		if (span_is(option_split(node_text(list->items[i]), &value), name)) {
			found = list->items[i];
			*ret = value;
		}
	if (found)
		*at = tree_facts_say(&r->facts, "HostConfig/SecurityOpt", found);
	return found;
}

static origin options_said(const inspect_reader *r)
{
	return tree_facts_say_path(&r->facts, "HostConfig/SecurityOpt");
}

static void set_truth(const inspect_reader *r, fact_id fact, bool truth, bool given, origin at)
{
	posture_set_truth(r->facts.posture, fact, given ? r->facts.said : r->facts.silent, truth, at);
}

/* Go's strconv.ParseBool; the option without a value is true. */
static void read_no_new_privileges(const inspect_reader *r)
{
	span value;
	origin at;
	bool given = inspect_option(r, "no-new-privileges", &value, &at);
	bool truth = given ? value.n == 0 || span_in(value, "1 t T true TRUE True")
			   : r->defaults.no_new_privileges;
	set_truth(r, FACT_no_new_privileges, truth, given, given ? at : options_said(r));
}

/* What a profile of its own does with calls that it does not name. The profile is the option's value itself; Podman has only its path. */
static void read_profile(const inspect_reader *r, span profile, origin at)
{
	text t;
	node *root;
	node_problems problems = {0};
	error e;
	text_init(&t, "seccomp", profile, r->facts.arena);
	if (!profile.n || profile.p[0] != '{' || json_read(&t, r->facts.arena, &root, &problems, &e) < 0)
		return;
	span action = node_text(node_get(root, "defaultAction"));
	if (action.n)
		set_truth(r, FACT_seccomp_default_allows,
			span_is(action, "SCMP_ACT_ALLOW") || span_is(action, "SCMP_ACT_LOG"), true, at);
}

static void read_seccomp(const inspect_reader *r)
{
	span value, usual = r->defaults.seccomp, shown = usual.n ? usual : SPAN("default");
	origin at;
	bool given = inspect_option(r, "seccomp", &value, &at);
	if (given && span_is(value, "unconfined"))
		shown = SPAN("unconfined");
	else if (given && span_in(value, "builtin default") && value.n)
		shown = SPAN("default");
	else if (given && value.n) {
		shown = SPAN("custom");
		read_profile(r, value, at);
	} else if (!given && r->privileged) {
		shown = SPAN("unconfined");
		at = tree_facts_say_path(&r->facts, "HostConfig/Privileged");
	} else if (!given)
		at = options_said(r);
	posture_set_text(r->facts.posture, FACT_seccomp,
		given || r->privileged ? r->facts.said : r->facts.silent, shown, at);
}

/* Empty where the host has no AppArmor: then nothing is known. */
static void read_apparmor(const inspect_reader *r)
{
	span profile = node_text(inspect_at(r, "AppArmorProfile")), value;
	origin at = tree_facts_say_path(&r->facts, "AppArmorProfile"), asked;
	bool given = inspect_option(r, "apparmor", &value, &asked);
	if (profile.n)
		posture_set_text(r->facts.posture, FACT_apparmor, given ? r->facts.said : r->facts.silent,
			profile, given ? asked : at);
	else
		posture_place(r->facts.posture, FACT_apparmor, at);
}

/* "label=disable", "label=type:spc_t" */
static void read_label_option(const inspect_reader *r, const node *option, bool *disabled)
{
	static const struct {
		const char *prefix;
		fact_id fact;
	} parts[] = {
		{"type:", FACT_selinux_type}, {"user:", FACT_selinux_user}, {"role:", FACT_selinux_role}};
	span value;
	if (!span_is(option_split(node_text(option), &value), "label"))
		return;
	origin at = tree_facts_say(&r->facts, "HostConfig/SecurityOpt", option);
	if (span_is(value, "disable")) {
		set_truth(r, FACT_selinux_disabled, true, true, at);
		*disabled = true;
	}
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (span_starts(value, span_of(parts[i].prefix)))
			posture_set_text(r->facts.posture, parts[i].fact, r->facts.said,
				span_from(value, strlen(parts[i].prefix)), at);
}

static void read_selinux(const inspect_reader *r)
{
	const node *options = inspect_at(r, "HostConfig/SecurityOpt");
	span label = node_text(inspect_at(r, "ProcessLabel"));
	bool disabled = false;
	for (uint32_t i = 0; node_is_list(options) && i < options->count; i++)
		read_label_option(r, options->items[i], &disabled);
	if (!disabled)
		set_truth(r, FACT_selinux_disabled, false, false, options_said(r));
	if (label.n)
		tree_facts_selinux(&r->facts, label, tree_facts_say_path(&r->facts, "ProcessLabel"));
}

/* --- /proc and /sys --- */

/* systempaths=unconfined leaves two empty lists. Podman says nothing of what it masks; its option is only in the command that made the container. */
static void read_masked(const inspect_reader *r)
{
	const node *masked = inspect_at(r, "HostConfig/MaskedPaths");
	if (r->privileged)
		set_truth(r, FACT_unmasked, true, true,
			tree_facts_say_path(&r->facts, "HostConfig/Privileged"));
	else if (node_is_list(masked))
		set_truth(r, FACT_unmasked, masked->count == 0, masked->count == 0,
			tree_facts_say_path(&r->facts, "HostConfig/MaskedPaths"));
	else if (r->kind == ENGINE_DOCKER)
		set_truth(r, FACT_unmasked, false, false,
			tree_facts_say_path(&r->facts, "HostConfig/MaskedPaths"));
}

static void read_writable_sys(const inspect_reader *r)
{
	span value;
	origin at;
	bool given = inspect_option(r, "writable-cgroups", &value, &at);
	bool writable = given && (value.n == 0 || span_in(value, "1 t T true TRUE True"));
	if (r->privileged || !given)
		at = tree_facts_say_path(&r->facts, "HostConfig/Privileged");
	if (!given && !r->privileged && r->defaults.user_namespace && r->kind == ENGINE_DOCKER) {
		/* With mapped ids Docker leaves the cgroups writable for whomever the host lets. */
		posture_place(r->facts.posture, FACT_sys_writable, at);
		return;
	}
	set_truth(r, FACT_sys_writable, writable || r->privileged, given || r->privileged, at);
}

/* --- the user --- */

static void read_user(const inspect_reader *r)
{
	span user = span_trim(node_text(inspect_at(r, "Config/User")));
	posture_set_user(r->facts.posture, user.n ? r->facts.said : r->facts.silent, user,
		tree_facts_say_path(&r->facts, "Config/User"));
}

static void read_groups(const inspect_reader *r)
{
	const node *list = inspect_at(r, "HostConfig/GroupAdd");
	bool given = node_is_list(list) && list->count;
	origin at = tree_facts_say(&r->facts, "HostConfig/GroupAdd", list);
	posture_set_list(
		r->facts.posture, FACT_groups, given ? r->facts.said : r->facts.silent, at, r->facts.arena);
	for (uint32_t i = 0; given && i < list->count; i++)
		if (node_text(list->items[i]).n)
			item_set_text(posture_add(r->facts.posture, FACT_groups, at, r->facts.arena),
				MEMBER_group_name, node_text(list->items[i]));
}

void inspect_security_read(const inspect_reader *r)
{
	read_user(r);
	read_groups(r);
	read_no_new_privileges(r);
	read_seccomp(r);
	read_apparmor(r);
	read_selinux(r);
	read_masked(r);
	read_writable_sys(r);
	/* Podman does not always tell them. */
	if (r->kind == ENGINE_DOCKER || inspect_at(r, "HostConfig/Sysctls"))
		tree_facts_pairs(&r->facts, FACT_sysctls, "HostConfig/Sysctls");
}
