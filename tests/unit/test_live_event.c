/* SPDX-License-Identifier: Apache-2.0
 *
 * What records of the kernel's programs come to. */
#include "test.h"

#include "watch/live_event.h"

#include <string.h>

TEST_MAIN()

#define ID     "0123456789ab"
#define SECOND UINT64_C(1000000000)

enum { PID = 100, CALL_CONNECT = 42, MODE_SOCKET = 0140777 };

typedef struct machine {
	arena arena, scratch;
	watch_state state;
	event event;
} machine;

static const live_clock boot = {.boot = 1000 * SECOND};

static process *machine_init(machine *m)
{
	*m = (machine){0};
	state_init(&m->state, &m->arena);
	process *p = process_add(m->state.processes, PID);
	process_pid_set(m->state.processes, p, PID);
	process_text_set(m->state.processes, p, PROCESS_CONTAINER, SPAN(ID));
	p->start = boot.boot + 5 * SECOND;
	return p;
}

static void machine_done(machine *m)
{
	state_done(&m->state);
	arena_done(&m->scratch);
	arena_done(&m->arena);
}

static bool told(machine *m, record *r)
{
	r->kind = RECORD_CALL;
	r->tid = r->pid = PID;
	r->parent = 1;
	return live_event(r, (span){0}, &boot, &m->state, &m->scratch, &m->event);
}

/* Whoever began later under a number is not in the container of who had it before. */
TEST(a_number_that_is_used_again)
{
	static const struct {
		uint64_t start;
		const char *container;
	} rows[] = {{5 * SECOND, ID}, {5 * SECOND + SECOND / 2, ID}, {4 * SECOND, ID}, {7 * SECOND, ""}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		machine m;
		machine_init(&m);
		record r = {.call = CALL_CONNECT, .start = rows[i].start};
		CHECK(told(&m, &r));
		CHECK(m.event.process);
		CHECK_SPAN(process_text_get(m.event.process, PROCESS_CONTAINER), rows[i].container);
		machine_done(&m);
	}
}

/* A socket of IPv6 that talks to an address of IPv4. */
TEST(an_address_of_ipv4_in_ipv6)
{
	static const struct {
		const char *local, *remote;
		descriptor_type type;
		const char *name;
	} rows[] = {
		{"\0\0\0\0\0\0\0\0\0\0\377\377\12\0\0\1", "\0\0\0\0\0\0\0\0\0\0\377\377\12\0\0\2",
			DESCRIPTOR_IPV4, "10.0.0.1:1024->10.0.0.2:80"},
		{"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "\0\0\0\0\0\0\0\0\0\0\377\377\177\0\0\2",
			DESCRIPTOR_IPV4, "127.0.0.1:1024->127.0.0.2:80"},
		{"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1", DESCRIPTOR_IPV6,
			"::1:1024->::1:80"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		machine m;
		machine_init(&m);
		record r = {.call = CALL_CONNECT, .start = 5 * SECOND};
		r.file = (record_file){.mode = MODE_SOCKET, .family = 10, .socket_type = 1, .protocol = 6};
		r.file.local_port = 1024;
		r.file.remote_port = 80;
		memcpy(r.file.local, rows[i].local, sizeof r.file.local);
		memcpy(r.file.remote, rows[i].remote, sizeof r.file.remote);
		CHECK(told(&m, &r));
		CHECK(m.event.descriptor);
		CHECK_INT(m.event.descriptor->type, rows[i].type);
		CHECK_SPAN(descriptor_name(m.event.descriptor), rows[i].name);
		machine_done(&m);
	}
}
