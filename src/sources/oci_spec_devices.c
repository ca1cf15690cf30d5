/* SPDX-License-Identifier: Apache-2.0
 *
 * Devices of an OCI spec: nodes that are made (linux.devices), and which of them the kernel lets it open (linux.resources.devices). */
#include "base/map.h"
#include "sources/oci_spec_read.h"

/* A rule is about all devices when it names neither a type nor a number, and about all uses when it says rwm or nothing. */
static bool is_about_all(const node *rule)
{
	span type = node_text(node_get(rule, "type")), access = node_text(node_get(rule, "access"));
	int64_t major = -1, minor = -1;
	node_int(node_get(rule, "major"), &major);
	node_int(node_get(rule, "minor"), &minor);
	return (type.n == 0 || span_is(type, "a")) && major < 0 && minor < 0 &&
	       (access.n == 0 || (span_find_byte(access, 'r') != SPAN_NONE &&
					 span_find_byte(access, 'w') != SPAN_NONE));
}

/* The last rule that matches decides. Without any rule it is the runtime's business. */
void oci_spec_device_rules_read(const tree_facts *f)
{
	const char *path = "linux/resources/devices";
	const node *rules = node_path(f->root, path), *last = NULL;
	if (!node_is_list(rules) || rules->count == 0)
		return;
	for (uint32_t i = 0; i < rules->count; i++)
		if (is_about_all(rules->items[i]))
			last = rules->items[i];
	posture_set_truth(f->posture, FACT_all_devices, f->said, node_truth(node_get(last, "allow")) > 0,
		tree_facts_say(f, path, last));
}

static span device_key(const node *device, arena *a)
{
	int64_t major = -1, minor = -1;
	node_int(node_get(device, "major"), &major);
	node_int(node_get(device, "minor"), &minor);
	return arena_format(a, "%.*s %lld:%lld", SPAN_ARG(node_text(node_get(device, "type"))),
		(long long)major, (long long)minor);
}

/* What every runtime makes (config-linux.md, "Default Devices"). */
static bool is_usual(span path)
{
	return span_in(path,
		"/dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty /dev/console /dev/ptmx");
}

void oci_spec_devices_read(const tree_facts *f)
{
	const node *all = node_path(f->root, "linux/devices"),
		   *rules = node_path(f->root, "linux/resources/devices");
	map allowed = {0};
	posture_set_list(f->posture, FACT_devices, f->said,
		tree_facts_say(f, "linux/devices", f->posture->privileged.value.truth ? NULL : all),
		f->arena);
	if (!node_is_list(all) || f->posture->privileged.value.truth)
		return;
	for (uint32_t i = 0; node_is_list(rules) && i < rules->count; i++)
		if (node_truth(node_get(rules->items[i], "allow")) > 0)
			map_set(&allowed, f->arena, device_key(rules->items[i], f->arena), rules->items[i]);
	for (uint32_t i = 0; i < all->count; i++) {
		span path = node_text(node_get(all->items[i], "path"));
		if (path.n == 0 || is_usual(path))
			continue;
		const node *rule = map_get(&allowed, device_key(all->items[i], f->arena));
		span access = node_text(node_get(rule, "access"));
		item *x = posture_add(f->posture, FACT_devices,
			tree_facts_say(f, "linux/devices", all->items[i]), f->arena);
		item_set_text(x, MEMBER_device_source, path);
		item_set_text(x, MEMBER_device_access, access.n ? access : SPAN("rwm"));
	}
}
