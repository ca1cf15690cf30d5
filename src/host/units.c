/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading units. */
#include "host/units.h"

#include "base/buffer.h"

static const char *const folders[] = {"/etc/systemd/system.control", "/run/systemd/system.control",
	"/run/systemd/transient", "/etc/systemd/system", "/run/systemd/system",
	"/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"};

const char *unit_find(const host_root *root, const char *name, arena *a)
{
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		const char *path = arena_format(a, "%s/%s", folders[i], name).p;
		if (host_root_has(root, path))
			return path;
	}
	return NULL;
}

/* The next line, with those joined that end in a backslash. */
static bool next_line(span *bytes, arena *a, span *ret)
{
	auto_buffer joined = {0};
	span line;
	if (!span_cut(bytes, '\n', &line))
		return false;
	if (!span_ends(line, SPAN("\\"))) {
		*ret = span_trim(line);
		return true;
	}
	while (span_ends(line, SPAN("\\"))) {
		buffer_add(&joined, span_sub(line, 0, line.n - 1));
		buffer_add_byte(&joined, ' ');
		line = (span){0};
		span_cut(bytes, '\n', &line);
	}
	buffer_add(&joined, line);
	*ret = arena_copy(a, span_trim(buffer_span(&joined)));
	return true;
}

void unit_read(span bytes, const char *section, const char *key, arena *a, unit_values *ret)
{
	span line;
	bool inside = false;
	*ret = (unit_values){0};
	while (next_line(&bytes, a, &line)) {
		size_t equals = span_find_byte(line, '=');
		if (line.n && line.p[0] == '[')
			inside = span_is(span_sub(line, 1, line.n - 2), section);
		if (!inside || equals == SPAN_NONE || !span_is(span_trim(span_sub(line, 0, equals)), key))
			continue;
		span value = span_trim(span_from(line, equals + 1));
		if (value.n)
			list_push(a, ret, value);
		else
			ret->count = 0;
	}
}

span unit_words(span command, arena *a, bool *ret_variables)
{
	auto_buffer out = {0};
	char quote = 0;
	bool open = false; /* a word has begun */
	*ret_variables = false;
	for (size_t i = 0; i < command.n; i++) {
		char c = command.p[i];
		if (!quote && ascii_space(c)) {
			if (open)
				buffer_add_byte(&out, 0);
			open = false;
			continue;
		}
		*ret_variables |= c == '$' && i + 1 < command.n && command.p[i + 1] != '$';
		open = true;
		if (quote ? c == quote : c == '"' || c == '\'')
			quote = quote ? 0 : c;
		else
			buffer_add_byte(&out, c == '\\' && i + 1 < command.n ? command.p[++i] : c);
	}
	if (open)
		buffer_add_byte(&out, 0);
	return arena_copy(a, buffer_span(&out));
}
