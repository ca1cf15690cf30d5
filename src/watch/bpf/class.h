/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
 *
 * The class of an open, by its flags. */
#pragma once

#include "maps.h"

enum {
	OPEN_ACCESS = 3,
	OPEN_READ_ONLY = 0,
	OPEN_WRITE_ONLY = 1,
	OPEN_CREATE = 0100,
	OPEN_TRUNCATE = 01000,
	OPEN_TEMPORARY = 020000000,
};

static __always_inline __u32 class_of_open(__u64 flags)
{
	__u32 ret = (flags & OPEN_ACCESS) != OPEN_WRITE_ONLY ? CLASS_READ : 0;
	ret |= (flags & OPEN_ACCESS) != OPEN_READ_ONLY ? CLASS_WRITE : 0;
	ret |= flags & OPEN_TRUNCATE ? CLASS_TRUNCATE : 0;
	return ret | (flags & (OPEN_CREATE | OPEN_TEMPORARY) ? CLASS_CREATE : 0);
}
