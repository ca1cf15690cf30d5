/* SPDX-License-Identifier: Apache-2.0
 *
 * Alerts: an output format filled in with the fields of an event, as a line of text or as JSON in Falco's shape. */
#pragma once

#include "watch/field.h"
#include "watch/rule_file.h"

/* An output format made ready: texts and fields in turn. %field, %field[arg], %tolower(field), %10field; a leading '*' (which is
 * always meant here) writes <NA> for what is missing. */
typedef struct output_format output_format;

/* < 0: ERROR_SYNTAX: what is wrong and at which column. */
int output_format_new(span text, arena *a, const output_format **ret, error *e);

/* What was done about an event beside telling it. */
typedef struct alert_action {
	const char *asked; /* "kill", "deny" */
	bool done;
	span how; /* or why it was not */
} alert_action;

/* Why an alert weighs more than its rule says. */
typedef struct alert_posture {
	watch_priority priority; /* of this alert */
	const span *because;
	uint32_t count;
} alert_posture;

typedef struct alert_options {
	bool json;
	bool iso_time;             /* text: ISO 8601 in UTC in front, not the time of day */
	bool output, fields, tags; /* JSON: which of its keys are written */
	span hostname;
	uint64_t suppressed;          /* JSON: so many like it were held back before it; 0: not told */
	const alert_action *action;   /* NULL: the rule asks for none */
	const alert_posture *posture; /* NULL: it has the priority of its rule */
	span capture;                 /* the file that the event is recorded in; empty: none */
} alert_options;

/* Writes one alert with its line feed. */
void alert_write(const watch_rule *rule, const output_format *format, const event_view *v,
	const alert_options *options, buffer *out);

enum { ALERT_NOTICE_FIELDS = 4 };

/* An alert about the watcher itself: its fields have a text, or a number when that is empty. */
typedef struct alert_notice {
	const char *rule;
	watch_priority priority;
	span message;
	struct {
		const char *key;
		span text;
		uint64_t number;
	} fields[ALERT_NOTICE_FIELDS];
	uint32_t count;
} alert_notice;

/* Writes it in the shape of the others, with the source "internal"; the time is in nanoseconds since 1970. */
void alert_notice_write(const alert_notice *n, uint64_t time, const alert_options *options, buffer *out);
