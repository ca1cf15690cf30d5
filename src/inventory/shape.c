/* SPDX-License-Identifier: Apache-2.0
 *
 * The shape of an image. */
#include "inventory/shape.h"

#include "packages/join.h"

#include <time.h>

enum { DAY = 24 * 60 * 60, SET_UID = 04000, SET_GID = 02000, STICKY = 01000, OTHERS_WRITE = 0002 };

/* Programs that an attacker would have to bring along, by the last part of their paths. */
static const struct tool_row {
	const char *kind, *names;
} tools[] = {
	{"shell", "sh bash dash ash zsh ksh mksh fish csh tcsh busybox toybox"},
	{"package-manager",
		"apt apt-get aptitude dpkg apk yum dnf microdnf tdnf rpm zypper pacman opkg pip pip3 npm yarn gem composer"},
	{"compiler", "gcc cc g++ clang tcc go rustc javac ghc"},
	{"download", "curl wget nc ncat netcat socat ftp"},
};

static const char *tool_kind(span path)
{
	size_t slash = span_find_last(path, '/');
	span name = slash == SPAN_NONE ? path : span_from(path, slash + 1),
	     folder = span_sub(path, 0, slash == SPAN_NONE ? 0 : slash);
	if (!span_ends(folder, SPAN("bin")))
		return NULL;
	for (size_t i = 0; i < sizeof tools / sizeof *tools; i++)
		if (span_in(name, tools[i].names))
			return tools[i].kind;
	return NULL;
}

typedef struct shape {
	const package_set *packages;
	workload *workload;
	arena *arena;
} shape;

static void add(const shape *s, fact_id list, const image_file *f, const char *kind, const inventory *im)
{
	image_spot *spot = ARENA_NEW(s->arena, image_spot);
	const char *path = arena_format(s->arena, "/%.*s", SPAN_ARG(f->path)).p;
	*spot = (image_spot){.layer = im->layer_count && im->os.n ? f->layer : NO_LAYER};
	text_init(&spot->text, path, (span){0}, s->arena);
	item *x = posture_add(&s->workload->posture, list, (origin){.text = &spot->text}, s->arena);
	item_set_text(x, MEMBER_file_path, span_of(path));
	item_set_text(x, MEMBER_file_kind, span_of(kind));
	item_set_number(x, MEMBER_file_mode, f->mode);
	const package_found *owner = package_owner(s->packages, f->path);
	if (owner)
		item_set_text(x, MEMBER_file_package, owner->package->name);
}

static void look_at(const shape *s, const inventory *im, const image_file *f)
{
	bool file = f->type == TAR_FILE || f->type == TAR_HARD_LINK, folder = f->type == TAR_FOLDER;
	const char *tool = file || f->type == TAR_LINK ? tool_kind(f->path) : NULL;
	if (file && f->mode & 0111 && f->mode & (SET_UID | SET_GID))
		add(s, FACT_set_uid, f, f->mode & SET_UID ? "set-uid" : "set-gid", im);
	else if (file && f->capability)
		add(s, FACT_set_uid, f, "capability", im);
	if ((file || folder) && f->mode & OTHERS_WRITE && !(folder && f->mode & STICKY))
		add(s, FACT_world_writable, f, file ? "file" : "folder", im);
	if (tool)
		add(s, FACT_tools, f, tool, im);
}

/* Days since a time as RFC 3339 has it; -1 for none, and for the epochs that reproducible builds write. */
static int64_t age_in_days(span created, int64_t now)
{
	struct tm t = {0};
	char text[20] = {0};
	if (created.n < 10 || now <= 0)
		return -1;
	memcpy(text, created.p, created.n < 19 ? created.n : 19);
	if (!strptime(text, "%Y-%m-%d", &t))
		return -1;
	int64_t then = timegm(&t);
	return t.tm_year < 2010 - 1900 || then > now ? -1 : (now - then) / DAY;
}

void shape_facts(const inventory *im, const image_files *files, const package_set *packages, int64_t now,
	workload *w, arena *a)
{
	static const fact_id lists[] = {FACT_set_uid, FACT_world_writable, FACT_tools};
	shape s = {.packages = packages, .workload = w, .arena = a};
	posture *p = &w->posture;
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		posture_set_list(p, lists[i], KNOWN_DECLARED, w->origin, a);
	for (const image_file *f = files->first; f; f = f->next)
		if (f->state == IMAGE_FINAL)
			look_at(&s, im, f);
	int64_t age = age_in_days(im->created, now);
	if (age >= 0)
		posture_set_number(p, FACT_age, KNOWN_DECLARED, age, w->origin);
	if (im->distribution.n)
		posture_set_text(p, FACT_distribution, KNOWN_DECLARED, im->distribution, w->origin);
	if (im->support_ended.n)
		posture_set_text(p, FACT_support_ended, KNOWN_DECLARED, im->support_ended, w->origin);
	posture_set_number(p, FACT_size, KNOWN_DECLARED, (int64_t)im->size, w->origin);
	posture_set_number(p, FACT_wasted, KNOWN_DECLARED, (int64_t)im->wasted, w->origin);
}
