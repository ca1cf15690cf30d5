/* SPDX-License-Identifier: Apache-2.0
 *
 * Starting the program that has a command. */
#include "commands/elsewhere.h"

#include "commands/commands.h"

#include "base/helper.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static int cannot_start(const char *command, const char *program)
{
	command_complain(command, "%s: %s", program, strerror(errno));
	return EXIT_USAGE;
}

static int wait_for(pid_t child)
{
	int status;
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return cannot_start("scan", "waiting for the reader");
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	command_complain("scan",
		"the process that reads the image was ended by %s%s; nothing it has found is reported",
		strsignal(WTERMSIG(status)),
		WTERMSIG(status) == SIGBUS ? " (a file became shorter while it was read?)" : "");
	return EXIT_INCOMPLETE;
}

static int run_apart(const char *program, char **argv)
{
	pid_t parent = getpid(), child = fork();
	if (child < 0)
		return cannot_start("scan", program);
	if (child > 0)
		return wait_for(child);
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* nobody would hear what it finds */
	if (getppid() == parent)
		execv(program, argv);
	_exit(cannot_start("scan", program));
}

int command_elsewhere(const char *name, const char *command, char **argv, bool apart)
{
	arena a = {0};
	error e;
	const char *program;
	int ret = EXIT_USAGE;
	if (helper_find(name, &a, &program, &e) < 0) {
		command_complain(command, "%s", e.text);
	} else if (apart) {
		ret = run_apart(program, argv);
	} else {
		execv(program, argv);
		ret = cannot_start(command, program);
	}
	arena_done(&a);
	return ret;
}
