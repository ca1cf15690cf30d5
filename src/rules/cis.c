/* SPDX-License-Identifier: Apache-2.0
 *
 * Judging a benchmark. */
#include "rules/cis.h"

#include "base/buffer.h"
#include "posture/running.h"
#include "posture/settings.h"
#include "rules/cis_docker.h"

const char *const cis_status_names[CIS_STATUSES] = {"pass", "fail", "unknown", "manual", "not-applicable"};

const cis_section *const cis_docker_sections[] = {&cis_docker_host, &cis_docker_daemon, &cis_docker_files,
	&cis_docker_images, &cis_docker_containers, &cis_docker_operations, &cis_docker_swarm, NULL};

typedef struct judging {
	const rulebook *book;
	const bundle *bundle;
	const struct mask *hidden;
	arena *arena;
} judging;

int cis_rulebook(arena *a, const rulebook **ret, error *e)
{
	return rulebook_new(&(rule_choice){.profile = PROFILE_STRICT}, a, ret, e);
}

static bool is_about(const cis_check *c, const workload *w)
{
	switch (c->about) {
	case CIS_HOST:
		return w->document->kind == DOCUMENT_HOST && strcmp(w->kind, "host") == 0;
	case CIS_DOCKER:
		return w->document->kind == DOCUMENT_HOST && strcmp(w->kind, "docker") == 0;
	case CIS_CONTAINERS:
	case CIS_IMAGES:
		return w->document->kind == DOCUMENT_CONTAINER && w->effective;
	case CIS_NOBODY:
		break;
	}
	return false;
}

static const char *nobody(cis_about about)
{
	return about == CIS_CONTAINERS || about == CIS_IMAGES ? "no container runs"
	       : about == CIS_DOCKER                          ? "no Docker engine is seen on this host"
							      : "the host was not read";
}

/* --- settings --- */

static const item *find_setting(const judging *j, span name)
{
	for (uint32_t i = 0; i < j->bundle->workloads.count; i++) {
		const workload *w = j->bundle->workloads.items[i];
		if (w->document->kind != DOCUMENT_HOST)
			continue;
		const item_list *list = posture_items(w->effective, FACT_settings);
		for (uint32_t k = 0; k < list->all.count; k++)
			if (span_equal(item_text(list->all.items[k], MEMBER_setting_name), name))
				return list->all.items[k];
	}
	return NULL;
}

/* "docker.version = 20.10.24, docker.build_days = 900" */
static span facts_of(const judging *j, const cis_check *c)
{
	auto_buffer out = {0};
	span rest = span_of(c->facts), name;
	while (span_word(&rest, &name)) {
		const item *i = find_setting(j, name);
		if (i && item_has(i, MEMBER_setting_value))
			buffer_format(&out, "%s%.*s = %.*s", out.n ? "; " : "", SPAN_ARG(name),
				SPAN_ARG(item_text(i, MEMBER_setting_value)));
	}
	return arena_copy(j->arena, buffer_span(&out));
}

/* Whether what a check is about is there at all; else its status is set. */
static bool is_needed(const judging *j, cis_result *r)
{
	if (!r->check->needs)
		return true;
	const item *i = find_setting(j, span_of(r->check->needs));
	span value = i ? item_text(i, MEMBER_setting_value) : (span){0};
	if (span_is(value, "true"))
		return true;
	r->status = i && !value.n ? CIS_UNKNOWN : CIS_NOT_APPLICABLE;
	r->reason = value.n ? span_of(r->check->without)
		    : i     ? item_text(i, MEMBER_setting_reason)
			    : span_of(nobody(CIS_DOCKER));
	return false;
}

/* --- one check --- */

static void add_case(
	const judging *j, cis_result *r, const workload *w, bool failed, span message, span evidence)
{
	cis_case one = {.workload = w, .failed = failed, .message = message, .evidence = evidence};
	list_push(j->arena, &r->cases, one);
}

static void add_failures(const judging *j, cis_result *r, const workload *w, const rule_answer *a)
{
	list_each(const finding, f, &a->findings)
		add_case(j, r, w, true, f->message, f->evidence);
}

/* One rule about the files of one kind: each file is a subject. Several rules draw lines that do not overlap, so the first counts the files. */
static void ask_files(const judging *j, cis_result *r, const workload *w)
{
	span rest = span_of(r->check->rules), id;
	uint32_t files = 0, failed = 0, unknown = 0;
	while (span_word(&rest, &id)) {
		rule_answer a;
		if (!rulebook_ask(j->book, arena_string(j->arena, id), w, MEMBER_host_file_kind,
			    span_of(r->check->kind), j->hidden, j->arena, &a))
			continue;
		files = a.items;
		failed += a.findings.count;
		if (a.unknown > unknown) {
			unknown = a.unknown;
			r->reason = a.reason;
		}
		add_failures(j, r, w, &a);
	}
	if (unknown)
		add_case(j, r, w, false, r->reason, (span){0});
	r->failed += failed;
	r->unknown += unknown;
	r->passed += files > failed + unknown ? files - failed - unknown : 0;
}

/* Neither what the engine was told nor what it told its runtime could be read. */
static bool is_untold(const workload *w)
{
	const running *of = w->document->running;
	return of && !of->known[RUNNING_DECLARED] && !of->known[RUNNING_CONFIGURED];
}

/* The worst of what the rules say; a list that was not read is not known to be empty. */
static void ask_rules(const judging *j, cis_result *r, const workload *w)
{
	verdict worst = VERDICT_FALSE;
	span rest = span_of(r->check->rules), id, reason = {0};
	if (r->check->told && is_untold(w)) {
		worst = VERDICT_UNKNOWN;
		reason = SPAN("neither its engine nor its OCI spec tells");
	}
	while (span_word(&rest, &id)) {
		rule_answer a;
		if (!rulebook_ask(
			    j->book, arena_string(j->arena, id), w, -1, (span){0}, j->hidden, j->arena, &a))
			continue;
		verdict v = a.listed ? a.verdict : VERDICT_UNKNOWN;
		if (v == VERDICT_UNKNOWN && !reason.n)
			reason = a.reason.n ? a.reason
					    : arena_format(j->arena, "what %.*s asks for was not read",
						      SPAN_ARG(id));
		if (v > worst)
			worst = v;
		add_failures(j, r, w, &a);
	}
	r->failed += worst == VERDICT_TRUE;
	r->unknown += worst == VERDICT_UNKNOWN;
	r->passed += worst == VERDICT_FALSE;
	if (worst != VERDICT_UNKNOWN)
		return;
	add_case(j, r, w, false, reason, (span){0});
	if (!r->reason.n)
		r->reason = reason;
}

static uint32_t ask_all(const judging *j, cis_result *r)
{
	uint32_t subjects = 0;
	for (uint32_t i = 0; i < j->bundle->workloads.count; i++) {
		const workload *w = j->bundle->workloads.items[i];
		if (!is_about(r->check, w))
			continue;
		subjects++;
		if (r->check->kind)
			ask_files(j, r, w);
		else
			ask_rules(j, r, w);
	}
	return subjects;
}

static void judge_check(const judging *j, cis_result *r)
{
	const cis_check *c = r->check;
	if (!is_needed(j, r))
		return;
	uint32_t subjects = c->rules ? ask_all(j, r) : 0;
	if (c->rules && !subjects) {
		r->status = CIS_NOT_APPLICABLE;
		r->reason = span_of(nobody(c->about));
	} else if (r->failed) {
		r->status = CIS_FAIL;
	} else if (!c->automated && !c->whole) {
		r->status = CIS_MANUAL;
		r->reason = facts_of(j, c);
	} else if (r->unknown) {
		r->status = CIS_UNKNOWN;
	} else if (!r->passed) {
		r->status = CIS_NOT_APPLICABLE;
		r->reason = span_of(c->without);
	} else {
		r->status = CIS_PASS;
	}
}

/* --- shares --- */

/* 1: nobody violates it, 0: somebody does, < 0: it was not decided. Not in proportion to those who keep it: a container that violates some checks would raise
 * the shares of the others. Nor may the first container make a section count, half of which it keeps: where there is no container, none violates anything. */
static double share_of(const cis_result *r)
{
	bool containers = r->check->about == CIS_CONTAINERS || r->check->about == CIS_IMAGES;
	if (r->status == CIS_NOT_APPLICABLE && containers && !r->check->needs)
		return 1;
	return r->status == CIS_PASS ? 1 : r->status == CIS_FAIL ? 0 : -1;
}

typedef struct mean {
	double sum;
	uint32_t count;
} mean;

static void mean_add(mean *m, double share)
{
	if (share < 0)
		return;
	m->sum += share;
	m->count++;
}

static double mean_of(const mean *m)
{
	return m->count ? m->sum / m->count : -1;
}

void cis_judge(const rulebook *book, const bundle *b, const struct mask *hidden, arena *a, cis_benchmark *ret)
{
	judging j = {book, b, hidden, a};
	mean all = {0};
	*ret = (cis_benchmark){.name = "CIS Docker Benchmark", .version = "1.6.0"};
	while (cis_docker_sections[ret->section_count])
		ret->section_count++;
	ret->sections = ARENA_ARRAY(a, cis_section_result, ret->section_count);
	for (uint32_t i = 0; i < ret->section_count; i++) {
		cis_section_result *s = &ret->sections[i];
		mean section = {0};
		s->section = cis_docker_sections[i];
		s->results = ARENA_ARRAY(a, cis_result, s->section->count);
		for (uint32_t k = 0; k < s->section->count; k++) {
			s->results[k].check = &s->section->checks[k];
			judge_check(&j, &s->results[k]);
			ret->counts[s->results[k].status]++;
			mean_add(&section, share_of(&s->results[k]));
		}
		s->share = mean_of(&section);
		mean_add(&all, s->share);
	}
	ret->score = mean_of(&all);
}
