/* SPDX-License-Identifier: Apache-2.0
 *
 * Before untrusted input is parsed, the process gives up what parsing does not need: writing files (Landlock), the network and
 * starting programs (seccomp). Whatever a parser could be made to do then stays inside the process. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef struct sandbox {
	bool files; /* Landlock holds: nothing can be written outside the folders that were named */
	bool calls; /* seccomp holds: no sockets, no programs, no tracing */
} sandbox;

/* Enters the sandbox, for ever, with all threads started later. Files can still be written below `folders` (the reports go there). What the
 * kernel does not offer is left out: the result says what holds. */
sandbox sandbox_enter(const char *const *folders, uint32_t count);

/* The same for what talks to the network and parses nothing: sockets stay. */
sandbox sandbox_enter_network(const char *const *folders, uint32_t count);

/* Which of the two this kernel offers; nothing is entered. */
sandbox sandbox_offered(void);
