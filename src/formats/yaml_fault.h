/* SPDX-License-Identifier: Apache-2.0
 *
 * libyaml's complaints in words for people who write manifests. */
#pragma once

#include "formats/yaml_source.h"

#include <yaml.h>

typedef struct yaml_fault {
	uint32_t start, end;
	const char *message;
} yaml_fault;

/* Explains the error that a parser stopped with. */
yaml_fault yaml_fault_explain(const yaml_parser_t *parser, yaml_source *s, arena *a);
