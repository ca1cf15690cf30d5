/* SPDX-License-Identifier: Apache-2.0
 *
 * The tables of built-in rules: one file and one table a control; build has three. */
#pragma once

#include "rules/rule.h"

extern const rule_table user_table, filesystem_table, capabilities_table, confinement_table, isolation_table,
	resources_table, network_table, secrets_table, image_table, vulnerabilities_table, build_table,
	build_commands_table, build_packages_table, cluster_table;

#define RULE_TABLE(rows_)                                                 \
	{                                                                 \
		.rows = (rows_), .count = sizeof(rows_) / sizeof *(rows_) \
	}
