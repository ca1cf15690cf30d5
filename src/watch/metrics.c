/* SPDX-License-Identifier: Apache-2.0
 *
 * OpenMetrics 1.0: https://prometheus.io/docs/specs/om/open_metrics_spec/ */
#include "watch/metrics.h"

#include "base/files.h"

#include <fcntl.h>

const char metrics_type[] = "application/openmetrics-text; version=1.0.0; charset=utf-8";

static void family(buffer *out, const char *name, const char *type, const char *unit, const char *help)
{
	buffer_format(out, "# TYPE bulkhead_watch_%s %s\n", name, type);
	if (unit)
		buffer_format(out, "# UNIT bulkhead_watch_%s %s\n", name, unit);
	buffer_format(out, "# HELP bulkhead_watch_%s %s\n", name, help);
}

/* Between the quotes of a label: three bytes are escaped; what is no text is not shown as it is. */
static void label(buffer *out, const char *before, span value)
{
	buffer_add_string(out, before);
	buffer_add_string(out, "=\"");
	for (size_t i = 0; i < value.n; i++) {
		unsigned char c = (unsigned char)value.p[i];
		if (c == '\n')
			buffer_add_string(out, "\\n");
		else if (c == '"' || c == '\\')
			buffer_format(out, "\\%c", c);
		else
			buffer_add_byte(out, c < ' ' || c >= 0x7f ? '?' : (char)c);
	}
	buffer_add_byte(out, '"');
}

static void number(buffer *out, const char *name, uint64_t value)
{
	buffer_format(out, "bulkhead_watch_%s %llu\n", name, (unsigned long long)value);
}

static void write_rules(const metrics *m, buffer *out, const char *name, bool held, const char *help)
{
	family(out, name, "counter", NULL, help);
	for (uint32_t i = 0; i < m->rule_count; i++) {
		const metrics_rule *r = m->rules[i];
		if (held && r->held == 0)
			continue;
		buffer_format(out, "bulkhead_watch_%s_total{", name);
		label(out, "rule", r->name);
		label(out, ",priority", span_of(watch_priority_names[r->priority]));
		buffer_format(out, "} %llu\n", (unsigned long long)(held ? r->held : r->alerts));
	}
}

static uint64_t output_written(const output_status *s)
{
	return s->written;
}
static uint64_t output_dropped(const output_status *s)
{
	return s->dropped;
}
static uint64_t output_waiting(const output_status *s)
{
	return s->waiting;
}
static uint64_t output_up(const output_status *s)
{
	return !s->broken && !s->gone;
}

static void write_outputs(const outputs *all, buffer *out)
{
	static const struct {
		const char *name, *type, *suffix, *help;
		uint64_t (*get)(const output_status *s);
	} rows[] = {
		{"output_written", "counter", "_total", "Alerts that a destination has taken.",
			output_written},
		{"output_dropped", "counter", "_total", "Alerts that a destination did not get.",
			output_dropped},
		{"output_waiting", "gauge", "", "Alerts that wait for a destination.", output_waiting},
		{"output_up", "gauge", "", "Whether a destination works.", output_up},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		family(out, rows[i].name, rows[i].type, NULL, rows[i].help);
		for (uint32_t j = 0; j < outputs_count(all); j++) {
			output_status s = outputs_status(all, j);
			buffer_format(
				out, "bulkhead_watch_%s%s{index=\"%u\"", rows[i].name, rows[i].suffix, j);
			label(out, ",output", span_of(s.name));
			buffer_format(out, "} %llu\n", (unsigned long long)rows[i].get(&s));
		}
	}
}

static void write_infos(const metrics *m, buffer *out)
{
	family(out, "build", "info", NULL, "Which bulkhead this is.");
	buffer_add_string(out, "bulkhead_watch_build_info{");
	label(out, "version", span_of(m->version));
	buffer_add_string(out, "} 1\n");
	family(out, "rule_file", "info", NULL, "Rule files that are in force.");
	for (uint32_t i = 0; i < m->file_count; i++) {
		buffer_add_string(out, "bulkhead_watch_rule_file_info{");
		label(out, "file", m->files[i].path);
		label(out, ",digest", span_of(m->files[i].digest));
		buffer_add_string(out, "} 1\n");
	}
}

void metrics_write(const metrics *m, buffer *out)
{
	write_infos(m, out);
	family(out, "start_time_seconds", "gauge", "seconds", "When it started, since 1970.");
	buffer_format(out, "bulkhead_watch_start_time_seconds %llu.%03llu\n",
		(unsigned long long)(m->started / 1000000000u),
		(unsigned long long)(m->started / 1000000u % 1000u));
	family(out, "memory_bytes", "gauge", "bytes", "Memory that is resident.");
	number(out, "memory_bytes", m->memory);
	family(out, "processes", "gauge", NULL, "Threads and processes that are followed.");
	number(out, "processes", m->processes);
	family(out, "events", "counter", NULL, "Events that rules were asked about.");
	number(out, "events_total", m->events);
	family(out, "events_lost", "counter", NULL, "Events that came faster than they could be read.");
	number(out, "events_lost_total", m->lost);
	family(out, "reloads", "counter", NULL, "Rules that were read anew and taken.");
	number(out, "reloads_total", m->reloads);
	family(out, "failed_reloads", "counter", NULL, "Rules that were read anew and had errors.");
	number(out, "failed_reloads_total", m->failed_reloads);
	write_rules(m, out, "alerts", false, "Alerts by rule.");
	write_rules(m, out, "alerts_held", true, "Alerts that the limit of the rate held back.");
	write_outputs(m->outputs, out);
	buffer_add_string(out, "# EOF\n");
}

uint64_t metrics_memory(void)
{
	char text[128];
	int64_t pages = 0;
	auto_fd fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text);
	span s = {text, n > 0 ? (size_t)n : 0}, word;
	if (span_word(&s, &word) && span_word(&s, &word) && span_int(word, &pages))
		return (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
	return 0;
}
