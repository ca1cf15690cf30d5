/* SPDX-License-Identifier: Apache-2.0
 *
 * mix.lock of Elixir and Erlang (hexdocs.pm/mix, "mix deps.get"), a term of Elixir that Mix writes itself, a package a line:
 *
 *     "cowboy": {:hex, :cowboy, "2.9.0", "…", [:make, :rebar3], [{:cowlib, "2.11.0", …}], "hexpm", "…"},
 *
 * What comes from git has no version. The file does not say what is needed for development only. */
#include "packages/document.h"

static bool line_read(const package_input *in, package_record *out, span line, uint32_t number)
{
	static const char *const start = "{:hex, :";
	size_t at = span_find(line, span_of(start));
	if (at == SPAN_NONE)
		return true;
	span rest = span_from(line, at + strlen(start)), name, version;
	if (!span_cut(&rest, ',', &name))
		return true;
	name = span_trim(name);
	if (name.n >= 2 && name.p[0] == '"' && name.p[name.n - 1] == '"')
		name = span_sub(name, 1, name.n - 2);
	rest = span_trim(rest);
	if (rest.n == 0 || rest.p[0] != '"')
		return true;
	rest = span_from(rest, 1);
	version = span_sub(rest, 0, span_find_byte(rest, '"'));
	package p = {
		.name = name,
		.version = version,
		.line = number,
		.type = PACKAGE_HEX,
		.evidence = PACKAGE_LOCKED,
	};
	return package_add_copy(in, out, &p);
}

static void hex_read(const package_input *in, package_record *out)
{
	lines all;
	span line;
	if (!lock_lines(in, out, &all))
		return;
	while (lines_next(&all, &line))
		if (!line_read(in, out, line, all.line))
			return;
}

const package_format format_hex = {"mix.lock", hex_read, {{"mix.lock", NULL}}};
