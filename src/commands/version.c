/* SPDX-License-Identifier: Apache-2.0
 *
 * bulkhead version: what this program is and what it was built with. */
#include "commands/commands.h"

#include "base/sandbox.h"
#include "report/report.h"
#include "version.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>
#include <yaml.h>

typedef struct version_options {
	bool features;
} version_options;

static const option_row version_rows[] = {
	{0, "features", OPTION_FLAG, offsetof(version_options, features), NULL, NULL,
		"what it was built with"},
	{0},
};

static int version_run(int argc, char **argv);

const command_row version_command = {
	.name = "version",
	.summary = "print the version",
	.arguments = "",
	.examples = "  bulkhead version\n  bulkhead version --features\n",
	.options = version_rows,
	.run = version_run,
};

static void add_features(buffer *out)
{
	char pcre2[64] = "";
	pcre2_config(PCRE2_CONFIG_VERSION, pcre2);
	size_t rules = 0;
	for (const rule_table *const *table = rule_tables; *table; table++)
		rules += (*table)->count;
	buffer_format(
		out, "libyaml %s\nPCRE2 %s\nrules %zu\nformats", yaml_get_version_string(), pcre2, rules);
	for (const report_format *f = report_formats; f->name; f++)
		buffer_format(out, " %s", f->name);
	sandbox offered = sandbox_offered();
	buffer_format(out, "\nsandbox while parsing: %s, %s\n",
		offered.files ? "no writing (Landlock)" : "Landlock is not offered by this kernel",
		offered.calls ? "no network and no programs (seccomp)"
			      : "seccomp is not offered by this kernel");
}

static int version_run(int argc, char **argv)
{
	version_options o = {0};
	int count, ret = EXIT_USAGE;
	const char **rest = calloc((size_t)argc + 1, sizeof *rest);
	if (rest && command_options(&version_command, argc, argv, &o, rest, &count, &ret)) {
		auto_buffer out = {0};
		buffer_add_string(&out, "bulkhead " BULKHEAD_VERSION "\n");
		if (o.features)
			add_features(&out);
		ret = command_write(&out, NULL);
	}
	free(rest);
	return ret;
}
