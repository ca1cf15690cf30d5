/* SPDX-License-Identifier: Apache-2.0
 *
 * Alerts as lines of text and of JSON. */
#include "test.h"

#include "watch/alert.h"

/* An event of a process that calls itself so, written in the format; weighed may be NULL. */
static span weighed(span name, const char *format_text, bool json, const alert_posture *weight, arena *a)
{
	static watch_state s;
	arena lists = {0};
	event e = {.number = 1, .time = 1000000005, .tid = 7, .descriptor_number = -1};
	watch_rule rule = {.name = SPAN("r"), .source = SPAN("syscall"), .priority = WATCH_NOTICE};
	alert_options options = {.json = json,
		.iso_time = true,
		.output = true,
		.fields = true,
		.tags = true,
		.posture = weight,
		.hostname = SPAN("h")};
	const output_format *format;
	auto_buffer out = {0};
	error why;
	state_init(&s, &lists);
	e.code = (uint16_t)event_type_find(SPAN("close"), true);
	e.type = event_type_get(e.code);
	e.process = process_add(s.processes, 7);
	process_text_set(s.processes, e.process, PROCESS_COMM, name);
	event_view v = {.event = &e, .state = &s, .scratch = a};
	span ret = {0};
	if (output_format_new(span_of(format_text), a, &format, &why) >= 0) {
		alert_write(&rule, format, &v, &options, &out);
		ret = arena_copy(a, buffer_span(&out));
	}
	state_done(&s);
	arena_done(&lists);
	return ret;
}

static span written(span name, const char *format_text, bool json, arena *a)
{
	return weighed(name, format_text, json, NULL, a);
}

TEST(text)
{
	arena a = {0};
	CHECK(span_is(written(SPAN("cat"), "%evt.type by %proc.name, %fd.name", false, &a),
		"1970-01-01T00:00:01.000000005+0000: Notice close by cat, <NA>\n"));
	CHECK(span_is(written(SPAN("cat"), "*%6proc.name|%2proc.name|", false, &a),
		"1970-01-01T00:00:01.000000005+0000: Notice cat   |ca|\n"));
	arena_done(&a);
}

/* A process chooses its name: it may neither steer the terminal nor forge an alert. */
TEST(text_of_strangers)
{
	arena a = {0};
	span line = written(SPAN("a\x1b[2J\nb\xff"), "%proc.name", false, &a);
	CHECK(span_is(line, "1970-01-01T00:00:01.000000005+0000: Notice a?[2J?b?\n"));
	line = written(SPAN("a\x1b[2J\nb"), "%proc.name", true, &a);
	CHECK(span_find(line, SPAN("\"proc.name\":\"a\\u001b[2J\\nb\"")) != SPAN_NONE);
	CHECK(span_find_byte(line, '\n') == line.n - 1);
	arena_done(&a);
}

TEST(json)
{
	arena a = {0};
	CHECK(span_is(written(SPAN("cat"), "%proc.name %evt.num %fd.name %proc.name", true, &a),
		"{\"hostname\":\"h\",\"output\":\"1970-01-01T00:00:01.000000005+0000: Notice cat 1 <NA> cat\",\"output_fields\":{\"evt.num\":1,"
		"\"evt.time.iso8601\":1000000005,\"fd.name\":null,\"proc.name\":\"cat\"},\"priority\":\"Notice\",\"rule\":\"r\",\"source\":\"syscall\","
		"\"tags\":[],\"time\":\"1970-01-01T00:00:01.000000005Z\"}\n"));
	arena_done(&a);
}

/* The posture of the container raises it by one step, and is said; what it says may be of anybody's making. */
TEST(posture)
{
	arena a = {0};
	const span because[] = {SPAN("privileged"), SPAN("engine socket /a\x1b\nb/docker.sock")};
	const alert_posture raised = {WATCH_WARNING, because, 2}, same = {WATCH_NOTICE, because, 1};
	CHECK_SPAN(weighed(SPAN("cat"), "%proc.name", false, &raised, &a),
		"1970-01-01T00:00:01.000000005+0000: Warning cat [raised from Notice: privileged, engine socket "
		"/a??b/docker.sock]\n");
	CHECK_SPAN(weighed(SPAN("cat"), "%proc.name", false, &same, &a),
		"1970-01-01T00:00:01.000000005+0000: Notice cat [posture: privileged]\n");
	span line = weighed(SPAN("cat"), "%proc.name", true, &raised, &a);
	CHECK(span_contains(line,
		"\"posture\":{\"raised_from\":\"Notice\",\"because\":[\"privileged\",\"engine socket "
		"/a\\u001b\\nb/docker.sock\"]},\"priority\":\"Warning\""));
	line = weighed(SPAN("cat"), "%proc.name", true, &same, &a);
	CHECK(span_contains(line, "\"posture\":{\"because\":[\"privileged\"]},\"priority\":\"Notice\""));
	arena_done(&a);
}

TEST(transformers)
{
	arena a = {0};
	CHECK(span_is(
		written(SPAN("Cat"),
			"%toupper(proc.name) %len(proc.name) %tolower(toupper(proc.name))%container.info.",
			false, &a),
		"1970-01-01T00:00:01.000000005+0000: Notice CAT 3 cat.\n"));
	span line = written(SPAN("Cat"), "%toupper(proc.name) %len(proc.name) %len(fd.name)", true, &a);
	CHECK(span_find(line,
		      SPAN("\"len(fd.name)\":null,\"len(proc.name)\":3,\"toupper(proc.name)\":\"CAT\"")) !=
		SPAN_NONE);
	arena_done(&a);
}

TEST(formats_that_are_none)
{
	arena a = {0};
	const output_format *format;
	error e;
	CHECK(output_format_new(SPAN("a %no.such"), &a, &format, &e) < 0 && e.column == 3);
	CHECK(output_format_new(SPAN("100%"), &a, &format, &e) < 0);
	CHECK(output_format_new(SPAN("%tolower(proc.name"), &a, &format, &e) < 0);
	CHECK(output_format_new(SPAN("%tolower(nothing)"), &a, &format, &e) < 0);
	CHECK(output_format_new(SPAN(""), &a, &format, &e) >= 0);
	arena_done(&a);
}

TEST_MAIN()
