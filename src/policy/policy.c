/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading bulkhead.yaml. */
#include "policy/policy.h"

#include "base/files.h"
#include "base/limits.h"
#include "formats/yaml.h"

#include <stdlib.h>

static const char *const file_names[] = {"bulkhead.yaml", "bulkhead.yml", ".bulkhead.yaml", ".bulkhead.yml"};

/* A full name as people would write it: without the working directory in front. */
static const char *shown(const char *full, arena *a)
{
	char *here = realpath(".", NULL);
	size_t n = here ? strlen(here) : 0;
	bool below = n && strncmp(full, here, n) == 0 && full[n] == '/';
	free(here);
	return below ? arena_string(a, span_of(full + n + 1)) : full;
}

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
				return shown(file, a);
		}
		const char *git =
			path_join(a, folder, ".git"); /* what lies above a repository is somebody else's */
		if (strcmp(folder, "/") == 0 || files_exists(git) || files_is_folder(git))
			break;
		folder = path_folder(a, folder);
	}
	return NULL;
}

typedef struct reading {
	policy *policy;
	arena *arena;
} reading;

__attribute__((format(printf, 3, 4))) static void fault(reading *r, const node *n, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	problem p = {.path = r->policy->text->path,
		.text = r->policy->text,
		.start = n->start,
		.end = n->end,
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
	if (node_text(n).n)
		fault(r, n, "'%.*s' is no %s", SPAN_ARG(node_text(n)), what);
	else
		fault(r, n, "one word is expected here, the %s", what);
	return -1;
}

/* Whether all keys are among the words; tells of those that are not. What has such a key does not count: a mistyped
 * `expire:` would grant an exception for ever. */
static bool keys_known(reading *r, const node *n, const char *const *words, size_t count)
{
	bool ret = true;
	for (uint32_t i = 0; node_is_map(n) && i < n->count; i++) {
		const node *key = n->members[i].key;
		bool known = false;
		auto_buffer all = {0};
		for (size_t k = 0; k < count; k++) {
			known |= span_is(key->value, words[k]);
			buffer_format(&all, "%s%s", k ? ", " : "", words[k]);
		}
		if (!known)
			fault(r, key, "'%.*s' is not known here: %.*s", SPAN_ARG(key->value),
				SPAN_ARG(buffer_span(&all)));
		ret &= known;
	}
	return ret;
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
		if (node_text(n->items[i]).n)
			list_push(r->arena, &r->policy->exclude, node_text(n->items[i]));
		else
			fault(r, n->items[i], "a glob is expected here, as in vendor/**");
}

/* A host with or without a port. */
static bool valid_host(span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_alpha(s.p[i]) && !ascii_digit(s.p[i]) && !strchr(".-_:[]", s.p[i]))
			return false;
	return s.n;
}

/* A list of registries is a rule: images come from one of them. */
static void read_registries(reading *r, const node *n)
{
	if (!node_is_list(n) || n->count == 0) {
		fault(r, n, "registries is a list of hosts, as in ghcr.io");
		return;
	}
	auto_buffer hosts = {0};
	for (uint32_t i = 0; i < n->count; i++) {
		span host = node_text(n->items[i]);
		if (valid_host(host))
			buffer_format(&hosts, "%s\"%.*s\"", hosts.n ? ", " : "", SPAN_ARG(host));
		else
			fault(r, n->items[i], "'%.*s' is no host of a registry, as in ghcr.io",
				SPAN_ARG(host));
	}
	if (!hosts.n)
		return;
	rule row = {.id = "image/untrusted-registry",
		.severity = SEVERITY_HIGH,
		.profile = PROFILE_BASELINE,
		.condition = arena_format(r->arena,
			"image.registry exists and not image.registry in (%.*s) and not image.repository = "
			"library/scratch",
			SPAN_ARG(buffer_span(&hosts)))
				     .p,
		.title = "From a registry that is not allowed",
		.message = "{image.reference} comes from {image.registry}",
		.why = "bulkhead.yaml names the registries that images may come from; everything else has "
		       "not passed their checks.",
		.aliases = "",
		.references = ""};
	list_push(r->arena, &r->policy->rules, row);
}

/* YYYY-MM-DD. */
static bool valid_date(span s)
{
	int64_t month, day;
	if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (i != 4 && i != 7 && !ascii_digit(s.p[i]))
			return false;
	return span_int(span_sub(s, 5, 2), &month) && span_int(span_sub(s, 8, 2), &day) && month >= 1 &&
	       month <= 12 && day >= 1 && day <= 31;
}

static void read_exception(reading *r, const node *n)
{
	exception x = {.rule = node_text(node_get(n, "rule")),
		.path = node_text(node_get(n, "path")),
		.workload = node_text(node_get(n, "workload")),
		.reason = node_text(node_get(n, "reason")),
		.owner = node_text(node_get(n, "owner")),
		.expires = node_text(node_get(n, "expires")),
		.at = {r->policy->text, n->start, n->end}};
	static const char *const words[] = {"rule", "path", "workload", "reason", "owner", "expires"};
	if (!keys_known(r, n, words, sizeof words / sizeof *words))
		return;
	if (!node_is_map(n) || !x.rule.n)
		fault(r, n, "an exception names the `rule` that it is about");
	else if (!x.reason.n)
		fault(r, n, "the exception from %.*s gives no `reason`", SPAN_ARG(x.rule));
	else if (node_get(n, "expires") && !valid_date(x.expires))
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
		buffer_format(&out, "%.*s = %.*s; ", SPAN_ARG(n->members[i].key->value),
			SPAN_ARG(node_text(n->members[i].value)));
	return arena_string(r->arena, buffer_span(&out));
}

static const char *string_of(reading *r, const node *n, const char *otherwise)
{
	return n && node_text(n).n ? arena_string(r->arena, node_text(n)) : otherwise;
}

/* control/words-with-dashes, and not the name of another rule. */
static bool valid_id(reading *r, const node *n)
{
	span id = node_text(n);
	size_t slash = span_find_byte(id, '/');
	bool words = slash != SPAN_NONE && slash + 1 < id.n && control_of(id) != CONTROL_COUNT;
	for (size_t i = slash + 1; words && i < id.n; i++)
		words = (id.p[i] >= 'a' && id.p[i] <= 'z') || ascii_digit(id.p[i]) || id.p[i] == '-';
	if (!words)
		fault(r, n, "the id '%.*s' is not a control and words with dashes: user/…, image/…",
			SPAN_ARG(id));
	bool taken = false;
	for (const rule_table *const *table = rule_tables; words && *table; table++)
		for (size_t i = 0; i < (*table)->count; i++)
			taken |= span_is(id, (*table)->rows[i].id);
	list_each(const rule, other, &r->policy->rules)
		taken |= span_is(id, other->id);
	if (words && taken)
		fault(r, n, "there is a rule '%.*s' already", SPAN_ARG(id));
	return words && !taken;
}

static void read_rule(reading *r, const node *n)
{
	const node *id = node_get(n, "id"), *condition = node_get(n, "condition"),
		   *level = node_get(n, "severity");
	static const char *const words[] = {
		"id", "severity", "title", "message", "why", "each", "condition", "wanted", "references"};
	if (!keys_known(r, n, words, sizeof words / sizeof *words))
		return;
	if (!node_text(id).n || !node_text(condition).n) {
		fault(r, n, "a rule has at least an `id` and a `condition`");
		return;
	}
	if (!valid_id(r, id))
		return;
	int severity =
		level ? choice(r, level, severity_names, 5, "severity: info, low, medium, high, critical")
		      : SEVERITY_MEDIUM;
	rule row = {.id = string_of(r, id, ""),
		.severity = (enum severity)(severity < 0 ? SEVERITY_MEDIUM : severity),
		.profile = PROFILE_BASELINE,
		.condition = string_of(r, condition, ""),
		.each = string_of(r, node_get(n, "each"), NULL),
		.wanted = read_wanted(r, node_get(n, "wanted")),
		.title = string_of(r, node_get(n, "title"), string_of(r, id, "")),
		.message = string_of(r, node_get(n, "message"), NULL),
		.why = string_of(r, node_get(n, "why"), "A rule of bulkhead.yaml."),
		.aliases = "",
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
	{"profile", read_profile},
	{"fail-on", read_fail_on},
	{"exclude", read_exclude},
	{"registries", read_registries},
	{"exceptions", read_exceptions},
	{"rules", read_rules},
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

static void set_folder(policy *p, const char *path, arena *a)
{
	char *full = realpath(path, NULL), *here = realpath(".", NULL);
	if (full && here) {
		p->folder = path_folder(a, arena_string(a, span_of(full)));
		p->here = arena_string(a, span_of(here));
	}
	free(full);
	free(here);
}

int policy_read(const char *path, arena *a, policy *ret, error *e)
{
	span bytes;
	*ret = (policy){.profile = -1, .fail_on = -1};
	TRY(files_read(path, LIMIT_FILE_BYTES, a, &bytes, e));
	text *t = ARENA_NEW(a, text);
	text_init(t, arena_string(a, span_of(path)), bytes, a);
	ret->text = t;
	set_folder(ret, path, a);
	node_list documents = {0};
	node_problems problems = {0};
	yaml_read(t, a, &documents, &problems);
	list_each(node_problem, p, &problems)
		list_push(a, &ret->problems, (problem){t->path, t, p->start, p->end, p->message});
	reading r = {ret, a};
	const node *root = documents.count ? documents.items[0] : NULL;
	if (root && root->kind != NODE_MAP && root->kind != NODE_NULL)
		fault(&r, root, "bulkhead.yaml is a map of keys");
	if (documents.count > 1)
		fault(&r, documents.items[1], "only the first document of a policy file counts");
	for (uint32_t i = 0; node_is_map(root) && i < root->count; i++)
		read_key(&r, &root->members[i]);
	return 0;
}
