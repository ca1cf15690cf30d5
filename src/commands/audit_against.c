/* SPDX-License-Identifier: Apache-2.0
 *
 * What files declare, put beside what runs. The words of a file are turned into those of the engine first, where both have their own for one thing: names
 * of volumes and networks, relative paths, ranges of ports, defaults. */
#include "commands/audit_match.h"

#include "base/files.h"
#include "base/limits.h"
#include "commands/audit.h"
#include "commands/collect.h"
#include "kernel/capability.h"
#include "sources/capability_set.h"
#include "sources/docker_words.h"

#include <limits.h>
#include <stdlib.h>

typedef struct declaring { /* one container, and what declares it */
	arena *arena;
	workload *container;
	const workload *declared;
	const posture *engine; /* what the engine was asked for; all unset when it was not asked */
	posture *file;         /* the declared layer that is being made */
	posture *configured;
	map engine_mounts; /* target -> item */
} declaring;

/* --- what only the engine was told --- */

/* Facts that the engine tells in the words of a file, and the spec, if at all, in others. */
static const fact_id engines_words[] = {FACT_image, FACT_image_registry, FACT_image_repository,
	FACT_image_tag, FACT_image_digest, FACT_groups, FACT_networks, FACT_ports, FACT_restart,
	FACT_restart_retries, FACT_health, FACT_sysctls};

static bool is_word(const fact *f, const char *word)
{
	return f->known && span_is(f->value.text, word);
}

/* To the spec a network is private and a filter a filter; the engine has names for them. */
static void take_name(declaring *d, fact_id id, const char *nameless, const char *contrary)
{
	const fact *asked = &d->engine->all[id];
	if (is_word(&d->configured->all[id], nameless) && asked->known &&
		!span_is(asked->value.text, contrary))
		d->configured->all[id] = *asked;
}

static void take_engines_words(declaring *d)
{
	for (int id = 0; id < FACT_COUNT; id++)
		if (d->configured->all[id].known == KNOWN_UNSET)
			d->configured->all[id] = d->engine->all[id];
	for (size_t i = 0; i < sizeof engines_words / sizeof *engines_words; i++)
		if (d->engine->all[engines_words[i]].known)
			d->configured->all[engines_words[i]] = d->engine->all[engines_words[i]];
	take_name(d, FACT_network_mode, "private", "host");
	take_name(d, FACT_seccomp, "filter", "unconfined");
	if (d->engine->user.known && d->file->user.known && !d->file->uid.known)
		d->configured->user = d->engine->user; /* a name, which only the engine keeps */
}

/* --- defaults --- */

/* What the file does not say is whatever the engine does with it; nobody knows where there is none to be asked. The image may have a user, a check of
 * its own. */
static void take_defaults(declaring *d)
{
	for (int id = 0; id < FACT_COUNT; id++) {
		fact *said = &d->file->all[id];
		const fact *usual = &d->engine->all[id];
		if (said->known == KNOWN_DEFAULT && usual->known == KNOWN_DEFAULT &&
			fact_rows[id].type != TYPE_LIST)
			said->value = usual->value;
	}
	if (d->file->cgroup_namespace.known == KNOWN_DEFAULT && !d->engine->cgroup_namespace.known)
		d->file->cgroup_namespace.known = KNOWN_UNSET;
	if (d->file->health.known == KNOWN_DEFAULT)
		d->file->health.known = KNOWN_UNSET;
	if (d->file->restart_retries.known == KNOWN_DEFAULT)
		d->file->restart_retries.known = KNOWN_UNSET;
}

/* Swap that nobody speaks of is as much as the memory. */
static void add_swap(declaring *d)
{
	const fact *memory = &d->file->memory_limit;
	fact *swap = &d->file->memory_swap;
	if (d->declared->document->kind == DOCUMENT_KUBERNETES ||
		(swap->known >= KNOWN_DECLARED && swap->value.number != 0))
		return;
	bool limited = memory->known >= KNOWN_DECLARED && memory->value.number > 0 &&
		       memory->value.number < INT64_MAX / 2;
	posture_set_number(d->file, FACT_memory_swap, limited ? KNOWN_DECLARED : KNOWN_DEFAULT,
		limited ? memory->value.number * 2 : -1, limited ? memory->origin : swap->origin);
}

/* What an engine gives a container that nobody says anything of. */
static uint64_t usual_capabilities(const declaring *d)
{
	const posture *e = d->engine;
	bool podman = strcmp(d->container->document->running->engine, "podman") == 0;
	if (podman && e->caps_bounding.known == KNOWN_DEFAULT)
		return capability_set_of(e, FACT_caps_bounding);
	return podman ? CAPABILITY_PODMAN : CAPABILITY_DOCKER;
}

/* Files say what is added and dropped; the runtime and the kernel know what is left. */
static void add_bounding(declaring *d)
{
	posture *p = d->file;
	const fact *drop = &p->caps_drop, *add = &p->caps_add;
	if (p->privileged.value.truth || (!drop->known && !add->known))
		return; /* whatever the host has */
	uint64_t dropped = capability_set_of(p, FACT_caps_drop), added = capability_set_of(p, FACT_caps_add);
	uint64_t set = (usual_capabilities(d) & ~dropped) | added;
	if (added == CAPABILITY_ALL)
		set = CAPABILITY_ALL & ~(dropped == CAPABILITY_ALL ? 0 : dropped);
	bool said = drop->known >= KNOWN_DECLARED || add->known >= KNOWN_DECLARED;
	capability_set_facts(p, FACT_caps_bounding, said ? KNOWN_DECLARED : KNOWN_DEFAULT, set,
		drop->origin.text ? drop->origin : add->origin, d->arena);
}

/* --- lists of the file that are changed get items of their own --- */

static item *item_copy(const item *from, fact_id list, arena *a)
{
	size_t size = sizeof *from + fact_rows[list].member_count * sizeof from->values[0];
	item *ret = arena_alloc(a, size);
	memcpy(ret, from, size);
	return ret;
}

static void list_copy(declaring *d, fact_id list)
{
	fact *f = &d->file->all[list];
	const item_list *old = posture_items(d->file, list);
	item_list *ret = ARENA_NEW(d->arena, item_list);
	if (!f->known)
		return;
	for (uint32_t i = 0; i < old->all.count; i++)
		list_push(d->arena, &ret->all, item_copy(old->all.items[i], list, d->arena));
	f->value.list = ret;
}

static const node *top_of(const declaring *d, const char *key, span name)
{
	return node_get(node_get(d->declared->document->root, key), arena_string(d->arena, name));
}

/* Whether the engine's name of a volume or network is that of the file's: its `name:`, PROJECT_NAME, or what stands there. */
static bool is_same_name(const declaring *d, const char *key, span file, span engine)
{
	const node *top = top_of(d, key, file), *external = node_get(top, "external");
	span name = node_text(node_get(top, "name"));
	if (!name.n)
		name = node_text(node_get(external, "name"));
	if (span_equal(engine, name.n ? name : file))
		return true;
	size_t front = engine.n - file.n;
	return !name.n && engine.n > file.n + 1 && span_ends(engine, file) && engine.p[front - 1] == '_';
}

/* --- mounts --- */

/* Whether a volume of the file is a folder in disguise (driver_opts: {o: bind}): the file's reader has looked through it, the engine has its name. */
static bool has_disguised(const declaring *d)
{
	const node *volumes = node_get(d->declared->document->root, "volumes");
	for (uint32_t i = 0; node_is_map(volumes) && i < volumes->count; i++)
		if (node_path(volumes->members[i].value, "driver_opts/device"))
			return true;
	return false;
}

/* A folder as the engine would have it: below that of the file. */
static span whole_path(const declaring *d, span source)
{
	const char *file = d->declared->document->text->path;
	if (source.p[0] != '/' && file[0] == '/')
		source = arena_format(d->arena, "%s/%.*s", path_folder(d->arena, file), SPAN_ARG(source));
	return audit_absolute(source, d->arena);
}

static bool is_same_folder(const declaring *d, span one, span other)
{
	char resolved[PATH_MAX];
	return span_equal(one, audit_absolute(other, d->arena)) ||
	       (realpath(arena_string(d->arena, one), resolved) && span_is(other, resolved));
}

static void mount_translate(const declaring *d, item *x)
{
	const item *there = map_get(&d->engine_mounts, item_text(x, MEMBER_mount_target));
	span source = item_text(x, MEMBER_mount_source);
	bool open =
		source.n && memchr("~$", source.p[0], 2); /* what it means is known where the file is used */
	if (!there || !source.n || open) {
		x->set &= ~(1u << MEMBER_mount_source);
		return;
	}
	span theirs = item_text(there, MEMBER_mount_source);
	bool volume = span_is(item_text(there, MEMBER_mount_type), "volume"), same;
	if (span_is(item_text(x, MEMBER_mount_type), "volume")) {
		same = volume && is_same_name(d, "volumes", source, theirs);
	} else if (!span_is(item_text(x, MEMBER_mount_type), "bind")) {
		return;
	} else {
		source = whole_path(d, source);
		same = volume ? has_disguised(d) : is_same_folder(d, source, theirs);
	}
	item_set_text(x, MEMBER_mount_source, same ? theirs : source);
}

/* Secrets and configs are mounted, too. */
static void add_mounted(declaring *d, span target, origin at)
{
	item *x = posture_add(d->file, FACT_mounts, at, d->arena);
	item_set_text(x, MEMBER_mount_target, target);
}

static void add_secrets(declaring *d)
{
	const item_list *secrets = posture_items(d->file, FACT_secrets);
	const node *configs = node_get(d->declared->node, "configs");
	for (uint32_t i = 0; i < secrets->all.count; i++) {
		span target = item_text(secrets->all.items[i], MEMBER_secret_target);
		if (target.n && target.p[0] != '/')
			target = arena_format(d->arena, "/run/secrets/%.*s", SPAN_ARG(target));
		if (target.n && map_get(&d->engine_mounts, target))
			add_mounted(d, target, secrets->all.items[i]->origin);
	}
	for (uint32_t i = 0; node_is_list(configs) && i < configs->count; i++) {
		const node *one = configs->items[i];
		span name = node_is_map(one) ? node_text(node_get(one, "source")) : node_text(one),
		     target = node_text(node_get(one, "target"));
		if (!target.n && name.n)
			target = arena_format(d->arena, "/%.*s", SPAN_ARG(name));
		if (target.n && map_get(&d->engine_mounts, target))
			add_mounted(d, target, d->file->mounts.origin);
	}
}

/* What the kubelet mounts into every container. */
static bool is_kubelets(span target)
{
	return span_in(target, "/etc/hosts /etc/hostname /etc/resolv.conf /dev/termination-log /dev/shm") ||
	       span_starts(target, SPAN("/var/run/secrets/kubernetes.io/")) ||
	       span_starts(target, SPAN("/run/secrets/kubernetes.io/"));
}

/* Mounts that come with a list that is somebody else's: of the services that volumes_from names, of the kubelet. */
static void add_borrowed(declaring *d)
{
	const item_list *there = posture_items(d->configured, FACT_mounts);
	bool kubelet = d->declared->document->kind == DOCUMENT_KUBERNETES,
	     borrows = node_get(d->declared->node, "volumes_from");
	for (uint32_t i = 0; i < there->all.count; i++) {
		span target = item_text(there->all.items[i], MEMBER_mount_target);
		if (borrows || (kubelet && is_kubelets(target)))
			add_mounted(d, target, d->file->mounts.origin);
	}
}

static void translate_mounts(declaring *d)
{
	const item_list *there = posture_items(d->configured, FACT_mounts);
	for (uint32_t i = 0; i < there->all.count; i++)
		map_set(&d->engine_mounts, d->arena, item_text(there->all.items[i], MEMBER_mount_target),
			there->all.items[i]);
	if (!d->file->mounts.known)
		return;
	list_copy(d, FACT_mounts);
	const item_list *mounts = posture_items(d->file, FACT_mounts);
	for (uint32_t i = 0; i < mounts->all.count; i++)
		mount_translate(d, mounts->all.items[i]);
	add_secrets(d);
	add_borrowed(d);
}

/* --- networks --- */

/* A mode that is no network of its own, and a container that shares that of another, have none to be listed. */
static void translate_networks(declaring *d)
{
	const item_list *there = posture_items(d->engine, FACT_networks);
	if (d->declared->document->kind != DOCUMENT_COMPOSE ||
		d->file->network_mode.known >= KNOWN_DECLARED || !d->engine->networks.known) {
		d->file->networks.known = KNOWN_UNSET;
		return;
	}
	list_copy(d, FACT_networks);
	const item_list *networks = posture_items(d->file, FACT_networks);
	for (uint32_t i = 0; i < networks->all.count; i++)
		for (uint32_t k = 0; k < there->all.count; k++) {
			span name = item_text(there->all.items[k], MEMBER_network_name);
			if (is_same_name(d, "networks",
				    item_text(networks->all.items[i], MEMBER_network_name), name))
				item_set_text(networks->all.items[i], MEMBER_network_name, name);
		}
}

/* --- ports --- */

/* How many ports a word publishes: "3000-3005:3000-3005" and "3000-3005" six, others one. The last range is that of the container. */
static int64_t range_of(span word)
{
	size_t colon = span_find_last(word, ':'), slash;
	int64_t first, last;
	if (colon != SPAN_NONE)
		word = span_from(word, colon + 1);
	slash = span_find_byte(word, '/');
	word = span_sub(word, 0, slash);
	size_t dash = span_find_byte(word, '-');
	if (dash == SPAN_NONE || !span_int(span_sub(word, 0, dash), &first) ||
		!span_int(span_from(word, dash + 1), &last) || last < first ||
		last - first >= LIMIT_ENGINE_BINDINGS)
		return 1;
	return last - first + 1;
}

static span words_at(origin at)
{
	span all = at.text ? span_sub(at.text->bytes, at.start, at.end - at.start) : (span){0};
	return all.n > 1 && strchr("\"'", all.p[0]) ? span_sub(all, 1, all.n - 2) : all;
}

static void translate_ports(declaring *d)
{
	if (!d->file->ports.known)
		return;
	list_copy(d, FACT_ports);
	const item_list *ports = posture_items(d->file, FACT_ports);
	uint32_t count = ports->all.count;
	for (uint32_t i = 0; i < count; i++) {
		const item *first = ports->all.items[i];
		int64_t more = range_of(words_at(first->origin));
		for (int64_t k = 1; k < more; k++) {
			item *x = posture_add(d->file, FACT_ports, first->origin, d->arena);
			memcpy(x, first,
				sizeof *x + fact_rows[FACT_ports].member_count * sizeof x->values[0]);
			x->values[MEMBER_port_container_port].number += k;
			if (item_has(x, MEMBER_port_host_port) && x->values[MEMBER_port_host_port].number)
				x->values[MEMBER_port_host_port].number += k;
		}
	}
}

/* --- layers --- */

/* The engine's own words take the place of what the runtime was not told (restart policy, ports), the file's those of the engine. */
static void declare(arena *a, workload *container, const workload *declared)
{
	running *r = (running *)container->document->running; /* of this bundle, which is being made */
	posture *engine = ARENA_NEW(a, posture);
	*engine = r->layers[RUNNING_DECLARED];
	declaring d = {.arena = a,
		.container = container,
		.declared = declared,
		.engine = engine,
		.file = &r->layers[RUNNING_DECLARED],
		.configured = &r->layers[RUNNING_CONFIGURED]};
	*d.file = *(declared->effective ? declared->effective : &declared->posture);
	take_engines_words(&d);
	take_defaults(&d);
	add_swap(&d);
	add_bounding(&d);
	translate_mounts(&d);
	translate_networks(&d);
	translate_ports(&d);
	if (declared->document->kind == DOCUMENT_KUBERNETES)
		d.file->ports.known = KNOWN_UNSET; /* those of containers publish nothing */
	r->known[RUNNING_CONFIGURED] |= r->known[RUNNING_DECLARED];
	r->known[RUNNING_DECLARED] = true;
	r->declared_by = declared->document->text->path;
	r->by_file = true;
}

static void match_all(bundle *b, const bundle *files, arena *a)
{
	audit_matches m;
	map found = {0};
	audit_match(b, files, a, &m);
	for (uint32_t i = 0; i < b->workloads.count; i++)
		if (m.of[i]) {
			declare(a, b->workloads.items[i], m.of[i]);
			map_set(&found, a, (span){(const char *)&m.of[i], sizeof m.of[i]},
				b->workloads.items[i]);
		}
	for (uint32_t i = 0; i < files->documents.count; i++)
		if (m.doubt[i])
			bundle_add_skipped(b, files->documents.items[i]->text->path, m.doubt[i]);
	list_each(workload *const, x, &files->workloads) {
		const workload *key = *x;
		if (key->document->kind != DOCUMENT_DOCKERFILE &&
			!map_get(&found, (span){(const char *)&key, sizeof key}))
			bundle_add_skipped(b, key->document->text->path,
				arena_format(a, "no running container was found for %s", key->name).p);
	}
}

/* The files are there to be compared with, not to be judged: `check` does that. */
static void take_files(bundle *b, collection *c, arena *a)
{
	list_each(document *const, d, &c->bundle.documents)
		(*d)->referenced = true;
	c->bundle.skipped.count = 0;
	bundle_merge(b, &c->bundle);
	for (uint32_t i = 0; i < c->part_count; i++)
		arena_adopt(a, &c->parts[i]);
	arena_adopt(a, &c->arena);
}

int audit_against(const audit_options *o, bundle *b, arena *a, error *e)
{
	policy none = {.profile = -1, .fail_on = -1};
	collection c = {0};
	const char *folders[OPTION_LIST_MAX];
	string_list no_words = {.count = 0};
	collect_request request = {.paths = o->against.items,
		.path_count = o->against.count,
		.compose_files = &no_words,
		.run_lines = &no_words,
		.policy = &none,
		.threads = (unsigned)o->threads,
		.output_folders = folders,
		.output_count = output_folders(&o->output, folders, a)};
	if (collect(&request, &c, e) < 0) {
		collection_done(&c);
		return -e->code;
	}
	match_all(b, &c.bundle, a);
	take_files(b, &c, a);
	collection_done(&c);
	return 0;
}
