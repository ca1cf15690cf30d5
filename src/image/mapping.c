/* SPDX-License-Identifier: Apache-2.0
 *
 * Mappings, and streams over them. */
#include "image/mapping.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WINDOW_BYTES = 8 << 20, PAGE_BYTES = 4096 };

int mapping_open(int fd, mapping *ret, error *e)
{
	struct stat st;
	if (fstat(fd, &st) < 0)
		return error_set_system(e, "fstat");
	if (!S_ISREG(st.st_mode))
		return error_set(e, ERROR_USAGE, "is no regular file");
	*ret = (mapping){0};
	if (st.st_size == 0)
		return 0;
	void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		return error_set_system(e, "mmap");
	ret->bytes = (span){p, (size_t)st.st_size};
	return 0;
}

void mapping_close(mapping *m)
{
	if (m->bytes.n)
		munmap((void *)m->bytes.p, m->bytes.n);
	*m = (mapping){0};
}

/* Pages count as the process's own while they are mapped, and a fault maps its neighbours too: without this, walking over a large archive
 * would look as if all of it were in memory. Whole pages only: others may be reading on either side. */
static void forget(span window)
{
	uintptr_t start = ((uintptr_t)window.p + PAGE_BYTES - 1) & ~(uintptr_t)(PAGE_BYTES - 1);
	uintptr_t end = (uintptr_t)(window.p + window.n) & ~(uintptr_t)(PAGE_BYTES - 1);
	if (start < end)
		madvise((void *)start, end - start, MADV_DONTNEED);
}

static int windows_next(void *of, span *ret, error *e)
{
	(void)e;
	windows *w = of;
	if (w->window.n)
		forget(w->window);
	w->window = span_sub(w->rest, 0, WINDOW_BYTES);
	w->rest = span_from(w->rest, WINDOW_BYTES);
	*ret = w->window;
	return w->window.n > 0;
}

stream windows_stream(windows *w)
{
	return (stream){windows_next, w};
}

static int descriptor_next(void *of, span *ret, error *e)
{
	descriptor *d = of;
	ssize_t n;
	do {
		n = read(d->fd, d->block, sizeof d->block);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return error_set_system(e, "read");
	*ret = (span){d->block, (size_t)n};
	return n > 0;
}

stream descriptor_stream(descriptor *d)
{
	return (stream){descriptor_next, d};
}
