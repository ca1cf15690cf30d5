/* SPDX-License-Identifier: Apache-2.0
 *
 * Postures: values as files write them, image references, users, overlay. */
#include "posture/posture.h"
#include "test.h"

TEST_MAIN()

static const origin nowhere = {0};

TEST(docker_sizes)
{
	static const struct {
		const char *text;
		int64_t want; /* -2: none */
	} rows[] = {{"512m", 512 << 20}, {"1g", 1 << 30}, {"1.5G", 3LL << 29}, {"64MiB", 64 << 20},
		{"10", 10}, {"10b", 10}, {"2kb", 2048}, {"-1", -1}, {"", -2}, {"m", -2}, {"1x", -2},
		{"1 gb", 1 << 30}, {"99999999999999999999", -2}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int64_t got = -2;
		value_docker_size(span_of(rows[i].text), &got);
		if (got != rows[i].want)
			TEST_FAIL("%s is %lld", rows[i].text, (long long)got);
	}
}

TEST(kubernetes_quantities)
{
	static const struct {
		const char *text;
		int64_t bytes, millicores;
	} rows[] = {{"128Mi", 128 << 20, 134217728000}, {"1G", 1000000000, 1000000000000}, {"500m", 1, 500},
		{"0.5", 1, 500}, {"2", 2, 2000}, {"1e3", 1000, 1000000}, {"64Ki", 65536, 65536000}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int64_t bytes = -2, cpu = -2;
		CHECK(value_quantity(span_of(rows[i].text), &bytes));
		CHECK(value_quantity_cpu(span_of(rows[i].text), &cpu));
		if (bytes != rows[i].bytes || cpu != rows[i].millicores)
			TEST_FAIL("%s is %lld bytes, %lld millicores", rows[i].text, (long long)bytes,
				(long long)cpu);
	}
	int64_t none;
	CHECK(!value_quantity(SPAN("12x"), &none));
	CHECK(!value_quantity(SPAN("Mi"), &none));
}

TEST(image_references)
{
	static const struct {
		const char *text, *registry, *repository, *tag, *digest;
	} rows[] = {
		{"nginx", "docker.io", "library/nginx", NULL, NULL},
		{"nginx:1.25", "docker.io", "library/nginx", "1.25", NULL},
		{"bitnami/redis", "docker.io", "bitnami/redis", NULL, NULL},
		{"ghcr.io/a/b:1@sha256:00", "ghcr.io", "a/b", "1", "sha256:00"},
		{"localhost:5000/x", "localhost:5000", "x", NULL, NULL},
		{"localhost/x:y", "localhost", "x", "y", NULL},
		{"reg:5000/x", "reg:5000", "x", NULL, NULL},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		arena a = {0};
		posture p = {0};
		posture_set_image(&p, KNOWN_DECLARED, span_of(rows[i].text), nowhere, &a);
		bool good = span_is(p.image_registry.value.text, rows[i].registry) &&
			    span_is(p.image_repository.value.text, rows[i].repository) &&
			    (p.image_tag.known != KNOWN_UNSET) == (rows[i].tag != NULL) &&
			    (p.image_digest.known != KNOWN_UNSET) == (rows[i].digest != NULL) &&
			    (!rows[i].tag || span_is(p.image_tag.value.text, rows[i].tag)) &&
			    (!rows[i].digest || span_is(p.image_digest.value.text, rows[i].digest));
		arena_done(&a);
		if (!good)
			TEST_FAIL("%s is taken apart wrongly", rows[i].text);
	}
}

TEST(users)
{
	static const struct {
		const char *text, *name;
		int64_t uid, gid; /* -1: unset */
	} rows[] = {{"", "root", 0, -1}, {"root", "root", 0, -1}, {"0:0", "0", 0, 0},
		{"1000:users", "1000", 1000, -1}, {"app", "app", -1, -1}, {"app:root", "app", -1, 0}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		posture p = {0};
		posture_set_user(&p, KNOWN_DECLARED, span_of(rows[i].text), nowhere);
		int64_t uid = p.uid.known ? p.uid.value.number : -1,
			gid = p.gid.known ? p.gid.value.number : -1;
		if (!span_is(p.user.value.text, rows[i].name) || uid != rows[i].uid || gid != rows[i].gid)
			TEST_FAIL("'%s' is uid %lld gid %lld", rows[i].text, (long long)uid, (long long)gid);
	}
}

TEST(overlay_keeps_what_is_better_known)
{
	arena a = {0};
	posture low = {0}, high = {0}, both;
	posture_set_user(&low, KNOWN_DECLARED, SPAN("1000"), nowhere);
	posture_set_truth(&low, FACT_read_only, KNOWN_DECLARED, true, nowhere);
	posture_set_truth(
		&high, FACT_read_only, KNOWN_DEFAULT, false, nowhere); /* a default says nothing about it */
	posture_set_number(&high, FACT_memory_limit, KNOWN_DEFAULT, 0, nowhere);
	item_set_text(posture_add(&low, FACT_env, nowhere, &a), MEMBER_env_name, SPAN("A"));
	item *upper = posture_add(&high, FACT_env, nowhere, &a);
	item_set_text(upper, MEMBER_env_name, SPAN("A"));
	item_set_text(posture_add(&high, FACT_env, nowhere, &a), MEMBER_env_name, SPAN("B"));
	posture_overlay(&both, &low, &high, &a);
	bool user = both.uid.value.number == 1000,
	     kept = both.read_only.value.truth && both.read_only.known == KNOWN_DECLARED;
	bool limit = both.memory_limit.known == KNOWN_DEFAULT;
	const item_list *env = posture_items(&both, FACT_env);
	bool merged = env->all.count == 2 && env->all.items[0] == upper;
	arena_done(&a);
	CHECK(user);
	CHECK(kept);
	CHECK(limit);
	CHECK(merged);
}

TEST(every_fact_has_its_row)
{
	for (int id = 0; id < FACT_COUNT; id++) {
		const fact_row *row = &fact_rows[id];
		CHECK(row->name && row->field && row->meaning);
		CHECK((row->type == TYPE_LIST) == (row->members != NULL));
		CHECK(row->member_count <= 32); /* item.set has a bit for each */
		CHECK(row->type != TYPE_LIST || row->key < row->member_count);
	}
	CHECK_INT(control_of(SPAN("user/root")), CONTROL_user);
	CHECK_INT(control_of(SPAN("users/root")), CONTROL_COUNT);
}
