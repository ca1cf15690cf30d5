/* SPDX-License-Identifier: Apache-2.0
 *
 * Fields of the descriptor that an event is about, and of the paths that it names: fd.*, fs.path.*, fdlist.* */
#include "watch/address_names.h"
#include "watch/descriptor_words.h"
#include "watch/event_print.h"
#include "watch/field_get.h"

#include <arpa/inet.h>
#include <string.h>

static const descriptor *about(const event_view *v)
{
	return v->event->descriptor;
}

static bool get_num(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)f, (void)index;
	return about(v) && field_number(ret, v->event->descriptor_number);
}

static bool get_type(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)index;
	const descriptor *d = about(v);
	if (!d)
		return false;
	return field_text(ret, span_of(f->id == FIELD_FD_TYPE ? descriptor_type_name(d->type)
							      : descriptor_type_letter(d->type)));
}

static bool get_name(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)f, (void)index;
	const descriptor *d = about(v);
	if (!d)
		return false;
	span name = descriptor_name(d);
	return field_text(ret, name.p ? name : SPAN(""));
}

static bool get_raw_name(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)f, (void)index;
	return about(v) && about(v)->raw && field_text(ret, descriptor_raw(about(v)));
}

static bool is_path(const descriptor *d)
{
	return d && (d->type == DESCRIPTOR_FILE || d->type == DESCRIPTOR_FOLDER);
}

static bool get_folder(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)f, (void)index;
	const descriptor *d = about(v);
	if (!is_path(d))
		return false;
	size_t slash = span_find_last(descriptor_name(d), '/');
	return field_text(
		ret, slash == SPAN_NONE || slash == 0 ? SPAN("/") : span_sub(descriptor_name(d), 0, slash));
}

static bool get_filename(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)f, (void)index;
	const descriptor *d = about(v);
	if (!d || d->type != DESCRIPTOR_FILE)
		return false;
	span name = descriptor_name(d);
	size_t slash = span_find_last(name, '/');
	return field_text(ret, slash == SPAN_NONE ? SPAN("/") : span_from(name, slash + 1));
}

/* --- ends of connections --- */

typedef enum which_end { END_SOURCE, END_TARGET, END_LOCAL, END_REMOTE } which_end;

/* Whether the source of a connection is this machine's. */
static bool source_is_local(const event_view *v, const descriptor *d)
{
	bool ipv6 = d->type == DESCRIPTOR_IPV6;
	size_t n = ipv6 ? 16 : 4;
	if (!ipv6 && d->source.address[0] == 127)
		return true;
	for (uint32_t i = 0; i < v->state->addresses.count; i++) {
		const network_address *a = &v->state->addresses.items[i];
		if (a->ipv6 == ipv6 && memcmp(a->address, d->source.address, n) == 0)
			return true;
	}
	return v->state->addresses.count == 0 && d->role != ROLE_SERVER;
}

/* NULL: there is no such end. */
static const endpoint *end_of(const event_view *v, which_end which)
{
	const descriptor *d = about(v);
	if (!d || !descriptor_is_ip(d))
		return NULL;
	if (d->listening)
		return which == END_TARGET || which == END_LOCAL ? &d->target : NULL;
	if (which == END_LOCAL || which == END_REMOTE)
		which = source_is_local(v, d) == (which == END_LOCAL) ? END_SOURCE : END_TARGET;
	if (descriptor_protocol(d) == PROTOCOL_NONE && d->role == ROLE_NONE)
		return NULL;
	return which == END_SOURCE ? &d->source : &d->target;
}

/* The index-th end of fd.ip, fd.port, fd.net. */
static const endpoint *either_end(const event_view *v, uint32_t index)
{
	const descriptor *d = about(v);
	if (d && d->listening)
		return index == 0 ? end_of(v, END_TARGET) : NULL;
	return index < 2 ? end_of(v, index == 0 ? END_SOURCE : END_TARGET) : NULL;
}

static which_end named_end(int field)
{
	return field == FIELD_FD_CIP_NAME   ? END_SOURCE
	       : field == FIELD_FD_SIP_NAME ? END_TARGET
	       : field == FIELD_FD_LIP_NAME ? END_LOCAL
					    : END_REMOTE;
}

static bool address_of(const event_view *v, const endpoint *end, field_value *ret)
{
	return end && field_text(ret,
			      (span){(const char *)end->address, about(v)->type == DESCRIPTOR_IPV4 ? 4 : 16});
}

static bool port_of(const endpoint *end, field_value *ret)
{
	return end && field_number(ret, end->port);
}

#define END_GETTERS(name, which)                                                           \
	static bool get_##name##_address(                                                  \
		const event_view *v, const field_row *f, uint32_t index, field_value *ret) \
	{                                                                                  \
		(void)f, (void)index;                                                      \
		return address_of(v, end_of(v, which), ret);                               \
	}                                                                                  \
	static bool get_##name##_port(                                                     \
		const event_view *v, const field_row *f, uint32_t index, field_value *ret) \
	{                                                                                  \
		(void)f, (void)index;                                                      \
		return port_of(end_of(v, which), ret);                                     \
	}

END_GETTERS(source, END_SOURCE)
END_GETTERS(target, END_TARGET)
END_GETTERS(local, END_LOCAL)
END_GETTERS(remote, END_REMOTE)

static bool get_either_address(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)f;
	return address_of(v, either_end(v, index), ret);
}

/* Several names may have one address. */
static bool get_address_name(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	field_value address;
	return v->state->names && address_of(v, end_of(v, named_end(f->id)), &address) &&
	       address_names_get(v->state->names, address.text, index, &ret->text);
}

bool field_address_nameless(const event_view *v, const field_row *f)
{
	return v->state->names && address_names_complete(v->state->names) && end_of(v, named_end(f->id));
}

static bool get_either_port(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)f;
	return port_of(either_end(v, index), ret);
}

static bool get_protocol(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)f, (void)index;
	return about(v) && field_text(ret, span_of(socket_protocol_name(descriptor_protocol(about(v)))));
}

static bool get_family(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)f, (void)index;
	const descriptor *d = about(v);
	if (d && descriptor_is_ip(d))
		return field_text(ret, SPAN("ip"));
	return d && d->type == DESCRIPTOR_UNIX && field_text(ret, SPAN("unix"));
}

static bool get_is_server(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)f, (void)index;
	const descriptor *d = about(v);
	return d && field_truth(ret, descriptor_is_ip(d) && (d->listening || d->role == ROLE_SERVER));
}

static bool get_connected(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)f, (void)index;
	return about(v) && field_truth(ret, about(v)->connected);
}

static bool get_renamed(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)f, (void)index;
	return about(v) && field_truth(ret, v->event->descriptor_renamed);
}

/* --- the file behind --- */

static bool get_file(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)index;
	const descriptor *d = about(v);
	if (!d)
		return false;
	switch (f->id) {
	case FIELD_FD_DEV:
		return field_number(ret, d->device);
	case FIELD_FD_DEV_MAJOR:
		return field_number(ret, d->device >> 8 & 0xfff);
	case FIELD_FD_DEV_MINOR:
		return field_number(ret, (d->device & 0xff) | (d->device >> 12 & 0xfff00));
	case FIELD_FD_INO:
		return field_number(ret, (int64_t)d->inode);
	case FIELD_FD_IS_UPPER_LAYER:
		return field_truth(ret, d->flags & OPEN_UPPER_LAYER);
	default:
		return field_truth(ret, d->flags & OPEN_LOWER_LAYER);
	}
}

static bool get_uid(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)f, (void)index;
	return about(v) && field_text(ret, arena_format(v->scratch, "%lld%lld", (long long)v->event->tid,
						   (long long)v->event->descriptor_number));
}

/* The container's id, a colon, and the name or its folder. */
static bool get_in_container(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	field_value name = {0};
	bool found = f->id == FIELD_FD_CONTAINERNAME ? get_name(v, f, index, &name)
						     : get_folder(v, f, index, &name);
	if (!found || !v->event->process)
		return false;
	return field_text(ret, arena_format(v->scratch, "%.*s:%.*s",
				       SPAN_ARG(process_text_get(v->event->process, PROCESS_CONTAINER)),
				       SPAN_ARG(name.text)));
}

/* --- paths that a call names --- */

/* Which parameters each field looks at, the first that is there counting. */
static const struct {
	watch_field_id id;
	bool raw;
	const char *params[6];
} path_rows[] = {
	{FIELD_FS_PATH_NAME, false, {"path", "name", "filename", "pathname", "dir"}},
	{FIELD_FS_PATH_NAMERAW, true, {"path", "name", "filename", "pathname", "dir"}},
	{FIELD_FS_PATH_SOURCE, false, {"oldpath", "target", "source"}},
	{FIELD_FS_PATH_SOURCERAW, true, {"oldpath", "target", "source"}},
	{FIELD_FS_PATH_TARGET, false, {"newpath", "linkpath"}},
	{FIELD_FS_PATH_TARGETRAW, true, {"newpath", "linkpath"}},
};

static bool get_path(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)index;
	size_t row = 0;
	while ((int)path_rows[row].id != f->id)
		row++;
	char room[LIMIT_WATCH_PATH];
	for (const char *const *name = path_rows[row].params; *name; name++) {
		int param = event_param_index(v->event, span_of(*name));
		if (!event_param_text(v->event, param, &ret->text))
			continue;
		if (path_rows[row].raw)
			return true;
		if (!v->event->process)
			return false;
		ret->text =
			arena_copy(v->scratch, state_path(v->state, v->event->process,
						       event_path_folder(v->event, param), ret->text, room));
		return true;
	}
	return false;
}

/* --- lists of descriptors (poll) --- */

enum { POLL_ENTRY = 10 };

static void write_listed(const event_view *v, int id, const descriptor *d, int64_t number, buffer *out)
{
	char text[INET6_ADDRSTRLEN];
	const endpoint *end = id == FIELD_FDLIST_CIPS || id == FIELD_FDLIST_CPORTS ? &d->source : &d->target;
	if (out->n)
		buffer_add_byte(out, ',');
	if (id == FIELD_FDLIST_NUMS)
		buffer_format(out, "%lld", (long long)number);
	else if (id == FIELD_FDLIST_NAMES)
		buffer_add(out, descriptor_name(d));
	else if (id == FIELD_FDLIST_CPORTS || id == FIELD_FDLIST_SPORTS)
		buffer_format(out, "%u", end->port);
	else if (inet_ntop(d->type == DESCRIPTOR_IPV4 ? AF_INET : AF_INET6, end->address, text, sizeof text))
		buffer_add_string(out, text);
	(void)v;
}

static bool get_list(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)index;
	auto_buffer out = {0};
	int param = event_param_index(v->event, SPAN("fds"));
	if (param < 0 || v->event->type->params[param].type != PARAM_FD_LIST || v->event->params[param].n < 2)
		return false;
	descriptor_table *t =
		v->event->process ? process_descriptors(v->state->processes, v->event->process) : NULL;
	span list = span_from(v->event->params[param], 2);
	for (; list.n >= POLL_ENTRY; list = span_from(list, POLL_ENTRY)) {
		int64_t number;
		memcpy(&number, list.p, sizeof number);
		const descriptor *d = t ? descriptor_get(t, number) : NULL;
		bool ip = d && descriptor_is_ip(d);
		static const descriptor none;
		if (f->id == FIELD_FDLIST_NUMS || (f->id == FIELD_FDLIST_NAMES && d) || ip)
			write_listed(v, f->id, d ? d : &none, number, &out);
	}
	return field_keep(v, &out, ret);
}

/* The types of all that is open, or of one number. */
typedef struct type_walk {
	uint32_t left;
	const descriptor *found;
} type_walk;

static bool walk_types(void *of, descriptor *d)
{
	type_walk *walk = of;
	if (walk->left-- > 0)
		return true;
	walk->found = d;
	return false;
}

static bool get_types(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	descriptor_table *t =
		v->event->process ? process_descriptors(v->state->processes, v->event->process) : NULL;
	type_walk walk = {.left = index};
	if (!t || (f->indexed && index > 0))
		return false;
	if (f->indexed)
		walk.found = descriptor_get(t, f->number);
	else
		descriptor_each(t, walk_types, &walk);
	return walk.found && field_text(ret, span_of(descriptor_type_name(walk.found->type)));
}

field_getter *const field_descriptor_getters[FIELD_COUNT] = {
	[FIELD_FD_NUM] = get_num,
	[FIELD_FD_TYPE] = get_type,
	[FIELD_FD_TYPECHAR] = get_type,
	[FIELD_FD_NAME] = get_name,
	[FIELD_FD_NAMERAW] = get_raw_name,
	[FIELD_FD_DIRECTORY] = get_folder,
	[FIELD_FD_FILENAME] = get_filename,
	[FIELD_FD_IP] = get_either_address,
	[FIELD_FD_NET] = get_either_address,
	[FIELD_FD_PORT] = get_either_port,
	[FIELD_FD_CIP] = get_source_address,
	[FIELD_FD_CNET] = get_source_address,
	[FIELD_FD_CPORT] = get_source_port,
	[FIELD_FD_SIP] = get_target_address,
	[FIELD_FD_SNET] = get_target_address,
	[FIELD_FD_SPORT] = get_target_port,
	[FIELD_FD_LIP] = get_local_address,
	[FIELD_FD_LNET] = get_local_address,
	[FIELD_FD_LPORT] = get_local_port,
	[FIELD_FD_RIP] = get_remote_address,
	[FIELD_FD_RNET] = get_remote_address,
	[FIELD_FD_RPORT] = get_remote_port,
	[FIELD_FD_CIP_NAME] = get_address_name,
	[FIELD_FD_SIP_NAME] = get_address_name,
	[FIELD_FD_LIP_NAME] = get_address_name,
	[FIELD_FD_RIP_NAME] = get_address_name,
	[FIELD_FD_L4PROTO] = get_protocol,
	[FIELD_FD_SOCKFAMILY] = get_family,
	[FIELD_FD_IS_SERVER] = get_is_server,
	[FIELD_FD_CONNECTED] = get_connected,
	[FIELD_FD_NAME_CHANGED] = get_renamed,
	[FIELD_FD_DEV] = get_file,
	[FIELD_FD_DEV_MAJOR] = get_file,
	[FIELD_FD_DEV_MINOR] = get_file,
	[FIELD_FD_INO] = get_file,
	[FIELD_FD_IS_UPPER_LAYER] = get_file,
	[FIELD_FD_IS_LOWER_LAYER] = get_file,
	[FIELD_FD_UID] = get_uid,
	[FIELD_FD_CONTAINERNAME] = get_in_container,
	[FIELD_FD_CONTAINERDIRECTORY] = get_in_container,
	[FIELD_FD_TYPES] = get_types,
	[FIELD_FS_PATH_NAME] = get_path,
	[FIELD_FS_PATH_NAMERAW] = get_path,
	[FIELD_FS_PATH_SOURCE] = get_path,
	[FIELD_FS_PATH_SOURCERAW] = get_path,
	[FIELD_FS_PATH_TARGET] = get_path,
	[FIELD_FS_PATH_TARGETRAW] = get_path,
	[FIELD_FDLIST_NUMS] = get_list,
	[FIELD_FDLIST_NAMES] = get_list,
	[FIELD_FDLIST_CIPS] = get_list,
	[FIELD_FDLIST_SIPS] = get_list,
	[FIELD_FDLIST_CPORTS] = get_list,
	[FIELD_FDLIST_SPORTS] = get_list,
};
