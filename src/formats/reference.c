/* SPDX-License-Identifier: Apache-2.0
 *
 * References to images: splitting, then checking each part against its grammar. */
#include "formats/reference.h"

static span cut_registry(span *rest)
{
	size_t slash = span_find_byte(*rest, '/');
	if (slash == SPAN_NONE)
		return (span){0};
	span first = span_sub(*rest, 0, slash);
	if (span_find_byte(first, '.') == SPAN_NONE && span_find_byte(first, ':') == SPAN_NONE &&
		!span_is(first, "localhost"))
		return (span){0};
	*rest = span_from(*rest, slash + 1);
	return first;
}

/* Takes what follows the separator at `at` off *rest. */
static span cut_tail(span *rest, size_t at)
{
	if (at == SPAN_NONE)
		return (span){0};
	span tail = span_from(*rest, at + 1);
	*rest = span_sub(*rest, 0, at);
	return tail;
}

reference reference_split(span text, arena *a)
{
	reference ret = {0};
	span rest = text;
	ret.digest = cut_tail(&rest, span_find_byte(rest, '@'));
	ret.registry = cut_registry(&rest);
	ret.tag = cut_tail(&rest, span_find_last(rest, ':'));
	if (ret.registry.n == 0 || span_is(ret.registry, "index.docker.io"))
		ret.registry = SPAN("docker.io");
	if (span_is(ret.registry, "docker.io") && span_find_byte(rest, '/') == SPAN_NONE)
		rest = arena_format(a, "library/%.*s", SPAN_ARG(rest));
	ret.repository = rest;
	return ret;
}

/* --- checking --- */

static bool word(char c)
{
	return ascii_digit(c) || ascii_alpha(c);
}

static bool lower_word(char c)
{
	return ascii_digit(c) || (c >= 'a' && c <= 'z');
}

/* Letters and digits, and dashes between them; parts separated by dots. */
static bool host_valid(span host)
{
	span part;
	if (host.n == 0 || host.n > 253 || host.p[host.n - 1] == '.')
		return false;
	while (span_cut(&host, '.', &part)) {
		if (part.n == 0 || !word(part.p[0]) || !word(part.p[part.n - 1]))
			return false;
		for (size_t i = 0; i < part.n; i++)
			if (!word(part.p[i]) && part.p[i] != '-')
				return false;
	}
	return true;
}

/* "[::1]" */
static bool literal_valid(span host)
{
	if (host.n < 4 || host.p[0] != '[' || host.p[host.n - 1] != ']')
		return false;
	for (size_t i = 1; i + 1 < host.n; i++)
		if (host.p[i] != ':' && !ascii_digit(host.p[i]) &&
			(ascii_lower(host.p[i]) < 'a' || ascii_lower(host.p[i]) > 'f'))
			return false;
	return true;
}

static bool registry_valid(span registry)
{
	size_t colon = span_find_last(registry, ':');
	span host = registry;
	int64_t port;
	if (colon != SPAN_NONE && (registry.p[0] != '[' || registry.p[registry.n - 1] != ']')) {
		span digits = span_from(registry, colon + 1);
		if (digits.n == 0 || !ascii_digit(digits.p[0]) || !span_int(digits, &port) || port < 1 ||
			port > 65535)
			return false;
		host = span_sub(registry, 0, colon);
	}
	return host_valid(host) || literal_valid(host);
}

/* What may stand between letters and digits: one dot, one or two underscores, any dashes. */
static size_t separator_length(span s, size_t at)
{
	size_t n = 0;
	while (at + n < s.n && s.p[at + n] == '-')
		n++;
	if (n)
		return n;
	if (s.p[at] == '_')
		return at + 1 < s.n && s.p[at + 1] == '_' ? 2 : 1;
	return s.p[at] == '.';
}

static bool component_valid(span s)
{
	if (s.n == 0 || !lower_word(s.p[0]) || !lower_word(s.p[s.n - 1]))
		return false;
	for (size_t i = 0; i < s.n;) {
		size_t n = lower_word(s.p[i]) ? 1 : separator_length(s, i);
		if (n == 0 || (!lower_word(s.p[i]) && !lower_word(s.p[i + n])))
			return false;
		i += n;
	}
	return true;
}

static bool repository_valid(span s)
{
	span part;
	if (s.n == 0 || s.n > REFERENCE_REPOSITORY_MAX || s.p[s.n - 1] == '/')
		return false;
	while (span_cut(&s, '/', &part))
		if (!component_valid(part))
			return false;
	return true;
}

static bool tag_valid(span s)
{
	if (s.n == 0 || s.n > REFERENCE_TAG_MAX || s.p[0] == '.' || s.p[0] == '-')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!word(s.p[i]) && s.p[i] != '_' && s.p[i] != '.' && s.p[i] != '-')
			return false;
	return true;
}

static bool digest_valid(span s)
{
	static const size_t hex = 64;
	if (!span_starts(s, SPAN("sha256:")) || s.n != sizeof "sha256:" - 1 + hex)
		return false;
	for (size_t i = sizeof "sha256:" - 1; i < s.n; i++)
		if (!ascii_digit(s.p[i]) && (s.p[i] < 'a' || s.p[i] > 'f'))
			return false;
	return true;
}

static int wrong(error *e, const char *what, span part)
{
	return error_set(e, ERROR_SYNTAX, "'%.*s' is no %s", SPAN_ARG(span_sub(part, 0, 100)), what);
}

int reference_parse(span text, arena *a, reference *ret, error *e)
{
	reference r = reference_split(text, a);
	if (!registry_valid(r.registry))
		return wrong(e, "name of a registry", r.registry);
	if (!repository_valid(r.repository))
		return wrong(e, "name of an image", r.repository);
	if (r.tag.p && !tag_valid(r.tag))
		return wrong(e, "tag", r.tag);
	if (r.digest.p && !digest_valid(r.digest))
		return wrong(e, "SHA-256 digest", r.digest);
	if (!r.tag.p && !r.digest.p)
		r.tag = SPAN("latest");
	*ret = r;
	return 0;
}

span reference_text(const reference *r, arena *a)
{
	return arena_format(a, "%.*s/%.*s%s%.*s%s%.*s", SPAN_ARG(r->registry), SPAN_ARG(r->repository),
		r->tag.p ? ":" : "", SPAN_ARG(r->tag), r->digest.p ? "@" : "", SPAN_ARG(r->digest));
}
