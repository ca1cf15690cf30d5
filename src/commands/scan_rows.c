/* SPDX-License-Identifier: Apache-2.0
 *
 * The options of bulkhead scan, for its help, the completions and the man page too. */
#include "commands/scan.h"

static const char *const profile_choices[] = {"baseline", "recommended", "strict", NULL};
const char *const scan_formats[] = {"text", "concise", "json", "sarif", "cyclonedx", "spdx", "openvex", NULL};

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
	{0, "records", OPTION_FLAG, offsetof(scan_options, records), NULL, NULL,
		"list the images of Docker and Podman on this machine with their last scans instead"},
	{0, "max-age", OPTION_STRING, offsetof(scan_options, max_age), "TIME", NULL,
		"for --records: how old a scan may be: 12h, 7d (the default), 2w"},
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
	OUTPUT_OPTIONS(scan_options, scan_formats,
		"text (the default), concise, json, sarif, cyclonedx, spdx, openvex"),
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

const command_row scan_command = {
	.name = "scan",
	.summary = "find known vulnerabilities, secrets and weak defaults in images",
	.arguments = "IMAGE…",
	.examples =
		"  bulkhead scan alpine:3.19                     from its registry, as docker and podman are logged in\n"
		"  bulkhead scan app.tar                         what docker save or podman save writes\n"
		"  bulkhead scan oci-layout/                     an OCI image layout, as a folder or a tar\n"
		"  bulkhead scan rootfs/                         a root file system\n"
		"  bulkhead scan docker:app podman:web           of an engine on this machine, read from its store\n"
		"  docker save app | bulkhead scan -\n"
		"  bulkhead scan --sbom bom.json                 a bill of materials instead of an image\n"
		"  bulkhead scan --ignore-unfixed --fail-on high app.tar\n"
		"  bulkhead scan --workload compose.yaml:web app.tar\n"
		"  bulkhead scan --format text --format sarif=out.sarif app.tar\n"
		"  bulkhead scan --records --max-age 7d          which local images have no fresh scan\n",
	.details =
		"Exit codes: 0 clean, 1 findings at or above --fail-on, 2 usage or internal\n"
		"error, 3 something could not be read (it is named; all else is reported).\n\n"
		"IMAGE is a file or a folder that exists, or the name of an image in a registry (or\n"
		"registry:NAME, whatever exists). Pulled images are kept below $XDG_CACHE_HOME; passwords\n"
		"are those of docker login and podman login, or $BULKHEAD_USERNAME and\n"
		"$BULKHEAD_PASSWORD. Nothing is unpacked to disk. bulkhead db import and bulkhead db\n"
		"update make the database of advisories.\n\n"
		"docker:NAME and podman:NAME (or containers-storage:NAME) are images of a local engine:\n"
		"from its store where that can be read ($DOCKER_DATA_ROOT, $CONTAINERS_STORAGE_CONF),\n"
		"else from its socket ($DOCKER_HOST, $CONTAINER_HOST).",
	.options = scan_rows,
	.run = scan_run,
};
