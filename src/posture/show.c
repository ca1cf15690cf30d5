/* SPDX-License-Identifier: Apache-2.0
 *
 * Facts in words. */
#include "posture/show.h"

#include "base/buffer.h"

static span show_size(int64_t bytes, arena *a)
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
	size_t unit = 0;
	while (unit + 1 < sizeof units / sizeof *units && bytes >= 1024 && bytes % 1024 == 0) {
		bytes /= 1024;
		unit++;
	}
	if (bytes < 10240)
		return arena_format(a, "%lld %s", (long long)bytes, units[unit]);
	double rounded = (double)bytes; /* nobody has written such a number: it was measured */
	for (; rounded >= 1024 && unit + 1 < sizeof units / sizeof *units; unit++)
		rounded /= 1024;
	return arena_format(a, "%.1f %s", rounded, units[unit]);
}

span value_show(fact_type type, fact_value v, arena *a)
{
	switch (type) {
	case TYPE_TRUTH:
		return v.truth ? SPAN("true") : SPAN("false");
	case TYPE_NUMBER:
		return arena_format(a, "%lld", (long long)v.number);
	case TYPE_SIZE:
		return show_size(v.number, a);
	case TYPE_CPU:
		return arena_format(a, "%g", (double)v.number / 1000);
	case TYPE_TEXT:
		return v.text;
	case TYPE_LIST:
		break;
	}
	return (span){0};
}

/* Of limits, 0 and -1 are none. */
static bool is_limit(fact_id id)
{
	return id == FACT_memory_limit || id == FACT_memory_request || id == FACT_memory_swap ||
	       id == FACT_cpu_limit || id == FACT_pids_limit;
}

span fact_value_show(fact_id id, fact_value v, arena *a)
{
	if (is_limit(id) && v.number <= 0)
		return SPAN("none");
	return value_show(fact_rows[id].type, v, a);
}

static void show_mount(const item *i, buffer *out)
{
	span source = item_text(i, MEMBER_mount_source);
	if (source.n)
		buffer_format(out, "%.*s → ", SPAN_ARG(source));
	buffer_add(out, item_text(i, MEMBER_mount_target));
	if (item_has(i, MEMBER_mount_writable))
		buffer_add_string(
			out, i->values[MEMBER_mount_writable].truth ? " (writable)" : " (read-only)");
}

static void show_port(const item *i, buffer *out)
{
	if (item_has(i, MEMBER_port_host_ip))
		buffer_format(out, "%.*s:", SPAN_ARG(item_text(i, MEMBER_port_host_ip)));
	if (item_has(i, MEMBER_port_host_port))
		buffer_format(out, "%lld → ", (long long)i->values[MEMBER_port_host_port].number);
	buffer_format(out, "%lld", (long long)i->values[MEMBER_port_container_port].number);
}

static void show_ulimit(const item *i, buffer *out)
{
	buffer_add(out, item_text(i, MEMBER_ulimit_name));
	for (int m = MEMBER_ulimit_soft; m <= MEMBER_ulimit_hard; m++) {
		long long n = (long long)i->values[m].number;
		buffer_add_byte(out, m == MEMBER_ulimit_soft ? ' ' : ':');
		if (!item_has(i, m))
			buffer_add_byte(out, '?');
		else if (n < 0)
			buffer_add_string(out, "unlimited");
		else
			buffer_format(out, "%lld", n);
	}
}

static void show_listening(const item *i, buffer *out)
{
	buffer_format(out, "%.*s %.*s:%lld", SPAN_ARG(item_text(i, MEMBER_listen_protocol)),
		SPAN_ARG(item_text(i, MEMBER_listen_address)),
		(long long)i->values[MEMBER_listen_port].number);
}

/* Lists of which the key says it all. */
static bool is_named(fact_id list)
{
	return (list >= FACT_caps_add && list <= FACT_caps_ambient) || list == FACT_env || list == FACT_args;
}

/* "name=value" of the members that are numbers or words, but for the key. */
static void show_members(fact_id list, const item *i, buffer *out, arena *a)
{
	const fact_row *row = &fact_rows[list];
	buffer_add(out, item_has(i, row->key)
				? value_show(row->members[row->key].type, i->values[row->key], a)
				: SPAN("?"));
	if (is_named(list))
		return;
	for (int m = 0; m < row->member_count; m++)
		if (m != row->key && item_has(i, m))
			buffer_format(out, " %s %.*s", row->members[m].name,
				SPAN_ARG(value_show(row->members[m].type, i->values[m], a)));
}

span item_show(fact_id list, const item *i, arena *a)
{
	static const struct {
		fact_id list;
		void (*show)(const item *i, buffer *out);
	} rows[] = {{FACT_mounts, show_mount}, {FACT_ports, show_port}, {FACT_ulimits, show_ulimit},
		{FACT_listening, show_listening}};
	auto_buffer out = {0};
	for (size_t r = 0; r < sizeof rows / sizeof *rows; r++)
		if (rows[r].list == list)
			rows[r].show(i, &out);
	if (!out.n)
		show_members(list, i, &out, a);
	return arena_copy(a, buffer_span(&out));
}

span fact_show(const posture *p, fact_id id, arena *a)
{
	const fact *f = &p->all[id];
	if (f->known == KNOWN_UNSET)
		return SPAN("unknown");
	if (fact_rows[id].type != TYPE_LIST)
		return fact_value_show(id, f->value, a);
	const item_list *list = posture_items(p, id);
	auto_buffer out = {0};
	for (uint32_t i = 0; i < list->all.count; i++) {
		buffer_add_string(&out, i ? ", " : "");
		buffer_add(&out, item_show(id, list->all.items[i], a));
	}
	return out.n ? arena_copy(a, buffer_span(&out)) : SPAN("nothing");
}
