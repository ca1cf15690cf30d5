/* SPDX-License-Identifier: Apache-2.0
 *
 * One row a type of parameters: how its plain form is written, and what it means. */
#include "watch/event_print.h"

#include "watch/descriptor_words.h"
#include "watch/event_words.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <string.h>

enum { FAMILY_UNIX = 1, FAMILY_IPV4 = 2, FAMILY_IPV6 = 10 };

const char *event_error_name(int64_t number)
{
	return number > 0 && number <= INT32_MAX ? strerrorname_np((int)number) : NULL;
}

static void print_number(const event *e, int index, buffer *out)
{
	int64_t value;
	const param_row *row = &e->type->params[index];
	if (!event_param_number(e, index, &value))
		return;
	if (row->format == FORMAT_HEX)
		buffer_format(out, "%" PRIX64, (uint64_t)value);
	else if (row->format == FORMAT_OCTAL)
		buffer_format(out, "%#" PRIo64, (uint64_t)value);
	else if (row->type == PARAM_UINT64)
		buffer_format(out, "%" PRIu64, (uint64_t)value);
	else
		buffer_format(out, "%" PRId64, value);
}

static void print_decimal(const event *e, int index, buffer *out)
{
	int64_t value;
	if (event_param_number(e, index, &value))
		buffer_format(out, "%" PRId64, value);
}

/* No such user: -1, as the kernel means it. */
static void print_id(const event *e, int index, buffer *out)
{
	int64_t value;
	if (event_param_number(e, index, &value))
		buffer_format(out, "%" PRId64, value == UINT32_MAX ? -1 : value);
}

static void print_text(const event *e, int index, buffer *out)
{
	span text;
	if (event_param_text(e, index, &text))
		buffer_add(out, text);
}

static void print_bytes(const event *e, int index, buffer *out)
{
	span s = e->params[index];
	for (size_t i = 0; i < s.n; i++)
		buffer_add_byte(out, s.p[i] >= ' ' && s.p[i] < 0x7f ? s.p[i] : '.');
}

static void print_truth(const event *e, int index, buffer *out)
{
	int64_t value;
	if (event_param_number(e, index, &value))
		buffer_add_string(out, value ? "true" : "false");
}

/* Texts with a 0 byte each. */
static void print_texts(const event *e, int index, buffer *out)
{
	span rest = e->params[index], item;
	while (span_cut(&rest, 0, &item)) {
		if (item.n == 0 && rest.n == 0)
			break;
		if (out->n)
			buffer_add_byte(out, '.');
		buffer_add(out, item);
	}
}

static void write_end(int family, const uint8_t *address, uint16_t port, buffer *out)
{
	char text[INET6_ADDRSTRLEN] = "";
	inet_ntop(family, address, text, sizeof text);
	buffer_format(out, "%s:%u", text, port);
}

static uint16_t read_port(const char *p)
{
	uint16_t port;
	memcpy(&port, p, sizeof port);
	return port;
}

/* Family, then address and port, or a path. */
static void print_address(const event *e, int index, buffer *out)
{
	span s = e->params[index];
	uint8_t family = (uint8_t)s.p[0];
	span rest = span_from(s, 1);
	if (family == FAMILY_IPV4 && rest.n >= 6)
		write_end(AF_INET, (const uint8_t *)rest.p, read_port(rest.p + 4), out);
	else if (family == FAMILY_IPV6 && rest.n >= 18)
		write_end(AF_INET6, (const uint8_t *)rest.p, read_port(rest.p + 16), out);
	else if (family == FAMILY_UNIX)
		buffer_add(out, span_sub(rest, 0, span_find_byte(rest, 0)));
	else
		buffer_format(out, "family %u", family);
}

static void print_tuple(const event *e, int index, buffer *out)
{
	span s = e->params[index];
	uint8_t family = (uint8_t)s.p[0];
	span rest = span_from(s, 1);
	uint64_t ends[2];
	if (family == FAMILY_IPV4 && rest.n >= 12) {
		write_end(AF_INET, (const uint8_t *)rest.p, read_port(rest.p + 4), out);
		buffer_add_string(out, "->");
		write_end(AF_INET, (const uint8_t *)rest.p + 6, read_port(rest.p + 10), out);
	} else if (family == FAMILY_IPV6 && rest.n >= 36) {
		write_end(AF_INET6, (const uint8_t *)rest.p, read_port(rest.p + 16), out);
		buffer_add_string(out, "->");
		write_end(AF_INET6, (const uint8_t *)rest.p + 18, read_port(rest.p + 34), out);
	} else if (family == FAMILY_UNIX && rest.n >= sizeof ends) {
		memcpy(ends, rest.p, sizeof ends);
		span path = span_from(rest, sizeof ends);
		buffer_format(out, "%" PRIx64 "->%" PRIx64 " ", ends[0], ends[1]);
		buffer_add(out, span_sub(path, 0, span_find_byte(path, 0)));
	} else {
		buffer_format(out, "family %u", family);
	}
}

/* --- what it means --- */

static void mean_error(const watch_state *s, const event *e, int index, buffer *out)
{
	(void)s;
	int64_t value;
	const char *name = event_param_number(e, index, &value) ? event_error_name(-value) : NULL;
	if (name)
		buffer_add_string(out, name);
}

/* What is open under a number in the process of an event, or NULL. */
static const descriptor *descriptor_of(const watch_state *s, const event *e, int64_t number)
{
	if (e->descriptor && e->descriptor_number == number)
		return e->descriptor;
	descriptor_table *t = e->process ? process_descriptors(s->processes, e->process) : NULL;
	return t ? descriptor_get(t, number) : NULL;
}

static void mean_descriptor(const watch_state *s, const event *e, int index, buffer *out)
{
	(void)s;
	int64_t value;
	if (!event_param_number(e, index, &value))
		return;
	if (value == STATE_CWD) {
		buffer_add_string(out, "AT_FDCWD");
		return;
	}
	if (value < 0) {
		mean_error(s, e, index, out);
		return;
	}
	const descriptor *d = descriptor_of(s, e, value);
	if (d)
		event_print_descriptor(d, out);
}

static void mean_process(const watch_state *s, const event *e, int index, buffer *out)
{
	int64_t value;
	const process *p = event_param_number(e, index, &value) ? process_get(s->processes, value) : NULL;
	if (p)
		buffer_add(out, process_text_get(p, PROCESS_COMM));
}

static void mean_user(const watch_state *s, const event *e, int index, buffer *out)
{
	int64_t value;
	if (!event_param_number(e, index, &value) || value == UINT32_MAX)
		return;
	const account *a = e->type->params[index].type == PARAM_UID
				   ? state_user(s, e->process, (uint32_t)value)
				   : state_group(s, e->process, (uint32_t)value);
	if (a)
		buffer_add(out, a->name);
}

static void mean_words(const watch_state *s, const event *e, int index, buffer *out)
{
	(void)s;
	int64_t value;
	uint8_t type = e->type->params[index].type;
	bool exact = type == PARAM_ENUM8 || type == PARAM_ENUM16 || type == PARAM_ENUM32;
	if (event_param_number(e, index, &value))
		event_words_write(e, index, (uint32_t)value, exact, out);
}

static void mean_signal(const watch_state *s, const event *e, int index, buffer *out)
{
	(void)s;
	int64_t value;
	const char *name = event_param_number(e, index, &value) ? sigabbrev_np((int)value) : NULL;
	if (name)
		buffer_format(out, "SIG%s", name);
}

static void mean_duration(const watch_state *s, const event *e, int index, buffer *out)
{
	(void)s;
	int64_t value;
	if (event_param_number(e, index, &value))
		buffer_format(out, "%.9gs", (double)(uint64_t)value / 1e9);
}

int64_t event_path_folder(const event *e, int index)
{
	static const char names[] = "dirfd olddirfd newdirfd linkdirfd olddir newdir";
	int at = -1;
	for (int i = 0; i < e->type->count; i++)
		if ((i < index || at < 0) && span_in(span_of(e->type->params[i].name), names))
			at = i;
	int64_t number;
	return at >= 0 && event_param_number(e, at, &number) ? number : STATE_CWD;
}

/* A path that is not absolute, from the root. */
static void mean_path(const watch_state *s, const event *e, int index, buffer *out)
{
	span path;
	if (!event_param_text(e, index, &path) || path.n == 0 || path.p[0] == '/')
		return;
	char room[LIMIT_WATCH_PATH];
	if (e->process)
		buffer_add(out, state_path(s, e->process, event_path_folder(e, index), path, room));
}

typedef struct print_row {
	void (*plain)(const event *e, int index, buffer *out);
	void (*meaning)(const watch_state *s, const event *e, int index, buffer *out);
} print_row;

static const print_row rows[] = {
	[PARAM_INT8] = {print_number, NULL},
	[PARAM_INT16] = {print_number, NULL},
	[PARAM_INT32] = {print_number, NULL},
	[PARAM_INT64] = {print_number, NULL},
	[PARAM_UINT8] = {print_number, NULL},
	[PARAM_UINT16] = {print_number, NULL},
	[PARAM_UINT32] = {print_number, NULL},
	[PARAM_UINT64] = {print_number, NULL},
	[PARAM_TEXT] = {print_text, NULL},
	[PARAM_BYTES] = {print_bytes, NULL},
	[PARAM_RESULT] = {print_decimal, mean_error},
	[PARAM_ADDRESS] = {print_address, NULL},
	[PARAM_TUPLE] = {print_tuple, NULL},
	[PARAM_FD] = {print_decimal, mean_descriptor},
	[PARAM_PID] = {print_decimal, mean_process},
	[PARAM_PATH] = {print_text, mean_path},
	[PARAM_SYSCALL] = {print_decimal, NULL},
	[PARAM_SIGNAL] = {print_decimal, mean_signal},
	[PARAM_DURATION] = {print_decimal, mean_duration},
	[PARAM_TIME] = {print_decimal, NULL},
	[PARAM_PORT] = {print_decimal, NULL},
	[PARAM_BOOL] = {print_truth, NULL},
	[PARAM_FLAGS8] = {print_decimal, mean_words},
	[PARAM_FLAGS16] = {print_decimal, mean_words},
	[PARAM_FLAGS32] = {print_decimal, mean_words},
	[PARAM_UID] = {print_id, mean_user},
	[PARAM_GID] = {print_id, mean_user},
	[PARAM_SIGNALS] = {print_decimal, NULL},
	[PARAM_TEXTS] = {print_texts, NULL},
	[PARAM_MODE] = {print_number, mean_words},
	[PARAM_PATH_AT] = {print_text, mean_path},
	[PARAM_ENUM8] = {print_decimal, mean_words},
	[PARAM_ENUM16] = {print_decimal, mean_words},
	[PARAM_ENUM32] = {print_decimal, mean_words},
	[PARAM_FD_WIDE] = {print_decimal, mean_descriptor},
	[PARAM_PID_WIDE] = {print_decimal, mean_process},
};

static const print_row *row_of(const event *e, int index)
{
	static const print_row none;
	if (index < 0 || (uint32_t)index >= e->count || index >= e->type->count || !e->params[index].p)
		return NULL;
	uint8_t type = e->type->params[index].type;
	return type < sizeof rows / sizeof *rows ? &rows[type] : &none;
}

bool event_print_plain(const event *e, int index, buffer *out)
{
	const print_row *row = row_of(e, index);
	if (!row || e->params[index].n == 0)
		return false;
	if (row->plain)
		row->plain(e, index, out);
	return true;
}

bool event_print_meaning(const watch_state *s, const event *e, int index, buffer *out)
{
	const print_row *row = row_of(e, index);
	size_t before = out->n;
	if (row && row->meaning && e->params[index].n)
		row->meaning(s, e, index, out);
	return out->n > before;
}

bool event_print_argument(const watch_state *s, const event *e, int index, buffer *out)
{
	return event_print_meaning(s, e, index, out) || event_print_plain(e, index, out);
}

void event_print_all(const watch_state *s, const event *e, buffer *out)
{
	for (int i = 0; i < e->type->count && (uint32_t)i < e->count; i++) {
		auto_buffer meaning = {0};
		if (i)
			buffer_add_byte(out, ' ');
		buffer_format(out, "%s=", e->type->params[i].name);
		if (!event_print_plain(e, i, out))
			buffer_add_string(out, "<NA>");
		if (!event_print_meaning(s, e, i, &meaning))
			continue;
		buffer_format(out, "(%.*s)", SPAN_ARG(buffer_span(&meaning)));
	}
}

void event_print_descriptor(const descriptor *d, buffer *out)
{
	buffer_format(out, "<%s", descriptor_type_letter(d->type));
	if (descriptor_is_ip(d) && d->protocol == PROTOCOL_TCP)
		buffer_add_byte(out, 't');
	else if (descriptor_is_ip(d) && d->protocol == PROTOCOL_UDP)
		buffer_add_byte(out, 'u');
	buffer_add_byte(out, '>');
	buffer_add(out, descriptor_name(d));
}
