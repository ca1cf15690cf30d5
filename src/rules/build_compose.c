/* SPDX-License-Identifier: Apache-2.0
 *
 * build: how a Compose file is written: names, what is said twice, and the order of keys. Judged is the main file of a project as
 * it stands; what other files add to it is theirs. */
#include "rules/object.h"
#include "rules/tables.h"

#include "base/map.h"

#define ON_COMPOSE(judge_) .judge = (judge_), .kinds = 1u << DOCUMENT_COMPOSE

#define COMPOSE(name)     \
	static void name( \
		const rule *r, const document *d, const bundle *b __attribute__((unused)), rule_report *out)

/* The i-th service, or NULL past the last; before version 2 services stood at the top and there was no order to keep. */
static const member *service_at(const document *d, uint32_t i)
{
	const node *services = node_get(d->root, "services");
	return node_is_map(services) && i < services->count ? &services->members[i] : NULL;
}

/* --- what a service is --- */

COMPOSE(judge_build_and_image)
{
	const member *service, *image;
	for (uint32_t i = 0; (service = service_at(d, i)); i++)
		if ((image = node_member(service->value, "image")) && node_get(service->value, "build") &&
			!node_get(service->value, "pull_policy"))
			rule_found(out, r, NULL, object_member_place(d, image), NULL,
				"%.*s is built, and pulled if a registry has the image",
				SPAN_ARG(service->key->value));
}

COMPOSE(judge_container_names)
{
	map seen = {0};
	const member *service;
	for (uint32_t i = 0; (service = service_at(d, i)); i++) {
		const member *name = node_member(service->value, "container_name");
		if (!name || !node_text(name->value).n)
			continue;
		const member *before =
			map_set(&seen, rule_arena(out), node_text(name->value), (void *)service);
		if (before)
			rule_found(out, r, NULL, object_member_place(d, name), NULL,
				"%.*s and %.*s want the same container name", SPAN_ARG(service->key->value),
				SPAN_ARG(before->key->value));
	}
}

/* What engines take: a letter or digit, and at least one more of those or '_', '.', '-'. */
static bool container_name_valid(span name)
{
	for (size_t i = 0; i < name.n; i++)
		if (!ascii_alpha(name.p[i]) && !ascii_digit(name.p[i]) && (!i || !strchr("_.-", name.p[i])))
			return false;
	return name.n > 1;
}

COMPOSE(judge_container_name)
{
	const member *service;
	for (uint32_t i = 0; (service = service_at(d, i)); i++) {
		const member *name = node_member(service->value, "container_name");
		/* What a variable holds is not known here. */
		if (name && !span_contains(node_text(name->value), "$") &&
			!container_name_valid(node_text(name->value)))
			rule_found(out, r, NULL, object_member_place(d, name), NULL,
				"no engine takes the container name of %.*s", SPAN_ARG(service->key->value));
	}
}

COMPOSE(judge_project_name)
{
	const member *services = node_member(d->root, "services");
	if (services && !node_text(node_get(d->root, "name")).n)
		rule_found(out, r, NULL, object_member_place(d, services), NULL, "the project has no name");
}

/* --- quotes --- */

/* Whether YAML would read the words otherwise without quotes. */
static bool quotes_needed(span words, bool flow)
{
	if (!words.n || strchr("&*!|>%@`'\"#?-[]{},:~ \t", words.p[0]) ||
		strchr(": \t", words.p[words.n - 1]))
		return true;
	for (size_t i = 0; i < words.n; i++)
		if ((unsigned char)words.p[i] < ' ' || words.p[i] == '\\' ||
			(flow && strchr(",[]{}", words.p[i])))
			return true;
	return span_contains(words, ": ") || span_contains(words, " #");
}

COMPOSE(judge_volume_quotes)
{
	const member *service;
	for (uint32_t i = 0; (service = service_at(d, i)); i++) {
		const node *volumes = node_get(service->value, "volumes");
		for (uint32_t k = 0; node_is_list(volumes) && k < volumes->count; k++) {
			const node *one = volumes->items[k];
			bool quoted = one->style == NODE_SINGLE_QUOTED || one->style == NODE_DOUBLE_QUOTED;
			if (node_is_scalar(one) && !one->aliased && quoted &&
				!quotes_needed(node_text(one), volumes->style == NODE_FLOW))
				rule_found(out, r, NULL, object_node_place(d, one), NULL,
					"a volume of %.*s stands in quotes", SPAN_ARG(service->key->value));
		}
	}
}

/* --- order --- */

/* The first of a list or map of names that stands behind a later one, or NULL. */
static const node *first_unsorted(const node *names)
{
	const node *before = NULL;
	uint32_t count = node_is_list(names) || node_is_map(names) ? names->count : 0;
	for (uint32_t i = 0; i < count; i++) {
		if (node_is_map(names) && names->members[i].merged)
			continue;
		const node *one = node_is_map(names) ? names->members[i].key : names->items[i];
		if (before && span_compare(before->value, one->value) > 0)
			return one;
		before = one;
	}
	return NULL;
}

COMPOSE(judge_dependency_order)
{
	const member *service;
	for (uint32_t i = 0; (service = service_at(d, i)); i++) {
		const node *at = first_unsorted(node_get(service->value, "depends_on"));
		if (at)
			rule_found(out, r, NULL, object_node_place(d, at), NULL,
				"what %.*s depends on is not sorted", SPAN_ARG(service->key->value));
	}
}

/* The number that sorts a port in the short form: the published one ("127.0.0.1:8080:80/tcp" by 8080), or else its own. Those by a
 * variable and in the long form have none, and may stand anywhere. */
static bool port_number(const node *port, int64_t *ret)
{
	span words = node_text(port);
	size_t colon = span_find_last(words, ':'), digits = 0;
	if (colon != SPAN_NONE) {
		words = span_sub(words, 0, colon);
		colon = span_find_last(words, ':');
		words = colon == SPAN_NONE ? words : span_from(words, colon + 1);
	}
	while (digits < words.n && ascii_digit(words.p[digits]))
		digits++;
	return span_int(span_sub(words, 0, digits), ret);
}

/* The first port behind one with a greater number, or NULL. */
static const node *unsorted_port(const node *ports)
{
	int64_t before = 0, number;
	for (uint32_t i = 0; node_is_list(ports) && i < ports->count; i++) {
		if (!port_number(ports->items[i], &number))
			continue;
		if (number < before)
			return ports->items[i];
		before = number;
	}
	return NULL;
}

COMPOSE(judge_port_order)
{
	const member *service;
	for (uint32_t i = 0; (service = service_at(d, i)); i++) {
		const node *at = unsorted_port(node_get(service->value, "ports"));
		if (at)
			rule_found(out, r, NULL, object_node_place(d, at), NULL,
				"the ports of %.*s are not sorted", SPAN_ARG(service->key->value));
	}
}

/* The order of keys that the Compose community keeps: what it is, what it needs, what it holds, how it is reached, how it runs. Keys that
 * are not listed may stand anywhere. */
static const char *const service_keys[] = {"image", "build", "container_name", "depends_on", "volumes",
	"volumes_from", "configs", "secrets", "environment", "env_file", "ports", "networks", "network_mode",
	"extra_hosts", "command", "entrypoint", "working_dir", "restart", "healthcheck", "logging", "labels",
	"user", "isolation", NULL};

/* Extensions come first, for they may hold the anchors of everything else; their own order is theirs, as one may need another. */
static const char *const top_keys[] = {
	"x-", "version", "name", "include", "services", "networks", "volumes", "secrets", "configs", NULL};

static int rank_of(span key, const char *const *order)
{
	for (int i = 0; order[i]; i++)
		if (span_is(key, order[i]) ||
			(strcmp(order[i], "x-") == 0 && span_starts(key, span_of(order[i]))))
			return i;
	return -1;
}

/* The first key behind one that should follow it (*ret_before), or NULL. */
static const member *first_misplaced(
	const node *map_node, const char *const *order, const member **ret_before)
{
	int before = -1;
	for (uint32_t i = 0; node_is_map(map_node) && i < map_node->count; i++) {
		const member *m = &map_node->members[i];
		int rank = m->merged ? -1 : rank_of(m->key->value, order);
		if (rank >= 0 && rank < before)
			return m;
		if (rank > before)
			*ret_before = m;
		before = rank > before ? rank : before;
	}
	return NULL;
}

COMPOSE(judge_key_order)
{
	const member *service, *at, *before;
	for (uint32_t i = 0; (service = service_at(d, i)); i++)
		if ((at = first_misplaced(service->value, service_keys, &before)))
			rule_found(out, r, NULL, object_node_place(d, at->key), NULL,
				"%.*s of %.*s should stand above %.*s", SPAN_ARG(at->key->value),
				SPAN_ARG(service->key->value), SPAN_ARG(before->key->value));
}

COMPOSE(judge_top_order)
{
	const member *before, *at = first_misplaced(d->root, top_keys, &before);
	if (at)
		rule_found(out, r, NULL, object_node_place(d, at->key), NULL, "%.*s should stand above %.*s",
			SPAN_ARG(at->key->value), SPAN_ARG(before->key->value));
}

/* clang-format off */
static const rule compose_rules[] = {
	{.id = "build/compose-build-and-image", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		ON_COMPOSE(judge_build_and_image),
		.title = "A service is both built and pulled",
		.why = "Where a registry has an image of that name, whoever may push it decides what runs, and not the Dockerfile.",
		.aliases = "dclint:no-build-and-image", .references = ""},
	{.id = "build/compose-duplicate-container-name", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		ON_COMPOSE(judge_container_names),
		.title = "Two services want the same container name",
		.why = "The second of them does not start, and which one it is depends on who was first.",
		.aliases = "dclint:no-duplicate-container-names", .references = ""},
	{.id = "build/compose-container-name", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		ON_COMPOSE(judge_container_name),
		.title = "A container name that no engine takes",
		.why = "The engine refuses the name, so the service never starts.",
		.aliases = "dclint:service-container-name-regex", .references = ""},
	{.id = "build/compose-project-name", .severity = SEVERITY_INFO, .profile = PROFILE_STRICT,
		ON_COMPOSE(judge_project_name),
		.title = "The project has no name",
		.why = "It is named after its folder: two checkouts in folders of one name share containers, networks and volumes.",
		.aliases = "dclint:require-project-name-field", .references = ""},
	{.id = "build/compose-volume-quotes", .severity = SEVERITY_INFO, .profile = PROFILE_STRICT,
		ON_COMPOSE(judge_volume_quotes),
		.title = "Quotes around a volume that needs none",
		.why = "Readers take quotes for a sign of something special, and overlook those that matter.",
		.aliases = "dclint:no-quotes-in-volumes", .references = ""},
	{.id = "build/compose-dependency-order", .severity = SEVERITY_INFO, .profile = PROFILE_STRICT,
		ON_COMPOSE(judge_dependency_order),
		.title = "Dependencies are not sorted",
		.why = "In a list without an order a reviewer overlooks what was added or is there twice.",
		.aliases = "dclint:service-dependencies-alphabetical-order", .references = ""},
	{.id = "build/compose-port-order", .severity = SEVERITY_INFO, .profile = PROFILE_STRICT,
		ON_COMPOSE(judge_port_order),
		.title = "Ports are not sorted",
		.why = "In a list without an order a reviewer overlooks the port that was opened in passing.",
		.aliases = "dclint:service-ports-alphabetical-order", .references = ""},
	{.id = "build/compose-key-order", .severity = SEVERITY_INFO, .profile = PROFILE_STRICT,
		ON_COMPOSE(judge_key_order),
		.title = "Keys of a service are not in the usual order",
		.why = "Services whose keys stand alike are compared at a glance; in others a setting that is missing goes unseen.",
		.aliases = "dclint:service-keys-order", .references = ""},
	{.id = "build/compose-top-order", .severity = SEVERITY_INFO, .profile = PROFILE_STRICT,
		ON_COMPOSE(judge_top_order),
		.title = "The sections of the file are not in the usual order",
		.why = "A reader who expects networks and secrets at their place takes them for missing.",
		.aliases = "dclint:top-level-properties-order", .references = ""},
};
/* clang-format on */

const rule_table build_compose_table = RULE_TABLE(compose_rules);
