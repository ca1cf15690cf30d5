/* SPDX-License-Identifier: Apache-2.0
 *
 * Finding shell text by the layout of each kind of file. Nothing here knows what a command does. */
#include "formats/shell_regions.h"

#include "base/files.h"
#include "formats/yaml.h"

typedef struct region_finder {
	const text *text;
	arena *arena;
	shell_regions *ret;
} region_finder;

static void add(const region_finder *f, size_t start, size_t end)
{
	if (start < end && end <= f->text->bytes.n)
		list_push(f->arena, f->ret,
			(shell_region){(uint32_t)start, span_sub(f->text->bytes, start, end - start)});
}

/* The same with a copy that may be changed; NULL when it is empty. */
static char *add_copy(const region_finder *f, size_t start, size_t end)
{
	if (start >= end || end > f->text->bytes.n)
		return NULL;
	char *copy = (char *)arena_string(f->arena, span_sub(f->text->bytes, start, end - start));
	list_push(f->arena, f->ret, (shell_region){(uint32_t)start, {copy, end - start}});
	return copy;
}

static span line_at(const region_finder *f, uint32_t line)
{
	return text_line(f->text, line);
}

/* The last of the lines that a backslash at their ends joins with this one. */
static uint32_t last_joined(const region_finder *f, uint32_t line)
{
	while (line < f->text->line_count && span_ends(line_at(f, line), SPAN("\\")))
		line++;
	return line;
}

static size_t line_end(const region_finder *f, uint32_t line)
{
	return text_line_start(f->text, line) + line_at(f, line).n;
}

static size_t indentation(span line)
{
	size_t n = 0;
	while (n < line.n && (line.p[n] == ' ' || line.p[n] == '\t'))
		n++;
	return n;
}

/* --- Makefiles and Justfiles: indented lines, each with what it is joined with --- */

static void find_recipes(const region_finder *f)
{
	for (uint32_t i = 1; i <= f->text->line_count; i++) {
		span line = line_at(f, i);
		size_t from = indentation(line);
		if (from == 0)
			continue;
		while (from < line.n && memchr("@+- ", line.p[from], 4))
			from++;
		uint32_t last = last_joined(f, i);
		add(f, text_line_start(f->text, i) + from, line_end(f, last));
		i = last;
	}
}

/* --- Markdown --- */

/* A command behind a prompt, with its continuation lines and their prompts. Returns its last line. */
static uint32_t add_prompted(const region_finder *f, uint32_t line, size_t from)
{
	uint32_t last = last_joined(f, line);
	size_t start = text_line_start(f->text, line) + from;
	char *copy = add_copy(f, start, line_end(f, last));
	for (uint32_t i = line + 1; copy && i <= last; i++) {
		span more = line_at(f, i);
		size_t in = indentation(more);
		if (in + 1 < more.n && more.p[in] == '>' && more.p[in + 1] == ' ')
			copy[text_line_start(f->text, i) + in - start] = ' ';
	}
	return last;
}

/* How far a prompt ("$ ") reaches into a line; 0 if there is none. */
static size_t prompt_length(span line)
{
	size_t in = indentation(line);
	return span_starts(span_from(line, in), SPAN("$ ")) ? in + 2 : 0;
}

/* The length of a fence (```, ~~~), and what follows it. */
static size_t fence_length(span line, char *ret_mark, span *ret_info)
{
	span rest = span_from(line, indentation(line));
	size_t n = 0;
	*ret_mark = rest.n ? rest.p[0] : 0;
	while (n < rest.n && rest.p[n] == *ret_mark)
		n++;
	*ret_info = span_trim(span_from(rest, n));
	return n >= 3 && (*ret_mark == '`' || *ret_mark == '~') ? n : 0;
}

static bool is_shell_language(span info)
{
	size_t end = 0;
	while (end < info.n && (ascii_alpha(info.p[end]) || ascii_digit(info.p[end]) || info.p[end] == '-'))
		end++;
	span word = span_sub(info, 0, end);
	static const char *const words[] = {"", "sh", "bash", "shell", "zsh", "console", "shell-session",
		"terminal", "text", "txt", "plaintext", "cmd", "command"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (span_is_fold(word, words[i]))
			return true;
	return false;
}

/* The lines [first, end): with prompts what stands behind them, else all. */
static void add_block(const region_finder *f, uint32_t first, uint32_t end)
{
	bool prompts = false;
	for (uint32_t i = first; i < end && !prompts; i++)
		prompts = prompt_length(line_at(f, i)) > 0;
	if (!prompts) {
		add(f, text_line_start(f->text, first), text_line_start(f->text, end));
		return;
	}
	for (uint32_t i = first; i < end; i++) {
		size_t from = prompt_length(line_at(f, i));
		if (from)
			i = add_prompted(f, i, from);
	}
}

/* The line that closes the block, or the one behind the last. */
static uint32_t block_end(const region_finder *f, uint32_t first, char mark, size_t length)
{
	for (uint32_t i = first; i <= f->text->line_count; i++) {
		char other;
		span info;
		if (fence_length(line_at(f, i), &other, &info) >= length && other == mark && !info.n)
			return i;
	}
	return f->text->line_count + 1;
}

static void find_blocks(const region_finder *f)
{
	for (uint32_t i = 1; i <= f->text->line_count; i++) {
		char mark;
		span info, line = line_at(f, i);
		size_t length = fence_length(line, &mark, &info), from = prompt_length(line);
		if (length) {
			uint32_t end = block_end(f, i + 1, mark, length);
			if (is_shell_language(info))
				add_block(f, i + 1, end);
			i = end;
		} else if (from && (indentation(line) >= 4 || line.p[0] == '\t'))
			i = add_prompted(f, i, from);
	}
}

/* --- YAML of CI workflows --- */

/* Keys below which commands stand, in the services that there are. */
static bool is_step_key(span key)
{
	static const char *const keys = "run script before_script after_script commands command cmd cmds "
					"bash sh shell inline install before_install "
					"after_success before_deploy args steps";
	return key.n && span_in(key, keys);
}

/* Line ends that YAML folds are blanks to the shell. */
static void unfold(char *copy, size_t n)
{
	for (size_t i = 0; copy && i < n; i++)
		if (copy[i] == '\n' || copy[i] == '\r')
			copy[i] = ' ';
}

static void add_scalar(const region_finder *f, const node *n)
{
	size_t start = n->start, end = n->end;
	bool block = n->style == NODE_LITERAL || n->style == NODE_FOLDED;
	if (n->style == NODE_SINGLE_QUOTED || n->style == NODE_DOUBLE_QUOTED) {
		start++;
		end--;
	} else if (block) {
		size_t header = span_find_byte(span_sub(f->text->bytes, start, end - start), '\n');
		start = header == SPAN_NONE ? end : start + header + 1;
	}
	if (n->style == NODE_LITERAL ||
		span_find_byte(span_sub(f->text->bytes, start, end - start), '\n') == SPAN_NONE)
		add(f, start, end);
	else
		unfold(add_copy(f, start, end), end - start);
}

static void find_steps(const region_finder *f, const node *n, bool inside)
{
	if (n->aliased) /* its anchor was looked at */
		return;
	if (inside && n->kind == NODE_STRING && n->start < n->end)
		add_scalar(f, n);
	for (uint32_t i = 0; node_is_list(n) && i < n->count; i++)
		find_steps(f, n->items[i], inside);
	for (uint32_t i = 0; node_is_map(n) && i < n->count; i++)
		if (!n->members[i].merged)
			find_steps(f, n->members[i].value, is_step_key(n->members[i].key->value));
}

static void find_in_yaml(const region_finder *f)
{
	node_list documents = {0};
	node_problems problems = {0};
	yaml_read(f->text, f->arena, &documents, &problems);
	for (uint32_t i = 0; i < documents.count; i++)
		find_steps(f, documents.items[i], false);
}

/* --- Jenkinsfiles --- */

/* Where the string that opens at `at` ends; it may be in three quotes. *ret_width is that of a quote. */
static size_t string_end(span bytes, size_t at, size_t *ret_width)
{
	char quote = bytes.p[at];
	*ret_width = at + 2 < bytes.n && bytes.p[at + 1] == quote && bytes.p[at + 2] == quote ? 3 : 1;
	for (size_t i = at + *ret_width; i < bytes.n; i++) {
		if (bytes.p[i] == '\\')
			i++;
		else if (bytes.p[i] == quote &&
			 (*ret_width == 1 ||
				 (i + 2 < bytes.n && bytes.p[i + 1] == quote && bytes.p[i + 2] == quote)))
			return i;
		else if (bytes.p[i] == '\n' && *ret_width == 1)
			return i;
	}
	return bytes.n;
}

static bool is_step_at(span bytes, size_t at)
{
	span before = span_sub(bytes, 0, at);
	while (before.n && (before.p[before.n - 1] == ' ' || before.p[before.n - 1] == '('))
		before.n--;
	span word = before.n >= 3 ? span_from(before, before.n - 3) : before;
	bool bare = word.n == 2 || !(ascii_alpha(word.p[0]) || ascii_digit(word.p[0]) || word.p[0] == '_');
	return (span_ends(word, SPAN("sh")) && bare) || span_ends(before, SPAN("script:"));
}

static void find_in_groovy(const region_finder *f)
{
	span bytes = f->text->bytes;
	for (size_t i = 0; i < bytes.n; i++) {
		size_t width;
		if (bytes.p[i] != '\'' && bytes.p[i] != '"')
			continue;
		size_t end = string_end(bytes, i, &width);
		if (is_step_at(bytes, i))
			add(f, i + width, end);
		i = end + width - 1;
	}
}

static void find_whole(const region_finder *f)
{
	add(f, 0, f->text->bytes.n);
}

static const struct {
	const char *suffix;
	void (*find)(const region_finder *f);
} layouts[] = {
	{"Makefile", find_recipes},
	{"makefile", find_recipes},
	{".mk", find_recipes},
	{"ustfile", find_recipes},
	{".md", find_blocks},
	{".markdown", find_blocks},
	{".yml", find_in_yaml},
	{".yaml", find_in_yaml},
	{"Jenkinsfile", find_in_groovy},
	{"", find_whole},
};

void shell_regions_find(const text *t, arena *a, shell_regions *ret)
{
	const region_finder f = {t, a, ret};
	span name = span_of(path_name(t->path));
	for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++)
		if (span_ends(name, span_of(layouts[i].suffix))) {
			layouts[i].find(&f);
			return;
		}
}
