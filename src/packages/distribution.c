/* SPDX-License-Identifier: Apache-2.0
 *
 * From os-release to the names of OSV's ecosystems (OSV schema, "affected[].package.ecosystem"). Distributions that OSV does not know have the name that a
 * database of their own advisories would have (advisories/version.c). */
#include "packages/distribution.h"

typedef enum release_form {
	FORM_NONE,    /* "Wolfi": rolling */
	FORM_MAJOR,   /* "AlmaLinux:9" */
	FORM_WHOLE,   /* "Mageia:9", "Photon OS:5.0" */
	FORM_DEBIAN,  /* by code name where there is no number */
	FORM_UBUNTU,  /* "Ubuntu:22.04:LTS" */
	FORM_ALPINE,  /* "Alpine:v3.19", "Alpine:edge" */
	FORM_EULER,   /* "openEuler:24.03-LTS-SP1" */
	FORM_LEAP,    /* "openSUSE:Leap 15.5" */
	FORM_SLES,    /* the modules of a service pack */
	FORM_ROLLING, /* "openSUSE:Tumbleweed": the name in the table is whole */
} release_form;

typedef struct distribution {
	const char *id;
	package_type type;
	release_form form;
	const char *ecosystem;
	bool source; /* advisories name source packages; those of rpm may name binary ones as well */
} distribution;

/* What advisories name says the OSV schema; of rpm, both are asked for. CentOS was built from the sources of Red Hat's, and nobody else speaks of
 * it. */
/* clang-format off */
static const distribution distributions[] = {
	{"debian",              PACKAGE_DEB, FORM_DEBIAN,  "Debian", true},
	{"raspbian",            PACKAGE_DEB, FORM_DEBIAN,  "Debian", true},
	{"ubuntu",              PACKAGE_DEB, FORM_UBUNTU,  "Ubuntu", true},
	{"echo",                PACKAGE_DEB, FORM_NONE,    "Echo", true},
	{"alpine",              PACKAGE_APK, FORM_ALPINE,  "Alpine", true},
	{"wolfi",               PACKAGE_APK, FORM_NONE,    "Wolfi", true},
	{"chainguard",          PACKAGE_APK, FORM_NONE,    "Chainguard", true},
	{"minimos",             PACKAGE_APK, FORM_NONE,    "MinimOS", true},
	{"alpaquita",           PACKAGE_APK, FORM_WHOLE,   "Alpaquita", true},
	{"bellsoft-hardened-containers", PACKAGE_APK, FORM_WHOLE, "BellSoft Hardened Containers", true},
	{"almalinux",           PACKAGE_RPM, FORM_MAJOR,   "AlmaLinux", false},
	{"rocky",               PACKAGE_RPM, FORM_MAJOR,   "Rocky Linux", true},
	{"rhel",                PACKAGE_RPM, FORM_MAJOR,   "Red Hat:enterprise_linux", false},
	{"centos",              PACKAGE_RPM, FORM_MAJOR,   "Red Hat:enterprise_linux", false},
	{"ol",                  PACKAGE_RPM, FORM_MAJOR,   "Oracle Linux", false},
	{"amzn",                PACKAGE_RPM, FORM_MAJOR,   "Amazon Linux", false},
	{"fedora",              PACKAGE_RPM, FORM_MAJOR,   "Fedora", true},
	{"azurelinux",          PACKAGE_RPM, FORM_MAJOR,   "Azure Linux", true},
	{"mariner",             PACKAGE_RPM, FORM_MAJOR,   "Azure Linux", true},
	{"mageia",              PACKAGE_RPM, FORM_MAJOR,   "Mageia", true},
	{"photon",              PACKAGE_RPM, FORM_WHOLE,   "Photon OS", false},
	{"openeuler",           PACKAGE_RPM, FORM_EULER,   "openEuler", true},
	{"opensuse-leap",       PACKAGE_RPM, FORM_LEAP,    "openSUSE:Leap", true},
	{"opensuse-leap-micro", PACKAGE_RPM, FORM_LEAP,    "openSUSE:Leap Micro", true},
	{"opensuse-tumbleweed", PACKAGE_RPM, FORM_ROLLING, "openSUSE:Tumbleweed", true},
	{"sles",                PACKAGE_RPM, FORM_SLES,    "SUSE", true},
	{"sled",                PACKAGE_RPM, FORM_SLES,    "SUSE", true},
	{"sles_sap",            PACKAGE_RPM, FORM_SLES,    "SUSE", true},
	{"sle_hpc",             PACKAGE_RPM, FORM_SLES,    "SUSE", true},
};

static const struct {
	const char *codename, *version;
} debian_names[] = { /* testing has a code name and no number */
	{"wheezy", "7"}, {"jessie", "8"}, {"stretch", "9"}, {"buster", "10"}, {"bullseye", "11"}, {"bookworm", "12"},
	{"trixie", "13"}, {"forky", "14"}, {"duke", "15"},
};

/* Where SUSE files the packages of its base images: modules, and the server itself in the years of LTSS. %s is "15 SP5". */
static const char *const sles_products[] = {
	"SUSE:Linux Enterprise Module for Basesystem %.*s",
	"SUSE:Linux Enterprise Server %.*s",
	"SUSE:Linux Enterprise Server %.*s-LTSS",
	"SUSE:Linux Enterprise Module for Server Applications %.*s",
	"SUSE:Linux Enterprise Module for Development Tools %.*s",
	"SUSE:Linux Enterprise Module for Web and Scripting %.*s",
	"SUSE:Linux Enterprise Module for Python 3 %.*s",
	"SUSE:Linux Enterprise Module for Containers %.*s",
	"SUSE:Linux Enterprise Module for Legacy %.*s",
};
/* clang-format on */

static const distribution *distribution_find(span id)
{
	for (size_t i = 0; i < sizeof distributions / sizeof *distributions; i++)
		if (span_is_fold(id, distributions[i].id))
			return &distributions[i];
	return NULL;
}

static span until(span s, char c)
{
	return span_sub(s, 0, span_find_byte(s, c));
}

/* "3.19.1" gives "3.19". */
static span two_parts(span version)
{
	span major = until(version, '.');
	return major.n == version.n
		       ? version
		       : span_sub(version, 0, major.n + 1 + until(span_from(version, major.n + 1), '.').n);
}

static span debian_version(const package_release *r)
{
	for (size_t i = 0; !r->version.n && i < sizeof debian_names / sizeof *debian_names; i++)
		if (span_is(r->codename, debian_names[i].codename))
			return span_of(debian_names[i].version);
	return until(r->version, '.');
}

/* Of LTS are the releases of April in even years. */
static bool ubuntu_is_lts(span version)
{
	return version.n == 5 && span_ends(version, SPAN(".04")) && (version.p[1] - '0') % 2 == 0;
}

static span alpine_release(const package_release *r, arena *a)
{
	bool edge = r->version.n == 0 || span_find_byte(r->version, '_') != SPAN_NONE ||
		    span_ends(r->pretty, SPAN("edge"));
	return edge ? SPAN("edge") : arena_format(a, "v%.*s", SPAN_ARG(two_parts(r->version)));
}

/* PRETTY_NAME is "openEuler 24.03 (LTS-SP1)": the words in brackets belong to the release. */
static span euler_release(const package_release *r, arena *a)
{
	size_t open = span_find_byte(r->pretty, '(');
	span words = open == SPAN_NONE ? (span){0} : until(span_from(r->pretty, open + 1), ')');
	if (!words.n)
		return r->version;
	return arena_format(a, "%.*s-%.*s", SPAN_ARG(r->version), SPAN_ARG(words));
}

/* VERSION_ID is "15.5": the fifth service pack. */
static span sles_release(span version, arena *a)
{
	span major = until(version, '.'), pack = span_from(version, major.n + 1);
	return pack.n && !span_is(pack, "0") ? arena_format(a, "%.*s SP%.*s", SPAN_ARG(major), SPAN_ARG(pack))
					     : major;
}

static void sles_add(const package_release *r, arena *a, distribution_query *ret)
{
	span release = sles_release(r->version, a);
	for (size_t i = 0; i < sizeof sles_products / sizeof *sles_products; i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		list_push(a, &ret->ecosystems, arena_format(a, sles_products[i], SPAN_ARG(release)));
#pragma GCC diagnostic pop
	}
}

/* The release as it stands behind "Debian:"; empty when there is none to name. */
static span release_of(const distribution *d, const package_release *r, arena *a)
{
	switch (d->form) {
	case FORM_MAJOR:
		return until(r->version, '.');
	case FORM_DEBIAN:
		return debian_version(r);
	case FORM_UBUNTU:
		return ubuntu_is_lts(r->version) ? arena_format(a, "%.*s:LTS", SPAN_ARG(r->version))
						 : r->version;
	case FORM_ALPINE:
		return alpine_release(r, a);
	case FORM_EULER:
		return euler_release(r, a);
	case FORM_WHOLE:
	case FORM_LEAP:
		return r->version;
	case FORM_NONE:
	case FORM_ROLLING:
	case FORM_SLES:
		break;
	}
	return (span){0};
}

static void ecosystems_add(
	const distribution *d, const package_release *r, const package *p, arena *a, distribution_query *ret)
{
	if (d->form == FORM_SLES) {
		sles_add(r, a, ret);
		return;
	}
	span release = release_of(d, r, a);
	if (!release.n) {
		list_push(a, &ret->ecosystems, span_of(d->ecosystem));
		return;
	}
	char between = d->form == FORM_LEAP ? ' ' : ':';
	list_push(a, &ret->ecosystems, arena_format(a, "%s%c%.*s", d->ecosystem, between, SPAN_ARG(release)));
	/* What Ubuntu Pro has mended is told apart by the version: "1.0-1ubuntu1+esm2". */
	if (d->form == FORM_UBUNTU && span_contains(p->version, "esm"))
		list_push(a, &ret->ecosystems, arena_format(a, "Ubuntu:Pro:%.*s", SPAN_ARG(release)));
}

bool distribution_query_make(const package_release *r, const package *p, arena *a, distribution_query *ret)
{
	const package_type_row *type = &package_types[p->type];
	*ret = (distribution_query){.name = p->name, .version = p->version};
	if (type->ecosystem) {
		list_push(a, &ret->ecosystems, span_of(type->ecosystem));
		return true;
	}
	const distribution *d = r ? distribution_find(r->id) : NULL;
	if (!d || d->type != (package_type)p->type)
		return false;
	ecosystems_add(d, r, p, a, ret);
	if (!d->source)
		return true;
	ret->name = p->source.n ? p->source : p->name;
	ret->version = p->source_version.n ? p->source_version : p->version;
	ret->binary = p->name;
	/* The source of an rpm states no epoch, and advisories do: they are one release of one specification. */
	if (d->type == PACKAGE_RPM)
		ret->version = p->version;
	return true;
}

span distribution_name(const package_release *r, arena *a)
{
	if (r->pretty.n)
		return r->pretty;
	span more = r->version.n ? r->version : r->codename;
	return more.n ? arena_format(a, "%.*s %.*s", SPAN_ARG(r->id), SPAN_ARG(more)) : r->id;
}
