/* SPDX-License-Identifier: Apache-2.0
 *
 * The reports for people: every finding with its words, why it matters and the edit that mends it; one line a finding; then the
 * checklist and one line of summary. */
#include "report/container.h"
#include "report/image.h"
#include "rules/mask.h"

enum { NAME_COLUMNS = 20, COLUMN = 5, CHECKLIST_ROWS_MAX = 60 };

/* --- one finding --- */

/* The excerpt: the line of the words, and carets below them. */
static void add_excerpt(const report *r, buffer *out, const finding *f)
{
	const text *t = mask_text(r->mask, f->at.text);
	place from = text_place(t, f->at.start), to = text_place(t, f->at.end);
	span line = text_line(t, from.line);
	size_t before = from.column - 1,
	       marked = to.line == from.line ? to.column - from.column : style_columns(line) - before;
	int digits = from.line > 9999 ? 6 : 4;
	size_t room = r->width > 40 ? r->width - (size_t)digits - 6 : 200, skip = 0;
	if (before + marked > room && before > 20)
		skip = before - 20; /* show the words, not the start of a long line */
	if (marked > room - (before - skip))
		marked = room - (before - skip);
	buffer_format(out, "  %*u | ", digits, from.line);
	style_add(r, out, TINT_NONE, span_sub(span_from(line, skip), 0, room));
	buffer_format(out, "\n  %*s | ", digits, "");
	buffer_repeat(out, ' ', before - skip);
	auto_buffer carets = {0};
	buffer_repeat(&carets, '^', marked ? marked : 1);
	style_add(r, out, style_severity(f->severity), buffer_span(&carets));
	buffer_add_byte(out, '\n');
}

/* Where in an image, and in which layer. */
static void add_spot(const report *r, buffer *out, const image_spot *spot)
{
	buffer_add_string(out, "  ");
	style_string(r, out, TINT_CYAN, spot->text.path);
	if (spot->line)
		style_add(r, out, TINT_CYAN, arena_format(r->scratch, ":%u", spot->line));
	if (spot->layer != NO_LAYER)
		buffer_format(out, "  layer %u", spot->layer + 1u);
	if (spot->deleted)
		buffer_format(out, ", deleted in layer %u", spot->gone + 1u);
}

static void add_head(const report *r, buffer *out, const finding *f)
{
	style_string(r, out, style_severity(f->severity), severity_names[f->severity]);
	buffer_add_byte(out, ' ');
	style_string(r, out, TINT_BOLD, f->rule->id);
	if (f->spot) {
		add_spot(r, out, f->spot);
	} else if (f->at.text) {
		place at = text_place(f->at.text, f->at.start);
		buffer_add_string(out, "  ");
		style_add(r, out, TINT_CYAN,
			arena_format(r->scratch, "%s:%u:%u", f->at.text->path, at.line, at.column));
	}
	buffer_add_byte(out, '\n');
}

static void add_labelled(const report *r, buffer *out, const char *label, span words)
{
	buffer_add_string(out, "  ");
	style_string(r, out, TINT_DIM, label);
	buffer_add_string(out, "  ");
	style_wrap(r, out, words, 7, 7);
}

/* The configuration of an image has no words for what it lacks: there is nothing to show. */
static bool about_whole_image(const finding *f)
{
	return f->workload && f->workload->document->kind == DOCUMENT_IMAGE &&
	       f->at.text == f->workload->document->text && f->at.start == 0;
}

static void add_finding(const report *r, buffer *out, const finding *f)
{
	add_head(r, out, f);
	buffer_add_string(out, "  ");
	style_wrap(r, out, f->message, 2, 2);
	if (f->at.text && f->at.text->bytes.n && !about_whole_image(f))
		add_excerpt(r, out, f);
	add_labelled(r, out, "why", span_of(f->rule->why));
	if (f->suppressed)
		add_labelled(r, out, "ok ",
			arena_format(r->scratch, "accepted by %s: %.*s", f->suppressed->by,
				SPAN_ARG(f->suppressed->reason)));
	if (f->edits.count) {
		add_labelled(r, out, "fix",
			arena_format(r->scratch, "%.*s%s", SPAN_ARG(f->fix_description),
				f->fix_safe ? "" : " (look whether the application still works)"));
		style_diff(r, out, &f->edits, "       ");
	}
	if (rule_is_built_in(f->rule))
		add_labelled(r, out, "see", arena_format(r->scratch, "bulkhead explain %s", f->rule->id));
	buffer_add_byte(out, '\n');
}

/* --- what was not read --- */

static void add_problems(const report *r, buffer *out)
{
	list_each(const problem, p, &r->bundle->problems) {
		style_string(r, out, TINT_RED, "error");
		buffer_add_string(out, "  ");
		if (p->text) {
			place at = text_place(p->text, p->start);
			style_add(r, out, TINT_CYAN,
				arena_format(r->scratch, "%s:%u:%u", p->path, at.line, at.column));
		} else {
			style_string(r, out, TINT_CYAN, p->path);
		}
		buffer_add_string(out, "\n  ");
		style_wrap(r, out, span_of(p->message), 2, 2);
	}
	if (r->bundle->problems.count)
		buffer_add_byte(out, '\n');
	list_each(const skipped, s, &r->bundle->skipped) {
		style_string(r, out, TINT_DIM, "skipped");
		buffer_add_string(out, "  ");
		style_string(r, out, TINT_NONE, s->path);
		buffer_add_string(out, ": ");
		style_string(r, out, TINT_NONE, s->reason);
		buffer_add_byte(out, '\n');
	}
	if (r->bundle->skipped.count)
		buffer_add_byte(out, '\n');
}

/* --- the checklist --- */

static const char *const headings[CONTROL_COUNT] = {[CONTROL_user] = "user",
	[CONTROL_filesystem] = "fs",
	[CONTROL_capabilities] = "caps",
	[CONTROL_confinement] = "conf",
	[CONTROL_isolation] = "isol",
	[CONTROL_resources] = "res",
	[CONTROL_network] = "net",
	[CONTROL_secrets] = "secr",
	[CONTROL_image] = "img",
	[CONTROL_vulnerabilities] = "vuln",
	[CONTROL_build] = "bld",
	[CONTROL_host] = "host",
	[CONTROL_cluster] = "clu"};

static const struct {
	const char *sign;
	tint colour;
} signs[] = {[STATUS_NOT_APPLICABLE] = {".", TINT_DIM},
	[STATUS_UNKNOWN] = {"?", TINT_YELLOW},
	[STATUS_OK] = {"+", TINT_GREEN},
	[STATUS_VIOLATED] = {"x", TINT_RED}};

/* Columns that are not applicable to anything are left out. */
static uint32_t used_columns(const checklist *list)
{
	uint32_t ret = 0;
	list_each(const checklist_row, row, list)
		for (int i = 0; i < CONTROL_COUNT; i++)
			if (row->status[i] != STATUS_NOT_APPLICABLE)
				ret |= 1u << i;
	return ret;
}

/* With --only, or for a CI workflow, none of the controls may apply. */
static bool asks_anything(const checklist_row *row)
{
	for (int i = 0; i < CONTROL_COUNT; i++)
		if (row->status[i] != STATUS_NOT_APPLICABLE)
			return true;
	return false;
}

static void add_row(const report *r, buffer *out, const checklist_row *row, uint32_t columns)
{
	span name = span_of(row->workload->name);
	size_t n = style_columns(name);
	if (n > NAME_COLUMNS) { /* its end tells more than its start */
		buffer_add_string(out, "…");
		name = span_from(name, name.n - (NAME_COLUMNS - 1));
		n = NAME_COLUMNS;
	}
	style_add(r, out, TINT_NONE, name);
	buffer_repeat(out, ' ', NAME_COLUMNS - n);
	for (int i = 0; i < CONTROL_COUNT; i++) {
		if (!(columns & 1u << i))
			continue;
		buffer_repeat(out, ' ', COLUMN - 1);
		style_string(r, out, signs[row->status[i]].colour, signs[row->status[i]].sign);
	}
	buffer_add_byte(out, '\n');
}

static void add_checklist(const report *r, buffer *out)
{
	uint32_t columns = used_columns(r->checklist), shown = 0;
	if (r->checklist->count == 0)
		return;
	buffer_add_string(out, "Checklist");
	buffer_repeat(out, ' ', NAME_COLUMNS - 9);
	for (int i = 0; i < CONTROL_COUNT; i++)
		if (columns & 1u << i)
			buffer_format(out, "%*s", COLUMN, headings[i]);
	buffer_add_byte(out, '\n');
	list_each(const checklist_row, row, r->checklist) {
		if (!asks_anything(row))
			continue;
		if (shown++ == CHECKLIST_ROWS_MAX) {
			buffer_format(out, "… and %u more: --format json has them all\n",
				r->checklist->count - CHECKLIST_ROWS_MAX);
			break;
		}
		add_row(r, out, row, columns);
	}
	buffer_add_string(
		out, "  x violated   + ok   ? cannot be known from these files   . does not apply\n\n");
}

/* --- all --- */

static const char *plural(uint32_t n, const char *one, const char *many)
{
	return n == 1 ? one : many;
}

static void add_summary(const report *r, buffer *out)
{
	uint32_t all = 0;
	for (int i = 0; i < 5; i++)
		all += r->counts[i];
	buffer_format(out, "%u %s", all, plural(all, "finding", "findings"));
	const char *before = " (";
	for (int i = SEVERITY_CRITICAL; i >= SEVERITY_INFO; i--) {
		if (!r->counts[i])
			continue;
		buffer_add_string(out, before);
		style_add(r, out, style_severity((severity)i),
			arena_format(r->scratch, "%u %s", r->counts[i], severity_names[i]));
		before = ", ";
	}
	if (all)
		buffer_add_byte(out, ')');
	if (r->suppressed)
		buffer_format(out, ", %u accepted", r->suppressed);
	if (r->bundle->problems.count)
		buffer_format(out, ", %u %s", r->bundle->problems.count,
			plural(r->bundle->problems.count, "error", "errors"));
	buffer_format(
		out, ", %u %s", r->checklist->count, plural(r->checklist->count, "workload", "workloads"));
	if (r->files || strcmp(r->command, "audit") != 0) /* what runs needs none */
		buffer_format(out, ", %u %s", r->files, plural(r->files, "file", "files"));
	buffer_format(out, ", %.1f ms\n", r->seconds * 1000);
}

/* Whether it is shown with the image that it is about, or with all that runs. */
static bool elsewhere(const finding *f)
{
	return f->workload && (f->workload->document->inventory || text_is_running(f));
}

void report_text(const report *r, buffer *out)
{
	list_each(document *const, d, &r->bundle->documents)
		if ((*d)->inventory)
			text_image(r, out, *d, add_finding);
	text_containers(r, out);
	list_each(const finding, f, r->findings) {
		if (!elsewhere(f) && (!f->suppressed || r->verbose)) {
			add_finding(r, out, f);
			arena_clear(r->scratch);
		}
	}
	if (r->explain)
		text_container_facts(r, out);
	add_problems(r, out);
	add_checklist(r, out);
	add_summary(r, out);
}

void report_concise_finding(const report *r, const finding *f, buffer *out)
{
	place at = f->spot ? (place){f->spot->line ? f->spot->line : 1, f->spot->column ? f->spot->column : 1}
		   : f->at.text ? text_place(f->at.text, f->at.start)
				: (place){0};
	style_add(r, out, TINT_CYAN,
		arena_format(
			r->scratch, "%s:%u:%u", f->at.text ? f->at.text->path : "-", at.line, at.column));
	buffer_add_string(out, ": ");
	style_string(r, out, style_severity(f->severity), severity_names[f->severity]);
	buffer_format(out, ": %s: ", f->rule->id);
	style_add(r, out, TINT_NONE, f->message);
	buffer_add_byte(out, '\n');
	arena_clear(r->scratch);
}

void report_concise(const report *r, buffer *out)
{
	list_each(const finding, f, r->findings)
		if (!f->suppressed || r->verbose)
			report_concise_finding(r, f, out);
	list_each(const problem, p, &r->bundle->problems) {
		place at = p->text ? text_place(p->text, p->start) : (place){0};
		style_string(r, out, TINT_NONE, p->path);
		if (p->text)
			buffer_format(out, ":%u:%u", at.line, at.column);
		buffer_add_string(out, ": error: ");
		style_string(r, out, TINT_NONE, p->message);
		buffer_add_byte(out, '\n');
	}
}
