/* SPDX-License-Identifier: Apache-2.0
 *
 * Layers over one another: each row is the entries of the layers and what must come of them. */
#include "image/walk.h"
#include "tar_make.h"
#include "test.h"

#include <unistd.h>

/* "path" a file with its layer's number as content, "path/" a folder, "path>target" a symbolic link, "path=target" a hard link. */
static void entry_add(buffer *layer, span word, int number, arena *a)
{
	char content = (char)('0' + number);
	size_t link = span_find_byte(word, '>'), hard = span_find_byte(word, '=');
	size_t cut = link != SPAN_NONE ? link : hard;
	tar_member m = {'0', arena_string(a, span_sub(word, 0, cut)), .content = {&content, 1}};
	if (cut != SPAN_NONE) {
		m.type = link != SPAN_NONE ? '2' : '1';
		m.link = arena_string(a, span_from(word, cut + 1));
	} else if (span_ends(word, SPAN("/"))) {
		m.type = '5';
	}
	if (m.type != '0')
		m.content = (span){0};
	tar_add(layer, &m);
}

/* Makes an archive of layers, which are separated by '|'. */
static void archive_make(const char *layers, buffer *out, arena *a)
{
	buffer manifest = {0};
	span rest = span_of(layers), one, word;
	buffer_add_string(&manifest, "[{\"Config\":\"c.json\",\"RepoTags\":[\"a:1\"],\"Layers\":[");
	for (int i = 0; span_cut(&rest, '|', &one); i++) {
		auto_buffer layer = {0};
		while (span_word(&one, &word))
			entry_add(&layer, word, i, a);
		tar_end(&layer);
		tar_add(out,
			&(tar_member){'0', arena_format(a, "%d.tar", i).p, .content = buffer_span(&layer)});
		buffer_format(&manifest, "%s\"%d.tar\"", i ? "," : "", i);
	}
	buffer_add_string(&manifest, "]}]");
	tar_add(out, &(tar_member){'0', "c.json", .content = SPAN("{}")});
	tar_add(out, &(tar_member){'0', "manifest.json", .content = buffer_span(&manifest)});
	tar_end(out);
	buffer_done(&manifest);
}

static bool want_files(void *of, const tar_entry *entry)
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

static int by_path(const void *a, const void *b)
{
	const image_file *one = *(const image_file *const *)a, *other = *(const image_file *const *)b;
	int order = span_compare(one->path, other->path);
	return order ? order : one->layer - other->layer;
}

/* "path@layer" of files that are final, with ":content"; "path-layer>gone" for those that are not. */
static void describe(const image_files *files, buffer *out, arena *a)
{
	const image_file **list = ARENA_ARRAY(a, const image_file *, files->count + 1);
	uint32_t n = 0;
	for (const image_file *f = files->first; f; f = f->next)
		list[n++] = f;
	qsort(list, n, sizeof *list, by_path);
	for (uint32_t i = 0; i < n; i++) {
		const image_file *f = list[i];
		const span *found = f->found;
		buffer_format(out, "%s%.*s", i ? " " : "", SPAN_ARG(f->path));
		if (f->state == IMAGE_FINAL)
			buffer_format(out, "@%u", f->layer);
		else
			buffer_format(
				out, "-%u%c%u", f->layer, f->state == IMAGE_DELETED ? 'x' : '>', f->gone);
		if (found && f->type == TAR_HARD_LINK)
			buffer_format(out, ":%.*s", SPAN_ARG(*found));
	}
}

static void walk_text(
	const char *layers, buffer *out, uint32_t *problems, const char *look_up, span *looked_up, arena *a)
{
	auto_buffer archive = {0};
	char path[] = "/tmp/bulkhead-image-XXXXXX";
	image_options o = {.reader = {want_files, keep, NULL}, .threads = 2};
	image *im;
	image_files files;
	error e;
	archive_make(layers, &archive, a);
	int fd = mkstemp(path);
	if (fd < 0 || write(fd, archive.p, archive.n) != (ssize_t)archive.n)
		return;
	close(fd);
	if (image_open(path, &o, &im, &e) < 0) {
		buffer_add_string(out, e.text);
	} else if (image_walk(im, &files, &e) < 0) {
		buffer_add_string(out, e.text);
		image_close(im);
	} else {
		describe(&files, out, a);
		*problems = im->problems.count;
		const image_file *f = look_up ? image_find(&files, span_of(look_up)) : NULL;
		*looked_up = f ? arena_copy(a, f->path) : (span){0};
		image_close(im);
	}
	unlink(path);
}

static const struct {
	const char *layers, *want;
	uint32_t problems;
} rows[] = {
	{"a b/ b/c", "a@0 b@0 b/c@0", 0},
	{"a|a", "a-0>1 a@1", 0},
	{"a a", "a-0>0 a@0", 0},
	/* whiteouts */
	{"a b|.wh.a", "a-0x1 b@0", 0},
	{"d/ d/a d/b|d/.wh.a", "d@0 d/a-0x1 d/b@0", 0},
	{"d/ d/a d/s/ d/s/x|.wh.d", "d-0x1 d/a-0x1 d/s-0x1 d/s/x-0x1", 0},
	{"a|.wh.a|a", "a-0x1 a@2", 0},
	{"a|.wh.nothing", "a@0", 0},
	/* of the same layer nothing is hidden, whatever the order */
	{"a|a .wh.a", "a-0x1 a@1", 0},
	{"a|.wh.a a", "a-0x1 a@1", 0},
	{"d/a|d/ d/b d/.wh..wh..opq", "d@1 d/a-0x1 d/b@1", 0},
	{"d/a|d/.wh..wh..opq d/ d/b", "d@1 d/a-0x1 d/b@1", 0},
	{"d/ d/a|d/b|d/.wh..wh..opq d/c", "d@0 d/a-0x2 d/b-1x2 d/c@2", 0},
	{"a d/b|.wh..wh..opq c", "a-0x1 c@1 d/b-0x1", 0},
	{"a|.wh..wh.plnk .wh..wh.aufs", "a@0", 0},
	{"a|.wh.", "a@0", 0},
	{"a|.wh...", "a@0", 0},
	/* one kind for another */
	{"d/ d/a|d", "d-0>1 d@1 d/a-0x1", 0},
	{"d|d/ d/a", "d-0>1 d@1 d/a@1", 0},
	{"d|d/a", "d-0>1 d/a@1", 0},
	{"d/ d/a|d/", "d-0>1 d@1 d/a@0", 0},
	/* symbolic links on the way, as base images with a merged /usr have them */
	{"usr/lib/ lib>usr/lib usr/lib/a|lib/a", "lib@0 lib/a@1 usr/lib@0 usr/lib/a-0>1", 0},
	{"usr/lib/ lib>/usr/lib usr/lib/a|lib/.wh.a", "lib@0 usr/lib@0 usr/lib/a-0x1", 0},
	{"lib>usr/lib|lib/ lib/a", "lib-0>1 lib@1 lib/a@1", 0},
	{"x>../../../y|x/a", "x@0 x/a@1", 0},
	{"a>b b>a|a/c", "a-0>1 a/c@1 b@0", 0},
	/* hard links */
	{"a b=a", "a@0 b@0:0", 0},
	{"a|b=a", "a@0 b@1:0", 0},
	{"a|b=a|.wh.a", "a-0x2 b@1:0", 0},
	{"a|b=a|c=b", "a@0 b@1:0 c@2:0", 0},
	{"a|a b=a", "a-0>1 a@1 b@1:1", 0},
	{"unwanted|b=unwanted c=unwanted", "b@1:0 c@1:0 unwanted@0", 0},
	{"b=nothing", "b@0", 1},
	/* names that lead out */
	{"../a b", "b@0", 1},
};

TEST(image_layers)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		arena a = {0};
		auto_buffer out = {0};
		uint32_t problems = 99;
		span found;
		walk_text(rows[i].layers, &out, &problems, NULL, &found, &a);
		buffer_add_byte(&out, 0);
		if (!span_is((span){out.p, out.n - 1}, rows[i].want) || problems != rows[i].problems)
			TEST_FAIL("%s: '%s' with %u problems, not '%s'", rows[i].layers, out.p, problems,
				rows[i].want);
		arena_done(&a);
	}
}

TEST(image_look_up)
{
	static const struct {
		const char *layers, *path, *want;
	} looks[] = {
		{"usr/lib/os-release etc/os-release>../usr/lib/os-release", "etc/os-release",
			"usr/lib/os-release"},
		{"usr/lib/os-release etc/os-release>/usr/lib/os-release", "/etc/os-release",
			"usr/lib/os-release"},
		{"a>a", "a", ""},
		{"a>b b>a", "a/c", ""},
		{"a", "b", ""},
		{"d>e e/x", "d/x", "e/x"},
		{"r>../../../../../x x", "r", "x"},
	};
	for (size_t i = 0; i < sizeof looks / sizeof *looks; i++) {
		arena a = {0};
		auto_buffer out = {0};
		uint32_t problems;
		span found = {0};
		walk_text(looks[i].layers, &out, &problems, looks[i].path, &found, &a);
		CHECK_SPAN(found, looks[i].want);
		arena_done(&a);
	}
}

TEST_MAIN()
