/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of services. */
#include "expression/service.h"

static const struct {
	uint16_t port;
	const char *name;
} services[] = {
#define SERVICE(port, name) {port, name},
#include "expression/services.def"
#undef SERVICE
};
enum { SERVICES = sizeof services / sizeof *services };

int service_port(span name)
{
	for (int i = 0; i < SERVICES; i++)
		if (span_is(name, services[i].name))
			return services[i].port;
	return -1;
}

const char *service_name(uint16_t port)
{
	for (int i = 0; i < SERVICES; i++)
		if (services[i].port == port)
			return services[i].name;
	return NULL;
}
