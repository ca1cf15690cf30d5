/* SPDX-License-Identifier: Apache-2.0
 *
 * Programs that keep credentials (the protocol of docker-credential-helpers). */
#pragma once

#include "base/arena.h"
#include "base/error.h"

/* Runs `docker-credential-NAME get` with the name of the server on its standard input. 1: *ret is what it printed; 0: it has none. */
int credential_program_run(span name, span server, arena *a, span *ret, error *e);
