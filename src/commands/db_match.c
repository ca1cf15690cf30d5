/* SPDX-License-Identifier: Apache-2.0
 *
 * bulkhead db match: what is known of one version of a package. */
#include "commands/db.h"

#include "advisories/match.h"
#include "formats/json_write.h"

#include <stdlib.h>

typedef struct match_options {
	const char *db, *module, *binary;
	int format;
} match_options;

static const char *const format_choices[] = {"text", "json", NULL};

static const option_row match_rows[] = {
	{0, "db", OPTION_STRING, offsetof(match_options, db), "FILE", NULL,
		"the database (default: below $XDG_DATA_HOME)"},
	{'f', "format", OPTION_CHOICE, offsetof(match_options, format), "FORMAT", format_choices,
		"text or json"},
	{0, "module", OPTION_STRING, offsetof(match_options, module), "NAME:STREAM", NULL,
		"rpm: the module that the package belongs to"},
	{0, "binary", OPTION_STRING, offsetof(match_options, binary), "NAME", NULL,
		"rpm: the package, where NAME is its source"},
	{0},
};

static int match_run(int argc, char **argv);

const command_row db_match_command = {
	.name = "db match",
	.summary = "print what is known of one version of a package",
	.arguments = "ECOSYSTEM NAME VERSION",
	.examples =
		"  bulkhead db match Debian:12 openssl 3.0.11-1~deb12u2\n"
		"  bulkhead db match npm lodash 4.17.15 --format json\n"
		"  bulkhead db match AlmaLinux:8 nodejs 1:18.9.1-1.module_el8.7.0+3370+e9ae7f4c --module nodejs:18\n",
	.details =
		"Distributions are asked for source packages, with their release; ecosystems are spelled as OSV spells them.\n\n"
		"Exit codes: 0 nothing is known, 1 something is, 2 there is no database.",
	.options = match_rows,
	.run = match_run,
};

static const char *const state_names[] = {
	[ADVISORY_FIXED] = "fixed",
	[ADVISORY_UNFIXED] = "unfixed",
	[ADVISORY_DEFERRED] = "deferred",
	[ADVISORY_WONT_FIX] = "will not be fixed",
	[ADVISORY_IGNORED] = "ignored",
};

static const char *const label_names[] = {
	[SEVERITY_LABEL_UNKNOWN] = "unknown",
	[SEVERITY_LABEL_NEGLIGIBLE] = "negligible",
	[SEVERITY_LABEL_LOW] = "low",
	[SEVERITY_LABEL_MEDIUM] = "medium",
	[SEVERITY_LABEL_HIGH] = "high",
	[SEVERITY_LABEL_CRITICAL] = "critical",
};

/* Advisories are input: no control bytes reach the terminal. */
static void plain(buffer *out, span s)
{
	for (size_t i = 0; i < s.n; i++)
		buffer_add_byte(out, (unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f ? ' ' : s.p[i]);
}

static void match_text(const advisory_match *m, buffer *out)
{
	plain(out, m->id);
	buffer_format(out, "  %s", label_names[m->rating.label]);
	if (m->rating.score >= 0)
		buffer_format(out, " (%.1f)", m->rating.score);
	buffer_format(out, "  %s", state_names[m->state]);
	if (m->fixed.n) {
		buffer_add_string(out, m->state == ADVISORY_FIXED ? " in " : ", fixed in ");
		plain(out, m->fixed);
	}
	buffer_add_string(out, m->exploited ? "  exploited" : "");
	if (m->probability >= 0)
		buffer_format(out, "  EPSS %.1f %%", m->probability * 100);
	buffer_add_byte(out, '\n');
	const span more[] = {m->title, m->url};
	for (size_t i = 0; i < sizeof more / sizeof *more; i++)
		if (more[i].n) {
			buffer_add_string(out, "    ");
			plain(out, more[i]);
			buffer_add_byte(out, '\n');
		}
	if (m->aliases.count)
		buffer_add_string(out, "    also");
	list_each(const span, name, &m->aliases) {
		buffer_add_byte(out, ' ');
		plain(out, *name);
	}
	buffer_add_string(out, m->aliases.count ? "\n" : "");
}

static void match_json(const advisory_match *m, json_writer *w)
{
	json_open(w, NULL, '{');
	json_text(w, "id", m->id);
	json_open(w, "aliases", '[');
	list_each(const span, name, &m->aliases)
		json_text(w, NULL, *name);
	json_close(w, ']');
	json_text(w, "advisory", m->advisory);
	json_text(w, "source", m->source);
	json_text(w, "title", m->title);
	json_text(w, "url", m->url);
	json_text(w, "published", m->published);
	json_text(w, "fixed", m->fixed);
	json_string(w, "state", state_names[m->state]);
	json_string(w, "severity", label_names[m->rating.label]);
	json_text(w, "severity_source", m->rating.source);
	json_text(w, "vector", m->rating.vector);
	if (m->rating.score >= 0)
		json_real(w, "score", m->rating.score);
	json_truth(w, "exploited", m->exploited);
	if (m->exploited) {
		json_text(w, "exploited_since", m->exploited_since);
		json_text(w, "due", m->due);
		json_truth(w, "ransomware", m->ransomware);
	}
	if (m->probability >= 0) {
		json_real(w, "probability", m->probability);
		json_real(w, "percentile", m->percentile);
	}
	json_close(w, '}');
}

static void matches_write(const advisory_matches *matches, int format, buffer *out)
{
	json_writer w = {out, false};
	if (format == 0) {
		list_each(const advisory_match, m, matches)
			match_text(m, out);
		return;
	}
	json_open(&w, NULL, '{');
	json_open(&w, "matches", '[');
	list_each(const advisory_match, m, matches)
		match_json(m, &w);
	json_close(&w, ']');
	json_close(&w, '}');
	buffer_add_byte(out, '\n');
}

static int query_run(const match_options *o, const advisory_query *q, arena *a)
{
	advisories *db;
	error e;
	advisory_matches matches = {0};
	auto_buffer out = {0};
	int status = advisories_open(db_path(o->db, a), &db, &e);
	if (status >= 0) {
		status = advisory_match_all(db, q, a, &matches, &e);
		matches_write(&matches, o->format, &out);
		advisories_close(db);
	}
	if (status < 0) {
		command_complain("db match", "%s%s", e.text,
			e.code == ERROR_ABSENT ? " (bulkhead db import makes one)" : "");
		return EXIT_USAGE;
	}
	int written = command_write(&out, NULL);
	return written != EXIT_CLEAN ? written : matches.count ? EXIT_FINDINGS : EXIT_CLEAN;
}

static int match_run(int argc, char **argv)
{
	match_options o = {0};
	arena a = {0};
	int count, ret = EXIT_USAGE;
	const char **rest = calloc((size_t)argc + 1, sizeof *rest);
	if (rest && command_options(&db_match_command, argc, argv, &o, rest, &count, &ret)) {
		if (count == 3) {
			advisory_query q = {.ecosystem = span_of(rest[0]),
				.name = span_of(rest[1]),
				.version = span_of(rest[2]),
				.binary = span_of(o.binary),
				.module = span_of(o.module)};
			ret = query_run(&o, &q, &a);
		} else
			command_complain("db match", "name an ecosystem, a package and a version");
	}
	arena_done(&a);
	free(rest);
	return ret;
}
