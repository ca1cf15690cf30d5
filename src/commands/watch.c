/* SPDX-License-Identifier: Apache-2.0
 *
 * bulkhead watch: only the language of its rules is here. */
#include "commands/watch.h"

#include "commands/commands.h"

#include <stdlib.h>

int watch_run(int argc, char **argv)
{
	watch_options options = {0};
	int count, ret = EXIT_USAGE;
	const char **rest = calloc((size_t)argc + 1, sizeof *rest);
	if (rest && command_options(&watch_command, argc, argv, &options, rest, &count, &ret)) {
		if (count)
			command_complain("watch", "it takes no arguments, such as '%s'", rest[0]);
		else if (options.parse)
			ret = watch_parse_lines();
		else
			command_complain("watch", "events are not watched yet; what is there is --parse "
						  "(bulkhead watch --help tells more)");
	}
	free(rest);
	return ret;
}
