/* SPDX-License-Identifier: Apache-2.0
 *
 * bulkhead db export: the database as one file to hand on. */
#include "commands/db.h"

#include "advisories/exported.h"

#include <stdlib.h>

typedef struct export_options {
	const char *db;
} export_options;

static const option_row export_rows[] = {
	{0, "db", OPTION_STRING, offsetof(export_options, db), "FILE", NULL,
		"the database (default: below $XDG_DATA_HOME)"},
	{0},
};

static int export_run(int argc, char **argv);

const command_row db_export_command = {
	.name = "db export",
	.summary = "write the database into one file, to hand on",
	.arguments = "FILE",
	.examples =
		"  bulkhead db export advisories.jsonl.zst\n  bulkhead db import --db other.db advisories.jsonl.zst\n",
	.details =
		"The file is JSON Lines compressed with zstd: any web server can give it out, and an OCI registry hold it as one\n"
		"layer. The same content makes the same bytes. bulkhead db import takes it back, source by source.",
	.options = export_rows,
	.run = export_run,
};

static int export_all(const export_options *o, const char *path)
{
	arena a = {0};
	advisories *db;
	error e;
	uint64_t bytes;
	int status = advisories_open(db_path(o->db, &a), &db, &e);
	if (status >= 0) {
		status = export_write(db, path, &bytes, &e);
		advisories_close(db);
	}
	arena_done(&a);
	if (status >= 0)
		return EXIT_CLEAN;
	command_complain("db export", "%s", e.text);
	return EXIT_USAGE;
}

static int export_run(int argc, char **argv)
{
	export_options o = {0};
	int count, ret = EXIT_USAGE;
	const char **rest = calloc((size_t)argc + 1, sizeof *rest);
	if (rest && command_options(&db_export_command, argc, argv, &o, rest, &count, &ret)) {
		if (count == 1)
			ret = export_all(&o, rest[0]);
		else
			command_complain("db export", "name the file to write");
	}
	free(rest);
	return ret;
}
