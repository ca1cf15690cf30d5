/* SPDX-License-Identifier: Apache-2.0
 *
 * The commands that bulkhead-scan has. */
#include "commands/commands.h"
#include "commands/elsewhere.h"

int scan_run(int argc, char **argv)
{
	(void)argc;
	return command_elsewhere("bulkhead-scan", "scan", argv, true);
}

int audit_run(int argc, char **argv)
{
	(void)argc;
	return command_elsewhere("bulkhead-scan", "audit", argv, false);
}

int db_run(int argc, char **argv)
{
	(void)argc;
	return command_elsewhere("bulkhead-scan", "db", argv, false);
}
