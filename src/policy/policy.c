/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading bulkhead.yaml. */
#include "policy/policy.h"

#include "base/files.h"
#include "base/limits.h"
#include "formats/yaml.h"

#include <stdlib.h>

static const char *const file_names[] = {"bulkhead.yaml", "bulkhead.yml", ".bulkhead.yaml", ".bulkhead.yml"};

const char *policy_find(const char *path, arena *a)
{
	char *full = realpath(path, NULL);
	if (!full)
		return NULL;
	const char *folder = files_is_folder(full) ? arena_string(a, span_of(full)) : path_folder(a, full);
	free(full);
	for (int depth = 0; depth < LIMIT_DIRECTORY_DEPTH; depth++) {
		for (size_t i = 0; i < sizeof file_names / sizeof *file_names; i++) {
			const char *file = path_join(a, folder, file_names[i]);
			if (files_exists(file))
				return file;
		}
		if (strcmp(folder, "/") == 0)
			break;
		folder = path_folder(a, folder);
	}
	return NULL;
}

typedef struct reading {
	policy *policy;
	arena *arena;
} reading;

static void fault(reading *r, const node *n, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	problem p = {.path = r->policy->text->path, .text = r->policy->text, .start = n->start, .end = n->end,
		.message = arena_vformat(r->arena, format, args).p};
	va_end(args);
	list_push(r->arena, &r->policy->problems, p);
}

/* The index of a word in a table of names, or -1 and a fault. */
static int choice(reading *r, const node *n, const char *const *names, size_t count, const char *what)
{
	for (size_t i = 0; i < count; i++)
		if (span_is(node_text(n), names[i]))
			return (int)i;
	fault(r, n, "'%.*s' is no %s", SPAN_ARG(node_text(n)), what);
	return -1;
}

static void read_profile(reading *r, const node *n)
{
	r->policy->profile = choice(r, n, profile_names, 3, "profile: baseline, recommended, strict");
}

static void read_fail_on(reading *r, const node *n)
{
	r->policy->fail_on = choice(r, n, severity_names, 5, "severity: info, low, medium, high, critical");
}

static void read_exclude(reading *r, const node *n)
{
	if (!node_is_list(n)) {
		fault(r, n, "exclude is a list of globs");
		return;
	}
	for (uint32_t i = 0; i < n->count; i++)
		list_push(r->arena, &r->policy->exclude, node_text(n->items[i]));
}

/* A list of registries is a rule: images come from one of them. */
static void read_registries(reading *r, const node *n)
{
	if (!node_is_list(n) || n->count == 0) {
		fault(r, n, "registries is a list of hosts, as in ghcr.io");
		return;
	}
	auto_buffer hosts = {0};
	for (uint32_t i = 0; i < n->count; i++)
		buffer_format(&hosts, "%s\"%.*s\"", i ? ", " : "", SPAN_ARG(node_text(n->items[i])));
	rule row = {.id = "image/untrusted-registry", .severity = SEVERITY_HIGH, .profile = PROFILE_BASELINE,
		.condition = arena_format(r->arena,
			"image.registry exists and not image.registry in (%.*s) and not image.repository = library/scratch",
			SPAN_ARG(buffer_span(&hosts)))
				     .p,
		.title = "From a registry that is not allowed",
		.message = "{image.reference} comes from {image.registry}",
		.why = "bulkhead.yaml names the registries that images may come from; everything else has not passed their checks.",
		.aliases = "", .references = ""};
	list_push(r->arena, &r->policy->rules, row);
}

static bool valid_date(span s)
{
	return s.n == 10 && s.p[4] == '-' && s.p[7] == '-' && ascii_digit(s.p[0]) && ascii_digit(s.p[9]);
}

static void read_exception(reading *r, const node *n)
{
	exception x = {.rule = node_text(node_get(n, "rule")), .path = node_text(node_get(n, "path")),
		.workload = node_text(node_get(n, "workload")), .reason = node_text(node_get(n, "reason")),
		.owner = node_text(node_get(n, "owner")), .expires = node_text(node_get(n, "expires")),
		.at = {r->policy->text, n->start, n->end}};
	if (!node_is_map(n) || !x.rule.n)
		fault(r, n, "an exception names the `rule` that it is about");
	else if (!x.reason.n)
		fault(r, n, "the exception from %.*s gives no `reason`", SPAN_ARG(x.rule));
	else if (x.expires.n && !valid_date(x.expires))
		fault(r, node_get(n, "expires"), "'%.*s' is no date: write YYYY-MM-DD", SPAN_ARG(x.expires));
	else
		list_push(r->arena, &r->policy->exceptions, x);
}

static void read_exceptions(reading *r, const node *n)
{
	if (!node_is_list(n)) {
		fault(r, n, "exceptions is a list");
		return;
	}
	for (uint32_t i = 0; i < n->count; i++)
		read_exception(r, n->items[i]);
}

/* `wanted` may be written as text or as a map of fact: value. */
static const char *read_wanted(reading *r, const node *n)
{
	if (!node_is_map(n))
		return n ? arena_string(r->arena, node_text(n)) : NULL;
	auto_buffer out = {0};
	for (uint32_t i = 0; i < n->count; i++)
		buffer_format(&out, "%.*s = %.*s; ", SPAN_ARG(n->members[i].key->value), SPAN_ARG(node_text(n->members[i].value)));
	return arena_string(r->arena, buffer_span(&out));
}

static const char *string_of(reading *r, const node *n, const char *otherwise)
{
	return n && node_text(n).n ? arena_string(r->arena, node_text(n)) : otherwise;
}

static void read_rule(reading *r, const node *n)
{
	const node *id = node_get(n, "id"), *condition = node_get(n, "condition"), *level = node_get(n, "severity");
	if (!node_text(id).n || !node_text(condition).n) {
		fault(r, n, "a rule has at least an `id` and a `condition`");
		return;
	}
	if (control_of(node_text(id)) == CONTROL_COUNT) {
		fault(r, id, "the id '%.*s' must start with a control: user/…, image/…", SPAN_ARG(node_text(id)));
		return;
	}
	int severity = level ? choice(r, level, severity_names, 5, "severity") : SEVERITY_MEDIUM;
	rule row = {.id = string_of(r, id, ""), .severity = (enum severity)(severity < 0 ? SEVERITY_MEDIUM : severity),
		.profile = PROFILE_BASELINE, .condition = string_of(r, condition, ""),
		.each = string_of(r, node_get(n, "each"), NULL), .wanted = read_wanted(r, node_get(n, "wanted")),
		.title = string_of(r, node_get(n, "title"), string_of(r, id, "")),
		.message = string_of(r, node_get(n, "message"), NULL),
		.why = string_of(r, node_get(n, "why"), "A rule of bulkhead.yaml."), .aliases = "",
		.references = string_of(r, node_get(n, "references"), "")};
	list_push(r->arena, &r->policy->rules, row);
}

static void read_rules(reading *r, const node *n)
{
	if (!node_is_list(n)) {
		fault(r, n, "rules is a list");
		return;
	}
	for (uint32_t i = 0; i < n->count; i++)
		read_rule(r, n->items[i]);
}

static const struct {
	const char *key;
	void (*read)(reading *r, const node *n);
} keys[] = {
	{"profile", read_profile}, {"fail-on", read_fail_on}, {"exclude", read_exclude}, {"registries", read_registries},
	{"exceptions", read_exceptions}, {"rules", read_rules},
};

static void read_key(reading *r, const member *m)
{
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (span_is(m->key->value, keys[i].key)) {
			keys[i].read(r, m->value);
			return;
		}
	fault(r, m->key, "'%.*s' is not known here: profile, fail-on, exclude, registries, exceptions, rules",
		SPAN_ARG(m->key->value));
}

int policy_read(const char *path, arena *a, policy *ret, error *e)
{
	span bytes;
	*ret = (policy){.profile = -1, .fail_on = -1};
	TRY(files_read(path, LIMIT_FILE_BYTES, a, &bytes, e));
	text *t = ARENA_NEW(a, text);
	text_init(t, arena_string(a, span_of(path)), bytes, a);
	ret->text = t;
	node_list documents = {0};
	node_problems problems = {0};
	yaml_read(t, a, &documents, &problems);
	list_each(node_problem, p, &problems)
		list_push(a, &ret->problems, (problem){t->path, t, p->start, p->end, p->message});
	reading r = {ret, a};
	const node *root = documents.count ? documents.items[0] : NULL;
	if (root && root->kind != NODE_MAP && root->kind != NODE_NULL)
		fault(&r, root, "bulkhead.yaml is a map of keys");
	for (uint32_t i = 0; node_is_map(root) && i < root->count; i++)
		read_key(&r, &root->members[i]);
	return 0;
}
