/* SPDX-License-Identifier: Apache-2.0
 *
 * Which devices a cgroup may use. Version 1 has a list (devices.list); version 2 a BPF program of type BPF_CGROUP_DEVICE: without any, all devices
 * are allowed (bpf(2), BPF_PROG_QUERY), and privileged containers have one that allows all, so they are read back and evaluated. Programs are asked for only
 * on the host that runs. */
#include "base/files.h"
#include "kernel/device_program.h"
#include "kernel/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <sys/syscall.h>

static void read_list(span words, arena *a, kernel_devices *ret)
{
	enum { MOST_DEVICES = 4096 };
	proc_device d;
	while (ret->list.count < MOST_DEVICES && proc_device_next(&words, &d)) {
		ret->all |= d.type == 'a' && d.major < 0 && d.minor < 0 && span_is(d.access, "rwm");
		list_push(a, &ret->list, d);
	}
}

enum {
	MOST_PROGRAMS = 64,
	MOST_INSTRUCTIONS = 4096
}; /* of one cgroup, as the kernel has it; of one program: runtimes need some hundred */

static long bpf(int command, union bpf_attr *a)
{
	return syscall(SYS_bpf, command, a, sizeof *a);
}

/* Programs that are in force for a cgroup, its ancestors' included; -1 when the kernel does not say. */
static int list_programs(int folder, uint32_t *ids)
{
	union bpf_attr a;
	memset(&a, 0, sizeof a);
	a.query.target_fd = (uint32_t)folder;
	a.query.attach_type = BPF_CGROUP_DEVICE;
	a.query.query_flags = BPF_F_QUERY_EFFECTIVE;
	a.query.prog_ids = (uintptr_t)ids;
	a.query.prog_cnt = MOST_PROGRAMS;
	return bpf(BPF_PROG_QUERY, &a) < 0 ? -1 : (int)a.query.prog_cnt;
}

static bool read_program(uint32_t id, struct bpf_insn *ret, size_t *ret_count)
{
	union bpf_attr a;
	struct bpf_prog_info info;
	memset(&a, 0, sizeof a);
	memset(&info, 0, sizeof info);
	a.prog_id = id;
	auto_fd fd = (int)bpf(BPF_PROG_GET_FD_BY_ID, &a);
	if (fd < 0)
		return false;
	info.xlated_prog_len = MOST_INSTRUCTIONS * sizeof *ret;
	info.xlated_prog_insns = (uintptr_t)ret;
	memset(&a, 0, sizeof a);
	a.info.bpf_fd = (uint32_t)fd;
	a.info.info_len = sizeof info;
	a.info.info = (uintptr_t)&info;
	if (bpf(BPF_OBJ_GET_INFO_BY_FD, &a) < 0 || !info.xlated_prog_insns ||
		info.xlated_prog_len > MOST_INSTRUCTIONS * sizeof *ret)
		return false;
	*ret_count = info.xlated_prog_len / sizeof *ret;
	return true;
}

/* Whether a program lets everything through: devices of numbers that nobody has a reason to name are all alike to it. */
static int allows_all(const struct bpf_insn *program, size_t count)
{
	enum { ANY_ACCESS = 7, BLOCK = 1, CHARACTER = 2, UNUSED_MAJOR = 4093, UNUSED_MINOR = 1048571 };
	const device_request requests[] = {{ANY_ACCESS << 16 | BLOCK, UNUSED_MAJOR, UNUSED_MINOR},
		{ANY_ACCESS << 16 | CHARACTER, UNUSED_MAJOR, UNUSED_MINOR}};
	int all = 1;
	for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
		int one = device_program_run(program, count, &requests[i]);
		if (one <= 0)
			all = one < all ? one : all;
	}
	return all;
}

/* All programs must agree; one that cannot be read leaves it open. */
static int all_allow_all(const uint32_t *ids, int programs, arena *a)
{
	struct bpf_insn *program = ARENA_ARRAY(a, struct bpf_insn, MOST_INSTRUCTIONS);
	bool open = false;
	for (int i = 0; i < programs; i++) {
		size_t count;
		int one = read_program(ids[i], program, &count) ? allows_all(program, count) : -1;
		if (one == 0)
			return 0;
		open |= one < 0;
	}
	return open ? -1 : 1;
}

static look read_programs(kernel *k, span folder, kernel_devices *ret)
{
	auto_fd fd = -1;
	uint32_t ids[MOST_PROGRAMS];
	if (!k->live)
		return LOOK_NOTHING;
	look found = kernel_open_at(k, O_RDONLY | O_DIRECTORY, &fd, "%.*s", SPAN_ARG(folder));
	if (found != LOOK_FOUND)
		return found;
	int programs = list_programs(fd, ids);
	if (programs < 0)
		return errno == EPERM || errno == EACCES ? LOOK_REFUSED : LOOK_NOTHING;
	arena scratch = {0};
	int all = all_allow_all(ids, programs, &scratch);
	arena_done(&scratch);
	ret->known = all >= 0;
	ret->program = programs > 0;
	ret->all = all > 0;
	return LOOK_FOUND;
}

look kernel_devices_read(kernel *k, span cgroup_text, arena *a, kernel_devices *ret)
{
	kernel_devices d = {0};
	span folder, words;
	size_t top;
	look found = LOOK_NOTHING;
	if (kernel_cgroup_folder(k, cgroup_text, "devices", a, &folder, &top)) {
		d.path = arena_format(a, "/%.*s/devices.list", SPAN_ARG(folder)).p;
		found = kernel_read(k, a, &words, "%.*s/devices.list", SPAN_ARG(folder));
		if (found == LOOK_FOUND) {
			d.known = true;
			read_list(words, a, &d);
		}
	} else if (kernel_cgroup_folder(k, cgroup_text, "", a, &folder, &top)) {
		d.path = arena_format(a, "/%.*s", SPAN_ARG(folder)).p;
		found = read_programs(k, folder, &d);
	}
	*ret = d;
	return found;
}

span kernel_device_path(kernel *k, const proc_device *d, arena *a)
{
	span words, line;
	if (d->major < 0 || d->minor < 0 || d->type == 'a' ||
		kernel_read(k, a, &words, "sys/dev/%s/%lld:%lld/uevent", d->type == 'b' ? "block" : "char",
			(long long)d->major, (long long)d->minor) != LOOK_FOUND)
		return (span){0};
	while (proc_line(&words, &line))
		if (span_starts(line, SPAN("DEVNAME=")))
			return arena_format(a, "/dev/%.*s", SPAN_ARG(span_from(line, sizeof "DEVNAME=" - 1)));
	return (span){0};
}
