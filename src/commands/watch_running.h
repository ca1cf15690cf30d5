/* SPDX-License-Identifier: Apache-2.0
 *
 * A run of bulkhead watch: what its parts share. */
#pragma once

#include "base/map.h"
#include "commands/watch.h"
#include "commands/watch_containers.h"
#include "commands/watch_record.h"
#include "watch/alert.h"
#include "watch/alert_limit.h"
#include "watch/container_event.h"
#include "watch/live.h"
#include "watch/metrics.h"
#include "watch/output.h"
#include "watch/resolver.h"
#include "watch/ruleset.h"
#include "watch/serve.h"

/* Rules that are in force; all of it lives on the arena, which must stay where it is, so that others can take their place. */
typedef struct watch_rules {
	arena arena;
	const watch_rule *rules;
	uint32_t count, enabled;       /* enabled: and of a priority that is told */
	bool faulty;                   /* a file has errors that --validate explains */
	watch_priority least;          /* what is below it is not told */
	const output_format **formats; /* a rule each */
	metrics_rule **counts;         /* likewise; those are on the arena of the run */
	ruleset *set;
	metrics_file *files;
	uint32_t file_count;
} watch_rules;

typedef struct watch_notice {
	uint32_t troubles; /* of an output: how many were told */
	uint64_t dropped;  /* likewise */
	int64_t told;      /* when, in milliseconds; 0: never */
} watch_notice;

typedef struct watching {
	const watch_options *options;
	arena arena;
	watch_rules *rules;
	watch_rules *before;         /* NULL, or those that `rules` take the place of */
	LIST(metrics_rule *) counts; /* of every rule that there ever was */
	map counts_by_name;
	watch_state state;
	alert_options alerts;
	outputs *outputs;
	watch_notice *notices;        /* an output each */
	alert_limit *limit;           /* NULL: none */
	server *server;               /* NULL: none */
	resolver *resolver;           /* NULL: names of addresses are not looked up */
	bool names_told;              /* how that went, for the rules in force */
	live *live;                   /* NULL: a capture */
	watch_containers *containers; /* NULL: nobody is asked */
	told_containers *told;        /* by a capture; NULL: it is the kernel */
	watch_record *record;         /* NULL: nothing is recorded */
	container_lookup lookup;
	buffer line;
	arena scratch; /* of notices */
	uint64_t time; /* of the last event; of notices */
	uint64_t events, found, lost, started, reloads, failed_reloads;
	uint32_t added; /* alerts that were queued since outputs last had their turn */
} watching;

/* Nanoseconds since 1970. */
uint64_t watch_now(void);

/* Reads and readies all rules that the options name; NULL: what is wrong was told. */
watch_rules *watch_rules_new(watching *w);
void watch_rules_free(watch_rules *r); /* NULL is allowed */

/* Reads the rules anew and puts them in the place of those in force. If they have errors nothing changes, and an alert says so. */
void watch_rules_reload(watching *w);

/* Whether a file of rules has other bytes than those in force, or a folder of them other files. */
bool watch_rules_changed(const watching *w);

/* An event against the rules: its alerts are queued. */
void watch_tell_event(void *of, const event *e, arena *scratch);

/* Whether the event is the failure of a call that was denied for the sake of this rule, which was told already. */
bool watch_respond_told(const watching *w, const watch_rule *rule);

/* Does what the rule asks for beside its alert, or says why not. */
alert_action watch_respond(watching *w, const watch_rule *rule, const event *e);

/* --resolve: the names of addresses that rules ask for are looked up from now on, if that is asked for at all. < 0: *e. */
int watch_names_open(watching *w, error *e);

/* The same for the rules that are now in force. */
void watch_names_follow(watching *w);

/* Waits until they have been looked up once, but not for ever. */
void watch_names_wait(watching *w);

/* Once they have been looked up: how many are known; else nothing. What is not looked up because nobody has asked for that. */
void watch_names_tell(watching *w);
void watch_names_tell_unasked(const watching *w);

/* What rules in force want done and the kernel cannot do. */
void watch_tell_refusals(const watching *w);

/* Alerts about the watcher itself: what was lost, dropped, held back, and rules that were not taken. */
void watch_tell_lost(watching *w, uint64_t lost);
void watch_tell_outputs(watching *w, bool end);
void watch_tell_held(watching *w, bool end);
void watch_tell_refused(watching *w);
void watch_tell_unrecorded(watching *w, span why);

/* A page of --listen (of: the run). */
const char *watch_page(void *of, span path, buffer *out);
