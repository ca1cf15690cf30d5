/* SPDX-License-Identifier: Apache-2.0
 *
 * Listening sockets by sock_diag(7), from a thread that enters the network namespace and ends with it. /proc/PID/net/tcp would cost milliseconds a file: it
 * walks the table of all connections of the machine. */
#include "base/files.h"
#include "base/limits.h"
#include "kernel/inside.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <sys/socket.h>

enum {
	STATE_CLOSE = 7,
	STATE_LISTEN = 10,
	ANSWER_BYTES = 32768
}; /* states of the kernel's tcp_states.h; UDP's CLOSE is not connected */

typedef struct visit { /* to the namespace of one container */
	kernel *kernel;
	int32_t pid;
	look looked;
	arena *arena; /* the thread's, until it is joined */
	kernel_listeners found;
} visit;

typedef LIST(visit) visits;

static int ask(int fd, int family, int protocol)
{
	struct {
		struct nlmsghdr header;
		struct inet_diag_req_v2 query;
	} m = {.header = {.nlmsg_len = sizeof m,
		       .nlmsg_type = SOCK_DIAG_BY_FAMILY,
		       .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
		.query = {.sdiag_family = (uint8_t)family,
			.sdiag_protocol = (uint8_t)protocol,
			.idiag_states = 1u << (protocol == IPPROTO_TCP ? STATE_LISTEN : STATE_CLOSE)}};
	return send(fd, &m, sizeof m, 0) == (ssize_t)sizeof m ? 0 : -1;
}

static void take(visit *v, const struct inet_diag_msg *m, bool udp)
{
	kernel_listener l = {
		.port = ntohs(m->id.idiag_sport), .udp = udp, .six = m->idiag_family == AF_INET6};
	if (l.port == 0 || v->found.count >= LIMIT_CONTAINER_SOCKETS ||
		!inet_ntop(m->idiag_family, m->id.idiag_src, l.address, sizeof l.address))
		return;
	list_push(v->arena, &v->found, l);
}

/* Answers until the last; -1 on an error. */
static int receive(visit *v, int fd, bool udp)
{
	_Alignas(struct nlmsghdr) static _Thread_local char bytes[ANSWER_BYTES];
	for (;;) {
		ssize_t n = recv(fd, bytes, sizeof bytes, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		for (struct nlmsghdr *h = (struct nlmsghdr *)bytes; NLMSG_OK(h, (size_t)n);
			h = NLMSG_NEXT(h, n)) {
			if (h->nlmsg_type == NLMSG_DONE)
				return 0;
			if (h->nlmsg_type == NLMSG_ERROR)
				return -1;
			if (h->nlmsg_len >= NLMSG_LENGTH(sizeof(struct inet_diag_msg)))
				take(v, NLMSG_DATA(h), udp);
		}
	}
}

static look look_from(int error)
{
	return error == EPERM || error == EACCES ? LOOK_REFUSED : LOOK_NOTHING;
}

static look open_namespace(kernel *k, int32_t pid, int *ret)
{
	auto_fd folder = -1;
	look found = kernel_open_at(k, O_PATH | O_DIRECTORY, &folder, "proc/%d/ns", pid);
	if (found != LOOK_FOUND)
		return found;
	int fd = openat(folder, "net", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return look_from(errno);
	*ret = fd;
	return LOOK_FOUND;
}

static void visit_one(visit *v)
{
	static const struct {
		int family, protocol;
	} kinds[] = {{AF_INET, IPPROTO_TCP}, {AF_INET6, IPPROTO_TCP}, {AF_INET, IPPROTO_UDP},
		{AF_INET6, IPPROTO_UDP}};
	auto_fd namespace = -1;
	v->looked = open_namespace(v->kernel, v->pid, &namespace);
	if (v->looked != LOOK_FOUND)
		return;
	if (setns(namespace, CLONE_NEWNET) < 0) {
		v->looked = look_from(errno);
		return;
	}
	auto_fd fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	if (fd < 0) {
		v->looked = look_from(errno);
		return;
	}
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (ask(fd, kinds[i].family, kinds[i].protocol) < 0 ||
			receive(v, fd, kinds[i].protocol == IPPROTO_UDP) < 0)
			continue; /* built without it: IPv6, for instance */
}

static void *visit_all(void *of)
{
	visits *all = of;
	list_each(visit, v, all)
		if (v->looked == LOOK_FOUND)
			visit_one(v);
	return NULL;
}

static visit prepare(kernel *k, const kernel_container *c)
{
	visit v = {.kernel = k, .pid = c->thread, .arena = &k->arena};
	uint64_t inode;
	v.looked = kernel_namespace_of(k, c->pid, NAMESPACE_NET, &inode);
	if (v.looked == LOOK_FOUND && inode == kernel_namespace_host(k, NAMESPACE_NET))
		v.looked = LOOK_NOTHING; /* the host's sockets are not its own */
	return v;
}

/* A thread that has entered a namespace cannot be let back into the others: it ends here. */
static void visit_containers(kernel *k, const kernel_containers *containers, visits *all)
{
	pthread_t thread;
	for (uint32_t i = 0; i < containers->count; i++)
		list_push(&k->arena, all, prepare(k, containers->items[i]));
	bool started = pthread_create(&thread, NULL, visit_all, all) == 0;
	if (started)
		pthread_join(thread, NULL);
	list_each(visit, v, all)
		if (!started && v->looked == LOOK_FOUND)
			v->looked = LOOK_NOTHING;
}

look kernel_listeners_read(kernel *k, const kernel_container *c, const kernel_listeners **ret)
{
	const kernel_containers *containers = kernel_find_containers(k);
	visits *all = k->visits;
	if (!k->live)
		return LOOK_NOTHING;
	if (!all) {
		all = k->visits = arena_alloc(&k->arena, sizeof *all);
		visit_containers(k, containers, all);
	}
	for (uint32_t i = 0; i < containers->count; i++)
		if (containers->items[i] == c) {
			*ret = &all->items[i].found;
			return all->items[i].looked;
		}
	return LOOK_NOTHING;
}
