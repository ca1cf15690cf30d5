/* SPDX-License-Identifier: Apache-2.0
 *
 * Who is connected to an engine: a dump of the UNIX sockets of this network namespace (sock_diag(7), linux/unix_diag.h), with the file that each is bound to and
 * its peer. A socket that was accepted has the file of the one that listens; that of the other side is its peer. */
#include "base/files.h"
#include "base/limits.h"
#include "kernel/inside.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>

enum { ANSWER_BYTES = 32768 };

typedef struct unix_socket {
	uint32_t inode, peer;
	const char *engine; /* path of the engine's socket whose file it has, or NULL */
} unix_socket;

typedef LIST(unix_socket) unix_sockets;

static int ask(int fd)
{
	struct {
		struct nlmsghdr header;
		struct unix_diag_req query;
	} m = {.header = {.nlmsg_len = sizeof m,
		       .nlmsg_type = SOCK_DIAG_BY_FAMILY,
		       .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
		.query = {.sdiag_family = AF_UNIX,
			.udiag_states = UINT32_MAX,
			.udiag_show = UDIAG_SHOW_VFS | UDIAG_SHOW_PEER}};
	return send(fd, &m, sizeof m, 0) == (ssize_t)sizeof m ? 0 : -1;
}

/* The kernel tells its own numbers of devices (20 bits of minor) and half of an inode. */
static const char *engine_of(const kernel_socket_files *all, const struct unix_diag_vfs *v)
{
	enum { MINOR_BITS = 20 };
	uint32_t minor_mask = (1u << MINOR_BITS) - 1;
	for (uint32_t i = 0; i < all->count; i++)
		if ((uint32_t)all->items[i].inode == v->udiag_vfs_ino &&
			major(all->items[i].device) == v->udiag_vfs_dev >> MINOR_BITS &&
			minor(all->items[i].device) == (v->udiag_vfs_dev & minor_mask))
			return all->items[i].path;
	return NULL;
}

static void take(const kernel_socket_files *engines, struct nlmsghdr *h, arena *a, unix_sockets *all)
{
	const struct unix_diag_msg *m = NLMSG_DATA(h);
	unix_socket s = {.inode = m->udiag_ino};
	int left = (int)(h->nlmsg_len - NLMSG_LENGTH(sizeof *m));
	for (struct rtattr *r = (struct rtattr *)(m + 1); RTA_OK(r, left); r = RTA_NEXT(r, left)) {
		if (r->rta_type == UNIX_DIAG_PEER && RTA_PAYLOAD(r) >= sizeof s.peer)
			memcpy(&s.peer, RTA_DATA(r), sizeof s.peer);
		else if (r->rta_type == UNIX_DIAG_VFS && RTA_PAYLOAD(r) >= sizeof(struct unix_diag_vfs)) {
			struct unix_diag_vfs v;
			memcpy(&v, RTA_DATA(r), sizeof v);
			s.engine = engine_of(engines, &v);
		}
	}
	if (s.engine && all->count < LIMIT_UNIX_SOCKETS)
		list_push(a, all, s);
}

static void receive(const kernel_socket_files *engines, int fd, arena *a, unix_sockets *all)
{
	_Alignas(struct nlmsghdr) char bytes[ANSWER_BYTES];
	for (;;) {
		ssize_t n = recv(fd, bytes, sizeof bytes, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		for (struct nlmsghdr *h = (struct nlmsghdr *)bytes; NLMSG_OK(h, (size_t)n);
			h = NLMSG_NEXT(h, n)) {
			if (h->nlmsg_type == NLMSG_DONE || h->nlmsg_type == NLMSG_ERROR)
				return;
			if (h->nlmsg_len >= NLMSG_LENGTH(sizeof(struct unix_diag_msg)))
				take(engines, h, a, all);
		}
	}
}

static span key_of(const uint32_t *inode)
{
	return (span){(const char *)inode, sizeof *inode};
}

static void remember(kernel *k, uint32_t inode, const char *path)
{
	span key = arena_copy(&k->arena, key_of(&inode));
	map_set(&k->connections, &k->arena, key, (void *)(uintptr_t)path);
}

static void read_connections(kernel *k)
{
	arena scratch = {0};
	unix_sockets all = {0};
	const kernel_socket_files *engines = kernel_engine_sockets(k);
	auto_fd fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	if (engines->count && fd >= 0 && ask(fd) == 0)
		receive(engines, fd, &scratch, &all);
	list_each(const unix_socket, s, &all) {
		remember(k, s->inode, s->engine);
		if (s->peer)
			remember(k, s->peer, s->engine);
	}
	arena_done(&scratch);
}

const char *kernel_engine_connection(kernel *k, uint64_t inode)
{
	uint32_t half = (uint32_t)inode;
	if (!k->live || inode > UINT32_MAX)
		return NULL;
	if (!k->connections_read) {
		k->connections_read = true;
		read_connections(k);
	}
	return map_get(&k->connections, key_of(&half));
}
