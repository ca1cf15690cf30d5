/* SPDX-License-Identifier: Apache-2.0
 *
 * What tests/system/kernel.py drives: prints every container below a root with all its facts, as JSON. */
#include "base/buffer.h"
#include "kernel/kernel.h"
#include "sources/kernel.h"

#include <stdio.h>
#include <stdlib.h>

static void add_text(buffer *out, span s)
{
	buffer_add_byte(out, '"');
	for (size_t i = 0; i < s.n; i++)
		if ((uint8_t)s.p[i] < ' ' || (uint8_t)s.p[i] > '~' || s.p[i] == '"' || s.p[i] == '\\')
			buffer_format(out, "\\u%04x", (uint8_t)s.p[i]);
		else
			buffer_add_byte(out, s.p[i]);
	buffer_add_byte(out, '"');
}

static void add_pair(buffer *out, const char *key, span value)
{
	buffer_format(out, ",\"%s\":", key);
	add_text(out, value);
}

static void add_value(buffer *out, fact_type type, fact_value v)
{
	if (type == TYPE_TRUTH)
		buffer_add_string(out, v.truth ? "true" : "false");
	else if (type == TYPE_TEXT)
		add_text(out, v.text);
	else
		buffer_format(out, "%lld", (long long)v.number);
}

static void add_list(buffer *out, const fact_row *row, const item_list *list)
{
	buffer_add_byte(out, '[');
	for (uint32_t i = 0; i < list->all.count; i++) {
		const item *x = list->all.items[i];
		bool first = true;
		buffer_add_string(out, i ? ",{" : "{");
		for (int m = 0; m < row->member_count; m++) {
			if (!item_has(x, m))
				continue;
			buffer_format(out, "%s\"%s\":", first ? "" : ",", row->members[m].name);
			add_value(out, row->members[m].type, x->values[m]);
			first = false;
		}
		buffer_add_byte(out, '}');
	}
	buffer_add_byte(out, ']');
}

static void add_posture(buffer *out, const posture *p)
{
	bool first = true;
	buffer_add_string(out, ",\"facts\":{");
	for (int i = 0; i < FACT_COUNT; i++) {
		if (p->all[i].known == KNOWN_UNSET)
			continue;
		buffer_format(out, "%s\"%s\":", first ? "" : ",", fact_rows[i].name);
		if (fact_rows[i].type == TYPE_LIST)
			add_list(out, &fact_rows[i], posture_items(p, (fact_id)i));
		else
			add_value(out, fact_rows[i].type, p->all[i].value);
		first = false;
	}
	buffer_add_byte(out, '}');
}

static void add_container(buffer *out, kernel *k, const kernel_container *c, const kernel_request *r)
{
	arena a = {0};
	bundle b = {.arena = &a};
	posture p = {0};
	evidence v;
	evidence_start(&v, "container", &a);
	kernel_posture(k, c, r, &v, &p, &b);
	evidence_end(&v);
	buffer_format(out, "{\"pid\":%d", c->pid);
	add_pair(out, "id", c->id);
	add_pair(out, "name", c->name);
	add_pair(out, "engine", span_of(c->engine));
	add_pair(out, "bundle", c->bundle);
	add_pair(out, "runtime", c->runtime);
	add_pair(out, "pod", c->pod);
	buffer_format(out, ",\"pids\":%u", c->pids.count);
	add_posture(out, &p);
	buffer_add_string(out, ",\"problems\":[");
	for (uint32_t i = 0; i < b.problems.count; i++) {
		buffer_add_string(out, i ? "," : "");
		add_text(out, span_of(b.problems.items[i].message));
	}
	buffer_add_string(out, "]");
	add_pair(out, "evidence", v.text->bytes);
	buffer_add_string(out, "}");
	arena_done(&a);
}

int main(int argc, char **argv)
{
	kernel *k;
	error e;
	auto_buffer out = {0};
	kernel_request r = {.set_uid = argc > 2 && strcmp(argv[2], "--set-uid") == 0};
	if (kernel_open(argc > 1 ? argv[1] : "/", &k, &e) < 0) {
		fprintf(stderr, "%s\n", e.text);
		return 2;
	}
	kernel_use_states(k, kernel_state_read);
	const kernel_containers *all = kernel_find_containers(k);
	buffer_add_byte(&out, '[');
	for (uint32_t i = 0; i < all->count; i++) {
		buffer_add_string(&out, i ? ",\n" : "");
		add_container(&out, k, all->items[i], &r);
	}
	buffer_add_string(&out, "]\n");
	fwrite(out.p, 1, out.n, stdout);
	kernel_close(k);
	return EXIT_SUCCESS;
}
