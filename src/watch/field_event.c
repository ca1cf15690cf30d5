/* SPDX-License-Identifier: Apache-2.0
 *
 * Fields of the event itself: evt.* and syscall.type. */
#include "watch/event_print.h"
#include "watch/field_get.h"

#include <string.h>
#include <time.h>

#define SECOND 1000000000ull

/* Bits of open modes that mean "executable". */
enum { MODE_EXECUTABLE = 0x1 | 0x8 | 0x40, OPEN_TEMPORARY = 1 << 13 };

static bool get_num(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)f, (void)index;
	return field_number(ret, (int64_t)v->event->number);
}

/* With the date or only the time of day, with or without the fraction; ISO 8601 is in UTC, the others as the machine has it. */
static bool get_time(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)index;
	bool iso = f->id == FIELD_EVT_TIME_ISO8601;
	bool dated = iso || f->id == FIELD_EVT_DATETIME || f->id == FIELD_EVT_DATETIME_S;
	bool whole = f->id == FIELD_EVT_TIME_S || f->id == FIELD_EVT_DATETIME_S;
	char date[32] = "", time[32] = "";
	struct tm parts;
	time_t seconds = (time_t)(v->event->time / SECOND);
	if (!(iso ? gmtime_r(&seconds, &parts) : localtime_r(&seconds, &parts)))
		return false;
	if (dated)
		strftime(date, sizeof date, "%Y-%m-%d", &parts);
	strftime(time, sizeof time, "%H:%M:%S", &parts);
	const char *between = iso ? "T" : dated ? " " : "";
	unsigned fraction = (unsigned)(v->event->time % SECOND);
	return field_text(ret, whole ? arena_format(v->scratch, "%s%s%s", date, between, time)
				     : arena_format(v->scratch, "%s%s%s.%09u%s", date, between, time,
					       fraction, iso ? "+0000" : ""));
}

static bool get_raw_time(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)index;
	uint64_t t = v->event->time;
	return field_number(ret, (int64_t)(f->id == FIELD_EVT_RAWTIME     ? t
					   : f->id == FIELD_EVT_RAWTIME_S ? t / SECOND
									  : t % SECOND));
}

static bool get_source(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)v, (void)f, (void)index;
	return field_text(ret, SPAN("syscall"));
}

static bool get_false(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)v, (void)f, (void)index;
	return field_truth(ret, false);
}

static bool get_hostname(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)f, (void)index;
	return field_text(ret, v->state->hostname);
}

static bool get_type(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)f, (void)index;
	return field_text(ret, span_of(v->event->type->name));
}

static bool get_type_is(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)index;
	return field_number(ret, span_is(f->argument, v->event->type->name));
}

static bool get_dir(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)f, (void)index;
	return field_text(ret, v->event->type->exit ? SPAN("<") : SPAN(">"));
}

static bool get_cpu(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)f, (void)index;
	return field_number(ret, v->event->cpu);
}

static bool get_args(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)f, (void)index;
	auto_buffer text = {0};
	event_print_all(v->state, v->event, &text);
	return field_keep(v, &text, ret);
}

static int param_of(const event_view *v, const field_row *f)
{
	if (f->argument.n && f->argument.p[0] >= '0' && f->argument.p[0] <= '9')
		return f->number < v->event->type->count ? (int)f->number : -1;
	return event_param_index(v->event, f->argument);
}

static bool get_arg(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)index;
	auto_buffer text = {0};
	int param = param_of(v, f);
	if (param < 0 || !event_print_argument(v->state, v->event, param, &text))
		return false;
	return field_keep(v, &text, ret);
}

/* A value of the parameter's own type: a number, else a text. */
static bool get_raw_arg(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)index;
	int param = param_of(v, f);
	if (event_param_number(v->event, param, &ret->number)) {
		ret->type = VALUE_NUMBER;
		return true;
	}
	ret->type = VALUE_TEXT;
	return event_param_text(v->event, param, &ret->text);
}

static bool get_buffer(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)f, (void)index;
	int param = event_param_index(v->event, SPAN("data"));
	return param >= 0 && field_text(ret, v->event->params[param]);
}

static bool get_buffer_length(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)f, (void)index;
	return event_param_index(v->event, SPAN("data")) >= 0 && event_result(v->event, &ret->number) &&
	       ret->number >= 0;
}

static bool get_result(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)f, (void)index;
	int64_t result;
	if (!event_result(v->event, &result))
		return false;
	const char *name = result < 0 ? event_error_name(-result) : "SUCCESS";
	return field_text(ret, name ? span_of(name) : arena_format(v->scratch, "%lld", (long long)result));
}

static bool get_raw_result(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)f, (void)index;
	return event_result(v->event, &ret->number);
}

static bool failed(const event *e)
{
	int64_t result;
	return event_result(e, &result) && result < 0;
}

static bool get_failed(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)f, (void)index;
	return field_truth(ret, failed(v->event));
}

static bool get_one(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)v, (void)f, (void)index;
	return field_number(ret, 1);
}

static bool get_error_count(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)f, (void)index;
	return failed(v->event) && field_number(ret, 1);
}

static bool is_one_of(const event *e, const char *names)
{
	return span_in(span_of(e->type->name), names);
}

static const char reading[] = "read pread readv preadv recv recvfrom recvmsg recvmmsg";
static const char writing[] = "write pwrite writev pwritev send sendto sendmsg sendmmsg sendfile";
static const char waiting[] = "poll ppoll select pselect6 epoll_wait epoll_pwait nanosleep futex "
			      "wait4 waitid pause io_getevents";

static bool get_is_io(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)index;
	bool in = is_one_of(v->event, reading), out = is_one_of(v->event, writing);
	return field_truth(
		ret, (in && f->id != FIELD_EVT_IS_IO_WRITE) || (out && f->id != FIELD_EVT_IS_IO_READ));
}

static bool get_io_direction(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)f, (void)index;
	if (is_one_of(v->event, reading))
		return field_text(ret, SPAN("r"));
	return is_one_of(v->event, writing) && field_text(ret, SPAN("w"));
}

static bool get_is_wait(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)f, (void)index;
	return field_truth(ret, is_one_of(v->event, waiting));
}

static bool get_is_syslog(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)f, (void)index;
	const descriptor *d = v->event->descriptor;
	return field_truth(ret, is_one_of(v->event, writing) && d &&
					span_find(descriptor_name(d), SPAN("/dev/log")) != SPAN_NONE);
}

static bool get_abspath(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)index;
	static const char *const sources[] = {"path", "oldpath", "name", NULL};
	static const char *const targets[] = {"newpath", "linkpath", NULL};
	const char *const *names = span_is(f->argument, "dst") ? targets : sources;
	const event *e = v->event;
	span path;
	char room[LIMIT_WATCH_PATH];
	for (; *names; names++) {
		int param = event_param_index(e, span_of(*names));
		if (!e->process || !event_param_text(e, param, &path))
			continue;
		return field_text(ret,
			arena_copy(v->scratch,
				state_path(v->state, e->process, event_path_folder(e, param), path, room)));
	}
	return false;
}

/* The flags and the mode of an open; false: it opens nothing. */
static bool open_flags(const event *e, int64_t *flags, int64_t *mode)
{
	*mode = 0;
	if (strncmp(e->type->name, "open", 4) != 0 || !is_one_of(e, "open openat openat2 open_by_handle_at"))
		return false;
	event_param_number(e, event_param_index(e, SPAN("mode")), mode);
	return event_param_number(e, event_param_index(e, SPAN("flags")), flags);
}

static bool get_open(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)index;
	int64_t flags = 0, mode = 0;
	bool opens = open_flags(v->event, &flags, &mode);
	bool creates = !opens && strcmp(v->event->type->name, "creat") == 0;
	if (creates) {
		event_param_number(v->event, event_param_index(v->event, SPAN("mode")), &mode);
		flags = OPEN_CREATE;
	}
	switch (f->id) {
	case FIELD_EVT_IS_OPEN_READ:
		return field_truth(ret, opens && (flags & OPEN_READ));
	case FIELD_EVT_IS_OPEN_WRITE:
		return field_truth(ret, opens && (flags & OPEN_WRITE));
	case FIELD_EVT_IS_OPEN_CREATE:
		return field_truth(ret, opens && (flags & OPEN_CREATED));
	default:
		return field_truth(ret, (opens || creates) && (flags & (OPEN_CREATE | OPEN_TEMPORARY)) &&
						(mode & MODE_EXECUTABLE));
	}
}

field_getter *const field_event_getters[FIELD_COUNT] = {
	[FIELD_EVT_NUM] = get_num,
	[FIELD_EVT_TIME] = get_time,
	[FIELD_EVT_TIME_S] = get_time,
	[FIELD_EVT_TIME_ISO8601] = get_time,
	[FIELD_EVT_DATETIME] = get_time,
	[FIELD_EVT_DATETIME_S] = get_time,
	[FIELD_EVT_RAWTIME] = get_raw_time,
	[FIELD_EVT_RAWTIME_S] = get_raw_time,
	[FIELD_EVT_RAWTIME_NS] = get_raw_time,
	[FIELD_EVT_SOURCE] = get_source,
	[FIELD_EVT_IS_ASYNC] = get_false,
	[FIELD_EVT_HOSTNAME] = get_hostname,
	[FIELD_EVT_TYPE] = get_type,
	[FIELD_SYSCALL_TYPE] = get_type,
	[FIELD_EVT_TYPE_IS] = get_type_is,
	[FIELD_EVT_DIR] = get_dir,
	[FIELD_EVT_CPU] = get_cpu,
	[FIELD_EVT_ARGS] = get_args,
	[FIELD_EVT_INFO] = get_args,
	[FIELD_EVT_ARG] = get_arg,
	[FIELD_EVT_RAWARG] = get_raw_arg,
	[FIELD_EVT_BUFFER] = get_buffer,
	[FIELD_EVT_BUFLEN] = get_buffer_length,
	[FIELD_EVT_RES] = get_result,
	[FIELD_EVT_RAWRES] = get_raw_result,
	[FIELD_EVT_FAILED] = get_failed,
	[FIELD_EVT_COUNT] = get_one,
	[FIELD_EVT_COUNT_EXIT] = get_one,
	[FIELD_EVT_COUNT_ERROR] = get_error_count,
	[FIELD_EVT_IS_IO] = get_is_io,
	[FIELD_EVT_IS_IO_READ] = get_is_io,
	[FIELD_EVT_IS_IO_WRITE] = get_is_io,
	[FIELD_EVT_IO_DIR] = get_io_direction,
	[FIELD_EVT_IS_WAIT] = get_is_wait,
	[FIELD_EVT_IS_SYSLOG] = get_is_syslog,
	[FIELD_EVT_ABSPATH] = get_abspath,
	[FIELD_EVT_IS_OPEN_READ] = get_open,
	[FIELD_EVT_IS_OPEN_WRITE] = get_open,
	[FIELD_EVT_IS_OPEN_EXEC] = get_open,
	[FIELD_EVT_IS_OPEN_CREATE] = get_open,
};
