/* SPDX-License-Identifier: Apache-2.0
 *
 * bulkhead-watch: the command of bulkhead that watches events. It alone is linked with libbpf. */
#include "commands/commands.h"

#include <signal.h>
#include <string.h>

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN); /* a closed pipe is a write error like any other */
	if (argc > 0 && strcmp(argv[0], "watch") == 0)
		return watch_run(argc, argv);
	command_complain("watch", "this program is started by bulkhead watch");
	return EXIT_USAGE;
}
