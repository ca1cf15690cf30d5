/* SPDX-License-Identifier: Apache-2.0
 * The parsers of host/: none reads past its input, and what they give lies in it or on the arena. */
#include "host/accounts.h"
#include "host/arguments.h"
#include "host/audit_rules.h"
#include "host/mounts.h"
#include "host/units.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	arena a = {0};
	span bytes = {(const char *)data, size}, line;
	arguments given;
	accounts known;
	audit_rules rules = {0};
	unit_values values;
	bool variables;
	arguments_parse(bytes, &arguments_dockerd, &a, &given);
	accounts_parse(bytes, bytes, &a, &known);
	list_each(const account, group, &known.groups)
		if (accounts_members(&known, group, &a).n > 2 * size + 2 * size * known.users.count)
			__builtin_trap();
	audit_rules_parse(bytes, &a, &rules);
	list_each(const audit_watch, watch, &rules.watches)
		if (!audit_rules_find(&rules, watch->path))
			__builtin_trap();
	mounts_own_partition(bytes, SPAN("/var/lib/docker"), &line);
	unit_read(bytes, "Service", "ExecStart", &a, &values);
	list_each(const span, value, &values)
		unit_words(*value, &a, &variables);
	arena_done(&a);
	return 0;
}
