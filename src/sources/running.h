/* SPDX-License-Identifier: Apache-2.0
 *
 * Running containers as a source: what their documents can state. They are read by inspect.h, oci_spec.h and kernel.h, a layer each. */
#pragma once

#include "posture/source.h"

/* Has no reader (a running container is no file) and no writer: it is mended where it is described. */
extern const source running_source;
