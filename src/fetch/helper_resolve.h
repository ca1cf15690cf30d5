/* SPDX-License-Identifier: Apache-2.0
 *
 * bulkhead-fetch --resolve. */
#pragma once

/* Looks up names on standard input until it closes, and ends the process; its threads wait for servers as long as these take. */
_Noreturn void helper_resolve(void);
