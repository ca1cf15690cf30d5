/* SPDX-License-Identifier: Apache-2.0
 *
 * What an engine says of a container (Docker's GET /containers/ID/json, Podman's /libpod/containers/ID/json) as facts: what it was asked for, or its
 * default where nobody asked. What the kernel makes of it is another source's. */
#pragma once

#include "engine/defaults.h"
#include "sources/evidence.h"

/* Adds all facts of an inspect answer to p (KNOWN_DECLARED, or KNOWN_DEFAULT where it shows the engine's default), each with a line of evidence
 * ("docker inspect: HostConfig.Privileged = true"). inspect may be anything; what is not as the API says is taken as not said. The answer is borrowed: it must
 * live as long as a. defaults: what this engine does where nobody says otherwise; NULL: as engines do. */
void inspect_posture(engine_kind kind, const node *inspect, const engine_defaults *defaults, evidence *v,
	posture *p, arena *a);

/* Devices may have another path in the container, which is all that its spec knows: gives those of the configured posture the path of the host that the
 * engine was asked for. */
void inspect_devices_rename(const node *inspect, posture *configured);
