/* SPDX-License-Identifier: Apache-2.0
 *
 * bulkhead db export. */
#include "commands/db.h"

static int export_run(int argc, char **argv)
{
	(void)argc, (void)argv;
	return 2;
}

const command_row db_export_command = {
	.name = "db export", .summary = "", .arguments = "", .examples = "", .run = export_run};
