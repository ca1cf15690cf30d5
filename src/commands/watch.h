/* SPDX-License-Identifier: Apache-2.0
 *
 * bulkhead watch. */
#pragma once

#include "base/options.h"

/* Which matches are recorded; AUTO: those of marked rules when there are such, else all. */
typedef enum watch_record_choice {
	WATCH_RECORD_AUTO,
	WATCH_RECORD_MARKED,
	WATCH_RECORD_ALL
} watch_record_choice;

typedef struct watch_options {
	bool parse, validate, list_rules, fields, first, iso, quiet, reload, resolve, respond, default_rules,
		no_default_rules;
	string_list rules, select, output;
	const char *replay, *priority, *limit, *listen, *ca, *client_cert, *client_key;
	const char *record, *record_time, *record_limit;
	int format;       /* of watch_formats */
	int containers;   /* of watch_container_words */
	int record_rules; /* watch_record_choice */
} watch_options;

/* --parse: a condition a line on standard input, a line of JSON for each on standard output; the exit code. */
int watch_parse_lines(void);

/* Events of the kernel, or of the capture that --replay names, against rules; the exit code. */
int watch_events(const watch_options *o);

extern const char *const watch_formats[];         /* text, json */
extern const char *const watch_container_words[]; /* all, engine, bundle, none */
extern const char *const watch_record_words[];    /* auto, marked, all */

/* --validate: what is wrong with rule files (or folders of them) that make one set; the exit code. */
int watch_validate(const char *const *words, int count, bool json);

/* What people read must not steer their terminal: control bytes become '?'. */
void watch_add_plain(buffer *out, span s);

/* --list-rules: the rules that the options name, as they would be in force; the exit code. */
int watch_list_rules(const watch_options *o);

/* --fields: what conditions and outputs may ask of an event; the exit code. */
int watch_list_fields(bool json);
