/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of fields, and how a name with its argument becomes a row. Errors are in Falco's words. */
#include "expression/event_set.h"
#include "watch/field.h"

enum { EVENT_TYPES = 1024 }; /* more than there are numbers of event types */

typedef enum argument_kind {
	ARGUMENT_NONE,
	ARGUMENT_NUMBER,
	ARGUMENT_NUMBER_MAYBE,
	ARGUMENT_TEXT,
	ARGUMENT_TEXT_MAYBE,
	ARGUMENT_WORD,
	ARGUMENT_PARAMETER,
	ARGUMENT_PATH,
	ARGUMENT_EVENT,
} argument_kind;

typedef enum field_count { COUNT_ONE, COUNT_LIST, COUNT_EITHER, COUNT_SOME } field_count;

/* clang-format off */
#define TYPE_BOOL    VALUE_TRUTH, 0
#define TYPE_INT16   VALUE_NUMBER, 16
#define TYPE_INT32   VALUE_NUMBER, 32
#define TYPE_INT64   VALUE_NUMBER, 64
#define TYPE_UINT32  VALUE_UNSIGNED, 32
#define TYPE_UINT64  VALUE_UNSIGNED, 64
#define TYPE_RELTIME VALUE_UNSIGNED, 64
#define TYPE_ABSTIME VALUE_UNSIGNED, 64
#define TYPE_DOUBLE  VALUE_REAL, 0
#define TYPE_PORT    VALUE_PORT, 16
#define TYPE_CHARBUF VALUE_TEXT, 0
#define TYPE_BYTEBUF VALUE_BYTES, 0
#define TYPE_IPADDR  VALUE_ADDRESS, 0
#define TYPE_IPNET   VALUE_NET, 0
#define TYPE_DYNAMIC VALUE_OPAQUE, 0
/* clang-format on */

static bool type_known(span literal)
{
	if (event_name_known(literal))
		return true;
	for (uint32_t i = 0; i < EVENT_TYPES; i++) {
		const event_type *t = event_type_get(i);
		if (t && span_is(literal, t->name))
			return true;
	}
	return false;
}

#define IS_NAME_OF_ADDRESS(field)                                                                        \
	((field) == FIELD_FD_CIP_NAME || (field) == FIELD_FD_SIP_NAME || (field) == FIELD_FD_LIP_NAME || \
		(field) == FIELD_FD_RIP_NAME)
#define IS_COMPARED_IN_ITS_OWN_WAY(field, count, value)                                    \
	((count) >= COUNT_EITHER || (value) == VALUE_NET || (field) == FIELD_EVT_RAWARG || \
		(field) == FIELD_EVT_AROUND)
#define ROW(field, title, value, width, falco, many, dear, words)                                            \
	{                                                                                                    \
		.name = (title), .type = (value), .bits = (width), .list = (many) == COUNT_LIST,             \
		.either = (many) == COUNT_EITHER || IS_NAME_OF_ADDRESS(field), .some = (many) == COUNT_SOME, \
		.id = (field), .meaning = (words), .kind = (falco), .cost = (dear),                          \
		.left_only = IS_COMPARED_IN_ITS_OWN_WAY(field, many, value) || IS_NAME_OF_ADDRESS(field),    \
		.bare = IS_COMPARED_IN_ITS_OWN_WAY(field, many, value),                                      \
		.known = (field) == FIELD_EVT_TYPE ? type_known : NULL,                                      \
		.unknown = (field) == FIELD_EVT_TYPE ? "unknown event type" : NULL                           \
	}
#define EXPANDED(...) ROW(__VA_ARGS__)

static const field_row rows[] = {
#define FIELD(id, name, type, count, argument, cost, meaning) \
	EXPANDED(FIELD_##id, name, TYPE_##type, #type, COUNT_##count, cost, meaning),
#include "watch/fields.def"
#undef FIELD
};

static const struct {
	span name;
	argument_kind argument;
} names[] = {
#define FIELD(id, name, type, count, argument, cost, meaning) {{name, sizeof name - 1}, ARGUMENT_##argument},
#include "watch/fields.def"
#undef FIELD
};

/* How parameters are compared (evt.rawarg), and what Falco's messages call their types. What is not here is opaque. */
static const struct {
	const char *kind;
	value_type type;
	uint8_t bits;
} parameter_types[] = {
	[PARAM_INT8] = {"INT8", VALUE_NUMBER, 8},
	[PARAM_INT16] = {"INT16", VALUE_NUMBER, 16},
	[PARAM_INT32] = {"INT32", VALUE_NUMBER, 32},
	[PARAM_INT64] = {"INT64", VALUE_NUMBER, 64},
	[PARAM_UINT8] = {"UINT8", VALUE_UNSIGNED, 8},
	[PARAM_UINT16] = {"UINT16", VALUE_UNSIGNED, 16},
	[PARAM_UINT32] = {"UINT32", VALUE_UNSIGNED, 32},
	[PARAM_UINT64] = {"UINT64", VALUE_UNSIGNED, 64},
	[PARAM_TEXT] = {"CHARBUF", VALUE_TEXT, 0},
	[PARAM_BYTES] = {"BYTEBUF", VALUE_BYTES, 0},
	[PARAM_RESULT] = {"ERRNO", VALUE_NUMBER, 64},
	[PARAM_ADDRESS] = {"SOCKADDR", VALUE_OPAQUE, 0},
	[PARAM_TUPLE] = {"SOCKTUPLE", VALUE_OPAQUE, 0},
	[PARAM_FD] = {"FD", VALUE_NUMBER, 64},
	[PARAM_PID] = {"PID", VALUE_NUMBER, 64},
	[PARAM_FD_LIST] = {"FDLIST", VALUE_OPAQUE, 0},
	[PARAM_PATH] = {"FSPATH", VALUE_TEXT, 0},
	[PARAM_SYSCALL] = {"SYSCALLID", VALUE_UNSIGNED, 16},
	[PARAM_SIGNAL] = {"SIGTYPE", VALUE_UNSIGNED, 8},
	[PARAM_DURATION] = {"RELTIME", VALUE_UNSIGNED, 64},
	[PARAM_TIME] = {"ABSTIME", VALUE_UNSIGNED, 64},
	[PARAM_PORT] = {"PORT", VALUE_PORT, 16},
	[PARAM_BOOL] = {"BOOL", VALUE_TRUTH, 0},
	[PARAM_IPV4] = {"IPV4ADDR", VALUE_ADDRESS, 0},
	[PARAM_CHOICE] = {"DYN", VALUE_OPAQUE, 0},
	[PARAM_FLAGS8] = {"FLAGS8", VALUE_UNSIGNED, 8},
	[PARAM_FLAGS16] = {"FLAGS16", VALUE_UNSIGNED, 16},
	[PARAM_FLAGS32] = {"FLAGS32", VALUE_UNSIGNED, 32},
	[PARAM_UID] = {"UID", VALUE_OPAQUE, 0},
	[PARAM_GID] = {"GID", VALUE_OPAQUE, 0},
	[PARAM_SIGNALS] = {"SIGSET", VALUE_OPAQUE, 0},
	[PARAM_TEXTS] = {"CHARBUFARRAY", VALUE_OPAQUE, 0},
	[PARAM_PAIRS] = {"CHARBUF_PAIR_ARRAY", VALUE_OPAQUE, 0},
	[PARAM_IPV6] = {"IPV6ADDR", VALUE_ADDRESS, 0},
	[PARAM_MODE] = {"MODE", VALUE_UNSIGNED, 32},
	[PARAM_PATH_AT] = {"FSRELPATH", VALUE_TEXT, 0},
	[PARAM_ENUM8] = {"ENUMFLAGS8", VALUE_UNSIGNED, 8},
	[PARAM_ENUM16] = {"ENUMFLAGS16", VALUE_UNSIGNED, 16},
	[PARAM_ENUM32] = {"ENUMFLAGS32", VALUE_UNSIGNED, 32},
	[PARAM_FD_WIDE] = {"FD", VALUE_NUMBER, 64},
	[PARAM_PID_WIDE] = {"PID", VALUE_NUMBER, 64},
};

/* The parameter with the longest name that `text` begins with, in the first event that has it. */
static const param_row *parameter_find(span text)
{
	const param_row *ret = NULL;
	for (uint32_t i = 0; i < EVENT_TYPES; i++) {
		const event_type *t = event_type_get(i);
		for (uint32_t j = 0; t && j < t->count; j++) {
			span name = span_of(t->params[j].name);
			if (span_starts(text, name) && (!ret || name.n > strlen(ret->name)))
				ret = &t->params[j];
		}
	}
	return ret;
}

static const field_row *row_with(const field_row *row, span argument, int64_t number, arena *a)
{
	field_row *ret = ARENA_NEW(a, field_row);
	*ret = *row;
	ret->indexed = true;
	ret->argument = arena_copy(a, argument);
	ret->number = number;
	return ret;
}

static const field_row *with_number(const field_row *row, span argument, arena *a, span *why)
{
	int64_t n;
	if (!span_int(argument, &n)) {
		*why = arena_format(a, "%.*s is not a valid number", SPAN_ARG(argument));
		return NULL;
	}
	field_row *ret = (field_row *)row_with(row, argument, n, a);
	ret->some = false;
	return ret;
}

static const field_row *with_parameter(const field_row *row, span name, arena *a, span *why)
{
	const param_row *param = parameter_find(name);
	if (!param)
		*why = arena_format(a, "unknown event argument %.*s", SPAN_ARG(name));
	if (!param || !span_is(name, param->name))
		return NULL;
	field_row *ret = (field_row *)row_with(row, name, -1, a);
	bool listed = param->type < sizeof parameter_types / sizeof *parameter_types;
	if (row->id != FIELD_EVT_RAWARG || !listed || !parameter_types[param->type].kind)
		return ret;
	ret->type = parameter_types[param->type].type;
	ret->kind = parameter_types[param->type].kind;
	ret->bits = parameter_types[param->type].bits;
	return ret;
}

/* name.argument */
static const field_row *with_dot(uint32_t i, span word, arena *a, span *why)
{
	const field_row *row = &rows[i];
	switch (names[i].argument) {
	case ARGUMENT_WORD:
		return row_with(row, word, -1, a);
	case ARGUMENT_PARAMETER:
		return with_parameter(row, word, a, why);
	case ARGUMENT_PATH:
		return span_in(word, "src dst") ? row_with(row, word, -1, a) : NULL;
	case ARGUMENT_EVENT:
		return type_known(word) ? row_with(row, word, -1, a) : NULL;
	case ARGUMENT_NONE:
	case ARGUMENT_NUMBER:
	case ARGUMENT_NUMBER_MAYBE:
	case ARGUMENT_TEXT:
	case ARGUMENT_TEXT_MAYBE:
		break;
	}
	return NULL;
}

/* name[argument] */
static const field_row *with_brackets(uint32_t i, span argument, arena *a, span *why)
{
	const field_row *row = &rows[i];
	int64_t n;
	switch (names[i].argument) {
	case ARGUMENT_NUMBER:
	case ARGUMENT_NUMBER_MAYBE:
		return with_number(row, argument, a, why);
	case ARGUMENT_TEXT:
	case ARGUMENT_TEXT_MAYBE:
		return span_int(argument, &n) ? with_number(row, argument, a, why)
					      : row_with(row, argument, -1, a);
	case ARGUMENT_WORD:
		return row_with(row, argument, -1, a);
	case ARGUMENT_PARAMETER:
		if (row->id != FIELD_EVT_RAWARG)
			return with_number(row, argument, a, why);
		*why = SPAN("evt.arg fields must be expressed explicitly");
		return NULL;
	case ARGUMENT_NONE:
	case ARGUMENT_PATH:
	case ARGUMENT_EVENT:
		break;
	}
	return NULL;
}

static const field_row *without(uint32_t i, arena *a, span *why)
{
	argument_kind kind = names[i].argument;
	if (kind == ARGUMENT_NONE || kind == ARGUMENT_NUMBER_MAYBE || kind == ARGUMENT_TEXT_MAYBE ||
		kind == ARGUMENT_PATH)
		return &rows[i];
	if (kind == ARGUMENT_PARAMETER || kind == ARGUMENT_EVENT || kind == ARGUMENT_NUMBER)
		*why = arena_format(a, "filter syntax error: %s", rows[i].name);
	else
		*why = arena_format(a, "field '%s' requires an argument", rows[i].name);
	return NULL;
}

/* The row with the longest name that stands before a dot of `name` and takes an argument there. */
static int dotted_find(span name)
{
	int ret = -1;
	for (uint32_t i = 0; i < FIELD_COUNT; i++) {
		bool dot = span_starts(name, names[i].name) && name.n > names[i].name.n + 1 &&
			   name.p[names[i].name.n] == '.' && names[i].argument >= ARGUMENT_WORD;
		if (dot && (ret < 0 || names[i].name.n > names[ret].name.n))
			ret = (int)i;
	}
	return ret;
}

const field_row *watch_field_find(const void *of, span name, span argument, arena *a, span *why)
{
	(void)of;
	for (uint32_t i = 0; i < FIELD_COUNT; i++)
		if (span_equal(name, names[i].name))
			return argument.p ? with_brackets(i, argument, a, why) : without(i, a, why);
	int dotted = dotted_find(name);
	if (dotted < 0 || argument.p)
		return NULL;
	return with_dot((uint32_t)dotted, span_from(name, names[dotted].name.n + 1), a, why);
}

const field_row *watch_field(span name, span argument, arena *a)
{
	span why = {0};
	return watch_field_find(NULL, name, argument, a, &why);
}

const field_row *watch_field_at(uint32_t index)
{
	return index < FIELD_COUNT ? &rows[index] : NULL;
}

const char *watch_field_argument(uint32_t index, bool *needed)
{
	static const struct {
		const char *form;
		bool needed;
	} forms[] = {
		[ARGUMENT_NONE] = {"", false},
		[ARGUMENT_NUMBER] = {"[N]", true},
		[ARGUMENT_NUMBER_MAYBE] = {"[N]", false},
		[ARGUMENT_TEXT] = {"[TEXT]", true},
		[ARGUMENT_TEXT_MAYBE] = {"[TEXT]", false},
		[ARGUMENT_WORD] = {"[WORD]", true},
		[ARGUMENT_PARAMETER] = {".NAME", true},
		[ARGUMENT_PATH] = {".src|.dst", false},
		[ARGUMENT_EVENT] = {".EVENT", true},
	};
	argument_kind kind = index < FIELD_COUNT ? names[index].argument : ARGUMENT_NONE;
	*needed = forms[kind].needed;
	return forms[kind].form;
}

bool watch_field_is_address_name(int id)
{
	return IS_NAME_OF_ADDRESS(id);
}

const vocabulary watch_vocabulary = {.find = watch_field_find};
