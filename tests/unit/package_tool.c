/* SPDX-License-Identifier: Apache-2.0
 *
 * What the system tests see of the packages folder.
 *
 *     package_tool read PATH FILE           what FILE says as PATH of an image: packages, files, release, problems
 *     package_tool program PATH FILE        the same of an executable
 *     package_tool join [PATH FILE]...      the same of files of one layer, joined
 *     package_tool image PATH               the packages of an image
 *     package_tool owner IMAGE PATH...      who owns files of an image
 *     package_tool time N [PATH FILE]...    reads the files N times and joins them: milliseconds each time */
#include "base/files.h"
#include "image/walk.h"
#include "packages/distribution.h"
#include "packages/join.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { FILE_MAX = 1 << 30 };

static const char *type_name(const package *p)
{
	return package_types[p->type].name;
}

static void print_package(const package *p)
{
	printf("package\t%s\t%.*s\t%.*s\t%.*s\t%.*s\t%.*s\t%.*s\t%.*s\t%u", type_name(p), SPAN_ARG(p->name),
		SPAN_ARG(p->version), SPAN_ARG(p->source), SPAN_ARG(p->source_version),
		SPAN_ARG(p->architecture), SPAN_ARG(p->licence), SPAN_ARG(p->module), p->line);
}

static void print_release(const package_release *r, arena *a)
{
	distribution_support s = {0};
	distribution_query q;
	if (!r)
		return;
	printf("release\t%.*s\t%.*s\t%.*s\t%.*s\n", SPAN_ARG(r->id), SPAN_ARG(r->version),
		SPAN_ARG(r->codename), SPAN_ARG(distribution_name(r, a)));
	if (distribution_support_find(r, &s))
		printf("support\t%s\t%s\t%s\n", s.standard, s.extended ? s.extended : "",
			s.extension ? s.extension : "");
	for (int type = PACKAGE_DEB; type <= PACKAGE_RPM; type++) {
		package p = {.name = SPAN("n"), .version = SPAN("1"), .type = (uint8_t)type};
		if (!distribution_query_make(r, &p, a, &q))
			continue;
		list_each(span, e, &q.ecosystems)
			printf("ecosystem\t%.*s\t%s\n", SPAN_ARG(*e), q.binary.n ? "source" : "binary");
	}
}

typedef package_record *record_reader(span path, span bytes, arena *a);

static int read_one(record_reader *reader, const char *as, const char *path)
{
	arena a = {0};
	span bytes;
	error e;
	if (files_read(path, FILE_MAX, &a, &bytes, &e) < 0) {
		fprintf(stderr, "%d %s\n", e.code, e.text);
		return 2;
	}
	const package_record *r = reader(span_of(as), bytes, &a);
	if (!r) {
		printf("nothing\n");
	} else {
		list_each(const package, p, &r->packages) {
			print_package(p);
			printf("\n");
		}
		printf("files\t%u\t%u\n", r->owners.count, r->files.count);
		print_release(r->release, &a);
		list_each(const error, p, &r->problems)
			printf("problem\t%d\t%u\t%s\n", p->code, p->line, p->text);
	}
	arena_done(&a);
	return 0;
}

static void print_set(const package_set *s, arena *a)
{
	print_release(s->release, a);
	list_each(const package_found, f, &s->packages) {
		print_package(f->package);
		span owner = f->owner ? f->owner->package->name : (span){0};
		printf("\t%.*s\t%u\t%s\t%.*s\n", SPAN_ARG(f->path), f->layer, f->deleted ? "deleted" : "",
			SPAN_ARG(owner));
	}
	list_each(const package_problem_at, p, &s->problems)
		printf("problem\t%d\t%u\t%.*s: %s\n", p->problem.code, p->layer, SPAN_ARG(p->path),
			p->problem.text);
}

/* --- files given by name --- */

typedef struct named {
	span path, bytes;
} named;

static uint32_t named_read(char **arguments, int n, arena *a, named **ret)
{
	*ret = ARENA_ARRAY(a, named, (size_t)n / 2 + 1);
	error e;
	for (int i = 0; i + 1 < n; i += 2) {
		(*ret)[i / 2].path = span_of(arguments[i]);
		if (files_read(arguments[i + 1], FILE_MAX, a, &(*ret)[i / 2].bytes, &e) < 0) {
			fprintf(stderr, "%s\n", e.text);
			exit(2);
		}
	}
	return (uint32_t)n / 2;
}

static void named_join(const named *files, uint32_t count, arena *a, package_set *ret)
{
	package_statement *all = ARENA_ARRAY(a, package_statement, count);
	uint32_t n = 0;
	for (uint32_t i = 0; i < count; i++) {
		const package_record *r = package_read(files[i].path, files[i].bytes, a);
		if (r)
			all[n++] = (package_statement){.path = files[i].path, .record = r};
	}
	package_join(all, n, a, ret);
}

static int run_join(char **arguments, int n)
{
	arena a = {0};
	named *files;
	package_set set;
	named_join(files, named_read(arguments, n, &a, &files), &a, &set);
	print_set(&set, &a);
	arena_done(&a);
	return 0;
}

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int run_time(int times, char **arguments, int n)
{
	arena a = {0};
	named *files;
	uint32_t count = named_read(arguments, n, &a, &files);
	for (int i = 0; i < times; i++) {
		arena work = {0};
		package_set set;
		double start = now();
		named_join(files, count, &work, &set);
		printf("%u packages, %.3f ms, %zu KiB\n", set.packages.count, now() - start,
			work.bytes >> 10);
		arena_done(&work);
	}
	arena_done(&a);
	return 0;
}

/* --- images --- */

static bool wanted(void *of, const tar_entry *entry)
{
	return package_finder_wants(of, entry->name);
}

static void *found(void *of, arena *a, const tar_entry *entry, span bytes)
{
	(void)of;
	return package_read(entry->name, bytes, a);
}

static package_fate fate_of(const image_file *f)
{
	return f->state == IMAGE_FINAL      ? PACKAGE_FINAL
	       : f->state == IMAGE_REPLACED ? PACKAGE_REPLACED
					    : PACKAGE_DELETED;
}

static void image_join(const image_files *files, arena *a, package_set *ret)
{
	package_statement *all = ARENA_ARRAY(a, package_statement, files->count);
	uint32_t n = 0;
	for (const image_file *f = files->first; f; f = f->next)
		if (f->found)
			all[n++] = (package_statement){f->path, f->layer, f->gone, fate_of(f), f->found};
	package_join(all, n, a, ret);
}

static int run_image(const char *path, char **paths, int count)
{
	image *im;
	image_files files;
	package_set set;
	arena a = {0};
	error e;
	image_options options = {.reader = {wanted, found, package_finder_new(&a)}};
	if (image_open(path, &options, &im, &e) < 0 || image_walk(im, &files, &e) < 0) {
		fprintf(stderr, "%d %s\n", e.code, e.text);
		return 3;
	}
	image_join(&files, &a, &set);
	if (!paths)
		print_set(&set, &a);
	for (int i = 0; i < count; i++) {
		const package_found *owner = package_owner(&set, span_of(paths[i]));
		printf("%s\t%.*s\n", paths[i], owner ? (int)owner->package->name.n : 1,
			owner ? owner->package->name.p : "-");
	}
	arena_done(&a);
	image_close(im);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "read") == 0)
		return read_one(package_read, argv[2], argv[3]);
	if (argc == 4 && strcmp(argv[1], "program") == 0)
		return read_one(package_read_executable, argv[2], argv[3]);
	if (argc >= 4 && strcmp(argv[1], "join") == 0)
		return run_join(argv + 2, argc - 2);
	if (argc == 3 && strcmp(argv[1], "image") == 0)
		return run_image(argv[2], NULL, 0);
	if (argc >= 4 && strcmp(argv[1], "owner") == 0)
		return run_image(argv[2], argv + 3, argc - 3);
	if (argc >= 5 && strcmp(argv[1], "time") == 0)
		return run_time(atoi(argv[2]), argv + 3, argc - 3);
	fprintf(stderr, "package_tool: see the source\n");
	return 2;
}
