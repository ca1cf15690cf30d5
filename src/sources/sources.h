/* SPDX-License-Identifier: Apache-2.0
 *
 * All sources that a posture is read from and written to. */
#pragma once

#include "posture/source.h"

extern const source dockerfile_source, compose_source, kubernetes_source, docker_run_source, ci_source,
	image_config_source;
