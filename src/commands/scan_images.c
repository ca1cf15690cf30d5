/* SPDX-License-Identifier: Apache-2.0
 *
 * Scanning images that lie on disk: read, matched, judged, reported. */
#include "commands/scan.h"
#include "commands/scan_context.h"

#include "advisories/vex.h"
#include "base/files.h"
#include "base/limits.h"
#include "base/sandbox.h"
#include "base/threads.h"
#include "commands/commands.h"
#include "formats/dockerfile.h"
#include "inventory/match.h"
#include "inventory/read.h"
#include "inventory/records.h"
#include "inventory/sbom.h"
#include "inventory/shape.h"
#include "sources/image_config.h"

#include <stdlib.h>
#include <sys/stat.h>

typedef struct scanned { /* one image */
	const char *name;
	const scan_subject *subject; /* NULL: a bill of materials */
	bool sbom;                   /* a bill of materials */
	sbom_problems problems;
	image *image; /* NULL: it could not be opened, or there is none */
	arena arena;
	inventory inventory;
	inventory_parts parts;
	workload *workload;
	instruction_map map; /* .file is NULL without --dockerfile */
	bool read;
	error fault; /* why it could not be read, unless .code is 0 */
} scanned;

typedef struct scan {
	const scan_options *options;
	arena arena;
	policy policy;
	vex_table vex;
	secret_rules *rules;                       /* NULL: none */
	uint64_t rule_hashes[OPTION_LIST_MAX];     /* of the files of --secret-rules */
	advisories *db;                            /* NULL: none */
	layer_cache *cache;                        /* NULL: none */
	scan_records *records;                     /* NULL: none */
	const char *cache_folder, *records_folder; /* NULL: none */
	inventory_reader *reader;
	bundle bundle;
	collection context;           /* of --workload */
	const workload *runs;         /* what runs the images, or NULL */
	const dockerfile *dockerfile; /* or NULL */
	scanned *images;
	uint32_t count;
	char today[16];
} scan;

static void add_problem(scan *s, const char *path, const char *message)
{
	list_push(&s->arena, &s->bundle.problems,
		(problem){.path = path, .message = arena_string(&s->arena, span_of(message))});
}

/* --- before the sandbox: what the person has named --- */

static int read_secret_rules(scan *s, const char *path, uint64_t *hash, error *e)
{
	text *t = ARENA_NEW(&s->arena, text);
	node_problems problems = {0};
	span bytes;
	TRY(files_read(path, LIMIT_FILE_BYTES, &s->arena, &bytes, e));
	text_init(t, path, bytes, &s->arena);
	*hash = span_hash(bytes);
	if (secret_rules_read(s->rules, t, &s->arena, &problems, e) < 0)
		return error_wrap(e, "%s", path);
	list_each(const node_problem, p, &problems)
		bundle_add_problem(&s->bundle, t, p->start, p->end, p->message);
	return 0;
}

static int load_secret_rules(scan *s, error *e)
{
	const string_list *files = &s->options->secret_rules;
	if (s->options->no_secrets)
		return 0;
	s->rules = secret_rules_new(true);
	for (uint32_t i = 0; i < files->count; i++)
		TRY(read_secret_rules(s, files->items[i], &s->rule_hashes[i], e));
	secret_rules_seal(s->rules);
	return 0;
}

/* Without a database the packages are listed all the same; that nothing was looked up is a problem, not a clean result. */
static int load_advisories(scan *s, error *e)
{
	const char *path = s->options->db ? s->options->db : advisories_path(&s->arena);
	if (s->options->no_advisories)
		return 0;
	int status = advisories_open(path, &s->db, e);
	if (status >= 0)
		return 0;
	if (s->options->db || e->code != ERROR_ABSENT)
		return status;
	add_problem(s, path,
		"there is no database of advisories, so no package was looked up: bulkhead db update fetches one, "
		"--no-advisories does without");
	return 0;
}

static int load_vex(scan *s, error *e)
{
	const string_list *files = &s->options->vex;
	for (uint32_t i = 0; i < files->count; i++) {
		span bytes;
		TRY(files_read(files->items[i], LIMIT_FILE_BYTES, &s->arena, &bytes, e));
		TRY(vex_read(files->items[i], bytes, &s->arena, &s->vex, e));
	}
	return 0;
}

static int load_dockerfile(scan *s, error *e)
{
	const char *path = s->options->dockerfile;
	span bytes;
	if (!path)
		return 0;
	TRY(files_read(path, LIMIT_FILE_BYTES, &s->arena, &bytes, e));
	text *t = ARENA_NEW(&s->arena, text);
	text_init(t, path, bytes, &s->arena);
	s->dockerfile = dockerfile_read(t, &s->arena);
	return 0;
}

/* What was found holds for this program and these rules; another build may find more. */
static span analyser_of(const scan *s, arena *a)
{
	struct stat self = {0};
	auto_buffer rules = {0};
	if (stat("/proc/self/exe", &self) < 0)
		return (span){0};
	for (uint32_t i = 0; s->rules && i < secret_rules_count(s->rules); i++)
		buffer_format(&rules, " %s", secret_rules_at(s->rules, i)->id);
	for (uint32_t i = 0; i < s->options->secret_rules.count; i++)
		buffer_format(&rules, " %016llx", (unsigned long long)s->rule_hashes[i]);
	return arena_format(a, "%lld.%09ld %lld%.*s", (long long)self.st_mtim.tv_sec, self.st_mtim.tv_nsec,
		(long long)self.st_size, SPAN_ARG(buffer_span(&rules)));
}

/* Without a memory of layers everything is looked at anew; nothing is lost, so nobody is told. */
static void open_cache(scan *s)
{
	error e;
	const char *folder = layer_cache_folder(&s->arena);
	span analyser = analyser_of(s, &s->arena);
	if (s->options->no_cache || !folder || !analyser.n)
		return;
	s->cache = layer_cache_open(folder, analyser, &e);
	if (s->cache)
		s->cache_folder = folder;
}

static void open_records(scan *s)
{
	error e;
	const char *folder = scan_records_folder(&s->arena);
	if (!folder)
		return;
	if (scan_records_open(folder, &s->records, &e) < 0)
		command_complain("scan", "no record is left of this scan: %s", e.text);
	else
		s->records_folder = folder;
}

static int load(scan *s, error *e)
{
	const scan_options *o = s->options;
	s->bundle.arena = &s->arena;
	output_today(s->today);
	TRY(verdict_policy(o->config, o->no_config, ".", &s->arena, &s->policy, e));
	s->policy.partial = true; /* exceptions may be about what check looks at */
	TRY(load_secret_rules(s, e));
	TRY(load_advisories(s, e));
	TRY(load_dockerfile(s, e));
	TRY(load_vex(s, e));
	open_cache(s);
	open_records(s);
	s->reader = inventory_reader_new(s->rules, NULL, s->cache);
	return 0;
}

/* The sandbox, and what is read of the person's own files inside it. */
static int enter_sandbox(scan *s, error *e)
{
	const char *folders[OPTION_LIST_MAX + 2];
	uint32_t count = output_folders(&s->options->output, folders, &s->arena);
	if (s->cache_folder)
		folders[count++] = s->cache_folder;
	if (s->records_folder)
		folders[count++] = s->records_folder;
	if (s->options->workload)
		return scan_workload(
			s->options->workload, &s->context, folders, count, &s->arena, &s->runs, e);
	sandbox_enter(folders, count);
	return 0;
}

/* --- images --- */

/* "linux/arm/v7" */
static void set_platform(const scan_options *o, arena *a, image_options *ret)
{
	span rest = span_of(o->platform), part;
	const char **parts[] = {&ret->os, &ret->architecture, &ret->variant};
	for (size_t i = 0; i < sizeof parts / sizeof *parts && span_cut(&rest, '/', &part); i++)
		*parts[i] = arena_string(a, part);
}

static int read_image(scan *s, scanned *x, unsigned threads, error *e)
{
	image_options options = {.threads = threads,
		.verify = s->options->verify ? IMAGE_VERIFY_ALL : IMAGE_VERIFY_READ,
		.reader = inventory_reader_hooks(s->reader)};
	set_platform(s->options, &x->arena, &options);
	const image_folders *folders = x->subject->folders;
	if (!x->subject->path && !folders)
		return error_set(e, ERROR_ABSENT, "%s", x->subject->fault);
	options.reference = x->subject->reference;
	if (folders)
		TRY(image_open_folders(folders, x->name, &options, &x->image, e));
	else
		TRY(image_open(x->subject->path, &options, &x->image, e));
	return inventory_make(s->reader, x->image, x->name, &x->arena, &x->inventory, &x->parts, e);
}

static int read_sbom(scanned *x, error *e)
{
	span bytes;
	text *t = ARENA_NEW(&x->arena, text);
	TRY(files_read(x->name, LIMIT_FILE_BYTES, &x->arena, &bytes, e));
	text_init(t, x->name, bytes, &x->arena);
	return sbom_read(t, &x->arena, &x->inventory, &x->problems, e);
}

typedef struct reading_run {
	scan *scan;
	unsigned threads; /* for each image */
} reading_run;

static void read_one(void *of, uint32_t i)
{
	reading_run *run = of;
	scanned *x = &run->scan->images[i];
	x->read =
		(x->sbom ? read_sbom(x, &x->fault) : read_image(run->scan, x, run->threads, &x->fault)) >= 0;
}

static void read_all(scan *s)
{
	unsigned jobs = (unsigned)s->options->threads;
	reading_run run = {.scan = s, .threads = s->count > 1 ? 1 : jobs};
	threads_run(jobs, s->count, read_one, &run);
}

static void tell_problems(scan *s, const scanned *x)
{
	if (!x->read)
		add_problem(s, x->name, x->fault.text);
	list_each(const error, p, &x->problems)
		add_problem(s, x->name, p->text);
	if (!x->image)
		return;
	list_each(const error, e, &x->image->problems)
		add_problem(s, x->name, e->text);
	if (x->image->problems_dropped)
		add_problem(s, x->name,
			arena_format(&s->arena, "and %u more problems", x->image->problems_dropped).p);
}

static const node *config_of(const scanned *x)
{
	return x->image ? x->image->config : NULL;
}

static void add_to_bundle(scan *s, scanned *x)
{
	x->workload = image_config_add(&s->bundle, x->name, config_of(x));
	((document *)x->workload->document)->inventory = &x->inventory;
	inventory_support(&x->inventory, s->today);
	shape_facts(&x->inventory, &x->parts.files, &x->parts.packages, time(NULL), x->workload, &s->arena);
}

static uint32_t label_bits(const string_list *severities)
{
	uint32_t ret = 0;
	for (uint32_t i = 0; i < severities->count; i++) {
		span rest = span_of(severities->items[i]), word;
		while (span_cut(&rest, ',', &word))
			ret |= 1u << severity_label_of(span_trim(word));
	}
	return ret;
}

static void match_one(scan *s, scanned *x)
{
	error e;
	posture effective = *x->workload->effective;
	if (s->runs)
		posture_overlay(&effective, &effective, s->runs->effective, &s->arena);
	exposure exposed = exposure_of(&effective);
	match_options options = {.ignore_unfixed = s->options->ignore_unfixed,
		.labels = label_bits(&s->options->severities),
		.development = s->options->development};
	if (s->db && inventory_match(&x->inventory, s->db, &options, &exposed, &x->arena, &e) < 0)
		add_problem(s, x->name, e.text);
	if (x->inventory.not_asked.n)
		add_problem(s, x->name, x->inventory.not_asked.p);
}

/* What a VEX document says does not matter here counts as accepted. */
static void hear_vex(const scan *s, finding *f, arena *a)
{
	const advisory_match *m = f->vulnerability->match;
	span *ids = ARENA_ARRAY(a, span, m->aliases.count + 2);
	uint32_t count = 0;
	ids[count++] = m->id;
	ids[count++] = m->advisory;
	list_each(const span, alias, &m->aliases)
		ids[count++] = *alias;
	span product = inventory_product(f->workload->document->inventory, a);
	const vex_statement *says =
		vex_find(&s->vex, ids, count, f->vulnerability->package->purl, &product, 1);
	if (!says || (says->status != VEX_NOT_AFFECTED && says->status != VEX_FIXED))
		return;
	suppression *why = ARENA_NEW(a, suppression);
	*why = (suppression){.by = "VEX",
		.reason = arena_format(a, "%.*s:%u says %s%s%.*s", SPAN_ARG(says->file), says->line,
			vex_status_name(says->status), says->justification.n ? ", " : "",
			SPAN_ARG(says->justification))};
	f->suppressed = why;
}

static void hear_and_place(void *of, finding_list *findings, arena *a)
{
	scan *s = of;
	list_each(finding, x, findings)
		if (x->vulnerability && s->vex.statements.count)
			hear_vex(s, x, a);
	for (uint32_t i = 0; i < s->count && s->dockerfile; i++)
		if (s->images[i].read)
			s->images[i].map = instruction_map_new(
				s->dockerfile, &s->images[i].inventory, config_of(&s->images[i]), a);
	list_each(finding, f, findings) {
		for (uint32_t i = 0; i < s->count && s->dockerfile; i++)
			if (s->images[i].read && f->workload == s->images[i].workload)
				instruction_map_place(&s->images[i].map, f, a);
	}
}

/* --- records --- */

static void record_one(const scan *s, const scanned *x, const report *r)
{
	error e;
	const inventory *im = &x->inventory;
	scan_record record = {.image = im->config_digest,
		.name = span_of(x->name),
		.time = time(NULL),
		.database_date = im->database_date,
		.complete = s->bundle.problems.count == 0};
	list_each(const finding, f, r->findings) {
		if (f->workload == x->workload && !f->suppressed)
			record.counts[f->severity]++;
	}
	if (im->config_digest.n && scan_records_put(s->records, &record, &e) < 0)
		command_complain("scan", "no record is left of this scan: %s", e.text);
}

static void record_all(void *of, const report *r)
{
	const scan *s = of;
	for (uint32_t i = 0; s->records && i < s->count; i++)
		if (s->images[i].read)
			record_one(s, &s->images[i], r);
}

static int judge_all(scan *s, const struct timespec *start)
{
	for (uint32_t i = 0; i < s->count; i++) {
		tell_problems(s, &s->images[i]);
		if (s->images[i].read)
			add_to_bundle(s, &s->images[i]);
	}
	bundle_overlay(&s->bundle);
	bundle_index(&s->bundle);
	for (uint32_t i = 0; i < s->count; i++)
		if (s->images[i].read)
			match_one(s, &s->images[i]);
	return verdict_report(&(verdict_request){.command = &scan_command,
				      .output = &s->options->output,
				      .policy = &s->policy,
				      .profile = s->options->profile,
				      .only = &s->options->only,
				      .threads = (unsigned)s->options->threads,
				      .files = s->count,
				      .start = start,
				      .adjust = hear_and_place,
				      .reported = record_all,
				      .of = s},
		&s->bundle, &s->arena);
}

static void done(scan *s)
{
	for (uint32_t i = 0; i < s->count; i++) {
		image_close(s->images[i].image);
		arena_done(&s->images[i].arena);
	}
	inventory_reader_free(s->reader);
	layer_cache_close(s->cache);
	scan_records_close(s->records);
	secret_rules_free(s->rules);
	advisories_close(s->db);
	collection_done(&s->context);
	arena_done(&s->arena);
}

static void name_images(scan *s, const scan_subject *subjects, uint32_t count)
{
	const string_list *sboms = &s->options->sboms;
	s->count = count + sboms->count;
	s->images = ARENA_ARRAY(&s->arena, scanned, s->count);
	for (uint32_t i = 0; i < s->count; i++)
		s->images[i] = (scanned){.name = i < count ? subjects[i].shown : sboms->items[i - count],
			.subject = i < count ? &subjects[i] : NULL,
			.sbom = i >= count};
}

int scan_images(const scan_options *o, const scan_subject *subjects, uint32_t count)
{
	struct timespec start;
	error e;
	scan s = {.options = o};
	int ret = EXIT_USAGE;
	clock_gettime(CLOCK_MONOTONIC, &start);
	if (load(&s, &e) < 0 || enter_sandbox(&s, &e) < 0) {
		command_complain("scan", "%s", e.text);
	} else {
		name_images(&s, subjects, count);
		read_all(&s);
		ret = judge_all(&s, &start);
	}
	done(&s);
	return ret;
}
