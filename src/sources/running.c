/* SPDX-License-Identifier: Apache-2.0
 *
 * What running containers can state. */
#include "sources/running.h"

const source running_source = {
	.name = "running",
	.controls = 1u << CONTROL_user | 1u << CONTROL_filesystem | 1u << CONTROL_capabilities |
		    1u << CONTROL_confinement | 1u << CONTROL_isolation | 1u << CONTROL_resources |
		    1u << CONTROL_network | 1u << CONTROL_secrets | 1u << CONTROL_image |
		    1u << CONTROL_vulnerabilities,
};
