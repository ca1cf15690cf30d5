/* SPDX-License-Identifier: Apache-2.0
 *
 * Layers that are folders, stores of engines that are made by hand (also hostile ones), names, answers over HTTP. */
#include "base/files.h"
#include "engine/http.h"
#include "engine/name.h"
#include "engine/store.h"
#include "image/walk.h"
#include "test.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B64 "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define C64 "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"

/* --- a scratch folder --- */

static const char *scratch_make(arena *a)
{
	char name[] = "/tmp/bulkhead-engine-XXXXXX";
	return mkdtemp(name) ? arena_string(a, span_of(name)) : NULL;
}

static void scratch_remove(const char *folder)
{
	char command[128];
	snprintf(command, sizeof command, "rm -rf '%s'", folder);
	if (system(command) != 0)
		printf("# %s is left\n", folder);
}

static const char *in(arena *a, const char *folder, const char *name)
{
	const char *path = path_join(a, folder, name);
	for (const char *c = strchr(path + 5, '/'); c; c = strchr(c + 1, '/'))
		mkdir(arena_string(a, (span){path, (size_t)(c - path)}), 0755);
	return path;
}

static bool put(arena *a, const char *folder, const char *name, const char *bytes)
{
	error e;
	return files_write(in(a, folder, name), span_of(bytes), &e) == 0;
}

/* --- layers --- */

static bool want(void *of, const tar_entry *entry)
{
	(void)of;
	return !span_contains(entry->name, "unwanted");
}

static void *keep(void *of, arena *a, const tar_entry *entry, span bytes)
{
	(void)of;
	(void)entry;
	span *kept = ARENA_NEW(a, span);
	*kept = arena_copy(a, bytes);
	return kept;
}

/* "path@layer=content" of final files and "path@layer-gone" of others, in their order; folders are left out. */
static int describe(const image_folders *f, buffer *out, uint32_t *problems)
{
	image_options options = {.threads = 1, .reader = {want, keep, NULL}};
	image *im;
	image_files files;
	error e;
	if (image_open_folders(f, "test", &options, &im, &e) < 0 || image_walk(im, &files, &e) < 0)
		return -1;
	for (const image_file *x = files.first; x; x = x->next) {
		const span *content = x->found;
		if (x->type == TAR_FOLDER)
			continue;
		buffer_format(out, "%s%.*s@%u", out->n ? " " : "", SPAN_ARG(x->path), x->layer);
		if (x->state != IMAGE_FINAL)
			buffer_format(out, "-%u", x->gone);
		if (x->type == TAR_HARD_LINK)
			buffer_format(out, ">%.*s", SPAN_ARG(x->link));
		if (content && x->state == IMAGE_FINAL)
			buffer_format(out, "=%.*s", SPAN_ARG(*content));
	}
	*problems = im->problems.count;
	image_close(im);
	return 0;
}

static int describe_two(arena *a, const char *root, bool whole, buffer *out, uint32_t *problems)
{
	const char *folders[] = {path_join(a, root, "low"), path_join(a, root, "up")};
	put(a, root, "config", "{\"rootfs\":{\"diff_ids\":[\"x\",\"y\"]}}");
	return describe(&(image_folders){.config = path_join(a, root, "config"),
				.folders = folders,
				.count = 2,
				.whole = whole},
		out, problems);
}

TEST(overlay_whiteouts)
{
	arena a = {0};
	auto_buffer out = {0};
	uint32_t problems = 9;
	const char *root = scratch_make(&a);
	CHECK(root && put(&a, root, "low/a", "1") && put(&a, root, "low/b", "2") &&
		put(&a, root, "low/d/x", "3") && put(&a, root, "low/o/x", "4") &&
		put(&a, root, "up/.wh.b", "") && put(&a, root, "up/o/y", "5"));
	if (mknod(in(&a, root, "up/a"), S_IFCHR, makedev(0, 0)) < 0 ||
		setxattr(in(&a, root, "up/o"), "trusted.overlay.opaque", "y", 1, 0) < 0) {
		printf("# whiteouts of the kernel cannot be made here\n");
		remove(in(&a, root, "up/a"));
		CHECK(put(&a, root, "up/.wh.a", "") && put(&a, root, "up/o/.wh..wh..opq", ""));
	}
	int status = describe_two(&a, root, false, &out, &problems);
	scratch_remove(root);
	CHECK(status == 0);
	CHECK_SPAN(buffer_span(&out), "a@0-1 b@0-1 d/x@0=3 o/x@0-1 o/y@1=5");
	CHECK_INT(problems, 0);
	arena_done(&a);
}

TEST(overlay_redirect_and_metacopy_are_told)
{
	arena a = {0};
	auto_buffer out = {0};
	uint32_t problems = 9;
	const char *root = scratch_make(&a);
	CHECK(root && put(&a, root, "low/a", "1") && put(&a, root, "up/d/x", "2") &&
		put(&a, root, "up/hollow", ""));
	bool able = truncate(in(&a, root, "up/hollow"), 5) == 0 &&
		    setxattr(in(&a, root, "up/hollow"), "user.overlay.metacopy", "", 0, 0) == 0 &&
		    setxattr(in(&a, root, "up/d"), "user.overlay.redirect", "/e", 2, 0) == 0;
	int status = describe_two(&a, root, false, &out, &problems);
	scratch_remove(root);
	CHECK(status == 0);
	if (!able)
		printf("# no extended attributes here\n");
	CHECK_INT(problems, able ? 2 : 0);
	arena_done(&a);
}

TEST(whole_trees_give_what_changed)
{
	arena a = {0};
	auto_buffer out = {0};
	uint32_t problems = 9;
	const char *root = scratch_make(&a);
	struct timespec at[2] = {{.tv_sec = 1700000000}, {.tv_sec = 1700000000}};
	static const char *const names[] = {"low/same", "up/same", "low/other", "up/other"};
	CHECK(root && put(&a, root, "low/same", "1") && put(&a, root, "up/same", "1") &&
		put(&a, root, "low/other", "2") && put(&a, root, "up/other", "3") &&
		put(&a, root, "low/d/x", "4") && put(&a, root, "up/new", "5"));
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		utimensat(AT_FDCWD, in(&a, root, names[i]), at, 0);
	int status = describe_two(&a, root, true, &out, &problems);
	scratch_remove(root);
	CHECK(status == 0);
	CHECK_SPAN(buffer_span(&out), "d/x@0-1 other@0-1 same@0=1 new@1=5 other@1=3");
	CHECK_INT(problems, 0);
	arena_done(&a);
}

TEST(hard_links_in_folders)
{
	arena a = {0};
	auto_buffer out = {0};
	uint32_t problems = 9;
	const char *root = scratch_make(&a);
	CHECK(root && put(&a, root, "low/a", "1") && put(&a, root, "up/x", "2") &&
		put(&a, root, "up/unwanted", "3"));
	CHECK(link(in(&a, root, "low/a"), in(&a, root, "low/b")) == 0 &&
		link(in(&a, root, "up/unwanted"), in(&a, root, "up/z")) == 0);
	int status = describe_two(&a, root, false, &out, &problems);
	scratch_remove(root);
	CHECK(status == 0);
	CHECK_INT(problems, 0);
	CHECK_SPAN(buffer_span(&out), "a@0=1 b@0>a=1 unwanted@1 x@1=2 z@1>unwanted=3");
	arena_done(&a);
}

TEST(missing_layer_is_a_problem)
{
	arena a = {0};
	auto_buffer out = {0};
	uint32_t problems = 0;
	const char *root = scratch_make(&a);
	CHECK(root && put(&a, root, "low/a", "1"));
	int status = describe_two(&a, root, false, &out, &problems);
	scratch_remove(root);
	CHECK(status == 0);
	CHECK_SPAN(buffer_span(&out), "a@0=1");
	CHECK_INT(problems, 1);
	arena_done(&a);
}

/* --- stores --- */

static void use_store(arena *a, const char *root)
{
	put(a, root, "storage.conf",
		arena_format(a, "[storage]\ndriver = \"overlay\"\ngraphroot = \"%s\"\n", root).p);
	setenv("CONTAINERS_STORAGE_CONF", path_join(a, root, "storage.conf"), 1);
	setenv("DOCKER_DATA_ROOT", root, 1);
}

/* What comes of one image of a store: the folders, relative to it, or "error". */
static void find(arena *a, engine_kind kind, const char *root, const char *name, buffer *out)
{
	engine_store s;
	error e;
	const engine_image *im;
	image_folders f;
	if (engine_store_open(kind, a, &s, &e) < 0 || engine_choose(&s.images, kind, name, a, &im, &e) < 0 ||
		engine_store_folders(&s, im, &f, &e) < 0) {
		buffer_add_string(out, "error");
		return;
	}
	for (uint32_t i = 0; i < f.count; i++)
		buffer_format(out, "%s%s", i ? " " : "", f.folders[i] + strlen(root) + 1);
}

TEST(store_of_containers)
{
	static const struct {
		const char *images, *layers, *want;
	} rows[] = {
		{"[{\"id\":\"" A64 "\",\"names\":[\"localhost/app:1\"],\"layer\":\"" C64 "\"}]",
			"[{\"id\":\"" B64 "\"},{\"id\":\"" C64 "\",\"parent\":\"" B64 "\"}]",
			"overlay/" B64 "/diff overlay/" C64 "/diff"},
		{"[{\"id\":\"" A64 "\",\"names\":[\"localhost/app:1\"],\"layer\":\"" C64 "\"}]",
			"[{\"id\":\"" B64 "\",\"parent\":\"" C64 "\"},{\"id\":\"" C64 "\",\"parent\":\"" B64
			"\"}]",
			"error"},
		{"[{\"id\":\"" A64 "\",\"names\":[\"localhost/app:1\"],\"layer\":\"../../etc\"}]",
			"[{\"id\":\"../../etc\"}]", "error"},
		{"[{\"id\":\"../x\",\"names\":[\"localhost/app:1\"],\"layer\":\"\"}]", "[]", "error"},
		{"[{\"id\":\"" A64 "\",\"names\":[\"localhost/app:1\"],\"layer\":\"" C64 "\"}]", "[]",
			"error"},
		{"{", "[]", "error"},
		{"[{\"id\":1,\"names\":{}},[],null]", "7", "error"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		arena a = {0};
		auto_buffer out = {0};
		const char *root = scratch_make(&a);
		CHECK(root);
		use_store(&a, root);
		put(&a, root, "overlay-images/images.json", rows[i].images);
		put(&a, root, "overlay-layers/layers.json", rows[i].layers);
		find(&a, ENGINE_PODMAN, root, "app:1", &out);
		scratch_remove(root);
		CHECK_SPAN(buffer_span(&out), rows[i].want);
		arena_done(&a);
	}
}

TEST(store_of_docker)
{
	static const struct {
		const char *cache, *config, *want;
	} rows[] = {
		{C64 "\n", "{\"rootfs\":{\"diff_ids\":[\"sha256:" B64 "\"]}}", "overlay2/" C64 "/diff"},
		{"../../../etc", "{\"rootfs\":{\"diff_ids\":[\"sha256:" B64 "\"]}}", "error"},
		{C64, "{\"rootfs\":{\"diff_ids\":[\"sha256:../x\"]}}", "error"},
		{C64, "{\"rootfs\":{\"diff_ids\":[\"sha256:" A64 "\"]}}", "error"},
		{C64, "{}", ""},
		{C64, "[", "error"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		arena a = {0};
		auto_buffer out = {0};
		const char *root = scratch_make(&a);
		CHECK(root);
		use_store(&a, root);
		put(&a, root, "image/overlay2/repositories.json",
			"{\"Repositories\":{\"app\":{\"app:1\":\"sha256:" A64
			"\",\"x:1\":\"sha256:../../x\"}}}");
		put(&a, root, "image/overlay2/imagedb/content/sha256/" A64, rows[i].config);
		put(&a, root, "image/overlay2/layerdb/sha256/" B64 "/cache-id", rows[i].cache);
		find(&a, ENGINE_DOCKER, root, "app:1", &out);
		scratch_remove(root);
		CHECK_SPAN(buffer_span(&out), rows[i].want);
		arena_done(&a);
	}
}

TEST(store_times)
{
	CHECK_INT(store_time(SPAN("2024-01-02T03:04:05Z")), 1704164645);
	CHECK_INT(store_time(SPAN("2024-01-02T03:04:05.123456789+01:00")), 1704161045);
	CHECK_INT(store_time(SPAN("2024-01-02T03:04:05-00:30")), 1704166445);
	CHECK_INT(store_time(SPAN("yesterday")), 0);
	CHECK_INT(store_time((span){0}), 0);
}

/* --- names --- */

TEST(names)
{
	static const struct {
		engine_kind kind;
		const char *name;
		int want; /* position, -1: none, -2: several */
	} rows[] = {
		{ENGINE_DOCKER, "app", 0},
		{ENGINE_DOCKER, "app:latest", 0},
		{ENGINE_DOCKER, "docker.io/library/app", 0},
		{ENGINE_DOCKER, "docker.io/app", 0},
		{ENGINE_DOCKER, "app:2", -1},
		{ENGINE_DOCKER, "app@sha256:" C64, 0},
		{ENGINE_DOCKER, A64, 0},
		{ENGINE_DOCKER, "sha256:" A64, 0},
		{ENGINE_DOCKER, "aaaa", 0},
		{ENGINE_DOCKER, "ab", 1},
		{ENGINE_DOCKER, "a", -2},
		{ENGINE_DOCKER, "me/tool:1", 2},
		{ENGINE_DOCKER, "tool:1", -1},
		{ENGINE_DOCKER, "", -1},
		{ENGINE_PODMAN, "app", 1},
		{ENGINE_PODMAN, "localhost/app", 1},
		{ENGINE_PODMAN, "docker.io/app", 0},
		{ENGINE_PODMAN, "tool:1", 2},
		{ENGINE_PODMAN, "me/tool:1", 2},
		{ENGINE_PODMAN, "ool:1", -1},
		{ENGINE_PODMAN, "quay.io/me/tool:1", -1},
		{ENGINE_PODMAN, "../x", -1},
	};
	arena a = {0};
	engine_image_list images = {0};
	list_push(&a, &images, (engine_image){.id = SPAN("sha256:" A64), .digest = SPAN("sha256:" C64)});
	list_push(&a, &images, (engine_image){.id = SPAN("sha256:ab" B64)});
	list_push(&a, &images, (engine_image){.id = SPAN("sha256:" C64)});
	list_push(&a, &images.items[0].names, SPAN("app:latest"));
	list_push(&a, &images.items[1].names, SPAN("localhost/app:latest"));
	list_push(&a, &images.items[2].names, SPAN("docker.io/me/tool:1"));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		error e;
		const engine_image *im;
		int status = engine_choose(&images, rows[i].kind, rows[i].name, &a, &im, &e);
		int got = status >= 0 ? (int)(im - images.items) : e.code == ERROR_USAGE ? -2 : -1;
		if (got != rows[i].want)
			TEST_FAIL("row %zu (%s) gives %d", i, rows[i].name, got);
	}
	arena_done(&a);
}

/* --- HTTP --- */

TEST(http_answers)
{
	static const struct {
		const char *bytes, *want;
	} rows[] = {
		{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "200 hello"},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\nA: b\r\n\r\n",
			"200 hello"},
		{"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\n{}",
			"404 {}"},
		{"HTTP/1.0 200 OK\r\n\r\nto the end", "200 to the end"},
		{"HTTP/1.1 204 No Content\r\n\r\nmore", "204 "},
		{"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello", "200 hello!"},
		{"HTTP/1.1 200 OK\r\nContent-Length: -6\r\n\r\nhello", "!"},
		{"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nhello", "!"},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhello\r\n0\r\n\r\n", "200 hel!"},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nhello", "200 !"},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "!"},
		{"HTTP/1.1 200 OK\r\nnonsense\r\n\r\n", "!"},
		{"SSH-2.0-OpenSSH\r\n", "!"},
		{"", "!"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int fd = memfd_create("answer", MFD_CLOEXEC);
		size_t n = strlen(rows[i].bytes);
		CHECK(fd >= 0 && write(fd, rows[i].bytes, n) == (ssize_t)n && lseek(fd, 0, SEEK_SET) == 0);
		http *h = calloc(1, sizeof *h);
		CHECK(h);
		h->over = transport_over(fd);
		auto_buffer out = {0};
		http_answer answer;
		error e;
		span part;
		int got = http_receive(h, &answer, &e);
		if (got >= 0)
			buffer_format(&out, "%u ", answer.status);
		while (got >= 0 && (got = http_body(h, &answer, &part, &e)) > 0)
			buffer_add(&out, part);
		if (got < 0)
			buffer_add_byte(&out, '!');
		transport_close(&h->over);
		free(h);
		CHECK_SPAN(buffer_span(&out), rows[i].want);
	}
}

TEST_MAIN()
