/* SPDX-License-Identifier: Apache-2.0
 *
 * What files declare, put beside what runs. A container is matched with a service by the labels that Compose leaves, by its name, or by its image where
 * only one service has it; with a container of a manifest by its name in its pod. */
#include "commands/audit.h"

#include "commands/collect.h"
#include "sources/capability_set.h"

typedef struct matching {
	bundle *running;
	const bundle *files;
	arena *arena;
} matching;

/* --- who is who --- */

static span label_of(const workload *w, const char *name)
{
	const item_list *labels = posture_items(&w->posture, FACT_labels);
	for (uint32_t i = 0; i < labels->all.count; i++)
		if (span_is(item_text(labels->all.items[i], MEMBER_label_name), name))
			return item_text(labels->all.items[i], MEMBER_label_value);
	return (span){0};
}

static bool matches_label(const workload *w, const workload *declared)
{
	static const char *const labels[] = {"com.docker.compose.service", "io.podman.compose.service"};
	for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
		if (span_is(label_of(w, labels[i]), declared->name))
			return true;
	return false;
}

/* The name that is asked for, or PROJECT-SERVICE-1 and PROJECT_SERVICE_1 of Compose; of a manifest NAMESPACE/POD/CONTAINER, where the pod's name begins with
 * that of its controller. */
static bool matches_name(const workload *w, const workload *declared)
{
	span name = span_of(w->name), asked = node_text(node_get(declared->node, "container_name"));
	size_t slash = span_find_last(name, '/');
	if (asked.n || span_is(name, declared->name))
		return asked.n ? span_equal(asked, name) : true;
	if (declared->document->kind == DOCUMENT_KUBERNETES) {
		span pod = span_from(span_sub(name, 0, slash), span_find_byte(name, '/') + 1);
		return slash != SPAN_NONE && span_starts(pod, declared->document->object_name) &&
		       span_equal(span_from(name, slash + 1), node_text(node_get(declared->node, "name")));
	}
	size_t at = span_find(name, span_of(declared->name)), end = at + strlen(declared->name);
	return at != SPAN_NONE && at > 0 && end + 1 < name.n && strchr("-_", name.p[at - 1]) &&
	       name.p[at - 1] == name.p[end] && ascii_digit(name.p[end + 1]);
}

static bool matches_image(const workload *w, const workload *declared)
{
	const posture *have = &w->posture, *asked = declared->effective;
	return have->image_repository.known && asked->image_repository.known &&
	       !asked->image_built.value.truth &&
	       span_equal(have->image_repository.value.text, asked->image_repository.value.text) &&
	       span_equal(have->image_tag.value.text, asked->image_tag.value.text);
}

typedef bool (*matcher)(const workload *w, const workload *declared);

/* The only one that a matcher finds. */
static const workload *match_by(const matching *m, const workload *w, matcher is)
{
	const workload *ret = NULL;
	uint32_t count = 0;
	list_each(workload *const, x, &m->files->workloads)
		if ((*x)->document->kind != DOCUMENT_DOCKERFILE && is(w, *x)) {
			ret = *x;
			count++;
		}
	return count == 1 ? ret : NULL;
}

static const workload *match(const matching *m, const workload *w)
{
	static const matcher matchers[] = {matches_label, matches_name, matches_image};
	const workload *ret = NULL;
	for (size_t i = 0; i < sizeof matchers / sizeof *matchers && !ret; i++)
		ret = match_by(m, w, matchers[i]);
	return ret;
}

/* --- layers --- */

/* Files say what is added and dropped; the runtime and the kernel know what is left. */
static void add_bounding(posture *p, arena *a)
{
	const fact *drop = &p->caps_drop, *add = &p->caps_add;
	if (p->privileged.value.truth)
		return; /* whatever the host has */
	uint64_t set = (CAPABILITY_DOCKER & ~capability_set_of(p, FACT_caps_drop)) |
		       capability_set_of(p, FACT_caps_add);
	bool said = drop->known >= KNOWN_DECLARED || add->known >= KNOWN_DECLARED;
	capability_set_facts(p, FACT_caps_bounding, said ? KNOWN_DECLARED : KNOWN_DEFAULT, set,
		drop->origin.text ? drop->origin : add->origin, a);
}

/* The engine's own words take the place of what the runtime was not told (restart policy, ports), the file's those of the engine. */
static void declare(const matching *m, workload *w, const workload *declared)
{
	running *r = (running *)w->document->running; /* of this bundle, which is being made */
	posture *configured = &r->layers[RUNNING_CONFIGURED];
	for (int id = 0; id < FACT_COUNT; id++)
		if (configured->all[id].known == KNOWN_UNSET)
			configured->all[id] = r->layers[RUNNING_DECLARED].all[id];
	r->known[RUNNING_CONFIGURED] |= r->known[RUNNING_DECLARED];
	r->layers[RUNNING_DECLARED] = *declared->effective;
	r->known[RUNNING_DECLARED] = true;
	r->declared_by = declared->document->text->path;
	add_bounding(&r->layers[RUNNING_DECLARED], m->arena);
}

static void match_all(const matching *m)
{
	map found = {0};
	list_each(workload *const, w, &m->running->workloads) {
		const workload *declared = (*w)->document->running ? match(m, *w) : NULL;
		if (!declared)
			continue;
		declare(m, *w, declared);
		map_set(&found, m->arena, span_of(declared->name), *w);
	}
	list_each(workload *const, x, &m->files->workloads)
		if ((*x)->document->kind != DOCUMENT_DOCKERFILE && !map_get(&found, span_of((*x)->name)))
			bundle_add_skipped(m->running, (*x)->document->text->path,
				arena_format(m->arena, "no running container was found for %s", (*x)->name)
					.p);
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
	match_all(&(matching){.running = b, .files = &c.bundle, .arena = a});
	take_files(b, &c, a);
	collection_done(&c);
	return 0;
}
