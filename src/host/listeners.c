/* SPDX-License-Identifier: Apache-2.0
 *
 * Finding sockets by inode. */
#include "host/listeners.h"

#include "base/files.h"
#include "base/limits.h"
#include "base/map.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

static span inode_key(uint64_t inode, arena *a)
{
	return arena_format(a, "%llu", (unsigned long long)inode);
}

/* The inodes of the sockets of a process. */
static bool own_sockets(const host_root *root, const char *folder, arena *a, map *ret)
{
	error e;
	host_names names;
	const char *fds = arena_format(a, "%s/fd", folder).p;
	if (host_root_names(root, fds, a, &names, &e) < 0)
		return false;
	for (uint32_t i = 0; i < names.count && i < LIMIT_HOST_DESCRIPTORS; i++) {
		span to;
		if (host_root_link(root, arena_format(a, "%s/%s", fds, names.items[i]).p, a, &to, &e) < 0)
			continue;
		if (span_starts(to, SPAN("socket:[")) && span_ends(to, SPAN("]")))
			map_set(ret, a, span_sub(to, 8, to.n - 9), ret);
	}
	return true;
}

/* "0000000000000000: 00000002 00000000 00010000 0001 01 4711 /run/docker.sock": flag 10000 is one that listens. */
static void find_unix(const host_root *root, const char *folder, const map *own, arena *a, listeners *ret)
{
	error e;
	span bytes, line, word[7];
	if (host_root_read(root, arena_format(a, "%s/net/unix", folder).p, LIMIT_FILE_BYTES, a, &bytes, &e) <
		0)
		return;
	ret->known_unix = true;
	while (span_cut(&bytes, '\n', &line) && ret->all.count < LIMIT_HOST_SOCKETS) {
		size_t n = 0;
		while (n < 7 && span_word(&line, &word[n]))
			n++;
		span path = span_trim(line);
		if (n == 7 && path.n && path.p[0] == '/' && span_is(word[3], "00010000") &&
			map_get(own, word[6]))
			list_push(a, &ret->all, (listener){.address = path});
	}
}

static bool request(int fd, uint8_t family)
{
	struct {
		struct nlmsghdr head;
		struct inet_diag_req_v2 body;
	} message = {
		.head = {.nlmsg_len = sizeof message,
			.nlmsg_type = SOCK_DIAG_BY_FAMILY,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
		.body = {.sdiag_family = family,
			.sdiag_protocol = IPPROTO_TCP,
			.idiag_states = 1u << TCP_LISTEN},
	};
	return send(fd, &message, sizeof message, 0) == (ssize_t)sizeof message;
}

static void take_socket(const struct inet_diag_msg *m, const map *own, arena *a, listeners *ret)
{
	char address[INET6_ADDRSTRLEN];
	if (!map_get(own, inode_key(m->idiag_inode, a)) || ret->all.count >= LIMIT_HOST_SOCKETS)
		return;
	if (inet_ntop(m->idiag_family, m->id.idiag_src, address, sizeof address))
		list_push(a, &ret->all,
			(listener){.tcp = true,
				.port = ntohs(m->id.idiag_sport),
				.address = arena_copy(a, span_of(address))});
}

/* 1: more follows; 0: that was all; < 0: the kernel refuses. */
static int take_messages(char *bytes, size_t n, const map *own, arena *a, listeners *ret)
{
	uint32_t left = (uint32_t)n;
	for (struct nlmsghdr *h = (struct nlmsghdr *)bytes; NLMSG_OK(h, left); h = NLMSG_NEXT(h, left)) {
		if (h->nlmsg_type == NLMSG_DONE)
			return 0;
		if (h->nlmsg_type == NLMSG_ERROR)
			return -1;
		if (h->nlmsg_len >= NLMSG_LENGTH(sizeof(struct inet_diag_msg)))
			take_socket(NLMSG_DATA(h), own, a, ret);
	}
	return 1;
}

static bool find_tcp(uint8_t family, const map *own, arena *a, listeners *ret)
{
	_Alignas(struct nlmsghdr) char bytes[16384];
	int more = 1;
	auto_fd fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	if (fd < 0 || !request(fd, family))
		return false;
	while (more > 0) {
		ssize_t n = recv(fd, bytes, sizeof bytes, 0);
		more = n > 0 ? take_messages(bytes, (size_t)n, own, a, ret) : -1;
	}
	return more == 0;
}

void listeners_find(const host_root *root, const char *folder, arena *a, listeners *ret)
{
	map own = {0};
	*ret = (listeners){0};
	if (!own_sockets(root, folder, a, &own))
		return;
	find_unix(root, folder, &own, a, ret);
	if (!root->foreign)
		ret->known_tcp = find_tcp(AF_INET, &own, a, ret) && find_tcp(AF_INET6, &own, a, ret);
}
