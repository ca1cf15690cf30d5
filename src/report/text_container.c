/* SPDX-License-Identifier: Apache-2.0
 *
 * Running containers and hosts for people. Twenty containers that run as root are one finding with twenty names, not twenty findings. */
#include "base/limits.h"
#include "posture/drift.h"
#include "posture/show.h"
#include "report/container.h"
#include "rules/mask.h"

#include <stdlib.h>

enum { EVIDENCE_SHOWN = 5, FACT_COLUMNS = 30, CALL_COLUMNS = 13, TEXT_COLUMNS = 80 };

/* --- groups --- */

typedef struct group { /* findings of one rule */
	const rule *rule;
	LIST(const finding *) findings;
	uint32_t workloads;
} group;

bool text_is_running(const finding *f)
{
	return f->workload && (f->workload->document->kind == DOCUMENT_CONTAINER ||
				      f->workload->document->kind == DOCUMENT_HOST);
}

static int by_severity(const void *a, const void *b)
{
	const group *const *x = a, *const *y = b;
	severity of_x = (*x)->findings.items[0]->severity, of_y = (*y)->findings.items[0]->severity;
	if (of_x != of_y)
		return of_x > of_y ? -1 : 1;
	return strcmp((*x)->rule->id, (*y)->rule->id);
}

typedef LIST(group *) group_list;

/* Accepted findings are groups of their own, and so are other severities of one rule. */
static span group_key(const finding *f, arena *a)
{
	return arena_format(a, "%s %d %d", f->rule->id, (int)f->severity, f->suppressed != NULL);
}

static void add_to_group(map *known, group_list *groups, const finding *f, arena *a)
{
	span key = group_key(f, a);
	group *g = map_get(known, key);
	if (!g) {
		g = ARENA_NEW(a, group);
		g->rule = f->rule;
		map_set(known, a, key, g);
		list_push(a, groups, g);
	}
	/* Findings are in the order of texts, so those of one container lie together. */
	if (g->findings.count == 0 || g->findings.items[g->findings.count - 1]->workload != f->workload)
		g->workloads++;
	list_push(a, &g->findings, f);
}

static uint32_t containers_in(const report *r)
{
	uint32_t n = 0;
	list_each(document *const, d, &r->bundle->documents)
		n += (*d)->kind == DOCUMENT_CONTAINER;
	return n;
}

static void add_names(const report *r, buffer *out, const group *g, uint32_t all)
{
	auto_buffer names = {0};
	const workload *last = NULL;
	list_each(const finding *const, f, &g->findings) {
		if ((*f)->workload != last)
			buffer_format(&names, "%s%s", last ? ", " : "", (*f)->workload->name);
		last = (*f)->workload;
	}
	if (g->workloads > 1 && last->document->kind == DOCUMENT_CONTAINER)
		buffer_format(&names, " (%u of %u containers)", g->workloads, all);
	buffer_add_string(out, "  ");
	style_wrap(r, out, buffer_span(&names), 2, 2);
}

/* --- evidence --- */

enum { LINE_INDENT = 6, LINE_ROOM = 200 };

/* The start of s without half a character at its end, and the end of it without half a one at its start. */
static span start_of(span s, size_t n)
{
	while (n && n < s.n && ((uint8_t)s.p[n] & 0xc0) == 0x80)
		n--;
	return span_sub(s, 0, n);
}

static span end_of(span s, size_t n)
{
	size_t at = s.n > n ? s.n - n : 0;
	while (at < s.n && ((uint8_t)s.p[at] & 0xc0) == 0x80)
		at++;
	return span_from(s, at);
}

/* Paths of cgroups are long, and what counts stands behind them: "/sys/fs/cgroup/kube…3d4.scope/memory.max: max". */
static span shorten(span line, size_t room, arena *a)
{
	size_t colon = span_find(line, SPAN(": ")), half = room / 2;
	span path = colon == SPAN_NONE ? (span){0} : span_sub(line, 0, colon);
	if (style_columns(line) <= room)
		return line;
	span words = span_from(line, path.n);
	if (path.n > half && words.n < room) {
		half = words.n < half ? room - words.n : half;
		span start = start_of(path, half / 2 - 1), end = end_of(path, half / 2);
		line = arena_format(a, "%.*s…%.*s%.*s", SPAN_ARG(start), SPAN_ARG(end), SPAN_ARG(words));
	}
	if (style_columns(line) <= room)
		return line;
	return arena_format(a, "%.*s…", SPAN_ARG(start_of(line, room - 1)));
}

/* A line that a fact was read from. */
static void add_line(const report *r, buffer *out, span line)
{
	size_t room = r->width > 40 ? r->width - LINE_INDENT - 1 : LINE_ROOM;
	buffer_repeat(out, ' ', LINE_INDENT);
	style_add(r, out, TINT_DIM, shorten(line, room, r->scratch));
	buffer_add_byte(out, '\n');
}

static span evidence_of(const report *r, const finding *f)
{
	const text *t = mask_text(r->mask, f->at.text);
	return f->at.start ? text_line(t, text_place(t, f->at.start).line) : (span){0};
}

/* Of several containers, what is said without a name gets one: drift. */
static span words_of(const report *r, const finding *f, const group *g)
{
	const workload *w = f->workload;
	if (g->workloads < 2 || w->document->kind != DOCUMENT_CONTAINER || span_contains(f->message, w->name))
		return f->message;
	return arena_format(r->scratch, "%s: %.*s", w->name, SPAN_ARG(f->message));
}

/* What is done there, unless the title has said it all, and the line that shows it, unless the finding before has: an engine and its containerd have files
 * in common. */
static void add_evidence(
	const report *r, buffer *out, const group *g, const finding *f, const finding *before)
{
	span line = evidence_of(r, f), words = words_of(r, f, g);
	bool shown = before && span_equal(evidence_of(r, before), line);
	if (shown && span_equal(words_of(r, before, g), words))
		return;
	if (!span_is(words, g->rule->title)) {
		buffer_add_string(out, "    ");
		style_wrap(r, out, words, 4, 6);
	}
	if (line.n && !shown)
		add_line(r, out, line);
}

static void add_labelled(const report *r, buffer *out, const char *label, span words)
{
	buffer_add_string(out, "  ");
	style_string(r, out, TINT_DIM, label);
	buffer_add_string(out, "  ");
	style_wrap(r, out, words, 7, 7);
}

/* The title stands on a line of its own where the first one has no room for it. */
static void add_head(const report *r, buffer *out, const rule *about, severity weight)
{
	const char *word = severity_names[weight];
	size_t columns = strlen(word) + strlen(about->id) + style_columns(span_of(about->title)) + 3;
	style_string(r, out, style_severity(weight), word);
	buffer_add_byte(out, ' ');
	style_string(r, out, TINT_BOLD, about->id);
	buffer_add_string(out, columns > (r->width ? r->width : TEXT_COLUMNS) ? "\n  " : "  ");
	style_string(r, out, TINT_NONE, about->title);
	buffer_add_byte(out, '\n');
}

static void add_group(const report *r, buffer *out, const group *g, uint32_t all)
{
	const finding *first = g->findings.items[0];
	uint32_t shown = 0;
	add_head(r, out, g->rule, first->severity);
	add_names(r, out, g, all);
	const finding *before = NULL;
	list_each(const finding *const, f, &g->findings) {
		if (++shown > EVIDENCE_SHOWN && !r->verbose) {
			buffer_format(
				out, "    … and %u more (--verbose)\n", g->findings.count - EVIDENCE_SHOWN);
			break;
		}
		add_evidence(r, out, g, *f, before);
		before = *f;
	}
	add_labelled(r, out, "why", span_of(g->rule->why));
	if (first->suppressed)
		add_labelled(r, out, "ok ",
			arena_format(r->scratch, "accepted by %s: %.*s", first->suppressed->by,
				SPAN_ARG(first->suppressed->reason)));
	if (rule_is_built_in(g->rule))
		add_labelled(r, out, "see", arena_format(r->scratch, "bulkhead explain %s", g->rule->id));
	buffer_add_byte(out, '\n');
}

/* What --deep has read: in numbers; --explain and JSON have the calls. */
static void add_filter(const report *r, buffer *out, const document *d)
{
	const fact *calls =
		d->running && d->workloads.count ? &d->workloads.items[0]->effective->syscalls : NULL;
	if (!calls || calls->known == KNOWN_UNSET || !calls->origin.text)
		return;
	span name = span_of(d->workloads.items[0]->name);
	style_add(r, out, TINT_BOLD, name);
	buffer_add_string(out, "  ");
	style_wrap(r, out,
		text_line(calls->origin.text, text_place(calls->origin.text, calls->origin.start).line),
		(unsigned)style_columns(name) + 2, 2);
	buffer_add_byte(out, '\n');
}

void text_containers(const report *r, buffer *out)
{
	arena a = {0};
	map known = {0};
	group_list groups = {0};
	uint32_t all = containers_in(r);
	list_each(const finding, f, r->findings)
		if (text_is_running(f) && (!f->suppressed || r->verbose))
			add_to_group(&known, &groups, f, &a);
	if (groups.count)
		qsort(groups.items, groups.count, sizeof *groups.items, by_severity);
	list_each(group *const, g, &groups) {
		add_group(r, out, *g, all);
		arena_clear(r->scratch);
	}
	arena_done(&a);
	list_each(document *const, d, &r->bundle->documents)
		add_filter(r, out, *d);
}

/* --- the table of facts --- */

static span shown(const running *of, running_layer layer, fact_id id, arena *a)
{
	if (!of->known[layer] || of->layers[layer].all[id].known == KNOWN_UNSET)
		return SPAN("·");
	if (id == FACT_command)
		return SPAN("…");
	return fact_show(&of->layers[layer], id, a);
}

/* The words of the best informed layer. */
static void add_source(const report *r, buffer *out, origin at)
{
	const text *t = at.text ? mask_text(r->mask, at.text) : NULL;
	if (t)
		add_line(r, out, text_line(t, text_place(t, at.start).line));
}

/* 380 calls, by what becomes of them. */
static void add_calls(const report *r, buffer *out, const workload *w)
{
	static const char *const verdicts[] = {"allowed", "by-argument", "denied"};
	const item_list *calls = posture_items(w->effective, FACT_syscalls);
	for (size_t v = 0; v < sizeof verdicts / sizeof *verdicts; v++) {
		auto_buffer names = {0};
		for (uint32_t i = 0; i < calls->all.count; i++)
			if (span_is(item_text(calls->all.items[i], MEMBER_syscall_verdict), verdicts[v]))
				buffer_format(&names, "%s%.*s", names.n ? ", " : "",
					SPAN_ARG(item_text(calls->all.items[i], MEMBER_syscall_name)));
		buffer_format(out, "  %-*s", CALL_COLUMNS, verdicts[v]);
		style_wrap(r, out, buffer_span(&names), CALL_COLUMNS + 2, CALL_COLUMNS + 2);
	}
}

static void add_fact(const report *r, buffer *out, const workload *w, fact_id id)
{
	const running *of = w->document->running;
	span words[RUNNING_LAYERS];
	bool differ = false;
	for (int layer = 0; layer < RUNNING_LAYERS; layer++) {
		words[layer] = shown(of, (running_layer)layer, id, r->scratch);
		differ |= layer && !span_equal(words[layer], words[layer - 1]);
	}
	buffer_add_string(out, "  ");
	style_string(r, out, TINT_BOLD, fact_rows[id].field);
	size_t n = strlen(fact_rows[id].field);
	buffer_repeat(out, ' ', n < FACT_COLUMNS ? FACT_COLUMNS - n : 1);
	if (!differ) {
		style_wrap(r, out, words[0], FACT_COLUMNS + 2, FACT_COLUMNS + 2);
	} else {
		style_wrap(r, out,
			arena_format(r->scratch, "%.*s → %.*s → %.*s", SPAN_ARG(words[0]), SPAN_ARG(words[1]),
				SPAN_ARG(words[2])),
			FACT_COLUMNS + 2, FACT_COLUMNS + 2);
	}
	add_source(r, out, w->effective->all[id].origin);
	arena_clear(r->scratch);
}

void text_container_facts(const report *r, buffer *out)
{
	list_each(document *const, d, &r->bundle->documents) {
		if (!(*d)->running || (*d)->workloads.count == 0)
			continue;
		const workload *w = (*d)->workloads.items[0];
		style_string(r, out, TINT_BOLD, w->name);
		buffer_add_string(out, "  (declared → configured → enforced; · is not said there)\n");
		for (int id = 0; id < FACT_COUNT; id++)
			if (w->effective->all[id].known != KNOWN_UNSET && id != FACT_env &&
				id != FACT_labels && id != FACT_syscalls)
				add_fact(r, out, w, (fact_id)id);
		if (w->effective->syscalls.known != KNOWN_UNSET)
			add_calls(r, out, w);
		buffer_add_byte(out, '\n');
	}
}
