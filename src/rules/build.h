/* SPDX-License-Identifier: Apache-2.0
 *
 * The rules about Dockerfiles: what the files build_*.c share, and their functions. */
#pragma once

#include "formats/dockerfile_words.h"
#include "rules/rule.h"

#define ON_DOCKERFILE     .kinds = 1u << DOCUMENT_DOCKERFILE
#define BUILD_JUDGE(name) void name(const rule *r, const document *d, const bundle *b, rule_report *out)

/* --- findings --- */

/* The workload of the stage that an instruction stands in, or NULL. */
const workload *build_workload(const document *d, const dockerfile_instruction *i);

/* The place of words of an instruction: of its source, its logical text, or what was made of that. */
origin build_origin(const dockerfile_instruction *i, span words);

/* build_found(out, r, d, i, words, edits, "format", …): one finding at words of i. */
#define build_found(out, r, d, i, words, edits, ...) \
	rule_found((out), (r), build_workload((d), (i)), build_origin((i), (words)), (edits), __VA_ARGS__)

/* An edit that replaces words of i by text, or puts text behind them. NULL when the words do not stand in the file as they are, or
 * in a JSON array, where text would need quotes. */
const edit_list *build_replace(rule_report *out, const dockerfile_instruction *i, span words, span text);
const edit_list *build_insert_behind(
	rule_report *out, const dockerfile_instruction *i, span words, span text);

/* --- walks --- */

/* build_each(i, d) { … }: all instructions of a document; of ONBUILD what it holds. */
#define build_each(i, d)                                                                       \
	for (uint32_t i##_at = 0; i##_at < (d)->dockerfile->instructions.count; i##_at++)      \
		for (const dockerfile_instruction *i =                                         \
				dockerfile_inner((d)->dockerfile->instructions.items[i##_at]); \
			i; i = NULL)

/* The stage of an instruction, or NULL before the first FROM. */
const dockerfile_stage *build_stage(const document *d, const dockerfile_instruction *i);

/* Whether an instruction stands in the last stage. */
bool build_is_final(const document *d, const dockerfile_instruction *i);

/* Whether what a stage writes ends in an image: it is the last one, or one that the last one is built upon. */
bool build_is_shipped(const document *d, uint32_t stage);

/* Whether the stage `upper` is `lower`, or is built upon it. */
bool build_is_upon(const document *d, uint32_t upper, uint32_t lower);

typedef enum build_scope { BUILD_ALL, BUILD_FINAL, BUILD_OTHER, BUILD_SHIPPED } build_scope;
bool build_in_scope(const document *d, const dockerfile_instruction *i, build_scope scope);

/* A truth per stage that those built upon it take over, for walks in the order of the file. */
typedef struct build_flags {
	const document *document;
	bool *items; /* one more than stages: the last is for what stands before the first FROM */
} build_flags;

build_flags build_flags_new(const document *d, arena *a);

/* That of the stage of i; at a FROM it is first taken over from the stage that the new one is built upon. */
bool *build_flags_at(build_flags *f, const dockerfile_instruction *i);

/* --- words --- */

/* The word of an instruction with its variables replaced; as written where one is not known, then *ret_complete is false. */
span build_expand(const document *d, const dockerfile_instruction *i, span raw, arena *a, bool *ret_complete);

/* The same for a word of a command: variables that the script sets, or that the build is given, count as "1". */
span build_shell_value(const document *d, const dockerfile_command *c, const shell_word *word, arena *a);

/* The name and words of a command, `python3 -m pip` taken as pip, pip3.11 as pip. */
span build_program(const dockerfile_command *c, shell_words *ret);

/* The flag word that is one of the letters or names, or NULL (see shell_has_flag). */
const shell_word *build_flag(shell_words words, const char *letters, const char *names);

/* Whether a path is absolute, on whatever system: /x, C:\x, C:/x. */
bool build_is_absolute(span path);

/* Whether the name is that of a tar archive, compressed or not: what ADD unpacks. */
bool build_is_archive(span name);
bool build_is_url(span source);

/* The last part of a path, behind / or \. */
span build_base_name(span path);

/* --- document rules --- */

/* build_instructions.c */
BUILD_JUDGE(judge_repeated);
BUILD_JUDGE(judge_shell_form);
BUILD_JUDGE(judge_keyword_case);
BUILD_JUDGE(judge_maintainer);
BUILD_JUDGE(judge_onbuild);
BUILD_JUDGE(judge_stray);
BUILD_JUDGE(judge_expose_format);
BUILD_JUDGE(judge_expose_case);
BUILD_JUDGE(judge_port_range);
BUILD_JUDGE(judge_ssh_port);
BUILD_JUDGE(judge_label_key);
BUILD_JUDGE(judge_old_pair);
BUILD_JUDGE(judge_blank_continuation);
BUILD_JUDGE(judge_workdir);
BUILD_JUDGE(judge_ignore_comment);
BUILD_JUDGE(judge_description);

/* build_stages.c */
BUILD_JUDGE(judge_from_first);
BUILD_JUDGE(judge_stage_twice);
BUILD_JUDGE(judge_stage_reserved);
BUILD_JUDGE(judge_stage_case);
BUILD_JUDGE(judge_as_case);
BUILD_JUDGE(judge_platform);
BUILD_JUDGE(judge_stage_user);
BUILD_JUDGE(judge_user_name);
BUILD_JUDGE(judge_run_split);
BUILD_JUDGE(judge_layers);
BUILD_JUDGE(judge_build_tools);

/* build_copies.c */
BUILD_JUDGE(judge_add);
BUILD_JUDGE(judge_add_url);
BUILD_JUDGE(judge_copy_folder);
BUILD_JUDGE(judge_copy_from);
BUILD_JUDGE(judge_copy_relative);
BUILD_JUDGE(judge_copy_root);
BUILD_JUDGE(judge_chown);
BUILD_JUDGE(judge_copy_archive);

/* build_context.c */
BUILD_JUDGE(judge_copied_secret);
BUILD_JUDGE(judge_ignore_file);
BUILD_JUDGE(judge_copy_ignored);

/* build_variables.c */
BUILD_JUDGE(judge_env_self);
BUILD_JUDGE(judge_undefined);
BUILD_JUDGE(judge_from_undefined);
BUILD_JUDGE(judge_from_default);
BUILD_JUDGE(judge_setting);
BUILD_JUDGE(judge_secret_like);

/* build_shell.c */
BUILD_JUDGE(judge_use);
BUILD_JUDGE(judge_sudo);
BUILD_JUDGE(judge_pipe);
BUILD_JUDGE(judge_download_to_shell);
BUILD_JUDGE(judge_two_downloaders);
BUILD_JUDGE(judge_wget_progress);
BUILD_JUDGE(judge_shell_link);
BUILD_JUDGE(judge_useradd);
BUILD_JUDGE(judge_strict_ssl);
BUILD_JUDGE(judge_git_ssl);
BUILD_JUDGE(judge_ssl_verify);
BUILD_JUDGE(judge_plain_http);
BUILD_JUDGE(judge_world_writable);

/* build_managers.c */
BUILD_JUDGE(judge_unpinned);
BUILD_JUDGE(judge_unpinned_go);
BUILD_JUDGE(judge_missing_flag);
BUILD_JUDGE(judge_update_alone);
BUILD_JUDGE(judge_install_alone);

/* build_caches.c */
BUILD_JUDGE(judge_cache);
BUILD_JUDGE(judge_apt_lists);
