/* SPDX-License-Identifier: Apache-2.0
 *
 * Folders of rule files. */
#include "commands/watch_paths.h"

#include "base/files.h"
#include "base/limits.h"

#include <dirent.h>
#include <stdlib.h>

static bool is_rule_file(const char *name)
{
	span s = span_of(name);
	return span_ends(s, SPAN(".yaml")) || span_ends(s, SPAN(".yml"));
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int read_folder(DIR *d, const char *folder, arena *a, watch_paths *ret, error *e)
{
	uint32_t first = ret->count;
	const struct dirent *entry;
	while ((entry = readdir(d))) {
		const char *path = arena_format(a, "%s/%s", folder, entry->d_name).p;
		if (!is_rule_file(entry->d_name) || files_is_folder(path))
			continue;
		if (ret->count - first == LIMIT_WATCH_RULE_FILES)
			return error_set(e, ERROR_LIMIT, "%s: more than %d files of rules", folder,
				LIMIT_WATCH_RULE_FILES);
		list_push(a, ret, path);
	}
	if (ret->count > first)
		qsort(ret->items + first, ret->count - first, sizeof *ret->items, compare);
	return 0;
}

static int add_folder(const char *folder, arena *a, watch_paths *ret, error *e)
{
	DIR *d = opendir(folder);
	if (!d)
		return error_set_system(e, "%s", folder);
	int status = read_folder(d, folder, a, ret, e);
	closedir(d);
	return status;
}

int watch_paths_of(const char *const *words, uint32_t count, arena *a, watch_paths *ret, error *e)
{
	*ret = (watch_paths){0};
	for (uint32_t i = 0; i < count; i++)
		if (files_is_folder(words[i]))
			TRY(add_folder(words[i], a, ret, e));
		else
			list_push(a, ret, words[i]);
	return 0;
}
