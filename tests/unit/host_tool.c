/* SPDX-License-Identifier: Apache-2.0
 *
 * What tests/system/host.py drives: reads a host and prints its settings, its files, what rules say of them and the benchmark.
 *
 *   host_tool ROOT [unix://SOCKET] [--text] */
#include "engine/api.h"
#include "formats/json_write.h"
#include "host/host.h"
#include "posture/settings.h"
#include "report/cis.h"
#include "rules/mask.h"

#include <stdio.h>
#include <time.h>

static void write_settings(json_writer *w, const bundle *b)
{
	json_open(w, "settings", '{');
	for (uint32_t i = 0; i < b->workloads.count; i++) {
		const item_list *list = posture_items(b->workloads.items[i]->effective, FACT_settings);
		for (uint32_t k = 0; k < list->all.count; k++) {
			const item *s = list->all.items[k];
			const char *name = item_text(s, MEMBER_setting_name).p;
			if (item_has(s, MEMBER_setting_value))
				json_text(w, name, item_text(s, MEMBER_setting_value));
			else
				json_string(w, name, NULL);
		}
	}
	json_close(w, '}');
}

static void write_files(json_writer *w, const bundle *b)
{
	json_open(w, "files", '[');
	for (uint32_t i = 0; i < b->workloads.count; i++) {
		const item_list *list = posture_items(b->workloads.items[i]->effective, FACT_host_files);
		for (uint32_t k = 0; k < list->all.count; k++) {
			json_open(w, NULL, '{');
			json_string(w, "workload", b->workloads.items[i]->name);
			for (int m = 0; m < fact_rows[FACT_host_files].member_count; m++)
				if (fact_rows[FACT_host_files].members[m].type == TYPE_TEXT)
					json_text(w, fact_rows[FACT_host_files].members[m].name,
						item_text(list->all.items[k], m));
			json_close(w, '}');
		}
	}
	json_close(w, ']');
}

static void write_findings(json_writer *w, const finding_list *findings)
{
	json_open(w, "findings", '[');
	list_each(const finding, f, findings) {
		json_open(w, NULL, '{');
		json_string(w, "rule", f->rule->id);
		json_string(w, "workload", f->workload ? f->workload->name : NULL);
		json_text(w, "message", f->message);
		json_text(w, "evidence", f->evidence);
		json_close(w, '}');
	}
	json_close(w, ']');
}

static int run(const host_request *q, bool text_only, arena *a)
{
	error e;
	bundle b = {.arena = a};
	const rulebook *book;
	cis_benchmark c;
	finding_list findings = {0};
	checklist list = {0};
	arena scratch = {0};
	auto_buffer out = {0}, benchmark = {0};
	host_read(q, &b);
	bundle_overlay(&b);
	if (cis_rulebook(a, &book, &e) < 0) {
		fprintf(stderr, "%s\n", e.text);
		return 2;
	}
	cis_judge(book, &b, NULL, a, &c);
	rulebook_judge(book, &b, NULL, 1, a, &findings, &list);
	report r = {.command = "audit", .bundle = &b, .arena = a, .scratch = &scratch};
	report_cis_json(&r, &c, &benchmark);
	json_writer w = {.out = &out};
	json_open(&w, NULL, '{');
	write_settings(&w, &b);
	write_files(&w, &b);
	write_findings(&w, &findings);
	buffer_format(&out, ", \"cis\": %.*s", SPAN_ARG(buffer_span(&benchmark)));
	json_close(&w, '}');
	if (text_only) {
		out.n = 0;
		report_cis_text(&r, &c, &out);
	}
	arena_done(&scratch);
	return fwrite(out.p, 1, out.n, stdout) == out.n ? 0 : 2;
}

int main(int argc, char **argv)
{
	error e = {0};
	arena a = {0};
	bool text_only = argc > 2 && strcmp(argv[argc - 1], "--text") == 0;
	const char *socket = argc > 2 && strncmp(argv[2], "unix:", 5) == 0 ? argv[2] : NULL;
	host_request q = {.root = argc > 1 ? argv[1] : "/", .now = time(NULL)};
	engine *docker = NULL;
	if (socket && engine_open(ENGINE_DOCKER, &(engine_options){.host = socket}, &docker, &e) < 0)
		q.docker_absent = e.text;
	q.docker = docker;
	int status = run(&q, text_only, &a);
	engine_close(docker);
	arena_done(&a);
	return status;
}
