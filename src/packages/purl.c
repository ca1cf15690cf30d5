/* SPDX-License-Identifier: Apache-2.0
 *
 * Writing package URLs. Namespaces are a distribution, an npm scope, a Maven group, the folders of a Go module or of a Swift repository. */
#include "packages/purl.h"

#include "base/buffer.h"

/* What need not be escaped: RFC 3986's unreserved characters, and ':' (purl-spec, "Rules for each purl component"). */
static void add_escaped(buffer *out, span s, const char *also)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (ascii_alpha(c) || ascii_digit(c) || (c && strchr(".-_~", c)) || (c && strchr(also, c)))
			buffer_add_byte(out, c);
		else
			buffer_format(out, "%%%02X", (uint8_t)c);
	}
}

static void add_qualifier(buffer *out, char *sign, const char *key, span value)
{
	if (value.n == 0)
		return;
	buffer_add_byte(out, *sign);
	buffer_format(out, "%s=", key);
	add_escaped(out, value, ":");
	*sign = '&';
}

static span lower_if(span s, bool lower, arena *a)
{
	if (!lower)
		return s;
	span ret = arena_copy(a, s);
	for (size_t i = 0; i < ret.n; i++)
		((char *)ret.p)[i] = ascii_lower(ret.p[i]);
	return ret;
}

/* The separator between namespace and name, as the ecosystem writes it; 0: there are no namespaces. */
static char separator_of(uint8_t type)
{
	switch (type) {
	case PACKAGE_MAVEN:
		return ':';
	case PACKAGE_NPM:
	case PACKAGE_GO:
	case PACKAGE_COMPOSER:
	case PACKAGE_SWIFT:
		return '/';
	default:
		return 0;
	}
}

static void add_name(buffer *out, const package *p, const package_release *release, arena *a)
{
	bool lower = p->type == PACKAGE_PYPI || p->type == PACKAGE_DEB || p->type == PACKAGE_APK ||
		     p->type == PACKAGE_COMPOSER;
	span name = lower_if(p->name, lower, a);
	char separator = separator_of(p->type);
	size_t cut = separator ? span_find_last(name, separator) : SPAN_NONE;
	if (package_types[p->type].distribution && release && release->id.n) {
		add_escaped(out, release->id, "");
		buffer_add_byte(out, '/');
	}
	if (cut != SPAN_NONE) {
		add_escaped(out, span_sub(name, 0, cut), "/");
		buffer_add_byte(out, '/');
		name = span_from(name, cut + 1);
	}
	if (p->type == PACKAGE_PYPI) { /* PEP 503, but for runs of separators */
		span dashed = arena_copy(a, name);
		for (size_t i = 0; i < dashed.n; i++)
			if (dashed.p[i] == '_')
				((char *)dashed.p)[i] = '-';
		name = dashed;
	}
	add_escaped(out, name, "");
}

span package_purl(const package *p, const package_release *release, arena *a)
{
	const package_type_row *type = &package_types[p->type];
	auto_buffer out = {0};
	char sign = '?';
	if (!type->purl || p->name.n == 0)
		return (span){0};
	buffer_format(&out, "pkg:%s/", type->purl);
	add_name(&out, p, release, a);
	/* An epoch is a qualifier of rpm, and a part of the version elsewhere. */
	span version = p->version, epoch = {0};
	size_t colon = p->type == PACKAGE_RPM ? span_find_byte(version, ':') : SPAN_NONE;
	if (colon != SPAN_NONE) {
		epoch = span_sub(version, 0, colon);
		version = span_from(version, colon + 1);
	}
	if (version.n) {
		buffer_add_byte(&out, '@');
		add_escaped(&out, version, ":");
	}
	if (type->distribution) {
		add_qualifier(&out, &sign, "arch", p->architecture);
		if (release && release->id.n)
			add_qualifier(&out, &sign, "distro",
				release->version.n ? arena_format(a, "%.*s-%.*s", SPAN_ARG(release->id),
							     SPAN_ARG(release->version))
						   : release->id);
		add_qualifier(&out, &sign, "epoch", epoch);
	}
	return arena_copy(a, buffer_span(&out));
}
