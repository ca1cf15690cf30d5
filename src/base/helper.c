/* SPDX-License-Identifier: Apache-2.0
 *
 * Finding the programs of bulkhead. */
#include "base/helper.h"

#include "base/files.h"

#include <unistd.h>

int helper_find(const char *name, arena *a, const char **ret, error *e)
{
	char self[4096];
	const char *installed = path_join(a, HELPERS_INSTALLED, name);
	ssize_t n = readlink("/proc/self/exe", self, sizeof self);
	if (n > 0 && (size_t)n < sizeof self) {
		const char *beside =
			path_join(a, path_folder(a, arena_string(a, (span){self, (size_t)n})), name);
		if (access(beside, X_OK) == 0) {
			*ret = beside;
			return 0;
		}
	}
	if (access(installed, X_OK) < 0)
		return error_set(e, ERROR_ABSENT,
			"%s is not installed (neither beside this program nor at %s)", name, installed);
	*ret = installed;
	return 0;
}
