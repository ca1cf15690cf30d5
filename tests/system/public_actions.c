/* SPDX-License-Identifier: Apache-2.0
 *
 * What actions.c does not have and rules written for Falco ask about: `deeds NAME [ARGUMENT…]`, under whatever name a rule wants the
 * process to have. Right before the act the time is printed, in nanoseconds since 1970. Addresses are those of the loopback. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <net/if.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void tell_time(void)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	printf("%lld%09ld\n", (long long)t.tv_sec, t.tv_nsec);
	fflush(stdout);
}

static int number(const char *word)
{
	return (int)strtol(word, NULL, 10);
}

/* --- files; opening may fail --- */

static int deed_look(char **words)
{
	tell_time();
	open(words[0], O_RDONLY);
	return 0;
}

static int deed_look2(char **words)
{
	struct open_how how = {.flags = O_RDONLY};
	tell_time();
	syscall(SYS_openat2, AT_FDCWD, words[0], &how, sizeof how);
	return 0;
}

/* By a relative path that begins at another folder than the working directory. */
static int deed_look_from(char **words)
{
	int folder = open(words[0], O_PATH | O_DIRECTORY);
	tell_time();
	return openat(folder, words[1], O_RDONLY) < 0;
}

static int deed_late(char **words)
{
	sleep((unsigned)number(words[0]));
	return deed_look(words + 1);
}

static int deed_create(char **words)
{
	tell_time();
	return open(words[0], O_WRONLY | O_CREAT, (mode_t)strtol(words[1], NULL, 8)) < 0;
}

/* Through the link of a descriptor, as who overwrites a runtime does. */
static int deed_descriptor(char **words)
{
	char link[64];
	snprintf(link, sizeof link, "/proc/self/fd/%d", open(words[0], O_RDONLY | O_CREAT, 0644));
	tell_time();
	return open(link, O_WRONLY) < 0;
}

static int deed_hard(char **words)
{
	tell_time();
	return link(words[0], words[1]) < 0;
}

static int deed_folder(char **words)
{
	tell_time();
	return mkdir(words[0], 0755) < 0;
}

static int deed_folder_gone(char **words)
{
	mkdir(words[0], 0755);
	tell_time();
	return rmdir(words[0]) < 0;
}

/* --- network --- */

/* Another address of the loopback. */
static int deed_address(char **words)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct ifreq request = {.ifr_name = ""};
	struct sockaddr_in at = {.sin_family = AF_INET};
	snprintf(request.ifr_name, sizeof request.ifr_name, "lo:%s", words[1]);
	inet_pton(AF_INET, words[0], &at.sin_addr);
	memcpy(&request.ifr_addr, &at, sizeof at);
	tell_time();
	return ioctl(fd, SIOCSIFADDR, &request) < 0;
}

static struct sockaddr_in address_of(char **words)
{
	struct sockaddr_in ret = {.sin_family = AF_INET, .sin_port = htons((uint16_t)number(words[1]))};
	inet_pton(AF_INET, words[0], &ret.sin_addr);
	return ret;
}

/* Listens, connects to itself, accepts, and says something. */
static int deed_talk(char **words)
{
	struct sockaddr_in at = address_of(words);
	char room[64];
	int server = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0), one = 1;
	setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	tell_time();
	if (bind(server, (struct sockaddr *)&at, sizeof at) < 0 || listen(server, 1) < 0 ||
		connect(client, (struct sockaddr *)&at, sizeof at) < 0)
		return perror("talk"), 1;
	int fd = accept(server, NULL, NULL);
	send(client, "\xca\xfe\xba\xbe\0\0\0\x41", 8, 0);
	return recvfrom(fd, room, sizeof room, 0, NULL, NULL) < 0;
}

static int deed_datagram(char **words)
{
	struct sockaddr_in at = address_of(words), from;
	socklen_t n = sizeof from;
	char room[64];
	int server = socket(AF_INET, SOCK_DGRAM, 0), client = socket(AF_INET, SOCK_DGRAM, 0);
	if (bind(server, (struct sockaddr *)&at, sizeof at) < 0)
		return perror("bind"), 1;
	tell_time();
	sendto(client, "word", 4, 0, (struct sockaddr *)&at, sizeof at);
	return recvfrom(server, room, sizeof room, 0, (struct sockaddr *)&from, &n) < 0;
}

static int deed_message(char **words)
{
	struct sockaddr_in at = address_of(words);
	struct iovec part = {"word", 4};
	struct msghdr message = {
		.msg_name = &at, .msg_namelen = sizeof at, .msg_iov = &part, .msg_iovlen = 1};
	int client = socket(AF_INET, SOCK_DGRAM, 0);
	tell_time();
	return sendmsg(client, &message, 0) < 0;
}

static int deed_datagram_connect(char **words)
{
	struct sockaddr_in at = address_of(words);
	int client = socket(AF_INET, SOCK_DGRAM, 0);
	tell_time();
	return connect(client, (struct sockaddr *)&at, sizeof at) < 0;
}

/* A connection takes the place of a standard descriptor, in one of three ways. */
static int deed_standard(char **words)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(18081)};
	int server = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0), one = 1;
	int which = number(words[1]);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (bind(server, (struct sockaddr *)&at, sizeof at) < 0 || listen(server, 1) < 0 ||
		connect(client, (struct sockaddr *)&at, sizeof at) < 0)
		return perror("connect"), 1;
	tell_time();
	if (strcmp(words[0], "dup3") == 0)
		return dup3(client, which, O_CLOEXEC) < 0;
	if (strcmp(words[0], "fcntl") == 0)
		return close(which), fcntl(client, F_DUPFD, which) < 0;
	close(which);
	return dup(client) != which;
}

/* --- processes --- */

static int deed_run(char **words)
{
	tell_time();
	pid_t child = fork();
	if (child == 0) {
		execv(words[0], words);
		_exit(127);
	}
	return waitpid(child, NULL, 0) < 0;
}

static int deed_vfork(char **words)
{
	tell_time();
	pid_t child = vfork();
	if (child == 0) {
		execv(words[0], words);
		_exit(127);
	}
	return waitpid(child, NULL, 0) < 0;
}

static void *exec_begin(void *of)
{
	char **words = of;
	tell_time();
	execv(words[0], words);
	return NULL;
}

/* A thread that is not the leader becomes another program, and its process with it. */
static int deed_thread_exec(char **words)
{
	pthread_t thread;
	pthread_create(&thread, NULL, exec_begin, words);
	pthread_join(thread, NULL);
	return 1;
}

static void *look_begin(void *of)
{
	deed_look(of);
	return NULL;
}

static int deed_thread_look(char **words)
{
	pthread_t thread;
	pthread_create(&thread, NULL, look_begin, words);
	return pthread_join(thread, NULL);
}

/* What is left of a process whose parent is gone. */
static int deed_orphan(char **words)
{
	if (fork() == 0) {
		if (fork() == 0) {
			while (getppid() != 1 && getppid() != 0)
				usleep(1000);
			execv(words[0], words);
		}
		_exit(0);
	}
	tell_time();
	wait(NULL);
	usleep(200000);
	return 0;
}

static int deed_exec_at(char **words)
{
	int fd = open(words[0], O_RDONLY);
	tell_time();
	syscall(SYS_execveat, fd, "", words, (char *[]){NULL}, AT_EMPTY_PATH);
	return 1;
}

static int deed_setuid(char **words)
{
	tell_time();
	return setuid((uid_t)number(words[0])) < 0;
}

static int deed_become(char **words)
{
	if (setgid((gid_t)number(words[0])) < 0 || setuid((uid_t)number(words[0])) < 0)
		return 1;
	return deed_run(words + 1);
}

static int deed_traced(char **words)
{
	(void)words;
	tell_time();
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0;
}

static int deed_seize(char **words)
{
	(void)words;
	pid_t child = fork();
	if (child == 0)
		for (;;)
			pause();
	tell_time();
	long status = ptrace(PTRACE_SEIZE, child, NULL, NULL);
	kill(child, SIGKILL);
	return status < 0;
}

static const struct {
	const char *name;
	int words;
	int (*act)(char **words);
} deeds[] = {{"address", 2, deed_address}, {"become", 2, deed_become}, {"create", 2, deed_create},
	{"datagram", 2, deed_datagram}, {"datagram-connect", 2, deed_datagram_connect},
	{"descriptor", 1, deed_descriptor}, {"exec-at", 1, deed_exec_at}, {"folder", 1, deed_folder},
	{"folder-gone", 1, deed_folder_gone}, {"hard", 2, deed_hard}, {"late", 2, deed_late},
	{"look", 1, deed_look}, {"look2", 1, deed_look2}, {"look-from", 2, deed_look_from},
	{"message", 2, deed_message}, {"orphan", 1, deed_orphan}, {"run", 1, deed_run},
	{"seize", 0, deed_seize}, {"setuid", 1, deed_setuid}, {"standard", 2, deed_standard},
	{"talk", 2, deed_talk}, {"thread-exec", 1, deed_thread_exec}, {"thread-look", 1, deed_thread_look},
	{"traced", 0, deed_traced}, {"vfork", 1, deed_vfork}};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof deeds / sizeof *deeds; i++)
		if (strcmp(deeds[i].name, argv[1]) == 0 && argc - 2 >= deeds[i].words)
			return deeds[i].act(argv + 2);
	return 0;
}
