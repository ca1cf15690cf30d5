/* SPDX-License-Identifier: Apache-2.0
 *
 * Every bound on what an input may ask for, each with its reason. Going over one is an error with its place, never a
 * hang, and never the end of the run. */
#pragma once

enum {
	/* Sources. The largest honest manifest seen in the wild is a bundle of custom resources near 10 MB. */
	LIMIT_FILE_BYTES = 32 << 20,
	/* One line of a source: minified JSON passes, a binary that calls itself a Dockerfile does not. */
	LIMIT_LINE_BYTES = 1 << 20,
	/* Files found under one directory argument. */
	LIMIT_FILES = 1000000,
	/* Directory depth: deeper trees are loops or attacks. */
	LIMIT_DIRECTORY_DEPTH = 64,

	/* Trees. libyaml recurses into nothing, but our walkers do; honest files stay below 30. */
	LIMIT_TREE_DEPTH = 100,
	/* Nodes of one file, aliases counted as if written out: stops the billion laughs. */
	LIMIT_TREE_NODES = 2000000,

	/* Dockerfiles: an instruction after its continuation lines are joined. */
	LIMIT_INSTRUCTIONS = 100000,
	/* Shell: nesting of subshells and substitutions that the splitter follows. */
	LIMIT_SHELL_DEPTH = 32,
	/* Commands of one shell text. */
	LIMIT_SHELL_COMMANDS = 20000,
	/* One expansion of ENV, ARG or Compose variables. */
	LIMIT_EXPANSION_BYTES = 1 << 20,
	LIMIT_EXPANSION_DEPTH = 16,

	/* Compose: chains of extends and include. */
	LIMIT_INCLUDE_DEPTH = 16,
	/* Workloads and objects of one run. */
	LIMIT_WORKLOADS = 200000,

	/* Conditions: nesting and nodes of one expression, macros written out. */
	LIMIT_EXPRESSION_DEPTH = 64,
	LIMIT_EXPRESSION_NODES = 65536,

	/* Errors reported for one file; what follows is counted, not listed. */
	LIMIT_FILE_ERRORS = 100,
	/* Findings of one rule in one file; a generated file should not drown the rest. */
	LIMIT_RULE_FINDINGS = 1000,
};
