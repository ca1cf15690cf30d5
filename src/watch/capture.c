/* SPDX-License-Identifier: Apache-2.0
 *
 * Captures from the outside: a section begins with its head and its lists; then come events. A further section begins the machine anew, as
 * captures may be strung together. */
#include "watch/capture.h"

#include "base/files.h"
#include "base/memory.h"
#include "watch/capture_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

enum {
	SECTION = 0x0a0d0d0a,
	SECTION_MAGIC = 0x1a2b3c4d,
	SECTION_MAJOR = 1,
	READ_BYTES = 256 << 10,
};

struct capture {
	watch_state *state;
	capture_source source;
	capture_converter converter;
	capture_block pending; /* the first event, found while the lists were read; .body.p NULL: none */
	bool listing;          /* of this section no event has come yet */
	uint64_t number, damaged;
	const char *why;
	int fd;
	char *piece; /* of the file */
};

static int file_next(void *of, span *ret, error *e)
{
	capture *c = of;
	ssize_t n;
	do
		n = read(c->fd, c->piece, READ_BYTES);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return error_set_system(e, "reading");
	*ret = (span){c->piece, (size_t)n};
	return n > 0;
}

static void damage_add(capture *c, const char *why)
{
	if (!why)
		return;
	c->damaged++;
	if (!c->why)
		c->why = why;
}

static int section_read(capture *c, span body, error *e)
{
	capture_cursor at = {body, false};
	if (capture_number(&at, 4) != SECTION_MAGIC)
		return error_set(
			e, ERROR_SYNTAX, "it is no capture, or of a machine of the other byte order");
	uint64_t major = capture_number(&at, 2);
	if (major > SECTION_MAJOR)
		return error_set(e, ERROR_SYNTAX, "captures of version %u are not known", (unsigned)major);
	arena *a = c->state->arena;
	state_done(c->state);
	state_init(c->state, a);
	capture_entries_done(&c->converter.entries);
	c->listing = true;
	return 0;
}

/* The next event block, past everything else: 1, 0, < 0. */
static int block_next(capture *c, capture_block *ret, error *e)
{
	if (c->pending.body.p) {
		*ret = c->pending;
		c->pending.body.p = NULL;
		return 1;
	}
	for (int got; (got = capture_block_next(&c->source, ret, e)) != 0;) {
		TRY(got);
		if (capture_is_event(ret->type))
			return 1;
		if (ret->type == SECTION) {
			TRY(section_read(c, ret->body, e));
		} else if (capture_is_list(ret->type)) {
			damage_add(c, capture_list_read(c->state, ret));
		}
	}
	return 0;
}

static void lists_done(capture *c)
{
	if (c->listing)
		state_lists_done(c->state);
	c->listing = false;
}

static int head_read(capture *c, error *e)
{
	capture_block first;
	TRY(decompress_open(c->source.in, &c->source.d, e));
	int got = capture_block_next(&c->source, &first, e);
	if (got < 0 || got == 0 || first.type != SECTION)
		return error_set(e, ERROR_SYNTAX, "it is no capture");
	TRY(section_read(c, first.body, e));
	got = block_next(c, &first, e);
	TRY(got);
	if (got)
		c->pending = first;
	lists_done(c);
	return 0;
}

static capture *capture_new(watch_state *s)
{
	capture *c = memory_zeroed(1, sizeof *c);
	c->state = s;
	c->fd = -1;
	return c;
}

static int capture_start(capture *c, capture **ret, error *e)
{
	int got = head_read(c, e);
	if (got < 0)
		capture_close(c);
	else
		*ret = c;
	return got;
}

int capture_open_stream(stream in, watch_state *s, capture **ret, error *e)
{
	capture *c = capture_new(s);
	c->source.in = in;
	return capture_start(c, ret, e);
}

int capture_open(const char *path, watch_state *s, capture **ret, error *e)
{
	int fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_set_system(e, "%s", path);
	capture *c = capture_new(s);
	c->fd = fd;
	c->piece = memory_zeroed(1, READ_BYTES);
	c->source.in = (stream){file_next, c};
	int got = capture_start(c, ret, e);
	return got < 0 ? error_wrap(e, "%s", path) : got;
}

void capture_close(capture *c)
{
	if (!c)
		return;
	capture_entries_done(&c->converter.entries);
	decompress_close(c->source.d);
	free(c->source.joined);
	if (c->fd >= 0)
		close(c->fd);
	free(c->piece);
	free(c);
}

int capture_next(capture *c, event *ret, error *e)
{
	capture_block b;
	for (int got; (got = block_next(c, &b, e)) != 0;) {
		TRY(got);
		lists_done(c);
		const char *why = capture_event_read(&b, ret);
		damage_add(c, why);
		if (why || !capture_convert(&c->converter, ret))
			continue;
		ret->number = ++c->number;
		ret->process = NULL;
		ret->descriptor = NULL;
		ret->descriptor_number = -1;
		ret->descriptor_renamed = false;
		return 1;
	}
	return 0;
}

uint64_t capture_damaged(const capture *c, const char **ret_why)
{
	*ret_why = c->why;
	return c->damaged;
}
