/* SPDX-License-Identifier: Apache-2.0
 *
 * The facts of one stage. Only the last stage runs: of the others it is said what they are made of and which variables
 * they hold. What ONBUILD holds is for other images. */
#include "sources/dockerfile.h"

typedef struct stage_reader {
	arena *arena;
	const dockerfile *file;
	const dockerfile_stage *stage;
	posture *posture;
	origin here; /* its FROM: where what is not said would be written */
} stage_reader;

/* A FROM without an image has no words to point at. */
static origin origin_of(const stage_reader *r, span source)
{
	if (!source.p)
		return r->here;
	uint32_t start = text_offset(r->file->text, source);
	return (origin){r->file->text, start, start + (uint32_t)source.n};
}

static const dockerfile_stage *base_of(const stage_reader *r, const dockerfile_stage *s)
{
	uint32_t base = s->from->from.base;
	return base == DOCKERFILE_NO_STAGE ? NULL : &r->file->stages.items[base];
}

/* The last instruction of a kind in the stage, or in those that it is built upon. */
static const dockerfile_instruction *last_of(const stage_reader *r, dockerfile_kind kind)
{
	for (const dockerfile_stage *s = r->stage; s; s = base_of(r, s))
		for (uint32_t k = s->end; k-- > s->first;)
			if (r->file->instructions.items[k]->kind == kind)
				return r->file->instructions.items[k];
	return NULL;
}

/* The word as the builder reads it; false when a variable in it is not known. */
static bool expanded(
	const stage_reader *r, const dockerfile_instruction *i, const dockerfile_word *word, span *ret)
{
	bool complete = false;
	return dockerfile_scope_expand(r->file->scopes, i, word->raw, r->arena, ret, &complete) == 0 &&
	       complete;
}

/* --- the image --- */

static const fact_id image_facts[] = {
	FACT_image, FACT_image_registry, FACT_image_repository, FACT_image_tag, FACT_image_digest};

/* What the stage is made of in the end: of `FROM build`, what build is made of. */
static const dockerfile_stage *root_of(const stage_reader *r)
{
	const dockerfile_stage *s = r->stage, *base;
	while ((base = base_of(r, s)))
		s = base;
	return s;
}

static void read_image(const stage_reader *r, bool final)
{
	const dockerfile_stage *root = final ? root_of(r) : r->stage;
	const dockerfile_from *from = &root->from->from;
	span reference;
	for (size_t i = 0; i < sizeof image_facts / sizeof *image_facts; i++)
		posture_place(r->posture, image_facts[i], origin_of(r, from->image.source));
	if (from->base == DOCKERFILE_NO_STAGE && expanded(r, root->from, &from->image, &reference) &&
		reference.n)
		posture_set_image(
			r->posture, KNOWN_DECLARED, reference, origin_of(r, from->image.source), r->arena);
}

/* --- the user --- */

/* Whether images of that name are built to run as somebody else: the publishers' conventions. */
static bool base_is_unprivileged(span image, span tag)
{
	static const char *const parts[] = {"nonroot", "rootless", "unprivileged", "cgr.dev/", "chainguard/",
		"bitnami/", "bitnamilegacy/", "dhi.io/"};
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (span_contains(image, parts[i]))
			return true;
	return span_contains(tag, "nonroot");
}

static void read_user(const stage_reader *r)
{
	const dockerfile_instruction *i = last_of(r, DOCKERFILE_USER);
	posture *p = r->posture;
	if (!i || i->words.count == 0) {
		if (base_is_unprivileged(p->image.value.text, p->image_tag.value.text)) {
			posture_place(p, FACT_user, r->here);
			posture_place(p, FACT_uid, r->here);
		} else {
			posture_set_user(p, KNOWN_DEFAULT, SPAN("root"), r->here);
		}
		return;
	}
	span user;
	origin at = origin_of(r, i->words.items[0].source);
	if (expanded(r, i, &i->words.items[0], &user)) {
		posture_set_user(p, KNOWN_DECLARED, user, at);
		return;
	}
	posture_set_text(p, FACT_user, KNOWN_DECLARED, i->words.items[0].value, at);
	posture_place(p, FACT_uid, at);
}

/* --- variables and labels --- */

static void add_variable(const stage_reader *r, fact_id list, const dockerfile_pair *pair)
{
	item *x = posture_add(r->posture, list, origin_of(r, pair->source), r->arena);
	item_set_text(x, MEMBER_env_name, pair->key.value);
	item_set_text(x, MEMBER_env_source, SPAN("literal"));
	if (pair->has_value)
		item_set_text(x, MEMBER_env_value, pair->value.value);
}

static void add_label(const stage_reader *r, const dockerfile_pair *pair)
{
	item *x = posture_add(r->posture, FACT_labels, origin_of(r, pair->source), r->arena);
	item_set_text(x, MEMBER_label_name, pair->key.value);
	item_set_text(x, MEMBER_label_value, pair->value.value);
}

static void add_pairs(const stage_reader *r, const dockerfile_instruction *i, bool labels)
{
	list_each(const dockerfile_pair, pair, &i->pairs) {
		if (i->kind == DOCKERFILE_LABEL && labels)
			add_label(r, pair);
		else if (i->kind == DOCKERFILE_ENV || i->kind == DOCKERFILE_ARG)
			add_variable(r, i->kind == DOCKERFILE_ENV ? FACT_env : FACT_args, pair);
	}
}

static void read_pairs(const stage_reader *r, bool final)
{
	const dockerfile *d = r->file;
	posture_set_list(r->posture, FACT_env, KNOWN_DEFAULT, r->here, r->arena);
	posture_set_list(r->posture, FACT_args, KNOWN_DEFAULT, r->here, r->arena);
	if (final)
		posture_set_list(r->posture, FACT_labels, KNOWN_DEFAULT, r->here, r->arena);
	for (uint32_t k = 0; final && k < d->stages.items[0].first;
		k++) /* ARGs before the first FROM are for the whole build */
		add_pairs(r, d->instructions.items[k], false);
	for (const dockerfile_stage *s = r->stage; s; s = final ? base_of(r, s) : NULL)
		for (uint32_t k = s->first; k < s->end; k++)
			add_pairs(r, d->instructions.items[k], final);
}

/* --- ports, volumes, health, command --- */

/* "8080", "53/UDP", "7000-7005/tcp": the first port. */
static void add_port(const stage_reader *r, const dockerfile_instruction *i, const dockerfile_word *word)
{
	span port;
	int64_t number;
	if (!expanded(r, i, word, &port))
		return;
	size_t slash = span_find_byte(port, '/');
	bool udp = slash != SPAN_NONE && span_is_fold(span_from(port, slash + 1), "udp");
	bool sctp = slash != SPAN_NONE && span_is_fold(span_from(port, slash + 1), "sctp");
	port = span_sub(port, 0, slash);
	if (!span_int(span_sub(port, 0, span_find_byte(port, '-')), &number))
		return;
	item *x = posture_add(r->posture, FACT_ports, origin_of(r, word->source), r->arena);
	item_set_number(x, MEMBER_port_container_port, number);
	item_set_text(x, MEMBER_port_protocol, udp ? SPAN("udp") : sctp ? SPAN("sctp") : SPAN("tcp"));
	item_set_truth(x, MEMBER_port_published, false);
}

static void add_volume(const stage_reader *r, const dockerfile_instruction *i, const dockerfile_word *word)
{
	span target;
	if (!expanded(r, i, word, &target))
		target = word->value;
	item *x = posture_add(r->posture, FACT_mounts, origin_of(r, word->source), r->arena);
	item_set_text(x, MEMBER_mount_type, SPAN("volume"));
	item_set_text(x, MEMBER_mount_target, target);
}

static void read_words(const stage_reader *r)
{
	posture_set_list(r->posture, FACT_ports, KNOWN_DEFAULT, r->here, r->arena);
	posture_set_list(r->posture, FACT_mounts, KNOWN_DEFAULT, r->here, r->arena);
	for (const dockerfile_stage *s = r->stage; s; s = base_of(r, s))
		for (uint32_t k = s->first; k < s->end; k++) {
			const dockerfile_instruction *i = r->file->instructions.items[k];
			for (uint32_t n = 0; n < i->words.count; n++) {
				if (i->kind == DOCKERFILE_EXPOSE)
					add_port(r, i, &i->words.items[n]);
				else if (i->kind == DOCKERFILE_VOLUME)
					add_volume(r, i, &i->words.items[n]);
			}
		}
}

static void read_health(const stage_reader *r)
{
	const dockerfile_instruction *i = last_of(r, DOCKERFILE_HEALTHCHECK);
	if (!i)
		posture_set_text(r->posture, FACT_health, KNOWN_DEFAULT, SPAN("none"), r->here);
	else if (i->health_none)
		posture_set_text(
			r->posture, FACT_health, KNOWN_DECLARED, SPAN("none"), origin_of(r, i->source));
	else
		posture_set_text(r->posture, FACT_health, KNOWN_DECLARED, i->body, origin_of(r, i->source));
}

static void read_command(const stage_reader *r)
{
	const dockerfile_instruction *entry = last_of(r, DOCKERFILE_ENTRYPOINT),
				     *command = last_of(r, DOCKERFILE_CMD);
	const dockerfile_instruction *first = entry ? entry : command;
	if (!first) {
		posture_place(r->posture, FACT_command, r->here);
		return;
	}
	span line = first->body;
	if (entry && command)
		line = arena_format(r->arena, "%.*s %.*s", SPAN_ARG(entry->body), SPAN_ARG(command->body));
	posture_set_text(r->posture, FACT_command, KNOWN_DECLARED, line, origin_of(r, first->source));
}

void dockerfile_stage_read(const dockerfile *d, uint32_t stage, bool inherited, workload *w, arena *a)
{
	stage_reader r = {.arena = a, .file = d, .stage = &d->stages.items[stage], .posture = &w->posture};
	r.here = w->origin = origin_of(&r, r.stage->from->source);
	posture_set_number(r.posture, FACT_stages, KNOWN_DECLARED, d->stages.count, r.here);
	read_image(&r, w->final);
	if (!inherited)
		read_pairs(&r, w->final);
	if (!w->final)
		return;
	read_user(&r);
	read_words(&r);
	read_health(&r);
	read_command(&r);
}
