/* SPDX-License-Identifier: Apache-2.0
 *
 * bulkhead db update: what has changed of the advisories on the web, into the database. The helper fetches files into a folder beside the database;
 * then the sandbox is entered, and they are imported. */
#include "commands/db.h"

#include "advisories/import.h"
#include "advisories/status.h"
#include "base/files.h"
#include "base/limits.h"
#include "base/sandbox.h"
#include "base/threads.h"
#include "commands/pull.h"
#include "fetch/fetch.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

typedef struct update_options {
	const char *db, *ca_file, *kev_url, *epss_url;
	string_list ecosystems, insecure;
	bool no_kev, no_epss, anew, quiet;
} update_options;

static const char osv_url[] = "https://storage.googleapis.com/osv-vulnerabilities";
static const char kev_url[] =
	"https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json";
static const char epss_url[] = "https://epss.cyentia.com/epss_scores-current.csv.gz";

/* What images are made of; fetched when nobody names ecosystems. */
static const char *const usual[] = {"Debian", "Ubuntu", "Alpine", "AlmaLinux", "Rocky Linux", "Red Hat",
	"Wolfi", "Chainguard", "npm", "PyPI", "Go", "crates.io", "Maven", "RubyGems", "Packagist", "NuGet",
	NULL};

static const option_row update_rows[] = {
	{0, "ecosystem", OPTION_LIST, offsetof(update_options, ecosystems), "NAME", usual,
		"only this one (several may be given), as OSV spells it; without it, those that images are made of"},
	{0, "no-kev", OPTION_FLAG, offsetof(update_options, no_kev), NULL, NULL,
		"leave out CISA's Known Exploited Vulnerabilities"},
	{0, "no-epss", OPTION_FLAG, offsetof(update_options, no_epss), NULL, NULL,
		"leave out EPSS, how likely an exploit is"},
	{0, "kev-url", OPTION_STRING, offsetof(update_options, kev_url), "URL", NULL, "where they are"},
	{0, "epss-url", OPTION_STRING, offsetof(update_options, epss_url), "URL", NULL, "where they are"},
	{0, "ca-file", OPTION_STRING, offsetof(update_options, ca_file), "FILE", NULL,
		"trust these certificates too"},
	{0, "insecure-registry", OPTION_LIST, offsetof(update_options, insecure), "HOST", NULL,
		"oci://HOST/…: do not ask for a certificate; plain HTTP will do"},
	{0, "db", OPTION_STRING, offsetof(update_options, db), "FILE", NULL,
		"the database (default: below $XDG_DATA_HOME)"},
	{0, "anew", OPTION_FLAG, offsetof(update_options, anew), NULL, NULL,
		"begin a new database if this one cannot be read"},
	{'q', "quiet", OPTION_FLAG, offsetof(update_options, quiet), NULL, NULL, "only tell what went wrong"},
	{0},
};

static int update_run(int argc, char **argv);

const command_row db_update_command = {
	.name = "db update",
	.summary = "fetch advisories from the web, what has changed of them",
	.arguments = "[URL]",
	.examples = "  bulkhead db update                                   from OSV, CISA and FIRST\n"
		    "  bulkhead db update --ecosystem Debian --ecosystem npm\n"
		    "  bulkhead db update https://mirror.example/osv        laid out like OSV's bucket\n"
		    "  bulkhead db update https://mirror.example/advisories.jsonl.zst\n"
		    "  bulkhead db update oci://registry.example/advisories:latest\n",
	.details =
		"A URL that ends like a file (.zst, .gz, .zip, .json, .jsonl, .csv) is one, such as bulkhead db export writes; oci://\n"
		"is an artifact of one layer in a registry. Any other is a mirror: URL/ECOSYSTEM/all.zip and URL/ecosystems.txt.\n"
		"What has not changed since the last update is not fetched again.\n\n"
		"Exit codes: 0 all is up to date, 2 nothing could be imported, 3 something could not be fetched or read (the rest\n"
		"was imported).",
	.options = update_rows,
	.run = update_run,
};

typedef enum download_state { DOWNLOAD_FAILED, DOWNLOAD_SAME, DOWNLOAD_NEW } download_state;

typedef struct download {       /* one file of the web */
	const char *url, *name; /* of the source; NULL: the import names it */
	span before;            /* the ETag of the last import, or empty */
	const char *path;       /* where it goes */
	download_state state;
	const char *etag;
	error fault;
} download;

typedef struct update {
	const update_options *options;
	arena arena;
	const char *db, *folder, *ca;
	advisories_status known; /* what the database has; empty when there is none */
	LIST(download) downloads;
	fetcher *fetchers[LIMIT_FETCH_PARALLEL];
} update;

/* --- what --- */

static span etag_of(const update *u, const char *name)
{
	for (uint32_t i = 0; name && i < u->known.sources.count; i++)
		if (span_is(u->known.sources.items[i].name, name))
			return u->known.sources.items[i].etag;
	return (span){0};
}

static void add(update *u, const char *url, const char *name, const char *file)
{
	if (!file)
		file = arena_format(&u->arena, "%u.download", u->downloads.count).p;
	list_push(&u->arena, &u->downloads,
		(download){.url = url,
			.name = name,
			.before = etag_of(u, name),
			.path = path_join(&u->arena, u->folder, file)});
}

static const char *escaped(span s, arena *a)
{
	auto_buffer out = {0};
	for (size_t i = 0; i < s.n; i++)
		if (ascii_alpha(s.p[i]) || ascii_digit(s.p[i]) || (s.p[i] && strchr("-._~", s.p[i])))
			buffer_add_byte(&out, s.p[i]);
		else
			buffer_format(&out, "%%%02X", (unsigned char)s.p[i]);
	return arena_string(a, buffer_span(&out));
}

static void add_ecosystem(update *u, span base, const char *name)
{
	span url =
		arena_format(&u->arena, "%.*s/%s/all.zip", SPAN_ARG(base), escaped(span_of(name), &u->arena));
	add(u, url.p, name, NULL);
}

static int get(const update *u, fetcher *f, const download *d, const char *file, arena *a, fetch_answer *ret,
	error *e)
{
	fetch_request q = {
		.url = d->url, .file = file, .limit = (uint64_t)LIMIT_UPDATE_MIB << 20, .ca = u->ca};
	if (d->before.n)
		list_push(a, &q.headers, arena_format(a, "If-None-Match: %.*s", SPAN_ARG(d->before)));
	return fetch(f, &q, a, ret, e);
}

/* Those of the usual ones that the mirror has; all of them when it does not say. */
static void add_usual(update *u, span base)
{
	download list = {.url = arena_format(&u->arena, "%.*s/ecosystems.txt", SPAN_ARG(base)).p};
	fetch_answer answer = {0};
	error e;
	bool said = get(u, u->fetchers[0], &list, NULL, &u->arena, &answer, &e) >= 0 && answer.status == 200;
	for (const char *const *name = usual; *name; name++) {
		span rest = answer.body, line;
		bool there = !said;
		while (!there && span_cut(&rest, '\n', &line))
			there = span_is(span_trim(line), *name);
		if (there)
			add_ecosystem(u, base, *name);
	}
}

static bool is_file(span url)
{
	static const char *const ends[] = {".zst", ".gz", ".xz", ".bz2", ".zip", ".json", ".jsonl", ".csv"};
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (span_ends(url, span_of(ends[i])))
			return true;
	return false;
}

static void list_downloads(update *u, const char *url)
{
	const update_options *o = u->options;
	span base = span_of(url);
	while (base.n && base.p[base.n - 1] == '/')
		base.n--;
	if (is_file(base)) {
		add(u, url, NULL, path_name(url));
		return;
	}
	for (uint32_t i = 0; i < o->ecosystems.count; i++)
		add_ecosystem(u, base, o->ecosystems.items[i]);
	if (o->ecosystems.count == 0)
		add_usual(u, base);
	if (!o->no_kev)
		add(u, o->kev_url ? o->kev_url : kev_url, "CISA KEV", NULL);
	if (!o->no_epss)
		add(u, o->epss_url ? o->epss_url : epss_url, "EPSS", NULL);
}

/* --- fetching --- */

static int download_one(update *u, fetcher *f, download *d, arena *a, error *e)
{
	fetch_answer answer;
	TRY(get(u, f, d, path_name(d->path), a, &answer, e));
	if (answer.status == 304) {
		d->state = DOWNLOAD_SAME;
		return 0;
	}
	if (answer.status != 200)
		return error_set(
			e, answer.status == 404 ? ERROR_ABSENT : ERROR_DAMAGED, "HTTP %d", answer.status);
	/* The arena of the thread ends with it. */
	span etag = fetch_header(&answer, "etag");
	d->etag = etag.n ? strndup(etag.p, etag.n) : NULL;
	d->state = DOWNLOAD_NEW;
	return 0;
}

/* Each helper has every LIMIT_FETCH_PARALLELth file. */
static void download_some(void *of, uint32_t first)
{
	update *u = of;
	for (uint32_t i = first; i < u->downloads.count; i += LIMIT_FETCH_PARALLEL) {
		download *d = &u->downloads.items[i];
		arena a = {0};
		download_one(u, u->fetchers[first], d, &a, &d->fault);
		arena_done(&a);
	}
}

static int start_fetchers(update *u, error *e)
{
	for (size_t i = 0; i < LIMIT_FETCH_PARALLEL; i++)
		TRY(fetcher_start(u->folder, &u->fetchers[i], e));
	return 0;
}

/* --- importing --- */

static bool has_new(const update *u)
{
	list_each(const download, d, &u->downloads)
		if (d->state == DOWNLOAD_NEW)
			return true;
	return false;
}

static void tell(const update *u, const char *name, const import_result *r)
{
	if (u->options->quiet)
		return;
	printf("%s: %u imported", name, r->counts.added);
	if (r->counts.removed)
		printf(", %u of before removed", r->counts.removed);
	if (r->counts.kept)
		printf(", %u that are known already", r->counts.kept);
	if (r->counts.withdrawn)
		printf(", %u withdrawn", r->counts.withdrawn);
	putchar('\n');
}

/* What could be read is imported even if something else in the file could not. */
static int import_download(update *u, store *s, const download *d, int *ret, error *e)
{
	import_file file = {d->path, d->name, d->etag};
	import_result r;
	TRY(import_one(s, &file, (int64_t)time(NULL), &u->arena, &r, e));
	list_each(const error, p, &r.problems)
		command_complain("db update", "%s: %s", d->url, p->text);
	if (r.problems.count)
		*ret = EXIT_INCOMPLETE;
	tell(u, d->name ? d->name : d->url, &r);
	return 0;
}

static int import_all(update *u, int *ret, error *e)
{
	store *s;
	TRY(store_open(u->db, u->options->anew, &s, e));
	const char *folder = path_folder(&u->arena, u->db);
	sandbox_enter(&folder, 1);
	int status = 0;
	list_each(const download, d, &u->downloads)
		if (status >= 0 && d->state == DOWNLOAD_NEW)
			status = import_download(u, s, d, ret, e);
	if (status >= 0)
		status = store_commit(s, e);
	store_close(s);
	return status;
}

/* --- the whole --- */

static void load_known(update *u)
{
	advisories *db;
	error e;
	if (advisories_open(u->db, &db, &e) < 0)
		return; /* there is none, or store_open() will say what is wrong */
	if (advisories_status_read(db, &u->arena, &u->known, &e) < 0)
		u->known = (advisories_status){0};
	advisories_close(db);
}

static int folder_make(const char *path, arena *a)
{
	if (mkdir(path, 0755) == 0 || errno == EEXIST)
		return 0;
	const char *above = path_folder(a, path);
	if (errno != ENOENT || strcmp(above, path) == 0 || folder_make(above, a) < 0)
		return -1;
	return mkdir(path, 0755);
}

static int make_folder(update *u, error *e)
{
	const char *above = path_folder(&u->arena, u->db);
	char *path = (char *)(uintptr_t)arena_format(&u->arena, "%s/.update-XXXXXX", above).p;
	if (folder_make(above, &u->arena) < 0 || !mkdtemp(path))
		return error_set_system(e, "%s", path);
	u->folder = path;
	return 0;
}

static int fetch_web(update *u, const char *url, error *e)
{
	char full[PATH_MAX];
	if (u->options->ca_file && !realpath(u->options->ca_file, full))
		return error_set_system(e, "%s", u->options->ca_file);
	u->ca = u->options->ca_file ? arena_string(&u->arena, span_of(full)) : NULL;
	TRY(start_fetchers(u, e));
	list_downloads(u, url);
	threads_run(LIMIT_FETCH_PARALLEL, LIMIT_FETCH_PARALLEL, download_some, u);
	return 0;
}

/* "oci://HOST/NAME:TAG": into the cache of images. */
static int fetch_artifact(update *u, const char *url, error *e)
{
	registry_options options = {.insecure = u->options->insecure, .ca = u->options->ca_file};
	reference r;
	registry_image found;
	pull_request q = {.name = url,
		.reference = &r,
		.options = &options,
		.file = true,
		.progress = !u->options->quiet};
	TRY(reference_parse(span_of(url + strlen("oci://")), &u->arena, &r, e));
	TRY(pull_apart(&q, &u->arena, &found, e));
	list_push(
		&u->arena, &u->downloads, (download){.url = url, .path = found.path, .state = DOWNLOAD_NEW});
	return 0;
}

static int fetch_all(update *u, const char *url, error *e)
{
	load_known(u);
	if (span_starts(span_of(url), SPAN("oci://")))
		return fetch_artifact(u, url, e);
	if (!span_starts(span_of(url), SPAN("https://")) && !span_starts(span_of(url), SPAN("http://")))
		return error_set(
			e, ERROR_USAGE, "'%s' is no URL: it begins with https://, http:// or oci://", url);
	TRY(make_folder(u, e));
	return fetch_web(u, url, e);
}

static int report_fetched(const update *u)
{
	int ret = EXIT_CLEAN;
	list_each(const download, d, &u->downloads) {
		if (d->state == DOWNLOAD_FAILED) {
			command_complain("db update", "%s: %s", d->url, d->fault.text);
			ret = EXIT_INCOMPLETE;
		} else if (d->state == DOWNLOAD_SAME && !u->options->quiet)
			printf("%s: unchanged\n", d->name ? d->name : d->url);
	}
	return ret;
}

static void clean_up(update *u)
{
	for (size_t i = 0; i < LIMIT_FETCH_PARALLEL; i++)
		fetcher_close(u->fetchers[i]);
	list_each(const download, d, &u->downloads) {
		if (u->folder)
			unlink(d->path);
		free((char *)(uintptr_t)d->etag);
	}
	if (u->folder)
		rmdir(u->folder);
	arena_done(&u->arena);
}

static int update_all(const update_options *o, const char *url)
{
	update u = {.options = o};
	error e;
	u.db = db_path(o->db, &u.arena);
	int status = fetch_all(&u, url, &e), ret = EXIT_USAGE;
	if (status >= 0) {
		ret = report_fetched(&u);
		if (has_new(&u))
			status = import_all(&u, &ret, &e);
		else if (ret == EXIT_INCOMPLETE && u.known.sources.count == 0)
			ret = EXIT_USAGE; /* nothing could be had, and nothing was there */
	}
	if (status < 0) {
		command_complain("db update", "%s", e.text);
		ret = EXIT_USAGE;
	}
	clean_up(&u);
	return ret;
}

static int update_run(int argc, char **argv)
{
	update_options o = {0};
	int count, ret = EXIT_USAGE;
	const char **rest = calloc((size_t)argc + 1, sizeof *rest);
	if (rest && command_options(&db_update_command, argc, argv, &o, rest, &count, &ret)) {
		if (count <= 1)
			ret = update_all(&o, count ? rest[0] : osv_url);
		else
			command_complain("db update", "takes one URL at most");
	}
	free(rest);
	return ret;
}
