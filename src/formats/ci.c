/* SPDX-License-Identifier: Apache-2.0
 *
 * What a CI workflow does with images. */
#include "formats/ci.h"

static const char *const builders[] = {"docker/build-push-action", "docker build ", "docker buildx build",
	"docker-compose build", "docker compose build", "podman build", "buildah bud", "buildah build",
	"kaniko", "ko build", "img build", "redhat-actions/buildah-build", "jib:build", "bake-action",
	"docker/bake-action"};

static const char *const scanners[] = {"trivy", "grype", "bulkhead", "docker scout", "docker/scout-action",
	"snyk", "clair", "anchore", "dockle", "xray", "wiz", "sysdig", "prisma", "twistcli", "aquasec",
	"container_scanning", "container-scanning", "osv-scanner", "neuvector", "kubescape",
	"ecr describe-image-scan", "gcloud artifacts docker images scan"};

/* Comments do not build anything. */
static bool is_comment(const text *t, size_t at)
{
	for (size_t i = at; i > 0 && t->bytes.p[i - 1] != '\n'; i--)
		if (t->bytes.p[i - 1] == '#')
			return true;
	return false;
}

static span find_words(const text *t, const char *words)
{
	span needle = span_of(words);
	for (size_t from = 0, at; (at = span_find(span_from(t->bytes, from), needle)) != SPAN_NONE;
		from += at + needle.n)
		if (!is_comment(t, from + at))
			return span_sub(t->bytes, from + at, needle.n);
	return (span){0};
}

ci_facts ci_read(const text *t)
{
	ci_facts ret = {0};
	for (size_t i = 0; i < sizeof builders / sizeof *builders; i++) {
		span hit = find_words(t, builders[i]);
		if (hit.n && (!ret.build.n || hit.p < ret.build.p))
			ret.build = span_trim(hit);
	}
	for (size_t i = 0; i < sizeof scanners / sizeof *scanners && !ret.scans; i++)
		ret.scans = find_words(t, scanners[i]).n != 0;
	return ret;
}
