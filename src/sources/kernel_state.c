/* SPDX-License-Identifier: Apache-2.0
 *
 * What runtimes write down of a container. runc's state.json (libcontainer's State: id, init_process_pid, init_process_start, the bundle among the labels of its
 * config), crun's status (pid, process-start-time, bundle). */
#include "formats/json.h"
#include "sources/kernel.h"

/* Each runtime has words of its own. */
static const struct {
	const char *pid, *started;
} words[] = {{"init_process_pid", "init_process_start"}, {"pid", "process-start-time"}};

static bool read_number(const node *n, uint64_t most, uint64_t *ret)
{
	int64_t number;
	if (!n || n->kind != NODE_NUMBER || !span_int(n->value, &number) || number <= 0 ||
		(uint64_t)number > most)
		return false;
	*ret = (uint64_t)number;
	return true;
}

/* Where the bundle is: an absolute path, or nothing that anybody could go to. */
static span absolute(span path)
{
	return span_starts(path, SPAN("/")) ? path : (span){0};
}

/* "bundle=/path" in runc's list of labels; a member in crun's record. */
static span find_bundle(const node *state)
{
	const node *labels = node_path(state, "config/labels");
	for (uint32_t i = 0; node_is_list(labels) && i < labels->count; i++) {
		span label = node_text(labels->items[i]);
		if (span_starts(label, SPAN("bundle=")))
			return absolute(span_from(label, sizeof "bundle=" - 1));
	}
	return absolute(node_text(node_get(state, "bundle")));
}

bool kernel_state_read(span bytes, arena *a, kernel_state *ret)
{
	error e;
	text t;
	node *state = NULL;
	node_problems problems = {0};
	text_init(&t, "state", bytes, a);
	if (json_read(&t, a, &state, &problems, &e) < 0)
		return false;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		uint64_t pid, started;
		if (!read_number(node_get(state, words[i].pid), INT32_MAX, &pid) ||
			!read_number(node_get(state, words[i].started), INT64_MAX, &started))
			continue;
		*ret = (kernel_state){.id = node_text(node_get(state, "id")),
			.bundle = find_bundle(state),
			.pid = (int32_t)pid,
			.started = started};
		return true;
	}
	return false;
}
