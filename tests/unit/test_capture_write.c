/* SPDX-License-Identifier: Apache-2.0
 *
 * Captures that are written and read back. */
#include "base/files.h"
#include "capture_make.h"
#include "capture_read.h"
#include "formats/gzip_write.h"
#include "test.h"
#include "watch/capture_write.h"
#include "watch/container_event.h"
#include "watch/recorder.h"
#include "watch/state_parts.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

TEST_MAIN()

/* The next event that is shown; hidden ones do their work. */
static int reading_next(reading *r, int *hidden)
{
	int got;
	while ((got = capture_next(r->c, &r->e, &r->why)) > 0) {
		state_event_before(&r->s, &r->e);
		if (!r->e.hidden)
			break;
		++*hidden;
		state_event_after(&r->s, &r->e);
	}
	return got;
}

static process *machine_process(watch_state *s, int64_t tid, int64_t parent)
{
	process *p = process_add(s->processes, tid);
	process_pid_set(s->processes, p, tid);
	process_parent_set(s->processes, p, parent);
	p->vtid = p->vpid = 1;
	p->session = p->group = p->vgroup = tid;
	process_text_set(s->processes, p, PROCESS_COMM, SPAN("sh"));
	process_text_set(s->processes, p, PROCESS_EXE, SPAN("/bin/sh"));
	process_text_set(s->processes, p, PROCESS_EXEPATH, SPAN("/usr/bin/dash"));
	process_text_set(s->processes, p, PROCESS_ARGS, SPAN("-c\0true\0"));
	process_text_set(s->processes, p, PROCESS_ENV, SPAN("A=1\0B=2\0"));
	process_text_set(s->processes, p, PROCESS_CWD, SPAN("/tmp/"));
	state_cgroups_set(s, p,
		SPAN("pids=/docker/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\0"));
	p->uid = 1000;
	p->gid = 100;
	p->login_uid = PROCESS_NO_ID;
	p->tty = 34816;
	p->capabilities[0] = 1;
	p->capabilities[1] = 2;
	p->capabilities[2] = 4;
	p->exe_inode = 77;
	p->exe_ctime = 5;
	p->exe_mtime = 6;
	p->exe_upper_layer = true;
	p->namespace_start = 9;
	return p;
}

TEST(a_machine)
{
	static watch_state s;
	arena a = {0};
	auto_buffer b = {0};
	state_init(&s, &a);
	s.hostname = SPAN("here");
	s.boot_time = 123;
	s.cpus = 4;
	state_account_add(&s, false,
		&(account){.id = 1000,
			.group = 100,
			.name = SPAN("someone"),
			.home = SPAN("/home"),
			.shell = SPAN("/bin/sh")});
	state_account_add(&s, true, &(account){.id = 100, .name = SPAN("users")});
	list_push(&s.lists, &s.addresses, ((network_address){.address = {10, 0, 0, 5}, .mask = {255}}));
	machine_process(&s, 40, 1);
	process *p = machine_process(&s, 41, 40);
	descriptor_table *t = process_descriptors_make(s.processes, p);
	descriptor *d = descriptor_put(t, 3);
	d->type = DESCRIPTOR_FILE;
	d->flags = OPEN_WRITE;
	d->device = 5;
	d->inode = 6;
	descriptor_set_name(t, d, SPAN("/etc/passwd"));
	d = descriptor_put(t, 4);
	*d = (descriptor){.number = 4,
		.type = DESCRIPTOR_IPV4,
		.protocol = PROTOCOL_TCP,
		.role = ROLE_CLIENT,
		.users = d->users,
		.next = d->next};
	d->source = (endpoint){{127, 0, 0, 1}, 4000};
	d->target = (endpoint){{127, 0, 0, 2}, 80};
	d = descriptor_put(t, 5);
	d->type = DESCRIPTOR_MEMFD; /* a kind that older readers refuse */
	capture_writer *w = capture_writer_new(false);
	capture_writer_head(w, &s, &b);
	reading r;
	reading_open(&r, &b);
	CHECK_INT(r.opened, 0);
	int hidden = 0;
	CHECK_INT(reading_next(&r, &hidden), 0);
	CHECK_SPAN(r.s.hostname, "here");
	CHECK_INT(r.s.boot_time, 123);
	CHECK_INT(r.s.cpus, 4);
	CHECK_INT(r.s.addresses.count, 1);
	const process *q = process_get(r.s.processes, 41);
	CHECK(q && q->pid == 41 && q->parent == 40 && q->session == 41 && q->group == 41 && q->vgroup == 41 &&
		q->vpid == 1);
	for (int i = 0; q && i < PROCESS_TEXTS; i++)
		CHECK(span_equal(process_text_get(q, i), process_text_get(p, i)));
	CHECK_SPAN(process_text_get(q, PROCESS_CONTAINER), "0123456789ab");
	CHECK(q->uid == 1000 && q->gid == 100 && q->login_uid == PROCESS_NO_ID && q->tty == 34816);
	CHECK(memcmp(q->capabilities, p->capabilities, sizeof q->capabilities) == 0);
	CHECK(q->exe_inode == 77 && q->exe_ctime == 5 && q->exe_mtime == 6 && q->exe_upper_layer &&
		!q->exe_lower_layer);
	CHECK_INT(q->namespace_start, 9);
	const account *user = state_user(&r.s, NULL, 1000), *group = state_group(&r.s, NULL, 100);
	CHECK(user && span_is(user->name, "someone") && span_is(user->home, "/home"));
	CHECK(group && span_is(group->name, "users"));
	const descriptor *e = descriptor_get(q->descriptors, 3);
	CHECK(e && e->type == DESCRIPTOR_FILE && e->flags == OPEN_WRITE && e->device == 5 && e->inode == 6);
	CHECK_SPAN(descriptor_name(e), "/etc/passwd");
	e = descriptor_get(q->descriptors, 4);
	CHECK(e && e->role == ROLE_CLIENT && e->protocol == PROTOCOL_TCP);
	CHECK_SPAN(descriptor_name(e), "127.0.0.1:4000->127.0.0.2:80");
	e = descriptor_get(q->descriptors, 5);
	CHECK(e && e->type == DESCRIPTOR_UNSUPPORTED);
	reading_done(&r);
	capture_writer_free(w);
	state_done(&s);
	arena_done(&a);
}

/* Some bytes that a parameter of a type may have. */
static span some_bytes(uint8_t type, uint32_t i)
{
	static const char bytes[] = "\2\3\4\5\6\7\10\11\12\13\14\15";
	size_t width = event_param_width(type);
	if (type == PARAM_TEXT || type == PARAM_PATH || type == PARAM_PATH_AT)
		return i % 2 ? (span){"some/text", 10} : (span){"t", 2};
	return (span){bytes, width ? width : 1 + i % 8};
}

TEST(every_type_of_event)
{
	static watch_state s;
	arena a = {0};
	int same = 0;
	state_init(&s, &a);
	for (uint32_t code = 1; code < 480; code++) {
		const event_type *type = event_type_get(code);
		auto_buffer b = {0};
		if (!type)
			continue;
		event e = {.time = 1000 + code,
			.tid = 7,
			.cpu = 1,
			.code = (uint16_t)code,
			.type = type,
			.count = type->count};
		for (uint32_t i = 0; i < type->count; i++)
			e.params[i] = some_bytes(type->params[i].type, i);
		capture_writer *w = capture_writer_new(false);
		capture_writer_head(w, &s, &b);
		capture_writer_event(w, &s, &e, CAPTURE_PATH_OF_FILE, &b);
		capture_writer_free(w);
		reading r;
		reading_open(&r, &b);
		CHECK_INT(r.opened, 0);
		int got = capture_next(r.c, &r.e, &r.why);
		CHECK(got >= 0); /* entries wait for their exit */
		if (got > 0 && r.e.code == code) {
			bool equal = r.e.time == e.time && r.e.tid == 7 && r.e.cpu == 1 &&
				     r.e.count == e.count && !r.e.hidden;
			for (uint32_t i = 0; i < e.count; i++)
				equal = equal && span_equal(r.e.params[i], e.params[i]);
			CHECK(equal);
			same++;
		}
		const char *why;
		CHECK_INT(capture_damaged(r.c, &why), 0);
		reading_done(&r);
	}
	CHECK(same > 150);
	state_done(&s);
	arena_done(&a);
}

TEST(what_is_missing)
{
	static watch_state s;
	arena a = {0};
	auto_buffer b = {0};
	state_init(&s, &a);
	made_event m;
	made_begin(&m, 327, 7); /* openat2 */
	made_number(&m, 0, -2);
	made_text(&m, 2, "/x");
	capture_writer *w = capture_writer_new(false);
	capture_writer_head(w, &s, &b);
	capture_writer_event(w, &s, &m.e, CAPTURE_PATH_OF_FILE, &b);
	reading r;
	int64_t n;
	span path;
	reading_open(&r, &b);
	CHECK_INT(capture_next(r.c, &r.e, &r.why), 1);
	CHECK_INT(r.e.count, 8);
	CHECK(event_param_number(&r.e, 0, &n) && n == -2);
	CHECK(event_param_number(&r.e, 1, &n) && n == -1);
	CHECK(event_param_number(&r.e, 3, &n) && n == 0);
	CHECK(event_param_text(&r.e, 2, &path));
	CHECK_SPAN(path, "/x");
	reading_done(&r);
	capture_writer_free(w);
	state_done(&s);
	arena_done(&a);
}

TEST(what_a_reader_cannot_know)
{
	static watch_state s;
	arena a = {0};
	auto_buffer b = {0};
	char room[] = "127.0.0.1:4000->127.0.0.2:53";
	state_init(&s, &a);
	process *p = machine_process(&s, 41, 1);
	capture_writer *w = capture_writer_new(true);
	capture_writer_head(w, &s, &b);
	/* It goes elsewhere and becomes another, and nobody asks about these calls. */
	process_text_set(s.processes, p, PROCESS_CWD, SPAN("/var/"));
	p->uid = 5;
	p->gid = 6;
	p->session = 8;
	made_event m;
	made_begin(&m, 301, 41); /* unlink */
	made_number(&m, 0, 0);
	made_text(&m, 1, "x");
	m.e.process = p;
	capture_writer_event(w, &s, &m.e, CAPTURE_PATH_OF_FILE, &b);
	size_t once = b.n;
	capture_writer_event(w, &s, &m.e, CAPTURE_PATH_OF_FILE, &b);
	/* A socket that is there already. */
	s.spoken = (descriptor){.number = 9,
		.type = DESCRIPTOR_IPV4,
		.protocol = PROTOCOL_UDP,
		.role = ROLE_CLIENT,
		.connected = true};
	s.spoken.source = (endpoint){{127, 0, 0, 1}, 4000};
	s.spoken.target = (endpoint){{127, 0, 0, 2}, 53};
	s.spoken.name = room;
	s.spoken.name_bytes = sizeof room - 1;
	made_event n;
	made_begin(&n, 25, 41); /* listen: it could be any call with a descriptor */
	made_number(&n, 0, 0);
	made_number(&n, 1, 9);
	n.e.process = p;
	n.e.descriptor = &s.spoken;
	capture_writer_event(w, &s, &n.e, CAPTURE_PATH_OF_FILE, &b);
	reading r;
	int hidden = 0;
	reading_open(&r, &b);
	CHECK_INT(reading_next(&r, &hidden), 1);
	CHECK_INT(hidden, 4);
	CHECK_INT(r.e.code, 301);
	CHECK_SPAN(process_text_get(r.e.process, PROCESS_CWD), "/var/");
	CHECK(r.e.process->uid == 5 && r.e.process->gid == 6 && r.e.process->session == 8);
	CHECK_INT(reading_next(&r, &hidden), 1); /* nothing is told twice */
	CHECK_INT(hidden, 4);
	CHECK(b.n - once < once);
	CHECK_INT(reading_next(&r, &hidden), 1);
	CHECK_INT(hidden, 6);
	CHECK(r.e.descriptor && r.e.descriptor->protocol == PROTOCOL_UDP &&
		r.e.descriptor->role == ROLE_CLIENT);
	CHECK_SPAN(descriptor_name(r.e.descriptor), room);
	reading_done(&r);
	capture_writer_free(w);
	state_done(&s);
	arena_done(&a);
}

TEST(a_path_through_a_link)
{
	static watch_state s;
	arena a = {0};
	char name[] = "/etc/shadow";
	state_init(&s, &a);
	process *p = machine_process(&s, 41, 1);
	s.spoken = (descriptor){
		.number = 3, .type = DESCRIPTOR_FILE, .name = name, .name_bytes = sizeof name - 1};
	static const struct {
		const char *given;
		capture_path path;
		const char *told;
	} rows[] = {{"link", CAPTURE_PATH_OF_FILE, "/etc/shadow"}, {"link", CAPTURE_PATH_GIVEN, "link"},
		{"../etc/shadow", CAPTURE_PATH_OF_FILE, "../etc/shadow"}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		auto_buffer b = {0};
		made_event m;
		made_begin(&m, 307, 41); /* openat */
		made_number(&m, 0, 3);
		made_number(&m, 1, STATE_CWD);
		made_text(&m, 2, rows[i].given);
		m.e.process = p;
		m.e.descriptor = &s.spoken;
		capture_writer *w = capture_writer_new(true);
		capture_writer_head(w, &s, &b);
		capture_writer_event(w, &s, &m.e, rows[i].path, &b);
		reading r;
		int hidden = 0;
		span path;
		reading_open(&r, &b);
		CHECK_INT(reading_next(&r, &hidden), 1);
		CHECK(event_param_text(&r.e, 2, &path));
		CHECK_SPAN(path, rows[i].told);
		reading_done(&r);
		capture_writer_free(w);
	}
	state_done(&s);
	arena_done(&a);
}

TEST(containers)
{
	arena a = {0};
	auto_buffer b = {0};
	static watch_state s;
	state_init(&s, &a);
	watch_container c = {.id = SPAN("0123456789abcdef"),
		.name = SPAN("web-\"1\""),
		.type = SPAN("podman"),
		.image = SPAN("shop/web:1"),
		.repository = SPAN("shop/web"),
		.tag = SPAN("1"),
		.privileged = true,
		.start = 1234567890123456789,
		.pod = SPAN("pod")};
	list_push(&a, &c.labels, SPAN("of=test"));
	list_push(&a, &c.mounts, ((watch_mount){SPAN("/a"), SPAN("/b"), SPAN("rw"), SPAN("rprivate"), true}));
	capture_writer *w = capture_writer_new(false);
	capture_writer_head(w, &s, &b);
	capture_writer_container(&c, SPAN("0123456789ab"), 5, &b);
	capture_writer_container(&(watch_container){.name = SPAN("host")}, SPAN("host"), 5, &b);
	reading r;
	reading_open(&r, &b);
	told_containers *t = told_containers_new(NULL, NULL);
	CHECK_INT(capture_next(r.c, &r.e, &r.why), 1);
	CHECK(told_containers_learn(t, &r.e));
	CHECK_INT(capture_next(r.c, &r.e, &r.why), 1);
	CHECK(told_containers_learn(t, &r.e));
	container_lookup l = told_containers_lookup(t);
	const watch_container *d = l.find(l.of, SPAN("0123456789ab"));
	CHECK(d && span_is(d->id, "0123456789abcdef") && span_is(d->name, "web-\"1\"") &&
		span_is(d->type, "podman"));
	CHECK(d && span_is(d->repository, "shop/web") && span_is(d->tag, "1") && d->privileged &&
		!d->host_pid && span_is(d->pod, "pod"));
	CHECK(d && d->start == c.start && d->labels.count == 1 && span_is(d->labels.items[0], "of=test"));
	CHECK(d && d->mounts.count == 1 && span_is(d->mounts.items[0].target, "/b") &&
		d->mounts.items[0].writable);
	CHECK(!l.find(l.of, SPAN("host")));
	told_containers_free(t);
	reading_done(&r);
	capture_writer_free(w);
	state_done(&s);
	arena_done(&a);
}

TEST(containers_of_others)
{
	told_containers *t = told_containers_new(NULL, NULL);
	container_lookup l = told_containers_lookup(t);
	static const char *const bad[] = {"", "x", "{}", "{\"container\":[]}", "{\"container\":{\"id\":5}}",
		"{\"container\":{\"id\":\"short\"}}"};
	made_event m;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		made_begin(&m, 324, 1);
		made_text(&m, 0, bad[i]);
		CHECK(!told_containers_learn(t, &m.e));
	}
	made_begin(&m, 324, 1);
	made_text(&m, 0,
		"{\"container\":{\"id\":\"697956520d89\",\"image\":\"incomplete\",\"name\":\"incomplete\",\"type\":0,\"labels\":null,\"Mounts\":[]}}");
	CHECK(told_containers_learn(t, &m.e));
	const watch_container *c = l.find(l.of, SPAN("697956520d89"));
	CHECK(c && c->name.n == 0 && c->image.n == 0 && span_is(c->type, "docker"));
	made_text(&m, 0,
		"{\"container\":{\"id\":\"697956520d89\",\"image\":\"nginx\",\"imagerepo\":\"nginx\",\"name\":\"web\",\"type\":99}}");
	CHECK(told_containers_learn(t, &m.e));
	c = l.find(l.of, SPAN("697956520d89"));
	CHECK(c && span_is(c->name, "web") && span_is(c->repository, "nginx") && c->type.n == 0);
	told_containers_free(t);
}

TEST(gzip_readable_so_far)
{
	auto_buffer out = {0};
	gzip_writer *g = gzip_writer_new();
	for (int i = 0; i < 1000; i++)
		gzip_writer_add(g, SPAN("all work and no play "), &out);
	gzip_writer_flush(g, &out);
	span rest = buffer_span(&out), piece;
	size_t got = 0;
	decompress *d;
	error e;
	CHECK_INT(decompress_open(stream_of_span(&rest), &d, &e), 0);
	while (decompress_next(d, &piece, &e) > 0)
		got += piece.n;
	CHECK_INT(got, 21000);
	decompress_close(d);
	gzip_writer_end(g, &out);
	gzip_writer_free(g);
	rest = buffer_span(&out);
	int last;
	got = 0;
	CHECK_INT(decompress_open(stream_of_span(&rest), &d, &e), 0);
	while ((last = decompress_next(d, &piece, &e)) > 0)
		got += piece.n;
	CHECK_INT(last, 0);
	CHECK_INT(got, 21000);
	decompress_close(d);
}

TEST(files_of_a_recorder)
{
	char folder[] = "/tmp/bulkhead-recorder-XXXXXX", path[128];
	arena a = {0};
	recorder *r;
	recorder_status s;
	error e;
	struct stat st;
	CHECK(mkdtemp(folder));
	CHECK_INT(recorder_open(folder, true, &r, &e), 0);
	CHECK(recorder_begin(r, "one.scap") && recorder_add(r, SPAN("hello ")) &&
		recorder_add(r, SPAN("world")));
	recorder_end(r);
	CHECK(recorder_begin(r, "one.scap") && recorder_add(r, SPAN("never")));
	recorder_end(r);
	CHECK(recorder_begin(r, "two.scap"));
	recorder_close(r, &s); /* ends it */
	CHECK_INT(s.files, 3);
	CHECK_INT(s.failed, 1);
	CHECK(strstr(s.why, "one.scap"));
	snprintf(path, sizeof path, "%s/one.scap", folder);
	CHECK(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600);
	span bytes, piece;
	CHECK_INT(files_read(path, 1 << 20, &a, &bytes, &e), 0);
	decompress *d;
	CHECK_INT(decompress_open(stream_of_span(&bytes), &d, &e), 0);
	CHECK_INT(decompress_next(d, &piece, &e), 1);
	CHECK_SPAN(piece, "hello world");
	decompress_close(d);
	/* What lies there counts for the next one. */
	CHECK_INT(recorder_open(folder, false, &r, &e), 0);
	s = recorder_status_get(r);
	CHECK(s.files == 2 && s.bytes >= (uint64_t)st.st_size && s.failed == 0);
	recorder_close(r, NULL);
	CHECK(recorder_open("/proc/nowhere", false, &r, &e) < 0);
	unlink(path);
	snprintf(path, sizeof path, "%s/two.scap", folder);
	unlink(path);
	rmdir(folder);
	arena_done(&a);
}
