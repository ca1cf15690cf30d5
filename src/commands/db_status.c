/* SPDX-License-Identifier: Apache-2.0
 *
 * bulkhead db status: what the database holds, from whom, how old. */
#include "commands/db.h"

#include "advisories/status.h"
#include "formats/json_write.h"

#include <stdlib.h>
#include <time.h>

enum { OLD_DAYS = 7, DAY_SECONDS = 86400 };

typedef struct status_options {
	const char *db;
	int format;
} status_options;

static const char *const format_choices[] = {"text", "json", NULL};

static const option_row status_rows[] = {
	{0, "db", OPTION_STRING, offsetof(status_options, db), "FILE", NULL,
		"the database (default: below $XDG_DATA_HOME)"},
	{'f', "format", OPTION_CHOICE, offsetof(status_options, format), "FORMAT", format_choices,
		"text or json"},
	{0},
};

static int status_run(int argc, char **argv);

const command_row db_status_command = {
	.name = "db status",
	.summary = "print what the database holds, from whom, and how old it is",
	.arguments = "",
	.examples = "  bulkhead db status\n  bulkhead db status --format json\n",
	.details = "A database that nothing was imported into for 7 days is called old; that is no error.\n\n"
		   "Exit codes: 0, or 2 when there is no database.",
	.options = status_rows,
	.run = status_run,
};

/* Input: no control bytes reach the terminal. */
static void plain(buffer *out, span s)
{
	for (size_t i = 0; i < s.n; i++)
		buffer_add_byte(out, (unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f ? ' ' : s.p[i]);
}

static void source_text(const status_source *s, buffer *out, arena *a)
{
	plain(out, s->name);
	buffer_format(out, "\n    %u %s, imported %.*s", s->count,
		span_is(s->kind, "exploited")     ? "exploited CVEs"
		: span_is(s->kind, "probability") ? "probabilities"
						  : "advisories",
		SPAN_ARG(db_time(s->imported, a)));
	if (s->newest.n) {
		buffer_add_string(out, ", the newest of ");
		plain(out, span_sub(s->newest, 0, 10));
	}
	buffer_add_byte(out, '\n');
	list_each(const status_publisher, p, &s->publishers)
		buffer_format(out, "    %s: %u, %s%s\n", *p->name ? p->name : "others", p->count,
			p->licence ? "licence " : "licence not known", p->licence ? p->licence : "");
}

static void status_text(const advisories_status *s, int64_t days, buffer *out, arena *a)
{
	buffer_format(out,
		"%s\n    %.1f MB, %u advisories on %u packages, %u exploited CVEs, %u probabilities\n",
		s->path, (double)s->bytes / 1e6, s->advisories, s->packages, s->exploited, s->probabilities);
	if (s->imported)
		buffer_format(out, "    last import %.*s%s\n", SPAN_ARG(db_time(s->imported, a)),
			days > OLD_DAYS ? ": old" : "");
	list_each(const status_source, source, &s->sources)
		source_text(source, out, a);
}

static void source_json(const status_source *s, json_writer *w)
{
	json_open(w, NULL, '{');
	json_text(w, "name", s->name);
	json_text(w, "kind", s->kind);
	json_number(w, "count", s->count);
	json_number(w, "imported", s->imported);
	json_text(w, "newest", s->newest);
	json_text(w, "etag", s->etag);
	json_open(w, "publishers", '[');
	list_each(const status_publisher, p, &s->publishers) {
		json_open(w, NULL, '{');
		json_string(w, "name", p->name);
		json_string(w, "licence", p->licence);
		json_number(w, "count", p->count);
		json_close(w, '}');
	}
	json_close(w, ']');
	json_close(w, '}');
}

static void status_json(const advisories_status *s, int64_t days, buffer *out)
{
	json_writer w = {out, false};
	json_open(&w, NULL, '{');
	json_string(&w, "path", s->path);
	json_number(&w, "bytes", (int64_t)s->bytes);
	json_number(&w, "imported", s->imported);
	json_truth(&w, "old", days > OLD_DAYS);
	json_number(&w, "advisories", s->advisories);
	json_number(&w, "packages", s->packages);
	json_number(&w, "exploited", s->exploited);
	json_number(&w, "probabilities", s->probabilities);
	json_open(&w, "sources", '[');
	list_each(const status_source, source, &s->sources)
		source_json(source, &w);
	json_close(&w, ']');
	json_close(&w, '}');
	buffer_add_byte(out, '\n');
}

static int status_print(const status_options *o)
{
	arena a = {0};
	advisories *db;
	advisories_status status = {0};
	auto_buffer out = {0};
	error e;
	int got = advisories_open(db_path(o->db, &a), &db, &e);
	if (got >= 0) {
		got = advisories_status_read(db, &a, &status, &e);
		advisories_close(db);
	}
	int ret = EXIT_USAGE;
	if (got < 0)
		command_complain("db status", "%s%s", e.text,
			e.code == ERROR_ABSENT ? " (bulkhead db import makes one)" : "");
	else {
		int64_t days = ((int64_t)time(NULL) - status.imported) / DAY_SECONDS;
		if (o->format)
			status_json(&status, days, &out);
		else
			status_text(&status, days, &out, &a);
		ret = command_write(&out, NULL);
	}
	arena_done(&a);
	return ret;
}

static int status_run(int argc, char **argv)
{
	status_options o = {0};
	int count, ret = EXIT_USAGE;
	const char **rest = calloc((size_t)argc + 1, sizeof *rest);
	if (rest && command_options(&db_status_command, argc, argv, &o, rest, &count, &ret)) {
		if (count == 0)
			ret = status_print(&o);
		else
			command_complain("db status", "takes no arguments");
	}
	free(rest);
	return ret;
}
