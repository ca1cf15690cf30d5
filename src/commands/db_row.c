/* SPDX-License-Identifier: Apache-2.0
 *
 * The help of bulkhead db. */
#include "commands/commands.h"

const command_row db_command = {
	.name = "db",
	.summary = "import advisories, ask them, compare versions as ecosystems do",
	.arguments = "import|update|status|match|export|compare …",
	.examples =
		"  bulkhead db import debian12.osv.jsonl.zst npm.zip known_exploited_vulnerabilities.json\n"
		"  bulkhead db status\n"
		"  bulkhead db match Debian:12 openssl 3.0.11-1~deb12u2\n"
		"  echo '1.0~rc1 < 1.0' | bulkhead db compare Debian\n",
	.details =
		"Subcommands\n"
		"  import FILE…              take in advisories (OSV, Alpine secdb, CISA KEV, EPSS, an export)\n"
		"  update [URL]              fetch them from the web, what has changed\n"
		"  status                    what the database holds, from whom, how old\n"
		"  match ECOSYSTEM NAME VERSION\n"
		"                            what is known of one version of a package\n"
		"  export FILE               write all of it into one file, to hand on\n"
		"  compare ECOSYSTEM         check lines like A < B on standard input",
	.run = db_run,
};
