/* SPDX-License-Identifier: Apache-2.0
 *
 * When to record. What happened just before a match matters most, so events are always kept in memory for a while, behind a head with the
 * state that they began in: two such pieces, of which the older is dropped when the newer has become long enough. A match writes them out
 * and goes on from there; matches while a file is being written prolong it, up to LIMIT_RECORD_FILE. */
#include "commands/watch_record.h"

#include "base/limits.h"
#include "base/memory.h"
#include "commands/commands.h"
#include "commands/watch_running.h"
#include "watch/capture_write.h"
#include "watch/recorder.h"

#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

enum { DEFAULT_MS = 5000, LONGEST_MS = 3600000, NANOSECONDS_MS = 1000000 };

/* Of so many turns the thread that writes is asked in one how it goes. */
enum { TURNS_LOOKED = 128 };

typedef struct piece {
	buffer head, events;
	bool used;
} piece;

struct watch_record {
	recorder *files;
	capture_writer *writer;
	const char *folder;
	const watch_rules *rules; /* those in force when it was looked which are marked */
	bool only_marked;
	uint64_t most, duration; /* bytes of the folder; nanoseconds */
	uint32_t run;            /* a number in the names of its files */
	piece older, newer;
	bool no_before; /* the state is too large to be written again and again */
	bool open, refused_told;
	uint32_t failed, unrecorded, turns;
	uint64_t until, written; /* of the file in hand */
	buffer path, bytes;
	arena arena; /* of the file in hand: the containers that it tells of */
	map told;
};

/* --- options --- */

static bool number_of(const char *text, int64_t otherwise, int64_t most, int64_t *ret)
{
	*ret = otherwise;
	return !text || (span_int(span_of(text), ret) && *ret > 0 && *ret <= most);
}

/* Whether there are rules that ask for it themselves. */
static bool any_marked(const watching *w)
{
	for (uint32_t i = 0; i < w->rules->count; i++)
		if (w->rules->rules[i].enabled && w->rules->rules[i].capture)
			return true;
	return false;
}

static void rules_look(watch_record *r, const watching *w)
{
	r->rules = w->rules;
	r->only_marked = w->options->record_rules == WATCH_RECORD_MARKED ||
			 (w->options->record_rules == WATCH_RECORD_AUTO && any_marked(w));
}

int watch_record_open(const watching *w, watch_record **ret, error *e)
{
	const watch_options *o = w->options;
	int64_t most, duration;
	if (!o->record)
		return 0;
	if (!number_of(o->record_limit, LIMIT_RECORD_MIB, INT32_MAX, &most))
		return error_set(
			e, ERROR_USAGE, "--record-limit '%s': it takes a number of MiB", o->record_limit);
	if (!number_of(o->record_time, DEFAULT_MS, LONGEST_MS, &duration))
		return error_set(e, ERROR_USAGE,
			"--record-time '%s': it takes a number of milliseconds from 1 to %d", o->record_time,
			LONGEST_MS);
	watch_record *r = memory_zeroed(1, sizeof *r);
	r->folder = o->record;
	r->most = (uint64_t)most << 20;
	r->duration = (uint64_t)duration * NANOSECONDS_MS;
	r->writer = capture_writer_new(!o->replay);
	if (getrandom(&r->run, sizeof r->run, 0) != sizeof r->run)
		r->run = (uint32_t)w->started;
	int status = recorder_open(o->record, o->replay != NULL, &r->files, e);
	if (status < 0)
		watch_record_close(r);
	else
		*ret = r;
	return status < 0 ? error_wrap(e, "--record") : 0;
}

/* --- the file in hand --- */

/* Why nothing is recorded is told once. */
static void refuse(watch_record *r, watching *w, const char *why)
{
	r->unrecorded++;
	if (r->refused_told)
		return;
	r->refused_told = true;
	watch_tell_unrecorded(w, span_of(why));
}

static void file_end(watch_record *r)
{
	if (r->open)
		recorder_end(r->files);
	r->open = false;
}

/* Hands bytes over; what finds no room ends the file. */
static void bytes_write(watch_record *r, watching *w, span bytes)
{
	if (!r->open)
		return;
	r->written += bytes.n;
	if (recorder_add(r->files, bytes))
		return;
	file_end(r);
	refuse(r, w, "the disk is too slow: a recording ends early");
}

static void piece_clear(piece *p)
{
	p->head.n = p->events.n = 0;
	p->used = false;
}

static void container_tell(
	watch_record *r, watching *w, const event_view *v, span id, const watch_container *c)
{
	map_set(&r->told, &r->arena, arena_copy(&r->arena, id), r);
	r->bytes.n = 0;
	capture_writer_container(c, id, v->event->time, &r->bytes);
	bytes_write(r, w, buffer_span(&r->bytes));
}

/* What is known of the container of an event, once in each file: first of all, so that it is known for what happened before as well. The
 * host stands there like a container, so that readers know that whoever recorded was told who is in one. */
static void container_write(watch_record *r, watching *w, const event_view *v)
{
	const process *p = v->event->process;
	span id = p ? process_text_get(p, PROCESS_CONTAINER) : (span){0};
	if (!v->containers)
		return;
	if (!map_get(&r->told, SPAN("host")))
		container_tell(r, w, v, SPAN("host"), &(watch_container){.name = SPAN("host")});
	const watch_container *c =
		id.n && !map_get(&r->told, id) ? v->containers->find(v->containers->of, id) : NULL;
	if (c)
		container_tell(r, w, v, id, c);
}

/* What happened before; without it, the state as it is now. */
static void before_write(watch_record *r, watching *w, const event_view *v)
{
	if (!r->newer.used) {
		r->bytes.n = 0;
		capture_writer_head(r->writer, &w->state, &r->bytes);
		bytes_write(r, w, buffer_span(&r->bytes));
		container_write(r, w, v);
		return;
	}
	const piece *first = r->older.used ? &r->older : &r->newer;
	bytes_write(r, w, buffer_span(&first->head));
	container_write(r, w, v);
	if (r->older.used)
		bytes_write(r, w, buffer_span(&r->older.events));
	bytes_write(r, w, buffer_span(&r->newer.events));
	piece_clear(&r->older);
	piece_clear(&r->newer);
}

/* "folder/20261122T081629.123456789Z-00000042-1a2b3c4d.scap": when, which event, which run. */
static const char *path_make(watch_record *r, const event *e)
{
	char when[32] = "";
	struct tm parts;
	time_t seconds = (time_t)(e->time / 1000000000u);
	if (gmtime_r(&seconds, &parts))
		strftime(when, sizeof when, "%Y%m%dT%H%M%S", &parts);
	r->path.n = 0;
	buffer_format(&r->path, "%s/", r->folder);
	size_t name = r->path.n;
	buffer_format(&r->path, "%s.%09uZ-%08llu-%08x.scap", when, (unsigned)(e->time % 1000000000u),
		(unsigned long long)e->number, r->run);
	buffer_add_byte(&r->path, 0);
	r->path.n--;
	return r->path.p + name;
}

static bool file_begin(watch_record *r, watching *w, const event_view *v)
{
	const event *e = v->event;
	recorder_status s = recorder_status_get(r->files);
	const char *full = s.bytes >= r->most ? "the recordings have as many bytes as --record-limit allows"
			   : s.files >= LIMIT_RECORD_FILES ? "there are too many recordings in the folder"
							   : NULL;
	if (full) {
		refuse(r, w, full);
		return false;
	}
	if (!recorder_begin(r->files, path_make(r, e))) {
		refuse(r, w, "the disk is too slow");
		return false;
	}
	r->open = true;
	r->written = 0;
	r->told = (map){0};
	arena_clear(&r->arena);
	before_write(r, w, v);
	return r->open;
}

/* --- events --- */

span watch_record_match(watch_record *r, watching *w, const watch_rule *rule, const event_view *v)
{
	const event *e = v->event;
	if (!r)
		return (span){0};
	if (!r->only_marked || rule->capture) {
		uint64_t time = rule->capture_ms ? (uint64_t)rule->capture_ms * NANOSECONDS_MS : r->duration;
		if (!r->open && !file_begin(r, w, v))
			return (span){0};
		if (r->until < e->time + time)
			r->until = e->time + time;
	}
	if (r->open)
		container_write(r, w, v);
	return r->open ? buffer_span(&r->path) : (span){0};
}

void watch_record_event(watch_record *r, watching *w, const event *e, capture_path path)
{
	if (!r)
		return;
	if (!r->open && r->newer.used) {
		capture_writer_event(r->writer, &w->state, e, path, &r->newer.events);
		return;
	}
	if (!r->open)
		return;
	r->bytes.n = 0;
	capture_writer_event(r->writer, &w->state, e, path, &r->bytes);
	bytes_write(r, w, buffer_span(&r->bytes));
	if (r->written > LIMIT_RECORD_FILE)
		file_end(r);
}

/* Begins the newer of the two pieces anew. */
static void before_begin(watch_record *r, const watching *w)
{
	piece gone = r->older;
	r->older = r->newer;
	r->newer = gone;
	piece_clear(&r->newer);
	capture_writer_head(r->writer, &w->state, &r->newer.head);
	r->newer.used = true;
	r->no_before = r->newer.head.n > LIMIT_RECORD_HEAD;
	if (!r->no_before)
		return;
	piece_clear(&r->newer);
	piece_clear(&r->older);
	buffer_done(&r->newer.head);
	buffer_done(&r->older.head);
}

static bool before_is_due(const watch_record *r)
{
	/* Heads are not made more often than they are long, so that they take little of the time. */
	size_t enough = r->newer.head.n > LIMIT_RECORD_BEFORE ? r->newer.head.n : LIMIT_RECORD_BEFORE;
	return !r->open && !r->no_before && (!r->newer.used || r->newer.events.n > enough);
}

static void troubles_tell(watch_record *r, watching *w)
{
	recorder_status s = recorder_status_get(r->files);
	if (s.failed == r->failed)
		return;
	if (r->failed == 0)
		watch_tell_unrecorded(w, span_of(s.why));
	r->failed = s.failed;
	file_end(r);
}

void watch_record_between(watch_record *r, watching *w, uint64_t now)
{
	if (!r)
		return;
	if (r->rules != w->rules)
		rules_look(r, w);
	if (r->open && now > r->until)
		file_end(r);
	if (++r->turns % TURNS_LOOKED == 0)
		troubles_tell(r, w);
	if (before_is_due(r))
		before_begin(r, w);
}

bool watch_record_close(watch_record *r)
{
	recorder_status s = {0};
	if (!r)
		return true;
	file_end(r);
	recorder_close(r->files, &s);
	if (s.failed > r->failed)
		command_complain("watch", "recordings that could not be written: %u: %s", s.failed, s.why);
	if (r->unrecorded > 1)
		command_complain("watch", "matches that were not recorded: %u", r->unrecorded);
	capture_writer_free(r->writer);
	buffer *const buffers[] = {
		&r->older.head, &r->older.events, &r->newer.head, &r->newer.events, &r->path, &r->bytes};
	for (size_t i = 0; i < sizeof buffers / sizeof *buffers; i++)
		buffer_done(buffers[i]);
	arena_done(&r->arena);
	free(r);
	return s.failed == 0;
}
