/* SPDX-License-Identifier: Apache-2.0
 *
 * Programs that are recognised by their names and strings: made by hand here, real ones in tests/system/programs.py. */
#include "elf_make.h"
#include "packages/package.h"
#include "test.h"

/* "name version\n" for each program. */
static span listing(const package_record *r, buffer *out)
{
	out->n = 0;
	if (!r)
		return SPAN("nothing");
	list_each(const package, p, &r->packages)
		buffer_format(out, "%.*s %.*s\n", SPAN_ARG(p->name), SPAN_ARG(p->version));
	return buffer_span(out);
}

typedef struct row {
	const char *path;
	span data;
	const char *want;
} row;

static const row rows[] = {
	{"usr/local/bin/node", SPAN("a\0node.js/v18.20.4\0b"), "node 18.20.4\n"},
	{"usr/local/bin/node", SPAN("node.js/v node.js/v18 node.js/v18.2. node.js/v20.0.1-pre\0"),
		"node 20.0.1\n"},
	{"usr/local/bin/node18", SPAN("node.js/v18.20.4\0"), "nothing"},
	{"usr/local/bin/other", SPAN("node.js/v18.20.4\0"), "nothing"},
	{"bin/python3.11", SPAN("\0/opt/3.11.7\0 3.11.9 \0"), "python 3.11.7\n"},
	{"bin/python3.11", SPAN("13.11.2\0 2.3.11.2\0 3.11.x\0 3.11.2\0"), "python 3.11.2\n"},
	{"bin/python3.13", SPAN("\0 3.13.0rc1\0"), "python 3.13.0rc1\n"},
	{"bin/python3.6m", SPAN("\0 3.6.15\0"), "python 3.6.15\n"},
	{"lib/libpython3.11.so.1.0", SPAN("\0 3.11.2\0"), "python 3.11.2\n"},
	{"lib/libpython3.6m.so.1.0", SPAN("\0 3.6.15\0"), "python 3.6.15\n"},
	{"bin/python3", SPAN("\0 3.11.2\0"), "nothing"},
	{"bin/python", SPAN("\0 3.11.2\0"), "nothing"},
	{"bin/python3.11-config", SPAN("\0 3.11.2\0"), "nothing"},
	{"bin/python1111111111111111111111111111111111111111111111111", SPAN("\0 3.11.2\0"), "nothing"},
	{"bin/ruby", SPAN("ruby ruby 3.1.2p20 (2022-04-12)"), "ruby 3.1.2\n"},
	{"lib/libruby-3.1.so.3.1.2", SPAN("ruby 3.1.2p20 (2022-04-12)"), "ruby 3.1.2\n"},
	{"bin/perl", SPAN("xv5.36.1\0\0v5.36.0\0"), "perl 5.36.0\n"},
	{"bin/perl", SPAN("/usr/local/lib/perl5/site_perl/5.38.1\0/usr/local/lib/perl5/5.38.2\0"),
		"perl 5.38.2\n"},
	{"bin/perl5.36.0", SPAN("\0v5.36.0\0"), "perl 5.36.0\n"},
	{"bin/php", SPAN("X-Powered-By: PHP/8.4.0RC1\0"), "php 8.4.0RC1\n"},
	{"sbin/php-fpm8.2", SPAN("X-Powered-By: PHP/8.2.1\0"), "php 8.2.1\n"},
	{"sbin/nginx", SPAN("nginx version: nginx/1.22.1\0"), "nginx 1.22.1\n"},
	{"sbin/httpd", SPAN("Apache/2.4\0Apache/2.4.58 (Unix)\0"), "httpd 2.4.58\n"},
	{"bin/redis-server", SPAN("\0 9.9.9\0 err\0 7.0.15\0c11-builtin\0"), "redis 7.0.15\n"},
	{"bin/redis-server", SPAN("5.0.14\0atomic-builtin\0"), "redis 5.0.14\n"},
	{"bin/redis-server", SPAN("c11-builtin\0 7.0.15 c11-builtin\0"), "nothing"},
	{"bin/postgres", SPAN("postgres (PostgreSQL) 15.20 (Debian)\0"), "postgresql 15.20\n"},
	{"bin/postgres", SPAN("postgres (PostgreSQL) 17beta2\0postgres (PostgreSQL) 9.6.1\0"),
		"postgresql 9.6.1\n"},
	{"sbin/mariadbd", SPAN("MariaDB 10.0 MariaDB 10.11.19\0"), "mariadb 10.11.19\n"},
	{"sbin/mysqld", SPAN("MariaDB 10.11.19\0"), "mariadb 10.11.19\n"},
	{"sbin/mysqld", SPAN("/build/mysql-8.0.35/sql/mysqld.cc\0"), "mysql 8.0.35\n"},
	{"bin/openssl", SPAN("OpenSSL 1.1.1w  11 Sep 2023\0"), "openssl 1.1.1w\n"},
	{"lib/libcrypto.so.3", SPAN("OpenSSL 3.0.22 25 Aug 2026\0"), "openssl 3.0.22\n"},
	{"bin/curl", SPAN("curl/curl.h curl/7.88.1\0"), "curl 7.88.1\n"},
	{"lib/libcurl.so.4.8.0", SPAN("libcurl/7.88.1\0"), "curl 7.88.1\n"},
	{"bin/busybox", SPAN("BusyBox v1.35.0 (x)\0"), "busybox 1.35.0\n"},
	{"bin/bash", SPAN("@(#)Bash version 5.2.15(1) release GNU\0"), "bash 5.2.15\n"},
	{"sbin/haproxy", SPAN("gcc version 12.2.0\0 version 2.6.12-1, released 2026\0"), "haproxy 2.6.12\n"},
	{"bin/memcached", SPAN("memcached 1.6.18\n"), "memcached 1.6.18\n"},
	{"bin/memcached", SPAN("memcached 1.11111111111111111111111111111111111111111111.1\0"), "nothing"},
	{"bin/memcached", {0}, "nothing"},
};

TEST(classify_programs)
{
	static const char *const sections[] = {".rodata", ".data"};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		for (size_t s = 0; s < sizeof sections / sizeof *sections; s++) {
			arena a = {0};
			auto_buffer b = {0}, out = {0};
			elf_made m = {.wide = true,
				.sections = {{".text", SPAN("\1\2\3")}, {sections[s], rows[i].data}}};
			elf_make(&m, &b);
			span got = listing(
				package_read_executable(span_of(rows[i].path), buffer_span(&b), &a), &out);
			if (!span_is(got, rows[i].want))
				printf("# row %zu: %.*s\n", i, SPAN_ARG(got));
			CHECK_SPAN(got, rows[i].want);
			arena_done(&a);
		}
}

TEST(classify_libraries)
{
	arena a = {0};
	auto_buffer b = {0}, out = {0};
	elf_made m = {.wide = true, .sections = {{".rodata", SPAN("OpenSSL 3.0.22 25 Aug 2026\0")}}};
	elf_make(&m, &b);
	CHECK(package_wanted(SPAN("usr/lib/libcrypto.so.3")) && !package_wanted(SPAN("usr/lib/libz.so.1")));
	CHECK_SPAN(listing(package_read(SPAN("usr/lib/libcrypto.so.3"), buffer_span(&b), &a), &out),
		"openssl 3.0.22\n");
	CHECK_SPAN(listing(package_read(SPAN("usr/lib/libcrypto.so.3"), SPAN("text"), &a), &out), "nothing");
	arena_done(&a);
}

TEST(classify_texts)
{
	static const row texts[] = {
		{"opt/java/release", SPAN("IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"17.0.9\"\n"), "java 17.0.9\n"},
		{"opt/java/jre/release", SPAN("JAVA_VERSION=\"1.8.0_302\"\r\n"), "java 1.8.0_302\n"},
		{"opt/java/release", SPAN("JAVA_VERSION=\"\n"), "nothing"},
		{"opt/java/release", SPAN("JAVA_VERSION=17\n"), "nothing"},
		{"opt/java/release", SPAN("VERSION=\"1\"\n"), "nothing"},
		{"usr/local/go/VERSION", SPAN("go1.21.0\ntime 2023-08-04T20:14:06Z\n"), "go 1.21.0\n"},
		{"usr/local/go/VERSION", SPAN("devel go1.22-x\n"), "nothing"},
		{"srv/django/VERSION", SPAN("go1.21.0"), "nothing"},
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		arena a = {0};
		auto_buffer out = {0};
		CHECK_SPAN(listing(package_read(span_of(texts[i].path), texts[i].data, &a), &out),
			texts[i].want);
		arena_done(&a);
	}
}

TEST_MAIN()
