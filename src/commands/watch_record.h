/* SPDX-License-Identifier: Apache-2.0
 *
 * --record: events around alerts, as captures (.scap) that --replay and other tools read. */
#pragma once

#include "base/error.h"
#include "base/span.h"
#include "watch/capture_write.h"
#include "watch/field.h"
#include "watch/rule_file.h"

struct watching;

typedef struct watch_record watch_record;

/* By the options of the run; without --record *ret stays NULL, and every function below does nothing. < 0: *e. */
int watch_record_open(const struct watching *w, watch_record **ret, error *e);

/* Ends the file in hand and waits until all is written; false: some could not be (told). NULL is allowed. */
bool watch_record_close(watch_record *r);

/* Between two events: the file in hand ends when its time is over (`now`: nanoseconds since 1970), and what is kept of the time before
 * the next match begins anew when it has become too much. */
void watch_record_between(watch_record *r, struct watching *w, uint64_t now);

/* A rule that is true for an event: begins a file, or prolongs the one in hand. Gives the path of the file that the event will stand in, or
 * an empty span: it is not recorded. Borrowed until the next call. */
span watch_record_match(watch_record *r, struct watching *w, const watch_rule *rule, const event_view *v);

/* After all rules have seen an event. */
void watch_record_event(watch_record *r, struct watching *w, const event *e, capture_path path);
