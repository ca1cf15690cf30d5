/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands that another program of bulkhead runs: this process becomes it. */
#include "commands/commands.h"

#include "base/helper.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static int become(const char *command, char **argv)
{
	arena a = {0};
	error e;
	const char *program;
	if (helper_find("bulkhead-scan", &a, &program, &e) < 0) {
		command_complain(command, "%s", e.text);
	} else {
		execv(program, argv);
		command_complain(command, "%s: %s", program, strerror(errno));
	}
	arena_done(&a);
	return EXIT_USAGE;
}

int scan_run(int argc, char **argv)
{
	(void)argc;
	return become("scan", argv);
}

int db_run(int argc, char **argv)
{
	(void)argc;
	return become("db", argv);
}
