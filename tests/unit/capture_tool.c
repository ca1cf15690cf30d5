/* SPDX-License-Identifier: Apache-2.0
 *
 * Not a test by itself: what tests/system/captures.py drives. Reads a capture and prints what is in it: without a further word its counts
 * ("events TYPE NUMBER", "damaged NUMBER"), with "events" a line an event. */
#include "watch/capture.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { CODES = 1024 };

static void text_print(const char *key, span text)
{
	printf("\t%s=%.*s", key, SPAN_ARG(text));
}

/* comm and arguments, as one line. */
static void cmdline_print(const char *key, const process *p)
{
	span args = process_text_get(p, PROCESS_ARGS), arg;
	text_print(key, process_text_get(p, PROCESS_COMM));
	while (span_cut(&args, 0, &arg))
		printf(" %.*s", SPAN_ARG(arg));
}

static void process_print(const watch_state *s, const process *p)
{
	enum { ANCESTORS = 8 };
	cmdline_print("cmdline", p);
	text_print("exe", process_text_get(p, PROCESS_EXE));
	text_print("exepath", process_text_get(p, PROCESS_EXEPATH));
	text_print("cwd", process_text_get(process_leader(s->processes, (process *)p), PROCESS_CWD));
	text_print("container", process_text_get(p, PROCESS_CONTAINER));
	printf("\tuid=%u\tgid=%u\tloginuid=%d\ttty=%u\tctime=%" PRIu64 "\tage=%" PRIu64, p->uid, p->gid,
		(int)p->login_uid, p->tty, p->exe_ctime, p->exe_age);
	const process *a = process_parent(s->processes, p);
	for (int i = 1; a && i < ANCESTORS; i++, a = process_parent(s->processes, a)) {
		char key[16];
		snprintf(key, sizeof key, "aname[%d]", i);
		text_print(key, process_text_get(a, PROCESS_COMM));
	}
}

static void event_print(const watch_state *s, const event *e)
{
	int64_t result = 0;
	const descriptor *d = e->descriptor;
	printf("time=%" PRIu64 "\ttid=%" PRIu64 "\ttype=%s", e->time, e->tid, e->type->name);
	if (event_result(e, &result))
		printf("\tres=%" PRId64, result);
	if (e->process)
		process_print(s, e->process);
	if (d) {
		printf("\tfdnum=%" PRId64 "\tfdtype=%d\tproto=%d\trenamed=%d\tsport=%u\tdport=%u",
			e->descriptor_number, (int)d->type, (int)descriptor_protocol(d),
			e->descriptor_renamed, d->source.port, d->target.port);
		text_print("fdname", descriptor_name(d));
		text_print("fdraw", descriptor_raw(d));
	}
	putchar('\n');
}

int main(int argc, char **argv)
{
	static uint64_t counts[CODES];
	static watch_state s;
	arena a = {0};
	capture *c;
	error e;
	event got;
	int left;
	if (argc < 2)
		return 2;
	bool lines = argc > 2 && strcmp(argv[2], "events") == 0;
	state_init(&s, &a);
	if (capture_open(argv[1], &s, &c, &e) < 0) {
		printf("error %s\n", e.text);
		return 1;
	}
	while ((left = capture_next(c, &got, &e)) > 0) {
		state_event_before(&s, &got);
		counts[got.code]++;
		if (lines)
			event_print(&s, &got);
		state_event_after(&s, &got);
	}
	if (left < 0)
		printf("error %s\n", e.text);
	const char *why;
	uint64_t damaged = capture_damaged(c, &why);
	for (int i = 0; i < CODES && !lines; i++)
		if (counts[i])
			printf("events %d %" PRIu64 "\n", i, counts[i]);
	printf("damaged %" PRIu64 "%s%s\n", damaged, damaged ? " " : "", damaged ? why : "");
	printf("processes %u\nhostname %.*s\nusers %u\n", process_count(s.processes), SPAN_ARG(s.hostname),
		s.users.rows.count);
	capture_close(c);
	state_done(&s);
	arena_done(&a);
	return left < 0;
}
