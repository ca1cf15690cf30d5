/* SPDX-License-Identifier: Apache-2.0
 *
 * Filters as facts: each system call of the architecture with what the filter makes of it, and whether that is what the profile in the OCI spec says
 * (runtime-spec, "Seccomp"). */
#include "sources/seccomp.h"

#include "base/limits.h"
#include "base/map.h"
#include "kernel/seccomp.h"

typedef struct asking {
	arena *arena;
	const seccomp_call *calls;
	unsigned *outcomes; /* of the filters, for each call */
	uint32_t count;
	uint32_t allowed, by_argument, denied;
} asking;

/* --- the profile --- */

static unsigned action_outcome(span action)
{
	if (span_is(action, "SCMP_ACT_ALLOW") || span_is(action, "SCMP_ACT_LOG"))
		return SECCOMP_RUNS;
	if (span_is(action, "SCMP_ACT_TRACE") || span_is(action, "SCMP_ACT_NOTIFY"))
		return SECCOMP_ASKED;
	return SECCOMP_REFUSED;
}

typedef struct rule_set { /* what a profile says of one call */
	unsigned always;  /* a rule without conditions; 0: there is none */
	unsigned sometimes;
} rule_set;

static void read_rule(map *sets, const node *rule, arena *a)
{
	const node *names = node_get(rule, "names"), *args = node_get(rule, "args");
	unsigned outcome = action_outcome(node_text(node_get(rule, "action")));
	for (uint32_t i = 0; node_is_list(names) && i < names->count; i++) {
		span name = node_text(names->items[i]);
		rule_set *set = map_get(sets, name);
		if (!set) {
			set = ARENA_NEW(a, rule_set);
			map_set(sets, a, name, set);
		}
		if (node_is_list(args) && args->count)
			set->sometimes |= outcome;
		else if (!set->always)
			set->always = outcome;
	}
}

/* Rules without conditions win over those with some, as libseccomp has it. */
static unsigned profile_outcome(const map *sets, unsigned otherwise, const char *name)
{
	const rule_set *set = map_get(sets, span_of(name));
	if (!set)
		return otherwise;
	return set->always ? set->always : set->sometimes | otherwise;
}

/* --- comparing --- */

static int laxity(unsigned outcomes)
{
	return !(outcomes & SECCOMP_REFUSED) ? 2 : outcomes == SECCOMP_REFUSED ? 0 : 1;
}

static void add_name(buffer *b, const char *name)
{
	buffer_format(b, "%s%s", b->n ? ", " : "", name);
}

/* Calls that are newer than the library which made the filter are refused, whatever the profile says of them. */
static uint32_t newest_known(const asking *q)
{
	uint32_t ret = 0;
	for (uint32_t i = 0; i < q->count; i++)
		if (q->outcomes[i] != SECCOMP_REFUSED && q->calls[i].number > ret)
			ret = q->calls[i].number;
	return ret;
}

static span compare(const asking *q, const node *profile)
{
	auto_buffer laxer = {0}, stricter = {0};
	map sets = {0};
	unsigned otherwise = action_outcome(node_text(node_get(profile, "defaultAction")));
	const node *rules = node_get(profile, "syscalls");
	uint32_t newest = newest_known(q);
	for (uint32_t i = 0; node_is_list(rules) && i < rules->count; i++)
		read_rule(&sets, rules->items[i], q->arena);
	for (uint32_t i = 0; i < q->count; i++) {
		int asked = laxity(profile_outcome(&sets, otherwise, q->calls[i].name)),
		    holds = laxity(q->outcomes[i]);
		if (holds > asked)
			add_name(&laxer, q->calls[i].name);
		else if (holds < asked && q->calls[i].number <= newest)
			add_name(&stricter, q->calls[i].name);
	}
	if (!laxer.n && !stricter.n)
		return SPAN("");
	return arena_format(q->arena, "%s%.*s%s%s%.*s%s",
		laxer.n ? "lets through what its profile refuses (" : "", SPAN_ARG(buffer_span(&laxer)),
		laxer.n ? ")" : "",
		stricter.n ? (laxer.n ? ", and refuses what it lets through ("
				      : "refuses what its profile lets through (")
			   : "",
		SPAN_ARG(buffer_span(&stricter)), stricter.n ? ")" : "");
}

/* --- asking --- */

static bool ask_all(asking *q, const seccomp_stack *filters)
{
	q->calls = seccomp_calls(q->arena);
	while (q->calls[q->count].name)
		q->count++;
	q->outcomes = ARENA_ARRAY(q->arena, unsigned, q->count);
	for (uint32_t i = 0; i < q->count; i++) {
		unsigned got = seccomp_stack_outcomes(filters, seccomp_architecture, q->calls[i].number);
		if (!got)
			return false;
		q->outcomes[i] = got;
		q->allowed += laxity(got) == 2;
		q->by_argument += laxity(got) == 1;
		q->denied += laxity(got) == 0;
	}
	return true;
}

static void add_call(const asking *q, uint32_t i, posture *p, origin at)
{
	static const char *const verdicts[] = {"denied", "by-argument", "allowed"};
	item *x = posture_add(p, FACT_syscalls, at, q->arena);
	const seccomp_danger *danger = seccomp_danger_of(span_of(q->calls[i].name));
	item_set_text(x, MEMBER_syscall_name, span_of(q->calls[i].name));
	item_set_text(x, MEMBER_syscall_verdict, span_of(verdicts[laxity(q->outcomes[i])]));
	if (!danger)
		return;
	item_set_text(x, MEMBER_syscall_gives, span_of(danger->gives));
	item_set_truth(x, MEMBER_syscall_usual, laxity(q->outcomes[i]) <= laxity(danger->usual));
}

static void add_problem(bundle *b, const kernel_container *c, const char *message)
{
	list_push(b->arena, &b->problems,
		(problem){.path = arena_format(b->arena, "the seccomp filter of %.*s",
				  SPAN_ARG(c->name.n ? c->name : span_sub(c->id, 0, 12)))
					  .p,
			.message = arena_string(b->arena, span_of(message))});
}

static void add_facts(
	const asking *q, const seccomp_stack *filters, const node *spec, evidence *v, posture *p)
{
	const node *profile = node_path(spec, "linux/seccomp");
	uint32_t instructions = 0;
	for (uint32_t i = 0; i < filters->filters.count; i++)
		instructions += filters->filters.items[i].count;
	span differs = profile ? compare(q, profile) : (span){0};
	span words = arena_format(q->arena,
		"%u instructions: %u system calls allowed, %u by argument, %u denied%s", instructions,
		q->allowed, q->by_argument, q->denied,
		!profile    ? ""
		: differs.n ? "; not the declared profile"
			    : "; the declared profile");
	span whole = arena_format(q->arena, "%.*s (the process was stopped for %.3f ms)", SPAN_ARG(words),
		(double)filters->stopped / 1e6);
	origin at = evidence_add_part(v, "seccomp filter", whole, span_sub(whole, 0, words.n));
	posture_set_list(p, FACT_syscalls, KNOWN_ENFORCED, at, q->arena);
	for (uint32_t i = 0; i < q->count; i++)
		add_call(q, i, p, at);
	if (profile)
		posture_set_text(p, FACT_seccomp_differs, KNOWN_ENFORCED, differs, at);
}

void seccomp_posture(
	kernel *k, const kernel_container *c, const node *spec, evidence *v, posture *p, bundle *b)
{
	error e;
	seccomp_stack filters = {0};
	asking q = {.arena = v->arena};
	if (!span_is(p->seccomp.value.text, "filter"))
		return; /* it has none, or it could not be told */
	if (!kernel_is_live(k) || !seccomp_architecture) {
		add_problem(b, c,
			"only filters of processes that run here, on x86_64 or arm64, can be read back");
		return;
	}
	if (seccomp_read(c->thread, v->arena, &filters, &e) < 0) {
		if (e.code != ERROR_ABSENT)
			add_problem(b, c, e.text);
		return;
	}
	if (ask_all(&q, &filters))
		add_facts(&q, &filters, spec, v, p);
	else
		add_problem(b, c, "it is no program that can be followed");
}
