/* SPDX-License-Identifier: Apache-2.0
 *
 * What is mounted (Mounts, HostConfig.Tmpfs) and the devices that are handed over. The engines list only what was asked for, not what they mount themselves. */
#include "base/limits.h"
#include "base/map.h"
#include "sources/inspect_read.h"

/* --- mounts --- */

/* "rw,noexec,size=8m" */
static void options_take(item *mount, span options)
{
	span option;
	while (span_cut(&options, ',', &option))
		tree_facts_mount_option(mount, option);
}

/* {"Type": "bind", "Name", "Source": "/etc", "Destination": "/host-etc", "Mode": "ro", "Options": [], "RW": false, "Propagation": "rprivate"} */
static item *mount_read(const inspect_reader *r, const node *m)
{
	span type = node_text(node_get(m, "Type")), name = node_text(node_get(m, "Name")),
	     source = node_text(node_get(m, "Source")), propagation = node_text(node_get(m, "Propagation"));
	const node *options = node_get(m, "Options");
	item *x = posture_add(
		r->facts.posture, FACT_mounts, tree_facts_say(&r->facts, "Mounts", m), r->facts.arena);
	if (type.n == 0) /* before API 1.25 */
		type = name.n ? SPAN("volume") : SPAN("bind");
	item_set_text(x, MEMBER_mount_type, type);
	if (span_is(type, "volume") && name.n)
		source = name;
	if (source.n && !span_is(type, "tmpfs"))
		item_set_text(x, MEMBER_mount_source, source);
	item_set_text(x, MEMBER_mount_target, node_text(node_get(m, "Destination")));
	options_take(x, node_text(node_get(m, "Mode")));
	for (uint32_t i = 0; node_is_list(options) && i < options->count; i++)
		tree_facts_mount_option(x, node_text(options->items[i]));
	if (propagation.n)
		item_set_text(x, MEMBER_mount_propagation, propagation);
	item_set_truth(x, MEMBER_mount_writable, node_truth(node_get(m, "RW")) > 0);
	return x;
}

/* What --mount type=tmpfs was given stands only in what was asked for: HostConfig.Mounts[].TmpfsOptions. Docker mounts them all noexec. */
static void tmpfs_take(const inspect_reader *r, const map *asked, item *mount)
{
	const node *given = node_get(map_get(asked, item_text(mount, MEMBER_mount_target)), "TmpfsOptions"),
		   *options = node_get(given, "Options");
	int64_t size;
	if (!item_has(mount, MEMBER_mount_noexec) && r->kind == ENGINE_DOCKER)
		item_set_truth(mount, MEMBER_mount_noexec, true);
	if (node_int(node_get(given, "SizeBytes"), &size) && size > 0)
		item_set_number(mount, MEMBER_mount_size, size);
	for (uint32_t i = 0; node_is_list(options) && i < options->count; i++)
		tree_facts_mount_option(mount, node_text(node_path(options->items[i], "0")));
}

static void read_mount_list(const inspect_reader *r)
{
	const node *all = inspect_at(r, "Mounts"), *wanted = inspect_at(r, "HostConfig/Mounts");
	map asked = {0}; /* target -> entry of HostConfig.Mounts */
	for (uint32_t i = 0; node_is_list(wanted) && i < wanted->count; i++)
		map_set(&asked, r->facts.arena, node_text(node_get(wanted->items[i], "Target")),
			wanted->items[i]);
	for (uint32_t i = 0; node_is_list(all) && i < all->count; i++) {
		if (!node_text(node_get(all->items[i], "Destination")).n)
			continue;
		item *x = mount_read(r, all->items[i]);
		if (span_is(item_text(x, MEMBER_mount_type), "tmpfs"))
			tmpfs_take(r, &asked, x);
	}
}

/* {"/tmp": "rw,noexec,size=8m"}; Docker adds noexec, Podman writes out what it does. */
static void read_tmpfs(const inspect_reader *r)
{
	const node *all = inspect_at(r, "HostConfig/Tmpfs");
	for (uint32_t i = 0; node_is_map(all) && i < all->count; i++) {
		span target = all->members[i].key->value, options = node_text(all->members[i].value);
		auto_buffer words = {0};
		buffer_format(&words, "%.*s:%.*s", SPAN_ARG(target), SPAN_ARG(options));
		item *x = posture_add(r->facts.posture, FACT_mounts,
			tree_facts_say_item(&r->facts, "HostConfig/Tmpfs", buffer_span(&words)),
			r->facts.arena);
		item_set_text(x, MEMBER_mount_type, SPAN("tmpfs"));
		item_set_text(x, MEMBER_mount_target, target);
		item_set_truth(x, MEMBER_mount_writable, true);
		item_set_truth(x, MEMBER_mount_noexec, r->kind == ENGINE_DOCKER);
		options_take(x, options);
	}
}

void inspect_mounts_read(const inspect_reader *r)
{
	posture_set_list(r->facts.posture, FACT_mounts, r->facts.silent, evidence_whole(r->facts.evidence),
		r->facts.arena);
	read_mount_list(r);
	read_tmpfs(r);
}

/* --- devices --- */

static void device_add(const inspect_reader *r, span source, span access, origin at)
{
	item *x = posture_add(r->facts.posture, FACT_devices, at, r->facts.arena);
	item_set_text(x, MEMBER_device_source, source);
	item_set_text(x, MEMBER_device_access, access.n ? access : SPAN("rwm"));
}

/* {"PathOnHost": "/dev/fuse", "PathInContainer", "CgroupPermissions": "rwm"} */
static void read_device_list(const inspect_reader *r)
{
	const node *all = inspect_at(r, "HostConfig/Devices");
	for (uint32_t i = 0; node_is_list(all) && i < all->count; i++) {
		span path = node_text(node_get(all->items[i], "PathOnHost"));
		if (path.n)
			device_add(r, path, node_text(node_get(all->items[i], "CgroupPermissions")),
				tree_facts_say(&r->facts, "HostConfig/Devices", all->items[i]));
	}
}

/* {"Driver": "nvidia", "Count": -1, "DeviceIDs": ["0"], "Capabilities": [["gpu"]]}: the names of devices, or what they can do. */
static void request_read(const inspect_reader *r, const node *request)
{
	const node *ids = node_get(request, "DeviceIDs"), *able = node_path(request, "Capabilities/0/0");
	span driver = node_text(node_get(request, "Driver"));
	origin at = tree_facts_say(&r->facts, "HostConfig/DeviceRequests", request);
	bool named = node_is_list(ids) && ids->count;
	for (uint32_t i = 0; named && i < ids->count; i++)
		device_add(r, node_text(ids->items[i]), SPAN("rwm"), at);
	if (!named)
		device_add(r, node_text(able).n ? node_text(able) : driver, SPAN("rwm"), at);
}

/* "c 42:* rmw": a class of nodes; "a *:* rwm" is all of them. */
static void rule_read(const inspect_reader *r, span rule, origin at)
{
	span all = rule, type = {0}, numbers = {0}, access = {0};
	span_word(&all, &type);
	span_word(&all, &numbers);
	span_word(&all, &access);
	if (span_is(type, "a") || numbers.n == 0) {
		if (span_is(type, "a"))
			posture_set_truth(r->facts.posture, FACT_all_devices, r->facts.said, true, at);
		return;
	}
	span source = arena_format(r->facts.arena, "%.*s %.*s", SPAN_ARG(type), SPAN_ARG(numbers));
	device_add(r, source, access, at);
}

void inspect_devices_read(const inspect_reader *r)
{
	const tree_facts *f = &r->facts;
	const node *requests = inspect_at(r, "HostConfig/DeviceRequests"),
		   *rules = inspect_at(r, "HostConfig/DeviceCgroupRules");
	posture_set_list(
		f->posture, FACT_devices, f->silent, tree_facts_say_path(f, "HostConfig/Devices"), f->arena);
	posture_set_truth(f->posture, FACT_all_devices, r->privileged ? f->said : f->silent, r->privileged,
		tree_facts_say_path(f, "HostConfig/Privileged"));
	read_device_list(r);
	for (uint32_t i = 0; node_is_list(requests) && i < requests->count; i++)
		request_read(r, requests->items[i]);
	for (uint32_t i = 0; node_is_list(rules) && i < rules->count; i++)
		rule_read(r, node_text(rules->items[i]),
			tree_facts_say(f, "HostConfig/DeviceCgroupRules", rules->items[i]));
}

void inspect_devices_rename(const node *inspect, posture *configured)
{
	const node *all = node_path(inspect, "HostConfig/Devices");
	const item_list *there = posture_items(configured, FACT_devices);
	for (uint32_t i = 0; node_is_list(all) && i < all->count && i < LIMIT_ENGINE_BINDINGS; i++) {
		span inside = node_text(node_get(all->items[i], "PathInContainer")),
		     outside = node_text(node_get(all->items[i], "PathOnHost"));
		for (uint32_t k = 0;
			inside.n && outside.n && k < there->all.count && k < LIMIT_ENGINE_BINDINGS; k++)
			if (!span_equal(inside, outside) &&
				span_equal(item_text(there->all.items[k], MEMBER_device_source), inside))
				item_set_text(there->all.items[k], MEMBER_device_source, outside);
	}
}
