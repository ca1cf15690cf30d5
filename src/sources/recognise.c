/* SPDX-License-Identifier: Apache-2.0
 *
 * Recognising files. */
#include "sources/recognise.h"

#include "base/files.h"

static bool is_yaml(span name)
{
	return span_ends(name, SPAN(".yaml")) || span_ends(name, SPAN(".yml"));
}

/* Endings of what is written about Dockerfiles, or compiled from it: notes, parsers, their objects. */
static const char *const other_endings =
	"dockerignore md markdown rst txt html go py js mjs cjs ts tsx jsx java kt rs rb php pl lua c h cc cpp cs swift scala o d a so "
	"pyc class sh bash zsh ps1 bat yaml yml json jsonl toml xml lock log patch diff orig rej swp bak css svg png vim el sarif";

static bool starts_fold(span name, span words)
{
	return span_equal_fold(span_sub(name, 0, words.n), words);
}

static bool ends_fold(span name, span words)
{
	return name.n > words.n && span_equal_fold(span_from(name, name.n - words.n), words);
}

/* Dockerfile, Dockerfile.prod, Dockerfile-dev, app.dockerfile, prod.Dockerfile, Containerfile. */
static bool is_dockerfile(span name)
{
	size_t dot = span_find_last(name, '.');
	if (dot != SPAN_NONE && span_in(span_from(name, dot + 1), other_endings))
		return false;
	return starts_fold(name, SPAN("Dockerfile")) || starts_fold(name, SPAN("Containerfile")) ||
	       ends_fold(name, SPAN(".dockerfile")) || ends_fold(name, SPAN(".containerfile"));
}

static bool is_commands(span name)
{
	return span_ends(name, SPAN(".sh")) || span_ends(name, SPAN(".bash")) ||
	       span_ends(name, SPAN(".mk")) ||
	       span_in(name, "Makefile makefile GNUmakefile Justfile justfile") ||
	       span_ends(name, SPAN(".md")) || span_ends(name, SPAN(".markdown"));
}

static bool is_ci(span path)
{
	span name = span_of(path_name(path.p));
	return span_contains(path, ".github/workflows/") || span_contains(path, ".circleci/") ||
	       span_contains(path, ".gitea/workflows/") || span_contains(path, ".forgejo/workflows/") ||
	       span_in(name,
		       ".gitlab-ci.yml .gitlab-ci.yaml azure-pipelines.yml .drone.yml bitbucket-pipelines.yml .travis.yml "
		       "cloudbuild.yaml Jenkinsfile");
}

bool recognise_name(const char *name)
{
	span s = span_of(name);
	return is_dockerfile(s) || is_yaml(s) || is_commands(s) || span_ends(s, SPAN(".json")) ||
	       span_is(s, "Jenkinsfile");
}

bool recognise_folder(const char *name)
{
	/* Copies of other people's files, and what is not source. */
	static const char *const left_out =
		".git .hg .svn node_modules .terraform .venv __pycache__ .tox .cache";
	return !span_in(span_of(name), left_out);
}

/* Whether a line of the text starts with these words. */
static bool has_line(span bytes, const char *words)
{
	span w = span_of(words);
	for (size_t from = 0, at; (at = span_find(span_from(bytes, from), w)) != SPAN_NONE; from += at + 1) {
		size_t place = from + at;
		if (place == 0 || bytes.p[place - 1] == '\n' || (place == 3 && (uint8_t)bytes.p[0] == 0xef))
			return true;
	}
	return false;
}

static bool compose_name(span name)
{
	return is_yaml(name) &&
	       (span_starts(name, SPAN("compose")) || span_contains(name, "docker-compose") ||
		       span_contains(name, ".compose.") || span_contains(name, "podman-compose"));
}

/* Objects, and the configurations of network plugins, which stand beside them on every node. */
static bool is_manifest(span bytes)
{
	return (span_contains(bytes, "apiVersion") && span_contains(bytes, "kind")) ||
	       (span_contains(bytes, "\"cniVersion\"") && span_contains(bytes, "\"plugins\""));
}

static file_kind recognise_yaml(span path, span name, span bytes)
{
	if (span_is(name, "Chart.yaml"))
		return FILE_CHART;
	if (span_in(name, "kustomization.yaml kustomization.yml"))
		return FILE_KUSTOMIZATION;
	if (is_ci(path))
		return FILE_CI;
	if (compose_name(name))
		return FILE_COMPOSE;
	if (is_manifest(bytes))
		return FILE_KUBERNETES;
	bool says_how = span_contains(bytes, "image:") || span_contains(bytes, "build:");
	return has_line(bytes, "services:") && says_how ? FILE_COMPOSE : FILE_OTHER;
}

file_kind recognise(const char *path, span bytes)
{
	span name = span_of(path_name(path));
	if (is_dockerfile(name))
		return FILE_DOCKERFILE;
	if (is_yaml(name))
		return recognise_yaml(span_of(path), name, bytes);
	if (span_ends(name, SPAN(".json")))
		return is_manifest(bytes) ? FILE_KUBERNETES : FILE_OTHER;
	if (is_ci(span_of(path)))
		return FILE_CI;
	return is_commands(name) ? FILE_COMMANDS : FILE_OTHER;
}

const char *const recognise_words[] = {"dockerfile", "compose", "kubernetes", "commands", "ci", NULL};

file_kind recognise_as(const char *word)
{
	static const file_kind kinds[] = {
		FILE_DOCKERFILE, FILE_COMPOSE, FILE_KUBERNETES, FILE_COMMANDS, FILE_CI};
	for (size_t i = 0; recognise_words[i]; i++)
		if (strcmp(recognise_words[i], word) == 0)
			return kinds[i];
	return FILE_OTHER;
}
