/* SPDX-License-Identifier: Apache-2.0
 *
 * Asking an engine in a child process: what it found comes back as one message, an image from its socket in a file that was opened before. */
#include "commands/scan_engine.h"

#include "base/files.h"
#include "base/limits.h"
#include "base/sandbox.h"
#include "commands/apart.h"
#include "fetch/message.h"

#include <fcntl.h>
#include <stdlib.h>

/* It stays open until the program ends: the process that reads the image inherits it. */
static int archive_open(error *e)
{
	const char *folder = getenv("TMPDIR");
	folder = folder && folder[0] == '/' ? folder : "/var/tmp";
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	return fd >= 0 ? fd : error_set_system(e, "a temporary file in %s", folder);
}

/* --- the child --- */

static void found_add(buffer *out, const engine_found *found)
{
	const image_folders *f = &found->folders;
	auto_buffer folders = {0};
	for (uint32_t i = 0; found->stored && i < f->count; i++) {
		buffer_add_string(&folders, f->folders[i]);
		buffer_add_byte(&folders, 0);
	}
	message_add_number(out, "stored", found->stored);
	if (found->stored) {
		message_add(out, "config", span_of(f->config));
		message_add(out, "id", f->id);
		message_add(out, "digest", f->digest);
		message_add(out, "reference", f->reference);
		message_add_number(out, "whole", f->whole);
	}
	message_end(out, buffer_span(&folders));
}

typedef struct asking {
	engine_kind kind;
	const char *name;
	int archive; /* the file for an image from a socket */
	arena *arena;
	scan_subject *ret;
} asking;

static bool find_and_tell(void *of, int fd, error *e)
{
	const asking *q = of;
	engine_found found;
	auto_buffer out = {0};
	sandbox_enter_network(NULL, 0);
	if (engine_find(q->kind, q->name, q->archive, q->arena, &found, e) < 0) {
		message_add_number(&out, "fault", (uint64_t)e->code);
		message_add(&out, "error", span_of(e->text));
		message_end(&out, (span){0});
	} else {
		found_add(&out, &found);
	}
	return message_write(fd, buffer_span(&out), e) >= 0;
}

/* --- what comes back --- */

static void folders_take(const message *m, arena *a, image_folders *ret)
{
	span rest = m->body, one;
	const char **folders = ARENA_ARRAY(a, const char *, LIMIT_IMAGE_LAYERS);
	*ret = (image_folders){.config = arena_string(a, message_get(m, "config")),
		.folders = folders,
		.whole = message_number(m, "whole"),
		.id = arena_copy(a, message_get(m, "id")),
		.digest = arena_copy(a, message_get(m, "digest")),
		.reference = arena_copy(a, message_get(m, "reference"))};
	while (ret->count < LIMIT_IMAGE_LAYERS && span_cut(&rest, 0, &one))
		folders[ret->count++] = arena_string(a, one);
}

static int hear(void *of, int from, error *e)
{
	const asking *q = of;
	arena *a = q->arena;
	auto_buffer in = {0};
	message m;
	int got = message_read(from, &in, a, &m, e);
	TRY(got);
	if (got == 0)
		return error_set(e, ERROR_SYSTEM, "the process that asks the engine has ended");
	uint64_t fault = message_number(&m, "fault");
	if (fault)
		return error_set(e, fault <= ERROR_USAGE ? (error_code)fault : ERROR_DAMAGED, "%.*s",
			SPAN_ARG(message_get(&m, "error")));
	if (!message_number(&m, "stored")) {
		q->ret->path = arena_format(a, "/proc/self/fd/%d", q->archive).p;
		return 0;
	}
	image_folders *folders = ARENA_NEW(a, image_folders);
	folders_take(&m, a, folders);
	q->ret->folders = folders;
	return 0;
}

static int find_apart(engine_kind kind, const char *name, int archive, arena *a, scan_subject *ret, error *e)
{
	asking q = {kind, name, archive, a, ret};
	return apart_run(&(apart){find_and_tell, hear, &q}, e);
}

int scan_engine_find(
	engine_kind kind, const char *word, const char *name, arena *a, scan_subject *ret, error *e)
{
	scan_subject found = {.shown = word};
	int archive = archive_open(e);
	TRY(archive);
	int status = find_apart(kind, name, archive, a, &found, e);
	if (status < 0 || !found.path)
		close(archive);
	TRY(status);
	*ret = found;
	return 0;
}
