/* SPDX-License-Identifier: Apache-2.0
 *
 * Rules about the commands of RUN: what is called, with which flags, and what is piped where. */
#include "rules/build.h"

#include "rules/build_tables.h"

enum { PIPE_REACH = 64 }; /* commands behind a download among which the one that runs it is looked for */

/* --- calls --- */

static const shell_word *use_matches(const build_use *use, span name, shell_words words)
{
	if (!span_in(name, use->programs))
		return NULL;
	if (use->subcommands) {
		const shell_word *first = shell_arg(words, 0), *second = shell_arg(words, 1);
		bool has = (first && span_in(first->value, use->subcommands)) ||
			   (second && span_in(second->value, use->subcommands));
		if (!has)
			return NULL;
	}
	if (use->letters || use->flags)
		return build_flag(words, use->letters, use->flags);
	return &words.items[0];
}

static void found_use(
	const rule *r, const document *d, const dockerfile_command *c, const shell_word *at, rule_report *out)
{
	span name = c->name.n ? c->name : SPAN("RUN");
	if (span_equal(build_base_name(at->value), name))
		build_found(
			out, r, d, c->instruction, at->source, NULL, "%s: %.*s", r->title, SPAN_ARG(name));
	else
		build_found(out, r, d, c->instruction, at->source, NULL, "%s: %.*s %.*s", r->title,
			SPAN_ARG(name), SPAN_ARG(at->value));
}

BUILD_JUDGE(judge_use)
{
	(void)b;
	list_each(const dockerfile_command, c, &d->dockerfile->commands) {
		shell_words words;
		span name = build_program(c, &words);
		for (const build_use *use = r->of; name.n && use->programs; use++) {
			const shell_word *at = use_matches(use, name, words);
			if (at) {
				found_use(r, d, c, at, out);
				break;
			}
		}
	}
}

BUILD_JUDGE(judge_sudo)
{
	(void)b;
	list_each(const dockerfile_command, c, &d->dockerfile->commands)
		if (span_is(shell_command_name(c->command), "sudo"))
			build_found(out, r, d, c->instruction, c->command->words.items[0].source, NULL,
				"sudo in a build step that is root, or should be switched by USER");
}

/* npm config set strict-ssl false; also key=value, `npm set`, `npm c set`, yarn. */
BUILD_JUDGE(judge_strict_ssl)
{
	(void)b;
	list_each(const dockerfile_command, c, &d->dockerfile->commands) {
		if (!span_in(c->name, "npm yarn pnpm"))
			continue;
		for (uint32_t k = 2; k < c->words.count; k++) {
			span word = c->words.items[k].value,
			     next = k + 1 < c->words.count ? c->words.items[k + 1].value : (span){0};
			if (span_is(word, "strict-ssl=false") || span_is(word, "--strict-ssl=false") ||
				(span_is(word, "strict-ssl") && span_is(next, "false")))
				build_found(out, r, d, c->instruction, c->words.items[k].source, NULL,
					"%.*s no longer checks certificates", SPAN_ARG(c->name));
		}
	}
}

/* --setopt=sslverify=0, --setopt=epel.sslverify=false */
BUILD_JUDGE(judge_ssl_verify)
{
	(void)b;
	list_each(const dockerfile_command, c, &d->dockerfile->commands) {
		if (!span_in(c->name, "yum dnf dnf5 tdnf microdnf yum-config-manager"))
			continue;
		for (uint32_t k = 1; k < c->words.count; k++) {
			span word = c->words.items[k].value;
			size_t at = span_find(word, SPAN("sslverify="));
			if (at != SPAN_NONE &&
				span_in(span_from(word, at + strlen("sslverify=")), "0 false False no off"))
				build_found(out, r, d, c->instruction, c->words.items[k].source, NULL,
					"%.*s no longer checks certificates", SPAN_ARG(c->name));
		}
	}
}

/* git -c http.sslVerify=false, git config http.sslVerify false */
BUILD_JUDGE(judge_git_ssl)
{
	(void)b;
	list_each(const dockerfile_command, c, &d->dockerfile->commands)
		for (uint32_t k = 1; span_is(c->name, "git") && k < c->words.count; k++) {
			span word = c->words.items[k].value,
			     next = k + 1 < c->words.count ? c->words.items[k + 1].value : (span){0};
			bool off = span_is_fold(word, "http.sslVerify=false") ||
				   span_is_fold(word, "http.sslVerify=0");
			if (off || (span_is_fold(word, "http.sslVerify") && span_in(next, "false 0 no off")))
				build_found(out, r, d, c->instruction, c->words.items[k].source, NULL,
					"git no longer checks certificates");
		}
}

/* --- pipes --- */

/* -o pipefail of a shell that knows it. */
static bool shell_has_pipefail(const dockerfile_instruction *shell)
{
	bool option = false;
	for (uint32_t k = 1; k < shell->words.count; k++)
		option |= span_is(shell->words.items[k].value, "pipefail");
	return option && span_in(build_base_name(shell->words.items[0].value), "bash ash zsh ksh mksh");
}

/* `set -o pipefail` and `bash -o pipefail` somewhere in the same step. */
static bool script_has_pipefail(const shell_script *s)
{
	for (uint32_t k = 0; k < s->commands.count; k++) {
		shell_words words = s->commands.items[k].words;
		for (uint32_t n = 1; n < words.count; n++)
			if (span_is(words.items[n].value, "pipefail"))
				return true;
	}
	return false;
}

/* The first command of a pipe whose failure nobody would see, as far as the shell goes. */
static bool pipe_is_open(const dockerfile_command *c)
{
	const shell_command *command = c->command;
	bool pipe = command->separator == SHELL_PIPE || command->separator == SHELL_PIPE_ERROR;
	if (!pipe || command->position > 0 || span_in(c->name, "pwsh powershell"))
		return false;
	const dockerfile_instruction *shell = c->instruction->shell;
	return !(shell && shell->words.count && shell_has_pipefail(shell));
}

BUILD_JUDGE(judge_pipe)
{
	(void)b;
	const build_pipe *which = r->of;
	const shell_script *script = NULL;
	bool set = false; /* of the script: asked once for all of its pipes */
	list_each(const dockerfile_command, c, &d->dockerfile->commands) {
		if (!pipe_is_open(c) || shell_is_posix(shell_command_name(c->command)) != which->of_shells)
			continue;
		set = script == c->script ? set : script_has_pipefail(c->script);
		script = c->script;
		if (!set)
			build_found(out, r, d, c->instruction, c->command->source, NULL,
				"if %.*s fails, the build goes on with what the pipe makes of nothing",
				SPAN_ARG(c->name.n ? c->name : SPAN("the first command")));
	}
}

/* --- downloads --- */

static bool downloads(span name)
{
	return span_in(name, "curl wget fetch aria2c");
}

static const shell_word *url_of(shell_words words, const char *scheme)
{
	for (uint32_t k = 1; k < words.count; k++)
		if (span_starts(words.items[k].value, span_of(scheme)))
			return &words.items[k];
	return NULL;
}

static bool runs_input(span name)
{
	return shell_is_posix(name) || span_in(name, "python python3 perl ruby node php");
}

/* The command that runs what c prints: curl | sh, sh -c "$(curl …)", bash <(curl …), . <(curl …). */
static const shell_command *runner_of(const dockerfile_command *c)
{
	const shell_script *s = c->script;
	uint32_t first = c->command->index + 1, count = s->commands.count;
	for (uint32_t k = first; k < count && k < first + PIPE_REACH; k++)
		if (runs_input(shell_program(&s->commands.items[k], NULL)) &&
			shell_pipes_into(s, c->command, &s->commands.items[k]))
			return &s->commands.items[k];
	for (uint32_t g = c->command->group; g != SHELL_NONE; g = s->groups.items[g].parent) {
		const shell_group *group = &s->groups.items[g];
		if (group->owner == SHELL_NONE ||
			(group->kind != SHELL_SUBSTITUTION && group->kind != SHELL_PROCESS))
			continue;
		span owner = shell_program(&s->commands.items[group->owner], NULL);
		if (runs_input(owner) || span_in(owner, "eval source ."))
			return &s->commands.items[group->owner];
	}
	return NULL;
}

BUILD_JUDGE(judge_download_to_shell)
{
	(void)b;
	list_each(const dockerfile_command, c, &d->dockerfile->commands)
		if (downloads(c->name) && runner_of(c))
			build_found(out, r, d, c->instruction, c->command->source, NULL,
				"what %.*s fetches is run without having been checked", SPAN_ARG(c->name));
}

static bool is_local(span url)
{
	span host = span_from(url, strlen("http://"));
	return span_starts(host, SPAN("localhost")) || span_starts(host, SPAN("127.")) ||
	       span_starts(host, SPAN("$")) || span_starts(host, SPAN("[::1]"));
}

BUILD_JUDGE(judge_plain_http)
{
	(void)b;
	list_each(const dockerfile_command, c, &d->dockerfile->commands) {
		const shell_word *url = downloads(c->name) ? url_of(c->words, "http://") : NULL;
		if (url && !is_local(url->value))
			build_found(out, r, d, c->instruction, url->source, NULL,
				"%.*s fetches over plain HTTP", SPAN_ARG(c->name));
	}
}

/* The tool that a stage used first is the one that it has: the other is the one too many. */
BUILD_JUDGE(judge_two_downloaders)
{
	(void)b;
	const dockerfile *file = d->dockerfile;
	span first = {0};
	uint32_t stage = DOCKERFILE_NO_STAGE;
	list_each(const dockerfile_command, c, &file->commands) {
		if (!span_in(c->name, "curl wget"))
			continue;
		if (first.n == 0 || stage != c->instruction->stage) {
			first = c->name;
			stage = c->instruction->stage;
		} else if (!span_equal(first, c->name)) {
			build_found(out, r, d, c->instruction, c->words.items[0].source, NULL,
				"this stage uses both wget and curl");
		}
	}
}

BUILD_JUDGE(judge_wget_progress)
{
	(void)b;
	list_each(const dockerfile_command, c, &d->dockerfile->commands) {
		if (!span_is(c->name, "wget") || c->words.count < 2 ||
			build_flag(c->words, "qoa",
				"progress quiet no-verbose nv output-file append-output help version"))
			continue;
		build_found(out, r, d, c->instruction, c->words.items[0].source,
			build_insert_behind(
				out, c->instruction, c->words.items[0].source, SPAN(" --progress=dot:giga")),
			"wget writes a line to the build log for every few kilobytes");
	}
}

/* --- single commands --- */

BUILD_JUDGE(judge_shell_link)
{
	(void)b;
	list_each(const dockerfile_command, c, &d->dockerfile->commands) {
		const shell_word *last = c->words.count ? &c->words.items[c->words.count - 1] : NULL;
		if (span_is(c->name, "ln") && c->words.count > 2 && span_is(last->value, "/bin/sh"))
			build_found(out, r, d, c->instruction, c->command->source, NULL,
				"/bin/sh is replaced by a link instead of SHELL");
	}
}

/* Without -l, useradd writes a sparse lastlog that is as long as the uid is high. */
BUILD_JUDGE(judge_useradd)
{
	(void)b;
	list_each(const dockerfile_command, c, &d->dockerfile->commands) {
		span uid;
		if (!span_is(c->name, "useradd") || !shell_flag_value(c->words, 'u', "uid", &uid) ||
			uid.n < 6 || build_flag(c->words, "l", "no-log-init"))
			continue;
		build_found(out, r, d, c->instruction, c->words.items[0].source,
			build_insert_behind(
				out, c->instruction, c->words.items[0].source, SPAN(" --no-log-init")),
			"useradd with uid %.*s writes a lastlog of gigabytes", SPAN_ARG(uid));
	}
}

/* 777, a+rwx, o+w. */
static bool opens_to_all(span mode)
{
	if (mode.n >= 3 && mode.n <= 4 && ascii_digit(mode.p[0])) {
		char last = mode.p[mode.n - 1];
		return last == '7' || last == '6' || last == '2' || last == '3';
	}
	size_t plus = span_find_byte(mode, '+');
	if (plus == SPAN_NONE)
		return false;
	span who = span_sub(mode, 0, plus);
	bool others = span_find_byte(who, 'o') != SPAN_NONE || span_find_byte(who, 'a') != SPAN_NONE;
	return others && span_find_byte(span_from(mode, plus), 'w') != SPAN_NONE;
}

BUILD_JUDGE(judge_world_writable)
{
	(void)b;
	list_each(const dockerfile_command, c, &d->dockerfile->commands) {
		const shell_word *mode = span_is(c->name, "chmod") ? shell_arg(c->words, 0) : NULL;
		if (mode && opens_to_all(mode->value))
			build_found(out, r, d, c->instruction, mode->source, NULL,
				"chmod %.*s lets everyone change the file", SPAN_ARG(mode->value));
	}
}
