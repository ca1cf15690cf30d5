/* SPDX-License-Identifier: Apache-2.0
 *
 * What kinds of descriptors are called. */
#pragma once

#include "watch/descriptor.h"

/* "file", "ipv4" …; "<NA>" for what nobody knows. */
const char *descriptor_type_name(descriptor_type type);

/* "f", "4" …; "o" for what nobody knows. */
const char *descriptor_type_letter(descriptor_type type);

/* "tcp", "udp", "icmp", "raw", else "<NA>". */
const char *socket_protocol_name(socket_protocol protocol);
