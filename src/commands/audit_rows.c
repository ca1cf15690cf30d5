/* SPDX-License-Identifier: Apache-2.0
 *
 * The options of bulkhead audit, for its help, the completions and the man page too. */
#include "commands/audit.h"
#include "commands/commands.h"

static const char *const profile_choices[] = {"baseline", "recommended", "strict", NULL};
static const char *const engine_choices[] = {"all", "docker", "podman", NULL};
static const char *const cis_choices[] = {"docker", NULL};
const char *const audit_formats[] = {"text", "concise", "json", "sarif", NULL};
const char *const audit_cis_formats[] = {"text", "json", NULL};

static const option_row audit_rows[] = {
	{0, "kernel", OPTION_FLAG, offsetof(audit_options, kernel), NULL, NULL,
		"ask no engine: only what /proc and the cgroups show"},
	{0, "against", OPTION_LIST, offsetof(audit_options, against), "FILE", NULL,
		"compare what runs with what a Compose file or a manifest declares"},
	{0, "cis", OPTION_CHOICE, offsetof(audit_options, cis), "BENCHMARK", cis_choices,
		"go through a benchmark check by check: docker (CIS Docker Benchmark 1.6)"},
	{0, "deep", OPTION_FLAG, offsetof(audit_options, deep), NULL, NULL,
		"also read the seccomp filters back from the kernel and look for set-uid files"},
	{0, "explain", OPTION_FLAG, offsetof(audit_options, explain), NULL, NULL,
		"show every fact, declared, configured and enforced, with the words that say it"},
	{0, "unscanned", OPTION_FLAG, offsetof(audit_options, unscanned), NULL, NULL,
		"only ask whether the images that run have a fresh record of a scan"},
	{0, "max-age", OPTION_STRING, offsetof(audit_options, max_age), "TIME", NULL,
		"for --unscanned: how old a scan may be: 12h, 7d (the default), 2w"},
	{0, "watch", OPTION_STRING, offsetof(audit_options, watch), "SECONDS", NULL,
		"audit again and again, and print only what has changed"},
	{0, "engine", OPTION_CHOICE, offsetof(audit_options, engine), "NAME", engine_choices,
		"which engine to ask: all (the default), docker, podman"},
	{0, "host", OPTION_STRING, offsetof(audit_options, host), "URL", NULL,
		"where the engine is: unix:///run/docker.sock, tcp://127.0.0.1:2376; without it, as docker and podman find it"},
	{0, "root", OPTION_STRING, offsetof(audit_options, root), "FOLDER", NULL,
		"where the root of the host is mounted, when bulkhead itself runs in a container"},
	{0, "no-host", OPTION_FLAG, offsetof(audit_options, no_host), NULL, NULL,
		"only containers, not the host and its engines"},
	{'p', "profile", OPTION_CHOICE, offsetof(audit_options, profile), "NAME", profile_choices,
		"which rules: baseline, recommended (the default), strict"},
	{0, "only", OPTION_LIST, offsetof(audit_options, only), "RULE", NULL,
		"ask only this rule, by its id, by another tool's name for it, or by host/*"},
	OUTPUT_OPTIONS(audit_options, audit_formats, "text (the default), concise, json, sarif"),
	{'c', "config", OPTION_STRING, offsetof(audit_options, config), "FILE", NULL,
		"the policy file; without it, the bulkhead.yaml of this folder or above"},
	{0, "no-config", OPTION_FLAG, offsetof(audit_options, no_config), NULL, NULL,
		"do not look for a bulkhead.yaml"},
	{'j', "jobs", OPTION_STRING, offsetof(audit_options, jobs), "N", NULL,
		"threads; without it, as many as there are CPUs"},
	{0},
};

const command_row audit_command = {
	.name = "audit",
	.summary = "show what running containers and their host really enforce",
	.arguments = "[CONTAINER…]",
	.examples =
		"  bulkhead audit                          the host, its engines and every running container\n"
		"  bulkhead audit web db                   by name or id\n"
		"  bulkhead audit --kernel                 no engine at all: /proc and cgroups only\n"
		"  bulkhead audit --explain web            every fact: declared → configured → enforced\n"
		"  bulkhead audit --against compose.yaml   drift between the file and what runs\n"
		"  bulkhead audit --cis docker             the CIS Docker Benchmark, check by check\n"
		"  bulkhead audit --deep web               the system calls that its filter lets through\n"
		"  bulkhead audit --unscanned --max-age 7d images that run and have no fresh scan\n"
		"  bulkhead audit --watch 10               what changes, as it changes\n",
	.details = "Exit codes: 0 clean, 1 findings at or above --fail-on, 2 usage or internal\n"
		   "error, 3 something could not be read (it is named; all else is reported).\n\n"
		   "Containers are found without an engine, by what the kernel shows; Docker and\n"
		   "Podman are asked for names and for what they were told ($DOCKER_HOST,\n"
		   "$CONTAINER_HOST, contexts). Nothing is run in a container and nothing is\n"
		   "written but the reports. An ordinary user sees what he may see, and is told\n"
		   "what he could not; root gives up what it does not need.",
	.options = audit_rows,
	.run = audit_run,
};
