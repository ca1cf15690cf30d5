/* SPDX-License-Identifier: Apache-2.0
 *
 * Two buffers: one is filled while the thread writes the other. In them stand pieces, each behind a head that says what it is. */
#include "watch/recorder.h"

#include "base/buffer.h"
#include "base/files.h"
#include "base/limits.h"
#include "base/memory.h"
#include "formats/gzip_write.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

typedef enum piece_kind { PIECE_BEGIN, PIECE_BYTES, PIECE_END } piece_kind;

typedef struct piece_head {
	uint32_t kind;
	uint32_t n;
} piece_head;

enum { PAUSE_NANOSECONDS = 100000000, NAME_BYTES = 256, ROOM_KEPT = 4 << 20 };

struct recorder {
	int folder;
	bool patient, started;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t stirred, taken;
	/* below the lock */
	buffer waiting;
	bool over;
	recorder_status status;
	/* of the thread */
	int fd;
	gzip_writer *gzip;
	buffer packed;
	char name[NAME_BYTES];
};

/* --- the thread --- */

static void status_fail(recorder *r, const char *what)
{
	int reason = errno;
	pthread_mutex_lock(&r->lock);
	r->status.failed++;
	snprintf(r->status.why, sizeof r->status.why, "%s: %s: %s", r->name, what, strerror(reason));
	pthread_mutex_unlock(&r->lock);
}

static void file_shut(recorder *r)
{
	files_close(&r->fd);
	r->fd = -1;
	gzip_writer_free(r->gzip);
	r->gzip = NULL;
}

/* Writes what the compression gave; a file that cannot be written is given up. */
static void packed_write(recorder *r)
{
	span rest = buffer_span(&r->packed);
	uint64_t bytes = rest.n;
	while (rest.n) {
		ssize_t n = write(r->fd, rest.p, rest.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			status_fail(r, "writing");
			file_shut(r);
			break;
		}
		rest = span_from(rest, (size_t)n);
	}
	r->packed.n = 0;
	pthread_mutex_lock(&r->lock);
	r->status.bytes += bytes - rest.n;
	pthread_mutex_unlock(&r->lock);
}

static void file_begin(recorder *r, span name)
{
	snprintf(r->name, sizeof r->name, "%.*s", SPAN_ARG(name));
	r->fd = openat(r->folder, r->name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (r->fd < 0)
		status_fail(r, "making it");
	else
		r->gzip = gzip_writer_new();
}

static void file_end(recorder *r)
{
	if (r->fd < 0)
		return;
	gzip_writer_end(r->gzip, &r->packed);
	packed_write(r);
	file_shut(r);
}

static void pieces_write(recorder *r, span rest)
{
	while (rest.n) {
		piece_head head;
		memcpy(&head, rest.p, sizeof head);
		span bytes = span_sub(rest, sizeof head, head.n);
		rest = span_from(rest, sizeof head + head.n);
		if (head.kind == PIECE_BEGIN)
			file_begin(r, bytes);
		else if (head.kind == PIECE_END)
			file_end(r);
		else if (r->fd >= 0)
			gzip_writer_add(r->gzip, bytes, &r->packed);
	}
	if (r->fd < 0)
		return;
	gzip_writer_flush(r->gzip, &r->packed);
	packed_write(r);
}

/* Takes what is waiting; false: there is nothing, and there will be nothing. A pause comes before it, so that more comes together. */
static bool waiting_take(recorder *r, buffer *ret)
{
	struct timespec until;
	pthread_mutex_lock(&r->lock);
	while (!r->over && r->waiting.n == 0)
		pthread_cond_wait(&r->stirred, &r->lock);
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += PAUSE_NANOSECONDS;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	while (!r->over && r->waiting.n < LIMIT_RECORD_QUEUE / 4 &&
		pthread_cond_timedwait(&r->stirred, &r->lock, &until) == 0)
		;
	buffer given = *ret;
	given.n = 0;
	if (given.room > ROOM_KEPT)
		buffer_done(&given);
	*ret = r->waiting;
	r->waiting = given;
	pthread_cond_signal(&r->taken);
	pthread_mutex_unlock(&r->lock);
	return ret->n;
}

static void *thread_run(void *of)
{
	recorder *r = of;
	buffer pieces = {0};
	while (waiting_take(r, &pieces))
		pieces_write(r, buffer_span(&pieces));
	file_end(r);
	buffer_done(&pieces);
	return NULL;
}

/* --- who records --- */

static bool piece_add(recorder *r, piece_kind kind, span bytes)
{
	piece_head head = {kind, (uint32_t)bytes.n};
	pthread_mutex_lock(&r->lock);
	while (r->patient && r->waiting.n && r->waiting.n + bytes.n > LIMIT_RECORD_QUEUE)
		pthread_cond_wait(&r->taken, &r->lock);
	/* An end has always room: without it the next file would go on in the last. */
	bool room = r->patient || kind == PIECE_END || r->waiting.n + bytes.n <= LIMIT_RECORD_QUEUE;
	bool stir = r->waiting.n == 0 || r->waiting.n > LIMIT_RECORD_QUEUE / 4;
	if (room) {
		buffer_add(&r->waiting, (span){(const char *)&head, sizeof head});
		buffer_add(&r->waiting, bytes);
	}
	if (stir)
		pthread_cond_signal(&r->stirred);
	pthread_mutex_unlock(&r->lock);
	return room;
}

bool recorder_begin(recorder *r, const char *name)
{
	bool room = piece_add(r, PIECE_BEGIN, span_of(name));
	pthread_mutex_lock(&r->lock);
	r->status.files += room;
	pthread_mutex_unlock(&r->lock);
	return room;
}

bool recorder_add(recorder *r, span bytes)
{
	return bytes.n == 0 || piece_add(r, PIECE_BYTES, bytes);
}

void recorder_end(recorder *r)
{
	piece_add(r, PIECE_END, (span){0});
}

recorder_status recorder_status_get(recorder *r)
{
	pthread_mutex_lock(&r->lock);
	recorder_status ret = r->status;
	pthread_mutex_unlock(&r->lock);
	return ret;
}

/* --- beginning and end --- */

/* What earlier runs left behind. */
static void folder_count(recorder *r)
{
	int fd = openat(r->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *all = fd < 0 ? NULL : fdopendir(fd);
	for (struct dirent *entry; all && (entry = readdir(all));) {
		struct stat s;
		if (span_ends(span_of(entry->d_name), SPAN(".scap")) &&
			fstatat(r->folder, entry->d_name, &s, AT_SYMLINK_NOFOLLOW) == 0) {
			r->status.files++;
			r->status.bytes += (uint64_t)s.st_size;
		}
	}
	if (all)
		closedir(all);
	else
		files_close(&fd);
}

/* Signals are for the thread of the events. */
static int thread_start(recorder *r)
{
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	int reason = pthread_create(&r->thread, NULL, thread_run, r);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return reason;
}

int recorder_open(const char *folder, bool patient, recorder **ret, error *e)
{
	if (mkdir(folder, 0700) < 0 && errno != EEXIST)
		return error_set_system(e, "%s", folder);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || faccessat(fd, ".", W_OK | X_OK, AT_EACCESS) < 0) {
		int status = error_set_system(e, "%s", folder);
		files_close(&fd);
		return status;
	}
	recorder *r = memory_zeroed(1, sizeof *r);
	r->folder = fd;
	r->fd = -1;
	r->patient = patient;
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->stirred, NULL);
	pthread_cond_init(&r->taken, NULL);
	folder_count(r);
	errno = thread_start(r);
	r->started = errno == 0;
	int status = r->started ? 0 : error_set_system(e, "a thread");
	if (r->started)
		*ret = r;
	else
		recorder_close(r, NULL);
	return status;
}

void recorder_close(recorder *r, recorder_status *ret)
{
	if (!r)
		return;
	pthread_mutex_lock(&r->lock);
	r->over = true;
	pthread_cond_signal(&r->stirred);
	pthread_mutex_unlock(&r->lock);
	if (r->started)
		pthread_join(r->thread, NULL);
	if (ret)
		*ret = r->status;
	pthread_mutex_destroy(&r->lock);
	pthread_cond_destroy(&r->stirred);
	pthread_cond_destroy(&r->taken);
	buffer_done(&r->waiting);
	buffer_done(&r->packed);
	files_close(&r->folder);
	free(r);
}
