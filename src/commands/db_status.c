/* SPDX-License-Identifier: Apache-2.0
 *
 * bulkhead db status. */
#include "commands/db.h"

static int status_run(int argc, char **argv)
{
	(void)argc, (void)argv;
	return 2;
}

const command_row db_status_command = {
	.name = "db status", .summary = "", .arguments = "", .examples = "", .run = status_run};
