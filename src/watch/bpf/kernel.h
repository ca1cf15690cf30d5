/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
 *
 * The kernel as programs that run in it see it: its types and its helpers. The order matters to the headers of libbpf. */
#pragma once

/* clang-format off */
#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>

#include "kernel_types.h"

#include <bpf/bpf_helpers.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
/* clang-format on */
