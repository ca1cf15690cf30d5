/* SPDX-License-Identifier: Apache-2.0
 *
 * Running containers and hosts in JSON: all facts. Values that may hold secrets (environment, labels, command lines) are given as the masked words of their
 * evidence. */
#include "posture/drift.h"
#include "posture/settings.h"
#include "report/container.h"
#include "rules/mask.h"

static span words_at(const report *r, origin at)
{
	if (!at.text)
		return (span){0};
	return span_sub(mask_text(r->mask, at.text)->bytes, at.start, at.end - at.start);
}

static void write_value(json_writer *w, const char *key, fact_type type, fact_value v)
{
	if (type == TYPE_TRUTH)
		json_truth(w, key, v.truth);
	else if (type == TYPE_TEXT)
		json_text(w, key, v.text);
	else
		json_number(w, key, v.number);
}

static bool may_be_secret(fact_id list, int member)
{
	return ((list == FACT_env || list == FACT_args) && member == MEMBER_env_value) ||
	       (list == FACT_labels && member == MEMBER_label_value);
}

static void write_item(json_writer *w, const report *r, fact_id list, const item *i)
{
	const fact_row *row = &fact_rows[list];
	json_open(w, NULL, '{');
	for (int m = 0; m < row->member_count; m++)
		if (item_has(i, m) && !may_be_secret(list, m))
			write_value(w, row->members[m].name, row->members[m].type, i->values[m]);
	json_text(w, "evidence", words_at(r, i->origin));
	json_close(w, '}');
}

/* One layer's value, or what holds. */
static void write_fact(json_writer *w, const report *r, const char *key, const fact *f, fact_id id)
{
	if (id == FACT_command) {
		json_text(w, key, words_at(r, f->origin));
		return;
	}
	if (fact_rows[id].type != TYPE_LIST) {
		write_value(w, key, fact_rows[id].type, f->value);
		return;
	}
	json_open(w, key, '[');
	for (uint32_t i = 0; f->value.list && i < f->value.list->all.count; i++)
		write_item(w, r, id, f->value.list->all.items[i]);
	json_close(w, ']');
}

static const char *const known_names[] = {"unset", "default", "declared", "configured", "enforced"};

/* The place where it was read: what stands before ": " in its line. */
static span place_of(const report *r, origin at)
{
	if (!at.text)
		return (span){0};
	const text *t = mask_text(r->mask, at.text);
	span line = text_line(t, text_place(t, at.start).line);
	return span_sub(line, 0, span_find(line, SPAN(": ")));
}

static void write_layers(json_writer *w, const report *r, const workload *of, fact_id id)
{
	const fact *holds = &of->effective->all[id];
	const running *layers = of->document->running;
	json_open(w, fact_rows[id].field, '{');
	write_fact(w, r, "value", holds, id);
	json_string(w, "known", known_names[holds->known]);
	json_text(w, "source", place_of(r, holds->origin));
	json_text(w, "evidence", words_at(r, holds->origin));
	for (int layer = 0; layers && layer < RUNNING_LAYERS; layer++)
		if (layers->layers[layer].all[id].known != KNOWN_UNSET)
			write_fact(w, r, running_layer_names[layer], &layers->layers[layer].all[id], id);
	json_close(w, '}');
}

static void write_drift(json_writer *w, const report *r, const running *of)
{
	drift_list rows = {0};
	drift_find(of, CONTROL_COUNT, r->scratch, &rows);
	json_open(w, "drift", '[');
	list_each(const drift_row, row, &rows) {
		json_open(w, NULL, '{');
		json_string(w, "fact", fact_rows[row->fact].field);
		json_text(w, "what", row->what);
		json_string(w, "from", running_layer_names[row->from]);
		json_string(w, "to", running_layer_names[row->to]);
		json_text(w, "asked", row->asked);
		json_text(w, "holds", row->holds);
		json_truth(w, "weaker", row->weaker);
		json_text(w, "evidence", words_at(r, row->at));
		json_close(w, '}');
	}
	json_close(w, ']');
	arena_clear(r->scratch);
}

void json_container(json_writer *w, const report *r, const workload *of)
{
	const running *x = of->document->running;
	json_text(w, "id", x->id);
	json_string(w, "engine", x->engine);
	if (x->pid)
		json_number(w, "pid", x->pid);
	if (x->image_id.n)
		json_text(w, "image_id", x->image_id);
	json_open(w, "facts", '{');
	for (int id = 0; id < FACT_COUNT; id++)
		if (of->effective->all[id].known != KNOWN_UNSET)
			write_layers(w, r, of, (fact_id)id);
	json_close(w, '}');
	write_drift(w, r, x);
}

static void write_setting(json_writer *w, const item *i)
{
	const char *name = item_text(i, MEMBER_setting_name).p;
	span value = item_text(i, MEMBER_setting_value);
	int64_t number;
	json_open(w, name, '{');
	if (!item_has(i, MEMBER_setting_value))
		json_text(w, "unknown", item_text(i, MEMBER_setting_reason));
	else if (span_is(value, "true") || span_is(value, "false"))
		json_truth(w, "value", span_is(value, "true"));
	else if (span_int(value, &number))
		json_number(w, "value", number);
	else
		json_text(w, "value", value);
}

void json_host(json_writer *w, const report *r, const workload *of)
{
	const item_list *settings = posture_items(of->effective, FACT_settings),
			*files = posture_items(of->effective, FACT_host_files);
	json_open(w, "settings", '{');
	for (uint32_t i = 0; i < settings->all.count; i++) {
		write_setting(w, settings->all.items[i]);
		json_text(w, "source", place_of(r, settings->all.items[i]->origin));
		json_close(w, '}');
	}
	json_close(w, '}');
	json_open(w, "files", '[');
	for (uint32_t i = 0; i < files->all.count; i++)
		write_item(w, r, FACT_host_files, files->all.items[i]);
	json_close(w, ']');
}
