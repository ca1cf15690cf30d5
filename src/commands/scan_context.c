/* SPDX-License-Identifier: Apache-2.0
 *
 * The workload that runs an image. */
#include "commands/scan_context.h"

#include "base/files.h"

static int names_of(const bundle *b, error *e, const char *file)
{
	auto_buffer names = {0};
	for (uint32_t i = 0; i < b->workloads.count; i++)
		buffer_format(&names, "%s%s", i ? ", " : "", b->workloads.items[i]->name);
	return error_set(e, ERROR_USAGE, "--workload %s:NAME: name one of %.*s", file,
		SPAN_ARG(names.n ? buffer_span(&names) : SPAN("(there is none in it)")));
}

int scan_workload(const char *words, collection *c, const char *const *folders, uint32_t folder_count,
	arena *a, const workload **ret, error *e)
{
	size_t colon = files_exists(words) ? SPAN_NONE : span_find_last(span_of(words), ':');
	const char *file = arena_string(a, span_sub(span_of(words), 0, colon)),
		   *name = colon == SPAN_NONE ? NULL : words + colon + 1;
	policy none = {.profile = -1, .fail_on = -1};
	string_list nothing = {0};
	collect_request request = {.paths = &file,
		.path_count = 1,
		.compose_files = &nothing,
		.run_lines = &nothing,
		.policy = &none,
		.threads = 1,
		.output_folders = folders,
		.output_count = folder_count};
	TRY(collect(&request, c, e));
	if (c->bundle.problems.count)
		return error_set(
			e, ERROR_SYNTAX, "--workload %s: %s", file, c->bundle.problems.items[0].message);
	for (uint32_t i = 0; i < c->bundle.workloads.count; i++) {
		const workload *w = c->bundle.workloads.items[i];
		if (name ? strcmp(w->name, name) == 0 : c->bundle.workloads.count == 1) {
			*ret = w;
			return 0;
		}
	}
	return names_of(&c->bundle, e, file);
}
