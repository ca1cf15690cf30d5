/* SPDX-License-Identifier: Apache-2.0
 *
 * Sockets: those of engines that a mount lets a container reach (a read-only mount does not keep anyone from connecting), those on which it listens, and
 * its environment. */
#include "base/files.h"
#include "base/limits.h"
#include "sources/kernel_enforced.h"

#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

/* The socket that a path in the container is; false when it is none, or looking could take for ever. */
static bool find_socket(const enforced *r, span path, struct stat *ret)
{
	if (r->root < 0 || enforced_waits(r, path))
		return false;
	auto_fd fd = kernel_inside(r->root, path);
	return fd >= 0 && fstat(fd, ret) == 0 && S_ISSOCK(ret->st_mode);
}

static bool is_same(const struct stat *st, const kernel_socket_file *s)
{
	return st->st_dev == s->device && st->st_ino == s->inode;
}

static bool same_device(const proc_mount *m, const kernel_socket_file *s)
{
	char device[32];
	int n = snprintf(device, sizeof device, "%u:%u", major(s->device), minor(s->device));
	return span_equal(m->device, (span){device, (size_t)n});
}

/* A socket below what is mounted. Without a root to look into, or where looking could take for ever, the paths alone must do. */
static bool is_below(const enforced *r, span path, const kernel_socket_file *s)
{
	struct stat st;
	if (r->root < 0 || enforced_waits(r, path))
		return true;
	return find_socket(r, path, &st) && is_same(&st, s);
}

span enforced_engine_socket(enforced *r, const proc_mount *m, span host)
{
	const kernel_socket_files *all = kernel_engine_sockets(r->kernel);
	struct stat own = {0};
	int socket =
		-1; /* whether what is mounted is itself one: looked at once, there may be many mounts and many sockets */
	for (uint32_t i = 0; i < all->count; i++) {
		span rest = {0};
		if (host.n && proc_below(span_of(all->items[i].path), host, &rest)) {
			span path = arena_format(r->arena, "%.*s%.*s", SPAN_ARG(m->target), SPAN_ARG(rest));
			if (is_below(r, path, &all->items[i]))
				return path;
		} else if (same_device(m, &all->items[i])) {
			if (socket < 0)
				socket = find_socket(r, m->target, &own);
			if (socket && is_same(&own, &all->items[i]))
				return m->target;
		}
	}
	return (span){0};
}

/* --- listening --- */

void enforced_listening(enforced *r)
{
	const kernel_listeners *found = NULL;
	const posture *p = r->posture;
	if (p->network_mode.known && span_is(p->network_mode.value.text, "host"))
		return; /* the host's, not its own */
	look looked = kernel_listeners_read(r->kernel, r->container, &found);
	enforced_refuse(r, "listening sockets", looked);
	if (looked != LOOK_FOUND)
		return;
	const char *place = enforced_place(r, "ns/net");
	posture_set_list(r->posture, FACT_listening, KNOWN_ENFORCED,
		evidence_add(
			r->evidence, place, arena_format(r->arena, "%u listening sockets", found->count)),
		r->arena);
	list_each(const kernel_listener, l, found) {
		span words =
			arena_format(r->arena, l->six ? "listening on %s [%s]:%u" : "listening on %s %s:%u",
				l->udp ? "udp" : "tcp", l->address, l->port);
		item *x = posture_add(
			r->posture, FACT_listening, evidence_add(r->evidence, place, words), r->arena);
		item_set_number(x, MEMBER_listen_port, l->port);
		item_set_text(x, MEMBER_listen_address, arena_copy(r->arena, span_of(l->address)));
		item_set_text(x, MEMBER_listen_protocol, l->udp ? SPAN("udp") : SPAN("tcp"));
	}
}

/* --- environment --- */

void enforced_secrets(enforced *r)
{
	span bytes, entry;
	if (enforced_read(r, "environ", &bytes) != LOOK_FOUND)
		return;
	const char *place = enforced_place(r, "environ");
	posture_set_list(r->posture, FACT_env, KNOWN_ENFORCED, evidence_whole(r->evidence), r->arena);
	for (int n = 0; n < LIMIT_CONTAINER_ENV && span_cut(&bytes, 0, &entry); n++) {
		size_t equal = span_find_byte(entry, '=');
		if (equal == SPAN_NONE || equal == 0) /* a process may write anything there */
			continue;
		item *x =
			posture_add(r->posture, FACT_env, evidence_add(r->evidence, place, entry), r->arena);
		item_set_text(x, MEMBER_env_name, span_sub(entry, 0, equal));
		item_set_text(x, MEMBER_env_value, span_from(entry, equal + 1));
		item_set_text(x, MEMBER_env_source, SPAN("literal"));
	}
}
