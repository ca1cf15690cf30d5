/* SPDX-License-Identifier: Apache-2.0
 *
 * The sections of the CIS Docker Benchmark. */
#pragma once

#include "rules/cis.h"

#define CIS_SECTION(id_, title_, rows_)                                                                     \
	{                                                                                                   \
		.id = (id_), .title = (title_), .checks = (rows_), .count = sizeof(rows_) / sizeof *(rows_) \
	}

extern const cis_section cis_docker_host, cis_docker_daemon, cis_docker_files, cis_docker_images,
	cis_docker_containers, cis_docker_operations, cis_docker_swarm;
