/* SPDX-License-Identifier: Apache-2.0
 *
 * Advisories in the format of OSV (https://ossf.github.io/osv-schema/, 1.x). Ranges of commits (GIT) are not kept: packages have versions.
 * How bad a problem is stands in different places, one for each database; `label_paths` has them in the order in which they count. */
#include "advisories/ecosystem.h"
#include "advisories/publisher.h"
#include "advisories/record.h"
#include "base/limits.h"

#include <stdlib.h>

/* --- severity --- */

static const char *const label_paths[] = {
	"database_specific/severity", /* GitHub; lists of sources in some others have no text */
	"database_specific/ubuntu_priority",
	"database_specific/Ubuntu_priority",
	"database_specific/cvss_severity",
};

static const char *const package_label_paths[] = {
	"ecosystem_specific/severity", "ecosystem_specific/ubuntu_priority", "database_specific/severity",
	"database_specific/informational", /* RustSec: "unmaintained", "notice", "unsound" */
};

static const char *const package_state_paths[] = {
	"ecosystem_specific/urgency", /* Debian */
	"database_specific/urgency",
	"ecosystem_specific/status",
	"database_specific/status",
};

/* The first path that leads to a word. */
static span word_at(const node *of, const char *const *paths, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const node *at = node_path(of, paths[i]);
		span word = at && at->kind == NODE_STRING ? span_trim(node_text(at)) : (span){0};
		if (word.n && word.n <= LIMIT_ADVISORY_WORD && ranges_plain(word))
			return word;
	}
	return (span){0};
}

/* Adds vectors; a rating in words ("type": "Ubuntu") is the label. */
static void ratings_read(const node *list, span_list *vectors, arena *a, span *label)
{
	for (uint32_t i = 0; node_is_list(list) && i < list->count; i++) {
		span type = node_text(node_get(list->items[i], "type"));
		span score = span_trim(node_text(node_get(list->items[i], "score")));
		if (span_starts(type, SPAN("CVSS")))
			words_add(vectors, a, score);
		else if (!label->n && score.n && score.n <= LIMIT_ADVISORY_WORD && ranges_plain(score))
			*label = score;
	}
}

/* "Important: firefox security update": the word before the colon. */
static span summary_label(span summary)
{
	static const char *const words[] = {"Critical", "Important", "Moderate", "Low"};
	span first = span_sub(summary, 0, span_find_byte(summary, ':'));
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (span_is(first, words[i]))
			return first;
	return (span){0};
}

/* --- ranges --- */

static const struct {
	const char *key;
	char kind;
} event_kinds[] = {{"introduced", 'i'}, {"fixed", 'f'}, {"last_affected", 'l'}, {"limit", 'x'}};

typedef LIST(range_event) event_list;

static int event_read(const node *event, event_list *events, arena *a, error *e)
{
	for (size_t i = 0; i < sizeof event_kinds / sizeof *event_kinds; i++) {
		const node *at = node_get(event, event_kinds[i].key);
		if (!at)
			continue;
		span version = span_trim(node_text(at));
		if (!version.n || version.n > LIMIT_ADVISORY_WORD || !ranges_plain(version))
			return error_set(e, ERROR_SYNTAX, "'%s' is no version", event_kinds[i].key);
		list_push(a, events, (range_event){.kind = event_kinds[i].kind, .version = version});
	}
	return 0;
}

static int range_read(const node *range, const version_order *order, buffer *rules, arena *a, error *e)
{
	event_list events = {0};
	const node *list = node_get(range, "events");
	if (span_is(node_text(node_get(range, "type")), "GIT"))
		return 0;
	for (uint32_t i = 0; node_is_list(list) && i < list->count; i++)
		TRY(event_read(list->items[i], &events, a, e));
	ranges_add(rules, order, events.items, events.count);
	return 0;
}

/* The versions that no range already has; where telling that would take too long, all of them. */
static int versions_read(const node *list, const version_order *order, buffer *rules, arena *a, error *e)
{
	span ranges = arena_copy(a, buffer_span(rules));
	bool thin = node_is_list(list) && (uint64_t)list->count * ranges.n < LIMIT_ADVISORY_THINNING;
	for (uint32_t i = 0; node_is_list(list) && i < list->count; i++) {
		span version = span_trim(node_text(list->items[i]));
		if (version.n > LIMIT_ADVISORY_WORD || !ranges_plain(version))
			return error_set(e, ERROR_SYNTAX, "what is listed is no version");
		if (version.n && !(thin && ranges_affect(order, ranges, version)))
			ranges_line(rules, 'v', version);
	}
	return 0;
}

/* --- modules of rpm --- */

/* The streams that an advisory for modular packages speaks of, from its summary: "Important: virt:rhel and virt-devel:rhel security update" gives
 * "virt:rhel,virt-devel:rhel". "*" when it does not say. */
static span modules_of_summary(span summary, arena *a)
{
	span word, ret = {0};
	while (span_word(&summary, &word)) {
		word = span_ends(word, SPAN(",")) ? span_sub(word, 0, word.n - 1) : word;
		size_t colon = span_find_byte(word, ':');
		if (colon != SPAN_NONE && colon > 0 && colon + 1 < word.n)
			ret = ret.n ? arena_format(a, "%.*s,%.*s", SPAN_ARG(ret), SPAN_ARG(word)) : word;
	}
	return ret.n ? ret : SPAN("*");
}

/* The value of a qualifier of a package URL (not decoded but for %3A), or empty. */
static span purl_module(span purl, arena *a)
{
	size_t at = span_find(purl, SPAN("rpmmod="));
	if (at == SPAN_NONE)
		return (span){0};
	span value = span_from(purl, at + sizeof "rpmmod=" - 1);
	value = span_sub(value, 0, span_find_byte(value, '&'));
	size_t colon = span_find_fold(value, SPAN("%3a"));
	return colon == SPAN_NONE ? value
				  : arena_format(a, "%.*s:%.*s", SPAN_ARG(span_sub(value, 0, colon)),
					    SPAN_ARG(span_from(value, colon + 3)));
}

static void module_read(const node *package, span ecosystem, span summary, buffer *rules, arena *a)
{
	if (!ecosystem_is_rpm(ecosystem))
		return;
	span module = purl_module(node_text(node_get(package, "purl")), a);
	if (!module.n && span_contains(buffer_span(rules), ".module"))
		module = modules_of_summary(summary, a);
	if (module.n && ranges_plain(module))
		ranges_line(rules, 'm', module);
}

/* --- packages --- */

static int affected_read(
	const node *affected, advisory_record *r, span_list *vectors, span summary, arena *a, error *e)
{
	const node *package = node_get(affected, "package"), *ranges = node_get(affected, "ranges");
	span ecosystem = span_trim(node_text(node_get(package, "ecosystem"))),
	     name = node_text(node_get(package, "name"));
	if (!package || !ecosystem.n)
		return 0; /* commits of a repository */
	TRY(record_check_package(ecosystem, name, e));
	const version_order *order = ecosystem_order(ecosystem);
	auto_buffer rules = {0};
	for (uint32_t i = 0; node_is_list(ranges) && i < ranges->count; i++)
		TRY(range_read(ranges->items[i], order, &rules, a, e));
	TRY(versions_read(node_get(affected, "versions"), order, &rules, a, e));
	if (!rules.n)
		return 0; /* no version is affected */
	module_read(package, ecosystem, summary, &rules, a);
	span label = {0};
	ratings_read(node_get(affected, "severity"), vectors, a, &label);
	if (!label.n)
		label = word_at(affected, package_label_paths,
			sizeof package_label_paths / sizeof *package_label_paths);
	span state = word_at(
		affected, package_state_paths, sizeof package_state_paths / sizeof *package_state_paths);
	if (label.n)
		ranges_line(&rules, 's', label);
	if (state.n)
		ranges_line(&rules, 'u', state);
	list_push(a, &r->affected, (advisory_affected){ecosystem, name, arena_copy(a, buffer_span(&rules))});
	return 0;
}

/* --- the whole --- */

static void names_read(const node *list, span_list *names, arena *a, const char *prefix)
{
	for (uint32_t i = 0; node_is_list(list) && i < list->count; i++)
		if (span_starts(node_text(list->items[i]), span_of(prefix)))
			words_add(names, a, node_text(list->items[i]));
}

/* One line of at most LIMIT_ADVISORY_TITLE bytes: the summary, else the start of the details. */
static span title_read(const node *document, arena *a)
{
	span text = span_trim(node_text(node_get(document, "summary")));
	if (!text.n)
		text = span_trim(node_text(node_get(document, "details")));
	text = span_sub(text, 0, span_find_byte(text, '\n'));
	if (text.n > LIMIT_ADVISORY_TITLE) {
		text = span_sub(text, 0, LIMIT_ADVISORY_TITLE);
		while (text.n && !ascii_space(text.p[text.n - 1]))
			text.n--;
		text = arena_format(a, "%.*s…", SPAN_ARG(span_trim(text)));
	}
	char *p = (char *)arena_copy(a, text).p;
	for (size_t i = 0; i < text.n; i++)
		p[i] = (unsigned char)p[i] < ' ' ? ' ' : p[i];
	return (span){p, text.n};
}

static bool url_good(span url)
{
	return span_starts(url, SPAN("https://")) && url.n <= LIMIT_ADVISORY_WORD && ranges_plain(url) &&
	       span_find_byte(url, ' ') == SPAN_NONE;
}

/* The reference that is the advisory itself, else the first. */
static span url_read(const node *document)
{
	const node *list = node_get(document, "references");
	span ret = {0};
	for (uint32_t i = 0; node_is_list(list) && i < list->count; i++) {
		span url = node_text(node_get(list->items[i], "url"));
		bool advisory = span_is(node_text(node_get(list->items[i], "type")), "ADVISORY");
		if (url_good(url) && advisory)
			return url;
		if (url_good(url) && !ret.n)
			ret = url;
	}
	return ret;
}

/* A time as RFC 3339 writes it, or nothing: "0001-01-01" is Go's way to say that. */
static span time_read(const node *document, const char *key)
{
	span time = node_text(node_get(document, key));
	bool good =
		time.n >= 10 && time.n <= 40 && ascii_digit(time.p[0]) && !span_starts(time, SPAN("0001-"));
	return good && ranges_plain(time) ? time : (span){0};
}

static void relations_read(const node *document, const publisher *by, advisory_record *r, arena *a)
{
	span_list aliases = {0}, upstream = {0};
	names_read(node_get(document, "aliases"), &aliases, a, "");
	names_read(node_get(document, "upstream"), &upstream, a, "CVE-");
	if (!upstream.count && by->related)
		names_read(node_get(document, "related"), &upstream, a, "CVE-");
	if (!upstream.count)
		names_read(node_get(document, "upstream"), &aliases, a, "");
	r->aliases = words_join(&aliases, a);
	r->upstream = words_join(&upstream, a);
}

int osv_read(const node *document, arena *a, const record_sink *sink, error *e)
{
	advisory_record r = {.id = node_text(node_get(document, "id"))};
	const node *affected = node_get(document, "affected");
	if (!r.id.n || r.id.n > LIMIT_ADVISORY_WORD || !ranges_plain(r.id) ||
		span_find_byte(r.id, ' ') != SPAN_NONE)
		return error_set(e, ERROR_SYNTAX, "an advisory without an id");
	span ecosystem = node_text(node_path(document, "affected/0/package/ecosystem"));
	const publisher *by = publisher_find(r.id, ecosystem);
	span summary = span_trim(node_text(node_get(document, "summary")));
	span_list vectors = {0};
	r.modified = time_read(document, "modified");
	r.published = time_read(document, "published");
	r.withdrawn = time_read(document, "withdrawn").n > 0;
	r.title = title_read(document, a);
	r.url = url_read(document);
	relations_read(document, by, &r, a);
	if (by->related && !r.aliases.n && !r.upstream.n && !summary_label(summary).n)
		return 0; /* bugs and enhancements of a distribution */
	ratings_read(node_get(document, "severity"), &vectors, a, &r.label);
	span word = word_at(document, label_paths, sizeof label_paths / sizeof *label_paths);
	r.label = word.n ? word : r.label;
	if (!r.label.n && by->summary_label)
		r.label = summary_label(summary);
	if (node_is_list(affected) && affected->count > LIMIT_ADVISORY_PACKAGES)
		return error_set(e, ERROR_LIMIT, "%.*s: more than %d packages", SPAN_ARG(r.id),
			LIMIT_ADVISORY_PACKAGES);
	for (uint32_t i = 0; node_is_list(affected) && i < affected->count; i++)
		if (affected_read(affected->items[i], &r, &vectors, summary, a, e) < 0)
			return error_wrap(e, "%.*s", SPAN_ARG(span_sub(r.id, 0, 60)));
	r.vectors = words_join(&vectors, a);
	return sink->advisory(sink->of, &r, e);
}
