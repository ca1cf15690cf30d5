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

	/* Images. One layer, decompressed: the largest honest ones (GPU frameworks) are near 20 GiB. */
	LIMIT_LAYER_MIB = 64 << 10,
	/* What compressed data may grow by, judged only past LIMIT_RATIO_FROM_MIB: file systems shrink to a third, runs of zeros to a
	 * thousandth. A bomb is both large and hollow. */
	LIMIT_RATIO = 200,
	LIMIT_RATIO_FROM_MIB = 1024,
	/* The window of a Zstandard frame: 128 MiB, what its own tool takes without being asked. */
	LIMIT_ZSTD_WINDOW_LOG = 27,
	/* Memory of one xz decoder: `xz -9` needs 65 MiB. */
	LIMIT_XZ_MEMORY_MIB = 128,
	/* One extended tar header (pax, GNU long name): what Go's reader, and so every engine, refuses beyond. */
	LIMIT_TAR_HEADER = 1 << 20,
	/* A path of an image: longer ones (PATH_MAX) cannot be unpacked by any engine. */
	LIMIT_IMAGE_PATH = 4096,
	/* Pieces of one sparse file. */
	LIMIT_TAR_PIECES = 1 << 18,
	/* One file of an image that is handed out whole: the largest honest executables and package databases are below 300 MB. */
	LIMIT_IMAGE_FILE_MIB = 512,
	/* All that is remembered of the files of one image (names, sizes, folders): three million files of usual names. */
	LIMIT_IMAGE_INDEX_MIB = 1024,
	/* Steps through folders and symbolic links while layers are laid over one another: honest images need two a file. */
	LIMIT_IMAGE_STEPS = 200000000,
	/* Symbolic links on one path, as in the kernel. */
	LIMIT_IMAGE_LINKS = 40,
	/* Manifests and configs; registries stop at 4 MiB. */
	LIMIT_IMAGE_JSON = 8 << 20,
	/* Layers: overlayfs stacks at most 500. */
	LIMIT_IMAGE_LAYERS = 512,
	/* Members of an archive of images, and manifests that are looked at to find one. */
	LIMIT_IMAGE_MEMBERS = 16384,
	LIMIT_IMAGE_MANIFESTS = 1024,
	/* An index that names an index that names …: two is the most that registries hold. */
	LIMIT_IMAGE_INDEXES = 4,

	/* Errors reported for one file; what follows is counted, not listed. */
	LIMIT_FILE_ERRORS = 100,
	/* Findings of one rule in one file; a generated file should not drown the rest. */
	LIMIT_RULE_FINDINGS = 1000,
};
