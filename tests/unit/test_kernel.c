/* SPDX-License-Identifier: Apache-2.0
 *
 * The formats of /proc and of cgroups, as text. That the facts made of them are right is for tests/system/kernel.py. */
#include "kernel/capability.h"
#include "kernel/device_program.h"
#include "kernel/proc.h"
#include "sources/capability_set.h"
#include "sources/kernel.h"
#include "test.h"

#include <linux/bpf.h>

TEST_MAIN()

#define ID  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ID2 "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"

/* --- cgroup paths --- */

static const struct {
	const char *path, *id, *engine, *pod;
	bool hex, monitor;
} paths[] = {
	{"/docker/" ID, ID, "docker", "", true, false},
	{"/system.slice/docker-" ID ".scope", ID, "docker", "", true, false},
	{"/libpod_parent/libpod-" ID, ID, "podman", "", true, false},
	{"/machine.slice/libpod-" ID ".scope", ID, "podman", "", true, false},
	{"/machine.slice/libpod-" ID ".scope/container", ID, "podman", "", true, false},
	{"/machine.slice/libpod-conmon-" ID ".scope", ID, "podman", "", true, true},
	{"/kubepods/podab-12/" ID, ID, "", "ab-12", true, false},
	{"/kubepods/burstable/podab-12/" ID, ID, "", "ab-12", true, false},
	{"/kubepods/besteffort/podab-12/" ID, ID, "", "ab-12", true, false},
	{"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-podab_12.slice/cri-containerd-" ID
	 ".scope",
		ID, "containerd", "ab_12", true, false},
	{"/kubepods.slice/kubepods-podab_12.slice/crio-" ID ".scope", ID, "cri-o", "ab_12", true, false},
	{"/kubepods.slice/kubepods-podab_12.slice/crio-conmon-" ID ".scope", ID, "cri-o", "ab_12", true,
		true},
	{"/default/" ID, ID, "", "", true, false},
	{"/default/web", "web", "", "", false, false},
	{"/lxc.payload.box", "box", "lxc", "", false, false},
	{"/lxc.payload.box/init.scope", "box", "lxc", "", false, false},
	{"/machine.slice/machine-box.scope", "box", "", "", false, false},
	{"/machine.slice/machine-box.scope/payload", "box", "", "", false, false},
	{"/plain-name", "plain-name", "", "", false, false},
	{"/system.slice/runc-plain.scope", "plain", "", "", false, false},
	/* of containers in containers the inner one; an id that is too long is none; services are none; a private namespace shows nothing */
	{"/docker/" ID "/docker/" ID2, ID2, "docker", "", true, false},
	{"/docker/a" ID, "a" ID, "", "", false, false},
	{"/system.slice/nginx.service", "", "", "", false, false},
	{"/user.slice/user-0.slice/session-1.scope", "", "", "", false, false},
	{"/", "", "", "", false, false},
	{"/../..", "", "", "", false, false},
	/* no Kubernetes without its slice */
	{"/podx/" ID, ID, "", "", true, false},
};

TEST(stat_exiting)
{
	CHECK(proc_stat_exiting(SPAN("7 (sh) R 1 7 7 0 -1 4194308 10 0\n")));
	CHECK(!proc_stat_exiting(SPAN("7 (sh) S 1 7 7 0 -1 4194304 10 0\n")));
	CHECK(!proc_stat_exiting(SPAN("7 (a) R 1 7 7 0 -1 4 ) S 1 7 7 0 -1 0 10\n")));
	CHECK(proc_stat_exiting(SPAN("7 (a b)) Z 1 7 7 0 -1 4 10\n")));
	CHECK(!proc_stat_exiting(SPAN("7 (sh) R 1 7 7 0")));
	CHECK(!proc_stat_exiting(SPAN("")));
	CHECK(!proc_stat_exiting(SPAN(")")));
	CHECK(!proc_stat_exiting(SPAN("1 (x) R 1 1 1 0 -1 -4 0")));
}

TEST(cgroup_paths)
{
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		proc_cgroup_name n = proc_cgroup_identify(span_of(paths[i].path));
		if (!span_is(n.id, paths[i].id) || strcmp(n.engine, paths[i].engine) != 0 ||
			!span_is(n.pod, paths[i].pod) || n.hex != paths[i].hex ||
			n.monitor != paths[i].monitor)
			TEST_FAIL("%s: id '%.*s', engine '%s', pod '%.*s', hex %d, monitor %d", paths[i].path,
				SPAN_ARG(n.id), n.engine, SPAN_ARG(n.pod), n.hex, n.monitor);
	}
}

TEST(cgroup_lines)
{
	span text = SPAN("12:cpu,cpuacct:/a:b\nbroken\nx:y:/z\n5:memory:\n1:name=systemd:/s\n0::/two\n"),
	     path = {0};
	CHECK(proc_cgroup_find(text, "cpuacct", &path));
	CHECK_SPAN(path, "/a:b");
	CHECK(proc_cgroup_find(text, "", &path));
	CHECK_SPAN(path, "/two");
	CHECK(proc_cgroup_find(text, "name=systemd", &path));
	CHECK_SPAN(path, "/s");
	CHECK(!proc_cgroup_find(text, "memory", &path));
	CHECK(!proc_cgroup_find(text, "y", &path));
	CHECK(!proc_cgroup_find(text, "cpuac", &path));
}

/* --- status --- */

static const char status[] =
	"Name:\ta\\nUid: 0\nState:\tS (sleeping)\nPPid:\t42\nUid:\t1\t2\t3\t4\nGid:\t5\t6\t7\t8\n"
	"Groups:\t10 20 \nNSpid:\t100\t7\t1\nThreads:\t3\nCapInh:\t0000000000000001\n"
	"CapPrm:\t0000000000000002\nCapEff:\t0000000000000004\nCapBnd:\t00000000a80425fb\n"
	"CapAmb:\t0000000000000008\nNoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t3\n";

TEST(status_all)
{
	proc_status s;
	CHECK(proc_status_read(SPAN(status), &s));
	CHECK_SPAN(s.name, "a\\nUid: 0");
	CHECK_INT(s.parent, 42);
	CHECK_INT(s.uid[1], 2);
	CHECK_INT(s.gid[3], 8);
	CHECK_SPAN(s.groups, "10 20");
	CHECK_INT(s.pid_depth, 3);
	CHECK_INT(s.pid_inner, 1);
	CHECK_INT(s.threads, 3);
	CHECK_INT(s.inheritable, 1);
	CHECK_INT(s.permitted, 2);
	CHECK_INT(s.effective, 4);
	CHECK_INT(s.bounding, 0xa80425fb);
	CHECK_INT(s.ambient, 8);
	CHECK_INT(s.no_new_privileges, 1);
	CHECK_INT(s.seccomp, 2);
	CHECK_INT(s.seccomp_filters, 3);
	CHECK_SPAN(s.line[STATUS_SECCOMP], "Seccomp:\t2");
	CHECK_SPAN(proc_status_line(SPAN(status), "CapAmb"), "CapAmb:\t0000000000000008");
}

TEST(status_old_or_damaged)
{
	proc_status s;
	CHECK(proc_status_read(SPAN("Name:\tx\nUid:\t0\t0\t0\t0\n"), &s));
	CHECK_INT(s.no_new_privileges, -1);
	CHECK_INT(s.seccomp, -1);
	CHECK_INT(s.pid_depth, 1);
	CHECK(!proc_status_read(SPAN("Name:\tx\nUid:\t0\t0\t0\n"), &s));
	CHECK(!proc_status_read(SPAN("Name:\tx\nUid:\t0\t0\t0\t4294967296\n"), &s));
	CHECK(!proc_status_read((span){0}, &s));
}

/* --- mountinfo --- */

TEST(mountinfo)
{
	static const char text[] =
		"36 35 98:0 /mnt1 /mnt\\0402 ro,noatime shared:3 master:1 - ext3 /dev/root rw,size=1k\n"
		"37 36 0:5 /gone//deleted /x rw - tmpfs tmpfs rw\n"
		"nonsense\n38 36 0:6 / relative rw - tmpfs tmpfs rw\n39 36 0:6 / /no-dash rw tmpfs\n";
	arena a = {0};
	proc_mounts m = {0};
	span value;
	proc_mounts_read(SPAN(text), &a, &m);
	CHECK_INT(m.count, 2);
	CHECK_INT(m.items[0].id, 36);
	CHECK_INT(m.items[0].parent, 35);
	CHECK_SPAN(m.items[0].device, "98:0");
	CHECK_SPAN(m.items[0].root, "/mnt1");
	CHECK_SPAN(m.items[0].target, "/mnt 2");
	CHECK(m.items[0].shared && m.items[0].slave && !m.items[0].deleted);
	CHECK(proc_option(m.items[0].options, "ro", NULL) && !proc_option(m.items[0].super, "ro", NULL));
	CHECK(proc_option(m.items[0].super, "size", &value));
	CHECK_SPAN(value, "1k");
	CHECK(m.items[1].deleted && !m.items[1].shared && !m.items[1].slave);
	CHECK_SPAN(m.items[1].root, "/gone");
	arena_done(&a);
}

TEST(below)
{
	static const struct {
		const char *path, *folder, *rest; /* NULL: not below */
	} rows[] = {{"/a/b", "/a", "/b"}, {"/a", "/a", ""}, {"/ab", "/a", NULL}, {"/a", "/", "/a"},
		{"/", "/", ""}, {"/a/b", "/a/", "/b"}, {"/", "/a", NULL}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		span rest = {0};
		bool got = proc_below(span_of(rows[i].path), span_of(rows[i].folder), &rest);
		if (got != (rows[i].rest != NULL) || (got && !span_is(rest, rows[i].rest)))
			TEST_FAIL(
				"%s below %s: %d '%.*s'", rows[i].path, rows[i].folder, got, SPAN_ARG(rest));
	}
}

/* --- ids --- */

TEST(id_map)
{
	proc_id_map map;
	uint32_t id = 0;
	proc_id_map_read(
		SPAN("         0     100000      65536\n     70000          5          1\nx y z\n"), &map);
	CHECK_INT(map.count, 2);
	CHECK(!map.identity);
	CHECK(proc_id_inside(&map, 100000, &id));
	CHECK_INT(id, 0);
	CHECK(proc_id_inside(&map, 165535, &id));
	CHECK_INT(id, 65535);
	CHECK(!proc_id_inside(&map, 165536, &id));
	CHECK(proc_id_inside(&map, 5, &id));
	CHECK_INT(id, 70000);
	CHECK(!proc_id_inside(&map, 0, &id));
	proc_id_map_read(SPAN("         0          0 4294967295\n"), &map);
	CHECK(map.identity);
}

/* --- small tables --- */

TEST(limits)
{
	span rest = SPAN(
		"Limit                     Soft Limit           Hard Limit           Units     \n"
		"Max open files            100                  200                  files     \n"
		"Max cpu time              unlimited            18446744073709551615 seconds   \n"
		"Max processes             many\nMax nice priority         0                    0                    \n");
	proc_limit l;
	CHECK(proc_limit_next(&rest, &l));
	CHECK(strcmp(l.name, "nofile") == 0);
	CHECK_INT(l.soft, 100);
	CHECK_INT(l.hard, 200);
	CHECK(proc_limit_next(&rest, &l));
	CHECK(strcmp(l.name, "cpu") == 0);
	CHECK_INT(l.soft, -1);
	CHECK_INT(l.hard, INT64_MAX);
	CHECK(proc_limit_next(&rest, &l));
	CHECK(strcmp(l.name, "nice") == 0);
	CHECK(!proc_limit_next(&rest, &l));
}

TEST(devices)
{
	span rest = SPAN("a *:* rwm\nc 1:3 rm\nx 1:2 r\nb 8 rwm\nc 136:* rwm\n");
	proc_device d;
	CHECK(proc_device_next(&rest, &d) && d.type == 'a' && d.major == -1 && d.minor == -1);
	CHECK(proc_device_next(&rest, &d) && d.type == 'c' && d.major == 1 && d.minor == 3);
	CHECK_SPAN(d.access, "rm");
	CHECK(proc_device_next(&rest, &d) && d.major == 136 && d.minor == -1);
	CHECK(!proc_device_next(&rest, &d));
}

TEST(unix_sockets)
{
	span rest = SPAN("Num       RefCount Protocol Flags    Type St Inode Path\n"
			 "0000000000000000: 00000002 00000000 00010000 0001 01 11 /run/a b.sock\n"
			 "0000000000000000: 00000003 00000000 00000000 0001 03 12 /run/connected.sock\n"
			 "0000000000000000: 00000002 00000000 00010000 0001 01 13 @abstract\n"
			 "0000000000000000: 00000002 00000000 00010000 0001 01 14\n"
			 "0000000000000000: 00000002 00000000 00010000 0001 01 15 /last\n");
	proc_unix s;
	CHECK(proc_unix_next(&rest, &s));
	CHECK_SPAN(s.path, "/run/a b.sock");
	CHECK_INT(s.inode, 11);
	CHECK(proc_unix_next(&rest, &s));
	CHECK_SPAN(s.path, "/last");
	CHECK(!proc_unix_next(&rest, &s));
}

TEST(supervisors)
{
	static const char
		shim[] = "/usr/bin/containerd-shim-runc-v2\0-namespace\0moby\0-id\0" ID
			 "\0-address\0/run/x.sock\0",
		kata[] = "containerd-shim-kata-v2\0-namespace\0k8s.io\0-address\0/a\0-id\0" ID "\0",
		conmon[] = "/usr/bin/conmon\0--api-version\0001\0-c\0" ID "\0-u\0" ID2
			   "\0-r\0/usr/bin/crun\0-b\0/b/userdata\0-n\0web\0--exit-command\0/usr/bin/podman\0"
			   "--exit-command-arg\0--runtime\0--exit-command-arg\0runc\0",
		crio[] = "conmon\0-b\0/b\0-c\0" ID "\0--exit-dir\0/var/run/crio/exits\0-r\0/usr/bin/runc\0",
		exec[] = "conmon\0-c\0" ID "\0-e\0-b\0/b/exec\0",
		other[] = "/usr/bin/python3\0conmon\0-c\0" ID "\0";
	proc_supervisor s;
	CHECK(proc_supervisor_read(SPAN(shim), &s));
	CHECK(span_is(s.id, ID) && s.shim && !strcmp(s.engine, "docker") && span_is(s.runtime, "runc"));
	CHECK(proc_supervisor_read(SPAN(kata), &s));
	CHECK(span_is(s.id, ID) && !strcmp(s.engine, "containerd") && span_is(s.runtime, "kata"));
	CHECK(proc_supervisor_read(SPAN(conmon), &s));
	CHECK(span_is(s.id, ID) && !s.shim && !s.exec && !strcmp(s.engine, "podman"));
	CHECK_SPAN(s.runtime, "crun");
	CHECK_SPAN(s.bundle, "/b/userdata");
	CHECK_SPAN(s.name, "web");
	CHECK(proc_supervisor_read(SPAN(crio), &s));
	CHECK(!strcmp(s.engine, "cri-o"));
	CHECK(proc_supervisor_read(SPAN(exec), &s));
	CHECK(s.exec);
	CHECK(!proc_supervisor_read(SPAN(other), &s));
	CHECK(!proc_supervisor_read((span){0}, &s));
}

TEST(supervisor_roots)
{
	static const struct {
		const char *command;
		size_t n;
		const char *root;
	} rows[] = {
#define ROW(command, root) {command, sizeof command, root}
		ROW("/usr/bin/runc\0--log\0x\0--root\0/a\0run\0--root\0/no\0web", "/a"),
		ROW("crun\0--root=b\0start\0web", "b"),
		ROW("runc\0-root\0/c\0run\0web", "/c"),
		ROW("runc\0run\0web\0--root\0/no", ""),
		ROW("runc\0--root", ""),
		ROW("conmon\0-c\0x\0--runtime-arg\0--root\0--runtime-arg\0/d\0-b\0/b", "/d"),
		ROW("conmon\0-c\0x\0--runtime-arg\0--root=/e\0-b\0/b", "/e"),
		ROW("conmon\0-c\0x\0--runtime-arg\0--log\0--runtime-arg\0--rootless=/no", ""),
		ROW("conmon\0-c\0x\0--exit-command-arg\0--root\0--exit-command-arg\0/no", ""),
#undef ROW
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		proc_supervisor s;
		bool known = proc_supervisor_read((span){rows[i].command, rows[i].n}, &s);
		if (!known || !span_is(s.root, rows[i].root) ||
			s.foreground != (rows[i].command[0] != 'c' || rows[i].command[1] == 'r'))
			TEST_FAIL("%zu: root '%.*s'", i, known ? (int)s.root.n : 0, known ? s.root.p : "");
	}
}

TEST(descriptors)
{
	proc_descriptor d;
	proc_descriptor_read(SPAN("pos:\t0\nflags:\t02300000\nmnt_id:\t28\nino:\t7\n"), &d);
	CHECK_INT(d.mount, 28);
	CHECK_INT(d.flags, 02300000);
	CHECK_INT(d.pid, 0);
	proc_descriptor_read(SPAN("Pid:\t42\nNSpid:\t42\t7\n"), &d);
	CHECK_INT(d.mount, -1);
	CHECK_INT(d.pid, 42);
	CHECK_INT(d.pid_depth, 2);
	proc_descriptor_read(SPAN("mnt_id:\t99999999999\nPid:\t-1\n"), &d);
	CHECK_INT(d.mount, -1);
	CHECK_INT(d.pid, -1);
}

TEST(started)
{
	uint64_t n = 0;
	CHECK(proc_stat_started(
		SPAN("1 (a) b) S) S 1 1 1 0 -1 4 1 2 3 4 5 6 7 8 20 0 1 0 777 1000 10\n"), &n));
	CHECK_INT(n, 777);
	CHECK(!proc_stat_started(SPAN("1 (a) S 1 1 1 0 -1 4 1 2 3 4 5 6 7 8 20 0 1 0"), &n));
	CHECK(!proc_stat_started(SPAN("1 a S 1 1"), &n));
}

TEST(runtime_states)
{
	static const struct {
		const char *json, *id, *bundle;
		int64_t pid, started; /* 0: none */
	} rows[] = {
		{"{\"id\":\"a\",\"init_process_pid\":7,\"init_process_start\":8,\"config\":{\"labels\":[\"x=y\",\"bundle=/b\"]}}",
			"a", "/b", 7, 8},
		{"{\"pid\":7,\"process-start-time\":8,\"bundle\":\"/b\"}", "", "/b", 7, 8},
		{"{\"pid\":7,\"process-start-time\":8,\"bundle\":\"b\"}", "", "", 7, 8},
		{"{\"pid\":7}", "", "", 0, 0},
		{"{\"pid\":0,\"process-start-time\":8}", "", "", 0, 0},
		{"{\"pid\":4294967296,\"process-start-time\":8}", "", "", 0, 0},
		{"{\"pid\":\"7\",\"process-start-time\":8}", "", "", 0, 0},
		{"[]", "", "", 0, 0},
		{"{", "", "", 0, 0},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		arena a = {0};
		kernel_state s = {0};
		bool got = kernel_state_read(span_of(rows[i].json), &a, &s);
		bool good = got == (rows[i].pid != 0) && s.pid == rows[i].pid &&
			    (int64_t)s.started == rows[i].started && span_is(s.id, rows[i].id) &&
			    span_is(s.bundle, rows[i].bundle);
		arena_done(&a);
		if (!good)
			TEST_FAIL("%s", rows[i].json);
	}
}

TEST(numbers)
{
	uint64_t n = 7;
	CHECK(proc_number(SPAN("18446744073709551615"), 10, &n) && n == UINT64_MAX);
	CHECK(!proc_number(SPAN("18446744073709551616"), 10, &n));
	CHECK(proc_number(SPAN("FFff"), 16, &n) && n == 0xffff);
	CHECK(!proc_number(SPAN("ff"), 10, &n) && !proc_number((span){0}, 10, &n) &&
		!proc_number(SPAN("-1"), 10, &n));
}

/* --- device programs --- */

/* As runtimes write them: the type, the access and the numbers are taken apart and compared; "c 1:3 rw" is allowed. */
static const struct bpf_insn one_device[] = {
	{.code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = 2, .src_reg = 1, .off = 0},
	{.code = BPF_ALU | BPF_AND | BPF_K, .dst_reg = 2, .imm = 0xffff},
	{.code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = 3, .src_reg = 1, .off = 0},
	{.code = BPF_ALU | BPF_RSH | BPF_K, .dst_reg = 3, .imm = 16},
	{.code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = 4, .src_reg = 1, .off = 4},
	{.code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = 5, .src_reg = 1, .off = 8},
	{.code = BPF_JMP | BPF_JNE | BPF_K, .dst_reg = 2, .off = 7, .imm = 2},
	{.code = BPF_ALU | BPF_MOV | BPF_X, .dst_reg = 1, .src_reg = 3},
	{.code = BPF_ALU | BPF_AND | BPF_K, .dst_reg = 1, .imm = 6},
	{.code = BPF_JMP | BPF_JNE | BPF_X, .dst_reg = 1, .src_reg = 3, .off = 4},
	{.code = BPF_JMP | BPF_JNE | BPF_K, .dst_reg = 4, .off = 3, .imm = 1},
	{.code = BPF_JMP | BPF_JNE | BPF_K, .dst_reg = 5, .off = 2, .imm = 3},
	{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 1},
	{.code = BPF_JMP | BPF_EXIT},
	{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 0},
	{.code = BPF_JMP | BPF_EXIT},
};

TEST(device_program)
{
	static const struct {
		device_request request;
		int want;
	} rows[] = {{{6 << 16 | 2, 1, 3}, 1}, {{2 << 16 | 2, 1, 3}, 1}, {{7 << 16 | 2, 1, 3}, 0},
		{{6 << 16 | 1, 1, 3}, 0}, {{6 << 16 | 2, 1, 5}, 0}, {{6 << 16 | 2, 8, 3}, 0}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		CHECK_INT(device_program_run(
				  one_device, sizeof one_device / sizeof *one_device, &rows[i].request),
			rows[i].want);
}

TEST(device_program_unknown)
{
	static const struct bpf_insn call[] = {{.code = BPF_JMP | BPF_CALL}, {.code = BPF_JMP | BPF_EXIT}},
				     back[] = {{.code = BPF_JMP | BPF_JA, .off = -1}},
				     open[] = {{.code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = 1}},
				     moved[] = {{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 1, .imm = 1},
					     {.code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = 0, .src_reg = 1},
					     {.code = BPF_JMP | BPF_EXIT}},
				     beyond[] = {{.code = BPF_LDX | BPF_MEM | BPF_W, .src_reg = 1, .off = 12},
					     {.code = BPF_JMP | BPF_EXIT}},
				     far[] = {{.code = BPF_JMP | BPF_JA, .off = 100},
					     {.code = BPF_JMP | BPF_EXIT}};
	const device_request r = {0};
	CHECK_INT(device_program_run(call, 2, &r), -1);
	CHECK_INT(device_program_run(back, 1, &r), -1);
	CHECK_INT(device_program_run(open, 1, &r), -1);
	CHECK_INT(device_program_run(moved, 3, &r), -1);
	CHECK_INT(device_program_run(beyond, 2, &r), -1);
	CHECK_INT(device_program_run(far, 2, &r), -1);
	CHECK_INT(device_program_run(NULL, 0, &r), -1);
}

/* --- capabilities --- */

static span joined(const posture *p, fact_id list, arena *a)
{
	span all = {0};
	const item_list *items = posture_items(p, list);
	for (uint32_t i = 0; i < items->all.count; i++)
		all = arena_format(a, "%.*s%s%.*s", SPAN_ARG(all), i ? " " : "",
			SPAN_ARG(item_text(items->all.items[i], MEMBER_capability_name)));
	return all;
}

TEST(capability_names_and_numbers)
{
	CHECK_INT(capability_number(SPAN("cap_sys_admin")), 21);
	CHECK_INT(capability_number(SPAN("CHECKPOINT_RESTORE")), 40);
	CHECK_INT(capability_number(SPAN("CAP_")), -1);
	for (int i = 0; i < CAPABILITY_COUNT; i++)
		CHECK_INT(capability_number(span_of(capability_names[i])), i);
	CHECK_INT(__builtin_popcountll(CAPABILITY_DOCKER), 14);
	CHECK_INT(__builtin_popcountll(CAPABILITY_PODMAN), 11);
}

TEST(capability_difference)
{
	static const struct {
		uint64_t bounding;
		const char *added, *dropped;
	} rows[] = {
		{0xa80425fb, "", ""},
		{0x800405fb, "", "NET_RAW MKNOD AUDIT_WRITE"},
		{0xa80425fb | 1 << 12, "NET_ADMIN", ""},
		{0, "", "ALL"},
		{1 << 12, "NET_ADMIN", "ALL"},
		{1 << 0 | 1 << 10, "CHOWN NET_BIND_SERVICE", "ALL"},
		{0x000000fb, "", "SETPCAP NET_BIND_SERVICE NET_RAW SYS_CHROOT MKNOD AUDIT_WRITE SETFCAP"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		arena a = {0};
		posture p = {0};
		capability_set_difference(&p, KNOWN_ENFORCED, rows[i].bounding, (origin){0}, &a);
		span added = joined(&p, FACT_caps_add, &a), dropped = joined(&p, FACT_caps_drop, &a);
		bool good = span_is(added, rows[i].added) && span_is(dropped, rows[i].dropped) &&
			    p.caps_add.known == KNOWN_ENFORCED && p.caps_drop.known == KNOWN_ENFORCED;
		if (!good)
			printf("# %zu: '%.*s' '%.*s'\n", i, SPAN_ARG(added), SPAN_ARG(dropped));
		arena_done(&a);
		CHECK(good);
	}
}

TEST(capability_round_trip)
{
	arena a = {0};
	posture p = {0};
	uint64_t set = 0x1a80425fb0u;
	capability_set_facts(&p, FACT_caps_bounding, KNOWN_ENFORCED, set, (origin){0}, &a);
	bool same = capability_set_of(&p, FACT_caps_bounding) == set;
	arena_done(&a);
	CHECK(same);
}
