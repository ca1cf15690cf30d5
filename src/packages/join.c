/* SPDX-License-Identifier: Apache-2.0
 *
 * The join. The versions of one file, over the layers, are a group: the newest of them counts, unless something that is no database took its place; the
 * older ones only say in which layer a package first was. A table from files to their owners is made of what the databases list. */
#include "packages/join.h"

#include "base/map.h"
#include "packages/rpm.h"

#include <stdlib.h>

typedef struct version_of_file { /* a statement, to be sorted */
	const package_statement *statement;
	uint64_t path;
	uint32_t order;
} version_of_file;

static int version_compare(const void *a, const void *b)
{
	const version_of_file *x = a, *y = b;
	if (x->path != y->path)
		return x->path < y->path ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

/* The text that tells one package of a database from another. */
static span package_key(const package *p, arena *a)
{
	return arena_format(a, "%.*s%c%.*s%c%.*s", SPAN_ARG(p->name), 0, SPAN_ARG(p->version), 0,
		SPAN_ARG(p->architecture));
}

/* --- journals --- */

/* The record of a database with the journal that lies beside it, if there is one that counts, else its own. */
static const package_record *journal_join(
	const package_statement *all, uint32_t count, const package_statement *s, arena *a)
{
	const rpm_pages *pages = s->record->more;
	if (!pages || pages->journal)
		return s->record;
	for (uint32_t i = 0; i < count; i++) {
		const package_statement *j = &all[i];
		const rpm_pages *log = j->record->more;
		if (!log || !log->journal || j->fate != s->fate || j->gone != s->gone ||
			j->path.n != s->path.n + 4 || !span_starts(j->path, s->path))
			continue;
		const package_record *joined = rpm_sqlite_join(pages, log, a);
		return joined ? joined : s->record;
	}
	return s->record;
}

/* --- packages --- */

typedef struct joiner {
	arena *a;
	arena scratch;
	package_set *out;
	LIST(const package_record *) records; /* that count */
} joiner;

/* The layer in which each package of older versions first was; layers are kept plus one. */
static void layers_learn(joiner *j, map *layers, const package_record *r, uint32_t layer)
{
	list_each(const package, p, &r->packages) {
		span key = package_key(p, &j->scratch);
		if (!map_get(layers, key))
			map_set(layers, &j->scratch, key, (void *)(uintptr_t)(layer + 1));
	}
}

/* Who deletes the database of a distribution's packages leaves their files; what speaks of a package of a language goes with it. */
static void packages_add(joiner *j, const package_statement *s, const package_record *r, const map *layers)
{
	bool deleted = s->fate == PACKAGE_DELETED;
	list_each(const package, p, &r->packages) {
		uintptr_t first = layers->count ? (uintptr_t)map_get(layers, package_key(p, &j->scratch)) : 0;
		if (deleted && !package_types[p->type].distribution)
			continue;
		list_push(j->a, &j->out->packages,
			(package_found){
				.package = p,
				.path = s->path,
				.layer = first ? (uint32_t)(first - 1) : s->layer,
				.deleted = deleted,
				.gone = deleted ? s->gone : 0,
			});
	}
	list_push(&j->scratch, &j->records, r);
}

static bool is_journal(const package_record *r)
{
	const rpm_pages *pages = r->more;
	return pages && pages->journal;
}

/* All versions of one file, the oldest first. */
static void group_join(
	joiner *j, const package_statement *all, uint32_t total, const version_of_file *group, size_t count)
{
	map layers = {0};
	size_t newest = count;
	for (size_t i = 0; i < count; i++)
		if (group[i].statement->fate != PACKAGE_REPLACED)
			newest = i;
	if (newest == count || is_journal(group[newest].statement->record))
		return;
	for (size_t i = 0; i < newest; i++)
		layers_learn(j, &layers, group[i].statement->record, group[i].statement->layer);
	const package_statement *s = group[newest].statement;
	packages_add(j, s, journal_join(all, total, s, j->a), &layers);
}

static int found_compare(const void *a, const void *b)
{
	const package_found *x = a, *y = b;
	const package *p = x->package, *q = y->package;
	int order = (int)p->type - (int)q->type;
	if (!order)
		order = span_compare(p->name, q->name);
	if (!order)
		order = span_compare(p->version, q->version);
	if (!order)
		order = span_compare(x->path, y->path);
	if (!order)
		order = x->deleted - y->deleted;
	if (!order)
		order = (x->layer > y->layer) - (x->layer < y->layer);
	if (!order)
		order = span_compare(p->architecture, q->architecture);
	return order ? order : (p->line > q->line) - (p->line < q->line);
}

static bool found_is_same(const package_found *x, const package_found *y)
{
	const package *p = x->package, *q = y->package;
	return p->type == q->type && span_equal(p->name, q->name) && span_equal(p->version, q->version) &&
	       span_equal(x->path, y->path);
}

/* Sorts them and takes those out that are there twice: the first one, which is not deleted if one of them is not, stays. */
static void packages_sort(package_set *s)
{
	uint32_t kept = 0;
	if (s->packages.count)
		qsort(s->packages.items, s->packages.count, sizeof *s->packages.items, found_compare);
	for (uint32_t i = 0; i < s->packages.count; i++)
		if (kept == 0 || !found_is_same(&s->packages.items[kept - 1], &s->packages.items[i]))
			s->packages.items[kept++] = s->packages.items[i];
	s->packages.count = kept;
}

/* --- owners --- */

/* Half of a path's number chooses the slot, the other half is compared: the table is small enough for the caches. */
typedef struct owner_slot {
	uint32_t path;
	uint32_t owner; /* in the packages of the set, plus one; 0: free */
} owner_slot;

struct package_owners {
	owner_slot *slots;
	uint32_t room; /* a power of two */
	uint64_t factor;
};

/* The factor is one that only this process knows, so that nobody can choose paths that meet. */
static owner_slot *slot_find(const struct package_owners *o, uint64_t path)
{
	uint32_t i = (uint32_t)((path * o->factor) >> 32) & (o->room - 1);
	while (o->slots[i].owner && o->slots[i].path != (uint32_t)path)
		i = (i + 1) & (o->room - 1);
	return &o->slots[i];
}

static void owners_add(joiner *j, const map *names, const package_record *r)
{
	uint32_t *owners = ARENA_ARRAY(&j->scratch, uint32_t, r->owners.count);
	for (uint32_t i = 0; i < r->owners.count; i++) {
		const package_found *f = map_get(names, r->owners.items[i]);
		owners[i] = f ? (uint32_t)(f - j->out->packages.items) + 1 : 0;
	}
	list_each(const package_file, f, &r->files) {
		uint32_t owner = f->owner < r->owners.count ? owners[f->owner] : 0;
		if (owner)
			*slot_find(j->out->owners, f->path) = (owner_slot){(uint32_t)f->path, owner};
	}
}

static void owners_make(joiner *j)
{
	map names = {0};
	uint64_t files = 0;
	struct package_owners *o = j->out->owners = ARENA_NEW(j->a, struct package_owners);
	list_each(package_found, f, &j->out->packages)
		if (package_types[f->package->type].distribution)
			map_set(&names, &j->scratch, f->package->name, f);
	list_each(const package_record *, r, &j->records)
		files += (*r)->files.count;
	o->room = 8;
	while (o->room < UINT32_MAX / 4 && o->room < files * 4 / 3)
		o->room *= 2;
	o->slots = ARENA_ARRAY(j->a, owner_slot, o->room);
	o->factor = ((uint64_t)(uintptr_t)o->slots * 0x9e3779b97f4a7c15u) | 1;
	list_each(const package_record *, r, &j->records)
		owners_add(j, &names, *r);
}

const package_found *package_owner(const package_set *s, span path)
{
	const owner_slot *slot = slot_find(s->owners, package_path(path));
	return slot->owner ? &s->packages.items[slot->owner - 1] : NULL;
}

/* --- the rest --- */

/* Where a release is believed, the best first. */
static const char *const release_files[] = {
	"etc/os-release",
	"usr/lib/os-release",
	"etc/lsb-release",
	"etc/alpine-release",
	"etc/system-release",
	"etc/oracle-release",
	"etc/rocky-release",
	"etc/almalinux-release",
	"etc/centos-release",
	"etc/fedora-release",
	"etc/mageia-release",
	"etc/photon-release",
	"etc/mariner-release",
	"etc/redhat-release",
	"etc/debian_version",
};

/* What a container sees counts first, then what was deleted. */
static void release_find(const package_statement *all, uint32_t count, package_set *out)
{
	static const package_fate fates[] = {PACKAGE_FINAL, PACKAGE_DELETED};
	for (size_t f = 0; f < sizeof fates / sizeof *fates; f++)
		for (size_t i = 0; i < sizeof release_files / sizeof *release_files; i++)
			for (uint32_t k = count; k-- > 0;)
				if (all[k].record->release && all[k].fate == fates[f] &&
					span_is(all[k].path, release_files[i])) {
					out->release = all[k].record->release;
					out->release_path = all[k].path;
					return;
				}
}

static void problems_collect(const package_statement *all, uint32_t count, arena *a, package_set *out)
{
	for (uint32_t i = 0; i < count; i++) {
		if (all[i].fate == PACKAGE_REPLACED)
			continue;
		list_each(const error, e, &all[i].record->problems)
			list_push(a, &out->problems, (package_problem_at){all[i].path, all[i].layer, *e});
	}
}

void package_join(const package_statement *statements, uint32_t count, arena *a, package_set *ret)
{
	*ret = (package_set){0};
	joiner j = {.a = a, .out = ret};
	version_of_file *files = ARENA_ARRAY(&j.scratch, version_of_file, count);
	for (uint32_t i = 0; i < count; i++)
		files[i] = (version_of_file){&statements[i], package_path(statements[i].path), i};
	if (count)
		qsort(files, count, sizeof *files, version_compare);
	for (uint32_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count && files[end].path == files[i].path; end++)
			;
		group_join(&j, statements, count, &files[i], end - i);
	}
	packages_sort(ret);
	owners_make(&j);
	list_each(package_found, f, &ret->packages)
		if (!package_types[f->package->type].distribution)
			f->owner = package_owner(ret, f->path);
	release_find(statements, count, ret);
	problems_collect(statements, count, a, ret);
	arena_done(&j.scratch);
}
