/* SPDX-License-Identifier: Apache-2.0
 *
 * The subcommands of bulkhead db: one file a subcommand. */
#pragma once

#include "base/arena.h"
#include "commands/commands.h"

extern const command_row db_compare_command, db_export_command, db_import_command, db_match_command,
	db_status_command, db_update_command;

/* Where the database is: what --db says, else the usual place. */
const char *db_path(const char *given, arena *a);

/* A time as "2024-03-01 12:00" (UTC). */
span db_time(int64_t seconds, arena *a);
