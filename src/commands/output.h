/* SPDX-License-Identifier: Apache-2.0
 *
 * What every command that reports has in common: the options that choose formats, colours and what fails a run. */
#pragma once

#include "base/options.h"
#include "report/report.h"

typedef struct output_options {
	string_list formats; /* FORMAT[=FILE] */
	int fail_on;         /* severity; -1: not said */
	int colour;
	bool quiet, verbose;
} output_options;

extern const char *const severity_choices[], *const colour_choices[];

/* The rows of these options, for the option table of a command; `type` is its struct, with a member `output` of output_options. */
#define OUTPUT_OPTIONS(type, format_choices, format_names)                                                  \
	{0, "fail-on", OPTION_CHOICE, offsetof(type, output.fail_on), "SEVERITY", severity_choices,         \
		"exit with 1 from this severity on: info, low (the default), medium, high, critical"},      \
		{0, "format", OPTION_LIST, offsetof(type, output.formats), "FORMAT[=FILE]", format_choices, \
			format_names "; several may be given, with files for all but one"},                 \
		{'v', "verbose", OPTION_FLAG, offsetof(type, output.verbose), NULL, NULL,                   \
			"also show findings that were accepted"},                                           \
		{'q', "quiet", OPTION_FLAG, offsetof(type, output.quiet), NULL, NULL,                       \
			"no report in text, only the exit code"},                                           \
	{                                                                                                   \
		0, "color", OPTION_CHOICE, offsetof(type, output.colour), "WHEN", colour_choices,           \
			"auto (the default: on a terminal, unless NO_COLOR is set), always, never"          \
	}

/* Whether all formats are among the choices of the command, and at most one of them goes to standard output; else it was told. */
bool output_valid(const output_options *o, const char *command, const char *const *choices);

/* The folders that FORMAT=FILE write into: at most OPTION_LIST_MAX. Returns how many. */
uint32_t output_folders(const output_options *o, const char **ret, arena *a);

/* Sets the report's width and colour as where it goes to wants them: standard output, or a file. */
void output_terminal(const output_options *o, report *r, const char *path);

/* Sets the report's width, colour and verbosity, and writes it in all formats. EXIT_CLEAN, or EXIT_USAGE when it could not be written. */
int output_write(const output_options *o, report *r);

/* The exit code that the findings ask for; fail_on is a severity. */
int output_exit_code(const report *r, int fail_on);

enum { FAIL_ON_DEFAULT = SEVERITY_LOW };

/* Seconds since a time of CLOCK_MONOTONIC. */
struct timespec;
double output_seconds_since(const struct timespec *start);

/* The day as YYYY-MM-DD, in UTC. */
const char *output_today(char room[16]);
