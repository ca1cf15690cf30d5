/* SPDX-License-Identifier: Apache-2.0
 *
 * What events do to sockets. */
#include "test.h"
#include "watch_machine.h"

TEST_MAIN()

#define SOCKET(number, domain, type) \
	do {                         \
		BEGIN(19, 100);      \
		NUMBER(0, number);   \
		NUMBER(1, domain);   \
		NUMBER(2, type);     \
		NUMBER(3, 0);        \
		RUN();               \
	} while (0)

/* 127.0.0.1:1000 to 127.0.0.1:80 */
#define THERE SPAN("\2\x7f\0\0\1\xe8\3\x7f\0\0\1\x50\0")
#define BACK  SPAN("\2\x7f\0\0\1\x50\0\x7f\0\0\1\xe8\3")

static const descriptor *connect_run(machine *m, int64_t number, int64_t result, span tuple)
{
	made_begin(&m->m, 23, 100);
	made_number(&m->m, 0, result);
	made_bytes(&m->m, 1, tuple);
	made_number(&m->m, 2, number);
	state_event_before(&m->s, &m->m.e);
	return m->m.e.descriptor;
}

TEST(connections)
{
	static const struct {
		int64_t domain, type;
		span tuple;
		const char *name;
	} cases[] = {
		{2, 1, THERE, "127.0.0.1:1000->127.0.0.1:80"},
		{2, 1 | 0x800, THERE, "127.0.0.1:1000->127.0.0.1:80"},
		{10, 1, SPAN("\x0a\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\xe8\3\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\2\x50\0"),
			"::1:1000->::2:80"},
		{10, 1, SPAN("\x0a\0\0\0\0\0\0\0\0\0\0\xff\xff\x0a\0\0\1\xe8\3\0\0\0\0\0\0\0\0\0\0\xff\xff\x0a\0\0\2\x50\0"),
			"10.0.0.1:1000->10.0.0.2:80"},
		{1, 1, SPAN("\1\x10\0\0\0\0\0\0\0\xff\0\0\0\0\0\0\0/run/x\0"), "10->ff /run/x"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		machine m;
		machine_init(&m);
		SOCKET(3, cases[i].domain, cases[i].type);
		const descriptor *d = connect_run(&m, 3, -115, cases[i].tuple);
		CHECK(d && d->role == ROLE_CLIENT && d->connected && m.m.e.descriptor_renamed);
		CHECK_SPAN(descriptor_name(d), cases[i].name);
		CHECK_INT(descriptor_protocol(d), cases[i].domain == 1 ? PROTOCOL_NONE : PROTOCOL_TCP);
		state_event_after(&m.s, &m.m.e);
		/* The same again is no new name. */
		connect_run(&m, 3, 0, cases[i].tuple);
		CHECK(!m.m.e.descriptor_renamed);
		machine_done(&m);
	}
}

TEST(connections_that_fail)
{
	machine m;
	machine_init(&m);
	SOCKET(3, 2, 1);
	const descriptor *d = connect_run(&m, 3, -111, THERE);
	CHECK(d && d->role == ROLE_NONE && !d->connected && d->name_bytes == 0);
	CHECK_INT(descriptor_protocol(d), PROTOCOL_NONE);
	d = connect_run(&m, 44, -111, THERE);
	CHECK(d && d->number == -1);
	CHECK_SPAN(descriptor_name(d), "127.0.0.1:1000->127.0.0.1:80");
	machine_done(&m);
}

TEST(servers)
{
	machine m;
	machine_init(&m);
	SOCKET(3, 2, 1);
	BEGIN(21, 100);
	NUMBER(0, 0);
	made_bytes(&m.m, 1, SPAN("\2\0\0\0\0\x50\0"));
	NUMBER(2, 3);
	BEFORE();
	CHECK(m.m.e.descriptor->listening && m.m.e.descriptor->role == ROLE_SERVER);
	CHECK_SPAN(descriptor_name(m.m.e.descriptor), "0.0.0.0:80");
	AFTER();
	BEGIN(389, 100);
	NUMBER(0, 4);
	made_bytes(&m.m, 1, THERE);
	BEFORE();
	const descriptor *d = m.m.e.descriptor;
	CHECK(d && d->number == 4 && d->role == ROLE_SERVER && d->connected && d->type == DESCRIPTOR_IPV4);
	CHECK_SPAN(descriptor_name(d), "127.0.0.1:1000->127.0.0.1:80");
	CHECK_INT(d->target.port, 80);
	AFTER();
	machine_done(&m);
}

static const descriptor *datagram_run(machine *m, uint16_t code, int number_at, int tuple_at, span tuple)
{
	made_begin(&m->m, code, 100);
	made_number(&m->m, 0, 5);
	made_number(&m->m, number_at, 3);
	made_bytes(&m->m, tuple_at, tuple);
	state_event_before(&m->s, &m->m.e);
	return m->m.e.descriptor;
}

TEST(datagrams)
{
	machine m;
	machine_init(&m);
	SOCKET(3, 2, 2);
	const descriptor *d = datagram_run(&m, 31, 2, 4, THERE);
	CHECK(d && d->role == ROLE_CLIENT && m.m.e.descriptor_renamed);
	CHECK_SPAN(descriptor_name(d), "127.0.0.1:1000->127.0.0.1:80");
	CHECK_INT(descriptor_protocol(d), PROTOCOL_UDP);
	/* The answer has its ends the other way round: nothing new. */
	d = datagram_run(&m, 35, 3, 2, BACK);
	CHECK(d && !m.m.e.descriptor_renamed);
	CHECK_SPAN(descriptor_name(d), "127.0.0.1:1000->127.0.0.1:80");
	machine_done(&m);

	/* A server reads first: who sends is the client. */
	machine_init(&m);
	SOCKET(3, 2, 2);
	BEGIN(21, 100);
	NUMBER(0, 0);
	made_bytes(&m.m, 1, SPAN("\2\0\0\0\0\x50\0"));
	NUMBER(2, 3);
	RUN();
	d = datagram_run(&m, 35, 3, 2, THERE);
	CHECK(d && d->role == ROLE_SERVER);
	CHECK_INT(d->target.port, 80);
	machine_done(&m);
}

TEST(a_socket_that_nobody_saw)
{
	machine m;
	machine_init(&m);
	const descriptor *d = datagram_run(&m, 31, 2, 4, THERE);
	CHECK(d && d->number == 3 && d->type == DESCRIPTOR_IPV4);
	CHECK_INT(descriptor_protocol(d), PROTOCOL_UDP);
	machine_done(&m);
}

TEST(addresses_of_the_machine_complete_a_socket)
{
	machine m;
	machine_init(&m);
	list_push(&m.s.lists, &m.s.addresses, (network_address){.address = {127, 0, 0, 1}, .mask = {255}});
	list_push(&m.s.lists, &m.s.addresses,
		(network_address){.address = {10, 0, 0, 9}, .mask = {255, 255, 255}});
	SOCKET(3, 2, 2);
	const descriptor *d = datagram_run(&m, 31, 2, 4, SPAN("\2\0\0\0\0\xe8\3\x0a\0\0\2\x35\0"));
	CHECK_SPAN(descriptor_name(d), "10.0.0.9:1000->10.0.0.2:53");
	machine_done(&m);
}

TEST(socket_parameters_that_are_too_short)
{
	static const span damaged[] = {{"", 0}, {"\2", 1}, {"\2abc", 4},
		{"\x0a"
		 "0123456789",
			11},
		{"\1abc", 4}, {"\x63", 1}};
	machine m;
	machine_init(&m);
	SOCKET(3, 2, 2);
	for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++) {
		CHECK(connect_run(&m, 3, 0, damaged[i])->name_bytes == 0);
		CHECK(datagram_run(&m, 31, 2, 4, damaged[i])->name_bytes == 0);
		BEGIN(389, 100);
		NUMBER(0, 9);
		made_bytes(&m.m, 1, damaged[i]);
		BEFORE();
		CHECK_INT(m.m.e.descriptor->number, -1);
	}
	machine_done(&m);
}
