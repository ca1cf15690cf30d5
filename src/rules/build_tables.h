/* SPDX-License-Identifier: Apache-2.0
 *
 * What the rows of the rules about Dockerfiles are asked to look for (rule.of). */
#pragma once

#include "rules/build.h"

/* judge_use: calls of one of the programs; an array of rows that ends with a row without programs. */
typedef struct build_use {
	const char *programs;
	const char *subcommands;     /* one of them must be there; NULL: any */
	const char *letters, *flags; /* one of them must be there; both NULL: none */
} build_use;

/* judge_pipe: pipes that begin with a shell that is called by name, or the others. */
typedef struct build_pipe {
	bool of_shells;
} build_pipe;

/* judge_setting: ENV, ARG and assignments in RUN that give a variable one of the values. */
typedef struct build_setting {
	const char *names;
	const char *values; /* NULL: any */
} build_setting;

/* A package manager, as far as its command line goes. */
typedef struct build_manager {
	const char *programs;
	const char *letters, *names; /* options whose value is a word of its own */
	bool operands_end;           /* what follows -- is for somebody else */
} build_manager;

/* judge_unpinned: packages that are installed in whatever version there is. */
typedef struct build_versions {
	const build_manager *manager;
	const char *install;
	const char *group; /* `module install x`: the word before; NULL: none */
	bool (*pinned)(span package);
	const char *letters, *flags; /* options that say the versions elsewhere (-r requirements.txt) */
} build_versions;

/* judge_missing_flag: an option that the subcommand should have. */
typedef struct build_option {
	const build_manager *manager;
	const char *subcommands;
	const char *letters, *flags;
	const char *quiet;       /* a letter that given twice is enough too; NULL: none */
	const char *settings;    /* -o values that are enough too */
	const char *environment; /* a variable that, set to true, is enough too */
	const char *mount;       /* a cache or tmpfs mount of it is enough too */
	const char *insert;      /* what the fix puts behind the subcommand */
} build_option;

/* judge_cache: what a manager downloads stays in the layer. */
typedef struct build_cache {
	const build_manager *manager;
	const char *install; /* what fills it */
	const char *clean,
		*third; /* the subcommand that empties it, and the word behind it (clean all, cache clean) */
	const char *folders; /* those that rm may empty as well; mounts of them leave nothing */
	build_scope scope;
} build_cache;

/* judge_repeated: of an instruction only the last one of a stage counts. */
typedef struct build_repeat {
	dockerfile_kind kind;
	build_scope scope;
} build_repeat;

/* judge_shell_form */
typedef struct build_form {
	uint32_t kinds;  /* bits 1 << DOCKERFILE_… */
	bool with_shell; /* those with a SHELL in scope, or those without */
} build_form;

/* judge_platform */
typedef enum build_platform { PLATFORM_FIXED, PLATFORM_FIXED_UNNAMED, PLATFORM_REDUNDANT } build_platform;

/* judge_workdir */
typedef struct build_workdir {
	bool anchored; /* those behind an absolute WORKDIR, or those before the first */
} build_workdir;

/* judge_copy_folder */
typedef struct build_folder {
	bool dot; /* the destination is ".", or any other that does not end in a slash */
} build_folder;

typedef enum build_from { FROM_UNKNOWN, FROM_SELF, FROM_NUMBER } build_from; /* judge_copy_from */

/* judge_ignore_file */
typedef struct build_ignore {
	bool missing; /* there is none, or it lacks what should never be sent */
} build_ignore;

/* build_packages.c */
extern const build_manager build_apt, build_apt_all, build_apk, build_yum, build_dnf, build_zypper, build_pip,
	build_pipx, build_npm, build_gem, build_yarn, build_pacman;

/* The next word of a command that is no option and no value of one, from *at on; NULL at the end. */
const shell_word *build_argument(const build_manager *m, shell_words words, uint32_t *at);

/* Whether c calls the manager; then *ret_words are its words. */
bool build_calls(const build_manager *m, const dockerfile_command *c, shell_words *ret_words);

/* Whether c calls the manager with one of the subcommands: then *ret is the subcommand's index in *ret_words. */
bool build_calls_with(const build_manager *m, const char *subcommands, const dockerfile_command *c,
	shell_words *ret_words, uint32_t *ret);

/* Whether RUN mounts a cache or a tmpfs on one of the folders (or above). */
bool build_mounts(const dockerfile_instruction *i, const char *folders);
