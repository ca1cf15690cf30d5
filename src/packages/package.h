/* SPDX-License-Identifier: Apache-2.0
 *
 * Packages as the databases, lock files and executables of an image state them. One file says one record; records are joined once it is known
 * which files a container sees (packages/join.h). */
#pragma once

#include "base/arena.h"
#include "base/error.h"

typedef enum package_type {
	PACKAGE_DEB,
	PACKAGE_APK,
	PACKAGE_RPM,
	PACKAGE_NPM,
	PACKAGE_PYPI,
	PACKAGE_GO,
	PACKAGE_CARGO,
	PACKAGE_MAVEN,
	PACKAGE_GEM,
	PACKAGE_COMPOSER,
	PACKAGE_NUGET,
	PACKAGE_PUB,
	PACKAGE_HEX,
	PACKAGE_HACKAGE,
	PACKAGE_CRAN,
	PACKAGE_SWIFT,
	PACKAGE_BINARY, /* a program that no package owns, recognised by what it says of itself */
	PACKAGE_TYPE_COUNT
} package_type;

typedef struct package_type_row {
	const char *name;      /* "deb" */
	const char *ecosystem; /* as OSV names it ("npm"); NULL: that of the distribution, or none */
	const char *purl;      /* the type in a package URL ("deb", "golang") */
	bool distribution; /* installed by the distribution's own manager: speaks for the files that it owns */
} package_type_row;

extern const package_type_row package_types[PACKAGE_TYPE_COUNT];

/* How sure it is that the package is there. */
typedef enum package_evidence {
	PACKAGE_INSTALLED, /* a database or the package's own metadata says so */
	PACKAGE_LOCKED,    /* a lock file or list of requirements names it */
	PACKAGE_BUILT_IN,  /* compiled into an executable */
} package_evidence;

typedef struct package { /* spans live as long as the arena of the record; empty ones are not known */
	span name;    /* as its ecosystem writes it: "@babel/core", "org.slf4j:slf4j-api", "github.com/a/b" */
	span version; /* whole, with epoch and release: "1:2.36-9+deb12u4" */
	span source;  /* of distributions: the source package; empty: the same name */
	span source_version; /* empty: the same version */
	span architecture;
	span licence;     /* as it is written */
	span module;      /* rpm: the modularity label, "nodejs:18:…" */
	span vendor;      /* rpm, apk: who made it, where it says so */
	span inner;       /* of archives in archives: the way from the file to it, "BOOT-INF/lib/b.jar" */
	uint32_t line;    /* of the file, 1-based, where there are lines; else 0 */
	uint8_t type;     /* package_type */
	uint8_t evidence; /* package_evidence */
	bool development; /* only needed to build or test, says the lock file */
	bool local;       /* not from the registry of its type: advisories do not speak of it */
} package;

typedef LIST(package) package_list;

/* A file that a package of a distribution has installed. */
typedef struct package_file {
	uint64_t path;  /* package_path() of it */
	uint32_t owner; /* in package_record.owners */
} package_file;

/* What /etc/os-release and its like say. */
typedef struct package_release {
	span id;      /* "debian", "alpine", "almalinux", "rhel", "ubuntu" … */
	span like;    /* ID_LIKE */
	span version; /* VERSION_ID; "" for rolling ones */
	span codename;
	span pretty; /* PRETTY_NAME, for people */
} package_release;

typedef struct package_record { /* what one file says */
	package_list packages;
	LIST(span) owners; /* names of packages */
	LIST(package_file) files;
	package_release *release; /* or NULL */
	const void *
		more; /* what only the join understands: the pages of a database that has a journal beside it */
	LIST(error) problems; /* what is damaged in it; the rest counts. At most LIMIT_FILE_ERRORS */
} package_record;

/* A number for a path, the same for "bin/sh" and "usr/bin/sh", which are one file since distributions merged /usr. Without a leading '/'. */
uint64_t package_path(span path);

/* Whether one of the formats reads files of this name. Of executables it does not speak: see package_read_executable(). */
bool package_wanted(span path);

/* The same for those who ask for every file of an image: two steps a file instead of one a pattern. It lives as long as a; it does not change, so threads
 * can share it. */
typedef struct package_finder package_finder;
package_finder *package_finder_new(arena *a);
bool package_finder_wants(const package_finder *f, span path);

/* What a file says of packages, on a; NULL when it says nothing. Bytes and path are borrowed, nothing of them is kept. On any thread. */
package_record *package_read(span path, span bytes, arena *a);

/* The same for an executable (ELF): what is compiled into it, and which known program it is. */
package_record *package_read_executable(span path, span bytes, arena *a);

/* For those who read a format: another problem of the record, dropped beyond LIMIT_FILE_ERRORS. */
void package_problem(package_record *r, arena *a, const error *e);
