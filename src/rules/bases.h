/* SPDX-License-Identifier: Apache-2.0
 *
 * Base images that come in a smaller variant too. */
#pragma once

#include "base/span.h"

/* What to take instead of a base image ("its slim or alpine variant, or …"); NULL when it is small already, or nothing is known
 * of it. The repository is as in the fact image.repository. */
const char *base_smaller(span repository, span tag);
