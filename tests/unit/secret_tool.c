/* SPDX-License-Identifier: Apache-2.0
 *
 * What the system tests see of the secret scanner and of the TOML reader, without anything of the program around them.
 *
 *     secret_tool [-r FILE] [-n] scan PATH…   a line a finding: path, line, column, rule, masked, excerpt
 *     secret_tool [-r FILE] [-n] time PATH…   bytes, findings, and megabytes a second of CPU: all, the automaton alone, memchr
 *     secret_tool [-r FILE] [-n] rules        a line a rule: id, severity, title; problems of the file on standard error
 *     secret_tool toml FILE                   the tree as lines: path, kind, value
 *
 * -r adds the rules of a gitleaks configuration, -n leaves our own out, -a looks at files that are not wanted too. */
#include "base/buffer.h"
#include "base/files.h"
#include "formats/toml.h"
#include "secrets/scan.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

typedef struct input {
	const char *path;
	span bytes;
} input;

typedef struct tool {
	secret_rules *rules;
	bool all;
	LIST(input) inputs;
	arena arena;
} tool;

static bool wanted(void *of, const char *path, const char *name, bool folder)
{
	(void)name;
	tool *t = of;
	struct stat st;
	if (folder)
		return true;
	return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	       (t->all || secret_wanted(span_of(path), (uint64_t)st.st_size));
}

static void found(void *of, walk_kind kind, const char *path, const error *e)
{
	tool *t = of;
	input in = {.path = arena_string(&t->arena, span_of(path))};
	error why;
	if (kind == WALK_ERROR)
		fprintf(stderr, "%s: %s\n", path, e->text);
	else if (files_read(path, (size_t)1 << 30, &t->arena, &in.bytes, &why) < 0)
		fprintf(stderr, "%s\n", why.text);
	else
		list_push(&t->arena, &t->inputs, in);
}

static void gather(tool *t, char **paths)
{
	for (; *paths; paths++) {
		const walk w = {.arena = &t->arena, .wanted = wanted, .found = found, .of = t};
		error e;
		if (!files_is_folder(*paths))
			found(t, WALK_FILE, *paths, NULL);
		else if (files_walk(&w, *paths, &e) < 0)
			fprintf(stderr, "%s\n", e.text);
	}
}

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint64_t scan_all(tool *t, bool print)
{
	secret_scratch *s = secret_scratch_new(t->rules);
	uint64_t count = 0;
	list_each(input, in, &t->inputs) {
		arena a = {0};
		secret_result r = {0};
		secret_scan(s, span_of(in->path), in->bytes, NULL, &a, &r);
		list_each(secret_found, f, &r.found)
			if (print)
				printf("%s\t%u\t%u\t%s\t%.*s\t%.*s\n", in->path, f->line, f->column,
					f->rule->id, SPAN_ARG(f->masked), SPAN_ARG(f->excerpt));
		list_each(secret_problem, p, &r.problems)
			fprintf(stderr, "%s: %s: %s\n", in->path, p->rule ? p->rule->id : "-", p->message);
		count += r.found.count;
		arena_done(&a);
	}
	secret_scratch_free(s);
	return count;
}

static void run_time(tool *t)
{
	uint64_t bytes = 0, hits = 0;
	list_each(input, in, &t->inputs)
		bytes += in->bytes.n;
	double start = now();
	uint64_t count = scan_all(t, false);
	double first = now() - start;
	start = now();
	scan_all(t, false);
	double again = now() - start;
	start = now();
	list_each(input, in, &t->inputs)
		hits += memchr(in->bytes.p ? in->bytes.p : "", '\x01', in->bytes.n) != NULL;
	double plain = now() - start, mb = (double)bytes / 1e6;
	printf("%.1f MB in %u files, %llu findings, %llu with a byte 1: %.0f MB/s, again %.0f MB/s, memchr %.0f MB/s\n",
		mb, t->inputs.count, (unsigned long long)count, (unsigned long long)hits, mb / first,
		mb / again, mb / plain);
}

static void tree_print(const node *n, const char *path, arena *a)
{
	static const char *const kinds[] = {"null", "bool", "number", "string", "list", "map"};
	auto_buffer b = {0};
	for (size_t i = 0; i < n->value.n; i++)
		buffer_format(&b, "%02x", (uint8_t)n->value.p[i]);
	printf("%s\t%s\t%.*s\n", path, kinds[n->kind], SPAN_ARG(buffer_span(&b)));
	for (uint32_t i = 0; n->kind == NODE_LIST && i < n->count; i++)
		tree_print(n->items[i], arena_format(a, "%s/%u", path, i).p, a);
	for (uint32_t i = 0; n->kind == NODE_MAP && i < n->count; i++) {
		auto_buffer key = {0};
		for (size_t k = 0; k < n->members[i].key->value.n; k++)
			buffer_format(&key, "%02x", (uint8_t)n->members[i].key->value.p[k]);
		tree_print(n->members[i].value,
			arena_format(a, "%s/%.*s", path, SPAN_ARG(buffer_span(&key))).p, a);
	}
}

static int run_toml(const char *path)
{
	arena a = {0};
	text t;
	node *root;
	node_problems problems = {0};
	span bytes;
	error e;
	int result = files_read(path, (size_t)1 << 30, &a, &bytes, &e);
	if (result == 0) {
		text_init(&t, path, bytes, &a);
		double start = now();
		result = toml_read(&t, &a, &root, &problems, &e);
		fprintf(stderr, "%.0f MB/s\n", (double)bytes.n / 1e6 / (now() - start));
	}
	if (result == 0)
		tree_print(root, "", &a);
	else
		printf("error %u:%u: %s\n", e.line, e.column, e.text);
	arena_done(&a);
	return result < 0;
}

static int rules_read(tool *t, const char *path)
{
	text words;
	span bytes;
	error e;
	node_problems problems = {0};
	if (files_read(path, (size_t)1 << 25, &t->arena, &bytes, &e) < 0) {
		fprintf(stderr, "%s\n", e.text);
		return -1;
	}
	text_init(&words, path, bytes, &t->arena);
	if (secret_rules_read(t->rules, &words, &t->arena, &problems, &e) < 0) {
		fprintf(stderr, "%s:%u:%u: %s\n", path, e.line, e.column, e.text);
		return -1;
	}
	list_each(node_problem, p, &problems)
		fprintf(stderr, "%s:%u: %s\n", path, text_place(&words, p->start).line, p->message);
	return 0;
}

static void run_rules(const tool *t)
{
	static const char *const severities[] = {"info", "low", "medium", "high", "critical"};
	for (uint32_t i = 0; i < secret_rules_count(t->rules); i++) {
		const secret_about *about = secret_rules_at(t->rules, i);
		printf("%s\t%s\t%s\n", about->id, severities[about->severity], about->title);
	}
}

int main(int argc, char **argv)
{
	tool t = {0};
	const char *foreign = NULL;
	bool own = true;
	for (int c; (c = getopt(argc, argv, "+r:na")) != -1;) {
		foreign = c == 'r' ? optarg : foreign;
		own &= c != 'n';
		t.all |= c == 'a';
	}
	const char *what = optind < argc ? argv[optind++] : "";
	if (strcmp(what, "toml") == 0 && optind < argc)
		return run_toml(argv[optind]);
	double start = now();
	t.rules = secret_rules_new(own);
	if (foreign && rules_read(&t, foreign) < 0)
		return 2;
	secret_rules_seal(t.rules);
	if (strcmp(what, "time") == 0)
		printf("%u rules in %.2f ms\n", secret_rules_count(t.rules), (now() - start) * 1e3);
	gather(&t, argv + optind);
	if (strcmp(what, "scan") == 0)
		scan_all(&t, true);
	else if (strcmp(what, "time") == 0)
		run_time(&t);
	else if (strcmp(what, "rules") == 0)
		run_rules(&t);
	secret_rules_free(t.rules);
	arena_done(&t.arena);
	return 0;
}
