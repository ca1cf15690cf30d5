/* SPDX-License-Identifier: Apache-2.0
 *
 * The databases of distributions that are text: dpkg, apk, os-release and its like; and the table of formats. */
#include "base/limits.h"
#include "package_rows.h"
#include "packages/format.h"
#include "test.h"

#include "base/buffer.h"

/* "type name version source source_version architecture line\n" for each package, "path-owner" counts and problems behind them. */
static span listing(const char *path, span bytes, arena *a, buffer *out)
{
	out->n = 0;
	const package_record *r = package_read(span_of(path), bytes, a);
	if (!r)
		return SPAN("nothing");
	list_each(const package, p, &r->packages)
		buffer_format(out, "%s %.*s %.*s %.*s %.*s %.*s %u\n", package_types[p->type].name,
			SPAN_ARG(p->name), SPAN_ARG(p->version), SPAN_ARG(p->source),
			SPAN_ARG(p->source_version), SPAN_ARG(p->architecture), p->line);
	if (r->release)
		buffer_format(out, "%.*s|%.*s|%.*s|%.*s|%.*s\n", SPAN_ARG(r->release->id),
			SPAN_ARG(r->release->like), SPAN_ARG(r->release->version),
			SPAN_ARG(r->release->codename), SPAN_ARG(r->release->pretty));
	list_each(const error, e, &r->problems)
		buffer_format(out, "!%d:%u\n", e->code, e->line);
	return buffer_span(out);
}

static bool owns(const package_record *r, const char *path, const char *owner)
{
	uint64_t want = package_path(span_of(path));
	list_each(const package_file, f, &r->files)
		if (f->path == want && span_is(r->owners.items[f->owner], owner))
			return true;
	return false;
}

TEST(package_dpkg_status)
{
	static const char *const status = "var/lib/dpkg/status";
	static const text_row rows[] = {
		{status, "", "nothing"},
		{status, "\n\n\n", "nothing"},
		{status, "Package: a\nStatus: install ok installed\nVersion: 1:2-3\nArchitecture: amd64\n",
			"deb a 1:2-3   amd64 1\n"},
		{status,
			"Package: a\nVersion: 1\nSource: b\n\nPackage: c\nSource: d (2:4-5)\nVersion: 4+b1", /* no end of line */
			"deb a 1 b   1\ndeb c 4+b1 d 2:4-5  5\n"},
		{status, "package: a\r\nversion: 1\r\n\r\nPackage: b\r\nVersion: 2\r\n",
			"deb a 1    1\ndeb b 2    4\n"},
		{status,
			"Package: a\nVersion: 1\nStatus: deinstall ok config-files\n\n"
			"Package: b\nVersion: 1\nStatus: purge ok not-installed\n\n"
			"Package: c\nVersion: 1\nStatus: install ok half-configured\n\n"
			"Package: d\nVersion: 1\nStatus: install reinstreq half-installed\n\n"
			"Package: e\nVersion: 1\nStatus: install ok triggers-pending\n\n"
			"Package: f\nVersion: 1\nStatus: hold ok unpacked\n",
			"deb c 1    9\ndeb d 1    13\ndeb e 1    17\ndeb f 1    21\n"},
		{status,
			"Package: a\nDescription: x\n Package: no\n Version: 9\n .\nVersion: 1\n \nSection: s\n",
			"deb a 1    1\n!4:8\n"}, /* a line of blanks ends the paragraph (deb822); what follows is none */
		{status, "Version: 1\n\nPackage: b\n\nPackage: c\nVersion: 2\n",
			"deb c 2    5\n!4:1\n!4:3\n"},
		{status, "Package: a\x01\nVersion: 1\n", "!4:1\n"},
		{status, "no colon\n\0\0\n", "!4:1\n"},
		{"var/lib/dpkg/status.d/base-files", "Package: base-files\nVersion: 12\n",
			"deb base-files 12    1\n"},
		{"/var/lib/dpkg/status", "Package: a\nVersion: 1\n", "deb a 1    1\n"},
		{"./var/lib/dpkg/status", "Package: a\nVersion: 1\n", "deb a 1    1\n"},
		{"var/lib/dpkg/status-old", "Package: a\nVersion: 1\n", "nothing"},
		{"srv/var/lib/dpkg/status", "Package: a\nVersion: 1\n", "nothing"},
	};
	CHECK_ROWS(rows);
}

TEST(package_dpkg_files)
{
	arena a = {0};
	const package_record *r = package_read(SPAN("var/lib/dpkg/info/libc6:amd64.list"),
		SPAN("/.\n/lib\n/lib/x86_64-linux-gnu/libc.so.6\n/usr/share/doc/libc6/copyright\n\nrelative\n"),
		&a);
	CHECK(r && owns(r, "usr/lib/x86_64-linux-gnu/libc.so.6", "libc6"));
	CHECK(owns(r, "usr/share/doc/libc6/copyright", "libc6"));
	CHECK(!owns(r, "relative", "libc6"));
	r = package_read(SPAN("var/lib/dpkg/status.d/base.md5sums"),
		SPAN("d41d8cd98f00b204e9800998ecf8427e  usr/share/base/readme\nshort\n"), &a);
	CHECK(r && owns(r, "usr/share/base/readme", "base"));
	CHECK_INT(r->files.count, 1);
	arena_done(&a);
}

TEST(package_apk)
{
	static const char *const installed = "lib/apk/db/installed";
	static const text_row rows[] = {
		{installed, "", "nothing"},
		{installed, "C:Q1\nP:musl\nV:1.2.3-r0\nA:x86_64\no:musl\n\nP:ssl_client\nV:1-r0\no:busybox",
			"apk musl 1.2.3-r0 musl  x86_64 1\napk ssl_client 1-r0 busybox   7\n"},
		{installed, "P:a\n\nV:1\n\nP:b\nV:2\n", "apk b 2    5\n!4:1\n!4:3\n"},
		{installed, "x\n:\nP\nP:a\nV:1\nZ:\n\n\n\n", "apk a 1    4\n"},
		{"usr/lib/apk/db/installed", "P:a\nV:1\n", "apk a 1    1\n"},
		{"opt/apk/db/installed", "P:a\nV:1\n", "nothing"},
	};
	CHECK_ROWS(rows);
}

TEST(package_apk_files)
{
	arena a = {0};
	const package_record *r = package_read(SPAN("lib/apk/db/installed"),
		SPAN("P:a\nV:1\nF:bin\nM:0:0:755\nR:sh\na:0:0:777\nZ:Q1\nR:ls\nF:\nR:root\n\nP:b\nV:1\nR:top\nF:usr/lib\nR:x.so\n"),
		&a);
	CHECK(r && owns(r, "bin/sh", "a") && owns(r, "usr/bin/ls", "a") && owns(r, "root", "a"));
	CHECK(owns(r, "top", "b") && owns(r, "lib/x.so", "b"));
	CHECK_INT(r->files.count, 5);
	arena_done(&a);
}

TEST(package_long_fields)
{
	arena a = {0};
	auto_buffer b = {0};
	buffer_add_string(&b, "P:");
	buffer_repeat(&b, 'a', 1 << 20);
	buffer_add_string(&b, "\nV:1\nF:");
	buffer_repeat(&b, 'f', 1 << 16);
	buffer_add_string(&b, "\nR:x\n\nP:b\nV:2\nA:");
	buffer_repeat(&b, 'c', 1 << 16);
	buffer_add_string(&b, "\n");
	const package_record *r = package_read(SPAN("lib/apk/db/installed"), buffer_span(&b), &a);
	CHECK(r && r->packages.count == 1 && r->problems.count == 1 && r->files.count == 0);
	CHECK(r->packages.items[0].architecture.n <= LIMIT_PACKAGE_FIELD + 1);
	CHECK(a.bytes < 1 << 20);
	arena_done(&a);
}

TEST(package_release)
{
	static const text_row rows[] = {
		{"etc/os-release", "", "nothing"},
		{"etc/os-release",
			"# a comment\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\nID=debian\n",
			"debian||12|bookworm|Debian GNU/Linux 12 (bookworm)\n"},
		{"usr/lib/os-release", "ID='a b'\nID_LIKE=\"rhel \\\"x\\\" \\$y\\\\\"\nVERSION_ID=9.3 # no\n",
			"a b|rhel \"x\" $y\\|9.3||\n"},
		{"etc/os-release", "NAME=x\nID", "nothing"},
		{"etc/os-release", "ID=\"open", "open||||\n"},
		{"etc/os-release", "ID=a\nID=b\n", "b||||\n"},
		{"etc/lsb-release",
			"DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=22.04\nDISTRIB_CODENAME=jammy\nDISTRIB_DESCRIPTION=\"Ubuntu 22.04.3 LTS\"\n",
			"Ubuntu||22.04|jammy|Ubuntu 22.04.3 LTS\n"},
		{"etc/alpine-release", "3.19.1\n", "alpine||3.19.1||Alpine Linux 3.19.1\n"},
		{"etc/debian_version", "12.5\n", "debian||12||Debian GNU/Linux 12.5\n"},
		{"etc/debian_version", "trixie/sid\n", "debian|||trixie|Debian GNU/Linux trixie/sid\n"},
		{"etc/redhat-release", "CentOS Linux release 7.9.2009 (Core)\n",
			"centos||7.9.2009||CentOS Linux release 7.9.2009 (Core)\n"},
		{"etc/redhat-release", "Red Hat Enterprise Linux Server release 6.10 (Santiago)",
			"rhel||6.10||Red Hat Enterprise Linux Server release 6.10 (Santiago)\n"},
		{"etc/system-release", "Amazon Linux release 2 (Karoo)\n",
			"amzn||2||Amazon Linux release 2 (Karoo)\n"},
		{"etc/redhat-release", "Something else\n", "nothing"},
		{"etc/redhat-release", "\n", "nothing"},
	};
	CHECK_ROWS(rows);
}

TEST(package_paths)
{
	CHECK(package_path(SPAN("bin/sh")) == package_path(SPAN("usr/bin/sh")));
	CHECK(package_path(SPAN("/bin/sh")) == package_path(SPAN("./usr/bin/sh")));
	CHECK(package_path(SPAN("bin/sh")) != package_path(SPAN("bin/sh\0")));
	CHECK(package_path(SPAN("usr/usr/x")) != package_path(SPAN("x")));
	CHECK(package_path((span){0}) == package_path(SPAN("/")));
	char path[64] = {0};
	uint64_t seen[sizeof path];
	for (size_t n = 0; n < sizeof path; n++) { /* every byte and the length count */
		path[n] = 'a';
		seen[n] = package_path((span){path, n});
		for (size_t i = 0; i < n; i++) {
			CHECK(seen[i] != seen[n]);
			path[i] = 'b';
			CHECK(package_path((span){path, n}) != seen[n]);
			path[i] = 'a';
		}
	}
}

/* Every pattern of every format is found again by a path made of it, by its own format or by one that stands before. */
TEST(package_formats)
{
	const package_format *f;
	arena a = {0};
	const package_finder *finder = package_finder_new(&a);
	for (size_t i = 0; (f = package_format_at(i)); i++)
		for (const package_pattern *p = f->patterns; p->name; p++) {
			char path[256];
			const char *folder = p->folder ? p->folder : "any";
			snprintf(path, sizeof path, "%s%s/%s%s", folder[0] == '*' ? "x" : "",
				folder[0] == '/' || folder[0] == '*' ? folder + 1 : folder,
				p->name[0] == '*' ? "x" : "", p->name[0] == '*' ? p->name + 1 : p->name);
			CHECK(package_wanted(span_of(path)));
			CHECK(package_finder_wants(finder, span_of(path)));
			if (p->folder && p->folder[0] == '/') {
				char deeper[300];
				snprintf(deeper, sizeof deeper, "srv/%s", path);
				CHECK_INT(package_finder_wants(finder, span_of(deeper)),
					package_wanted(span_of(deeper)));
			}
		}
	static const char *const others[] = {"", "/", "status", "etc/passwd", "var/lib/dpkg/info/x.postinst",
		"var/lib/dpkg/status/", "var/lib/rpm/__db.001", "var/lib/rpm/Name", "xetc/os-release",
		"etc/os-release/x"};
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		CHECK(!package_wanted(span_of(others[i])) &&
			!package_finder_wants(finder, span_of(others[i])));
	arena_done(&a);
}

TEST_MAIN()
