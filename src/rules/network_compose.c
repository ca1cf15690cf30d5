/* SPDX-License-Identifier: Apache-2.0
 *
 * Document rules over the services of one Compose project. */
#include "rules/macros.h"
#include "rules/network_objects.h"

#include <stdio.h>

enum { SERVICES_COMPARED = 1000 }; /* of one project: comparing them is quadratic */

/* Whether the image is one of the list database_images. */
static bool is_database(const workload *w)
{
	const fact *f = &w->effective->image_repository;
	span rest = span_of(macro_list_find(NULL, SPAN("database_images"))), name;
	while (f->known != KNOWN_UNSET && span_cut(&rest, ',', &name))
		if (span_equal(span_trim(name), f->value.text))
			return true;
	return false;
}

static bool publishes(const workload *w)
{
	const item_list *ports = posture_items(w->effective, FACT_ports);
	for (uint32_t i = 0; i < ports->all.count; i++) {
		span ip = item_text(ports->all.items[i], MEMBER_port_host_ip);
		if (ports->all.items[i]->values[MEMBER_port_published].truth && !span_is(ip, "127.0.0.1") &&
			!span_is(ip, "::1"))
			return true;
	}
	return false;
}

static bool is_internal(const item *network)
{
	return item_has(network, MEMBER_network_internal) && network->values[MEMBER_network_internal].truth;
}

/* The network that both are on and that has a way out, or NULL. */
static const item *common_network(const workload *x, const workload *y)
{
	const item_list *a = posture_items(x->effective, FACT_networks),
			*b = posture_items(y->effective, FACT_networks);
	for (uint32_t i = 0; i < a->all.count; i++)
		for (uint32_t k = 0; k < b->all.count; k++)
			if (!is_internal(a->all.items[i]) &&
				span_equal(item_text(a->all.items[i], MEMBER_network_name),
					item_text(b->all.items[k], MEMBER_network_name)))
				return a->all.items[i];
	return NULL;
}

/* The services of the project, SERVICES_COMPARED at the most. */
static uint32_t project_services(const document *d, const bundle *b, const workload **ret)
{
	uint32_t count = 0;
	for (uint32_t i = 0; i < b->workloads.count && count < SERVICES_COMPARED; i++)
		if (b->workloads.items[i]->document == d)
			ret[count++] = b->workloads.items[i];
	return count;
}

static const workload *front_beside(const workload *store, const workload *const *services, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		if (services[i] != store && !is_database(services[i]) && publishes(services[i]) &&
			common_network(store, services[i]))
			return services[i];
	return NULL;
}

void judge_database_network(const rule *r, const document *d, const bundle *b, rule_report *out)
{
	const workload **services = ARENA_ARRAY(rule_arena(out), const workload *, SERVICES_COMPARED);
	uint32_t count = project_services(d, b, services);
	for (uint32_t i = 0; i < count; i++) {
		const workload *front =
			is_database(services[i]) ? front_beside(services[i], services, count) : NULL;
		if (front)
			rule_found(out, r, services[i],
				services[i]->effective->networks.origin.text
					? services[i]->effective->networks.origin
					: services[i]->origin,
				NULL, "%s shares a network with %s, which is open to the outside",
				services[i]->name, front->name);
	}
}

/* --- ports that two services publish --- */

typedef struct published { /* one port, or a range of them, of one service */
	const workload *workload;
	const item *item;
	int64_t first, last;
} published;

typedef LIST(published) published_list;

/* An item has the first port of a range; its words say where the range ends: "8093-9000:80" from 8093 ends at 9000. */
static int64_t range_end(const item *port, int64_t first)
{
	char start[24];
	int64_t last;
	const origin *at = &port->origin;
	span words = at->text ? span_sub(at->text->bytes, at->start, at->end - at->start) : (span){0};
	snprintf(start, sizeof start, "%lld-", (long long)first);
	size_t found = span_find(words, span_of(start));
	if (found == SPAN_NONE)
		return first;
	span rest = span_from(words, found + strlen(start));
	size_t digits = 0;
	while (digits < rest.n && ascii_digit(rest.p[digits]))
		digits++;
	return span_int(span_sub(rest, 0, digits), &last) && last > first ? last : first;
}

static bool same_address(const item *a, const item *b)
{
	span x = item_text(a, MEMBER_port_host_ip), y = item_text(b, MEMBER_port_host_ip);
	bool any = !x.n || !y.n || span_is(x, "0.0.0.0") || span_is(y, "0.0.0.0");
	return any || span_equal(x, y);
}

static bool same_protocol(const item *a, const item *b)
{
	span x = item_text(a, MEMBER_port_protocol), y = item_text(b, MEMBER_port_protocol);
	return span_equal(x.n ? x : SPAN("tcp"), y.n ? y : SPAN("tcp"));
}

static bool collide(const published *a, const published *b)
{
	/* The replicas of one entry's range are one item or several from the same words. */
	bool same_words = a->item->origin.start == b->item->origin.start &&
			  a->item->origin.text == b->item->origin.text;
	return !same_words && a->first <= b->last && b->first <= a->last && same_address(a->item, b->item) &&
	       same_protocol(a->item, b->item);
}

static published_list published_ports(const document *d, const bundle *b, arena *a)
{
	published_list ret = {0};
	for (uint32_t i = 0; i < b->workloads.count; i++) {
		const workload *w = b->workloads.items[i];
		const item_list *ports = posture_items(&w->posture, FACT_ports);
		for (uint32_t k = 0;
			w->document == d && k < ports->all.count && ret.count < SERVICES_COMPARED; k++) {
			const item *port = ports->all.items[k];
			int64_t first = item_has(port, MEMBER_port_host_port)
						? port->values[MEMBER_port_host_port].number
						: 0;
			if (first > 0)
				list_push(a, &ret, (published){w, port, first, range_end(port, first)});
		}
	}
	return ret;
}

void judge_duplicate_port(const rule *r, const document *d, const bundle *b, rule_report *out)
{
	published_list all = published_ports(d, b, rule_arena(out));
	for (uint32_t i = 0; i < all.count; i++)
		for (uint32_t k = 0; k < i; k++)
			if (collide(&all.items[i], &all.items[k])) {
				rule_found(out, r, all.items[i].workload, all.items[i].item->origin, NULL,
					"%s and %s both publish port %lld", all.items[i].workload->name,
					all.items[k].workload->name, (long long)all.items[i].first);
				break;
			}
}
