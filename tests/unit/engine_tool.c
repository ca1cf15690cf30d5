/* SPDX-License-Identifier: Apache-2.0
 *
 * What tests/system/engine_api.py drives: says what an engine answers as facts, and what a bundle's config.json holds.
 *
 *   engine_tool docker|podman [HOST]    every container with its facts
 *   engine_tool spec FOLDER             the facts of FOLDER/config.json */
#include "engine/containers.h"
#include "sources/inspect.h"
#include "sources/oci_spec.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static void value_print(fact_type type, fact_value v)
{
	if (type == TYPE_TEXT)
		printf("%.*s", SPAN_ARG(v.text));
	else if (type == TYPE_TRUTH)
		printf("%s", v.truth ? "true" : "false");
	else
		printf("%lld", (long long)v.number);
}

static void item_print(const fact_row *row, const item *i)
{
	printf("%s", row->field);
	for (int m = 0; m < row->member_count; m++) {
		printf(" ");
		if (item_has(i, m))
			value_print(row->members[m].type, i->values[m]);
		else
			printf("-");
	}
	printf("\n");
}

/* "fact value" a line, "~" in front for what nobody asked for; a line an item of a list. */
static void facts_print(const posture *p)
{
	for (int id = 0; id < FACT_COUNT; id++) {
		const fact *f = &p->all[id];
		const fact_row *row = &fact_rows[id];
		if (f->known == KNOWN_UNSET)
			continue;
		if (row->type == TYPE_LIST) {
			const item_list *list = posture_items(p, (fact_id)id);
			if (list->all.count == 0)
				printf("%s\n", row->field);
			for (uint32_t i = 0; i < list->all.count; i++)
				item_print(row, list->all.items[i]);
			continue;
		}
		printf("%s%s ", f->known == KNOWN_DEFAULT ? "~" : "", row->field);
		value_print(row->type, f->value);
		printf("\n");
	}
}

static int failed(const error *e)
{
	printf("error %d %s\n", e->code, e->text);
	return 1;
}

static void container_print(const engine_container *c, arena *a)
{
	evidence v;
	posture p = {0};
	printf("container %.*s %.*s %.*s %.*s %lld\n", SPAN_ARG(c->name), SPAN_ARG(c->id), SPAN_ARG(c->image),
		SPAN_ARG(c->state), (long long)c->pid);
	if (c->fault) {
		printf("fault %s\n", c->fault);
		return;
	}
	evidence_start(&v, arena_string(a, c->name), a);
	inspect_posture(c->kind, c->inspect, NULL, &v, &p, a);
	evidence_end(&v);
	facts_print(&p);
}

static int engine_print(engine_kind kind, const char *host, arena *a)
{
	engine *g;
	error e;
	engine_container_list all;
	if (engine_open(kind, &(engine_options){.host = host}, &g, &e) < 0)
		return failed(&e);
	printf("engine %s %s %s%s\n", engine_address_of(g), engine_version(g), engine_api(g),
		engine_is_remote(g) ? " remote" : "");
	int status = engine_containers(g, false, a, &all, &e);
	engine_close(g);
	if (status < 0)
		return failed(&e);
	list_each(const engine_container, c, &all)
		container_print(c, a);
	return 0;
}

static int spec_print(const char *folder, arena *a)
{
	error e;
	node *spec;
	evidence v;
	posture p = {0};
	int fd = open(folder, O_PATH | O_DIRECTORY);
	if (fd < 0 || oci_spec_read(fd, a, &spec, &e) < 0)
		return fd < 0 ? 1 : failed(&e);
	close(fd);
	evidence_start(&v, folder, a);
	oci_spec_posture(spec, &v, &p, a);
	evidence_end(&v);
	facts_print(&p);
	return 0;
}

int main(int argc, char **argv)
{
	arena a = {0};
	int status = 2;
	if (argc == 3 && strcmp(argv[1], "spec") == 0)
		status = spec_print(argv[2], &a);
	else if (argc >= 2)
		status = engine_print(strcmp(argv[1], "podman") == 0 ? ENGINE_PODMAN : ENGINE_DOCKER,
			argc > 2 ? argv[2] : NULL, &a);
	arena_done(&a);
	return status;
}
