/* SPDX-License-Identifier: Apache-2.0
 *
 * Where Docker's API listens over TCP, and whether clients have to show a certificate there (--tlsverify). What it was told is compared with the
 * sockets that it really has: those that systemd hands over (fd://) stand in no argument. */
#include "base/buffer.h"
#include "host/daemon.h"
#include "host/listeners.h"
#include "host/units.h"

enum { SWARM_PORT = 2377, SWARM_GOSSIP_PORT = 7946, API_PORT = 2375, API_TLS_PORT = 2376 };

typedef struct addresses {
	LIST(span) all;
	LIST(int64_t) ports;
} addresses;

static int64_t port_of(span address, int64_t otherwise)
{
	int64_t port;
	size_t colon = span_find_last(address, ':');
	bool inside = colon != SPAN_NONE && span_find_byte(span_from(address, colon), ']') != SPAN_NONE;
	if (colon == SPAN_NONE || inside || !span_int(span_from(address, colon + 1), &port))
		return otherwise;
	return port;
}

static bool has_port(const addresses *from, int64_t port)
{
	list_each(const int64_t, one, &from->ports)
		if (*one == port)
			return true;
	return false;
}

static void add(addresses *to, span address, int64_t port, arena *a)
{
	if (has_port(to, port))
		return;
	list_push(a, &to->all, address);
	list_push(a, &to->ports, port);
}

static void add_told(const dockerd *d, bool tls, addresses *ret)
{
	dockerd_said hosts = dockerd_find(d, "host", "hosts");
	list_each(const span, one, &hosts.values) {
		bool tcp = span_starts(*one, SPAN("tcp://"));
		/* Without a scheme "0.0.0.0:2375" is TCP too. */
		if (tcp || (one->n && span_find(*one, SPAN("://")) == SPAN_NONE && one->p[0] != '/'))
			add(ret, tcp ? span_from(*one, 6) : *one,
				port_of(tcp ? span_from(*one, 6) : *one, tls ? API_TLS_PORT : API_PORT),
				d->page->reader->arena);
	}
}

/* Ports of the daemon that serve other things: a swarm, metrics. */
static bool is_other(const dockerd *d, uint32_t port)
{
	span metrics = dockerd_value(d, "metrics-addr", NULL, "");
	return port == SWARM_PORT || port == SWARM_GOSSIP_PORT || port == port_of(metrics, -1);
}

static void add_real(const dockerd *d, addresses *ret)
{
	listeners found;
	if (!d->process)
		return;
	listeners_find(&d->page->reader->root, d->process->folder, d->page->reader->arena, &found);
	list_each(const listener, one, &found.all)
		if (one->tcp && !is_other(d, one->port))
			add(ret,
				arena_format(d->page->reader->arena,
					span_find_byte(one->address, ':') == SPAN_NONE ? "%.*s:%u"
										       : "[%.*s]:%u",
					SPAN_ARG(one->address), one->port),
				one->port, d->page->reader->arena);
}

/* What docker.socket hands over, where no daemon runs whose sockets could be seen. */
static void add_unit(const dockerd *d, addresses *ret)
{
	arena *a = d->page->reader->arena;
	const char *path = d->process ? NULL : unit_find(&d->page->reader->root, "docker.socket", a);
	const text *unit = path ? host_text(d->page->reader, path, NULL) : NULL;
	unit_values streams;
	if (!unit)
		return;
	unit_read(unit->bytes, "Socket", "ListenStream", a, &streams);
	list_each(const span, one, &streams)
		if (one->n && one->p[0] != '/' && one->p[0] != '@' && one->p[0] != '%') {
			int64_t port;
			add(ret, *one, span_int(*one, &port) ? port : port_of(*one, -1), a);
		}
}

void dockerd_read_tcp(const dockerd *d)
{
	addresses found = {0};
	auto_buffer words = {0};
	bool verify = dockerd_truth(dockerd_value(d, "tlsverify", NULL, "false"));
	bool tls = verify || dockerd_truth(dockerd_value(d, "tls", NULL, "false"));
	dockerd_said hosts = dockerd_find(d, "host", "hosts");
	add_told(d, tls, &found);
	add_real(d, &found);
	add_unit(d, &found);
	list_each(const span, one, &found.all)
		buffer_format(&words, "%s%.*s", words.n ? ", " : "", SPAN_ARG(*one));
	span all = buffer_span(&words);
	if (!all.n && d->unknown) {
		host_say_unknown(d->page, SETTING_docker_tcp, d->unknown);
		host_say_unknown(d->page, SETTING_docker_tcp_open, d->unknown);
		return;
	}
	const char *place = hosts.given ? hosts.place : "dockerd";
	span shown = all.n ? all : SPAN("listens on no TCP port");
	host_say(d->page, SETTING_docker_tcp, all, place, shown);
	host_say(d->page, SETTING_docker_tcp_open, verify ? (span){0} : all, place, shown);
}
