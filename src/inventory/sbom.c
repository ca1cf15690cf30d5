/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading bills of materials. A package is what has a package URL; source packages, which advisories of distributions are about, stand in a
 * qualifier (`upstream`, as Syft writes it) or in properties of the tool that wrote the document. */
#include "inventory/sbom.h"

#include "base/limits.h"
#include "formats/json.h"
#include "formats/purl.h"
#include "packages/distribution.h"

typedef struct sbom {
	const text *text;
	arena *arena;
	inventory *inventory;
	package_release *release; /* of .inventory, while it is filled */
	sbom_problems *problems;
} sbom;

static void tell(sbom *s, const node *at, const char *message, span about)
{
	error e;
	place where = text_place(s->text, at->start);
	if (s->problems->count >= LIMIT_FILE_ERRORS)
		return;
	error_set_at(&e, ERROR_SYNTAX, where.line, where.column, "line %u: %s: %.*s", where.line, message,
		SPAN_ARG(span_sub(about, 0, 120)));
	list_push(s->arena, s->problems, e);
}

/* --- packages --- */

static bool type_of(span type, uint8_t *ret)
{
	for (int i = 0; i < PACKAGE_TYPE_COUNT; i++)
		if (package_types[i].purl && span_is_fold(type, package_types[i].purl)) {
			*ret = (uint8_t)i;
			return true;
		}
	return false;
}

/* The name as the ecosystem writes it: namespace and name, but for distributions, whose namespace is the distribution. */
static span name_of(const sbom *s, const purl *p, uint8_t type)
{
	span name = purl_decode(p->name, s->arena), space = purl_decode(p->namespace, s->arena);
	if (package_types[type].distribution || space.n == 0)
		return name;
	return arena_format(
		s->arena, "%.*s%c%.*s", SPAN_ARG(space), type == PACKAGE_MAVEN ? ':' : '/', SPAN_ARG(name));
}

/* --- the distribution --- */

/* Names that other tools give distributions, and the ID that they have in os-release. */
static const struct {
	const char *name, *id;
} distribution_names[] = {
	{"redhat", "rhel"},
	{"alma", "almalinux"},
	{"oracle", "ol"},
	{"amazon", "amzn"},
	{"cbl-mariner", "mariner"},
	{"azure", "azurelinux"},
	{"opensuse.leap", "opensuse-leap"},
	{"opensuse.tumbleweed", "opensuse-tumbleweed"},
	{"suse linux enterprise server", "sles"},
	{"suse", "sles"},
};

static span distribution_id(span name)
{
	for (size_t i = 0; i < sizeof distribution_names / sizeof *distribution_names; i++)
		if (span_is_fold(name, distribution_names[i].name))
			return span_of(distribution_names[i].id);
	return name;
}

static bool is_number(span s)
{
	return s.n && ascii_digit(s.p[0]);
}

/* "debian-12", "rhel-9.4" (of pkg:rpm/redhat/…), or only the code name "jessie". */
static void learn_release(sbom *s, const purl *p)
{
	span distro, id = distribution_id(purl_decode(p->namespace, s->arena));
	if (s->release || !purl_qualifier(p, "distro", &distro))
		return;
	distro = purl_decode(distro, s->arena);
	size_t dash = span_find_last(distro, '-');
	span name = span_sub(distro, 0, dash),
	     version = dash == SPAN_NONE ? (span){0} : span_from(distro, dash + 1);
	s->release = ARENA_NEW(s->arena, package_release);
	if (is_number(version))
		*s->release = (package_release){.id = distribution_id(name), .version = version};
	else if (is_number(distro))
		*s->release = (package_release){.id = id, .version = distro};
	else
		*s->release = (package_release){
			.id = id, .codename = span_equal(name, id) && version.n ? version : distro};
}

/* "openssl", "openssl@1.1.1k-1" */
static void set_upstream(const sbom *s, const purl *p, package *x)
{
	span upstream;
	if (!purl_qualifier(p, "upstream", &upstream))
		return;
	upstream = purl_decode(upstream, s->arena);
	size_t at = span_find_last(upstream, '@');
	x->source = span_sub(upstream, 0, at);
	if (at != SPAN_NONE && at > 0)
		x->source_version = span_from(upstream, at + 1);
}

/* A source rpm's file name is no name of a package. */
static void drop_file_name(package *x)
{
	if (span_ends(x->source, SPAN(".src.rpm")))
		x->source = (span){0};
}

static void add(sbom *s, const node *at, span url, package *x, const image_spot *spot)
{
	purl p;
	span epoch, architecture;
	if (!purl_read(url, &p) || !type_of(p.type, &x->type)) {
		tell(s, at, "no advisories are known for packages of this type", url);
		return;
	}
	bool distribution = package_types[x->type].distribution;
	x->name = name_of(s, &p, x->type);
	x->version = purl_decode(p.version, s->arena);
	if (distribution && x->type == PACKAGE_RPM && purl_qualifier(&p, "epoch", &epoch) &&
		!span_is(epoch, "0"))
		x->version = arena_format(s->arena, "%.*s:%.*s", SPAN_ARG(epoch), SPAN_ARG(x->version));
	if (purl_qualifier(&p, "arch", &architecture))
		x->architecture = purl_decode(architecture, s->arena);
	if (!x->source.n)
		set_upstream(s, &p, x);
	drop_file_name(x);
	if (distribution)
		learn_release(s, &p);
	package *kept = ARENA_NEW(s->arena, package);
	*kept = *x;
	list_push(s->arena, &s->inventory->packages,
		(inventory_package){.package = kept, .spot = spot, .purl = url});
}

static const image_spot *spot_of(const sbom *s, const node *at, span path)
{
	image_spot *spot = ARENA_NEW(s->arena, image_spot);
	*spot = (image_spot){.layer = NO_LAYER, .line = path.n ? 0 : text_line_number(s->text, at->start)};
	text_init(&spot->text, path.n ? arena_string(s->arena, path) : s->text->path, (span){0}, s->arena);
	return spot;
}

/* --- CycloneDX --- */

/* Properties in which tools say the source package. */
static const struct property_row {
	const char *name;
	size_t offset;
} properties[] = {
	{"bulkhead:source", offsetof(package, source)},
	{"bulkhead:source_version", offsetof(package, source_version)},
	{"bulkhead:module", offsetof(package, module)},
	{"aquasecurity:trivy:SrcName", offsetof(package, source)},
	{"aquasecurity:trivy:Modularitylabel", offsetof(package, module)},
	{"syft:metadata:source", offsetof(package, source)},
	{"syft:metadata:sourceVersion", offsetof(package, source_version)},
	{"syft:metadata:originPackage", offsetof(package, source)},
};

static span property_of(const node *component, const char *name)
{
	const node *list = node_get(component, "properties");
	for (uint32_t i = 0; node_is_list(list) && i < list->count; i++)
		if (span_is(node_text(node_get(list->items[i], "name")), name))
			return node_text(node_get(list->items[i], "value"));
	return (span){0};
}

/* Trivy takes the version of a source apart. */
static span joined_version(const sbom *s, const node *component)
{
	span version = property_of(component, "aquasecurity:trivy:SrcVersion"),
	     release = property_of(component, "aquasecurity:trivy:SrcRelease"),
	     epoch = property_of(component, "aquasecurity:trivy:SrcEpoch");
	if (version.n && release.n)
		version = arena_format(s->arena, "%.*s-%.*s", SPAN_ARG(version), SPAN_ARG(release));
	if (version.n && epoch.n && !span_is(epoch, "0"))
		version = arena_format(s->arena, "%.*s:%.*s", SPAN_ARG(epoch), SPAN_ARG(version));
	return version;
}

static span licence_of(const node *component)
{
	const node *first = node_path(component, "licenses/0");
	span ret = node_text(node_get(first, "expression"));
	if (!ret.n)
		ret = node_text(node_path(first, "license/id"));
	return ret.n ? ret : node_text(node_path(first, "license/name"));
}

static void read_system(sbom *s, const node *component)
{
	if (!s->release)
		s->release = ARENA_NEW(s->arena, package_release);
	*s->release = (package_release){.id = distribution_id(node_text(node_get(component, "name"))),
		.version = node_text(node_get(component, "version")),
		.pretty = node_text(node_get(component, "description"))};
}

static void read_component(sbom *s, const node *component)
{
	span url = node_text(node_get(component, "purl"));
	package x = {.licence = licence_of(component), .line = text_line_number(s->text, component->start)};
	if (span_is(node_text(node_get(component, "type")), "operating-system")) {
		read_system(s, component);
		return;
	}
	if (!url.n)
		return;
	for (size_t i = 0; i < sizeof properties / sizeof *properties; i++) {
		span value = property_of(component, properties[i].name);
		if (value.n)
			*(span *)((char *)&x + properties[i].offset) = value;
	}
	if (!x.source_version.n)
		x.source_version = joined_version(s, component);
	span location = node_text(node_path(component, "evidence/occurrences/0/location"));
	add(s, component, url, &x, spot_of(s, component, location));
}

/* Components may hold components. */
static void read_components(sbom *s, const node *list, int depth)
{
	for (uint32_t i = 0; node_is_list(list) && i < list->count && depth < LIMIT_TREE_DEPTH; i++) {
		read_component(s, list->items[i]);
		read_components(s, node_get(list->items[i], "components"), depth + 1);
	}
}

/* --- SPDX --- */

static span purl_of(const node *package)
{
	const node *refs = node_get(package, "externalRefs");
	for (uint32_t i = 0; node_is_list(refs) && i < refs->count; i++)
		if (span_is(node_text(node_get(refs->items[i], "referenceType")), "purl"))
			return node_text(node_get(refs->items[i], "referenceLocator"));
	return (span){0};
}

/* "built from NAME VERSION; …" (ours), "built package from: NAME VERSION" (Trivy). */
static void read_source_info(const node *from, package *x)
{
	static const span starts[] = {{"built from ", 11}, {"built package from: ", 20}};
	span words = node_text(node_get(from, "sourceInfo"));
	words = span_sub(words, 0, span_find_byte(words, ';'));
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
		if (span_starts(words, starts[i])) {
			words = span_from(words, starts[i].n);
			if (span_word(&words, &x->source))
				x->source_version = span_trim(words);
		}
}

static void read_spdx_package(sbom *s, const node *from)
{
	span url = purl_of(from), licence = node_text(node_get(from, "licenseDeclared"));
	package x = {.line = text_line_number(s->text, from->start)};
	if (!url.n || span_starts(url, SPAN("pkg:oci/")) || span_starts(url, SPAN("pkg:docker/")))
		return;
	if (licence.n && !span_is(licence, "NOASSERTION") && !span_is(licence, "NONE"))
		x.licence = licence;
	read_source_info(from, &x);
	add(s, from, url, &x, spot_of(s, from, (span){0}));
}

/* --- all --- */

static int read_document(sbom *s, const node *root, error *e)
{
	if (span_is(node_text(node_get(root, "bomFormat")), "CycloneDX")) {
		const node *image = node_path(root, "metadata/component");
		s->inventory->digest = node_text(node_get(image, "version"));
		s->inventory->created = node_text(node_path(root, "metadata/timestamp"));
		read_components(s, node_get(root, "components"), 0);
		return 0;
	}
	if (span_starts(node_text(node_get(root, "spdxVersion")), SPAN("SPDX-2."))) {
		const node *list = node_get(root, "packages");
		s->inventory->created = node_text(node_path(root, "creationInfo/created"));
		for (uint32_t i = 0; node_is_list(list) && i < list->count; i++)
			read_spdx_package(s, list->items[i]);
		return 0;
	}
	return error_set(e, ERROR_SYNTAX, "%s: no bill of materials: neither CycloneDX nor SPDX 2 as JSON",
		s->text->path);
}

int sbom_read(const text *t, arena *a, inventory *ret, sbom_problems *ret_problems, error *e)
{
	node *root;
	node_problems doubles = {0};
	inventory made = {.name = t->path};
	sbom s = {.text = t, .arena = a, .inventory = &made, .problems = ret_problems};
	if (json_read(t, a, &root, &doubles, e) < 0)
		return error_wrap(e, "%s, line %u, column %u", t->path, e->line, e->column);
	TRY(read_document(&s, root, e));
	made.release = s.release;
	if (s.release)
		made.distribution = distribution_name(s.release, a);
	*ret = made;
	return 0;
}
