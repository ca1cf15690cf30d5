/* SPDX-License-Identifier: Apache-2.0
 *
 * What an engine does with containers of which nobody says otherwise. Its descriptions of containers leave that out. */
#pragma once

#include "engine/api.h"

typedef struct engine_defaults { /* all zero: as engines are without settings of their own */
	bool known;              /* the engine told */
	bool no_new_privileges;
	bool user_namespace;   /* ids are mapped (userns-remap; an engine without root does so, too) */
	bool cgroup_namespace; /* private; else the host's */
	span seccomp; /* "custom" where it has a profile of its own, "unconfined"; empty: its usual one */
	span capabilities; /* Podman: "CAP_CHOWN,CAP_KILL"; empty: it does not say */
} engine_defaults;

/* GET /info (Docker Engine API: SecurityOptions; libpod: host.security). What it does not say stays false. no_new_privileges is not told by Docker before
 * version 25. Lives as long as a. */
int engine_defaults_read(engine *g, arena *a, engine_defaults *ret, error *e);

/* The same from the answer. */
void engine_defaults_take(engine_kind kind, const node *info, engine_defaults *ret);
