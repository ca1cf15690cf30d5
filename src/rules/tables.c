/* SPDX-License-Identifier: Apache-2.0
 *
 * All tables in the order of the controls. */
#include "rules/tables.h"

const rule_table *const rule_tables[] = {&user_table, &filesystem_table, &capabilities_table,
	&confinement_table, &isolation_table, &resources_table, &resources_availability_table, &network_table,
	&secrets_table, &image_table, &vulnerabilities_table, &build_table, &build_commands_table,
	&build_packages_table, &build_compose_table, &host_table, &host_engines_table, &cluster_table,
	&cluster_psp_table, &cluster_duties_table, &running_table, NULL};

const char *const severity_names[] = {"info", "low", "medium", "high", "critical"};
const char *const profile_names[] = {"baseline", "recommended", "strict"};

bool rule_is_built_in(const rule *r)
{
	for (const rule_table *const *table = rule_tables; *table; table++)
		if (r >= (*table)->rows && r < (*table)->rows + (*table)->count)
			return true;
	return false;
}

bool rule_is(const rule *r, span name)
{
	if (span_is(name, r->id))
		return true;
	span rest = span_of(r->aliases), alias;
	while (span_word(&rest, &alias)) {
		size_t colon = span_find_byte(alias, ':');
		if (span_equal_fold(alias, name) ||
			(colon != SPAN_NONE && span_equal_fold(span_from(alias, colon + 1), name)))
			return true;
	}
	return false;
}

bool rule_means(span pattern, const rule *r)
{
	if (pattern.n && pattern.p[pattern.n - 1] == '*')
		return span_starts(span_of(r->id), span_sub(pattern, 0, pattern.n - 1));
	return rule_is(r, pattern);
}
