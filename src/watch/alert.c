/* SPDX-License-Identifier: Apache-2.0
 *
 * From a rule and its event to a line. */
#include "watch/alert.h"

#include "base/limits.h"
#include "expression/condition.h"
#include "expression/tree.h"
#include "formats/plain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct format_part {
	span text;              /* what stands before the field, or alone */
	const field_row *field; /* NULL: none */
	const operand *value;   /* the field in transformers; NULL: as it is */
	const char *key;        /* of the field in JSON, as it was written */
	uint32_t width;         /* at least that many bytes; 0: as it is */
} format_part;

struct output_format {
	LIST(format_part) parts;
	LIST(const format_part *) keys; /* the fields in the order of their names, each once */
};

static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
	       c == '.';
}

/* The field at the start of s, the longest name that there is; *ret_n: its bytes with the argument. */
static const field_row *field_at(span s, arena *a, size_t *ret_n)
{
	size_t n = 0;
	while (n < s.n && is_name(s.p[n]))
		n++;
	span argument = {0};
	size_t end = n;
	if (n < s.n && s.p[n] == '[') {
		size_t close = span_find_byte(span_from(s, n), ']');
		if (close != SPAN_NONE) {
			argument = span_sub(s, n + 1, close - 1);
			end = n + close + 1;
		}
	}
	const field_row *field = argument.p ? watch_field(span_sub(s, 0, n), argument, a) : NULL;
	for (; !field && n > 0; n--) {
		field = watch_field(span_sub(s, 0, n), (span){0}, a);
		end = n;
		if (field)
			break;
	}
	*ret_n = end;
	return field;
}

static const transform output_transforms[] = {
	TRANSFORM_TOLOWER, TRANSFORM_TOUPPER, TRANSFORM_B64, TRANSFORM_BASENAME, TRANSFORM_LEN};

/* tolower(… before a field; TRANSFORM_NONE: none. */
static transform transform_at(span s, size_t *ret_n)
{
	for (size_t i = 0; i < sizeof output_transforms / sizeof *output_transforms; i++) {
		span word = span_of(transform_names[output_transforms[i]]);
		*ret_n = word.n + 1;
		if (span_starts(s, word) && s.n > word.n && s.p[word.n] == '(')
			return output_transforms[i];
	}
	return TRANSFORM_NONE;
}

static const operand *operand_new(arena *a, const operand *from)
{
	operand *ret = ARENA_NEW(a, operand);
	*ret = *from;
	return ret;
}

/* A field, or one in transformers: what stands behind a '%'. *ret_n: its bytes; *ret_value: NULL for a field alone. */
static const field_row *part_at(span s, arena *a, uint32_t depth, size_t *ret_n, const operand **ret_value)
{
	size_t n = 0, inner = 0;
	transform how = transform_at(s, &n);
	*ret_value = NULL;
	if (how == TRANSFORM_NONE)
		return field_at(s, a, ret_n);
	const operand *of = NULL;
	const field_row *field =
		depth < LIMIT_EXPANSION_DEPTH ? part_at(span_from(s, n), a, depth + 1, &inner, &of) : NULL;
	*ret_n = n + inner + 1;
	if (!field || s.n < *ret_n || s.p[*ret_n - 1] != ')')
		return NULL;
	if (!of)
		of = operand_new(a, &(operand){.kind = OPERAND_FIELD,
					    .field = field,
					    .type = field->type,
					    .list = field->list});
	operand outer = {.kind = OPERAND_TRANSFORM,
		.transform = how,
		.type = how == TRANSFORM_LEN ? VALUE_NUMBER : VALUE_TEXT,
		.list = of->list};
	list_push(a, &outer.of, of);
	*ret_value = operand_new(a, &outer);
	return field;
}

static int by_key(const void *x, const void *y)
{
	const format_part *const *a = x, *const *b = y;
	return strcmp((*a)->key, (*b)->key);
}

static void keys_sort(output_format *f, arena *a)
{
	for (uint32_t i = 0; i < f->parts.count; i++)
		if (f->parts.items[i].field)
			list_push(a, &f->keys, &f->parts.items[i]);
	if (f->keys.count == 0)
		return;
	qsort(f->keys.items, f->keys.count, sizeof *f->keys.items, by_key);
	uint32_t kept = 1;
	for (uint32_t i = 1; i < f->keys.count; i++)
		if (strcmp(f->keys.items[i]->key, f->keys.items[kept - 1]->key) != 0)
			f->keys.items[kept++] = f->keys.items[i];
	f->keys.count = kept;
}

int output_format_new(span text, arena *a, const output_format **ret, error *e)
{
	output_format *f = ARENA_NEW(a, output_format);
	span rest = span_starts(text, SPAN("*")) ? span_from(text, 1) : text;
	while (rest.n) {
		size_t percent = span_find_byte(rest, '%'), n = 0;
		format_part part = {.text = span_sub(rest, 0, percent)};
		if (percent == SPAN_NONE) {
			list_push(a, &f->parts, part);
			break;
		}
		rest = span_from(rest, percent + 1);
		for (; rest.n && rest.p[0] >= '0' && rest.p[0] <= '9' && part.width < 1000;
			rest = span_from(rest, 1))
			part.width = part.width * 10 + (uint32_t)(rest.p[0] - '0');
		/* It stood for fields of containers once; they are told by their own names now. */
		if (span_starts(rest, SPAN("container.info"))) {
			rest = span_from(rest, strlen("container.info"));
			list_push(a, &f->parts, part);
			continue;
		}
		part.field = part_at(rest, a, 0, &n, &part.value);
		if (!part.field)
			return error_set_at(e, ERROR_SYNTAX, 1, (uint32_t)(rest.p - text.p),
				"there is no field that '%%%.*s' begins with",
				(int)(rest.n < 40 ? rest.n : 40), rest.p);
		part.key = arena_string(a, span_sub(rest, 0, n));
		rest = span_from(rest, n);
		list_push(a, &f->parts, part);
	}
	keys_sort(f, a);
	*ret = f;
	return 0;
}

/* The value of a field in transformers; false: there is none. */
static bool part_value(const format_part *part, const event_view *v, field_value *ret)
{
	operand_values values = {0};
	subject s = {.of = v, .get = watch_field_get, .absent_is_false = true};
	operand_collect(part->value, &s, v->scratch, &values);
	if (values.list.count == 0)
		return false;
	*ret = values.list.items[0].value;
	return true;
}

static bool part_print(const format_part *part, const event_view *v, buffer *out)
{
	field_value value;
	if (!part->value)
		return watch_field_print(v, part->field, out);
	if (!part_value(part, v, &value))
		return false;
	watch_value_print(&value, out);
	return true;
}

static void part_json(const format_part *part, const event_view *v, json_writer *w)
{
	field_value value;
	if (!part->value)
		watch_field_json(v, part->field, w, part->key);
	else if (!part_value(part, v, &value))
		json_string(w, part->key, NULL);
	else if (value.type == VALUE_TEXT)
		json_text(w, part->key, value.text);
	else
		json_number(w, part->key, value.number);
}

/* Fields are what containers chose. In text they may not steer a terminal nor begin a line; JSON escapes them by itself. */
static void write_padded(const format_part *part, const event_view *v, bool plain, buffer *out)
{
	auto_buffer value = {0};
	size_t before = out->n;
	if (!part_print(part, v, &value))
		buffer_add_string(&value, "<NA>");
	if (plain)
		plain_add(out, buffer_span(&value));
	else
		buffer_add(out, buffer_span(&value));
	size_t written = out->n - before;
	if (part->width && written < part->width)
		buffer_repeat(out, ' ', part->width - written);
	else if (part->width)
		out->n = before + part->width;
}

static void write_head(uint64_t time, watch_priority priority, const alert_options *options, buffer *out)
{
	char text[64] = "";
	struct tm parts;
	time_t seconds = (time_t)(time / 1000000000u);
	unsigned fraction = (unsigned)(time % 1000000000u);
	if (options->iso_time && gmtime_r(&seconds, &parts))
		strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
	else if (localtime_r(&seconds, &parts))
		strftime(text, sizeof text, "%H:%M:%S", &parts);
	buffer_format(out, "%s.%09u%s: %s ", text, fraction, options->iso_time ? "+0000" : "",
		watch_priority_names[priority]);
}

static void write_action(const alert_action *action, buffer *out)
{
	if (action)
		buffer_format(out, " [%s %s: %.*s]", action->asked, action->done ? "done" : "not done",
			SPAN_ARG(action->how));
}

static watch_priority priority_of(const watch_rule *rule, const alert_options *options)
{
	return options->posture ? options->posture->priority : rule->priority;
}

/* " [raised from Warning: privileged, host network]"; of what cannot be raised: " [posture: privileged]" */
static void write_posture(const watch_rule *rule, const alert_options *options, buffer *out)
{
	const alert_posture *p = options->posture;
	if (!p)
		return;
	if (p->priority == rule->priority)
		buffer_add_string(out, " [posture: ");
	else
		buffer_format(out, " [raised from %s: ", watch_priority_names[rule->priority]);
	for (uint32_t i = 0; i < p->count; i++) {
		buffer_add_string(out, i ? ", " : "");
		if (options->json)
			buffer_add(out, p->because[i]);
		else
			plain_add(out, p->because[i]);
	}
	buffer_add_byte(out, ']');
}

/* The name is the person's own, but for what the system put before it. */
static void write_capture(const alert_options *options, buffer *out)
{
	if (options->capture.n)
		buffer_format(out, " [recorded in %.*s]", SPAN_ARG(options->capture));
}

/* Time, priority, the filled format, why it weighs more, what was done, and where it is recorded. */
static void write_message(const watch_rule *rule, const output_format *format, const event_view *v,
	const alert_options *options, buffer *out)
{
	write_head(v->event->time, priority_of(rule, options), options, out);
	for (uint32_t i = 0; i < format->parts.count; i++) {
		buffer_add(out, format->parts.items[i].text);
		if (format->parts.items[i].field)
			write_padded(&format->parts.items[i], v, !options->json, out);
	}
	write_posture(rule, options, out);
	write_action(options->action, out);
	write_capture(options, out);
}

static void write_fields(
	const output_format *format, const event_view *v, const alert_options *options, json_writer *w)
{
	const char *time_key = options->iso_time ? "evt.time.iso8601" : "evt.time";
	bool timed = false;
	json_open(w, "output_fields", '{');
	for (uint32_t i = 0; i < format->keys.count; i++) {
		const format_part *part = format->keys.items[i];
		int order = strcmp(part->key, time_key);
		if (!timed && order >= 0) {
			json_number(w, time_key, (int64_t)v->event->time);
			timed = true;
		}
		if (order != 0)
			part_json(part, v, w);
	}
	if (!timed)
		json_number(w, time_key, (int64_t)v->event->time);
	json_close(w, '}');
}

static int by_text(const void *x, const void *y)
{
	return span_compare(*(const span *)x, *(const span *)y);
}

static void write_tags(const watch_rule *rule, arena *a, json_writer *w)
{
	json_open(w, "tags", '[');
	span *tags = ARENA_ARRAY(a, span, rule->tags.count);
	for (uint32_t i = 0; i < rule->tags.count; i++)
		tags[i] = rule->tags.items[i];
	if (rule->tags.count)
		qsort(tags, rule->tags.count, sizeof *tags, by_text);
	for (uint32_t i = 0; i < rule->tags.count; i++)
		if (i == 0 || !span_equal(tags[i], tags[i - 1]))
			json_text(w, NULL, tags[i]);
	json_close(w, ']');
}

static void write_posture_json(const watch_rule *rule, const alert_posture *p, json_writer *w)
{
	json_open(w, "posture", '{');
	if (p->priority != rule->priority)
		json_string(w, "raised_from", watch_priority_names[rule->priority]);
	json_open(w, "because", '[');
	for (uint32_t i = 0; i < p->count; i++)
		json_text(w, NULL, p->because[i]);
	json_close(w, ']');
	json_close(w, '}');
}

/* When it was, as JSON has it. */
static void write_time(json_writer *w, uint64_t time)
{
	char text[32] = "", whole[64];
	struct tm parts;
	time_t seconds = (time_t)(time / 1000000000u);
	if (gmtime_r(&seconds, &parts))
		strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
	snprintf(whole, sizeof whole, "%s.%09uZ", text, (unsigned)(time % 1000000000u));
	json_string(w, "time", whole);
}

static void write_json(const watch_rule *rule, const output_format *format, const event_view *v,
	const alert_options *options, buffer *out)
{
	json_writer w = {.out = out};
	json_open(&w, NULL, '{');
	if (options->action) {
		json_open(&w, "action", '{');
		json_string(&w, "asked", options->action->asked);
		json_truth(&w, "done", options->action->done);
		json_text(&w, "how", options->action->how);
		json_close(&w, '}');
	}
	if (options->capture.n)
		json_text(&w, "capture", options->capture);
	json_text(&w, "hostname", options->hostname);
	if (options->output) {
		auto_buffer message = {0};
		write_message(rule, format, v, options, &message);
		json_text(&w, "output", buffer_span(&message));
	}
	if (options->fields)
		write_fields(format, v, options, &w);
	if (options->posture)
		write_posture_json(rule, options->posture, &w);
	json_string(&w, "priority", watch_priority_names[priority_of(rule, options)]);
	json_text(&w, "rule", rule->name);
	json_text(&w, "source", rule->source);
	if (options->suppressed)
		json_number(&w, "suppressed", (int64_t)options->suppressed);
	if (options->tags)
		write_tags(rule, v->scratch, &w);
	write_time(&w, v->event->time);
	json_close(&w, '}');
}

void alert_write(const watch_rule *rule, const output_format *format, const event_view *v,
	const alert_options *options, buffer *out)
{
	if (options->json)
		write_json(rule, format, v, options, out);
	else
		write_message(rule, format, v, options, out);
	buffer_add_byte(out, '\n');
}

/* "rule: message (key=value key=value)". */
static void notice_message(const alert_notice *n, uint64_t time, const alert_options *options, buffer *out)
{
	write_head(time, n->priority, options, out);
	buffer_format(out, "%s: %.*s", n->rule, SPAN_ARG(n->message));
	for (uint32_t i = 0; i < n->count; i++) {
		buffer_format(out, "%s%s=", i ? " " : " (", n->fields[i].key);
		if (n->fields[i].text.n)
			plain_add(out, n->fields[i].text); /* a container may have chosen it */
		else
			buffer_format(out, "%llu", (unsigned long long)n->fields[i].number);
	}
	if (n->count)
		buffer_add_byte(out, ')');
}

static void notice_json(const alert_notice *n, uint64_t time, const alert_options *options, buffer *out)
{
	json_writer w = {.out = out};
	auto_buffer message = {0};
	notice_message(n, time, options, &message);
	json_open(&w, NULL, '{');
	json_text(&w, "hostname", options->hostname);
	if (options->output)
		json_text(&w, "output", buffer_span(&message));
	if (options->fields) {
		json_open(&w, "output_fields", '{');
		json_number(&w, options->iso_time ? "evt.time.iso8601" : "evt.time", (int64_t)time);
		for (uint32_t i = 0; i < n->count; i++)
			if (n->fields[i].text.n)
				json_text(&w, n->fields[i].key, n->fields[i].text);
			else
				json_number(&w, n->fields[i].key, (int64_t)n->fields[i].number);
		json_close(&w, '}');
	}
	json_string(&w, "priority", watch_priority_names[n->priority]);
	json_string(&w, "rule", n->rule);
	json_string(&w, "source", "internal");
	if (options->tags) {
		json_open(&w, "tags", '[');
		json_close(&w, ']');
	}
	write_time(&w, time);
	json_close(&w, '}');
}

void alert_notice_write(const alert_notice *n, uint64_t time, const alert_options *options, buffer *out)
{
	if (options->json)
		notice_json(n, time, options, out);
	else
		notice_message(n, time, options, out);
	buffer_add_byte(out, '\n');
}
