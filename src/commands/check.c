/* SPDX-License-Identifier: Apache-2.0
 *
 * bulkhead check: reads files, judges the workloads that they describe, reports. */
#include "commands/collect.h"
#include "commands/commands.h"
#include "commands/verdict.h"

#include "base/files.h"
#include "base/threads.h"
#include "sources/recognise.h"

#include <stdlib.h>
#include <time.h>

typedef struct check_options {
	output_options output;
	string_list compose_files, run_lines, exclude, only;
	const char *as, *config, *jobs;
	int profile, threads; /* threads: what jobs says */
	bool no_config;
} check_options;

static const char *const profile_choices[] = {"baseline", "recommended", "strict", NULL};
static const char *const format_choices[] = {"text", "concise", "json", "sarif", NULL};

static const option_row check_rows[] = {
	{'p', "profile", OPTION_CHOICE, offsetof(check_options, profile), "NAME", profile_choices,
		"which rules: baseline (what nobody should ship), recommended (the default), strict (all)"},
	{'f', "file", OPTION_LIST, offsetof(check_options, compose_files), "FILE", NULL,
		"a Compose file; several are laid over one another, as docker compose does"},
	{0, "run", OPTION_LIST, offsetof(check_options, run_lines), "COMMAND", NULL,
		"a docker run, docker create or podman run command line to check"},
	{0, "as", OPTION_STRING, offsetof(check_options, as), "KIND", recognise_words,
		"read all files as dockerfile, compose, kubernetes, commands or ci, whatever their names"},
	{0, "only", OPTION_LIST, offsetof(check_options, only), "RULE", NULL,
		"ask only this rule, by its id, by another tool's name for it, or by user/*; whatever the profile"},
	{0, "exclude", OPTION_LIST, offsetof(check_options, exclude), "GLOB", NULL,
		"leave out files and folders of this name or path"},
	{'c', "config", OPTION_STRING, offsetof(check_options, config), "FILE", NULL,
		"the policy file; without it, the bulkhead.yaml of the checked folder or above"},
	{0, "no-config", OPTION_FLAG, offsetof(check_options, no_config), NULL, NULL,
		"do not look for a bulkhead.yaml"},
	OUTPUT_OPTIONS(check_options, format_choices, "text (the default), concise, json, sarif"),
	{'j', "jobs", OPTION_STRING, offsetof(check_options, jobs), "N", NULL,
		"threads; without it, as many as there are CPUs"},
	{0},
};

static int check_run(int argc, char **argv);

const command_row check_command = {
	.name = "check",
	.summary = "judge Dockerfiles, Compose files, manifests and docker run lines",
	.arguments = "[PATH…]",
	.examples = "  bulkhead check .                              everything below this folder\n"
		    "  bulkhead check Dockerfile compose.yaml        these files\n"
		    "  bulkhead check --profile strict --fail-on high .\n"
		    "  bulkhead check --format text --format sarif=out.sarif .\n"
		    "  bulkhead check --run 'docker run --privileged alpine'\n"
		    "  cat pod.yaml | bulkhead check --as kubernetes -\n",
	.details = "Exit codes: 0 clean, 1 findings at or above --fail-on, 2 usage or internal\n"
		   "error, 3 something could not be read (it is named; all else is reported).\n\n"
		   "A finding is accepted by a comment on its line, or above its line or block:\n"
		   "  # bulkhead: ignore user/root -- needs port 53 until the new kernel is out\n"
		   "or by an exception in bulkhead.yaml, with an owner and a day on which it ends.",
	.options = check_rows,
	.run = check_run,
};

/* --- policy and rules --- */

static int load_policy(const check_options *o, const char *first, arena *a, policy *ret, error *e)
{
	TRY(verdict_policy(o->config, o->no_config, first, a, ret, e));
	for (uint32_t i = 0; i < o->exclude.count; i++)
		list_push(a, &ret->exclude, span_of(o->exclude.items[i]));
	return 0;
}

static bool options_valid(check_options *o)
{
	o->threads = (int)threads_available();
	if (!command_number("check", "jobs", o->jobs, 1, COMMAND_JOBS_MAX, &o->threads))
		return false;
	if (o->as && recognise_as(o->as) == FILE_OTHER) {
		command_complain("check",
			"--as takes dockerfile, compose, kubernetes, commands or ci, not '%s'", o->as);
		return false;
	}
	return output_valid(&o->output, "check", format_choices);
}

static int check_paths(const check_options *o, const char *const *paths, int count)
{
	struct timespec start;
	clock_gettime(CLOCK_MONOTONIC, &start);
	static const char *const here[] = {"."};
	bool only_named = o->run_lines.count || o->compose_files.count;
	collect_request request = {.paths = paths,
		.path_count = (uint32_t)count,
		.compose_files = &o->compose_files,
		.run_lines = &o->run_lines,
		.as = o->as,
		.threads = (unsigned)o->threads};
	if (count == 0 && !only_named) {
		request.paths = here;
		request.path_count = 1;
	}
	arena a = {0};
	error e;
	policy p;
	collection c = {0};
	request.policy = &p;
	const char *folders[OPTION_LIST_MAX];
	request.output_folders = folders;
	request.output_count = output_folders(&o->output, folders, &a);
	int ret = EXIT_USAGE;
	int loaded = load_policy(o, request.path_count ? request.paths[0] : ".", &a, &p, &e);
	p.partial = loaded >= 0 && !policy_covered(&p, request.paths, request.path_count);
	if (loaded < 0 || collect(&request, &c, &e) < 0)
		command_complain("check", "%s", e.text);
	else
		ret = verdict_report(&(verdict_request){.command = &check_command,
					     .output = &o->output,
					     .policy = &p,
					     .profile = o->profile,
					     .only = &o->only,
					     .threads = request.threads,
					     .files = c.files,
					     .start = &start},
			&c.bundle, &a);
	collection_done(&c);
	arena_done(&a);
	return ret;
}

static int check_run(int argc, char **argv)
{
	check_options o = {.profile = -1, .output.fail_on = -1};
	int count, ret = EXIT_USAGE;
	const char **paths = calloc((size_t)argc + 1, sizeof *paths);
	if (paths && command_options(&check_command, argc, argv, &o, paths, &count, &ret))
		ret = options_valid(&o) ? check_paths(&o, paths, count) : EXIT_USAGE;
	free(paths);
	return ret;
}
