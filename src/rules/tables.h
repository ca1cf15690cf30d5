/* SPDX-License-Identifier: Apache-2.0
 *
 * The tables of built-in rules: one table a control, or several where it has several subjects. */
#pragma once

#include "rules/rule.h"

extern const rule_table user_table, filesystem_table, capabilities_table, confinement_table, isolation_table,
	resources_table, network_table, secrets_table, image_table, vulnerabilities_table, build_table,
	build_commands_table, build_packages_table, cluster_table, resources_availability_table,
	build_compose_table, cluster_psp_table, cluster_duties_table, running_table, host_table,
	host_engines_table;

#define RULE_TABLE(rows_)                                                 \
	{                                                                 \
		.rows = (rows_), .count = sizeof(rows_) / sizeof *(rows_) \
	}
