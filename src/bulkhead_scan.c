/* SPDX-License-Identifier: Apache-2.0
 *
 * bulkhead-scan: the commands of bulkhead that read images, advisories and running containers. `bulkhead scan`,
 * `bulkhead db` and `bulkhead audit` start it with their own arguments. */
#include "commands/commands.h"

#include <signal.h>
#include <string.h>

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN); /* a closed pipe is a write error like any other */
	if (argc > 0 && strcmp(argv[0], "scan") == 0)
		return scan_run(argc, argv);
	if (argc > 0 && strcmp(argv[0], "db") == 0)
		return db_run(argc, argv);
	if (argc > 0 && strcmp(argv[0], "audit") == 0)
		return audit_run(argc, argv);
	command_complain("scan", "this program is started by bulkhead scan, db and audit");
	return EXIT_USAGE;
}
