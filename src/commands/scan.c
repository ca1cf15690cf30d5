/* SPDX-License-Identifier: Apache-2.0
 *
 * bulkhead scan: what images hold, and what is known against it. Everything that reads an image happens in the sandbox, in this process, which
 * bulkhead has started for that alone (elsewhere.c): whatever an image does to its reader ends here. */
#include "commands/scan.h"

#include "base/files.h"
#include "base/threads.h"
#include "commands/commands.h"
#include "commands/scan_records.h"
#include "commands/scan_source.h"
#include "fetch/registry.h"

#include <stdlib.h>

/* --- options --- */

/* "critical,high", several times. */
static bool severities_valid(const scan_options *o)
{
	for (uint32_t i = 0; i < o->severities.count; i++) {
		span rest = span_of(o->severities.items[i]), word;
		while (span_cut(&rest, ',', &word))
			if (severity_label_of(span_trim(word)) == SEVERITY_LABEL_UNKNOWN &&
				!span_is_fold(span_trim(word), "unknown")) {
				command_complain(
					"scan", "--severity: there is no severity '%.*s'", SPAN_ARG(word));
				return false;
			}
	}
	return true;
}

static bool numbers_valid(scan_options *o)
{
	o->threads = (int)threads_available();
	o->findings_code = EXIT_FINDINGS;
	return command_number("scan", "jobs", o->jobs, 1, COMMAND_JOBS_MAX, &o->threads) &&
	       command_number("scan", "exit-code", o->exit_code, 0, UINT8_MAX, &o->findings_code);
}

static bool options_valid(scan_options *o, int count)
{
	if (o->records && (count || o->sboms.count)) {
		command_complain("scan", "--records lists the images of engines: it takes no image");
		return false;
	}
	if (!o->records && o->max_age) {
		command_complain("scan", "--max-age belongs to --records");
		return false;
	}
	if (!o->records && count == 0 && o->sboms.count == 0) {
		command_complain("scan",
			"name an image: an archive, a layout, a folder (bulkhead scan --help has examples)");
		return false;
	}
	return numbers_valid(o) && severities_valid(o) && output_valid(&o->output, "scan", scan_formats);
}

/* --- running --- */

/* An image that cannot be had does not keep the others from being scanned. */
static int run(const scan_options *o, const char *const *names, uint32_t count)
{
	arena a = {0};
	scan_subject *subjects = ARENA_ARRAY(&a, scan_subject, count);
	const char *cache = registry_cache_path(&a);
	bool pulled = false;
	for (uint32_t i = 0; i < count; i++) {
		error e;
		if (scan_source_find(o, names[i], &a, &subjects[i], &e) < 0)
			subjects[i] =
				(scan_subject){.shown = names[i], .fault = arena_string(&a, span_of(e.text))};
		pulled = pulled || subjects[i].reference;
	}
	auto_fd held = pulled && cache ? registry_cache_hold(cache)
				       : -1; /* nothing is removed from it while it is read */
	(void)held;
	int ret = scan_images(o, subjects, count);
	arena_done(&a);
	return ret == EXIT_FINDINGS ? o->findings_code : ret;
}

int scan_run(int argc, char **argv)
{
	scan_options o = {.profile = -1, .output.fail_on = -1};
	int count, ret = EXIT_USAGE;
	const char **names = calloc((size_t)argc + 1, sizeof *names);
	if (names && command_options(&scan_command, argc, argv, &o, names, &count, &ret))
		ret = !options_valid(&o, count) ? EXIT_USAGE
		      : o.records               ? scan_records_list(&o)
						: run(&o, names, (uint32_t)count);
	free(names);
	return ret;
}
