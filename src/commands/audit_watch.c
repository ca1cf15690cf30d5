/* SPDX-License-Identifier: Apache-2.0
 *
 * Auditing again and again. Each round is a process of its own: it needs rights while it looks, and gives them up, the network and the files before it
 * judges. It tells what it found over a pipe, a line each: 16 hexadecimal digits that stay the same while the matter does, a blank, words for people or
 * one JSON value. This process compares the lines with those of the round before. */
#include "commands/audit.h"

#include "base/buffer.h"
#include "base/limits.h"
#include "base/map.h"
#include "commands/apart.h"
#include "commands/commands.h"
#include "report/container.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { KEY_DIGITS = 16 };

typedef struct round_lines { /* what one round found */
	arena arena;
	LIST(span) lines;
	map keys; /* key -> line */
	int code; /* the exit code of the round; EXIT_USAGE: there is no use in going on */
} round_lines;

typedef struct watching {
	const audit_options *options;
	round_lines *now;
} watching;

static bool round_work(void *of, int fd, error *e)
{
	const watching *w = of;
	audit_options o = *w->options;
	(void)e;
	o.lines = fd + 1;
	int code = audit_once(&o);
	char last[8];
	int n = snprintf(last, sizeof last, "=%d\n", code);
	return n > 0 && write(fd, last, (size_t)n) == n;
}

static void take_line(round_lines *r, span line)
{
	if (line.n == 2 && line.p[0] == '=') {
		r->code = line.p[1] - '0';
	} else if (line.n > KEY_DIGITS) {
		span kept = arena_copy(&r->arena, line);
		list_push(&r->arena, &r->lines, kept);
		map_set(&r->keys, &r->arena, span_sub(kept, 0, KEY_DIGITS), (void *)kept.p);
	}
}

static int round_hear(void *of, int fd, error *e)
{
	round_lines *r = ((watching *)of)->now;
	auto_buffer all = {0};
	char part[65536];
	ssize_t n;
	while ((n = read(fd, part, sizeof part)) > 0) {
		buffer_add(&all, (span){part, (size_t)n});
		if (all.n > LIMIT_FILE_BYTES)
			return error_set(e, ERROR_LIMIT, "a round of the audit says more than %d MiB",
				LIMIT_FILE_BYTES >> 20);
	}
	if (n < 0)
		return error_set_system(e, "a round of the audit");
	span rest = buffer_span(&all), line;
	while (span_cut(&rest, '\n', &line))
		take_line(r, line);
	return 0;
}

static bool is_json(const audit_options *o)
{
	return o->output.formats.count && span_starts(span_of(o->output.formats.items[0]), SPAN("json"));
}

static void add_change(const audit_options *o, buffer *out, bool gone, span line)
{
	span words = span_from(line, KEY_DIGITS + 1);
	if (is_json(o))
		buffer_format(
			out, "{\"change\":\"%s\",\"what\":%.*s}\n", gone ? "gone" : "new", SPAN_ARG(words));
	else
		buffer_format(out, "%c %.*s\n", gone ? '-' : '+', SPAN_ARG(words));
}

static int print_changes(const audit_options *o, const round_lines *before, const round_lines *now)
{
	auto_buffer out = {.sink = STDOUT_FILENO + 1};
	for (uint32_t i = 0; i < before->lines.count; i++)
		if (!map_get(&now->keys, span_sub(before->lines.items[i], 0, KEY_DIGITS)))
			add_change(o, &out, true, before->lines.items[i]);
	for (uint32_t i = 0; i < now->lines.count; i++)
		if (!map_get(&before->keys, span_sub(now->lines.items[i], 0, KEY_DIGITS)))
			add_change(o, &out, false, now->lines.items[i]);
	return out.n ? command_write(&out, NULL) : EXIT_CLEAN;
}

int audit_watch(const audit_options *o)
{
	round_lines rounds[2] = {{.code = EXIT_USAGE}, {.code = EXIT_USAGE}};
	error e;
	audit_privileges_reduce(false);
	for (uint32_t n = 0;; n = (n + 1) & 1) {
		round_lines *now = &rounds[n], *before = &rounds[!n];
		watching w = {.options = o, .now = now};
		*now = (round_lines){.code = EXIT_USAGE};
		if (apart_run(&(apart){.work = round_work, .hear = round_hear, .of = &w}, &e) < 0) {
			command_complain("audit", "%s", e.text);
			break;
		}
		if (now->code == EXIT_USAGE || print_changes(o, before, now) != EXIT_CLEAN)
			break;
		arena_done(&before->arena);
		sleep((unsigned)o->seconds);
	}
	arena_done(&rounds[0].arena);
	arena_done(&rounds[1].arena);
	return EXIT_USAGE;
}

/* --- in the round --- */

static void add_key(buffer *out, uint64_t key)
{
	buffer_format(out, "%016llx ", (unsigned long long)key);
}

static void add_line(const audit_options *o, buffer *out, const report *r, const finding *f)
{
	add_key(out, f->fingerprint);
	if (is_json(o))
		report_json_finding(f, out);
	else
		report_concise_finding(r, f, out);
}

/* Something that is no finding: a container that runs, a thing that could not be read. */
static void add_other(
	const audit_options *o, buffer *out, const char *what, const char *name, const char *words)
{
	add_key(out, span_hash(span_of(what)) ^ span_hash(span_of(name)) * 3 ^ span_hash(span_of(words)) * 5);
	if (is_json(o)) {
		json_writer w = {.out = out};
		json_open(&w, NULL, '{');
		json_string(&w, what, name);
		json_string(&w, "says", words);
		json_close(&w, '}');
		buffer_add_byte(out, '\n');
	} else {
		buffer_format(out, "%s %s: %s\n", what, name, words);
	}
}

void audit_write_lines(void *of, const report *r)
{
	const audit_options *o = of;
	auto_buffer out = {.sink = o->lines}; /* a descriptor plus one, as sinks are given */
	list_each(workload *const, w, &r->bundle->workloads)
		if ((*w)->document->running)
			add_other(o, &out, "container", (*w)->name, (*w)->document->text->path);
	list_each(const problem, p, &r->bundle->problems)
		add_other(o, &out, "error", p->path, p->message);
	list_each(const finding, f, r->findings)
		if (!f->suppressed)
			add_line(o, &out, r, f);
	buffer_flush(&out);
}
