/* SPDX-License-Identifier: Apache-2.0
 *
 * bulkhead db: what concerns advisories and versions; its subcommands are a table like that of the commands. */
#include "commands/db.h"

#include "advisories/database.h"

#include <stdlib.h>
#include <time.h>

static const struct {
	const char *name;
	const command_row *command;
} subcommands[] = {{"import", &db_import_command}, {"update", &db_update_command},
	{"status", &db_status_command}, {"match", &db_match_command}, {"export", &db_export_command},
	{"compare", &db_compare_command}};

const char *db_path(const char *given, arena *a)
{
	return given ? given : advisories_path(a);
}

span db_time(int64_t seconds, arena *a)
{
	time_t at = (time_t)seconds;
	struct tm utc;
	char text[32] = "";
	if (gmtime_r(&at, &utc))
		strftime(text, sizeof text, "%Y-%m-%d %H:%M", &utc);
	return arena_copy(a, span_of(text));
}

static const command_row *subcommand_find(const char *name)
{
	for (size_t i = 0; i < sizeof subcommands / sizeof *subcommands; i++)
		if (strcmp(subcommands[i].name, name) == 0)
			return subcommands[i].command;
	return NULL;
}

int db_run(int argc, char **argv)
{
	const command_row *sub = argc > 1 ? subcommand_find(argv[1]) : NULL;
	if (sub)
		return sub->run(argc - 1, argv + 1);
	int count, ret = EXIT_USAGE;
	const char **rest = calloc((size_t)argc + 1, sizeof *rest);
	if (rest && command_options(&db_command, argc, argv, NULL, rest, &count, &ret))
		command_complain("db",
			count ? "there is no subcommand '%s' (bulkhead db --help lists them)"
			      : "name a subcommand: import, update, status, match, export or compare%s",
			count ? rest[0] : "");
	free(rest);
	return ret;
}
