/* SPDX-License-Identifier: Apache-2.0
 *
 * Names of Java archives. Maven's plugins leave META-INF/maven/GROUP/ARTIFACT/pom.properties, which is certain. Others leave a manifest (JAR File
 * Specification; OSGi Core, chapter 3) and a file name, which say the version, mostly the artifact, and the group only sometimes:
 *
 *     log4j-core-2.17.0.jar                                         log4j-core 2.17.0
 *     Bundle-SymbolicName: org.apache.logging.log4j.core            org.apache.logging.log4j, as the bundle plugin makes the name of GROUP.ARTIFACT
 *     Group-Id, Short-Name, Plugin-Version                          of Jenkins' plugins
 *
 * A group that nothing says is taken from a table of those that are common; else the archive is listed without one. */
#include "packages/java.h"
#include "packages/lines.h"

#include "base/limits.h"

/* --- pom.properties --- */

static bool is_coordinate(span s)
{
	return s.n && s.n <= LIMIT_JAVA_NAME && !span_contains(s, "${") &&
	       span_find_byte(s, ' ') == SPAN_NONE;
}

bool java_properties_read(span text, java_name *ret)
{
	lines all = {.rest = text};
	java_name n = {0};
	span line;
	while (lines_next(&all, &line)) {
		size_t equals = span_find_byte(line, '=');
		if (equals == SPAN_NONE)
			continue;
		span key = span_trim(span_sub(line, 0, equals)),
		     value = span_trim(span_from(line, equals + 1));
		if (span_is(key, "groupId"))
			n.group = value;
		else if (span_is(key, "artifactId"))
			n.artifact = value;
		else if (span_is(key, "version"))
			n.version = value;
	}
	if (!is_coordinate(n.group) || !is_coordinate(n.artifact) || !is_coordinate(n.version))
		return false;
	*ret = n;
	return true;
}

/* --- the name of the file --- */

static bool part_is_version(span part)
{
	static const char *const words = "alpha beta rc cr jre android snapshot final ga release incubating";
	char lower[16];
	if (part.n == 0 || part.n > sizeof lower)
		return part.n && ascii_digit(part.p[0]);
	size_t n = 0;
	while (n < part.n && ascii_alpha(part.p[n])) {
		lower[n] = ascii_lower(part.p[n]);
		n++;
	}
	return ascii_digit(part.p[0]) || (n && span_in((span){lower, n}, words)) ||
	       (n == 1 && lower[0] == 'm' && part.n > 1 && ascii_digit(part.p[1]));
}

/* "log4j-1.2-api-2.17.0" is log4j-1.2-api 2.17.0, "guava-31.1-jre" guava 31.1-jre: the version is the last row of parts that can be of one, from the first
 * of them on that begins with a digit. What stands behind it ("-linux-x86_64", "-sources") is none of it. */
static void file_split(span base, span *artifact, span *version)
{
	size_t start = SPAN_NONE, end = 0;
	bool in_row = false;
	*artifact = base;
	*version = (span){0};
	for (size_t at = 0, next; at < base.n; at = next + 1) {
		next = at + span_find_byte(span_from(base, at), '-');
		if (next < at || next > base.n)
			next = base.n;
		span part = span_sub(base, at, next - at);
		bool good = at > 0 && part_is_version(part);
		if (good && !in_row && ascii_digit(part.p[0])) {
			start = at;
			in_row = true;
		}
		in_row = in_row && good;
		if (in_row)
			end = next;
	}
	if (start == SPAN_NONE)
		return;
	*artifact = span_sub(base, 0, start - 1);
	*version = span_sub(base, start, end - start);
}

static span file_base(span file)
{
	size_t dot = span_find_last(file, '.');
	return span_sub(file, 0, dot);
}

bool java_name_is(const java_name *n, span file)
{
	span artifact, version;
	file_split(file_base(file), &artifact, &version);
	return span_equal(artifact, n->artifact) || span_equal(file_base(file), n->artifact);
}

/* --- groups --- */

/* Groups of artifacts whose archives do not state them. A name with a '*' at its end is a prefix; the first row that fits counts. */
static const struct {
	const char *artifact;
	const char *group; /* NULL: called as the artifact */
} groups[] = {
	{"aopalliance", NULL},
	{"asm*", "org.ow2.asm"},
	{"axis", NULL},
	{"bcpkix-*", "org.bouncycastle"},
	{"bcprov-*", "org.bouncycastle"},
	{"c3p0", "com.mchange"},
	{"cglib", NULL},
	{"commons-beanutils", NULL},
	{"commons-cli", NULL},
	{"commons-codec", NULL},
	{"commons-collections", NULL},
	{"commons-configuration", NULL},
	{"commons-dbcp", NULL},
	{"commons-digester", NULL},
	{"commons-fileupload", NULL},
	{"commons-httpclient", NULL},
	{"commons-io", NULL},
	{"commons-jxpath", NULL},
	{"commons-lang", NULL},
	{"commons-logging", NULL},
	{"commons-net", NULL},
	{"commons-pool", NULL},
	{"commons-validator", NULL},
	{"commons-*", "org.apache.commons"},
	{"fastjson", "com.alibaba"},
	{"gson", "com.google.code.gson"},
	{"guava", "com.google.guava"},
	{"h2", "com.h2database"},
	{"hsqldb", "org.hsqldb"},
	{"httpclient", "org.apache.httpcomponents"},
	{"httpclient5*", "org.apache.httpcomponents.client5"},
	{"httpcore", "org.apache.httpcomponents"},
	{"httpcore5*", "org.apache.httpcomponents.core5"},
	{"jackson-annotations", "com.fasterxml.jackson.core"},
	{"jackson-core", "com.fasterxml.jackson.core"},
	{"jackson-databind", "com.fasterxml.jackson.core"},
	{"jackson-dataformat-*", "com.fasterxml.jackson.dataformat"},
	{"jackson-datatype-*", "com.fasterxml.jackson.datatype"},
	{"jackson-module-*", "com.fasterxml.jackson.module"},
	{"javassist", "org.javassist"},
	{"jcl-over-slf4j", "org.slf4j"},
	{"jetty-*", "org.eclipse.jetty"},
	{"joda-time", NULL},
	{"json-path", "com.jayway.jsonpath"},
	{"json-smart", "net.minidev"},
	{"jul-to-slf4j", "org.slf4j"},
	{"junit", NULL},
	{"kafka-clients", "org.apache.kafka"},
	{"kotlin-*", "org.jetbrains.kotlin"},
	{"log4j", NULL},
	{"log4j-over-slf4j", "org.slf4j"},
	{"log4j-*", "org.apache.logging.log4j"},
	{"logback-*", "ch.qos.logback"},
	{"lucene-*", "org.apache.lucene"},
	{"mariadb-java-client", "org.mariadb.jdbc"},
	{"mysql-connector-j", "com.mysql"},
	{"mysql-connector-java", "mysql"},
	{"netty-*", "io.netty"},
	{"nimbus-jose-jwt", "com.nimbusds"},
	{"okhttp", "com.squareup.okhttp3"},
	{"pdfbox", "org.apache.pdfbox"},
	{"poi*", "org.apache.poi"},
	{"postgresql", "org.postgresql"},
	{"protobuf-java*", "com.google.protobuf"},
	{"scala-library", "org.scala-lang"},
	{"shiro-*", "org.apache.shiro"},
	{"slf4j-*", "org.slf4j"},
	{"snakeyaml", "org.yaml"},
	{"spring-aop", "org.springframework"},
	{"spring-beans", "org.springframework"},
	{"spring-boot*", "org.springframework.boot"},
	{"spring-cloud-*", "org.springframework.cloud"},
	{"spring-context*", "org.springframework"},
	{"spring-core", "org.springframework"},
	{"spring-data-*", "org.springframework.data"},
	{"spring-expression", "org.springframework"},
	{"spring-jcl", "org.springframework"},
	{"spring-jdbc", "org.springframework"},
	{"spring-messaging", "org.springframework"},
	{"spring-orm", "org.springframework"},
	{"spring-oxm", "org.springframework"},
	{"spring-security-*", "org.springframework.security"},
	{"spring-tx", "org.springframework"},
	{"spring-web", "org.springframework"},
	{"spring-webflux", "org.springframework"},
	{"spring-webmvc", "org.springframework"},
	{"spring-websocket", "org.springframework"},
	{"struts2-*", "org.apache.struts"},
	{"tika-*", "org.apache.tika"},
	{"tomcat-embed-*", "org.apache.tomcat.embed"},
	{"tomcat-*", "org.apache.tomcat"},
	{"undertow-*", "io.undertow"},
	{"velocity-engine-*", "org.apache.velocity"},
	{"xalan", NULL},
	{"xercesImpl", "xerces"},
	{"xstream", "com.thoughtworks.xstream"},
	{"zookeeper", "org.apache.zookeeper"},
};

static span group_known(span artifact)
{
	for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
		span name = span_of(groups[i].artifact);
		bool prefix = name.p[name.n - 1] == '*';
		if (prefix ? span_starts(artifact, span_sub(name, 0, name.n - 1))
			   : span_equal(artifact, name))
			return groups[i].group ? span_of(groups[i].group) : artifact;
	}
	return (span){0};
}

/* The bundle plugin of Maven names a bundle GROUP.ARTIFACT, without the start of the artifact where it repeats the end of the group:
 * "org.apache.logging.log4j.core" is org.apache.logging.log4j:log4j-core. */
static span group_of_bundle(span bundle, span artifact)
{
	size_t dot = bundle.n > artifact.n && span_ends(bundle, artifact) ? bundle.n - artifact.n - 1
									  : span_find_last(bundle, '.');
	if (dot == SPAN_NONE || bundle.p[dot] != '.')
		return (span){0};
	span group = span_sub(bundle, 0, dot), rest = span_from(bundle, dot + 1);
	size_t last = span_find_last(group, '.');
	if (last == SPAN_NONE)
		return (span){0};
	span end = span_from(group, last + 1);
	bool joined = artifact.n == end.n + 1 + rest.n && span_starts(artifact, end) &&
		      artifact.p[end.n] == '-' && span_ends(artifact, rest);
	return joined || span_equal(rest, artifact) ? group : (span){0};
}

/* --- the manifest --- */

typedef struct manifest {
	span title, version, vendor, bundle, bundle_version; /* what is known of its main section */
	span plugin, plugin_version, plugin_group;           /* of Jenkins */
} manifest;

static const struct {
	const char *key;
	size_t offset; /* in manifest */
} attributes[] = {
	{"Implementation-Title", offsetof(manifest, title)},
	{"Implementation-Version", offsetof(manifest, version)},
	{"Implementation-Vendor-Id", offsetof(manifest, vendor)},
	{"Bundle-SymbolicName", offsetof(manifest, bundle)},
	{"Bundle-Version", offsetof(manifest, bundle_version)},
	{"Short-Name", offsetof(manifest, plugin)},
	{"Plugin-Version", offsetof(manifest, plugin_version)},
	{"Group-Id", offsetof(manifest, plugin_group)},
};

/* Lines are at most 72 bytes long; those that begin with a space go on with the line above. What is longer than a field may be is cut. */
static span value_whole(lines *all, span first, arena *a)
{
	span value = first;
	while (all->rest.n && all->rest.p[0] == ' ') {
		span more;
		lines_next(all, &more);
		if (value.n < LIMIT_PACKAGE_FIELD)
			value = arena_format(a, "%.*s%.*s", SPAN_ARG(value),
				SPAN_ARG(span_sub(more, 1, LIMIT_PACKAGE_FIELD)));
	}
	return span_trim(value);
}

static void manifest_read(span text, arena *a, manifest *ret)
{
	lines all = {.rest = text};
	span line;
	while (lines_next(&all, &line) && line.n) { /* a blank line ends the main section */
		size_t colon = span_find_byte(line, ':');
		span key = span_sub(line, 0, colon);
		for (size_t i = 0; colon != SPAN_NONE && i < sizeof attributes / sizeof *attributes; i++)
			if (span_is_fold(key, attributes[i].key))
				*(span *)((char *)ret + attributes[i].offset) =
					value_whole(&all, span_from(line, colon + 1), a);
	}
	ret->bundle = span_trim(span_sub(ret->bundle, 0, span_find_byte(ret->bundle, ';')));
}

/* --- both --- */

static span first_coordinate(span a, span b, span c)
{
	return is_coordinate(a) ? a : is_coordinate(b) ? b : is_coordinate(c) ? c : (span){0};
}

/* "com.fasterxml.jackson.core" is a group, "Apache" and "1234" are none. */
static span group_of_vendor(span vendor)
{
	return is_coordinate(vendor) && span_find_byte(vendor, '.') != SPAN_NONE &&
			       ascii_alpha(vendor.p[0]) && ascii_lower(vendor.p[0]) == vendor.p[0]
		       ? vendor
		       : (span){0};
}

static void plugin_guess(const manifest *m, java_name *ret)
{
	*ret = (java_name){m->plugin_group, m->plugin, m->plugin_version};
	/* the version of a plugin may be followed by who built it: "1.0-SNAPSHOT (private-…)" */
	ret->version = span_sub(ret->version, 0, span_find_byte(ret->version, ' '));
}

bool java_name_guess(span text, span file, arena *a, java_name *ret)
{
	manifest m = {0};
	java_name n = {0};
	span base = file_base(file), artifact, version;
	manifest_read(text, a, &m);
	if (m.plugin.n && m.plugin_version.n) {
		plugin_guess(&m, &n);
	} else {
		file_split(base, &artifact, &version);
		n.version = first_coordinate(version, m.version, m.bundle_version);
		n.artifact = first_coordinate(version.n ? artifact : (span){0}, m.title, artifact);
		n.group = group_of_bundle(m.bundle, n.artifact);
		if (group_known(n.artifact).n)
			n.group = group_known(n.artifact);
		if (n.group.n == 0)
			n.group = group_of_vendor(m.vendor);
	}
	if (!is_coordinate(n.artifact) || !is_coordinate(n.version))
		return false;
	*ret = n;
	return true;
}
