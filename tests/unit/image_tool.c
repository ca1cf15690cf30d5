/* SPDX-License-Identifier: Apache-2.0
 *
 * What the system tests see of the image folder: decompresses, lists archives and images, and measures, without anything of the program around it.
 *
 *     image_tool cat FILE                 the decompressed bytes
 *     image_tool tar FILE                 a line an entry: type, mode, uid, gid, size, mtime, digest of the content, name, link
 *     image_tool image PATH [all|none]    what image_walk() says: the image, its layers, problems and files
 *     image_tool time PATH [all|none]     image_walk() with nothing wanted: seconds, and the peak of memory
 *     image_tool inflate FILE             bare decompression: seconds */
#include "base/files.h"
#include "image/mapping.h"
#include "image/walk.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

static const char *const type_names[] = {
	"file", "hardlink", "symlink", "char", "block", "dir", "fifo", "other"};

typedef struct input {
	mapping map;
	windows all;
	decompress *d;
} input;

static int input_open(const char *path, input *ret, error *e)
{
	auto_fd fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_set_system(e, "%s", path);
	TRY(mapping_open(fd, &ret->map, e));
	ret->all = (windows){.rest = ret->map.bytes};
	return decompress_open(windows_stream(&ret->all), &ret->d, e);
}

static void input_close(input *in)
{
	decompress_close(in->d);
	mapping_close(&in->map);
}

static int run_cat(input *in, error *e)
{
	span part;
	int got;
	while ((got = decompress_next(in->d, &part, e)) > 0)
		fwrite(part.p, 1, part.n, stdout);
	return got;
}

static int run_inflate(input *in, error *e)
{
	span part;
	int got;
	while ((got = decompress_next(in->d, &part, e)) > 0)
		;
	return got;
}

static int print_entry(tar *t, const tar_entry *entry, sha256 *h, error *e)
{
	char digest[SHA256_TEXT + 1];
	span part;
	int got;
	if (entry->fault) {
		printf("fault\t%s\t%.*s\n", entry->fault, SPAN_ARG(entry->name));
		return 0;
	}
	while ((got = tar_content(t, &part, e)) > 0)
		sha256_add(h, part);
	sha256_text(h, digest);
	printf("%s\t%04o\t%u\t%u\t%llu\t%lld\t%s\t%.*s\t%.*s\t%zu\n", type_names[entry->type], entry->mode,
		entry->uid, entry->gid, (unsigned long long)entry->size, (long long)entry->mtime, digest + 7,
		SPAN_ARG(entry->name), SPAN_ARG(entry->link), entry->capability.n);
	return got;
}

static int run_tar(input *in, error *e)
{
	tar *t = tar_open(decompress_stream(in->d));
	sha256 *h = sha256_new();
	tar_entry entry;
	int got;
	while ((got = tar_next(t, &entry, e)) > 0 && (got = print_entry(t, &entry, h, e)) >= 0)
		;
	sha256_free(h);
	tar_close(t);
	return got;
}

/* --- images --- */

static bool want_all(void *of, const tar_entry *entry)
{
	(void)of;
	return entry->size < 1 << 20;
}

/* The digest of the content, as what was found. */
static void *keep_digest(void *of, arena *a, const tar_entry *entry, span bytes)
{
	(void)of;
	(void)entry;
	char *digest = arena_alloc(a, SHA256_TEXT + 1);
	sha256 *h = sha256_new();
	sha256_add(h, bytes);
	sha256_text(h, digest);
	sha256_free(h);
	return digest;
}

static void print_layers(const image *im)
{
	static const char *const kinds[] = {"docker-archive", "oci-layout", "root-folder"};
	static const char *const checks[] = {"unchecked", "holds", "differs"};
	printf("image\t%s\t%u\t%u\t%.*s\t%s\n", kinds[im->kind], im->layer_count, im->others,
		SPAN_ARG(im->reference), im->config ? "config" : "no config");
	for (uint32_t i = 0; i < im->layer_count; i++) {
		const image_layer *l = &im->layers[i];
		printf("layer\t%u\t%s\t%s\t%.*s\t%u\t%llu\t%s\n", i, compression_name(l->compression),
			checks[l->check], SPAN_ARG(l->diff_id), l->files, (unsigned long long)l->size,
			l->damaged ? "damaged" : "whole");
	}
	list_each(const error, e, &im->problems) {
		printf("problem\t%d\t%s\n", e->code, e->text);
	}
}

static void print_files(const image_files *files)
{
	static const char *const states[] = {"final", "replaced", "deleted"};
	for (const image_file *f = files->first; f; f = f->next)
		printf("file\t%s\t%u\t%u\t%s\t%04o\t%llu\t%s\t%.*s\t%.*s\n", states[f->state], f->layer,
			f->state ? f->gone : f->layer, type_names[f->type], f->mode,
			(unsigned long long)f->size, f->found ? (char *)f->found + 7 : "-", SPAN_ARG(f->path),
			SPAN_ARG(f->link));
}

static image_options options_of(const char *verify)
{
	image_options o = {.verify = IMAGE_VERIFY_READ};
	if (verify && strcmp(verify, "all") == 0)
		o.verify = IMAGE_VERIFY_ALL;
	if (verify && strcmp(verify, "none") == 0)
		o.verify = IMAGE_VERIFY_NONE;
	return o;
}

static int run_image(const char *path, const char *verify, error *e)
{
	image_options o = options_of(verify);
	o.reader = (image_reader){want_all, keep_digest, NULL};
	image *im;
	image_files files;
	TRY(image_open(path, &o, &im, e));
	int status = image_walk(im, &files, e);
	if (status >= 0) {
		print_layers(im);
		print_files(&files);
	}
	image_close(im);
	return status;
}

static int run_time(const char *path, const char *verify, error *e)
{
	image_options o = options_of(verify);
	image *im;
	image_files files;
	TRY(image_open(path, &o, &im, e));
	int status = image_walk(im, &files, e);
	if (status >= 0)
		printf("%u files\n", files.count);
	image_close(im);
	return status;
}

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int run_stream(const char *what, const char *path, error *e)
{
	input in = {0};
	int status = input_open(path, &in, e);
	if (status >= 0)
		status = strcmp(what, "cat") == 0   ? run_cat(&in, e)
			 : strcmp(what, "tar") == 0 ? run_tar(&in, e)
						    : run_inflate(&in, e);
	input_close(&in);
	return status;
}

int main(int argc, char **argv)
{
	error e = {0};
	if (argc < 3)
		return 2;
	double start = now();
	const char *what = argv[1], *extra = argc > 3 ? argv[3] : NULL;
	int status;
	if (strcmp(what, "image") == 0)
		status = run_image(argv[2], extra, &e);
	else if (strcmp(what, "time") == 0)
		status = run_time(argv[2], extra, &e);
	else
		status = run_stream(what, argv[2], &e);
	struct rusage used;
	getrusage(RUSAGE_SELF, &used);
	if (strcmp(what, "time") == 0 || strcmp(what, "inflate") == 0)
		printf("%.3f s, %.1f MB\n", now() - start, (double)used.ru_maxrss / 1024);
	if (status < 0)
		fprintf(stderr, "%d %s\n", e.code, e.text);
	return status < 0 ? 3 : 0;
}
