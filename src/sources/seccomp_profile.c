/* SPDX-License-Identifier: Apache-2.0
 *
 * Seccomp profiles in Docker's JSON: what one that a workload names does by default, and system calls in it that no kernel has. */
#include "base/files.h"
#include "formats/json.h"
#include "sources/docker_words.h"
#include "sources/tree.h"

#include <stdlib.h>

static const char *const system_calls[] = {
#define SYSCALL(name) #name,
#include "formats/syscalls.def"
#undef SYSCALL
};

static int compare(const void *key, const void *row)
{
	return span_compare(*(const span *)key, span_of(*(const char *const *)row));
}

static bool is_system_call(span name)
{
	return bsearch(&name, system_calls, sizeof system_calls / sizeof *system_calls, sizeof *system_calls,
		compare);
}

static void read_default(docker_words *d, const text *t, const node *root)
{
	const member *action = node_member(root, "defaultAction");
	if (!action || !node_is_scalar(action->value))
		return;
	span word = node_text(action->value);
	posture_set_truth(d->posture, FACT_seccomp_default_allows, KNOWN_DECLARED,
		span_is(word, "SCMP_ACT_ALLOW") || span_is(word, "SCMP_ACT_LOG"), tree_origin(t, action));
}

typedef struct unknown_names {
	buffer names;
	origin first;
} unknown_names;

static void check_name(unknown_names *u, const text *t, const node *name)
{
	if (!node_is_scalar(name) || is_system_call(node_text(name)))
		return;
	if (u->names.n)
		buffer_add_string(&u->names, ", ");
	else
		u->first = tree_origin_of(t, name);
	buffer_add(&u->names, node_text(name));
}

/* {names: [a, b]}, and {name: a} of old profiles. */
static void read_names(docker_words *d, const text *t, const node *rules)
{
	unknown_names u = {0};
	for (uint32_t i = 0; node_is_list(rules) && i < rules->count; i++) {
		const node *names = node_get(rules->items[i], "names");
		for (uint32_t k = 0; node_is_list(names) && k < names->count; k++)
			check_name(&u, t, names->items[k]);
		check_name(&u, t, node_get(rules->items[i], "name"));
	}
	if (u.names.n)
		posture_set_text(d->posture, FACT_seccomp_unknown, KNOWN_DECLARED,
			arena_copy(d->arena, buffer_span(&u.names)), u.first);
	buffer_done(&u.names);
}

void seccomp_profile_read(docker_words *d, span path)
{
	error e;
	node *root;
	node_problems problems = {0};
	const char *folder = d->folder ? d->folder : ".";
	const text *t =
		d->files ? d->files->load(d->files, path_join(d->arena, folder, arena_string(d->arena, path)),
				   d->arena, &e)
			 : NULL;
	if (!t || json_read(t, d->arena, &root, &problems, &e) < 0)
		return;
	read_default(d, t, root);
	read_names(d, t, node_get(root, "syscalls"));
}
