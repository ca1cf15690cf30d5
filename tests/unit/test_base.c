/* SPDX-License-Identifier: Apache-2.0 */
#include "base/edit.h"
#include "base/files.h"
#include "base/map.h"
#include "base/sandbox.h"
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

TEST(span_basics)
{
	CHECK(span_is_fold(SPAN("HeLLo"), "hello") && !span_is_fold(SPAN("hell"), "hello"));
	CHECK_INT(span_find(SPAN("abcabc"), SPAN("ca")), 2);
	CHECK_INT(span_find_fold(SPAN("xxAbC"), SPAN("abc")), 2);
	CHECK(span_find(SPAN("a"), SPAN("ab")) == SPAN_NONE && span_find_byte((span){0}, 'a') == SPAN_NONE);
	CHECK_INT(span_find_last(SPAN("a/b/c"), '/'), 3);
	CHECK_SPAN(span_trim(SPAN(" \t a b\r\n")), "a b");
	CHECK_SPAN(span_sub(SPAN("abc"), 1, 9), "bc");
	CHECK_SPAN(span_from(SPAN("abc"), 7), "");
	CHECK(span_compare(SPAN("a"), SPAN("ab")) < 0 && span_compare(SPAN("b"), SPAN("ab")) > 0);
	CHECK(span_in(SPAN("b"), "a b c") && !span_in(SPAN("a b"), "a b c"));
	CHECK(span_starts(SPAN("abc"), SPAN("ab")) && span_ends(SPAN("abc"), SPAN("bc")) &&
		!span_starts(SPAN("a"), SPAN("ab")));
}

TEST(span_cut_and_word)
{
	span rest = SPAN("a,,b"), part;
	CHECK(span_cut(&rest, ',', &part));
	CHECK_SPAN(part, "a");
	CHECK(span_cut(&rest, ',', &part));
	CHECK_SPAN(part, "");
	CHECK(span_cut(&rest, ',', &part));
	CHECK_SPAN(part, "b");
	CHECK(!span_cut(&rest, ',', &part));
	rest = SPAN("  one\ttwo ");
	CHECK(span_word(&rest, &part));
	CHECK_SPAN(part, "one");
	CHECK(span_word(&rest, &part));
	CHECK_SPAN(part, "two");
	CHECK(!span_word(&rest, &part));
}

TEST(span_int_bounds)
{
	static const struct {
		const char *words;
		bool good;
		int64_t value;
	} rows[] = {{"0", true, 0}, {"-7", true, -7}, {"+7", true, 7},
		{"9223372036854775807", true, INT64_MAX}, {"9223372036854775808", false, 0}, {"", false, 0},
		{"-", false, 0}, {"1x", false, 0}, {" 1", false, 0}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int64_t value = 0;
		CHECK(span_int(span_of(rows[i].words), &value) == rows[i].good);
		CHECK_INT(value, rows[i].value);
	}
}

TEST(text_places)
{
	arena a = {0};
	text t;
	text_init(&t, "t", SPAN("a\nzażółć x\r\n\nend"), &a);
	CHECK_INT(t.line_count, 4);
	place at = text_place(&t, (uint32_t)span_find_byte(t.bytes, 'x'));
	CHECK(at.line == 2 && at.column == 8);
	for (uint32_t i = 0; i <= t.bytes.n + 1; i++)
		CHECK_INT(text_line_number(&t, i), text_place(&t, i).line);
	at = text_place(&t, 9999);
	CHECK(at.line == 4 && at.column == 4);
	CHECK_SPAN(text_line(&t, 2), "zażółć x");
	CHECK_SPAN(text_line(&t, 3), "");
	CHECK_SPAN(text_line(&t, 9), "");
	CHECK(text_holds(&t, text_line(&t, 4)) && !text_holds(&t, SPAN("elsewhere")));
	arena_done(&a);
}

TEST(text_without_bytes)
{
	arena a = {0};
	text t;
	text_init(&t, "t", (span){0}, &a);
	CHECK_INT(t.line_count, 1);
	CHECK_INT(text_place(&t, 0).line, 1);
	arena_done(&a);
}

TEST(map_many)
{
	arena a = {0};
	map m = {0};
	static int values[10000];
	for (int i = 0; i < 10000; i++)
		CHECK(map_set(&m, &a, arena_format(&a, "key%d", i), &values[i]) == NULL);
	for (int i = 0; i < 10000; i++)
		CHECK(map_get(&m, arena_format(&a, "key%d", i)) == &values[i]);
	CHECK(map_get(&m, SPAN("none")) == NULL && map_get(&(map){0}, SPAN("x")) == NULL);
	CHECK(map_set(&m, &a, SPAN("key7"), &values[8]) == &values[7]);
	CHECK_INT(m.count, 10000);
	arena_done(&a);
}

TEST(arena_large_and_small)
{
	arena a = {0};
	char *large = arena_alloc(&a, 5 << 20), *small = arena_alloc(&a, 1);
	CHECK((uintptr_t)large % 16 == 0 && (uintptr_t)small % 16 == 0);
	LIST(int) list = {0};
	for (int i = 0; i < 1000; i++)
		list_push(&a, &list, i);
	CHECK_INT(list.items[999], 999);
	arena_done(&a);
	CHECK(a.head == NULL);
}

TEST(error_wraps)
{
	error e;
	CHECK_INT(error_set_at(&e, ERROR_SYNTAX, 3, 4, "bad %s", "word"), -ERROR_SYNTAX);
	CHECK_INT(error_wrap(&e, "file %d", 1), -ERROR_SYNTAX);
	CHECK_SPAN(span_of(e.text), "file 1: bad word");
	CHECK(e.line == 3 && e.column == 4);
	for (int i = 0; i < 100; i++)
		error_wrap(&e, "a long prefix");
	CHECK(strlen(e.text) < sizeof e.text);
}

static int edit_words(const edit *edits, uint32_t count, buffer *out)
{
	arena a = {0};
	text t;
	edit_list list = {0};
	error e;
	text_init(&t, "t", SPAN("0123456789"), &a);
	for (uint32_t i = 0; i < count; i++) {
		edit one = edits[i];
		one.source = &t;
		list_push(&a, &list, one);
	}
	int result = edits_apply(&t, &list, out, &e);
	arena_done(&a);
	return result;
}

TEST(edits_are_sorted_and_checked)
{
	static const struct {
		edit edits[3];
		const char *after; /* NULL: refused */
	} rows[] = {
		{{{.start = 8, .end = 9, .replacement = {"B", 1}},
			 {.start = 1, .end = 2, .replacement = {"A", 1}}},
			"0A234567B9"},
		{{{.start = 5, .end = 5, .replacement = {"a", 1}},
			 {.start = 5, .end = 5, .replacement = {"b", 1}}},
			"01234ab56789"},
		{{{.start = 5, .end = 5, .replacement = {"a", 1}},
			 {.start = 5, .end = 5, .depth = 2, .replacement = {"b", 1}}},
			"01234ba56789"},
		{{{.start = 5, .end = 7}, {.start = 5, .end = 5, .replacement = {"a", 1}},
			 {.start = 7, .end = 7, .replacement = {"b", 1}}},
			"01234ab789"},
		{{{.start = 2, .end = 4}, {.start = 2, .end = 4}}, "01456789"},
		{{{.start = 2, .end = 5}, {.start = 4, .end = 6}}, NULL},
		{{{.start = 2, .end = 5}, {.start = 3, .end = 3, .replacement = {"x", 1}}}, NULL},
		{{{.start = 9, .end = 11}}, NULL},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		auto_buffer out = {0};
		int result = edit_words(rows[i].edits, 3, &out);
		if (result == 0)
			CHECK(rows[i].after && span_is(buffer_span(&out), rows[i].after));
		else
			CHECK(!rows[i].after && out.n == 0);
	}
}

/* A path with ".." is given up by the kernel whenever anything is renamed anywhere meanwhile. */
TEST(files_open_below_while_others_rename)
{
	char folder[] = "/tmp/bulkhead-test-XXXXXX", one[64], other[64], path[256] = ".";
	CHECK(mkdtemp(folder));
	for (int i = 0; i < 20; i++) /* One try of three then meets a rename. */
		strcat(path, "/below/..");
	snprintf(one, sizeof one, "%s/one", folder);
	snprintf(other, sizeof other, "%s/other", folder);
	int root = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC), failed = 0;
	CHECK(mkdirat(root, "below", 0700) == 0);
	pid_t child = fork();
	if (child == 0) {
		close(open(one, O_CREAT | O_WRONLY, 0600));
		for (;;) {
			rename(one, other);
			rename(other, one);
		}
	}
	for (int i = 0; i < 20000; i++) {
		int fd = files_open_below(root, path, O_PATH, RESOLVE_IN_ROOT);
		failed += fd < 0;
		if (fd >= 0)
			close(fd);
	}
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	unlink(one);
	unlink(other);
	unlinkat(root, "below", AT_REMOVEDIR);
	rmdir(folder);
	close(root);
	CHECK_INT(failed, 0);
}

/* Opening something that is no regular file is not even tried: it would be told. */
TEST(files_open_regular_opens_nothing_else)
{
	char folder[] = "/tmp/bulkhead-test-XXXXXX", pipe[64], told[256], byte;
	CHECK(mkdtemp(folder));
	snprintf(pipe, sizeof pipe, "%s/pipe", folder);
	int root = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC), watch = inotify_init1(IN_NONBLOCK);
	CHECK(mkfifo(pipe, 0600) == 0 && symlinkat("pipe", root, "link") == 0);
	CHECK(inotify_add_watch(watch, pipe, IN_OPEN) >= 0);
	CHECK(files_open_regular(root, "pipe", 0) < 0);
	CHECK(files_open_regular(root, "link", RESOLVE_IN_ROOT) < 0);
	CHECK(files_open_regular(root, ".", 0) < 0);
	CHECK(files_open_regular(root, "none", 0) < 0 && errno == ENOENT);
	CHECK(read(watch, told, sizeof told) < 0 && errno == EAGAIN);
	unlink(pipe);
	int made = openat(root, "pipe", O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	CHECK(write(made, "x", 1) == 1);
	int fd = files_open_regular(root, "link", RESOLVE_IN_ROOT);
	CHECK(fd >= 0 && read(fd, &byte, 1) == 1 && byte == 'x');
	close(fd);
	close(made);
	close(watch);
	unlinkat(root, "link", 0);
	unlink(pipe);
	close(root);
	rmdir(folder);
}

TEST(numbers_are_written)
{
	auto_buffer out = {0};
	const int64_t numbers[] = {0, 7, -7, 1234567890123, INT64_MAX, INT64_MIN};
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		buffer_add_signed(&out, numbers[i]);
		buffer_add_byte(&out, ' ');
	}
	buffer_add_unsigned(&out, UINT64_MAX);
	CHECK_SPAN(buffer_span(&out),
		"0 7 -7 1234567890123 9223372036854775807 -9223372036854775808 18446744073709551615");
}

TEST(found_in_any_case)
{
	CHECK(span_find_fold(SPAN("xaBc"), SPAN("AbC")) == 1);
	CHECK(span_find_fold(SPAN("aab"), SPAN("AB")) == 1);
	CHECK(span_find_fold(SPAN("@"), SPAN("`")) == SPAN_NONE);
	CHECK(span_find_fold(SPAN("ab"), SPAN("abc")) == SPAN_NONE);
	CHECK(span_find_fold(SPAN("ab"), SPAN("")) == 0 && span_find_fold((span){0}, (span){0}) == 0);
}

TEST_MAIN()

/* In a child, because there is no way out of it. */
static int in_sandbox(const char *folder)
{
	const char *const folders[] = {folder};
	sandbox held = sandbox_enter(folders, 1);
	char inside[4096];
	snprintf(inside, sizeof inside, "%s/report", folder);
	int wrong = 0;
	if (held.files) {
		wrong |= open("/tmp/bulkhead-outside", O_CREAT | O_WRONLY, 0600) >= 0;
		wrong |= open(inside, O_CREAT | O_WRONLY, 0600) < 0;
	}
	wrong |= open("/etc/passwd", O_RDONLY) < 0;
	if (held.calls) {
		wrong |= socket(AF_INET, SOCK_STREAM, 0) >= 0 || errno != EPERM;
		char *argv[] = {(char[]){"true"}, NULL};
		wrong |= execv("/bin/true", argv) == 0;
	}
	unlink(inside);
	return wrong;
}

TEST(the_sandbox_keeps_files_and_network_away)
{
	char folder[] = "/tmp/bulkhead-test-XXXXXX";
	CHECK(mkdtemp(folder));
	pid_t pid = fork();
	if (pid == 0)
		_exit(in_sandbox(folder));
	int status = -1;
	waitpid(pid, &status, 0);
	rmdir(folder);
	CHECK_INT(status, 0);
}
