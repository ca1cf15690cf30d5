/* SPDX-License-Identifier: Apache-2.0
 *
 * Which images of this machine were scanned, when, and whether that is still good. The engines are asked from inside the sandbox. */
#include "commands/scan_records.h"

#include "base/limits.h"
#include "base/sandbox.h"
#include "engine/engine.h"
#include "formats/json_write.h"
#include "inventory/records.h"
#include "report/style.h"

#include <stdio.h>
#include <time.h>

enum { MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR, WEEK = 7 * DAY, ID_SHOWN = 12 };

static const char *const record_formats[] = {"text", "json", NULL};
static const char default_age[] = "7d";

typedef enum record_state { RECORD_FRESH, RECORD_NONE, RECORD_OLD, RECORD_INCOMPLETE } record_state;

static const char *const state_names[] = {"fresh", "never-scanned", "old", "incomplete"};

typedef struct listed { /* an image with its record */
	const engine_image *image;
	scan_record record;
	record_state state;
	span says; /* the state for people */
} listed;

typedef struct listing {
	arena arena;
	engine_image_list images;
	LIST(listed) rows;
	LIST(span) problems;
	int64_t now, max_age;
	const char *age_word; /* max_age, as the person wrote it */
	uint32_t fresh, engines;
} listing;

/* --- times --- */

bool duration_read(span text, int64_t *ret)
{
	static const struct {
		char unit;
		int64_t seconds;
	} units[] = {{'s', 1}, {'m', MINUTE}, {'h', HOUR}, {'d', DAY}, {'w', WEEK}};
	int64_t n;
	if (text.n < 2 || text.n > 9 || !ascii_digit(text.p[0]) ||
		!span_int(span_sub(text, 0, text.n - 1), &n))
		return false;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (units[i].unit == text.p[text.n - 1]) {
			*ret = n * units[i].seconds;
			return true;
		}
	return false;
}

/* "12 days", in the largest unit of which there are two, or the smallest. */
static span age_text(int64_t seconds, arena *a)
{
	static const struct {
		const char *name;
		int64_t seconds;
	} units[] = {{"day", DAY}, {"hour", HOUR}, {"minute", MINUTE}, {"second", 1}};
	size_t i = 0;
	seconds = seconds < 0 ? 0 : seconds;
	while (i < 3 && seconds < 2 * units[i].seconds)
		i++;
	int64_t n = seconds / units[i].seconds;
	return arena_format(a, "%lld %s%s", (long long)n, units[i].name, n == 1 ? "" : "s");
}

/* How old the newest advisory was when the image was scanned; -1: none was asked. */
static int64_t database_age(const scan_record *r)
{
	struct tm day = {0};
	arena a = {0};
	const char *end = strptime(arena_string(&a, span_sub(r->database_date, 0, 32)), "%Y-%m-%d", &day);
	int64_t age = end ? r->time - timegm(&day) : -1;
	arena_done(&a);
	return end && age < 0 ? 0 : age;
}

/* --- what there is --- */

static void add_problem(listing *l, const char *who, const char *what)
{
	list_push(&l->arena, &l->problems, arena_format(&l->arena, "%s: %s", who, what));
}

/* An engine that is not here has no images; one that does not answer may have. */
static void ask_engines(listing *l)
{
	for (int kind = 0; kind < ENGINE_KINDS; kind++) {
		error e;
		if (engine_images((engine_kind)kind, &l->arena, &l->images, &e) >= 0)
			l->engines++;
		else if (e.code != ERROR_ABSENT)
			add_problem(l, engine_name((engine_kind)kind), e.text);
	}
	if (l->engines == 0 && l->problems.count == 0)
		add_problem(l, "no engine", "neither Docker nor Podman was found on this machine");
}

/* Where no advisories were asked, nothing is known of vulnerabilities. */
static void judge(const listing *l, listed *row, arena *a)
{
	int64_t age = l->now - row->record.time;
	bool asked = row->record.database_date.n;
	row->state = RECORD_FRESH;
	row->says = SPAN("fresh");
	if (!row->record.complete || !asked) {
		row->state = RECORD_INCOMPLETE;
		row->says = asked ? SPAN("incomplete: something could not be read")
				  : SPAN("incomplete: no advisories were asked");
	} else if (age > l->max_age) {
		row->state = RECORD_OLD;
		row->says = arena_format(
			a, "scanned %.*s ago, older than %s", SPAN_ARG(age_text(age, a)), l->age_word);
	}
}

static int look_up(listing *l, scan_records *records, error *e)
{
	list_each(const engine_image, im, &l->images) {
		listed row = {.image = im, .state = RECORD_NONE, .says = SPAN("never scanned")};
		int got = scan_records_get(records, im->id, &l->arena, &row.record, e);
		TRY(got);
		if (got)
			judge(l, &row, &l->arena);
		l->fresh += row.state == RECORD_FRESH;
		list_push(&l->arena, &l->rows, row);
	}
	return 0;
}

/* --- text --- */

enum { COLUMNS = 7 };

static void cells_of(const listed *row, int64_t now, arena *a, span ret[COLUMNS])
{
	const scan_record *r = &row->record;
	bool known = row->state != RECORD_NONE;
	int64_t age = known ? database_age(r) : -1;
	ret[0] = row->image->names.count ? row->image->names.items[0] : SPAN("(no name)");
	ret[1] = span_sub(row->image->id, strlen("sha256:"), ID_SHOWN);
	ret[2] = span_of(engine_name(row->image->engine));
	ret[3] = known ? age_text(now - r->time, a) : SPAN("-");
	ret[4] = age >= 0 ? age_text(age, a) : SPAN("-");
	ret[5] =
		known ? arena_format(a, "%u/%u/%u/%u", r->counts[4], r->counts[3], r->counts[2], r->counts[1])
		      : SPAN("-");
	ret[6] = row->says;
}

static void write_text(listing *l, buffer *out)
{
	static const char *const titles[COLUMNS] = {
		"image", "id", "engine", "scanned", "database", "c/h/m/l", "record"};
	report plain = {0};
	size_t widths[COLUMNS] = {0};
	uint32_t rows = l->rows.count + 1;
	span *cells = ARENA_ARRAY(&l->arena, span, (size_t)rows * COLUMNS);
	for (uint32_t i = 0; i < rows * COLUMNS; i++) {
		if (i < COLUMNS)
			cells[i] = span_of(titles[i]);
		else if (i % COLUMNS == 0)
			cells_of(&l->rows.items[i / COLUMNS - 1], l->now, &l->arena, &cells[i]);
		size_t width = style_columns(cells[i]);
		widths[i % COLUMNS] = width > widths[i % COLUMNS] ? width : widths[i % COLUMNS];
	}
	for (uint32_t i = 0; l->rows.count && i < rows * COLUMNS; i++) {
		bool last = i % COLUMNS == COLUMNS - 1;
		style_add(&plain, out, TINT_NONE, cells[i]);
		buffer_repeat(out, ' ', last ? 0 : widths[i % COLUMNS] - style_columns(cells[i]) + 2);
		if (last)
			buffer_add_byte(out, '\n');
	}
	list_each(const span, problem, &l->problems) {
		buffer_add_string(out, "error  ");
		style_add(&plain, out, TINT_NONE, *problem);
		buffer_add_byte(out, '\n');
	}
	buffer_format(out, "%s%u image%s, %u with a fresh record\n",
		l->rows.count || l->problems.count ? "\n" : "", l->rows.count, l->rows.count == 1 ? "" : "s",
		l->fresh);
}

/* --- JSON --- */

static void record_json(json_writer *w, const scan_record *r)
{
	char when[32];
	struct tm parts;
	time_t at = (time_t)r->time;
	strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&at, &parts) ? &parts : &(struct tm){0});
	json_open(w, "scan", '{');
	json_string(w, "time", when);
	json_text(w, "name", r->name);
	if (r->database_date.n)
		json_text(w, "database_date", r->database_date);
	json_truth(w, "complete", r->complete);
	for (int i = RECORD_SEVERITIES; i-- > 0;)
		json_number(w, severity_names[i], r->counts[i]);
	json_close(w, '}');
}

static void row_json(json_writer *w, const listed *row)
{
	const engine_image *im = row->image;
	json_open(w, NULL, '{');
	json_string(w, "engine", im->engine == ENGINE_DOCKER ? "docker" : "podman");
	json_text(w, "id", im->id);
	json_open(w, "names", '[');
	list_each(const span, name, &im->names)
		json_text(w, NULL, *name);
	json_close(w, ']');
	json_number(w, "size", im->size > INT64_MAX ? INT64_MAX : (int64_t)im->size);
	json_number(w, "created", im->created);
	json_string(w, "record", state_names[row->state]);
	json_text(w, "message", row->says);
	if (row->state != RECORD_NONE)
		record_json(w, &row->record);
	json_close(w, '}');
}

static void write_json(listing *l, buffer *out)
{
	json_writer w = {.out = out};
	json_open(&w, NULL, '{');
	json_string(&w, "schema", "bulkhead-records/1");
	json_open(&w, "images", '[');
	list_each(const listed, row, &l->rows)
		row_json(&w, row);
	json_close(&w, ']');
	json_open(&w, "errors", '[');
	list_each(const span, problem, &l->problems) {
		json_open(&w, NULL, '{');
		json_text(&w, "message", *problem);
		json_close(&w, '}');
	}
	json_close(&w, ']');
	json_open(&w, "summary", '{');
	json_number(&w, "images", l->rows.count);
	json_number(&w, "fresh", l->fresh);
	json_close(&w, '}');
	json_close(&w, '}');
	buffer_add_byte(out, '\n');
}

static int write_all(listing *l, const output_options *o)
{
	int ret = EXIT_CLEAN;
	for (uint32_t i = 0; i < o->formats.count || (i == 0 && !o->quiet); i++) {
		const char *word = i < o->formats.count ? o->formats.items[i] : "text",
			   *file = strchr(word, '=');
		auto_buffer out = {0};
		(strncmp(word, "json", 4) == 0 ? write_json : write_text)(l, &out);
		int written = command_write(&out, file ? file + 1 : NULL);
		ret = written > ret ? written : ret;
	}
	return ret;
}

/* --- the command --- */

static int list_all(listing *l, const scan_options *o, error *e)
{
	const char *folders[OPTION_LIST_MAX + 1], *state = scan_records_folder(&l->arena);
	uint32_t count = output_folders(&o->output, folders, &l->arena);
	scan_records *records = NULL;
	if (!state)
		return error_set(e, ERROR_ABSENT, "there is no folder for records: HOME is not set");
	TRY(scan_records_open(state, &records, e));
	folders[count++] = state;
	sandbox_enter_network(folders, count);
	ask_engines(l);
	int status = look_up(l, records, e);
	scan_records_close(records);
	return status;
}

int scan_records_list(const scan_options *o)
{
	listing l = {.now = time(NULL), .age_word = o->max_age ? o->max_age : default_age};
	error e;
	int ret = EXIT_USAGE;
	if (!duration_read(span_of(l.age_word), &l.max_age)) {
		command_complain("scan", "--max-age takes a time like 12h, 7d or 2w, not '%s'", l.age_word);
	} else if (output_valid(&o->output, "scan --records", record_formats)) {
		if (list_all(&l, o, &e) < 0)
			command_complain("scan", "%s", e.text);
		else if ((ret = write_all(&l, &o->output)) == EXIT_CLEAN)
			ret = l.problems.count         ? EXIT_INCOMPLETE
			      : l.fresh < l.rows.count ? EXIT_FINDINGS
						       : EXIT_CLEAN;
	}
	arena_done(&l.arena);
	return ret;
}
