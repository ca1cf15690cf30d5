/* SPDX-License-Identifier: Apache-2.0
 *
 * The command that bulkhead-watch has. */
#include "commands/commands.h"
#include "commands/elsewhere.h"

int watch_run(int argc, char **argv)
{
	(void)argc;
	return command_elsewhere("bulkhead-watch", "watch", argv, false);
}
