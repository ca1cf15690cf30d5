/* SPDX-License-Identifier: Apache-2.0
 *
 * bulkhead audit: what running containers and their host really enforce. First everything is looked at, with no more rights than that needs; then the
 * sandbox is entered, and what was seen is judged and reported. (Landlock cannot come first: it would hide the processes of others.) */
#include "commands/audit.h"

#include "base/limits.h"
#include "base/sandbox.h"
#include "base/threads.h"
#include "commands/commands.h"
#include "commands/scan_records.h"
#include "commands/verdict.h"
#include "report/cis.h"
#include "rules/mask.h"

#include <stdlib.h>
#include <unistd.h>

static const char default_age[] = "7d";

/* --- options --- */

static bool numbers_valid(audit_options *o)
{
	o->threads = (int)threads_available();
	if (!command_number("audit", "jobs", o->jobs, 1, COMMAND_JOBS_MAX, &o->threads) ||
		!command_number("audit", "watch", o->watch, 1, LIMIT_WATCH_SECONDS, &o->seconds))
		return false;
	if (o->max_age && !o->unscanned) {
		command_complain("audit", "--max-age belongs to --unscanned");
		return false;
	}
	if (duration_read(span_of(o->max_age ? o->max_age : default_age), &o->age))
		return true;
	command_complain("audit", "--max-age takes a time like 12h, 7d or 2w, not '%s'", o->max_age);
	return false;
}

/* Options that contradict each other. */
static bool together_valid(const audit_options *o)
{
	const struct {
		bool wrong;
		const char *why;
	} rows[] = {
		{o->kernel && (o->host || o->engine >= 0),
			"--kernel asks no engine: --host and --engine do not go with it"},
		{o->kernel && o->unscanned,
			"--unscanned needs an engine, which knows the images; --kernel asks none"},
		{o->cis >= 0 && o->watch, "--cis and --watch do not go together"},
		{o->cis >= 0 && (o->name_count || o->against.count || o->unscanned || o->no_host),
			"--cis is about the whole host: no containers, --against, --unscanned or --no-host"},
		{o->root && !o->kernel && !o->host && o->root[0] && strcmp(o->root, "/") != 0,
			"with --root, say where its engine is (--host unix://FOLDER/run/docker.sock), or --kernel"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].wrong) {
			command_complain("audit", "%s", rows[i].why);
			return false;
		}
	return true;
}

static bool options_valid(audit_options *o)
{
	return numbers_valid(o) && together_valid(o) &&
	       output_valid(&o->output, "audit", o->cis >= 0 ? audit_cis_formats : audit_formats);
}

/* --- one audit --- */

/* Nothing that needs rights is left to do. */
static void confine(const audit_options *o, arena *a)
{
	const char *folders[OPTION_LIST_MAX];
	uint32_t count = output_folders(&o->output, folders, a);
	audit_privileges_drop(count > 0);
	sandbox_enter(folders, count);
}

static uint32_t count_files(const bundle *b)
{
	uint32_t n = 0;
	list_each(document *const, d, &b->documents)
		n += (*d)->kind != DOCUMENT_CONTAINER && (*d)->kind != DOCUMENT_HOST;
	return n;
}

static int judge(const audit_options *o, bundle *b, const struct timespec *start, arena *a)
{
	error e;
	policy p;
	string_list only = o->only;
	if (verdict_policy(o->config, o->no_config, ".", a, &p, &e) < 0) {
		command_complain("audit", "%s", e.text);
		return EXIT_USAGE;
	}
	p.partial = true; /* exceptions for files that are not looked at here are no mistake */
	if (o->unscanned && only.count == 0)
		only.items[only.count++] = "vulnerabilities/unscanned";
	output_options none = {.fail_on = o->output.fail_on, .quiet = true};
	return verdict_report(&(verdict_request){.command = &audit_command,
				      .output = o->lines ? &none : &o->output,
				      .reported = o->lines ? audit_write_lines : NULL,
				      .of = (void *)o,
				      .policy = &p,
				      .profile = o->profile,
				      .only = &only,
				      .explain = o->explain,
				      .threads = (unsigned)o->threads,
				      .files = count_files(b),
				      .start = start},
		b, a);
}

/* --- the benchmark --- */

static int write_benchmark(const audit_options *o, const report *r, const cis_benchmark *c)
{
	int status = EXIT_CLEAN;
	for (uint32_t i = 0; i <= o->output.formats.count && status == EXIT_CLEAN; i++) {
		const char *word = i < o->output.formats.count  ? o->output.formats.items[i]
				   : i == 0 && !o->output.quiet ? "text"
								: NULL;
		if (!word)
			break;
		report here = *r;
		const char *path = strchr(word, '=');
		auto_buffer out = {.sink = path ? 0 : STDOUT_FILENO + 1};
		output_terminal(&o->output, &here, path ? path + 1 : NULL);
		if (strncmp(word, "json", 4) == 0)
			report_cis_json(&here, c, &out);
		else
			report_cis_text(&here, c, &out);
		status = command_write(&out, path ? path + 1 : NULL);
	}
	return status;
}

static int benchmark(const audit_options *o, bundle *b, arena *a)
{
	error e;
	const rulebook *book;
	mask hidden;
	cis_benchmark c = {0};
	arena scratch = {0};
	if (cis_rulebook(a, &book, &e) < 0) {
		command_complain("audit", "%s", e.text);
		return EXIT_USAGE;
	}
	mask_init(&hidden, b, a);
	cis_judge(book, b, &hidden, a, &c);
	report r = {.command = "audit", .bundle = b, .mask = &hidden, .arena = a, .scratch = &scratch};
	int status = write_benchmark(o, &r, &c);
	arena_done(&scratch);
	if (status != EXIT_CLEAN)
		return status;
	return b->problems.count ? EXIT_INCOMPLETE : c.counts[CIS_FAIL] ? EXIT_FINDINGS : EXIT_CLEAN;
}

int audit_once(const audit_options *o)
{
	struct timespec start;
	clock_gettime(CLOCK_MONOTONIC, &start);
	arena a = {0};
	error e;
	bundle b = {.arena = &a};
	int ret = EXIT_USAGE, status = 0;
	const char *folders[OPTION_LIST_MAX];
	audit_privileges_reduce(output_folders(&o->output, folders, &a) > 0);
	audit_gather(o, &b);
	if (o->unscanned)
		status = audit_scanned(o, &b, &e);
	confine(o, &a);
	if (status >= 0 && o->against.count)
		status = audit_against(o, &b, &a, &e);
	bundle_overlay(&b);
	if (status < 0)
		command_complain("audit", "%s", e.text);
	else
		ret = o->cis >= 0 ? benchmark(o, &b, &a) : judge(o, &b, &start, &a);
	arena_done(&a);
	return ret;
}

int audit_run(int argc, char **argv)
{
	audit_options o = {.profile = -1, .output.fail_on = -1, .cis = -1, .engine = -1};
	int count, ret = EXIT_USAGE;
	const char **names = calloc((size_t)argc + 1, sizeof *names);
	if (names && command_options(&audit_command, argc, argv, &o, names, &count, &ret)) {
		o.names = names;
		o.name_count = (uint32_t)count;
		ret = !options_valid(&o) ? EXIT_USAGE : o.seconds ? audit_watch(&o) : audit_once(&o);
	}
	free(names);
	return ret;
}
