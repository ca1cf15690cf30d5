/* SPDX-License-Identifier: Apache-2.0
 *
 * apk's database of installed packages: lines of one letter, a colon and a value; a blank line ends a package (apk-package(5), "installed").
 *
 *     P:name  V:version  A:architecture  L:licence  o:origin, the source package  m:maintainer
 *     F:a folder  R:a file in the folder named last
 *
 * Not read: checksums, dependencies, commits, and lib/apk/db/scripts.tar. */
#include "packages/format.h"

#include "base/limits.h"
#include "packages/lines.h"

typedef struct apk_reader {
	const package_input *in;
	package_record *out;
	package package; /* its spans point into the file */
	uint32_t owner;
	bool owned;  /* the owner has been entered */
	span folder; /* as it stands in the file */
	bool more;   /* false once a limit is reached */
} apk_reader;

static void apk_end(apk_reader *r)
{
	if (r->package.line) {
		r->package.type = PACKAGE_APK;
		r->package.evidence = PACKAGE_INSTALLED;
		r->more = package_add_copy(r->in, r->out, &r->package) && r->more;
	}
	r->package = (package){0};
	r->folder = (span){0};
	r->owned = false;
}

static void apk_file(apk_reader *r, span name)
{
	char path[LIMIT_IMAGE_PATH];
	size_t n = r->folder.n ? r->folder.n + 1 : 0;
	if (name.n == 0 || name.n >= sizeof path || n + name.n > sizeof path)
		return;
	if (n) {
		memcpy(path, r->folder.p, r->folder.n);
		path[r->folder.n] = '/';
	}
	memcpy(path + n, name.p, name.n);
	if (!r->owned)
		r->owner = package_owner_add(r->in, r->out,
			arena_copy(r->in->a, span_sub(r->package.name, 0, LIMIT_PACKAGE_FIELD)));
	r->owned = true;
	r->more = package_file_add(r->in, r->out, package_path((span){path, n + name.n}), r->owner);
}

static void apk_line(apk_reader *r, char letter, span value)
{
	switch (letter) {
	case 'P':
		r->package.name = value;
		break;
	case 'V':
		r->package.version = value;
		break;
	case 'A':
		r->package.architecture = value;
		break;
	case 'L':
		r->package.licence = value;
		break;
	case 'o':
		r->package.source = value;
		break;
	case 'm':
		r->package.vendor = value;
		break;
	case 'F':
		r->folder = value;
		break;
	case 'R':
		apk_file(r, value);
		break;
	default:
		break;
	}
}

static void apk_read(const package_input *in, package_record *out)
{
	apk_reader r = {.in = in, .out = out, .more = true};
	lines all = {.rest = in->bytes};
	span line;
	while (r.more && lines_next(&all, &line)) {
		if (line.n == 0) {
			apk_end(&r);
		} else if (line.n >= 2 && line.p[1] == ':') {
			if (!r.package.line)
				r.package.line = all.line;
			apk_line(&r, line.p[0], span_from(line, 2));
		}
	}
	apk_end(&r);
}

const package_format format_apk = {
	"apk", apk_read, {{"installed", "/lib/apk/db"}, {"installed", "/usr/lib/apk/db"}}};
