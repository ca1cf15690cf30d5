/* SPDX-License-Identifier: Apache-2.0
 *
 * What the stores have in common. */
#include "engine/store.h"

#include "base/files.h"
#include "base/limits.h"
#include "formats/json.h"

#include <stdio.h>
#include <time.h>

/* Of containers/storage and of Docker; aufs, btrfs, devicemapper and zfs are left to the engine itself. */
static const store_driver drivers[] = {
	{"overlay2", "overlay2/#/diff", false},
	{"overlay", "overlay/#/diff", false},
	{"fuse-overlayfs", "fuse-overlayfs/#/diff", false},
	{"vfs", "vfs/dir/#", true},
};
enum { DRIVERS = sizeof drivers / sizeof *drivers };

const store_driver *store_driver_find(span name)
{
	for (size_t i = 0; i < DRIVERS; i++)
		if (span_is(name, drivers[i].name))
			return &drivers[i];
	return NULL;
}

const store_driver *store_driver_next(const store_driver *d)
{
	size_t next = d ? (size_t)(d - drivers) + 1 : 0;
	return next < DRIVERS ? &drivers[next] : NULL;
}

const char *store_path(const engine_store *s, const char *root, const char *pattern, span id)
{
	auto_buffer path = {0};
	for (const char *c = pattern; *c; c++) {
		if (*c == '@')
			buffer_add_string(&path, s->driver);
		else if (*c == '#')
			buffer_add(&path, id);
		else
			buffer_add_byte(&path, *c);
	}
	return path_join(s->arena, root, arena_string(s->arena, buffer_span(&path)));
}

int store_json(const char *path, arena *a, node **ret, error *e)
{
	span bytes;
	text *t = ARENA_NEW(a, text);
	node_problems problems = {0};
	TRY(files_read(path, LIMIT_FILE_BYTES, a, &bytes, e));
	text_init(t, path, bytes, a);
	if (json_read(t, a, ret, &problems, e) < 0)
		return error_wrap(e, "%s", path);
	return 0;
}

span store_hex(span digest)
{
	return span_starts(digest, SPAN("sha256:")) ? span_from(digest, strlen("sha256:")) : digest;
}

bool store_is_id(span id)
{
	for (size_t i = 0; i < id.n; i++)
		if (!ascii_digit(id.p[i]) && (id.p[i] < 'a' || id.p[i] > 'f'))
			return false;
	return id.n == 64;
}

int64_t store_time(span text)
{
	arena a = {0};
	struct tm day = {0};
	const char *rest = strptime(arena_string(&a, span_sub(text, 0, 64)), "%Y-%m-%dT%H:%M:%S", &day);
	int64_t ret = rest ? timegm(&day) : 0;
	int hours, minutes;
	size_t zone = rest ? strcspn(rest, "+-") : 0;
	if (rest && rest[zone] && sscanf(rest + zone + 1, "%2d:%2d", &hours, &minutes) == 2)
		ret -= (rest[zone] == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
	arena_done(&a);
	return ret;
}

/* --- the two kinds --- */

static const struct {
	int (*open)(engine_store *s, error *e);
	void (*describe)(engine_store *s, engine_image *im);
	int (*folders)(engine_store *s, const engine_image *im, image_folders *ret, error *e);
} kinds[ENGINE_KINDS] = {
	[ENGINE_DOCKER] = {engine_store_open_docker, engine_store_describe_docker,
		engine_store_folders_docker},
	[ENGINE_PODMAN] = {engine_store_open_containers, engine_store_describe_containers,
		engine_store_folders_containers},
};

int engine_store_open(engine_kind kind, arena *a, engine_store *ret, error *e)
{
	*ret = (engine_store){.kind = kind, .arena = a};
	return kinds[kind].open(ret, e);
}

void engine_store_describe(engine_store *s, engine_image *im)
{
	kinds[s->kind].describe(s, im);
}

int engine_store_folders(engine_store *s, const engine_image *im, image_folders *ret, error *e)
{
	*ret = (image_folders){.id = im->id,
		.digest = im->digest,
		.reference = im->names.count ? im->names.items[0] : (span){0}};
	return kinds[s->kind].folders(s, im, ret, e);
}
