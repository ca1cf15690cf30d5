/* SPDX-License-Identifier: Apache-2.0
 *
 * bulkhead watch: which of its parts is asked for. */
#include "commands/watch.h"

#include "commands/commands.h"

#include <stdlib.h>

int watch_run(int argc, char **argv)
{
	watch_options options = {0};
	int count, ret = EXIT_USAGE;
	const char **rest = calloc((size_t)argc + 1, sizeof *rest);
	if (rest && command_options(&watch_command, argc, argv, &options, rest, &count, &ret)) {
		if (options.validate && !options.parse)
			ret = count ? watch_validate(rest, count, options.format)
				    : (command_complain("watch", "--validate takes rule files"), EXIT_USAGE);
		else if (count)
			command_complain("watch",
				"it takes no arguments, such as '%s'; files of rules are given as -r FILE",
				rest[0]);
		else if (options.parse)
			ret = watch_parse_lines();
		else if (options.fields)
			ret = watch_list_fields(options.format);
		else if (options.list_rules)
			ret = watch_list_rules(&options);
		else
			ret = watch_events(&options);
	}
	free(rest);
	return ret;
}
