/* SPDX-License-Identifier: Apache-2.0
 *
 * The YAML of rule files, by formats/yaml.h. What our reader says of a fault is turned into the words that Falco's library (yaml-cpp)
 * has for it where there are such; a file with a fault is not read at all, as there.
 *
 * One difference: of two keys of one name, Falco silently takes the first. Here the last counts, as in every other YAML that we
 * read, and it is told. */
#include "formats/yaml.h"
#include "watch/rule_set.h"

static const struct {
	const char *ours, *theirs;
} words[] = {
	{"a 'key: value' is not allowed here", "illegal map value"},
	{"a key was expected here", "end of map not found"},
	{"a '-' was expected here", "end of sequence not found"},
	{"a list item ('- ') is not allowed here", "illegal block entry"},
	{"this '[' is never closed", "end of sequence flow not found"},
	{"this '{' is never closed", "end of map flow not found"},
	{"this quote is never closed", "illegal EOF in scalar"},
	{"this line has no ':'", "illegal map value"},
	{"tab used for indentation", "illegal tab when looking for indentation"},
	{"an unknown escape", "unknown escape character: "},
	{"a value cannot start with", "unknown token"},
	{"unknown alias", "the referenced anchor is not defined"},
};

/* What stops no reading: bytes that are read as '_' are shown where they matter. */
static const char *const harmless[] = {"byte 0x", "control character"};

static bool is_harmless(span message)
{
	for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
		if (span_starts(message, span_of(harmless[i])))
			return true;
	return false;
}

static int yaml_fail(const rule_set *s, const rule_at *file, const node_problem *p)
{
	span ours = span_of(p->message);
	const rule_at *at = rule_at_offset(s, file, "value for", (span){0}, p->start);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (span_starts(ours, span_of(words[i].ours)))
			return rule_fail(s, "LOAD_ERR_YAML_PARSE", at,
				"yaml-cpp: error at line %u, column %u: %s", at->place.line + 1,
				at->place.column + 1, words[i].theirs);
	return rule_fail(s, "LOAD_ERR_YAML_PARSE", at, "error at line %u, column %u: %s", at->place.line + 1,
		at->place.column + 1, p->message);
}

int rule_yaml_read(const rule_set *s, const rule_at *file, node_list *ret)
{
	node_problems problems = {0};
	yaml_read(s->source, s->arena, ret, &problems);
	for (uint32_t i = 0; i < problems.count; i++) {
		const node_problem *p = &problems.items[i];
		span message = span_of(p->message);
		if (span_starts(message, SPAN("duplicate key")))
			rule_warn(s, "LOAD_UNKNOWN_KEY",
				rule_at_offset(s, file, "value for", (span){0}, p->start), "%s", p->message);
		else if (!is_harmless(message))
			return yaml_fail(s, file, p);
	}
	return 0;
}
