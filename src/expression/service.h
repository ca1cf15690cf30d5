/* SPDX-License-Identifier: Apache-2.0
 *
 * Names of well-known ports (RFC 6335's registry): of the machine's own list, /etc/services, nothing is read, so that a rule means the
 * same everywhere. */
#pragma once

#include "base/span.h"

/* The port of a service ("https"), or < 0. */
int service_port(span name);

/* The name of a port, or NULL. */
const char *service_name(uint16_t port);
