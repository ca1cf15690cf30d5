/* SPDX-License-Identifier: Apache-2.0
 *
 * Fields of conditions, made from the rows of the fact table. */
#include "rules/vocabulary.h"

#include "posture/settings.h"
#include "posture/show.h"
#include "posture/source.h"
#include "rules/bases.h"
#include "rules/macros.h"
#include "secrets/secrets.h"

/* A field's id holds the fact and, from the second byte on, which of its members; what is no fact has an id of its own. */
enum { MEMBER_SHIFT = 8, DERIVED = 32, ABOUT = 1 << 16, SETTINGS = 1 << 17 };

static int field_id(fact_id fact, int member)
{
	return (int)fact | (member + 1) << MEMBER_SHIFT;
}

/* --- about the workload --- */

static bool about_source(const workload *w, field_value *ret)
{
	ret->text = span_of(w->document->source ? w->document->source->name : "");
	return true;
}
static bool about_kind(const workload *w, field_value *ret)
{
	ret->text = span_of(w->kind);
	return true;
}
static bool about_name(const workload *w, field_value *ret)
{
	ret->text = span_of(w->name);
	return true;
}
static bool about_namespace(const workload *w, field_value *ret)
{
	ret->text = w->document->object_namespace;
	return w->document->kind == DOCUMENT_KUBERNETES;
}
static bool about_object(const workload *w, field_value *ret)
{
	ret->text = w->document->object_kind;
	return w->document->kind == DOCUMENT_KUBERNETES;
}
static bool about_init(const workload *w, field_value *ret)
{
	ret->truth = w->init;
	return true;
}
static bool about_ephemeral(const workload *w, field_value *ret)
{
	ret->truth = w->ephemeral;
	return true;
}
static bool about_final(const workload *w, field_value *ret)
{
	ret->truth = w->final;
	return true;
}

static bool about_smaller(const workload *w, field_value *ret)
{
	const posture *p = w->effective;
	const char *instead = p->image_repository.known
				      ? base_smaller(p->image_repository.value.text,
						p->image_tag.known ? p->image_tag.value.text : (span){0})
				      : NULL;
	ret->text = span_of(instead);
	return instead;
}

static const struct about_row {
	const char *name;
	value_type type;
	bool (*get)(const workload *w, field_value *ret);
	const char *meaning;
} about_rows[] = {
	{"workload.source", VALUE_TEXT, about_source,
		"dockerfile, compose, docker-run, kubernetes, image, running, host"},
	{"workload.kind", VALUE_TEXT, about_kind,
		"stage, service, run, container, init container, image, host, docker, podman, containerd"},
	{"workload.name", VALUE_TEXT, about_name, "its name in reports"},
	{"workload.namespace", VALUE_TEXT, about_namespace, "the Kubernetes namespace"},
	{"workload.object", VALUE_TEXT, about_object,
		"the kind of the Kubernetes object: Pod, Deployment, Job"},
	{"workload.init", VALUE_TRUTH, about_init, "an init container"},
	{"workload.ephemeral", VALUE_TRUTH, about_ephemeral, "an ephemeral container"},
	{"workload.final", VALUE_TRUTH, about_final, "not an intermediate build stage"},
	{"image.smaller", VALUE_TEXT, about_smaller,
		"what to take instead of a base that comes in a smaller variant too"},
};
enum { ABOUT_COUNT = sizeof about_rows / sizeof *about_rows };

/* --- derived from an item --- */

static bool env_is_literal(const item *i)
{
	return item_has(i, MEMBER_env_value) &&
	       (!item_has(i, MEMBER_env_source) || span_is(item_text(i, MEMBER_env_source), "literal"));
}
static bool derived_secret_name(const item *i, field_value *ret)
{
	ret->truth = secret_name(item_text(i, MEMBER_env_name));
	return true;
}
static bool derived_literal(const item *i, field_value *ret)
{
	ret->truth = env_is_literal(i) && secret_literal(item_text(i, MEMBER_env_value));
	return true;
}
static bool derived_secret_form(const item *i, field_value *ret)
{
	const char *form = env_is_literal(i) ? secret_form(item_text(i, MEMBER_env_value)) : NULL;
	ret->text = form ? span_of(form) : (span){0};
	return form;
}

static const struct derived_row {
	fact_id fact;
	const char *name;
	value_type type;
	bool (*get)(const item *i, field_value *ret);
	const char *meaning;
} derived_rows[] = {
	{FACT_env, "secret_name", VALUE_TRUTH, derived_secret_name,
		"variables of this name usually hold a secret"},
	{FACT_env, "literal", VALUE_TRUTH, derived_literal, "the value is written out and could be a secret"},
	{FACT_env, "secret_form", VALUE_TEXT, derived_secret_form,
		"what kind of secret the value is by its form"},
	{FACT_args, "secret_name", VALUE_TRUTH, derived_secret_name,
		"arguments of this name usually hold a secret"},
	{FACT_args, "literal", VALUE_TRUTH, derived_literal,
		"the default is written out and could be a secret"},
	{FACT_args, "secret_form", VALUE_TEXT, derived_secret_form,
		"what kind of secret the default is by its form"},
	{FACT_labels, "secret_form", VALUE_TEXT, derived_secret_form,
		"what kind of secret the value is by its form"},
};
enum { DERIVED_COUNT = sizeof derived_rows / sizeof *derived_rows };

/* --- the table --- */

static int unit_size(span s, int64_t *ret)
{
	return value_docker_size(s, ret) || value_quantity(s, ret) ? 0 : -1;
}

static int unit_cpu(span s, int64_t *ret)
{
	return value_decimal_cpu(s, ret) ? 0 : -1;
}

static field_row typed_row(const char *name, fact_type type, int id, bool list, const char *meaning)
{
	static const value_type types[] = {[TYPE_TRUTH] = VALUE_TRUTH,
		[TYPE_NUMBER] = VALUE_NUMBER,
		[TYPE_SIZE] = VALUE_NUMBER,
		[TYPE_CPU] = VALUE_NUMBER,
		[TYPE_TEXT] = VALUE_TEXT,
		[TYPE_LIST] = VALUE_TEXT};
	return (field_row){.name = name,
		.type = types[type],
		.list = list,
		.id = id,
		.meaning = meaning,
		.unit = type == TYPE_SIZE  ? unit_size
			: type == TYPE_CPU ? unit_cpu
					   : NULL};
}

static void add_row(rule_fields *f, arena *a, map *names, field_row row, bool listed)
{
	field_row *copy = ARENA_NEW(a, field_row);
	*copy = row;
	map_set(names, a, span_of(copy->name), copy);
	if (listed)
		list_push(a, &f->all, copy);
}

static void add_member(rule_fields *f, arena *a, const char *list, const char *name, field_row row)
{
	row.name = arena_format(a, "%s.%s", list, name).p;
	row.list = true;
	add_row(f, a, &f->names, row, true);
	row.list = false;
	add_row(f, a, &f->single, row, false);
}

static void add_fact(rule_fields *f, arena *a, fact_id id)
{
	const fact_row *fact = &fact_rows[id];
	/* A list by its own name stands for the key members of its items: capabilities.drop intersects (ALL). */
	add_row(f, a, &f->names,
		typed_row(fact->field, fact->type == TYPE_LIST ? fact->members[fact->key].type : fact->type,
			field_id(id, fact->type == TYPE_LIST ? fact->key : -1), fact->type == TYPE_LIST,
			fact->meaning),
		true);
	for (int m = 0; m < fact->member_count; m++)
		add_member(f, a, fact->field, fact->members[m].name,
			typed_row(NULL, fact->members[m].type, field_id(id, m), true,
				fact->members[m].meaning));
	for (int d = 0; d < DERIVED_COUNT; d++)
		if (derived_rows[d].fact == id)
			add_member(f, a, fact->field, derived_rows[d].name,
				(field_row){.type = derived_rows[d].type,
					.id = field_id(id, DERIVED + d),
					.meaning = derived_rows[d].meaning});
}

void rule_fields_init(rule_fields *f, arena *a)
{
	*f = (rule_fields){0};
	for (int i = 0; i < ABOUT_COUNT; i++)
		add_row(f, a, &f->names,
			(field_row){.name = about_rows[i].name,
				.type = about_rows[i].type,
				.id = ABOUT + i,
				.meaning = about_rows[i].meaning},
			true);
	for (int id = 0; id < FACT_COUNT; id++)
		add_fact(f, a, (fact_id)id);
	for (int id = 0; id < SETTING_COUNT; id++)
		add_row(f, a, &f->names,
			typed_row(setting_rows[id].field, setting_rows[id].type, SETTINGS + id, false,
				setting_rows[id].meaning),
			true);
}

fact_id rule_field_fact(const field_row *field)
{
	if (field->id >= SETTINGS)
		return FACT_settings;
	return field->id >= ABOUT ? FACT_NONE : (fact_id)(field->id & ((1 << MEMBER_SHIFT) - 1));
}

static int field_member(const field_row *field)
{
	return (field->id >> MEMBER_SHIFT) - 1;
}

static const field_row *find_field(const void *of, span name)
{
	const rule_scope *scope = of;
	if (scope->each != FACT_NONE) {
		const field_row *row = map_get(&scope->fields->single, name);
		if (row && rule_field_fact(row) == scope->each)
			return row;
	}
	return map_get(&scope->fields->names, name);
}

/* The field that differs least: enough for a slip of the finger. */
static const char *suggest_field(const void *of, span name)
{
	const rule_scope *scope = of;
	const char *best = NULL;
	size_t most = 0;
	for (uint32_t i = 0; i < scope->fields->all.count; i++) {
		span field = span_of(scope->fields->all.items[i]->name);
		size_t head = 0, tail = 0;
		while (head < field.n && head < name.n && field.p[head] == name.p[head])
			head++;
		while (tail < field.n - head && tail < name.n - head &&
			field.p[field.n - 1 - tail] == name.p[name.n - 1 - tail])
			tail++;
		if (head + tail > most) {
			most = head + tail;
			best = scope->fields->all.items[i]->name;
		}
	}
	return most * 2 >= name.n ? best : NULL;
}

vocabulary rule_vocabulary(const rule_scope *scope)
{
	return (vocabulary){.of = scope,
		.field = find_field,
		.macro = macro_find,
		.list = macro_list_find,
		.suggest = suggest_field};
}

fact_id rule_fact(span field)
{
	for (int id = 0; id < FACT_COUNT; id++)
		if (span_is(field, fact_rows[id].field))
			return (fact_id)id;
	return FACT_NONE;
}

int rule_member(fact_id list, span name)
{
	for (int m = 0; m < fact_rows[list].member_count; m++)
		if (span_is(name, fact_rows[list].members[m].name))
			return m;
	return -1;
}

/* --- values --- */

static field_value typed_value(fact_type type, fact_value v)
{
	switch (type) {
	case TYPE_TRUTH:
		return (field_value){.type = VALUE_TRUTH, .truth = v.truth};
	case TYPE_NUMBER:
	case TYPE_SIZE:
	case TYPE_CPU:
		return (field_value){.type = VALUE_NUMBER, .number = v.number};
	case TYPE_TEXT:
	case TYPE_LIST:
		break;
	}
	return (field_value){.type = VALUE_TEXT, .text = v.text};
}

static field_state get_member(const item *i, fact_id fact, int member, field_value *ret)
{
	if (member >= DERIVED) {
		const struct derived_row *row = &derived_rows[member - DERIVED];
		ret->type = row->type;
		return row->get(i, ret) ? FIELD_SET : FIELD_UNSET;
	}
	if (!item_has(i, member))
		return FIELD_UNSET;
	*ret = typed_value(fact_rows[fact].members[member].type, i->values[member]);
	return FIELD_SET;
}

/* The index-th item that has the member at all. */
static field_state get_list(
	const rule_subject *s, const field_row *field, uint32_t index, field_value *ret, bool *ret_empty)
{
	fact_id fact = rule_field_fact(field);
	const item_list *list = posture_items(s->workload->effective, fact);
	*ret_empty = s->workload->effective->all[fact].known != KNOWN_UNSET;
	for (uint32_t i = 0, n = 0; i < list->all.count; i++)
		if (get_member(list->all.items[i], fact, field_member(field), ret) != FIELD_UNSET &&
			n++ == index)
			return FIELD_SET;
	return FIELD_UNSET;
}

static field_state get_single(const rule_subject *s, const field_row *field, field_value *ret)
{
	fact_id id = rule_field_fact(field);
	const fact *f = &s->workload->effective->all[id];
	if (f->known == KNOWN_UNSET)
		return FIELD_UNSET;
	*ret = typed_value(fact_rows[id].type, f->value);
	return f->known == KNOWN_DEFAULT ? FIELD_DEFAULT : FIELD_SET;
}

static field_state get_setting(const rule_subject *s, const field_row *field, field_value *ret)
{
	const item *i = setting_find(s->workload->effective, (setting_id)(field->id - SETTINGS));
	if (!i || !item_has(i, MEMBER_setting_value))
		return FIELD_UNSET;
	span value = item_text(i, MEMBER_setting_value);
	*ret = (field_value){.type = field->type, .text = value, .truth = span_is(value, "true")};
	return field->type != VALUE_NUMBER || span_int(value, &ret->number) ? FIELD_SET : FIELD_UNSET;
}

const item *rule_field_setting(const rule_subject *s, const field_row *field)
{
	return field->id >= SETTINGS
		       ? setting_find(s->workload->effective, (setting_id)(field->id - SETTINGS))
		       : NULL;
}

field_state rule_get(
	const void *of, const field_row *field, uint32_t index, field_value *ret, bool *ret_empty)
{
	const rule_subject *s = of;
	if (field->id >= SETTINGS)
		return get_setting(s, field, ret);
	if (field->id >= ABOUT && field->id < ABOUT + ABOUT_COUNT) {
		const struct about_row *row = &about_rows[field->id - ABOUT];
		ret->type = row->type;
		return row->get(s->workload, ret) ? FIELD_SET : FIELD_UNSET;
	}
	if (field->list)
		return get_list(s, field, index, ret, ret_empty);
	if (field_member(field) >= 0)
		return s->item ? get_member(s->item, rule_field_fact(field), field_member(field), ret)
			       : FIELD_UNSET;
	return get_single(s, field, ret);
}

static span value_text(const field_row *field, const field_value *v, arena *a)
{
	if (v->type == VALUE_TRUTH)
		return value_show(TYPE_TRUTH, (fact_value){.truth = v->truth}, a);
	if (v->type == VALUE_TEXT)
		return v->text;
	fact_type type = field->unit == unit_size  ? TYPE_SIZE
			 : field->unit == unit_cpu ? TYPE_CPU
						   : TYPE_NUMBER;
	return value_show(type, (fact_value){.number = v->number}, a);
}

static bool is_secret_value(const field_row *field)
{
	fact_id fact = rule_field_fact(field);
	return (fact == FACT_env || fact == FACT_args) && field_member(field) == MEMBER_env_value;
}

span rule_field_text(const rule_subject *s, const field_row *field, arena *a)
{
	field_value v;
	bool empty;
	span ret = {0};
	if (is_secret_value(field))
		return SPAN("•••");
	for (uint32_t i = 0; rule_get(s, field, i, &v, &empty) != FIELD_UNSET; i++) {
		span one = value_text(field, &v, a);
		ret = ret.n ? arena_format(a, "%.*s, %.*s", SPAN_ARG(ret), SPAN_ARG(one)) : one;
		if (!field->list)
			break;
	}
	return ret;
}
