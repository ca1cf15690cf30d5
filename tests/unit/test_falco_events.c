/* SPDX-License-Identifier: Apache-2.0
 *
 * Which events conditions leave. */
#include "base/limits.h"
#include "expression/event_set.h"
#include "test.h"

TEST_MAIN()

/* How many events a condition leaves: ALL, or ALL - 1 … */
enum { ALL = 452 };

static const struct {
	const char *condition;
	int left;
	const char *names; /* all that are left, in their order, when they are few */
} rows[] = {
	{"proc.name = a", ALL, NULL},
	{"not proc.name = a", ALL, NULL},
	{"macro", ALL, NULL},
	{"not macro", ALL, NULL},
	{"evt.type = openat", 1, "openat"},
	{"syscall.type == openat", 1, "openat"},
	{"evt.type != openat", ALL - 1, NULL},
	{"not evt.type != openat", 1, "openat"},
	{"not evt.type = openat", ALL - 1, NULL},
	{"evt.type in (openat, open, open)", 2, "open openat"},
	{"not evt.type in (openat, open)", ALL - 2, NULL},
	{"evt.type in ()", 0, NULL},
	{"evt.type = setuid", 2, "setuid setuid32"},
	{"evt.type = setuid32", 0, NULL},
	{"evt.type = accept", 2, "accept accept4"},
	{"evt.type = accept4", 1, "accept4"},
	{"evt.type = switch", 1, "sched_switch"},
	{"evt.type = page_fault", 2, "page_fault_kernel page_fault_user"},
	{"evt.type = container", 0, NULL},
	{"evt.type = nonsense", 0, NULL},
	{"evt.type = oneof (open, openat)", ALL, NULL},
	{"evt.type exists", ALL, NULL},
	{"evt.type startswith open", ALL, NULL},
	{"evt.type = open and proc.name = a", 1, "open"},
	{"evt.type = open or proc.name = a", ALL, NULL},
	{"evt.type = open and evt.type = close", 0, NULL},
	{"evt.type = open or evt.type = close", 2, "close open"},
	{"not (evt.type = open or evt.type = close)", ALL - 2, NULL},
	{"not (evt.type = open and evt.type = close)", ALL, NULL},
	{"not (evt.type != open or evt.type = close)", 1, "open"},
	{"not (proc.name = a and not evt.type = open)", ALL, NULL},
	{"not (proc.name = a or not evt.type = open)", 1, "open"},
	{"evt.num = 0", 0, NULL},
	{"not evt.num = 0", ALL, NULL},
	{"evt.num != 0", ALL, NULL},
	{"not evt.num != 0", 0, NULL},
	{"evt.num = 1", ALL, NULL},
	{"not evt.num = 1", ALL, NULL},
	{"evt.num < 1", 0, NULL},
	{"evt.num < 2", ALL, NULL},
	{"evt.num <= 0", 0, NULL},
	{"not evt.num > 0", 0, NULL},
	{"not evt.num > 1", ALL, NULL},
	{"not evt.num >= 1", 0, NULL},
	{"evt.num in (0)", 0, NULL},
	{"evt.num in (0, 1)", ALL, NULL},
	{"evt.num = -1", ALL, NULL},
	{"evt.num = 0x0", ALL, NULL},
	{"evt.num exists", ALL, NULL},
	{"evt.num = 0 or evt.type = open", 1, "open"},
	{"evt.num = val(evt.count)", ALL, NULL},
	{"join('', (evt.type, evt.dir)) = open", ALL, NULL},
};

static span names_of(const event_set *s, arena *a)
{
	auto_buffer out = {0};
	for (uint32_t i = 0; i < event_code_count(); i++)
		if (event_set_has(s, i))
			buffer_format(&out, "%s%s", out.n ? " " : "", event_code_name(i));
	return arena_copy(a, buffer_span(&out));
}

static int events_of(const char *text, arena *a, event_set *ret, error *e)
{
	const condition *tree;
	condition_fault fault;
	TRY(condition_parse(
		span_of(text), &(condition_options){.depth = LIMIT_CONDITION_DEPTH}, a, &tree, &fault, e));
	return event_set_of(tree, ret, e);
}

TEST(events_left)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		arena a = {0};
		event_set events = {{0}};
		error e = {0};
		int status = events_of(rows[i].condition, &a, &events, &e),
		    left = (int)event_set_count(&events);
		bool same = status == 0 && left == rows[i].left &&
			    (!rows[i].names || span_is(names_of(&events, &a), rows[i].names));
		arena_done(&a);
		if (!same)
			TEST_FAIL("%s leaves %d: %s", rows[i].condition, left, e.text);
	}
}

TEST(types_that_cannot_be_known_beforehand)
{
	static const char *const refused[] = {"tolower(evt.type) = open", "b64(toupper(syscall.type)) exists",
		"evt.type = val(proc.name)", "proc.name = a or evt.type in tolower(proc.name)"};
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		arena a = {0};
		event_set events;
		error e = {0};
		int status = events_of(refused[i], &a, &events, &e);
		arena_done(&a);
		if (status != -ERROR_SYNTAX || !e.text[0])
			TEST_FAIL("%s is not refused", refused[i]);
	}
}

TEST(the_table_of_codes)
{
	CHECK_INT(event_code_count(), ALL);
	CHECK(event_code_name(ALL) == NULL);
	for (uint32_t i = 1; i < event_code_count(); i++)
		if (strcmp(event_code_name(i - 1), event_code_name(i)) >= 0)
			TEST_FAIL("%s is not in its place", event_code_name(i));
}
