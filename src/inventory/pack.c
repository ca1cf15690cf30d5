/* SPDX-License-Identifier: Apache-2.0
 *
 * What a file says of packages and secrets, as bytes for the memory of layers, and back. */
#include "inventory/pack.h"

#include "base/limits.h"

enum { HAS_PACKAGES = 1, HAS_SECRETS = 2, HAS_RELEASE = 4 };

/* The text members of a package, in the order in which they are written. */
static const size_t package_texts[] = {offsetof(package, name), offsetof(package, version),
	offsetof(package, source), offsetof(package, source_version), offsetof(package, architecture),
	offsetof(package, licence), offsetof(package, module), offsetof(package, vendor),
	offsetof(package, inner)};
static const size_t release_texts[] = {offsetof(package_release, id), offsetof(package_release, like),
	offsetof(package_release, version), offsetof(package_release, codename),
	offsetof(package_release, pretty)};

static void pack_texts(const void *of, const size_t *texts, size_t count, buffer *out)
{
	for (size_t i = 0; i < count; i++)
		pack_span(out, *(const span *)((const char *)of + texts[i]));
}

static void unpack_texts(unpack *u, void *of, const size_t *texts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		*(span *)((char *)of + texts[i]) = unpack_span(u);
}

/* --- packages --- */

static void pack_errors(const error *items, uint32_t count, buffer *out)
{
	pack_number(out, count);
	for (uint32_t i = 0; i < count; i++) {
		pack_number(out, (uint64_t)items[i].code);
		pack_span(out, span_of(items[i].text));
	}
}

static void pack_record(const package_record *r, buffer *out)
{
	pack_number(out, r->packages.count);
	list_each(const package, p, &r->packages) {
		pack_texts(p, package_texts, sizeof package_texts / sizeof *package_texts, out);
		pack_number(out, p->line);
		pack_number(out, p->type);
		pack_number(out, p->evidence);
		pack_number(out, p->development);
	}
	pack_number(out, r->owners.count);
	list_each(const span, owner, &r->owners)
		pack_span(out, *owner);
	pack_number(out, r->files.count);
	list_each(const package_file, f, &r->files) {
		pack_number(out, f->path);
		pack_number(out, f->owner);
	}
	if (r->release)
		pack_texts(r->release, release_texts, sizeof release_texts / sizeof *release_texts, out);
	pack_errors(r->problems.items, r->problems.count, out);
}

static package unpack_package(unpack *u)
{
	package p = {0};
	unpack_texts(u, &p, package_texts, sizeof package_texts / sizeof *package_texts);
	p.line = (uint32_t)unpack_below(u, UINT32_MAX);
	p.type = (uint8_t)unpack_below(u, PACKAGE_TYPE_COUNT - 1);
	p.evidence = (uint8_t)unpack_below(u, PACKAGE_BUILT_IN);
	p.development = unpack_below(u, 1);
	return p;
}

static void unpack_errors(unpack *u, package_record *r, arena *a)
{
	uint32_t count = unpack_count(u);
	for (uint32_t i = 0; i < count && !u->failed; i++) {
		error e = {0};
		int code = (int)unpack_below(u, ERROR_USAGE);
		span text = unpack_span(u);
		error_set(&e, (error_code)code, "%.*s", SPAN_ARG(text));
		package_problem(r, a, &e);
	}
}

static package_record *unpack_record(unpack *u, bool release, arena *a)
{
	package_record *r = ARENA_NEW(a, package_record);
	for (uint32_t n = unpack_count(u); n && !u->failed; n--)
		list_push(a, &r->packages, unpack_package(u));
	for (uint32_t n = unpack_count(u); n && !u->failed; n--)
		list_push(a, &r->owners, unpack_span(u));
	for (uint32_t n = unpack_count(u); n && !u->failed; n--) {
		package_file f = {.path = unpack_number(u)};
		f.owner = (uint32_t)unpack_below(u, r->owners.count ? r->owners.count - 1 : 0);
		list_push(a, &r->files, f);
	}
	if (r->files.count && r->owners.count == 0)
		u->failed = true;
	if (release) {
		r->release = ARENA_NEW(a, package_release);
		unpack_texts(u, r->release, release_texts, sizeof release_texts / sizeof *release_texts);
	}
	unpack_errors(u, r, a);
	return r;
}

/* --- secrets --- */

static void pack_about(const secret_about *r, buffer *out)
{
	pack_span(out, span_of(r->id));
	pack_span(out, span_of(r->title));
	pack_span(out, span_of(r->why));
	pack_number(out, (uint64_t)r->severity);
	pack_number(out, r->foreign);
}

static void pack_secrets(const secret_result *r, buffer *out)
{
	pack_number(out, r->found.count);
	list_each(const secret_found, s, &r->found) {
		pack_about(s->rule, out);
		pack_number(out, s->line);
		pack_number(out, s->column);
		pack_number(out, s->end_line);
		pack_number(out, s->end_column);
		pack_number(out, s->start);
		pack_number(out, s->end);
		pack_span(out, s->masked);
		pack_span(out, s->excerpt);
		pack_span(out, span_of(s->note));
		pack_span(out, span_of(s->hash));
	}
	pack_number(out, r->dropped);
}

static const secret_about *unpack_about(unpack *u, arena *a)
{
	secret_about *r = ARENA_NEW(a, secret_about);
	r->id = arena_string(a, unpack_span(u));
	r->title = arena_string(a, unpack_span(u));
	r->why = arena_string(a, unpack_span(u));
	r->severity = (secret_severity)unpack_below(u, SECRET_CRITICAL);
	r->foreign = unpack_below(u, 1);
	return r;
}

static secret_found unpack_secret(unpack *u, arena *a)
{
	secret_found s = {.rule = unpack_about(u, a)};
	s.line = (uint32_t)unpack_below(u, UINT32_MAX);
	s.column = (uint32_t)unpack_below(u, UINT32_MAX);
	s.end_line = (uint32_t)unpack_below(u, UINT32_MAX);
	s.end_column = (uint32_t)unpack_below(u, UINT32_MAX);
	s.start = unpack_number(u);
	s.end = unpack_number(u);
	s.masked = unpack_span(u);
	s.excerpt = unpack_span(u);
	span note = unpack_span(u), hash = unpack_span(u);
	s.note = note.n ? arena_string(a, note) : NULL;
	if (hash.n >= sizeof s.hash)
		u->failed = true;
	else if (hash.n)
		memcpy(s.hash, hash.p, hash.n);
	return s;
}

static secret_result *unpack_secrets(unpack *u, arena *a)
{
	secret_result *r = ARENA_NEW(a, secret_result);
	for (uint32_t n = unpack_count(u); n && !u->failed; n--)
		list_push(a, &r->found, unpack_secret(u, a));
	r->dropped = (uint32_t)unpack_below(u, UINT32_MAX);
	return r;
}

/* --- both --- */

/* Pages of a database that wait for their journal are not kept, nor what another run might find more of. */
bool reading_pack(const void *found, buffer *out)
{
	const reading *r = found;
	if ((r->packages && r->packages->more) || (r->secrets && r->secrets->problems.count))
		return false;
	pack_number(out, (r->packages ? HAS_PACKAGES : 0) | (r->secrets ? HAS_SECRETS : 0) |
				 (r->packages && r->packages->release ? HAS_RELEASE : 0));
	if (r->packages)
		pack_record(r->packages, out);
	if (r->secrets)
		pack_secrets(r->secrets, out);
	return true;
}

void *reading_unpack(unpack *u, arena *a)
{
	uint64_t has = unpack_below(u, HAS_PACKAGES | HAS_SECRETS | HAS_RELEASE);
	reading *r = ARENA_NEW(a, reading);
	if (has & HAS_PACKAGES)
		r->packages = unpack_record(u, has & HAS_RELEASE, a);
	if (has & HAS_SECRETS)
		r->secrets = unpack_secrets(u, a);
	return r;
}
