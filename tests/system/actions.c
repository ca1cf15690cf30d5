/* SPDX-License-Identifier: Apache-2.0
 *
 * Suspicious actions for the test of watch, one at a time: `actions NAME [ARGUMENT…]`. Each is only begun: settings are opened and not
 * written, calls that would change the kernel get arguments that make them fail. Right before the act the time is printed, in
 * nanoseconds since 1970. Under any other name than actions, without the name of an action, the program does nothing at all. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { BPF_LOAD = 5, RAW = 3, PACKET = 17, PORT_LISTEN = 18080 };

static void tell_time(void)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	printf("%lld%09ld\n", (long long)t.tv_sec, t.tv_nsec);
	fflush(stdout);
}

/* Missing folders of a path are made, before the act. */
static void folders_make(const char *path)
{
	char part[4096];
	for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		snprintf(part, sizeof part, "%.*s", (int)(slash - path), path);
		mkdir(part, 0755);
	}
}

static int act_open(char **words, int flags)
{
	folders_make(words[0]);
	tell_time();
	int fd = open(words[0], flags, 0600);
	if (fd < 0)
		perror(words[0]);
	return fd < 0;
}

/* A file is made to be read, and to be opened for the act itself. */
static int act_read(char **words)
{
	folders_make(words[0]);
	int made = open(words[0], O_WRONLY | O_CREAT | O_EXCL, 0600);
	if (made >= 0)
		close(made);
	return act_open(words, O_RDONLY);
}

static int act_write(char **words)
{
	return act_open(words, O_WRONLY | O_CREAT);
}

static int act_empty(char **words)
{
	return act_open(words, O_WRONLY | O_CREAT | O_TRUNC);
}

/* Only what exists already: settings of the kernel. */
static int act_set(char **words)
{
	return act_open(words, O_WRONLY);
}

static int act_creat(char **words)
{
	folders_make(words[0]);
	tell_time();
	return creat(words[0], 0600) < 0;
}

static void touch(const char *path)
{
	folders_make(path);
	close(open(path, O_WRONLY | O_CREAT, 0600));
}

static int act_remove(char **words)
{
	touch(words[0]);
	tell_time();
	return unlink(words[0]) < 0;
}

static int act_rename(char **words)
{
	touch(words[0]);
	tell_time();
	return rename(words[0], words[1]) < 0;
}

static int act_link(char **words)
{
	folders_make(words[1]);
	tell_time();
	return symlink(words[0], words[1]) < 0;
}

/* Starts another program, and waits for it. */
static int act_run(char **words)
{
	tell_time();
	pid_t child = fork();
	if (child == 0) {
		execv(words[0], words);
		perror(words[0]);
		_exit(127);
	}
	return waitpid(child, NULL, 0) < 0;
}

/* The same by another argv[0]. */
static int act_run_as(char **words)
{
	char *arguments[] = {words[1], NULL};
	tell_time();
	pid_t child = fork();
	if (child == 0)
		_exit(execv(words[0], arguments) < 0 ? 127 : 0);
	return waitpid(child, NULL, 0) < 0;
}

/* The same with one variable in the environment. */
static int act_run_with(char **words)
{
	char *arguments[] = {words[1], NULL}, *environment[] = {words[0], NULL};
	tell_time();
	pid_t child = fork();
	if (child == 0)
		_exit(execve(words[1], arguments, environment) < 0 ? 127 : 0);
	return waitpid(child, NULL, 0) < 0;
}

static int copy_self(const char *path, int to)
{
	char bytes[65536];
	int from = open("/proc/self/exe", O_RDONLY);
	if (to < 0) {
		folders_make(path);
		to = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0755);
	}
	for (ssize_t n; (n = read(from, bytes, sizeof bytes)) > 0;)
		if (write(to, bytes, (size_t)n) != n)
			return -1;
	close(from);
	return to;
}

/* Puts a copy of the program somewhere and runs it. */
static int act_drop(char **words)
{
	char *arguments[] = {words[0], NULL};
	int to = copy_self(words[0], -1);
	if (to < 0)
		return 1;
	close(to);
	return act_run(arguments);
}

static int act_memory(char **words)
{
	(void)words;
	char *arguments[] = {"idle", NULL}, *environment[] = {NULL};
	int fd = memfd_create("act", MFD_CLOEXEC);
	if (copy_self(NULL, fd) < 0)
		return 1;
	tell_time();
	pid_t child = fork();
	if (child == 0)
		_exit(fexecve(fd, arguments, environment) < 0 ? 127 : 0);
	return waitpid(child, NULL, 0) < 0;
}

static int act_mode(char **words)
{
	touch(words[0]);
	tell_time();
	return chmod(words[0], (mode_t)strtol(words[1], NULL, 8)) < 0;
}

/* --- network --- */

static int act_connect(char **words)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons((uint16_t)strtol(words[1], NULL, 10))};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	inet_pton(AF_INET, words[0], &to.sin_addr);
	tell_time();
	connect(fd, (struct sockaddr *)&to, sizeof to);
	return fd < 0;
}

static int act_connect6(char **words)
{
	struct sockaddr_in6 to = {
		.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)strtol(words[1], NULL, 10))};
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK, 0);
	inet_pton(AF_INET6, words[0], &to.sin6_addr);
	tell_time();
	connect(fd, (struct sockaddr *)&to, sizeof to);
	return fd < 0;
}

static int act_connect_unix(char **words)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	int server = socket(AF_UNIX, SOCK_STREAM, 0), fd = socket(AF_UNIX, SOCK_STREAM, 0);
	snprintf(to.sun_path, sizeof to.sun_path, "%s", words[0]);
	folders_make(words[0]);
	unlink(words[0]);
	if (bind(server, (struct sockaddr *)&to, sizeof to) < 0 || listen(server, 1) < 0)
		perror("listen");
	tell_time();
	return connect(fd, (struct sockaddr *)&to, sizeof to) < 0;
}

/* A connection to itself becomes standard input. */
static int act_reverse(char **words)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(PORT_LISTEN)};
	int server = socket(AF_INET, SOCK_STREAM, 0), fd = socket(AF_INET, SOCK_STREAM, 0);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	(void)words;
	if (bind(server, (struct sockaddr *)&at, sizeof at) < 0 || listen(server, 1) < 0 ||
		connect(fd, (struct sockaddr *)&at, sizeof at) < 0)
		perror("connect");
	tell_time();
	return dup2(fd, STDIN_FILENO) < 0;
}

static int act_packet(char **words)
{
	(void)words;
	tell_time();
	return socket(PACKET, SOCK_RAW, htons(3)) < 0;
}

static int act_raw(char **words)
{
	(void)words;
	tell_time();
	return socket(AF_INET, RAW, IPPROTO_ICMP) < 0;
}

/* --- the kernel and other processes; all may fail --- */

static pid_t other_start(void)
{
	pid_t child = fork();
	if (child == 0)
		for (;;)
			pause();
	return child;
}

static int other_end(pid_t child)
{
	kill(child, SIGKILL);
	return waitpid(child, NULL, 0) < 0;
}

static int act_trace(char **words)
{
	pid_t child = other_start();
	(void)words;
	tell_time();
	ptrace(PTRACE_ATTACH, child, NULL, NULL);
	return other_end(child);
}

static int act_write_memory(char **words)
{
	pid_t child = other_start();
	char byte = 0;
	struct iovec here = {&byte, 1}, there = {&byte, 1};
	(void)words;
	tell_time();
	process_vm_writev(child, &here, 1, &there, 1, 0);
	return other_end(child);
}

static int act_read_memory(char **words)
{
	pid_t child = other_start();
	char byte = 0;
	struct iovec here = {&byte, 1}, there = {&byte, 1};
	(void)words;
	tell_time();
	process_vm_readv(child, &here, 1, &there, 1, 0);
	return other_end(child);
}

static int act_open_memory(char **words)
{
	pid_t child = other_start();
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/%s", child, words[0]);
	tell_time();
	if (open(path, O_RDONLY) < 0)
		perror(path);
	return other_end(child);
}

static int act_take_descriptor(char **words)
{
	pid_t child = other_start();
	int process = (int)syscall(SYS_pidfd_open, child, 0);
	(void)words;
	tell_time();
	syscall(SYS_pidfd_getfd, process, 0, 0);
	return other_end(child);
}

static int act_mount(char **words)
{
	tell_time();
	mount("none", words[0], "tmpfs", 0, NULL);
	return 0;
}

static int act_unmount(char **words)
{
	tell_time();
	umount2(words[0], MNT_DETACH);
	return 0;
}

static int act_enter(char **words)
{
	int fd = open("/proc/1/ns/uts", O_RDONLY);
	(void)words;
	tell_time();
	setns(fd, CLONE_NEWUTS);
	return 0;
}

static int act_unshare(char **words)
{
	(void)words;
	tell_time();
	unshare(CLONE_NEWUSER);
	return 0;
}

static int act_chroot(char **words)
{
	folders_make(words[0]);
	mkdir(words[0], 0755);
	tell_time();
	return chroot(words[0]) < 0;
}

static int act_node(char **words)
{
	unlink(words[0]);
	tell_time();
	return mknod(words[0], S_IFBLK | 0600, makedev(240, 1)) < 0;
}

static int act_handle(char **words)
{
	struct {
		struct file_handle head;
		char bytes[8];
	} handle = {.head = {.handle_bytes = 8, .handle_type = 1}};
	int fd = open("/", O_RDONLY);
	(void)words;
	tell_time();
	open_by_handle_at(fd, &handle.head, O_RDONLY);
	return 0;
}

static int act_module(char **words)
{
	(void)words;
	tell_time();
	syscall(SYS_init_module, "", 0, "");
	return 0;
}

static int act_module_file(char **words)
{
	int fd = open("/proc/self/exe", O_RDONLY);
	(void)words;
	tell_time();
	syscall(SYS_finit_module, fd, "", 0);
	return 0;
}

static int act_bpf(char **words)
{
	char attributes[64] = "";
	(void)words;
	tell_time();
	syscall(SYS_bpf, BPF_LOAD, attributes, sizeof attributes);
	return 0;
}

static int act_faults(char **words)
{
	(void)words;
	tell_time();
	syscall(SYS_userfaultfd, O_CLOEXEC);
	return 0;
}

static int act_ring(char **words)
{
	char parameters[256] = "";
	(void)words;
	tell_time();
	syscall(SYS_io_uring_setup, 1, parameters);
	return 0;
}

/* What programs do all day: nothing of it is to be told. */
static int act_harmless(char **words)
{
	char *arguments[] = {"/bin/idle", NULL};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(8080)};
	(void)words;
	touch("/data/file");
	rename("/data/file", "/data/other");
	chmod("/data/other", 0644);
	unlink("/data/other");
	mkdir("/tmp/folder", 0755);
	touch("/tmp/folder/file");
	touch("/var/log/app.log");
	close(open("/etc/passwd", O_RDONLY));
	close(open("/proc/self/status", O_RDONLY));
	close(open("/sys/fs/cgroup/cgroup.controllers", O_RDONLY));
	close(open("/dev/null", O_RDWR));
	connect(fd, (struct sockaddr *)&to, sizeof to);
	dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
	getpid();
	return act_run(arguments);
}

static int act_sleep(char **words)
{
	(void)words;
	puts("ready");
	fflush(stdout);
	while (pause() < 0 && errno == EINTR)
		continue;
	return 0;
}

static const struct {
	const char *name;
	int words; /* that it takes */
	int (*act)(char **words);
} actions[] = {{"bpf", 0, act_bpf}, {"chroot", 1, act_chroot}, {"connect", 2, act_connect},
	{"connect6", 2, act_connect6}, {"connect-unix", 1, act_connect_unix}, {"creat", 1, act_creat},
	{"drop", 1, act_drop}, {"empty", 1, act_empty}, {"enter", 0, act_enter}, {"faults", 0, act_faults},
	{"handle", 0, act_handle}, {"harmless", 0, act_harmless}, {"link", 2, act_link},
	{"memory", 0, act_memory}, {"mode", 2, act_mode}, {"module", 0, act_module},
	{"module-file", 0, act_module_file}, {"mount", 1, act_mount}, {"node", 1, act_node},
	{"of-process", 1, act_open_memory}, {"packet", 0, act_packet}, {"raw", 0, act_raw},
	{"read", 1, act_read}, {"read-memory", 0, act_read_memory}, {"remove", 1, act_remove},
	{"rename", 2, act_rename}, {"reverse", 0, act_reverse}, {"ring", 0, act_ring}, {"run", 1, act_run},
	{"run-as", 2, act_run_as}, {"run-with", 2, act_run_with}, {"set", 1, act_set},
	{"sleep", 0, act_sleep}, {"take-descriptor", 0, act_take_descriptor}, {"trace", 0, act_trace},
	{"unmount", 1, act_unmount}, {"unshare", 0, act_unshare}, {"write", 1, act_write},
	{"write-memory", 0, act_write_memory}};

int main(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/'), *name = slash ? slash + 1 : argv[0];
	for (size_t i = 0; argc > 1 && i < sizeof actions / sizeof *actions; i++)
		if (strcmp(actions[i].name, argv[1]) == 0 && argc - 2 >= actions[i].words)
			return actions[i].act(argv + 2);
	return strcmp(name, "actions") == 0 ? 2 : 0;
}
