/* SPDX-License-Identifier: Apache-2.0
 *
 * SecurityOptions of Docker: ["name=seccomp,profile=default", "name=userns", "name=cgroupns", "name=rootless", "name=no-new-privileges"]. */
#include "engine/defaults.h"

/* The value of a key in "name=seccomp,profile=default". */
static span part_of(span option, const char *key)
{
	span part;
	while (span_cut(&option, ',', &part)) {
		size_t equal = span_find_byte(part, '=');
		if (equal != SPAN_NONE && span_is(span_sub(part, 0, equal), key))
			return span_from(part, equal + 1);
	}
	return (span){0};
}

/* "builtin" is the newer word; what is neither is the path of a profile. */
static span seccomp_words(span profile)
{
	if (profile.n == 0 || span_in(profile, "default builtin"))
		return (span){0};
	return span_is(profile, "unconfined") ? profile : SPAN("custom");
}

static void docker_take(const node *info, engine_defaults *ret)
{
	const node *options = node_get(info, "SecurityOptions");
	for (uint32_t i = 0; node_is_list(options) && i < options->count; i++) {
		span option = node_text(options->items[i]), name = part_of(option, "name");
		ret->no_new_privileges |= span_is(name, "no-new-privileges");
		ret->user_namespace |= span_is(name, "userns") || span_is(name, "rootless");
		ret->cgroup_namespace |= span_is(name, "cgroupns");
		if (span_is(name, "seccomp"))
			ret->seccomp = seccomp_words(part_of(option, "profile"));
	}
	ret->known = node_is_list(options);
}

static void podman_take(const node *info, engine_defaults *ret)
{
	const node *security = node_path(info, "host/security");
	ret->user_namespace = node_truth(node_get(security, "rootless")) > 0;
	ret->capabilities = node_text(node_get(security, "capabilities"));
	ret->known = node_is_map(security);
}

void engine_defaults_take(engine_kind kind, const node *info, engine_defaults *ret)
{
	*ret = (engine_defaults){0};
	if (kind == ENGINE_DOCKER)
		docker_take(info, ret);
	else
		podman_take(info, ret);
}

int engine_defaults_read(engine *g, arena *a, engine_defaults *ret, error *e)
{
	node *info = NULL;
	TRY(engine_json(g, "/info", a, &info, e));
	engine_defaults_take(engine_kind_of(g), info, ret);
	return 0;
}
