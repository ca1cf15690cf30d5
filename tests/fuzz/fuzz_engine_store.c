/* SPDX-License-Identifier: Apache-2.0
 *
 * What stores of engines say. The input is two JSON files, separated by a line "---": images.json and layers.json of containers/storage, or
 * repositories.json and a config of Docker. Every folder that comes of them lies below the store. */
#include "engine/name.h"
#include "engine/store.h"
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONFIG \
	"image/overlay2/imagedb/content/sha256/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static char folder[64];

static void write_file(const char *name, span bytes)
{
	char path[512];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *f = fopen(path, "w");
	FUZZ_HOLDS(f && fwrite(bytes.p, 1, bytes.n, f) == bytes.n);
	fclose(f);
}

static void make_folders(void)
{
	static const char *const names[] = {"", "/overlay-images", "/overlay-layers", "/image",
		"/image/overlay2", "/image/overlay2/imagedb", "/image/overlay2/imagedb/content",
		"/image/overlay2/imagedb/content/sha256"};
	char path[512];
	if (folder[0])
		return;
	snprintf(folder, sizeof folder, "/tmp/fuzz-store-%d", (int)getpid());
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		snprintf(path, sizeof path, "%s%s", folder, names[i]);
		mkdir(path, 0700);
	}
	snprintf(path, sizeof path, "[storage]\ndriver = \"overlay\"\ngraphroot = \"%s\"\n", folder);
	write_file("storage.conf", span_of(path));
	snprintf(path, sizeof path, "%s/storage.conf", folder);
	setenv("CONTAINERS_STORAGE_CONF", path, 1);
	setenv("DOCKER_DATA_ROOT", folder, 1);
}

static void clean(void)
{
	static const char *const names[] = {"overlay-images/images.json", "overlay-images",
		"overlay-layers/layers.json", "overlay-layers", "image/overlay2/repositories.json", CONFIG,
		"image/overlay2/imagedb/content/sha256", "image/overlay2/imagedb/content",
		"image/overlay2/imagedb", "image/overlay2", "image", "storage.conf", ""};
	char path[512];
	for (size_t i = 0; folder[0] && i < sizeof names / sizeof *names; i++) {
		snprintf(path, sizeof path, "%s/%s", folder, names[i]);
		remove(path);
	}
}

static void check(engine_kind kind)
{
	arena a = {0};
	engine_store s;
	error e;
	const engine_image *chosen;
	if (engine_store_open(kind, &a, &s, &e) >= 0) {
		engine_choose(&s.images, kind, "app:1", &a, &chosen, &e);
		for (uint32_t i = 0; i < s.images.count && i < 8; i++) {
			image_folders folders;
			engine_store_describe(&s, &s.images.items[i]);
			FUZZ_HOLDS(store_is_id(store_hex(s.images.items[i].id)));
			if (engine_store_folders(&s, &s.images.items[i], &folders, &e) < 0)
				continue;
			for (uint32_t k = 0; k < folders.count; k++)
				FUZZ_HOLDS(span_starts(span_of(folders.folders[k]), span_of(folder)) &&
					   !span_contains(span_of(folders.folders[k]), ".."));
		}
	} else {
		FUZZ_HOLDS(e.code && e.text[0]);
	}
	arena_done(&a);
}

FUZZ(bytes)
{
	size_t cut = span_find(bytes, SPAN("\n---\n"));
	span first = span_sub(bytes, 0, cut),
	     second = cut == SPAN_NONE ? (span){0} : span_from(bytes, cut + 5);
	if (!folder[0]) {
		make_folders();
		atexit(clean);
	}
	write_file("overlay-images/images.json", first);
	write_file("overlay-layers/layers.json", second);
	write_file("image/overlay2/repositories.json", first);
	write_file(CONFIG, second);
	check(ENGINE_PODMAN);
	check(ENGINE_DOCKER);
}
