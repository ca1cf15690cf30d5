/* SPDX-License-Identifier: Apache-2.0
 *
 * What events do to threads and descriptors. */
#include "base/limits.h"
#include "test.h"
#include "watch_machine.h"

TEST_MAIN()

static void clone_make(
	made_event *m, uint64_t tid, int64_t result, int64_t pid, int64_t parent, int64_t flags)
{
	made_begin(m, 223, tid);
	made_number(m, 0, result);
	made_text(m, 1, "/bin/tool");
	made_bytes(m, 2, SPAN("-x\0y"));
	made_number(m, 4, pid);
	made_number(m, 5, parent);
	made_text(m, 13, "tool");
	made_number(m, 15, flags);
	made_number(m, 16, 33);
	made_number(m, 17, 34);
	made_number(m, 18, tid);
	made_number(m, 19, pid);
}

/* --- paths --- */

TEST(paths)
{
	static const struct {
		int64_t folder;
		const char *path, *want;
	} cases[] = {
		{STATE_CWD, "a", "/home/a"},
		{STATE_CWD, "/a//b/./c/", "/a/b/c"},
		{STATE_CWD, "../../../etc/x", "/etc/x"},
		{STATE_CWD, "..", "/"},
		{STATE_CWD, "a/../b", "/home/b"},
		{STATE_CWD, "", "/home"},
		{STATE_CWD, "/..", "/"},
		{STATE_CWD, "...", "/home/..."},
		{3, "x", "/data/x"},
		{3, "../x", "/x"},
		{3, "/x", "/x"},
		{9, "x/y", "<UNKNOWN>x/y"},
		{9, "../x", "<UNKNOWN>../x"},
		{9, "a/../../x", "x"},
		{9, "a/../..", ""},
	};
	machine m;
	machine_init(&m);
	OPEN(100, 3, "/data");
	AFTER();
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char room[LIMIT_WATCH_PATH];
		process *p = process_get(m.s.processes, 101);
		CHECK_SPAN(state_path(&m.s, p, cases[i].folder, span_of(cases[i].path), room), cases[i].want);
	}
	char longest[LIMIT_WATCH_PATH + 10], room[LIMIT_WATCH_PATH];
	memset(longest, 'a', sizeof longest);
	CHECK_SPAN(state_path(&m.s, process_get(m.s.processes, 1), STATE_CWD, (span){longest, sizeof longest},
			   room),
		"/PATH_TOO_LONG");
	machine_done(&m);
}

/* --- files --- */

TEST(open_and_close)
{
	machine m;
	machine_init(&m);
	OPEN(101, 3, "../etc/passwd");
	const descriptor *d = m.m.e.descriptor;
	CHECK(d && d->number == 3 && d->type == DESCRIPTOR_FILE && m.m.e.descriptor_renamed);
	CHECK_SPAN(descriptor_name(d), "/etc/passwd");
	CHECK_SPAN(descriptor_raw(d), "../etc/passwd");
	AFTER();
	/* The other thread of the process sees it, and its fd is known to calls that use it. */
	BEGIN(317, 100);
	NUMBER(0, 0);
	NUMBER(1, 3);
	BEFORE();
	CHECK(m.m.e.descriptor == d && m.m.e.descriptor_number == 3 && !m.m.e.descriptor_renamed);
	AFTER();
	/* A close that failed changes nothing; one that did not ends it when the rules have seen it. */
	BEGIN(5, 100);
	NUMBER(0, -9);
	NUMBER(1, 3);
	RUN();
	CHECK(descriptor_get(process_get(m.s.processes, 100)->descriptors, 3));
	NUMBER(0, 0);
	BEFORE();
	CHECK(m.m.e.descriptor == d);
	AFTER();
	CHECK(!descriptor_get(process_get(m.s.processes, 100)->descriptors, 3));
	machine_done(&m);
}

TEST(what_failed_to_open_has_a_name)
{
	machine m;
	machine_init(&m);
	OPEN(100, -2, "secret");
	const descriptor *d = m.m.e.descriptor;
	CHECK(d && d->number == -1 && d->type == DESCRIPTOR_FILE);
	CHECK_SPAN(descriptor_name(d), "/home/secret");
	CHECK_SPAN(descriptor_raw(d), "secret");
	AFTER();
	CHECK(!process_get(m.s.processes, 100)->descriptors);
	/* An event of a type that has nothing to do with descriptors has none; one that names an unknown one says so. */
	BEGIN(301, 100);
	BEFORE();
	CHECK(!m.m.e.descriptor);
	BEGIN(7, 100);
	NUMBER(2, 55);
	BEFORE();
	CHECK(m.m.e.descriptor && m.m.e.descriptor->number == -1 && m.m.e.descriptor_number == 55);
	machine_done(&m);
}

TEST(duplicates)
{
	static const struct {
		uint16_t code;
		int64_t to;
	} cases[] = {{367, 7}, {363, 1}, {365, 8}, {151, 9}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		machine m;
		machine_init(&m);
		OPEN(100, 3, "/f");
		AFTER();
		BEGIN(cases[i].code, 100);
		NUMBER(0, cases[i].to);
		NUMBER(1, 3);
		if (cases[i].code == 151)
			NUMBER(2, 26);
		if (cases[i].code == 365)
			NUMBER(3, OPEN_CLOSE_ON_EXEC);
		BEFORE();
		CHECK(m.m.e.descriptor);
		CHECK_INT(m.m.e.descriptor->number, cases[i].to);
		CHECK_SPAN(descriptor_name(m.m.e.descriptor), "/f");
		CHECK(!m.m.e.descriptor_renamed);
		CHECK_INT(m.m.e.descriptor->flags & OPEN_CLOSE_ON_EXEC,
			cases[i].code == 365 ? OPEN_CLOSE_ON_EXEC : 0);
		AFTER();
		CHECK_INT(descriptor_count(process_get(m.s.processes, 100)->descriptors), 2);
		machine_done(&m);
	}
}

TEST(kinds_of_descriptors)
{
	static const struct {
		uint16_t code;
		descriptor_type type;
	} cases[] = {{63, DESCRIPTOR_EVENT}, {397, DESCRIPTOR_EVENT}, {127, DESCRIPTOR_SIGNAL},
		{399, DESCRIPTOR_SIGNAL}, {137, DESCRIPTOR_TIMER}, {139, DESCRIPTOR_INOTIFY},
		{395, DESCRIPTOR_INOTIFY}, {321, DESCRIPTOR_USERFAULT}, {339, DESCRIPTOR_IOURING},
		{369, DESCRIPTOR_BPF}, {375, DESCRIPTOR_EPOLL}, {377, DESCRIPTOR_EPOLL},
		{405, DESCRIPTOR_MEMFD}, {409, DESCRIPTOR_PIDFD}, {337, DESCRIPTOR_FILE},
		{59, DESCRIPTOR_FILE}};
	machine m;
	machine_init(&m);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		BEGIN(cases[i].code, 100);
		NUMBER(0, 20);
		BEFORE();
		CHECK(m.m.e.descriptor && m.m.e.descriptor->number == 20);
		CHECK_INT(m.m.e.descriptor->type, cases[i].type);
		AFTER();
		BEGIN(cases[i].code, 100);
		NUMBER(0, -1);
		BEFORE();
		CHECK(m.m.e.descriptor && m.m.e.descriptor->number == -1);
		AFTER();
	}
	BEGIN(61, 100);
	NUMBER(0, 0);
	NUMBER(1, 30);
	NUMBER(2, 31);
	NUMBER(3, 77);
	RUN();
	const descriptor_table *t = process_get(m.s.processes, 100)->descriptors;
	CHECK(descriptor_get(t, 30)->type == DESCRIPTOR_FIFO && descriptor_get(t, 31)->inode == 77);
	machine_done(&m);
}

TEST(close_range_closes_what_is_in_it)
{
	machine m;
	machine_init(&m);
	for (int i = 0; i < 40; i++) {
		OPEN(100, i * 3, "/f");
		AFTER();
	}
	BEGIN(451, 100);
	NUMBER(0, 0);
	NUMBER(1, 3);
	NUMBER(2, 100);
	NUMBER(3, 0);
	RUN();
	const descriptor_table *t = process_get(m.s.processes, 100)->descriptors;
	for (int i = 0; i < 120; i++)
		CHECK(!descriptor_get(t, i) == (i % 3 || (i >= 3 && i <= 100)));
	CHECK_INT(descriptor_count(t), 7);
	machine_done(&m);
}

TEST(a_descriptor_taken_from_another_process)
{
	machine m;
	machine_init(&m);
	OPEN(100, 5, "/theirs");
	AFTER();
	BEGIN(409, 1);
	NUMBER(0, 3);
	NUMBER(1, 100);
	RUN();
	BEGIN(407, 1);
	NUMBER(0, 4);
	NUMBER(1, 3);
	NUMBER(2, 5);
	BEFORE();
	CHECK_SPAN(descriptor_name(m.m.e.descriptor), "/theirs");
	CHECK_INT(m.m.e.descriptor->number, 4);
	AFTER();
	machine_done(&m);
}

/* The table against an array, over numbers that collide. */
TEST(descriptor_tables)
{
	enum { NUMBERS = 64, STEPS = 20000 };
	descriptor_pool *pool = descriptor_pool_new();
	descriptor_table *t = descriptor_table_new(pool);
	bool there[NUMBERS] = {false};
	uint32_t random = 1, count = 0;
	for (int i = 0; i < STEPS; i++) {
		random = random * 1664525 + 1013904223;
		uint32_t which = random >> 16 & (NUMBERS - 1);
		int64_t number = which % 2   ? (int64_t)which * 16
				 : which % 4 ? (int64_t)which << 33
					     : -(int64_t)which - 1;
		if (random >> 30) {
			descriptor *d = descriptor_put(t, number);
			CHECK(d);
			descriptor_set_name(t, d, (span){(const char *)&number, sizeof number});
			count += !there[which];
			there[which] = true;
		} else {
			descriptor_remove(t, number);
			count -= there[which];
			there[which] = false;
		}
		CHECK_INT(descriptor_count(t), count);
		for (uint32_t j = 0; j < NUMBERS; j++) {
			number = j % 2 ? (int64_t)j * 16 : j % 4 ? (int64_t)j << 33 : -(int64_t)j - 1;
			const descriptor *d = descriptor_get(t, number);
			CHECK(!d == !there[j]);
			CHECK(!d ||
				span_equal(descriptor_name(d), (span){(const char *)&number, sizeof number}));
		}
	}
	descriptor_table_free(t);
	descriptor_pool_free(pool);
}

TEST(descriptor_tables_are_bounded)
{
	descriptor_pool *pool = descriptor_pool_new();
	descriptor_table *t = descriptor_table_new(pool);
	for (int64_t i = 0; i < LIMIT_WATCH_DESCRIPTORS; i++)
		CHECK(descriptor_put(t, i));
	CHECK(!descriptor_put(t, LIMIT_WATCH_DESCRIPTORS));
	CHECK(descriptor_put(t, 7));
	CHECK_INT(descriptor_count(t), LIMIT_WATCH_DESCRIPTORS);
	descriptor_table_free(t);
	descriptor_pool_free(pool);
}

/* --- threads --- */

TEST(fork_told_by_the_parent)
{
	machine m;
	machine_init(&m);
	OPEN(100, 3, "/shared");
	AFTER();
	clone_make(&m.m, 101, 200, 100, 1, 0);
	m.m.numbers[18] = 101;
	RUN();
	process *p = process_get(m.s.processes, 200), *shell = process_get(m.s.processes, 100);
	CHECK(p && p->pid == 200 && p->parent == 100 && p->uid == 33 && p->gid == 34 &&
		p->start == 5000000000);
	CHECK_INT(p->vpid, 200);
	CHECK_INT(p->namespace_start, 1000);
	CHECK_SPAN(process_text_get(p, PROCESS_COMM), "tool");
	CHECK_SPAN(process_text_get(p, PROCESS_CWD), "/home/");
	CHECK(p->texts[PROCESS_CWD] == shell->texts[PROCESS_CWD]);
	CHECK_SPAN(descriptor_name(descriptor_get(p->descriptors, 3)), "/shared");
	/* The child's own event changes nothing more. */
	clone_make(&m.m, 200, 0, 200, 1, 0);
	RUN();
	CHECK(process_get(m.s.processes, 200) == p && p->parent == 100);
	/* What one opens or changes, the other does not see. */
	OPEN(200, 4, "/own");
	AFTER();
	BEGIN(365, 200);
	NUMBER(0, 3);
	NUMBER(1, 3);
	NUMBER(3, OPEN_CLOSE_ON_EXEC);
	RUN();
	CHECK(!descriptor_get(shell->descriptors, 4));
	CHECK_INT(descriptor_get(shell->descriptors, 3)->flags, OPEN_READ);
	CHECK_INT(descriptor_get(p->descriptors, 3)->flags, OPEN_READ | OPEN_CLOSE_ON_EXEC);
	machine_done(&m);
}

TEST(fork_told_by_the_child)
{
	machine m;
	machine_init(&m);
	OPEN(100, 3, "/shared");
	AFTER();
	clone_make(&m.m, 200, 0, 200, 100, CLONE_CHILD_IN_PIDNS);
	made_number(&m.m, 18, 5);
	made_number(&m.m, 19, 5);
	made_number(&m.m, 20, 77);
	RUN();
	process *p = process_get(m.s.processes, 200);
	CHECK(p && p->parent == 100 && p->vpid == 5 && p->namespace_start == 1077);
	CHECK(process_parent(m.s.processes, p) == process_get(m.s.processes, 100));
	CHECK(descriptor_get(p->descriptors, 3));
	/* The parent comes second, and in its namespace the number may be another's. */
	clone_make(&m.m, 100, 200, 100, 1, 0);
	RUN();
	CHECK(process_get(m.s.processes, 200) == p && p->vpid == 5);
	machine_done(&m);
}

TEST(clones_that_the_parent_must_not_tell)
{
	static const struct {
		int64_t flags, vtid;
	} cases[] = {{CLONE_CHILD_IN_PIDNS, 100}, {CLONE_NEW_PID, 100}, {CLONE_SAME_PARENT, 100},
		{CLONE_IS_VFORK, 100}, {0, 5}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		machine m;
		machine_init(&m);
		process_get(m.s.processes, 100)->vtid = cases[i].vtid;
		clone_make(&m.m, 100, 200, 100, 1, cases[i].flags);
		RUN();
		CHECK(!process_get(m.s.processes, 200));
		machine_done(&m);
	}
}

TEST(threads_live_with_their_leader)
{
	machine m;
	machine_init(&m);
	clone_make(&m.m, 100, 102, 100, 1, CLONE_IS_THREAD | CLONE_SHARES_FILES);
	RUN();
	process *p = process_get(m.s.processes, 102);
	CHECK(p && p->pid == 100 && p->parent == 1);
	CHECK_INT(process_get(m.s.processes, 100)->threads, 2);
	OPEN(102, 3, "here");
	CHECK_SPAN(descriptor_name(m.m.e.descriptor), "/home/here");
	AFTER();
	CHECK(descriptor_get(process_get(m.s.processes, 100)->descriptors, 3));
	/* The leader goes first: it stays until its threads are gone. */
	static const uint64_t order[] = {100, 101, 102};
	for (size_t i = 0; i < 3; i++) {
		CHECK(process_get(m.s.processes, 100));
		BEGIN(186, order[i]);
		NUMBER(4, 1);
		RUN();
	}
	CHECK_INT(process_count(m.s.processes), 1);
	machine_done(&m);
}

TEST(orphans_go_to_the_reaper)
{
	machine m;
	machine_init(&m);
	process_make(&m.s, 200, 200, 100, "child");
	process_make(&m.s, 201, 201, 100, "child");
	BEGIN(186, 101);
	RUN();
	BEGIN(186, 100);
	NUMBER(4, 1);
	BEFORE();
	CHECK(m.m.e.process &&
		process_parent(m.s.processes, process_get(m.s.processes, 200)) == m.m.e.process);
	AFTER();
	CHECK(!process_get(m.s.processes, 100));
	for (int64_t tid = 200; tid <= 201; tid++)
		CHECK_INT(process_get(m.s.processes, tid)->parent, 1);
	/* A reaper that nobody knows. */
	BEGIN(186, 1);
	NUMBER(4, 999);
	RUN();
	CHECK_INT(process_get(m.s.processes, 200)->parent, -1);
	machine_done(&m);
}

TEST(execve_changes_the_process)
{
	machine m;
	machine_init(&m);
	process *p = process_get(m.s.processes, 100);
	p->start = 4000000000;
	p->namespace_start = 1000000000;
	BEGIN(293, 100);
	NUMBER(0, 0);
	WORDS(1, "tool");
	made_bytes(&m.m, 2, SPAN("-a\0b"));
	NUMBER(4, 100);
	WORDS(13, "tool");
	made_bytes(&m.m, 14,
		SPAN("cpu=/docker/ffffffffffff0000ffffffffffff0000ffffffffffff0000ffffffffffff0000\0"));
	made_bytes(&m.m, 15, SPAN("A=1\0B=2"));
	NUMBER(16, 34816);
	NUMBER(17, 9);
	NUMBER(18, 1000);
	NUMBER(19, 2 | 4);
	NUMBER(20, 1);
	NUMBER(21, 2);
	NUMBER(22, 3);
	NUMBER(23, 44);
	NUMBER(24, 3000000000);
	NUMBER(25, 2000000000);
	NUMBER(26, 5);
	WORDS(27, "/usr/bin/tool");
	NUMBER(28, 100);
	NUMBER(29, 6);
	RUN();
	CHECK_SPAN(process_text_get(p, PROCESS_COMM), "tool");
	CHECK_SPAN(process_text_get(p, PROCESS_EXEPATH), "/usr/bin/tool");
	CHECK_SPAN(process_text_get(p, PROCESS_CONTAINER), "ffffffffffff");
	CHECK_INT(p->lengths[PROCESS_ARGS], 4);
	CHECK(p->exe_upper_layer && p->exe_from_memory && !p->exe_writable && !p->exe_lower_layer);
	CHECK(p->capabilities[0] == 2 && p->capabilities[1] == 3 && p->capabilities[2] == 1);
	CHECK(p->uid == 5 && p->gid == 6 && p->group == 100 && p->vgroup == 9 && p->login_uid == 1000 &&
		p->tty == 34816);
	CHECK_INT(p->exe_age, 1000000000);
	CHECK_INT(p->exe_namespace_age, 2000000000);
	CHECK_INT(p->exec_time, 5000000000);
	/* One that failed changes nothing. */
	BEGIN(293, 100);
	NUMBER(0, -2);
	WORDS(13, "other");
	RUN();
	CHECK_SPAN(process_text_get(p, PROCESS_COMM), "tool");
	machine_done(&m);
}

TEST(a_thread_that_nobody_knows)
{
	machine m;
	machine_init(&m);
	BEGIN(5, 555);
	BEFORE();
	CHECK(m.m.e.process && m.m.e.process->guessed && m.m.e.process->pid == -1);
	CHECK_SPAN(process_text_get(m.m.e.process, PROCESS_COMM), "<NA>");
	AFTER();
	BEGIN(293, 555);
	NUMBER(0, 0);
	NUMBER(4, 555);
	NUMBER(5, 100);
	WORDS(13, "found");
	RUN();
	const process *p = process_get(m.s.processes, 555);
	CHECK(!p->guessed && p->pid == 555 && p->vpid == 555 && p->parent == 100);
	/* The end of one, or a switch to one, makes none; nor does what nobody does. */
	static const uint16_t codes[] = {186, 152, 223, 354, 402};
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
		BEGIN(codes[i], 556 + i);
		BEFORE();
		CHECK(!m.m.e.process);
		AFTER();
	}
	CHECK(!process_get(m.s.processes, 556));
	machine_done(&m);
}

TEST(rights)
{
	machine m;
	machine_init(&m);
	process *p = process_get(m.s.processes, 100);
	static const struct {
		uint16_t code;
		int index;
		bool group;
	} cases[] = {{199, 1, false}, {193, 2, false}, {427, 2, false}, {201, 1, true}, {195, 2, true},
		{429, 2, true}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const uint32_t *id = cases[i].group ? &p->gid : &p->uid;
		int64_t want = 50 + (int64_t)i;
		BEGIN(cases[i].code, 100);
		NUMBER(cases[i].index, want);
		NUMBER(0, -1);
		RUN();
		CHECK(*id != want);
		NUMBER(0, 0);
		RUN();
		CHECK_INT(*id, want);
		NUMBER(cases[i].index, PROCESS_NO_ID); /* -1: as it is */
		RUN();
		CHECK_INT(*id, want);
	}
	BEGIN(285, 100);
	NUMBER(0, 0);
	NUMBER(1, CLONE_NEW_USER);
	RUN();
	CHECK_INT(p->capabilities[1], (INT64_C(1) << 41) - 1);
	BEGIN(353, 100);
	NUMBER(0, 0);
	NUMBER(1, 1);
	NUMBER(2, 2);
	NUMBER(3, 3);
	RUN();
	CHECK(p->capabilities[0] == 2 && p->capabilities[1] == 3 && p->capabilities[2] == 1);
	machine_done(&m);
}

TEST(folders_sessions_groups)
{
	machine m;
	machine_init(&m);
	process *p = process_get(m.s.processes, 100);
	BEGIN(95, 101);
	NUMBER(0, 0);
	WORDS(1, "../srv/./x/");
	RUN();
	CHECK_SPAN(process_text_get(p, PROCESS_CWD), "/srv/x/");
	OPEN(100, 3, "sub");
	AFTER();
	BEGIN(97, 100);
	NUMBER(0, 0);
	NUMBER(1, 3);
	RUN();
	CHECK_SPAN(process_text_get(p, PROCESS_CWD), "/srv/x/sub/");
	BEGIN(267, 100);
	NUMBER(0, 0);
	WORDS(1, "jail");
	RUN();
	CHECK_SPAN(process_text_get(p, PROCESS_ROOT), "/srv/x/sub/jail");
	BEGIN(275, 100);
	NUMBER(0, 100);
	RUN();
	CHECK_INT(p->session, 100);
	BEGIN(295, 100);
	NUMBER(0, 0);
	NUMBER(1, 0);
	NUMBER(2, 0);
	RUN();
	CHECK(p->group == 100 && p->vgroup == 100);
	machine_done(&m);
}

TEST(accounts_that_are_added)
{
	machine m;
	machine_init(&m);
	BEGIN(354, 0);
	NUMBER(0, 7);
	NUMBER(1, 8);
	WORDS(2, "seven");
	RUN();
	WORDS(2, "later");
	RUN();
	CHECK_SPAN(state_user(&m.s, NULL, 7)->name, "later");
	BEGIN(358, 0);
	NUMBER(0, 7);
	WORDS(1, "group");
	RUN();
	CHECK_SPAN(state_group(&m.s, NULL, 7)->name, "group");
	CHECK(!state_user(&m.s, NULL, 8));
	machine_done(&m);
}
