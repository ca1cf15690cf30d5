/* SPDX-License-Identifier: Apache-2.0
 *
 * Names of the layers of a running container. */
#include "posture/running.h"

const char *const running_layer_names[RUNNING_LAYERS] = {"declared", "configured", "enforced"};
