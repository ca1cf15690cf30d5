/* SPDX-License-Identifier: Apache-2.0
 *
 * bulkhead scan: what images hold, and what is known against it. Everything that reads an image happens in a child process, in the sandbox:
 * whatever an image does to its reader ends there. */
#include "commands/scan.h"

#include "base/files.h"
#include "base/threads.h"
#include "commands/commands.h"
#include "commands/scan_source.h"
#include "fetch/registry.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const profile_choices[] = {"baseline", "recommended", "strict", NULL};
static const char *const format_choices[] = {"text", "concise", "json", "sarif", "cyclonedx", "spdx", NULL};

static const option_row scan_rows[] = {
	{0, "platform", OPTION_STRING, offsetof(scan_options, platform), "OS/ARCH", NULL,
		"of images for several: linux/arm64, linux/arm/v7; without it, what this machine is"},
	{0, "sbom", OPTION_LIST, offsetof(scan_options, sboms), "FILE", NULL,
		"a CycloneDX or SPDX document (JSON) to match instead of an image"},
	{0, "insecure-registry", OPTION_LIST, offsetof(scan_options, insecure_registries), "HOST", NULL,
		"do not ask this registry for a certificate; plain HTTP will do"},
	{0, "registry-mirror", OPTION_LIST, offsetof(scan_options, mirrors), "[REGISTRY=]HOST", NULL,
		"ask this one first for images of REGISTRY (docker.io)"},
	{0, "ca-file", OPTION_STRING, offsetof(scan_options, ca_file), "FILE", NULL,
		"trust these certificates too when images are pulled"},
	{0, "ignore-unfixed", OPTION_FLAG, offsetof(scan_options, ignore_unfixed), NULL, NULL,
		"leave out vulnerabilities that no newer version mends"},
	{0, "severity", OPTION_LIST, offsetof(scan_options, severities), "LIST", severity_choices,
		"only vulnerabilities of these severities: critical,high"},
	{0, "development", OPTION_FLAG, offsetof(scan_options, development), NULL, NULL,
		"also packages that lock files say are only needed to build and test"},
	{0, "db", OPTION_STRING, offsetof(scan_options, db), "FILE", NULL,
		"the database of advisories; without it, that of bulkhead db"},
	{0, "no-advisories", OPTION_FLAG, offsetof(scan_options, no_advisories), NULL, NULL,
		"list the packages, but do not look up what is known against them"},
	{0, "no-secrets", OPTION_FLAG, offsetof(scan_options, no_secrets), NULL, NULL,
		"do not look for secrets"},
	{0, "secret-rules", OPTION_LIST, offsetof(scan_options, secret_rules), "FILE", NULL,
		"also the rules of a gitleaks configuration (TOML)"},
	{0, "vex", OPTION_LIST, offsetof(scan_options, vex), "FILE", NULL,
		"OpenVEX, CSAF or CycloneDX documents that say which vulnerabilities do not matter here"},
	{0, "workload", OPTION_STRING, offsetof(scan_options, workload), "FILE[:NAME]", NULL,
		"the Compose service or Kubernetes container that runs the image: vulnerabilities are ranked for it"},
	{0, "dockerfile", OPTION_STRING, offsetof(scan_options, dockerfile), "FILE", NULL,
		"the Dockerfile that the image is built from: findings point at its lines"},
	{'p', "profile", OPTION_CHOICE, offsetof(scan_options, profile), "NAME", profile_choices,
		"which rules: baseline, recommended (the default), strict (all, also what distributions call unimportant)"},
	{0, "only", OPTION_LIST, offsetof(scan_options, only), "RULE", NULL,
		"ask only this rule, by its id, by another tool's name for it, or by vulnerabilities/*"},
	OUTPUT_OPTIONS(
		scan_options, format_choices, "text (the default), concise, json, sarif, cyclonedx, spdx"),
	{0, "exit-code", OPTION_STRING, offsetof(scan_options, exit_code), "N", NULL,
		"exit with N instead of 1 for findings at or above --fail-on"},
	{'c', "config", OPTION_STRING, offsetof(scan_options, config), "FILE", NULL,
		"the policy file; without it, the bulkhead.yaml of this folder or above"},
	{0, "no-config", OPTION_FLAG, offsetof(scan_options, no_config), NULL, NULL,
		"do not look for a bulkhead.yaml"},
	{0, "no-cache", OPTION_FLAG, offsetof(scan_options, no_cache), NULL, NULL,
		"look into every layer, also those that were scanned before"},
	{0, "verify", OPTION_FLAG, offsetof(scan_options, verify), NULL, NULL,
		"compute the digests of uncompressed layers too, which need not be read whole otherwise"},
	{'j', "jobs", OPTION_STRING, offsetof(scan_options, jobs), "N", NULL,
		"threads; without it, as many as there are CPUs"},
	{0},
};

static int scan_run(int argc, char **argv);

const command_row scan_command = {
	.name = "scan",
	.summary = "find known vulnerabilities, secrets and weak defaults in images",
	.arguments = "IMAGE…",
	.examples =
		"  bulkhead scan alpine:3.19                     from its registry, as docker and podman are logged in\n"
		"  bulkhead scan app.tar                         what docker save or podman save writes\n"
		"  bulkhead scan oci-layout/                     an OCI image layout, as a folder or a tar\n"
		"  bulkhead scan rootfs/                         a root file system\n"
		"  docker save app | bulkhead scan -\n"
		"  bulkhead scan --sbom bom.json                 a bill of materials instead of an image\n"
		"  bulkhead scan --ignore-unfixed --fail-on high app.tar\n"
		"  bulkhead scan --workload compose.yaml:web app.tar\n"
		"  bulkhead scan --format text --format sarif=out.sarif app.tar\n",
	.details = "Exit codes: 0 clean, 1 findings at or above --fail-on, 2 usage or internal\n"
		   "error, 3 something could not be read (it is named; all else is reported).\n\n"
		   "IMAGE is a file or a folder that exists, or the name of an image in a registry (or\n"
		   "registry:NAME, whatever exists). Pulled images are kept below $XDG_CACHE_HOME; passwords\n"
		   "are those of docker login and podman login, or $BULKHEAD_USERNAME and\n"
		   "$BULKHEAD_PASSWORD. Nothing is unpacked to disk. bulkhead db import and bulkhead db\n"
		   "update make the database of advisories.",
	.options = scan_rows,
	.run = scan_run,
};

/* --- options --- */

static bool number_valid(const char *text, const char *option, int64_t least, int64_t most)
{
	int64_t n;
	if (!text || (span_int(span_of(text), &n) && n >= least && n <= most))
		return true;
	command_complain(
		"scan", "--%s takes a number from %d to %d, not '%s'", option, (int)least, (int)most, text);
	return false;
}

/* "critical,high", several times. */
static bool severities_valid(const scan_options *o)
{
	for (uint32_t i = 0; i < o->severities.count; i++) {
		span rest = span_of(o->severities.items[i]), word;
		while (span_cut(&rest, ',', &word))
			if (severity_label_of(span_trim(word)) == SEVERITY_LABEL_UNKNOWN &&
				!span_is_fold(span_trim(word), "unknown")) {
				command_complain(
					"scan", "--severity: there is no severity '%.*s'", SPAN_ARG(word));
				return false;
			}
	}
	return true;
}

static bool options_valid(const scan_options *o, int count)
{
	if (count == 0 && o->sboms.count == 0) {
		command_complain("scan",
			"name an image: an archive, a layout, a folder (bulkhead scan --help has examples)");
		return false;
	}
	return number_valid(o->jobs, "jobs", 1, 64) && number_valid(o->exit_code, "exit-code", 0, 255) &&
	       severities_valid(o) && output_valid(&o->output, "scan", format_choices);
}

/* --- the child --- */

static int exit_code_of(const scan_options *o, int status)
{
	return status == EXIT_FINDINGS && o->exit_code ? atoi(o->exit_code) : status;
}

static int wait_for(pid_t child)
{
	int status;
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR) {
			command_complain("scan", "waiting for the reader: %s", strerror(errno));
			return EXIT_USAGE;
		}
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	command_complain("scan",
		"the process that reads the image was ended by %s%s; nothing it has found is reported",
		strsignal(WTERMSIG(status)),
		WTERMSIG(status) == SIGBUS ? " (a file became shorter while it was read?)" : "");
	return EXIT_INCOMPLETE;
}

static int run_child(const scan_options *o, const scan_subject *subjects, uint32_t count)
{
	fflush(NULL);
	pid_t child = fork();
	if (child < 0) {
		command_complain("scan", "no process could be started: %s", strerror(errno));
		return EXIT_USAGE;
	}
	if (child == 0)
		_exit(exit_code_of(o, scan_images(o, subjects, count)));
	return wait_for(child);
}

/* An image that cannot be had does not keep the others from being scanned. */
static int run(const scan_options *o, const char *const *names, uint32_t count)
{
	arena a = {0};
	scan_subject *subjects = ARENA_ARRAY(&a, scan_subject, count);
	const char *cache = registry_cache_path(&a);
	bool pulled = false;
	for (uint32_t i = 0; i < count; i++) {
		error e;
		if (scan_source_find(o, names[i], &a, &subjects[i], &e) < 0)
			subjects[i] = (scan_subject){.shown = names[i], .fault = arena_string(&a, span_of(e.text))};
		pulled = pulled || subjects[i].reference;
	}
	auto_fd held = pulled && cache ? registry_cache_hold(cache) : -1; /* nothing is removed from it while it is read */
	(void)held;
	int ret = run_child(o, subjects, count);
	arena_done(&a);
	return ret;
}

static int scan_run(int argc, char **argv)
{
	scan_options o = {.profile = -1, .output.fail_on = -1};
	int count, ret = EXIT_USAGE;
	const char **names = calloc((size_t)argc + 1, sizeof *names);
	if (names && command_options(&scan_command, argc, argv, &o, names, &count, &ret))
		ret = options_valid(&o, count) ? run(&o, names, (uint32_t)count) : EXIT_USAGE;
	free(names);
	return ret;
}
