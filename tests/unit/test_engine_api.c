/* SPDX-License-Identifier: Apache-2.0
 *
 * Where an engine is, by options, environment and contexts; which version of its API is spoken; its containers, from an engine of our own. */
#include "base/files.h"
#include "engine/address.h"
#include "engine/containers.h"
#include "engine/defaults.h"
#include "engine/version.h"
#include "formats/json.h"
#include "test.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

/* --- addresses --- */

TEST(addresses)
{
	static const struct {
		const char *url;
		bool tls;
		const char *want; /* "path", "host port"; NULL: refused */
	} rows[] = {
		{"unix:///run/x.sock", false, "/run/x.sock"},
		{"tcp://build:1234", false, "build 1234"},
		{"tcp://build", false, "build 2375"},
		{"tcp://build", true, "build 2376"},
		{"tcp://build:2376/", true, "build 2376"},
		{"tcp://[::1]:5", false, "::1 5"},
		{"tcp://[::1]", false, "::1 2375"},
		{"tcp://[::1", false, NULL},
		{"tcp://[::1]5", false, NULL},
		{"tcp://", false, NULL},
		{"tcp://:5", false, NULL},
		{"tcp://a:0", false, NULL},
		{"tcp://a:70000", false, NULL},
		{"tcp://a:", false, NULL},
		{"tcp://a:5/base", false, NULL},
		{"tcp://a\r\nX: y:5", false, NULL},
		{"unix://x.sock", false, NULL},
		{"ssh://host", false, NULL},
		{"npipe:////./pipe/docker", false, NULL},
		{"", false, NULL},
	};
	arena a = {0};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		engine_address at;
		error e;
		int status = engine_address_read(rows[i].url, rows[i].tls, &a, &at, &e);
		if ((status >= 0) != (rows[i].want != NULL))
			TEST_FAIL("%s: status %d", rows[i].url, status);
		if (status < 0)
			CHECK_INT(status, -ERROR_USAGE);
		else
			CHECK_SPAN(at.path ? span_of(at.path) : arena_format(&a, "%s %s", at.host, at.port),
				rows[i].want);
	}
	arena_done(&a);
}

static const char *const variables[] = {"DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "DOCKER_TLS",
	"DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "CONTAINER_HOST", "XDG_RUNTIME_DIR", "HOME"};

static void environment_clear(void)
{
	for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
		unsetenv(variables[i]);
}

/* "shown[ tls][ verify]" of each, or the code of the error. */
static span found(arena *a, engine_kind kind, const char *host)
{
	engine_address_list all;
	error e;
	auto_buffer out = {0};
	int status = engine_addresses(kind, host, a, &all, &e);
	if (status < 0)
		return arena_format(a, "error %d", -status);
	list_each(const engine_address, at, &all)
		buffer_format(&out, "%s%s%s%s", out.n ? ", " : "", at->shown, at->tls ? " tls" : "",
			at->verify ? " verify" : "");
	return arena_copy(a, buffer_span(&out));
}

TEST(precedence)
{
	char folder[] = "/tmp/bulkhead-contexts-XXXXXX";
	arena a = {0};
	error e;
	environment_clear();
	CHECK(mkdtemp(folder));
	CHECK_SPAN(found(&a, ENGINE_DOCKER, NULL), "unix:///var/run/docker.sock");
	setenv("XDG_RUNTIME_DIR", "/run/user/5", 1);
	CHECK_SPAN(found(&a, ENGINE_PODMAN, NULL),
		"unix:///run/user/5/podman/podman.sock, unix:///run/podman/podman.sock");
	CHECK(!engine_is_chosen(ENGINE_DOCKER));
	setenv("DOCKER_CONFIG", folder, 1);
	CHECK(files_write(path_join(&a, folder, "config.json"), SPAN("{\"currentContext\":\"default\"}"),
		      &e) == 0);
	CHECK(!engine_is_chosen(ENGINE_DOCKER));
	CHECK(files_write(path_join(&a, folder, "config.json"), SPAN("{\"currentContext\":\"gone\"}"), &e) ==
		0);
	CHECK(engine_is_chosen(ENGINE_DOCKER));
	CHECK_SPAN(found(&a, ENGINE_DOCKER, NULL), "error 5");
	CHECK_SPAN(found(&a, ENGINE_PODMAN, "tcp://p:1"), "tcp://p:1");
	setenv("DOCKER_HOST", "tcp://env:2375", 1);
	CHECK_SPAN(found(&a, ENGINE_DOCKER, NULL), "tcp://env:2375");
	CHECK_SPAN(found(&a, ENGINE_DOCKER, "unix:///x"), "unix:///x");
	setenv("DOCKER_TLS", "1", 1);
	CHECK_SPAN(found(&a, ENGINE_DOCKER, NULL), "tcp://env:2375 tls");
	setenv("DOCKER_TLS_VERIFY", "1", 1);
	CHECK_SPAN(found(&a, ENGINE_DOCKER, NULL), "tcp://env:2375 tls verify");
	setenv("DOCKER_HOST", "ssh://env", 1);
	CHECK_SPAN(found(&a, ENGINE_DOCKER, NULL), "error 7");
	environment_clear();
	remove(path_join(&a, folder, "config.json"));
	remove(folder);
	arena_done(&a);
}

/* --- versions --- */

TEST(versions)
{
	static const struct {
		engine_kind kind;
		http_answer says;
		const char *want; /* "prefix engine"; NULL: refused */
	} rows[] = {
		{ENGINE_DOCKER, {.api = "1.41", .server = "Docker/20.10.24 (linux)"}, "/v1.41 20.10.24"},
		{ENGINE_DOCKER, {.api = "1.24"}, "/v1.24 "},
		{ENGINE_DOCKER, {.api = "1.99"}, "/v1.51 "},
		{ENGINE_DOCKER, {.api = "2.0"}, "/v1.51 "},
		{ENGINE_DOCKER, {.api = "1.23"}, NULL},
		{ENGINE_DOCKER, {.api = ""}, "/v1.40 "},
		{ENGINE_DOCKER, {.api = "x/../y"}, "/v1.40 "},
		{ENGINE_PODMAN, {.api = "1.41", .libpod_api = "4.3.1", .server = "Libpod/4.3.1 (linux)"},
			"/v4.3.1/libpod 4.3.1"},
		{ENGINE_PODMAN, {.api = "1.41", .libpod_api = "5.0.0-rc1"}, "/v5.0.0-rc1/libpod "},
		{ENGINE_PODMAN, {.api = "1.41", .libpod_api = "7.1.0"}, "/v5.99.99/libpod "},
		{ENGINE_PODMAN, {.api = "1.41", .libpod_api = "3.4.4"}, NULL},
		{ENGINE_PODMAN, {.api = "1.41"}, NULL},
	};
	arena a = {0};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		engine_versions v;
		error e;
		int status = engine_versions_agree(rows[i].kind, &rows[i].says, &a, &v, &e);
		if ((status >= 0) != (rows[i].want != NULL))
			TEST_FAIL("row %zu: status %d", i, status);
		if (status >= 0)
			CHECK_SPAN(arena_format(&a, "%s %s", v.prefix, v.engine), rows[i].want);
	}
	arena_done(&a);
}

/* --- containers --- */

#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B64 "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define C64 "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"

static const struct {
	const char *path, *status, *body;
} answers[] = {
	{"/_ping", "200 OK\r\nApi-Version: 1.30", "OK"},
	{"/v1.30/containers/json", "200 OK",
		"[{\"Id\":\"" A64 "\",\"Names\":[\"/web\"]},{\"Id\":\"" B64
		"\",\"Names\":[\"/gone\"]},{\"Id\":\"../x\"},"
		"{\"Id\":\"" C64 "\",\"Names\":[\"/odd\"],\"State\":\"running\"}]"},
	{"/v1.30/containers/" A64 "/json", "200 OK",
		"{\"Name\":\"/web\",\"Image\":\"sha256:" B64
		"\",\"State\":{\"Status\":\"running\",\"Pid\":42},\"Config\":{\"Image\":\"app:1\",\"Labels\":{\"a\":\"b\"}}}"},
	{"/v1.30/containers/" B64 "/json", "404 Not Found", "{\"message\":\"No such container\"}"},
	{"/v1.30/containers/" C64 "/json", "500 Internal Server Error", "{\"message\":\"no\"}"},
};

/* Answers as an engine; hangs up behind every second answer without saying so. */
static void engine_serve(int listener)
{
	char in[4096];
	for (;;) {
		int fd = accept(listener, NULL, NULL);
		for (int turn = 0; fd >= 0 && turn < 2; turn++) {
			ssize_t n = read(fd, in, sizeof in - 1);
			if (n <= 0)
				break;
			span line = {in, (size_t)n}, word;
			span_word(&line, &word);
			span_word(&line, &word);
			for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
				if (span_is(word, answers[i].path))
					dprintf(fd, "HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n%s",
						answers[i].status, strlen(answers[i].body), answers[i].body);
		}
		close(fd);
	}
}

static pid_t engine_start(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 5) < 0)
		return -1;
	pid_t child = fork();
	if (child == 0) {
		engine_serve(fd);
		_exit(0);
	}
	close(fd);
	return child;
}

TEST(containers)
{
	char folder[] = "/tmp/bulkhead-engine-XXXXXX";
	arena a = {0};
	engine *g = NULL;
	engine_container_list all = {0};
	error e = {0};
	CHECK(mkdtemp(folder));
	const char *path = path_join(&a, folder, "s");
	pid_t server = engine_start(path);
	CHECK(server > 0);
	int status = engine_open(
		ENGINE_DOCKER, &(engine_options){.host = arena_format(&a, "unix://%s", path).p}, &g, &e);
	if (status >= 0)
		status = engine_containers(g, false, &a, &all, &e);
	engine_close(g);
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	remove(path);
	remove(folder);
	if (status < 0)
		TEST_FAIL("%s", e.text);
	CHECK_INT(all.count, 2);
	const engine_container *web = &all.items[0], *odd = &all.items[1];
	CHECK_SPAN(web->name, "web");
	CHECK_SPAN(web->image, "app:1");
	CHECK_SPAN(web->image_id, "sha256:" B64);
	CHECK_SPAN(web->state, "running");
	CHECK_INT(web->pid, 42);
	CHECK(web->labels && !web->fault && web->inspect);
	CHECK_SPAN(odd->name, "odd");
	CHECK(odd->fault && !odd->inspect);
	arena_done(&a);
}

/* --- engines that do not come to an end --- */

/* Answers as an engine does, then a byte at a time. */
static void drip(int listening, bool head)
{
	static const char ping[] = "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Length: 2\r\n\r\nOK",
			  begin[] = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n";
	char in[4096];
	for (int fd = accept(listening, NULL, NULL); fd >= 0; fd = accept(listening, NULL, NULL)) {
		bool open = !head && read(fd, in, sizeof in) > 0 && write(fd, ping, sizeof ping - 1) > 0 &&
			    read(fd, in, sizeof in) > 0 && write(fd, begin, sizeof begin - 1) > 0;
		while ((open || head) && send(fd, " ", 1, MSG_NOSIGNAL) == 1)
			usleep(20000);
		close(fd);
	}
}

/* What asking an engine that drips ends with. */
static int drip_ask(bool head, error *e)
{
	char folder[] = "/tmp/bulkhead-engine-XXXXXX";
	arena a = {0};
	engine *g = NULL;
	node *root;
	if (!mkdtemp(folder))
		return 1;
	const char *path = path_join(&a, folder, "s");
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 5) < 0)
		return 1;
	pid_t server = fork();
	if (server == 0)
		drip(fd, head);
	close(fd);
	int status = engine_open(ENGINE_DOCKER,
		&(engine_options){.host = arena_format(&a, "unix://%s", path).p, .seconds = 1}, &g, e);
	if (status >= 0)
		status = engine_json(g, "/info", &a, &root, e);
	engine_close(g);
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	remove(path);
	remove(folder);
	arena_done(&a);
	return status;
}

TEST(answers_have_a_deadline)
{
	for (int head = 0; head < 2; head++) {
		error e = {0};
		CHECK_INT(drip_ask(head, &e), -ERROR_LIMIT);
		CHECK(strstr(e.text, "in time"));
	}
}

/* --- what an engine does of its own accord --- */

TEST(defaults)
{
	static const struct {
		engine_kind kind;
		const char *info,
			*want; /* known, no new privileges, user and cgroup namespace, seccomp, capabilities */
	} rows[] = {
		{ENGINE_DOCKER, "{}", "0 0 0 0 - -"},
		{ENGINE_DOCKER, "{\"SecurityOptions\": [\"name=seccomp,profile=default\"]}", "1 0 0 0 - -"},
		{ENGINE_DOCKER,
			"{\"SecurityOptions\": [\"name=seccomp,profile=builtin\", \"name=cgroupns\"]}",
			"1 0 0 1 - -"},
		{ENGINE_DOCKER,
			"{\"SecurityOptions\": [\"name=seccomp,profile=/etc/own.json\", \"name=userns\"]}",
			"1 0 1 0 custom -"},
		{ENGINE_DOCKER,
			"{\"SecurityOptions\": [\"name=seccomp,profile=unconfined\", \"name=no-new-privileges\"]}",
			"1 1 0 0 unconfined -"},
		{ENGINE_DOCKER, "{\"SecurityOptions\": [\"name=rootless\", 5, null]}", "1 0 1 0 - -"},
		{ENGINE_DOCKER, "{\"SecurityOptions\": \"x\"}", "0 0 0 0 - -"},
		{ENGINE_PODMAN,
			"{\"host\": {\"security\": {\"rootless\": true, \"capabilities\": \"CAP_KILL\"}}}",
			"1 0 1 0 - CAP_KILL"},
		{ENGINE_PODMAN, "{\"host\": 1}", "0 0 0 0 - -"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		arena a = {0};
		text t;
		node *root;
		node_problems problems = {0};
		error e;
		engine_defaults d;
		text_init(&t, "answer", span_of(rows[i].info), &a);
		CHECK(json_read(&t, &a, &root, &problems, &e) >= 0);
		engine_defaults_take(rows[i].kind, root, &d);
		CHECK_SPAN(arena_format(&a, "%d %d %d %d %.*s %.*s", d.known, d.no_new_privileges,
				   d.user_namespace, d.cgroup_namespace,
				   SPAN_ARG(d.seccomp.n ? d.seccomp : SPAN("-")),
				   SPAN_ARG(d.capabilities.n ? d.capabilities : SPAN("-"))),
			rows[i].want);
		arena_done(&a);
	}
}

TEST_MAIN()
