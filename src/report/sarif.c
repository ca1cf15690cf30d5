/* SPDX-License-Identifier: Apache-2.0
 *
 * SARIF 2.1.0 (OASIS), with what code-scanning services read: regions, partial fingerprints, security-severity, help. */
#include "base/map.h"
#include "report/image.h"
#include "formats/json_write.h"
#include "version.h"

/* GitHub's bands: critical from 9.0, high from 7.0, medium from 4.0. */
static const char *const security_severity[] = {"0.0", "2.0", "5.5", "8.0", "9.5"};
static const char *const levels[] = {"note", "note", "warning", "error", "error"};

/* Services group by rule: what people want together there is one vulnerability in all places, so that each CVE is a rule. */
typedef struct rule_index {
	map numbers;               /* id -> its number in the list, plus one */
	LIST(const finding *) all; /* the first of each */
} rule_index;

static span id_of(const finding *f)
{
	return f->vulnerability ? f->vulnerability->match->id : span_of(f->rule->id);
}

static uint32_t rule_number(const rule_index *rules, const finding *f)
{
	return (uint32_t)((uintptr_t)map_get(&rules->numbers, id_of(f)) - 1);
}

static void index_rules(const report *r, rule_index *ret)
{
	list_each(const finding, f, r->findings) {
		if (map_get(&ret->numbers, id_of(f)))
			continue;
		list_push(r->arena, &ret->all, f);
		map_set(&ret->numbers, r->arena, id_of(f), (void *)(uintptr_t)ret->all.count);
	}
}

static void write_message(json_writer *w, const char *key, span words)
{
	json_open(w, key, '{');
	json_text(w, "text", words);
	json_close(w, '}');
}

static void write_tags(json_writer *w, span control)
{
	json_open(w, "tags", '[');
	json_string(w, NULL, "security");
	json_string(w, NULL, "container");
	if (!span_is(control, "security"))
		json_text(w, NULL, control);
	json_close(w, ']');
}

static void write_vulnerability(json_writer *w, const finding *f, arena *a)
{
	const advisory_match *m = f->vulnerability->match;
	span title = m->title.n ? m->title : span_of(f->rule->title);
	json_open(w, NULL, '{');
	json_text(w, "id", m->id);
	json_string(w, "name", f->rule->title);
	write_message(w, "shortDescription", arena_format(a, "%.*s: %.*s", SPAN_ARG(m->id), SPAN_ARG(title)));
	write_message(w, "fullDescription", title);
	if (m->url.n)
		json_text(w, "helpUri", m->url);
	write_message(w, "help",
		arena_format(a, "%.*s\n\nSeverity: %s\nAdvisory: %.*s (%.*s)\n%.*s", SPAN_ARG(title),
			severity_label_names[m->rating.label], SPAN_ARG(m->advisory), SPAN_ARG(m->source),
			SPAN_ARG(m->url)));
	json_open(w, "defaultConfiguration", '{');
	json_string(w, "level", levels[f->severity]);
	json_close(w, '}');
	json_open(w, "properties", '{');
	json_text(w, "security-severity",
		m->rating.score >= 0 ? arena_format(a, "%.1f", m->rating.score)
				     : span_of(security_severity[f->severity]));
	json_string(w, "precision", "very-high");
	write_tags(w, SPAN("vulnerabilities"));
	json_close(w, '}');
	json_close(w, '}');
}

static void write_rule(json_writer *w, const rule *r, arena *a)
{
	span id = span_of(r->id);
	span control = span_sub(id, 0, span_find_byte(id, '/'));
	json_open(w, NULL, '{');
	json_string(w, "id", r->id);
	json_string(w, "name", r->title);
	write_message(w, "shortDescription", span_of(r->title));
	write_message(w, "fullDescription", span_of(r->why));
	json_open(w, "help", '{');
	json_text(w, "text",
		rule_is_built_in(r) ? arena_format(a, "%s\n\nbulkhead explain %s", r->why, r->id)
				    : span_of(r->why));
	json_text(w, "markdown",
		arena_format(a, "**%s**\n\n%s\n\nAlso known as: %s\n\nReferences: %s\n", r->title, r->why,
			*r->aliases ? r->aliases : "-", *r->references ? r->references : "-"));
	json_close(w, '}');
	json_open(w, "defaultConfiguration", '{');
	json_string(w, "level", levels[r->severity]);
	json_close(w, '}');
	json_open(w, "properties", '{');
	json_string(w, "security-severity", security_severity[r->severity]);
	json_string(w, "precision", "high");
	write_tags(w, control);
	json_close(w, '}');
	json_close(w, '}');
}

static void write_uri(json_writer *w, const char *path, arena *a)
{
	auto_buffer uri = {0};
	if (path[0] == '.' && path[1] == '/')
		path += 2;
	if (path[0] == '/')
		buffer_add_string(&uri, "file://");
	for (const char *p = path; *p; p++) {
		if (ascii_alpha(*p) || ascii_digit(*p) || strchr("/-._~", *p))
			buffer_add_byte(&uri, *p);
		else
			buffer_format(&uri, "%%%02X", (uint8_t)*p);
	}
	json_open(w, "artifactLocation", '{');
	json_text(w, "uri", arena_copy(a, buffer_span(&uri)));
	json_close(w, '}');
}

static void write_region(json_writer *w, const char *key, const text *t, uint32_t start, uint32_t end)
{
	place from = text_place(t, start), to = text_place(t, end);
	json_open(w, key, '{');
	json_number(w, "startLine", from.line);
	json_number(w, "startColumn", from.column);
	json_number(w, "endLine", to.line);
	json_number(w, "endColumn", to.column);
	json_close(w, '}');
}

static void write_location(json_writer *w, const text *t, uint32_t start, uint32_t end, arena *a)
{
	json_open(w, "locations", '[');
	json_open(w, NULL, '{');
	json_open(w, "physicalLocation", '{');
	write_uri(w, t->path, a);
	write_region(w, "region", t, start, end);
	json_close(w, '}');
	json_close(w, '}');
	json_close(w, ']');
}

/* Services show files of a repository: a path in an image is given without its '/', with the image as a logical location. */
static void write_spot(json_writer *w, const finding *f, arena *a)
{
	const image_spot *spot = f->spot;
	int64_t line = spot->line ? spot->line : 1;
	json_open(w, "locations", '[');
	json_open(w, NULL, '{');
	json_open(w, "physicalLocation", '{');
	write_uri(w, spot->text.path + (spot->text.path[0] == '/'), a);
	json_open(w, "region", '{');
	json_number(w, "startLine", line);
	json_number(w, "startColumn", spot->column ? spot->column : 1);
	json_number(w, "endLine", line);
	json_number(w, "endColumn", spot->end_column ? spot->end_column : 1);
	json_close(w, '}');
	json_close(w, '}');
	json_open(w, "logicalLocations", '[');
	json_open(w, NULL, '{');
	json_string(w, "fullyQualifiedName", f->workload ? f->workload->name : "");
	json_string(w, "kind", "image");
	json_close(w, '}');
	json_close(w, ']');
	json_close(w, '}');
	json_close(w, ']');
}

static void write_fixes(json_writer *w, const finding *f, arena *a)
{
	if (f->edits.count == 0)
		return;
	json_open(w, "fixes", '[');
	json_open(w, NULL, '{');
	write_message(w, "description", f->fix_description);
	json_open(w, "artifactChanges", '[');
	list_each(const edit, x, &f->edits) {
		json_open(w, NULL, '{');
		write_uri(w, x->source->path, a);
		json_open(w, "replacements", '[');
		json_open(w, NULL, '{');
		write_region(w, "deletedRegion", x->source, x->start, x->end);
		write_message(w, "insertedContent", x->replacement);
		json_close(w, '}');
		json_close(w, ']');
		json_close(w, '}');
	}
	json_close(w, ']');
	json_close(w, '}');
	json_close(w, ']');
}

static void write_result(json_writer *w, const finding *f, const rule_index *rules, arena *a)
{
	json_open(w, NULL, '{');
	json_text(w, "ruleId", id_of(f));
	json_number(w, "ruleIndex", rule_number(rules, f));
	json_string(w, "level", levels[f->severity]);
	write_message(w, "message", f->message);
	if (f->spot)
		write_spot(w, f, a);
	else if (f->at.text)
		write_location(w, f->at.text, f->at.start, f->at.end, a);
	json_open(w, "partialFingerprints", '{');
	json_text(w, "primaryLocationLineHash",
		arena_format(a, "%016llx:1", (unsigned long long)f->fingerprint));
	json_close(w, '}');
	write_fixes(w, f, a);
	if (f->suppressed) {
		json_open(w, "suppressions", '[');
		json_open(w, NULL, '{');
		json_string(w, "kind", strcmp(f->suppressed->by, "comment") == 0 ? "inSource" : "external");
		json_text(w, "justification", f->suppressed->reason);
		json_close(w, '}');
		json_close(w, ']');
	}
	json_close(w, '}');
}

/* Files that could not be read are notifications of the run: a service shows them beside the results. */
static void write_invocation(json_writer *w, const report *r)
{
	json_open(w, "invocations", '[');
	json_open(w, NULL, '{');
	json_truth(w, "executionSuccessful", r->bundle->problems.count == 0);
	json_open(w, "toolExecutionNotifications", '[');
	list_each(const problem, p, &r->bundle->problems) {
		json_open(w, NULL, '{');
		json_string(w, "level", "error");
		write_message(w, "message", span_of(p->message));
		if (p->text)
			write_location(w, p->text, p->start, p->end, r->arena);
		json_close(w, '}');
	}
	json_close(w, ']');
	json_close(w, '}');
	json_close(w, ']');
}

void report_sarif(const report *r, buffer *out)
{
	json_writer w = {.out = out};
	rule_index rules = {0};
	index_rules(r, &rules);
	json_open(&w, NULL, '{');
	json_string(&w, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
	json_string(&w, "version", "2.1.0");
	json_open(&w, "runs", '[');
	json_open(&w, NULL, '{');
	json_open(&w, "tool", '{');
	json_open(&w, "driver", '{');
	json_string(&w, "name", "bulkhead");
	json_string(&w, "version", BULKHEAD_VERSION);
	json_string(&w, "semanticVersion", BULKHEAD_VERSION);
	json_open(&w, "rules", '[');
	list_each(const finding *const, f, &rules.all) {
		if ((*f)->vulnerability)
			write_vulnerability(&w, *f, r->arena);
		else
			write_rule(&w, (*f)->rule, r->arena);
	}
	json_close(&w, ']');
	json_close(&w, '}');
	json_close(&w, '}');
	json_string(&w, "columnKind", "unicodeCodePoints");
	write_invocation(&w, r);
	json_open(&w, "results", '[');
	list_each(const finding, f, r->findings) {
		write_result(&w, f, &rules, r->scratch);
		arena_clear(r->scratch);
	}
	json_close(&w, ']');
	json_close(&w, '}');
	json_close(&w, ']');
	json_close(&w, '}');
	buffer_add_byte(out, '\n');
}
