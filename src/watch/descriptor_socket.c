/* SPDX-License-Identifier: Apache-2.0
 *
 * What descriptors of IP sockets are called. */
#include "watch/descriptor.h"

#include <arpa/inet.h>
#include <stdio.h>

socket_protocol descriptor_protocol(const descriptor *d)
{
	if (!descriptor_is_ip(d))
		return PROTOCOL_NONE;
	if (d->listening || d->protocol == PROTOCOL_RAW)
		return d->protocol;
	return d->role == ROLE_NONE ? PROTOCOL_NONE : d->protocol;
}

static const char *address_text(const descriptor *d, const endpoint *e, char room[INET6_ADDRSTRLEN])
{
	return inet_ntop(d->type == DESCRIPTOR_IPV6 ? AF_INET6 : AF_INET, e->address, room, INET6_ADDRSTRLEN);
}

span descriptor_ip_name(const descriptor *d, char room[DESCRIPTOR_NAME_ROOM])
{
	char a[INET6_ADDRSTRLEN], b[INET6_ADDRSTRLEN];
	address_text(d, &d->source, a);
	address_text(d, &d->target, b);
	int n;
	if (d->listening)
		n = snprintf(room, DESCRIPTOR_NAME_ROOM, "%s:%u", b, d->target.port);
	else if (d->protocol == PROTOCOL_ICMP || d->protocol == PROTOCOL_RAW)
		n = snprintf(room, DESCRIPTOR_NAME_ROOM, "%s->%s", a, b);
	else
		n = snprintf(
			room, DESCRIPTOR_NAME_ROOM, "%s:%u->%s:%u", a, d->source.port, b, d->target.port);
	return (span){room, (size_t)n};
}
