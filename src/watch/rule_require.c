/* SPDX-License-Identifier: Apache-2.0
 *
 * What a rule file needs: a version of the engine, versions of plugins. The engine is Falco's 0.63.0, as far as its language goes. What
 * plugins give (container, its fields) is part of this program, so their versions are only read. */
#include "watch/rule_set.h"

typedef struct version {
	uint32_t part[3];
} version;

static const version engine = {{0, 63, 0}};

/* x.y.z, with -something or +something at will. */
static bool version_read(span s, version *ret)
{
	for (int i = 0; i < 3; i++) {
		size_t n = 0;
		int64_t value;
		while (n < s.n && ascii_digit(s.p[n]))
			n++;
		if (!span_int(span_sub(s, 0, n), &value) || value > UINT32_MAX)
			return false;
		if (i < 2 && (n == s.n || s.p[n] != '.'))
			return false;
		ret->part[i] = (uint32_t)value;
		s = span_from(s, i < 2 ? n + 1 : n);
	}
	return s.n == 0 || s.p[0] == '-' || s.p[0] == '+';
}

static bool version_fits(const version *have, const version *need)
{
	if (have->part[0] != need->part[0])
		return false;
	if (have->part[1] != need->part[1])
		return have->part[1] > need->part[1];
	return have->part[2] >= need->part[2];
}

int rule_require_engine(const rule_set *s, const node *item, const rule_at *file)
{
	const rule_at *at = rule_at_node(s, file, "required_engine_version", (span){0}, item);
	span value;
	int64_t number;
	version need;
	TRY(rule_value_text(s, item, "required_engine_version", at, &value));
	if (span_int(value, &number) && number >= 0 && number <= UINT32_MAX)
		need = (version){{0, (uint32_t)number, 0}}; /* the versions were plain numbers once */
	else if (!version_read(value, &need))
		return rule_fail(s, "LOAD_ERR_YAML_VALIDATE", at,
			"Unable to parse engine version '%.*s' as a semver string. Expected \"x.y.z\" semver "
			"format.",
			RULE_NAME(value));
	if (!version_fits(&engine, &need))
		return rule_fail(s, "LOAD_ERR_VALIDATE", at,
			"Rules require engine version %u.%u.%u, but engine version is %u.%u.%u", need.part[0],
			need.part[1], need.part[2], engine.part[0], engine.part[1], engine.part[2]);
	rule_value_unknown(s, item, "required_engine_version", at);
	return 0;
}

/* One plugin or one of its alternatives: name and version. */
static int read_plugin(const rule_set *s, const node *n, const rule_at *up, const char *kind,
	const char *not_map, map *seen, arena *memory, const rule_at **ret_at)
{
	span name, text;
	version v;
	const rule_at *at = rule_at_node(s, up, kind, (span){0}, n);
	if (!node_is_map(n))
		return rule_fail(s, "LOAD_ERR_YAML_VALIDATE", at, "%s must be a mapping", not_map);
	TRY(rule_value_text(s, n, "name", at, &name));
	at = rule_at_node(s, up, kind, name, n);
	TRY(rule_value_text(s, n, "version", at, &text));
	if (!version_read(text, &v))
		return rule_fail(s, "LOAD_ERR_VALIDATE", at,
			"Invalid required version '%.*s' for plugin '%.*s'", RULE_NAME(text),
			RULE_NAME(name));
	if (map_set(seen, memory, name, seen))
		return rule_fail(s, "LOAD_ERR_VALIDATE", at,
			"Defined multiple alternative version requirements for plugin '%.*s'",
			RULE_NAME(name));
	*ret_at = at;
	return 0;
}

static int read_alternatives(
	const rule_set *s, const node *plugin, const rule_at *at, map *seen, arena *memory)
{
	const node *others = node_get(plugin, "alternatives");
	const rule_at *other;
	if (!others)
		return 0;
	if (!node_is_list(others))
		return rule_fail(s, "LOAD_ERR_YAML_VALIDATE", at,
			"Value of plugin version alternatives must be a sequence");
	for (uint32_t i = 0; i < others->count; i++)
		TRY(read_plugin(s, others->items[i], at, "required plugin versions alternative",
			"Plugin version alternative", seen, memory, &other));
	return 0;
}

static int read_requirement(const rule_set *s, const node *plugin, const rule_at *at)
{
	arena memory = {0};
	map seen = {0};
	const rule_at *named;
	int status = read_plugin(
		s, plugin, at, "required plugin versions entry", "Plugin version", &seen, &memory, &named);
	if (status >= 0)
		status = read_alternatives(s, plugin, named, &seen, &memory);
	arena_done(&memory);
	return status;
}

int rule_require_plugins(const rule_set *s, const node *item, const rule_at *file)
{
	const node *plugins = node_get(item, "required_plugin_versions");
	const rule_at *at = rule_at_node(s, file, "required plugin versions", (span){0}, plugins);
	if (!node_is_list(plugins))
		return rule_fail(s, "LOAD_ERR_YAML_VALIDATE", at,
			"Value of required_plugin_versions must be a sequence");
	for (uint32_t i = 0; i < plugins->count; i++)
		TRY(read_requirement(s, plugins->items[i], at));
	rule_value_unknown(s, item, "required_plugin_versions", at);
	return 0;
}
