/* SPDX-License-Identifier: Apache-2.0
 *
 * Blocks, the lists of the head about the machine, and the order of it all. */
#include "watch/capture_write.h"

#include "base/memory.h"
#include "watch/capture_write_parts.h"
#include "watch/container_event.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK_SECTION = 0x0a0d0d0a, BLOCK_MACHINE = 0x201, BLOCK_INTERFACES = 0x219, BLOCK_ACCOUNTS = 0x220 };
enum { SECTION_MAGIC = 0x1a2b3c4d, SECTION_MAJOR = 1, SECTION_MINOR = 2 };
enum { LONGEST_PATH = 1024, LENGTH_BYTES = 4 };

void capture_number_add(buffer *out, uint64_t n, size_t bytes)
{
	buffer_add(out, (span){(const char *)&n, bytes});
}

void capture_text_add(buffer *out, span text, size_t most)
{
	text = span_sub(text, 0, text.n < most ? text.n : most);
	capture_number_add(out, text.n, 2);
	buffer_add(out, text);
}

size_t capture_block_begin(buffer *out, uint32_t type)
{
	size_t begun = out->n;
	capture_number_add(out, type, 4);
	capture_number_add(out, 0, LENGTH_BYTES);
	return begun;
}

static void length_set(buffer *out, size_t at, size_t length)
{
	uint32_t n = (uint32_t)length;
	memcpy(out->p + at, &n, sizeof n);
}

void capture_block_end(buffer *out, size_t begun)
{
	buffer_repeat(out, 0, -(out->n - begun) & 3);
	size_t total = out->n - begun + LENGTH_BYTES;
	capture_number_add(out, total, LENGTH_BYTES);
	length_set(out, begun + 4, total);
}

size_t capture_row_begin(buffer *out)
{
	size_t begun = out->n;
	capture_number_add(out, 0, LENGTH_BYTES);
	return begun;
}

void capture_row_end(buffer *out, size_t begun, bool itself)
{
	length_set(out, begun, out->n - begun - (itself ? 0 : LENGTH_BYTES));
}

static void section_write(buffer *out)
{
	size_t block = capture_block_begin(out, BLOCK_SECTION);
	capture_number_add(out, SECTION_MAGIC, 4);
	capture_number_add(out, SECTION_MAJOR, 2);
	capture_number_add(out, SECTION_MINOR, 2);
	capture_number_add(out, UINT64_MAX, 8); /* its length: to the end */
	capture_block_end(out, block);
}

static void machine_write(const watch_state *s, buffer *out)
{
	enum { HOSTNAME = 128, SPARE = 8 };
	long here = sysconf(_SC_NPROCESSORS_CONF);
	size_t block = capture_block_begin(out, BLOCK_MACHINE);
	capture_number_add(out, s->cpus ? s->cpus : here > 0 ? (uint32_t)here : 1, 4);
	capture_number_add(out, s->memory, 8);
	capture_number_add(out, s->largest_pid, 8);
	span name = span_sub(s->hostname, 0, s->hostname.n < HOSTNAME ? s->hostname.n : HOSTNAME - 1);
	buffer_add(out, name);
	buffer_repeat(out, 0, HOSTNAME - name.n);
	capture_number_add(out, s->boot_time, 8);
	for (int i = 0; i < 3; i++)
		capture_number_add(out, 0, SPARE);
	capture_block_end(out, block);
}

static void interfaces_write(const watch_state *s, buffer *out)
{
	enum { IPV4 = 1, IPV6 = 2, SPEED = 8 };
	static const char broadcast[16], name[] = "-";
	size_t block = capture_block_begin(out, BLOCK_INTERFACES);
	list_each(const network_address, a, &s->addresses) {
		size_t width = a->ipv6 ? 16 : 4, row = capture_row_begin(out);
		capture_number_add(out, a->ipv6 ? IPV6 : IPV4, 2);
		capture_number_add(out, strlen(name), 2);
		buffer_add(out, (span){(const char *)a->address, width});
		buffer_add(out, (span){(const char *)a->mask, width});
		buffer_add(out, (span){broadcast, width});
		capture_number_add(out, 0, SPEED);
		buffer_add_string(out, name);
		capture_row_end(out, row, false);
	}
	capture_block_end(out, block);
}

static void account_write(const account *a, bool group, buffer *out)
{
	size_t row = capture_row_begin(out);
	capture_number_add(out, group, 1);
	capture_number_add(out, a->id, 4);
	if (!group)
		capture_number_add(out, a->group, 4);
	capture_text_add(out, a->name, LONGEST_PATH);
	if (!group) {
		capture_text_add(out, a->home, LONGEST_PATH);
		capture_text_add(out, a->shell, LONGEST_PATH);
	}
	capture_row_end(out, row, true);
}

static void accounts_write(const watch_state *s, buffer *out)
{
	size_t block = capture_block_begin(out, BLOCK_ACCOUNTS);
	list_each(const account, user, &s->users.rows)
		if (!user->container.n)
			account_write(user, false, out);
	list_each(const account, group, &s->groups.rows)
		if (!group->container.n)
			account_write(group, true, out);
	capture_block_end(out, block);
}

struct capture_writer {
	bool noticing;
	capture_told told;
};

capture_writer *capture_writer_new(bool noticing)
{
	capture_writer *w = memory_zeroed(1, sizeof *w);
	w->noticing = noticing;
	return w;
}

void capture_writer_free(capture_writer *w)
{
	free(w);
}

void capture_writer_head(capture_writer *w, const watch_state *s, buffer *out)
{
	section_write(out);
	machine_write(s, out);
	interfaces_write(s, out);
	accounts_write(s, out);
	capture_processes_write(s, out);
	if (w->noticing)
		capture_told_head(&w->told, s);
}

void capture_writer_event(
	capture_writer *w, const watch_state *s, const event *e, capture_path which, buffer *out)
{
	if (!w->noticing) {
		capture_event_write(e, e->hidden, out);
		return;
	}
	event told = *e;
	int index;
	span path = capture_path_told(s, e, &index);
	if (path.n && which == CAPTURE_PATH_OF_FILE)
		told.params[index] = path;
	capture_notes_write(&w->told, s, e, out);
	capture_event_write(&told, false, out);
	capture_told_event(&w->told, s, e);
}

void capture_writer_container(const watch_container *c, span id, uint64_t time, buffer *out)
{
	enum { CONTAINER = 272 };
	auto_buffer json = {0};
	container_event_write(c, id, &json);
	event e = {.time = time,
		.tid = UINT64_MAX,
		.code = CONTAINER,
		.type = event_type_get(CONTAINER),
		.count = 1};
	e.params[0] = buffer_span(&json);
	capture_event_write(&e, false, out);
}
