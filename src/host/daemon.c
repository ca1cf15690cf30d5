/* SPDX-License-Identifier: Apache-2.0
 *
 * Arguments and file of dockerd. */
#include "host/daemon.h"

#include "base/buffer.h"
#include "formats/json.h"
#include "host/units.h"

static void open_unit(dockerd *d)
{
	arena *a = d->page->reader->arena;
	const char *path = unit_find(&d->page->reader->root, "docker.service", a);
	const text *unit = path ? host_text(d->page->reader, path, &d->unknown) : NULL;
	unit_values starts;
	if (!unit)
		return;
	unit_read(unit->bytes, "Service", "ExecStart", a, &starts);
	if (!starts.count)
		return;
	arguments *given = ARENA_NEW(a, arguments);
	arguments_parse(
		unit_words(starts.items[starts.count - 1], a, &d->variables), &arguments_dockerd, a, given);
	d->given = given;
	d->given_place = path;
}

static void open_config(dockerd *d)
{
	host_reader *r = d->page->reader;
	node *config = NULL;
	node_problems problems = {0};
	error e;
	const char *reason;
	span path = dockerd_value(d, "config-file", "", "/etc/docker/daemon.json");
	d->config_path = arena_string(r->arena, path.n ? path : SPAN("/etc/docker/daemon.json"));
	const text *t = host_text(r, d->config_path, &reason);
	if (reason)
		d->unknown = reason;
	if (!t)
		return;
	if (json_read(t, r->arena, &config, &problems, &e) < 0) {
		error_wrap(&e, "%s", d->config_path);
		host_problem(r, &e);
		d->unknown = arena_string(r->arena, span_of(e.text));
	}
	d->config = config;
}

void dockerd_open(host_page *p, const process *process, dockerd *ret)
{
	*ret = (dockerd){.page = p, .process = process};
	if (process) {
		ret->given = &process->given;
		ret->given_place = "dockerd arguments";
	} else {
		open_unit(ret);
	}
	open_config(ret);
	if (ret->variables)
		ret->unknown = "its unit starts it with variables, and it does not run";
	else if (!ret->given && !ret->unknown)
		ret->unknown = "no dockerd is seen to run, and no unit says how it is started";
}

void dockerd_forget(dockerd *d, const char *reason)
{
	d->given = NULL;
	d->config = NULL;
	d->unknown = reason;
}

/* --- looking things up --- */

static void take_node(const node *n, arena *a, dockerd_said *ret)
{
	for (uint32_t i = 0; node_is_list(n) && i < n->count; i++)
		list_push(a, &ret->values, node_text(n->items[i]));
	for (uint32_t i = 0; node_is_map(n) && i < n->count; i++)
		list_push(a, &ret->values, n->members[i].key->value);
	if (node_is_scalar(n))
		list_push(a, &ret->values, node_text(n));
}

static void find_config(const dockerd *d, const char *key, dockerd_said *ret)
{
	arena *a = d->page->reader->arena;
	auto_buffer words = {0};
	const node *value = node_get(d->config, key);
	if (!value || value->kind == NODE_NULL)
		return;
	take_node(value, a, ret);
	buffer_format(&words, "%s =", key);
	list_each(const span, one, &ret->values)
		buffer_format(&words, " %.*s", SPAN_ARG(*one));
	ret->given = true;
	ret->place = d->config_path;
	ret->words = arena_copy(a, buffer_span(&words));
}

static void find_given(const dockerd *d, const char *flag, dockerd_said *ret)
{
	arena *a = d->page->reader->arena;
	auto_buffer words = {0};
	for (uint32_t i = 0; d->given && i < d->given->all.count; i++) {
		const argument *one = &d->given->all.items[i];
		if (!span_is(one->name, flag))
			continue;
		list_push(a, &ret->values, one->value);
		buffer_format(&words, "%s%.*s", words.n ? " " : "", SPAN_ARG(one->written));
	}
	if (!ret->values.count)
		return;
	ret->given = true;
	ret->place = d->given_place;
	ret->words = arena_copy(a, buffer_span(&words));
}

dockerd_said dockerd_find(const dockerd *d, const char *flag, const char *key)
{
	dockerd_said ret = {.unknown = false};
	find_given(d, flag, &ret);
	if (!ret.given)
		find_config(d, key ? key : flag, &ret);
	if (ret.given)
		return ret;
	ret.unknown = d->unknown;
	ret.place = "dockerd";
	ret.words = arena_format(d->page->reader->arena, "neither --%s nor %s in %s: the default holds", flag,
		key ? key : flag, d->config_path ? d->config_path : "its file");
	return ret;
}

span dockerd_value(const dockerd *d, const char *flag, const char *key, const char *otherwise)
{
	dockerd_said said = dockerd_find(d, flag, key);
	if (said.values.count)
		return said.values.items[said.values.count - 1];
	return said.given || said.unknown ? (span){0} : span_of(otherwise);
}

bool dockerd_truth(span value)
{
	return value.n && span_in(value, "1 t T true TRUE True");
}
