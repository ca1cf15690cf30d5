/* SPDX-License-Identifier: Apache-2.0
 *
 * Writing reports where and how the options say. */
#include "commands/output.h"

#include "base/files.h"
#include "commands/commands.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

const char *const severity_choices[] = {"info", "low", "medium", "high", "critical", NULL};
const char *const colour_choices[] = {"auto", "always", "never", NULL};

void output_terminal(const output_options *o, report *r, const char *path)
{
	struct winsize size;
	bool terminal = isatty(STDOUT_FILENO), here = !path || strcmp(path, "-") == 0;
	r->colour = here && (o->colour == 1 || (o->colour == 0 && terminal && !getenv("NO_COLOR")));
	r->width = !path && terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
	r->verbose = o->verbose;
}

static int write_format(const output_options *o, const char *word, const report *r)
{
	span name = span_of(word);
	size_t equal = span_find_byte(name, '=');
	const char *path = equal == SPAN_NONE ? NULL : word + equal + 1;
	const report_format *format = report_format_find(span_sub(name, 0, equal));
	report here = *r;
	output_terminal(o, &here, path);
	auto_buffer out = {.sink = path ? 0 : STDOUT_FILENO + 1}; /* large reports are never held whole */
	format->write(&here, &out);
	return command_write(&out, path);
}

static bool is_choice(span name, const char *const *choices)
{
	for (; *choices; choices++)
		if (span_is(name, *choices))
			return true;
	return false;
}

static void complain_format(const char *command, span name, const char *const *choices)
{
	auto_buffer known = {0};
	for (const char *const *c = choices; *c; c++)
		buffer_format(&known, "%s%s", c == choices ? "" : ", ", *c);
	command_complain(
		command, "there is no format '%.*s': %.*s", SPAN_ARG(name), SPAN_ARG(buffer_span(&known)));
}

bool output_valid(const output_options *o, const char *command, const char *const *choices)
{
	uint32_t to_stdout = 0;
	for (uint32_t i = 0; i < o->formats.count; i++) {
		span name = span_of(o->formats.items[i]);
		size_t equal = span_find_byte(name, '=');
		if (!is_choice(span_sub(name, 0, equal), choices)) {
			complain_format(command, span_sub(name, 0, equal), choices);
			return false;
		}
		to_stdout += equal == SPAN_NONE;
	}
	if (to_stdout > 1)
		command_complain(command,
			"only one --format can go to standard output: write the others as FORMAT=FILE");
	return to_stdout <= 1;
}

uint32_t output_folders(const output_options *o, const char **ret, arena *a)
{
	uint32_t count = 0;
	for (uint32_t i = 0; i < o->formats.count; i++) {
		const char *equal = strchr(o->formats.items[i], '=');
		if (equal)
			ret[count++] = path_folder(a, equal + 1);
	}
	return count;
}

int output_write(const output_options *o, report *r)
{
	int status = EXIT_CLEAN;
	for (uint32_t i = 0; i < o->formats.count && status == EXIT_CLEAN; i++)
		status = write_format(o, o->formats.items[i], r);
	if (o->formats.count == 0 && !o->quiet)
		status = write_format(o, "text", r);
	return status;
}

int output_exit_code(const report *r, int fail_on)
{
	uint32_t failing = 0;
	for (int i = fail_on; i <= SEVERITY_CRITICAL; i++)
		failing += r->counts[i];
	if (r->bundle->problems.count)
		return EXIT_INCOMPLETE;
	return failing ? EXIT_FINDINGS : EXIT_CLEAN;
}

double output_seconds_since(const struct timespec *start)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - start->tv_sec) + (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

const char *output_today(char room[16])
{
	time_t now = time(NULL);
	struct tm day;
	gmtime_r(&now, &day);
	strftime(room, 16, "%Y-%m-%d", &day);
	return room;
}
