/* SPDX-License-Identifier: Apache-2.0
 *
 * The inventory of an image that was walked. */
#include "inventory/parts.h"

#include "base/limits.h"
#include "packages/distribution.h"
#include "packages/purl.h"

image_spot *spot_new(arena *a, span path, uint16_t layer, const uint16_t *gone)
{
	image_spot *spot = ARENA_NEW(a, image_spot);
	const char *shown = arena_format(a, "/%.*s", SPAN_ARG(path)).p;
	*spot = (image_spot){.layer = layer, .deleted = gone, .gone = gone ? *gone : 0};
	text_init(&spot->text, shown, (span){0}, a);
	return spot;
}

/* A root folder is one layer that nobody calls so. */
static uint16_t layer_number(const image *im, uint32_t layer)
{
	return im->kind == IMAGE_ROOT_FOLDER ? NO_LAYER : (uint16_t)layer;
}

/* --- packages --- */

static const package_fate fates[] = {[IMAGE_FINAL] = PACKAGE_FINAL,
	[IMAGE_REPLACED] = PACKAGE_REPLACED,
	[IMAGE_DELETED] = PACKAGE_DELETED};

/* Hard links share what was found in the file that they point to. */
static bool is_shared(const image_file *f)
{
	return f->type == TAR_HARD_LINK && f->target && f->target->found == f->found;
}

static void join_packages(const image_files *files, arena *a, package_set *ret)
{
	LIST(package_statement) statements = {0};
	for (const image_file *f = files->first; f; f = f->next) {
		const reading *read = f->found;
		if (read && read->packages && !is_shared(f))
			list_push(a, &statements,
				(package_statement){.path = f->path,
					.layer = f->layer,
					.gone = f->gone,
					.fate = fates[f->state],
					.record = read->packages});
	}
	package_join(statements.items, statements.count, a, ret);
}

/* "app.war!/WEB-INF/lib/b.jar": an archive in an archive, written as in URLs of Java. */
static span whole_path(const package_found *p, arena *a)
{
	span inner = p->package->inner;
	return inner.n ? arena_format(a, "%.*s!/%.*s", SPAN_ARG(p->path), SPAN_ARG(inner)) : p->path;
}

static void add_packages(const image *im, const package_set *set, arena *a, inventory *ret)
{
	list_each(const package_found, p, &set->packages) {
		uint16_t gone = (uint16_t)p->gone;
		image_spot *spot =
			spot_new(a, whole_path(p, a), layer_number(im, p->layer), p->deleted ? &gone : NULL);
		spot->line = p->package->line;
		inventory_package x = {.package = p->package,
			.spot = spot,
			.owner = p->owner ? p->owner->package : NULL,
			.purl = package_purl(p->package, set->release, a)};
		list_push(a, &ret->packages, x);
	}
}

static void add_release(const package_set *set, arena *a, inventory *ret)
{
	ret->release = set->release;
	if (set->release)
		ret->distribution = distribution_name(set->release, a);
}

/* --- problems --- */

static void tell_package_problems(image *im, const package_set *set)
{
	list_each(const package_problem_at, p, &set->problems) {
		error e = p->problem;
		error_wrap(&e, "/%.*s", SPAN_ARG(span_sub(p->path, 0, 100)));
		image_problem(im, &e);
	}
}

static void tell_secret_problems(image *im, const image_file *f, const secret_result *r)
{
	list_each(const secret_problem, p, &r->problems) {
		error e;
		error_set(&e, ERROR_LIMIT, "/%.*s: looking for secrets: %s",
			SPAN_ARG(span_sub(f->path, 0, 100)), p->message);
		image_problem(im, &e);
	}
	if (r->dropped) {
		error e;
		error_set(&e, ERROR_LIMIT,
			"/%.*s: looking for secrets: %u more than the %d that are told of one file",
			SPAN_ARG(span_sub(f->path, 0, 100)), r->dropped, LIMIT_SECRET_FINDINGS);
		image_problem(im, &e);
	}
}

/* --- secrets, sizes --- */

static void add_file_secrets(image *im, const image_file *f, const secret_result *r, arena *a, inventory *ret)
{
	list_each(const secret_found, s, &r->found) {
		image_spot *spot = spot_new(
			a, f->path, layer_number(im, f->layer), f->state == IMAGE_FINAL ? NULL : &f->gone);
		spot->line = s->line;
		spot->column = s->column;
		spot->end_column = s->end_line == s->line ? s->end_column : s->column;
		list_push(a, &ret->secrets, (inventory_secret){s, spot});
	}
	tell_secret_problems(im, f, r);
}

static void add_files(image *im, const image_files *files, arena *a, inventory *ret)
{
	for (const image_file *f = files->first; f; f = f->next) {
		const reading *read = f->found;
		if (read && read->secrets && !is_shared(f))
			add_file_secrets(im, f, read->secrets, a, ret);
		ret->files += f->state == IMAGE_FINAL && f->type != TAR_FOLDER;
		if (f->state != IMAGE_FINAL && f->type == TAR_FILE)
			ret->layers[f->layer].wasted += f->size;
		if (im->kind == IMAGE_ROOT_FOLDER && f->type == TAR_FILE)
			ret->size += f->size;
	}
	for (uint32_t i = 0; i < ret->layer_count; i++) {
		ret->size += ret->layers[i].size;
		ret->wasted += ret->layers[i].wasted;
	}
}

static void add_facts(const image *im, const char *name, inventory *ret)
{
	ret->name = name;
	ret->reference = im->reference;
	ret->digest = im->digest;
	ret->config_digest = im->config_digest;
	ret->os = node_text(node_get(im->config, "os"));
	ret->architecture = node_text(node_get(im->config, "architecture"));
	ret->variant = node_text(node_get(im->config, "variant"));
	ret->created = node_text(node_get(im->config, "created"));
}

int inventory_make(inventory_reader *r, image *im, const char *name, arena *a, inventory *ret,
	inventory_parts *ret_parts, error *e)
{
	TRY(image_walk(im, &ret_parts->files, e));
	join_packages(&ret_parts->files, a, &ret_parts->packages);
	*ret = (inventory){0};
	add_facts(im, name, ret);
	inventory_history(r, im, a, ret);
	add_files(im, &ret_parts->files, a, ret);
	add_packages(im, &ret_parts->packages, a, ret);
	add_release(&ret_parts->packages, a, ret);
	tell_package_problems(im, &ret_parts->packages);
	if (im->kind == IMAGE_ROOT_FOLDER)
		ret->layer_count = 0;
	return 0;
}
