/* SPDX-License-Identifier: Apache-2.0
 *
 * What a package format is: the files that it reads, and how. A format is a `const package_format` in a file of its own, declared below and
 * entered into the table of packages.c. */
#pragma once

#include "packages/package.h"

typedef struct package_pattern {
	/* The last part of a path: whole ("status"), or with a leading '*' what it ends with ("*.list"); "*" is any. Of less than three bytes besides
	 * the '*' only with a folder that has three. */
	const char *name;
	/* The folder it is in: NULL is any; with a leading '/' the whole folder from the root of the image on ("/var/lib/dpkg"); else what the folder
	 * must end with, either whole parts ("db/installed") or with a leading '*' the end of its last part ("*.dist-info"). */
	const char *folder;
} package_pattern;

typedef struct package_input { /* borrowed until the reader returns, but the arena */
	span path;             /* without a leading '/' */
	span name;             /* its last part */
	span bytes;            /* all of the file */
	arena *a;              /* of the record: what is kept is copied there */
} package_input;

typedef void package_reader(const package_input *in, package_record *out);

enum { PACKAGE_PATTERNS = 20 };

typedef struct package_format {
	const char *name; /* "dpkg status" */
	package_reader *read;
	package_pattern patterns[PACKAGE_PATTERNS + 1]; /* ends with a row without a name */
} package_format;

/* A reader of executables says of itself whether it knows the file: true when it has added something. All are asked. */
typedef bool package_executable_reader(const package_input *in, package_record *out);

/* --- of distributions --- */
extern const package_format format_dpkg_status, format_dpkg_part, format_dpkg_list, format_dpkg_sums;
extern const package_format format_apk;
extern const package_format format_rpm;
extern const package_format format_release, format_release_line;

/* --- of languages --- */
extern const package_format format_pub, format_cran, format_renv, format_stack, format_cabal, format_hex,
	format_swift;
extern const package_format format_npm_lock, format_bun, format_yarn, format_pnpm;
extern const package_format format_requirements, format_python_lock, format_uv, format_pipenv;
extern const package_format format_gemfile, format_cargo, format_gomod;
extern const package_format format_npm, format_python, format_gem;
extern const package_format format_composer_installed, format_composer_lock;
extern const package_format format_nuget_deps, format_nuget_assets, format_nuget_lock, format_nuget_config;

extern const package_format format_java;

/* --- of executables --- */
extern package_executable_reader go_binary_read, rust_binary_read, classify_read;

/* --- of programs that no package owns --- */
extern const package_format format_library, format_java_release, format_go_version;

/* --- for those who write readers --- */

/* Adds a package whose spans lie on the arena already. False, and a problem of the record, beyond LIMIT_PACKAGES; a package without a name or version, or
 * with one that is longer than LIMIT_PACKAGE_FIELD or holds control characters, is a problem and not added, but true. */
bool package_add(const package_input *in, package_record *out, const package *p);

/* The same for a package whose spans point into the file: they are copied, of a good package only. So memory is bounded however many damaged ones a file has. */
bool package_add_copy(const package_input *in, package_record *out, const package *p);

/* Adds the name of an owner of files; its index. */
uint32_t package_owner_add(const package_input *in, package_record *out, span name);

/* Makes room for about n files in a record that has none yet. */
void package_files_expect(const package_input *in, package_record *out, size_t n);

/* Says that the package owns the file. False beyond LIMIT_PACKAGE_FILES. */
bool package_file_add(const package_input *in, package_record *out, uint64_t path, uint32_t owner);

/* Another problem of the record, of the form "what: …" with the line where there is one (else 0). */
void package_fault(const package_input *in, package_record *out, error_code code, uint32_t line,
	const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Calls each format, and within a format each pattern: for tests. NULL at the end. */
const package_format *package_format_at(size_t i);
