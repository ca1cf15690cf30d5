/* SPDX-License-Identifier: Apache-2.0
 *
 * Sockets: their addresses, who is client and who is server, and what they are called. Parameters hold an address as a family (one byte),
 * IP and port, or the path of a unix socket; two ends as a family, source IP and port, target IP and port, or the kernel's addresses of
 * two unix sockets and a path. An IPv6 socket that speaks IPv4 is an IPv4 socket. */
#include "watch/state_parts.h"

#include <inttypes.h>
#include <stdio.h>

enum { FAMILY_UNIX = 1, FAMILY_IPV4 = 2, FAMILY_IPV6 = 10, FAMILY_NETLINK = 16 };

/* An address or two ends, taken apart. */
typedef struct socket_ends {
	uint8_t family;
	endpoint source, target; /* an address alone is the target */
	uint64_t user[2];
	span path;
} socket_ends;

static bool endpoint_read(span *rest, size_t width, endpoint *ret)
{
	if (rest->n < width + sizeof ret->port)
		return false;
	memcpy(ret->address, rest->p, width);
	memcpy(&ret->port, rest->p + width, sizeof ret->port);
	*rest = span_from(*rest, width + sizeof ret->port);
	return true;
}

/* Whether an IPv6 address is one of IPv4, as in RFC 4291, 2.5.5.2. */
static bool is_mapped(const endpoint *e)
{
	static const uint8_t prefix[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
	return memcmp(e->address, prefix, sizeof prefix) == 0;
}

static void unmap(endpoint *e)
{
	endpoint ipv4 = {.port = e->port};
	memcpy(ipv4.address, e->address + 12, 4);
	*e = ipv4;
}

static bool path_read(span rest, socket_ends *ret)
{
	ret->path = span_sub(rest, 0, span_find_byte(rest, 0));
	return true;
}

static bool ends_read(span param, bool tuple, socket_ends *ret)
{
	*ret = (socket_ends){0};
	if (param.n < 1)
		return false;
	ret->family = (uint8_t)param.p[0];
	span rest = span_from(param, 1);
	if (ret->family == FAMILY_UNIX) {
		if (!tuple)
			return path_read(rest, ret);
		if (rest.n < sizeof ret->user)
			return false;
		memcpy(ret->user, rest.p, sizeof ret->user);
		return path_read(span_from(rest, sizeof ret->user), ret);
	}
	size_t width = ret->family == FAMILY_IPV4 ? 4 : 16;
	if (ret->family != FAMILY_IPV4 && ret->family != FAMILY_IPV6)
		return false;
	if (tuple && !endpoint_read(&rest, width, &ret->source))
		return false;
	if (!endpoint_read(&rest, width, &ret->target))
		return false;
	if (ret->family == FAMILY_IPV6 && is_mapped(&ret->target) && (!tuple || is_mapped(&ret->source))) {
		ret->family = FAMILY_IPV4;
		unmap(&ret->target);
		if (tuple)
			unmap(&ret->source);
	}
	return true;
}

static bool ends_are_ip(const socket_ends *e)
{
	return e->family == FAMILY_IPV4 || e->family == FAMILY_IPV6;
}

static descriptor_type type_of(const socket_ends *e)
{
	return e->family == FAMILY_IPV4   ? DESCRIPTOR_IPV4
	       : e->family == FAMILY_IPV6 ? DESCRIPTOR_IPV6
					  : DESCRIPTOR_UNIX;
}

/* "ffff8880->ffff8881 /run/docker.sock" */
static span unix_name(const socket_ends *e, char room[LIMIT_WATCH_PATH])
{
	int n = snprintf(room, LIMIT_WATCH_PATH, "%" PRIx64 "->%" PRIx64 " %.*s", e->user[0], e->user[1],
		SPAN_ARG(e->path));
	return (span){room, (size_t)n < LIMIT_WATCH_PATH ? (size_t)n : LIMIT_WATCH_PATH - 1};
}

static void renamed(watch_state *s, event *e, descriptor *d, span name)
{
	if (descriptor_set_name(state_table(s, e), d, name))
		e->descriptor_renamed = true;
}

static void ip_renamed(watch_state *s, event *e, descriptor *d)
{
	char room[DESCRIPTOR_NAME_ROOM];
	renamed(s, e, d, descriptor_ip_name(d, room));
}

/* --- addresses --- */

static bool address_is_empty(const endpoint *e)
{
	static const uint8_t nothing[16] = {0};
	return memcmp(e->address, nothing, sizeof nothing) == 0;
}

static bool endpoint_equal(const endpoint *a, const endpoint *b)
{
	return a->port == b->port && memcmp(a->address, b->address, sizeof a->address) == 0;
}

static void ends_swap(descriptor *d)
{
	endpoint source = d->source;
	d->source = d->target;
	d->target = source;
}

/* Takes over the ends; false: they are known, in this order or the other. The target's address and port, once known, stay, but for
 * `always`. */
static bool ends_set(descriptor *d, const socket_ends *from, bool always)
{
	bool same_type = d->type == type_of(from) && !d->listening;
	if (same_type && endpoint_equal(&d->source, &from->source) &&
		endpoint_equal(&d->target, &from->target))
		return false;
	if (same_type && endpoint_equal(&d->source, &from->target) &&
		endpoint_equal(&d->target, &from->source))
		return false;
	endpoint source = d->source, target = d->target;
	if (d->type != type_of(from))
		target = (endpoint){0};
	d->type = type_of(from);
	d->listening = false;
	d->source = from->source;
	d->target = target;
	if (always || address_is_empty(&target))
		memcpy(d->target.address, from->target.address, sizeof d->target.address);
	if (always || target.port == 0)
		d->target.port = from->target.port;
	return !endpoint_equal(&source, &d->source) || !endpoint_equal(&target, &d->target);
}

/* How well an address of the machine fits as the one that talks to another. */
static int address_fits(const network_address *own, const endpoint *other)
{
	enum { LOOPBACK, ELSEWHERE, SAME_NETWORK, SAME };
	static const uint8_t loopback4[4] = {127, 0, 0, 1}, loopback6[16] = {[15] = 1};
	size_t width = own->ipv6 ? 16 : 4, network = own->ipv6 ? 8 : 4;
	if (memcmp(own->address, other->address, width) == 0)
		return SAME;
	bool same = true;
	for (size_t i = 0; i < network; i++) {
		uint8_t mask = own->ipv6 ? 0xff : own->mask[i];
		same &= (own->address[i] & mask) == (other->address[i] & mask);
	}
	if (same)
		return SAME_NETWORK;
	return memcmp(own->address, own->ipv6 ? loopback6 : loopback4, width) ? ELSEWHERE : LOOPBACK;
}

static void address_guess(const watch_state *s, const descriptor *d, endpoint *missing, const endpoint *other)
{
	int best = 0;
	const network_address *found = NULL;
	list_each(const network_address, own, &s->addresses) {
		if (own->ipv6 != (d->type == DESCRIPTOR_IPV6))
			continue;
		int fits = address_fits(own, other);
		if (fits > best) {
			best = fits;
			found = own;
		}
	}
	if (!found)
		return;
	bool itself = memcmp(found->address, other->address, sizeof found->address) == 0;
	if (!itself || missing->port != other->port)
		memcpy(missing->address, found->address, sizeof missing->address);
}

/* A datagram socket that is bound to no address: which of the machine's it will be. */
static void ends_complete(const watch_state *s, descriptor *d)
{
	if (address_is_empty(&d->source))
		address_guess(s, d, &d->source, &d->target);
	else if (address_is_empty(&d->target))
		address_guess(s, d, &d->target, &d->source);
}

/* --- making sockets --- */

static socket_protocol protocol_of(int64_t type, int64_t protocol)
{
	enum { STREAM = 1, DATAGRAM = 2, RAW = 3, ICMP = 1, TCP = 6, UDP = 17, RAW_IP = 255 };
	bool raw = type == RAW;
	if (protocol == TCP)
		return raw ? PROTOCOL_RAW : PROTOCOL_TCP;
	if (protocol == UDP)
		return raw ? PROTOCOL_RAW : PROTOCOL_UDP;
	if (protocol == ICMP)
		return raw ? PROTOCOL_RAW : PROTOCOL_ICMP;
	if (protocol == RAW_IP)
		return PROTOCOL_RAW;
	if (protocol)
		return PROTOCOL_UNKNOWN;
	/* Behind the type stand flags. */
	int64_t kind = type & 0xff;
	return kind == STREAM ? PROTOCOL_TCP : kind == DATAGRAM ? PROTOCOL_UDP : PROTOCOL_UNKNOWN;
}

static descriptor *socket_new(
	watch_state *s, event *e, int64_t number, int64_t domain, socket_protocol protocol)
{
	descriptor_type type = domain == FAMILY_UNIX      ? DESCRIPTOR_UNIX
			       : domain == FAMILY_IPV4    ? DESCRIPTOR_IPV4
			       : domain == FAMILY_IPV6    ? DESCRIPTOR_IPV6
			       : domain == FAMILY_NETLINK ? DESCRIPTOR_NETLINK
							  : DESCRIPTOR_UNKNOWN;
	descriptor *d = state_descriptor_new(s, e, number, type);
	if (d && descriptor_is_ip(d))
		d->protocol = protocol;
	return d;
}

void state_socket(watch_state *s, event *e)
{
	enum { DOMAIN = 1, TYPE, PROTOCOL };
	socket_new(s, e, state_number(e, 0, -1), state_number(e, DOMAIN, 0),
		protocol_of(state_number(e, TYPE, 0), state_number(e, PROTOCOL, 0)));
}

void state_socketpair(watch_state *s, event *e)
{
	enum { FIRST = 1, SECOND, SOURCE, PEER };
	int64_t first = state_number(e, FIRST, -1), second = state_number(e, SECOND, -1);
	if (state_number(e, 0, -1) < 0 || first == second)
		return;
	for (int i = SECOND; i >= FIRST; i--) {
		descriptor *d = state_descriptor_new(s, e, i == FIRST ? first : second, DESCRIPTOR_UNIX);
		if (!d)
			continue;
		d->user[0] = (uint64_t)state_number(e, SOURCE, 0);
		d->user[1] = (uint64_t)state_number(e, PEER, 0);
	}
}

/* Binding to a port makes it a server's. */
void state_bind(watch_state *s, event *e)
{
	socket_ends ends;
	if (state_number(e, 0, -1) < 0 || !ends_read(state_bytes(e, 1), false, &ends))
		return;
	descriptor *d = state_descriptor_change(s, e);
	if (!d)
		return;
	if (!ends_are_ip(&ends)) {
		renamed(s, e, d, ends.path);
		return;
	}
	descriptor told = {.type = type_of(&ends), .target = ends.target, .listening = true};
	if (ends.target.port) {
		d->type = type_of(&ends);
		d->source = (endpoint){0};
		d->target = ends.target;
		d->listening = true;
		d->role = ROLE_SERVER;
	}
	char room[DESCRIPTOR_NAME_ROOM];
	renamed(s, e, d, descriptor_ip_name(&told, room));
}

static void unix_connect(watch_state *s, event *e, descriptor *d, const socket_ends *ends)
{
	char room[LIMIT_WATCH_PATH];
	if (d->type != DESCRIPTOR_UNIX)
		return;
	d->user[0] = ends->user[0];
	d->user[1] = ends->user[1];
	renamed(s, e, d, unix_name(ends, room));
}

static void ip_connect(watch_state *s, event *e, descriptor *d, const socket_ends *ends)
{
	bool changed = ends_set(d, ends, true);
	if (changed && d->role == ROLE_SERVER && descriptor_protocol(d) == PROTOCOL_UDP)
		ends_swap(d);
	ip_renamed(s, e, d);
}

/* Where it wanted to go, as the failed call of a socket that nobody knows. */
static void connect_spoken(watch_state *s, event *e)
{
	socket_ends ends;
	if (e->descriptor || !e->process || !ends_read(state_bytes(e, 1), true, &ends))
		return;
	descriptor told = {.type = type_of(&ends), .source = ends.source, .target = ends.target};
	span name = ends_are_ip(&ends) ? descriptor_ip_name(&told, s->spoken_name)
				       : unix_name(&ends, s->spoken_name);
	state_spoken_set(s, e, DESCRIPTOR_UNKNOWN, name, (span){0});
}

void state_connect(watch_state *s, event *e)
{
	enum { TUPLE = 1, ADDRESS = 3, IN_PROGRESS = -115 };
	int64_t result = state_number(e, 0, -1);
	connect_spoken(s, e);
	if (result < 0 && result != IN_PROGRESS)
		return;
	descriptor *d = state_descriptor_change(s, e);
	if (!d)
		return;
	d->connected = true;
	socket_ends ends;
	/* Without the two ends (TCP Fast Open) there is the address that was asked for. */
	if (!ends_read(state_bytes(e, TUPLE), true, &ends) &&
		!ends_read(state_bytes(e, ADDRESS), false, &ends))
		return;
	if (ends_are_ip(&ends))
		ip_connect(s, e, d, &ends);
	else
		unix_connect(s, e, d, &ends);
	if (d->role == ROLE_NONE)
		d->role = ROLE_CLIENT;
}

void state_accept(watch_state *s, event *e)
{
	enum { TUPLE = 1 };
	socket_ends ends;
	int64_t number = state_number(e, 0, -1);
	bool told = ends_read(state_bytes(e, TUPLE), true, &ends);
	if (number < 0 || !told)
		return;
	descriptor *d = state_descriptor_new(s, e, number, type_of(&ends));
	if (!d)
		return;
	d->role = ROLE_SERVER;
	d->connected = true;
	if (ends_are_ip(&ends)) {
		d->protocol = PROTOCOL_TCP;
		d->source = ends.source;
		d->target = ends.target;
		ip_renamed(s, e, d);
		return;
	}
	d->user[0] = ends.user[0];
	d->user[1] = ends.user[1];
	renamed(s, e, d, unix_name(&ends, s->spoken_name));
}

/* --- data --- */

typedef struct port_walk {
	uint16_t source, target;
	bool bound, client; /* something has `target` as its own port; something has `source` as a client's */
	uint32_t left;
} port_walk;

static bool port_look(void *of, descriptor *d)
{
	port_walk *w = of;
	if (d->type == DESCRIPTOR_IPV4) {
		w->bound |= d->target.port == w->target;
		w->client |= !d->listening && d->source.port == w->source;
	}
	return --w->left > 0;
}

/* Which end a process is that never connected nor listened: it serves the port when it owns it, and reads first. */
static socket_role role_guess(watch_state *s, const event *e, const descriptor *d, bool incoming)
{
	enum { LOOKED_AT = 4096 };
	port_walk w = {.source = d->source.port, .target = d->target.port, .left = LOOKED_AT};
	descriptor_each(state_table(s, e), port_look, &w);
	if (!w.bound)
		return ROLE_CLIENT;
	return w.client && !incoming ? ROLE_CLIENT : ROLE_SERVER;
}

/* What a datagram says of the ends of its socket. */
static void datagram_ends(watch_state *s, event *e, span tuple, bool incoming)
{
	socket_ends ends;
	if (!ends_read(tuple, true, &ends))
		return;
	descriptor *d = state_descriptor_change(s, e);
	if (!d)
		return;
	if (!ends_are_ip(&ends)) {
		d->type = DESCRIPTOR_UNIX;
		unix_connect(s, e, d, &ends);
		return;
	}
	if (!ends_set(d, &ends, false))
		return;
	if (d->protocol == PROTOCOL_UNKNOWN)
		d->protocol = PROTOCOL_UDP;
	ends_complete(s, d);
	if (d->role == ROLE_NONE)
		d->role = role_guess(s, e, d, incoming);
	/* The source of what comes is the other side; the client is always the source here. */
	if (d->role == (incoming ? ROLE_CLIENT : ROLE_SERVER))
		ends_swap(d);
	ip_renamed(s, e, d);
}

/* The parameter with the two ends; < 0: the call has none. */
static int tuple_index(uint16_t code)
{
	static const struct {
		uint16_t code;
		uint8_t index;
	} rows[] = {{29, 4}, {31, 4}, {33, 4}, {35, 2}, {49, 4}, {51, 4}, {53, 3}, {55, 4}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].code == code)
			return rows[i].index;
	return -1;
}

static void data_move(watch_state *s, event *e, bool incoming)
{
	if (!e->descriptor || e->descriptor == &s->spoken || state_number(e, 0, -1) < 0)
		return;
	if (descriptor_is_ip(e->descriptor) && !e->descriptor->connected && !e->descriptor->listening)
		state_descriptor_change(s, e)->connected = true;
	int index = tuple_index(e->code);
	bool settled = e->descriptor->name_bytes && descriptor_protocol(e->descriptor) == PROTOCOL_TCP;
	if (index >= 0 && !settled)
		datagram_ends(s, e, state_bytes(e, index), incoming);
}

void state_receive(watch_state *s, event *e)
{
	data_move(s, e, true);
}

/* Who sends through a socket that nobody saw being made: most likely UDP. */
static void socket_infer(watch_state *s, event *e)
{
	enum { SEND = 29, SENDTO = 31, SENDMSG = 49 };
	socket_ends ends;
	if (e->code != SEND && e->code != SENDTO && e->code != SENDMSG)
		return;
	if (e->descriptor || !e->process || state_number(e, 0, -1) < 0)
		return;
	if (!ends_read(state_bytes(e, tuple_index(e->code)), true, &ends) || !ends_are_ip(&ends))
		return;
	socket_new(s, e, e->descriptor_number, ends.family, PROTOCOL_UDP);
}

void state_send(watch_state *s, event *e)
{
	socket_infer(s, e);
	data_move(s, e, false);
}
