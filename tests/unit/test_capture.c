/* SPDX-License-Identifier: Apache-2.0
 *
 * Captures made by hand: every kind of block, old forms, damage. */
#include "capture_make.h"
#include "capture_read.h"
#include "test.h"

TEST_MAIN()

static int reading_next(reading *r)
{
	return capture_next(r->c, &r->e, &r->why);
}

#define NUMBER8(n)     ((span){(const char *)&(int64_t){n}, 8})
#define NUMBER4(n)     ((span){(const char *)&(int32_t){n}, 4})
#define TEXT0(literal) ((span){(literal), sizeof(literal)})

TEST(every_block_of_events)
{
	static const uint32_t types[] = {0x204, 0x208, 0x216, 0x217, 0x221, 0x222, 0x8010abcd};
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		auto_buffer b = {0};
		make_section(&b);
		make_event(&b, types[i], 77, 301, (span[]){NUMBER8(-2), TEXT0("/tmp/x")}, 2);
		reading r;
		int64_t result;
		span path;
		reading_open(&r, &b);
		CHECK_INT(r.opened, 0);
		CHECK_INT(reading_next(&r), 1);
		CHECK_INT(r.e.tid, 77);
		CHECK_INT(r.e.time, 1077);
		CHECK_INT(r.e.cpu, 1);
		CHECK_INT(r.e.number, 1);
		CHECK(event_result(&r.e, &result) && result == -2);
		CHECK(event_param_text(&r.e, 1, &path));
		CHECK_SPAN(path, "/tmp/x");
		CHECK_INT(reading_next(&r), 0);
		reading_done(&r);
	}
}

TEST(fewer_parameters_in_old_blocks)
{
	/* Without a count: as many as give the length. */
	auto_buffer b = {0};
	make_section(&b);
	make_event(&b, 0x204, 5, 3, (span[]){NUMBER8(3), TEXT0("/a"), NUMBER4(1), NUMBER4(0)}, 4);
	make_event(&b, 0x204, 5, 186, NULL, 0);
	reading r;
	reading_open(&r, &b);
	CHECK_INT(reading_next(&r), 1);
	CHECK_INT(r.e.count, 4);
	CHECK_INT(reading_next(&r), 1);
	CHECK_INT(r.e.count, 0);
	reading_done(&r);
}

TEST(more_parameters_than_known)
{
	auto_buffer b = {0};
	make_section(&b);
	make_event(&b, 0x216, 5, 5, (span[]){NUMBER8(0), NUMBER8(4), NUMBER8(9), NUMBER8(9)}, 4);
	reading r;
	int64_t fd;
	reading_open(&r, &b);
	CHECK_INT(reading_next(&r), 1);
	CHECK_INT(r.e.count, 2);
	CHECK(event_param_number(&r.e, 1, &fd) && fd == 4);
	reading_done(&r);
}

TEST(entries_are_told_by_exits)
{
	auto_buffer b = {0};
	make_section(&b);
	make_event(&b, 0x216, 8, 98, (span[]){TEXT0("/new"), NUMBER4(0755)}, 2);
	make_event(&b, 0x216, 9, 4, (span[]){NUMBER8(6)}, 1);
	make_event(&b, 0x216, 8, 99, (span[]){NUMBER8(0)}, 1);
	make_event(&b, 0x216, 9, 5, (span[]){NUMBER8(0)}, 1);
	make_event(&b, 0x216, 9, 5, (span[]){NUMBER8(0)}, 1);
	reading r;
	span path;
	int64_t n;
	reading_open(&r, &b);
	CHECK_INT(reading_next(&r), 1);
	CHECK_INT(r.e.code, 277);
	CHECK(event_param_text(&r.e, event_param_index(&r.e, SPAN("path")), &path));
	CHECK_SPAN(path, "/new");
	CHECK(event_param_number(&r.e, event_param_index(&r.e, SPAN("mode")), &n) && n == 0755);
	CHECK_INT(reading_next(&r), 1);
	CHECK_INT(r.e.code, 5);
	CHECK(event_param_number(&r.e, 1, &n) && n == 6);
	/* The entry has been used up. */
	CHECK_INT(reading_next(&r), 1);
	CHECK(!event_param_number(&r.e, 1, &n));
	CHECK_INT(reading_next(&r), 0);
	reading_done(&r);
}

TEST(superseded_types)
{
	char choice[9] = {1, 7};
	auto_buffer b = {0};
	make_section(&b);
	make_event(&b, 0x216, 8, 124, (span[]){NUMBER8(3)}, 1);
	make_event(&b, 0x216, 8, 125, (span[]){NUMBER8(4)}, 1);
	make_event(&b, 0x216, 8, 296, (span[]){NUMBER8(5)}, 1);
	make_event(&b, 0x216, 8, 297, (span[]){{choice, 9}}, 1);
	make_event(&b, 0x216, 8, 16, NULL, 0);
	reading r;
	int64_t n;
	reading_open(&r, &b);
	CHECK_INT(reading_next(&r), 1);
	CHECK_INT(r.e.code, 367);
	CHECK(event_param_number(&r.e, event_param_index(&r.e, SPAN("oldfd")), &n) && n == 3);
	CHECK_INT(reading_next(&r), 1);
	CHECK_INT(r.e.code, 369);
	CHECK(event_param_number(&r.e, 0, &n) && n == 7);
	CHECK(event_param_number(&r.e, 1, &n) && n == 5);
	CHECK_INT(reading_next(&r), 1);
	CHECK_INT(r.e.code, 186);
	reading_done(&r);
}

TEST(execveat_ends_as_execve)
{
	static const struct {
		int64_t folder;
		const char *path, *exepath;
	} cases[] = {
		{-100, "bin/tool", "/bin/tool"},
		{5, "/usr/bin/tool", "/usr/bin/tool"},
		{5, "tool", ""},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		auto_buffer b = {0};
		make_section(&b);
		make_event(&b, 0x216, 8, 330,
			(span[]){NUMBER8(cases[i].folder), {cases[i].path, strlen(cases[i].path) + 1},
				NUMBER4(4096)},
			3);
		make_event(&b, 0x216, 8, 293, (span[]){NUMBER8(0), TEXT0("tool")}, 2);
		reading r;
		int64_t flags;
		reading_open(&r, &b);
		process *p = process_add(r.s.processes, 8);
		process_text_set(r.s.processes, p, PROCESS_CWD, SPAN("/"));
		CHECK_INT(reading_next(&r), 1);
		state_event_before(&r.s, &r.e);
		CHECK_SPAN(process_text_get(p, PROCESS_EXEPATH), cases[i].exepath);
		/* Flags of the entry are not those of the exit. */
		CHECK(!event_param_number(&r.e, event_param_index(&r.e, SPAN("flags")), &flags));
		reading_done(&r);
	}
}

/* --- damage --- */

TEST(damaged_events_are_left_out)
{
	static const struct {
		size_t at; /* in the body of the event */
		uint64_t value;
		size_t bytes;
	} cases[] = {
		{18, 5000, 4},       /* longer than the block */
		{18, 3, 4},          /* shorter than its head */
		{22, 60000, 2},      /* an unknown type */
		{24, 1000000000, 4}, /* more parameters than bytes */
		{28, 65000, 2},      /* a parameter longer than the event */
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		auto_buffer b = {0};
		make_section(&b);
		size_t at = b.n + 8;
		make_event(&b, 0x216, 1, 5, (span[]){NUMBER8(0), NUMBER8(4)}, 2);
		make_event(&b, 0x216, 2, 5, (span[]){NUMBER8(0), NUMBER8(4)}, 2);
		memcpy(b.p + at + cases[i].at, &cases[i].value, cases[i].bytes);
		reading r;
		const char *why;
		reading_open(&r, &b);
		CHECK_INT(r.opened, 0);
		CHECK_INT(reading_next(&r), 1);
		CHECK_INT(r.e.tid, 2);
		CHECK_INT(capture_damaged(r.c, &why), 1);
		CHECK(why);
		reading_done(&r);
	}
}

TEST(damaged_blocks_end_it)
{
	for (int i = 0; i < 4; i++) {
		auto_buffer b = {0};
		make_section(&b);
		make_event(&b, 0x216, 1, 5, (span[]){NUMBER8(0), NUMBER8(4)}, 2);
		size_t at = b.n;
		make_event(&b, 0x216, 2, 5, (span[]){NUMBER8(0), NUMBER8(4)}, 2);
		if (i == 0)
			b.p[b.n - 4] ^= 4;
		else if (i == 1)
			memset(b.p + at + 4, 0, 4);
		else if (i == 2)
			memset(b.p + at + 4, 0x7f, 4);
		else
			b.n -= 6;
		reading r;
		reading_open(&r, &b);
		CHECK_INT(reading_next(&r), 1);
		CHECK_INT(r.e.tid, 1);
		CHECK(reading_next(&r) < 0);
		reading_done(&r);
	}
}

TEST(what_is_no_capture)
{
	static const span none[] = {
		{"", 0}, {"#!/bin/sh", 9}, {"\n\r\r\n\x1c\0\0\0aaaabbbbccccdddd\x1c\0\0\0", 28}};
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		auto_buffer b = {0};
		buffer_add(&b, none[i]);
		reading r;
		reading_open(&r, &b);
		CHECK(r.opened < 0);
		r.c = NULL;
		reading_done(&r);
	}
}

/* --- lists --- */

static const uint32_t process_blocks[] = {0, 0x202, 0x207, 0x209, 0x210, 0x211, 0x212, 0x213, 0x214, 0x215};

/* A row of a version, with all that it has. */
static void make_process(buffer *b, int version, bool short_tail, int64_t tid, int64_t pid, int64_t parent)
{
	make_number(b, tid, 8);
	make_number(b, pid, 8);
	make_number(b, parent, 8);
	if (version >= 6)
		make_number(b, 11, 8);
	if (version >= 8)
		make_number(b, 12, 8);
	make_text(b, "comm");
	make_text(b, "/exe");
	if (version >= 7)
		make_text(b, "/exepath");
	make_number(b, 4, 2);
	buffer_add(b, SPAN("a\0b"));
	buffer_add_byte(b, 0);
	make_text(b, "/srv");
	make_number(b, 1024, 8);
	make_number(b, tid == pid ? 0 : CLONE_IS_THREAD | CLONE_SHARES_FILES, 4);
	make_number(b, 1000, 4);
	make_number(b, 1001, 4);
	if (version >= 2)
		buffer_repeat(b, 0, 28);
	if (version >= 3)
		make_text(b, "A=b");
	if (version >= 4) {
		make_number(b, 21, 8);
		make_number(b, 22, 8);
		make_text(b, "cpu=/docker/"
			     "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
	}
	if (version >= 5)
		make_text(b, "/root");
	if (version < 9)
		return;
	if (!short_tail) {
		make_number(b, 31, 8);
		make_number(b, 32, 4);
	}
	make_number(b, 33, 4);
	make_number(b, 1, 1);
	make_number(b, 34, 8);
	make_number(b, 35, 8);
	make_number(b, 36, 8);
	if (short_tail)
		return;
	make_number(b, 1, 1);
	make_number(b, 37, 8);
	make_number(b, 38, 8);
	make_number(b, 39, 8);
	make_number(b, 1, 1);
	make_number(b, 1, 1);
	make_number(b, 40, 8);
	make_number(b, 99, 4); /* of a version to come */
}

static void make_processes(buffer *b, int version, bool short_tail)
{
	auto_buffer body = {0};
	for (int64_t tid = 100; tid <= 102; tid++) {
		auto_buffer row = {0};
		make_process(&row, version, short_tail, tid, tid == 101 ? 100 : tid, tid == 102 ? 100 : 1);
		if (version == 9)
			make_number(&body, row.n + 4, 4);
		buffer_add(&body, buffer_span(&row));
	}
	make_block(b, process_blocks[version], buffer_span(&body));
}

TEST(process_lists_of_every_version)
{
	for (int version = 1; version <= 9; version++) {
		auto_buffer b = {0};
		make_section(&b);
		make_processes(&b, version, false);
		reading r;
		const char *why;
		reading_open(&r, &b);
		CHECK_INT(r.opened, 0);
		CHECK_INT(capture_damaged(r.c, &why), 0);
		CHECK_INT(process_count(r.s.processes), 3);
		const process *p = process_get(r.s.processes, 102);
		CHECK(p);
		CHECK(process_parent(r.s.processes, p) == process_get(r.s.processes, 100));
		CHECK_INT(process_get(r.s.processes, 100)->threads, 1);
		CHECK_SPAN(process_text_get(p, PROCESS_COMM), "comm");
		CHECK_SPAN(process_text_get(p, PROCESS_EXEPATH), version >= 7 ? "/exepath" : "");
		CHECK_SPAN(process_text_get(p, PROCESS_CWD), "/srv/");
		CHECK_SPAN(process_text_get(p, PROCESS_ENV), version >= 3 ? "A=b" : "");
		CHECK_SPAN(process_text_get(p, PROCESS_ROOT), version >= 5 ? "/root" : "");
		CHECK_SPAN(process_text_get(p, PROCESS_CONTAINER), version >= 4 ? "0123456789ab" : "");
		CHECK_INT(p->lengths[PROCESS_ARGS], 4);
		CHECK_INT(p->uid, 1000);
		CHECK_INT(p->gid, 1001);
		CHECK_INT(p->vtid, version >= 4 ? 21 : 102);
		CHECK_INT(p->session, version >= 6 ? 11 : -1);
		CHECK_INT(p->vgroup, version >= 8 ? 12 : -1);
		if (version == 9) {
			CHECK_INT(p->namespace_start, 31);
			CHECK_INT(p->tty, 32);
			CHECK_INT(p->login_uid, 33);
			CHECK_INT(p->capabilities[2], 34);
			CHECK_INT(p->capabilities[0], 35);
			CHECK_INT(p->capabilities[1], 36);
			CHECK(p->exe_writable && p->exe_upper_layer && p->exe_from_memory &&
				p->exe_lower_layer);
			CHECK_INT(p->exe_inode, 37);
			CHECK_INT(p->exe_ctime, 38);
			CHECK_INT(p->exe_mtime, 39);
			CHECK_INT(p->group, 40);
		}
		reading_done(&r);
	}
}

TEST(process_list_of_early_writers)
{
	auto_buffer b = {0};
	make_section(&b);
	make_processes(&b, 9, true);
	reading r;
	reading_open(&r, &b);
	const process *p = process_get(r.s.processes, 100);
	CHECK(p);
	CHECK_INT(p->login_uid, 33);
	CHECK_INT(p->capabilities[1], 36);
	CHECK_INT(p->namespace_start, 0);
	reading_done(&r);
}

TEST(process_lists_cut_anywhere)
{
	for (int version = 1; version <= 9; version++) {
		auto_buffer whole = {0};
		make_processes(&whole, version, false);
		span body = {whole.p + 8, whole.n - 12};
		for (size_t n = 0; n < body.n; n++) {
			auto_buffer b = {0};
			make_section(&b);
			make_block(&b, process_blocks[version], (span){body.p, n});
			reading r;
			reading_open(&r, &b);
			CHECK_INT(r.opened, 0);
			CHECK(process_count(r.s.processes) <= 3);
			reading_done(&r);
		}
	}
}

static void make_descriptor(buffer *body, bool counted, int64_t number, uint8_t type, span rest)
{
	if (counted)
		make_number(body, 21 + rest.n, 4);
	make_number(body, number, 8);
	make_number(body, 500 + number, 8);
	make_number(body, type, 1);
	buffer_add(body, rest);
}

TEST(descriptor_lists)
{
	static const char ipv4[13] = {10, 0, 0, 1, 10, 0, 0, 2, 0x50, 0, 0x39, 0x30, 2},
			  server[7] = {0, 0, 0, 0, 0x50, 0, 2};
	for (int version = 1; version <= 2; version++) {
		auto_buffer b = {0}, body = {0}, file = {0};
		bool counted = version == 2;
		make_section(&b);
		make_processes(&b, 4, false);
		make_number(&body, 100, 8);
		make_number(&file, OPEN_READ, 4);
		make_text(&file, "/etc/passwd");
		if (counted)
			make_number(&file, 9, 4);
		make_descriptor(&body, counted, 3, 16, buffer_span(&file));
		make_descriptor(&body, counted, 4, 3, (span){ipv4, sizeof ipv4});
		make_descriptor(&body, counted, 5, 5, (span){server, sizeof server});
		make_descriptor(&body, counted, 6, 7, SPAN("\5\0pipe:"));
		make_block(&b, counted ? 0x218 : 0x203, buffer_span(&body));
		reading r;
		const char *why;
		reading_open(&r, &b);
		CHECK_INT(capture_damaged(r.c, &why), 0);
		const descriptor_table *t = process_get(r.s.processes, 100)->descriptors;
		CHECK(t);
		CHECK_INT(descriptor_count(t), 4);
		const descriptor *d = descriptor_get(t, 3);
		CHECK_SPAN(descriptor_name(d), "/etc/passwd");
		CHECK_INT(d->type, DESCRIPTOR_FILE);
		CHECK_INT(d->flags, OPEN_READ);
		CHECK_INT(d->device, counted ? 9 : 0);
		CHECK_INT(d->inode, 503);
		/* Its own port is one that somebody listens on: it is the server, the source is the client. */
		d = descriptor_get(t, 4);
		CHECK_INT(d->role, ROLE_SERVER);
		CHECK_SPAN(descriptor_name(d), "10.0.0.2:12345->10.0.0.1:80");
		CHECK_INT(descriptor_protocol(d), PROTOCOL_TCP);
		CHECK_SPAN(descriptor_name(descriptor_get(t, 5)), "0.0.0.0:80");
		CHECK(descriptor_get(t, 5)->listening);
		CHECK_SPAN(descriptor_name(descriptor_get(t, 6)), "pipe:");
		buffer_done(&file);
		reading_done(&r);
	}
}

TEST(users_groups_interfaces_machine)
{
	for (int version = 1; version <= 2; version++) {
		auto_buffer b = {0}, users = {0}, interfaces = {0}, machine = {0};
		make_section(&b);
		buffer_repeat(&machine, 0, 20);
		buffer_add_string(&machine, "host");
		buffer_repeat(&machine, 0, 124);
		make_number(&machine, 4242, 8);
		make_number(&machine, 0, 8);
		make_block(&b, 0x201, buffer_span(&machine));
		if (version == 2)
			make_number(&users, 4 + 1 + 4 + 4 + 6 + 7 + 4, 4);
		make_number(&users, 0, 1);
		make_number(&users, 1000, 4);
		make_number(&users, 1001, 4);
		make_text(&users, "user");
		make_text(&users, "/home");
		make_text(&users, "sh");
		if (version == 2)
			make_number(&users, 4 + 1 + 4 + 7, 4);
		make_number(&users, 1, 1);
		make_number(&users, 1001, 4);
		make_text(&users, "group");
		make_block(&b, version == 1 ? 0x206 : 0x220, buffer_span(&users));
		if (version == 2)
			make_number(&interfaces, 2 + 2 + 12 + 8 + 2, 4);
		make_number(&interfaces, 1, 2);
		make_number(&interfaces, 2, 2);
		buffer_add(&interfaces, SPAN("\x0a\0\0\1\xff\0\0\0\x0a\xff\xff\xff"));
		make_number(&interfaces, 0, 8);
		buffer_add_string(&interfaces, "lo");
		make_block(&b, version == 1 ? 0x205 : 0x219, buffer_span(&interfaces));
		reading r;
		const char *why;
		reading_open(&r, &b);
		CHECK_INT(capture_damaged(r.c, &why), 0);
		CHECK_SPAN(r.s.hostname, "host");
		CHECK_INT(r.s.boot_time, 4242);
		CHECK(state_user(&r.s, NULL, 1000));
		CHECK_SPAN(state_user(&r.s, NULL, 1000)->name, "user");
		CHECK_SPAN(state_user(&r.s, NULL, 1000)->home, "/home");
		CHECK(!state_user(&r.s, NULL, 1001));
		CHECK_SPAN(state_group(&r.s, NULL, 1001)->name, "group");
		CHECK_INT(r.s.addresses.count, 1);
		CHECK_INT(r.s.addresses.items[0].address[0], 10);
		CHECK_INT(r.s.addresses.items[0].mask[0], 255);
		buffer_done(&users);
		buffer_done(&interfaces);
		buffer_done(&machine);
		reading_done(&r);
	}
}

TEST(a_further_section_begins_anew)
{
	auto_buffer b = {0};
	make_section(&b);
	make_processes(&b, 9, false);
	make_event(&b, 0x216, 100, 5, (span[]){NUMBER8(0), NUMBER8(4)}, 2);
	make_section(&b);
	make_event(&b, 0x216, 200, 5, (span[]){NUMBER8(0), NUMBER8(4)}, 2);
	reading r;
	reading_open(&r, &b);
	CHECK_INT(reading_next(&r), 1);
	CHECK_INT(process_count(r.s.processes), 3);
	CHECK_INT(reading_next(&r), 1);
	CHECK_INT(r.e.number, 2);
	CHECK_INT(process_count(r.s.processes), 0);
	CHECK_INT(reading_next(&r), 0);
	reading_done(&r);
}
