/* SPDX-License-Identifier: Apache-2.0
 *
 * Whole images, mapped and as they go by: files belong to layers that there are, links lead to files. */
#include "fuzz.h"
#include "image/walk.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

static bool want(void *of, const tar_entry *entry)
{
	(void)of;
	return entry->name.n % 2 && entry->size < 1 << 20;
}

static void *keep(void *of, arena *a, const tar_entry *entry, span bytes)
{
	(void)of;
	(void)entry;
	span *kept = ARENA_NEW(a, span);
	*kept = arena_copy(a, bytes);
	return kept;
}

static void check(const image *im, const image_files *files)
{
	uint32_t n = 0;
	for (const image_file *f = files->first; f; f = f->next, n++) {
		FUZZ_HOLDS(f->layer < im->layer_count && f->gone < im->layer_count && f->path.n > 0);
		FUZZ_HOLDS(f->state == IMAGE_FINAL || f->gone >= f->layer);
		FUZZ_HOLDS(!f->target || (f->type == TAR_HARD_LINK && f->target->type != TAR_HARD_LINK));
		FUZZ_HOLDS(!f->found || f->wanted);
		image_find(files, f->path);
	}
	FUZZ_HOLDS(n == files->count);
	for (uint32_t i = 0; i < im->problems.count; i++)
		FUZZ_HOLDS(im->problems.items[i].code && im->problems.items[i].text[0]);
}

FUZZ(bytes)
{
	int fd = memfd_create("image", MFD_CLOEXEC);
	FUZZ_HOLDS(fd >= 0 && write(fd, bytes.p, bytes.n) == (ssize_t)bytes.n);
	char path[64];
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	image_options o = {.threads = 1, .verify = IMAGE_VERIFY_ALL, .reader = {want, keep, NULL}};
	image *im;
	image_files files;
	error e;
	if (image_open(path, &o, &im, &e) == 0) {
		if (image_walk(im, &files, &e) == 0)
			check(im, &files);
		image_close(im);
	} else {
		FUZZ_HOLDS(e.code && e.text[0]);
	}
	close(fd);
}
