/* SPDX-License-Identifier: Apache-2.0
 *
 * Dockerfiles as a source: the facts of their stages, and that what the writer edits holds when it is read again. */
#include "sources/sources.h"
#include "test.h"

typedef struct reading {
	arena arena;
	text text;
	bundle bundle;
} reading;

static void reading_init(reading *r, const char *path, span bytes)
{
	*r = (reading){0};
	r->bundle.arena = &r->arena;
	text_init(&r->text, path, bytes, &r->arena);
	dockerfile_source.read(&r->text, NULL, &r->bundle);
	bundle_overlay(&r->bundle);
}

static void reading_done(reading *r)
{
	arena_done(&r->arena);
}

#define auto_reading __attribute__((cleanup(reading_done))) reading

/* A fact as text: "name=root default", "-" when it is unset. */
static span shown(reading *r, uint32_t stage, fact_id id)
{
	static const char *const known[] = {"unset", "default", "declared", "configured", "enforced"};
	const fact *f = &r->bundle.workloads.items[stage]->posture.all[id];
	if (f->known == KNOWN_UNSET)
		return SPAN("-");
	if (fact_rows[id].type == TYPE_LIST)
		return arena_format(&r->arena, "%u %s", f->value.list->all.count, known[f->known]);
	if (fact_rows[id].type == TYPE_TEXT)
		return arena_format(&r->arena, "%.*s %s", SPAN_ARG(f->value.text), known[f->known]);
	return arena_format(&r->arena, "%lld %s", (long long)f->value.number, known[f->known]);
}

TEST(facts_of_the_last_stage)
{
	static const struct {
		const char *file;
		fact_id fact;
		const char *want;
	} rows[] = {
		{"FROM a\n", FACT_user, "root default"},
		{"FROM a\n", FACT_uid, "0 default"},
		{"FROM a\nUSER app\n", FACT_user, "app declared"},
		{"FROM a\nUSER app\n", FACT_uid, "-"},
		{"FROM a\nUSER 7:8\n", FACT_gid, "8 declared"},
		{"FROM a\nUSER root\nUSER 7\n", FACT_uid, "7 declared"},
		{"FROM a\nARG U=7\nUSER $U\n", FACT_uid, "7 declared"},
		{"FROM a\nARG U\nUSER $U\n", FACT_user, "$U declared"},
		{"FROM a\nARG U\nUSER $U\n", FACT_uid, "-"},
		{"FROM a AS b\nUSER 7\nFROM b\n", FACT_uid, "7 declared"},
		{"FROM a AS b\nUSER 7\nFROM c\n", FACT_uid, "0 default"},
		{"FROM a\nONBUILD USER 7\n", FACT_uid, "0 default"},
		{"FROM gcr.io/distroless/static:nonroot\n", FACT_user, "-"},
		{"FROM cgr.dev/chainguard/nginx\n", FACT_uid, "-"},
		{"FROM nginx:1.27\n", FACT_image_repository, "library/nginx declared"},
		{"FROM nginx:1.27\n", FACT_image_tag, "1.27 declared"},
		{"FROM nginx\n", FACT_image_tag, "-"},
		{"FROM a@sha256:12\n", FACT_image_digest, "sha256:12 declared"},
		{"ARG V=3\nFROM alpine:$V\n", FACT_image_tag, "3 declared"},
		{"ARG V\nFROM alpine:$V\n", FACT_image, "-"},
		{"FROM a:1 AS b\nFROM b\n", FACT_image, "a:1 declared"},
		{"FROM a:1 AS b\nFROM b\n", FACT_stages, "2 declared"},
		{"FROM a\n", FACT_health, "none default"},
		{"FROM a\nHEALTHCHECK NONE\n", FACT_health, "none declared"},
		{"FROM a\nHEALTHCHECK --interval=5s CMD curl x\n", FACT_health, "CMD curl x declared"},
		{"FROM a\nENTRYPOINT [\"x\"]\nCMD [\"y\"]\n", FACT_command, "[\"x\"] [\"y\"] declared"},
		{"FROM a\nEXPOSE 80 53/udp 7000-7005\n", FACT_ports, "3 declared"},
		{"FROM a\nVOLUME /a /b\n", FACT_mounts, "2 declared"},
		{"ARG V\nFROM a\nARG A B=c\nENV C=d\n", FACT_args, "3 declared"},
		{"FROM a AS b\nENV A=1 B=2\nFROM b\nENV C=3\n", FACT_env, "3 declared"},
		{"FROM a\nENV A=1\nFROM b\n", FACT_env, "0 default"},
		{"FROM a\nLABEL a=b\n", FACT_labels, "1 declared"},
		{"FROM a\n", FACT_memory_limit, "-"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		auto_reading r;
		reading_init(&r, "Dockerfile", span_of(rows[i].file));
		span got = shown(&r, r.bundle.workloads.count - 1, rows[i].fact);
		if (!span_is(got, rows[i].want))
			TEST_FAIL("%s of '%s' is '%.*s', not '%s'", fact_rows[rows[i].fact].field,
				rows[i].file, SPAN_ARG(got), rows[i].want);
	}
}

TEST(stages_before_the_last_do_not_run)
{
	auto_reading r;
	reading_init(
		&r, "Dockerfile", SPAN("FROM a:1 AS one\nUSER 7\nENV A=1\nFROM b:2\nFROM c:3 AS last\n"));
	CHECK_INT(r.bundle.workloads.count, 3);
	CHECK(strcmp(r.bundle.workloads.items[0]->name, "stage one") == 0);
	CHECK(strcmp(r.bundle.workloads.items[1]->name, "stage 1") == 0);
	CHECK(strcmp(r.bundle.workloads.items[2]->name, "stage last") == 0);
	CHECK(!r.bundle.workloads.items[0]->final && r.bundle.workloads.items[2]->final);
	CHECK_SPAN(shown(&r, 0, FACT_user), "-");
	CHECK_SPAN(shown(&r, 0, FACT_health), "-");
	CHECK_SPAN(shown(&r, 0, FACT_env), "1 declared");
	CHECK_SPAN(shown(&r, 0, FACT_image_tag), "1 declared");
}

TEST(items_hold_what_is_written)
{
	auto_reading r;
	reading_init(&r, "Dockerfile", SPAN("FROM a\nENV A=\"b c\"\nARG D\nEXPOSE 53/UDP\n"));
	const posture *p = &r.bundle.workloads.items[0]->posture;
	const item *env = posture_items(p, FACT_env)->all.items[0],
		   *arg = posture_items(p, FACT_args)->all.items[0],
		   *port = posture_items(p, FACT_ports)->all.items[0];
	CHECK_SPAN(item_text(env, MEMBER_env_name), "A");
	CHECK_SPAN(item_text(env, MEMBER_env_value), "b c");
	CHECK_SPAN(
		span_sub(r.text.bytes, env->origin.start, env->origin.end - env->origin.start), "A=\"b c\"");
	CHECK(!item_has(arg, MEMBER_env_value));
	CHECK_INT(port->values[MEMBER_port_container_port].number, 53);
	CHECK_SPAN(item_text(port, MEMBER_port_protocol), "udp");
}

TEST(problems_and_templates)
{
	static const struct {
		const char *path, *file;
		uint32_t problems, skipped, workloads;
	} rows[] = {
		{"Dockerfile", "FROM a\nRUN x\n", 0, 0, 1},
		{"Dockerfile", "RUN a fragment\n", 0, 0, 0},
		{"Dockerfile", "", 1, 0, 0},
		{"Dockerfile", "FROM a\nRUNN x\nUSER b\n", 1, 0, 1},
		{"Dockerfile", "FROM a\n~\n", 0, 0, 1},
		{"Dockerfile", "FROM a\nONBUILD FROM b\n", 0, 0, 1},
		{"Dockerfile", "FROM {{ base }}\n", 0, 1, 0},
		{"Dockerfile", "{% if x %}\nFROM a\n{% endif %}\n", 0, 1, 0},
		{"Dockerfile", "FROM a\nRUN docker inspect -f '{{ .Id }}' x\n", 0, 0, 1},
		{"Dockerfile.j2", "FROM a\n", 0, 1, 0},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		auto_reading r;
		reading_init(&r, rows[i].path, span_of(rows[i].file));
		if (r.bundle.problems.count != rows[i].problems ||
			r.bundle.skipped.count != rows[i].skipped ||
			r.bundle.workloads.count != rows[i].workloads)
			TEST_FAIL("'%s' has %u problems, %u skipped, %u workloads", rows[i].file,
				r.bundle.problems.count, r.bundle.skipped.count, r.bundle.workloads.count);
	}
}

/* --- the writer --- */

static span written(reading *r, const want *x, error *e)
{
	edit_list edits = {0};
	auto_buffer out = {0};
	const workload *w = r->bundle.workloads.items[r->bundle.workloads.count - 1];
	if (dockerfile_source.write(w, x, 1, &r->arena, &edits, e) < 0 ||
		edits_apply(&r->text, &edits, &out, e) < 0)
		return SPAN("refused");
	return arena_copy(&r->arena, buffer_span(&out));
}

#define SET(fact, value)                                                    \
	{                                                                   \
		FACT_##fact, WANT_SET, -1, {value, sizeof(value) - 1}, NULL \
	}
#define DROP(fact, value)                                                      \
	{                                                                      \
		FACT_##fact, WANT_REMOVE, -1, {value, sizeof(value) - 1}, NULL \
	}

static const struct {
	const char *file;
	want want;
	const char *result;
} edits[] = {
	{"FROM a\n", SET(uid, "65532"), "FROM a\nUSER 65532:65532\n"},
	{"FROM a", SET(uid, "65532"), "FROM a\nUSER 65532:65532"},
	{"FROM a\r\nRUN x\r\n", SET(uid, "65532"), "FROM a\r\nRUN x\r\nUSER 65532:65532\r\n"},
	{"FROM a\nUSER root\nRUN x\n", SET(uid, "65532"), "FROM a\nUSER 65532:65532\nRUN x\n"},
	{"FROM a\nUSER b\nRUN x\nUSER  root # c\n", SET(user, "app"), "FROM a\nUSER b\nRUN x\nUSER  app\n"},
	{"FROM a\nRUN x\nHEALTHCHECK NONE\nCMD [\"y\"]\n", SET(uid, "7"),
		"FROM a\nRUN x\nUSER 7:7\nHEALTHCHECK NONE\nCMD [\"y\"]\n"},
	{"FROM a\nRUN x\n\n# starts it\nCMD y\n", SET(uid, "7"),
		"FROM a\nRUN x\n\nUSER 7:7\n# starts it\nCMD y\n"},
	{"FROM a AS b\nUSER root\nFROM b\nCMD x\n", SET(uid, "7"),
		"FROM a AS b\nUSER root\nFROM b\nUSER 7:7\nCMD x\n"},
	{"FROM a\n", SET(image_tag, "1"), "FROM a:1\n"},
	{"FROM r:5000/a AS b\n", SET(image_tag, "1"), "FROM r:5000/a:1 AS b\n"},
	{"FROM a:2@sha256:0\n", SET(image_tag, "1"), "FROM a:1@sha256:0\n"},
	{"FROM a:2\n", SET(image_digest, "sha256:0"), "FROM a:2@sha256:0\n"},
	{"ARG V=1\nFROM a:$V\n", SET(image_tag, "1"), "refused"},
	{"FROM a AS b\nFROM b\n", SET(image_tag, "1"), "refused"},
	{"FROM a\nENV A=1\nRUN x\n", DROP(env, "A"), "FROM a\nRUN x\n"},
	{"FROM a\nENV A=1 \\\n    B=2\nRUN x\n", DROP(env, "A"), "FROM a\nENV B=2\nRUN x\n"},
	{"FROM a\nENV A=1 \\\n    B=2\nRUN x\n", DROP(env, "B"), "FROM a\nENV A=1\nRUN x\n"},
	{"FROM a\nENV A=\\\n  1\nRUN x\n", DROP(env, "A"), "FROM a\nRUN x\n"},
	{"ARG T=1\nFROM a\n", DROP(args, "T"), "FROM a\n"},
	{"FROM a\nLABEL b=c", DROP(labels, "b"), "FROM a\n"},
	{"FROM a\n", DROP(env, "A"), "refused"},
	{"FROM a\n", SET(health, "x"), "refused"},
	{"FROM a\n", SET(memory_limit, "1g"), "refused"},
};

TEST(edits_are_the_smallest)
{
	for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
		auto_reading r;
		error e = {0};
		reading_init(&r, "Dockerfile", span_of(edits[i].file));
		span got = written(&r, &edits[i].want, &e);
		if (!span_is(got, edits[i].result))
			TEST_FAIL("'%s' became '%.*s', not '%s' (%s)", edits[i].file, SPAN_ARG(got),
				edits[i].result, e.text);
	}
}

/* Whether the wanted value is what is read. */
static bool holds(reading *r, const want *x)
{
	const posture *p = &r->bundle.workloads.items[r->bundle.workloads.count - 1]->posture;
	if (x->op == WANT_REMOVE) {
		for (uint32_t i = 0; i < posture_items(p, x->fact)->all.count; i++)
			if (span_equal(posture_items(p, x->fact)->all.items[i]->values[0].text, x->value))
				return false;
		return true;
	}
	int64_t number;
	if (fact_rows[x->fact].type == TYPE_TEXT)
		return span_equal(p->all[x->fact].value.text, x->value);
	return span_int(x->value, &number) && p->all[x->fact].value.number == number;
}

TEST(edits_hold_when_read_again)
{
	for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
		auto_reading r;
		reading_init(&r, "Dockerfile", span_of(edits[i].result));
		if (!span_is(r.text.bytes, "refused") && !holds(&r, &edits[i].want))
			TEST_FAIL("'%s' does not say what was wanted", edits[i].result);
	}
}

TEST_MAIN()
