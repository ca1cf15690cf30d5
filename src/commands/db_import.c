/* SPDX-License-Identifier: Apache-2.0
 *
 * bulkhead db import: takes files of advisories into the database. */
#include "commands/db.h"

#include "advisories/import.h"
#include "base/files.h"
#include "base/sandbox.h"

#include <stdlib.h>
#include <time.h>

typedef struct import_options {
	const char *db, *source;
	bool anew, quiet;
} import_options;

static const option_row import_rows[] = {
	{0, "db", OPTION_STRING, offsetof(import_options, db), "FILE", NULL,
		"the database (default: below $XDG_DATA_HOME)"},
	{0, "source", OPTION_STRING, offsetof(import_options, source), "NAME", NULL,
		"call the source so, and replace what came from it before"},
	{0, "anew", OPTION_FLAG, offsetof(import_options, anew), NULL, NULL,
		"begin a new database if this one cannot be read"},
	{'q', "quiet", OPTION_FLAG, offsetof(import_options, quiet), NULL, NULL, "only tell what went wrong"},
	{0},
};

static int import_run(int argc, char **argv);

const command_row db_import_command = {
	.name = "db import",
	.summary = "take in advisories",
	.arguments = "FILE…",
	.examples =
		"  bulkhead db import debian12.osv.jsonl.zst alpine.osv.jsonl.zst\n"
		"  bulkhead db import npm/all.zip known_exploited_vulnerabilities.json epss_scores-current.csv.gz\n"
		"  bulkhead db import --source Alpine v3.19-main.json\n",
	.details =
		"What a file is, its content says: OSV (JSON, JSON Lines, a zip of them), Alpine's secdb, CISA's Known\n"
		"Exploited Vulnerabilities, EPSS as CSV, the vulnerabilities of Node.js itself, or what bulkhead db export\n"
		"writes; each also compressed with gzip, zstd, xz or bzip2. What came from the same source before is\n"
		"replaced; of the same advisory from several the newest counts. The database changes at once or, when the\n"
		"import is broken off, not at all.\n\n"
		"Exit codes: 0 all was imported, 2 nothing was, 3 something could not be read (the rest was imported).",
	.options = import_rows,
	.run = import_run,
};

static void problems_tell(const import_result *r, const char *path)
{
	list_each(const error, e, &r->problems) {
		if (e->line)
			command_complain("db import", "%s: line %u: %s", path, e->line, e->text);
		else
			command_complain("db import", "%s: %s", path, e->text);
	}
	if (r->dropped)
		command_complain("db import", "%s: %u further problems", path, r->dropped);
}

static void counts_tell(const import_result *r, buffer *out)
{
	const store_counts *c = &r->counts;
	buffer_format(out, "%s: %u imported", r->name, c->added);
	if (c->removed)
		buffer_format(out, ", %u of before removed", c->removed);
	if (c->kept)
		buffer_format(out, ", %u that are known already", c->kept);
	if (c->withdrawn)
		buffer_format(out, ", %u withdrawn", c->withdrawn);
	buffer_add_byte(out, '\n');
}

/* Imports all files; the exit code. */
static int files_import(store *s, const import_options *o, const char *const *paths, int count, arena *a)
{
	int ret = EXIT_CLEAN;
	auto_buffer out = {0};
	for (int i = 0; i < count; i++) {
		import_file file = {paths[i], o->source, NULL};
		import_result r;
		error e;
		if (import_one(s, &file, (int64_t)time(NULL), a, &r, &e) < 0) {
			command_complain("db import", "%s", e.text);
			return EXIT_USAGE;
		}
		problems_tell(&r, paths[i]);
		ret = r.problems.count ? EXIT_INCOMPLETE : ret;
		counts_tell(&r, &out);
	}
	error e;
	if (store_commit(s, &e) < 0) {
		command_complain("db import", "%s", e.text);
		return EXIT_USAGE;
	}
	if (!o->quiet && command_write(&out, NULL) != EXIT_CLEAN)
		return EXIT_USAGE;
	return ret;
}

static int import_all(const import_options *o, const char *const *paths, int count)
{
	arena a = {0};
	store *s;
	error e;
	int ret = EXIT_USAGE;
	const char *path = db_path(o->db, &a);
	if (store_open(path, o->anew, &s, &e) < 0)
		command_complain("db import", "%s", e.text);
	else {
		const char *folder = path_folder(&a, path);
		sandbox_enter(&folder, 1);
		ret = files_import(s, o, paths, count, &a);
		store_close(s);
	}
	arena_done(&a);
	return ret;
}

static int import_run(int argc, char **argv)
{
	import_options o = {0};
	int count, ret = EXIT_USAGE;
	const char **rest = calloc((size_t)argc + 1, sizeof *rest);
	if (rest && command_options(&db_import_command, argc, argv, &o, rest, &count, &ret)) {
		if (count)
			ret = import_all(&o, rest, count);
		else
			command_complain("db import", "name one file or more");
	}
	free(rest);
	return ret;
}
