/* SPDX-License-Identifier: Apache-2.0
 *
 * Installed Ruby gems: specifications/NAME-VERSION.gemspec, which RubyGems writes itself, so always in the same words (rubygems/specification.rb, to_ruby):
 *
 *     # stub: nokogiri 1.15.0 x86_64-linux lib
 *       s.name = "nokogiri".freeze
 *       s.version = "1.15.0"          or Gem::Version.new("1.15.0")
 *       s.licenses = ["MIT".freeze]
 *
 * The stub says it shortest; gemspecs of before RubyGems 2.2 have none. They are programs: what is computed in them is not known. */
#include "packages/format.h"

#include "base/buffer.h"
#include "base/limits.h"
#include "packages/lines.h"

typedef struct gemspec {
	span name, version, platform;
	span licence; /* in its brackets */
	uint32_t line;
} gemspec;

/* Takes the next text in quotes off *rest; false once there is none. A text with escapes is none that we look for. */
static bool quoted_next(span *rest, span *ret)
{
	for (size_t i = 0; i < rest->n; i++) {
		char quote = rest->p[i];
		if (quote != '"' && quote != '\'')
			continue;
		span inside = span_from(*rest, i + 1);
		size_t end = span_find_byte(inside, quote);
		if (end == SPAN_NONE)
			return false;
		*ret = span_sub(inside, 0, end);
		*rest = span_from(inside, end + 1);
		return true;
	}
	return false;
}

static void stub_read(span words, uint32_t line, gemspec *g)
{
	if (span_word(&words, &g->name) && span_word(&words, &g->version)) {
		span_word(&words, &g->platform);
		g->line = line;
	}
}

/* "s.name = VALUE", whatever s is called. */
static bool assigned(span line, const char *member, span *value)
{
	size_t dot = span_find_byte(line, '.'), equal = span_find_byte(line, '=');
	if (dot == SPAN_NONE || equal == SPAN_NONE || dot > equal ||
		!span_is(span_trim(span_sub(line, dot + 1, equal - dot - 1)), member))
		return false;
	*value = span_from(line, equal + 1);
	return true;
}

static void line_read(span line, uint32_t number, gemspec *g)
{
	static const char *const stub = "# stub: ";
	span value;
	if (span_starts(line, span_of(stub))) {
		if (g->name.n == 0)
			stub_read(span_from(line, strlen(stub)), number, g);
	} else if (assigned(line, "name", &value)) {
		if (g->name.n == 0 && quoted_next(&value, &g->name))
			g->line = number;
	} else if (assigned(line, "version", &value)) {
		if (g->version.n == 0)
			quoted_next(&value, &g->version);
	} else if (assigned(line, "platform", &value)) {
		if (g->platform.n == 0)
			quoted_next(&value, &g->platform);
	} else if (assigned(line, "licenses", &value) || assigned(line, "license", &value)) {
		if (g->licence.n == 0)
			g->licence = value;
	}
}

static void gem_read(const package_input *in, package_record *out)
{
	gemspec g = {0};
	lines all = {.rest = in->bytes};
	span line, one;
	while (lines_next(&all, &line))
		line_read(span_trim(line), all.line, &g);
	if (in->bytes.n == 0)
		return;
	auto_buffer licences = {0};
	while (quoted_next(&g.licence, &one) && licences.n < LIMIT_PACKAGE_FIELD) {
		if (licences.n)
			buffer_add_string(&licences, " OR ");
		buffer_add(&licences, one);
	}
	package p = {
		.name = g.name,
		.version = g.version,
		.architecture = span_is(g.platform, "ruby") ? (span){0} : g.platform,
		.licence = buffer_span(&licences),
		.line = g.line,
		.type = PACKAGE_GEM,
		.evidence = PACKAGE_INSTALLED,
	};
	package_add_copy(in, out, &p);
}

const package_format format_gem = {
	"gemspec", gem_read, {{"*.gemspec", "specifications"}, {"*.gemspec", "specifications/default"}}};
