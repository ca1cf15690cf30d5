/* SPDX-License-Identifier: Apache-2.0
 *
 * Rules about package managers, over the tables of build_packages.c: versions, options, updates. */
#include "rules/build_tables.h"

enum { PIPE_REACH = 16 }; /* commands before an install among which `yes |` is looked for */

/* --- the command line of a manager --- */

static bool has_letter(const char *letters, char c)
{
	return letters && c && strchr(letters, c);
}

/* Whether the value of this option is the next word. */
static bool takes_next(const build_manager *m, span option)
{
	if (span_starts(option, SPAN("--")))
		return m->names && span_in(span_from(option, 2), m->names);
	for (size_t k = 1; k < option.n; k++)
		if (has_letter(m->letters, option.p[k]))
			return k + 1 == option.n;
	return false;
}

const shell_word *build_argument(const build_manager *m, shell_words words, uint32_t *at)
{
	while (*at < words.count) {
		const shell_word *word = &words.items[(*at)++];
		if (span_is(word->value, "--")) {
			if (m->operands_end)
				*at = words.count;
			continue;
		}
		if (word->value.n < 2 || word->value.p[0] != '-')
			return word;
		if (takes_next(m, word->value))
			++*at;
	}
	return NULL;
}

bool build_calls(const build_manager *m, const dockerfile_command *c, shell_words *ret_words)
{
	span name = build_program(c, ret_words);
	return name.n && span_in(name, m->programs);
}

bool build_calls_with(const build_manager *m, const char *subcommands, const dockerfile_command *c,
	shell_words *ret_words, uint32_t *ret)
{
	uint32_t at = 1;
	if (!build_calls(m, c, ret_words))
		return false;
	const shell_word *word = build_argument(m, *ret_words, &at);
	if (!word || !span_in(word->value, subcommands))
		return false;
	*ret = at - 1;
	return true;
}

/* Whether folder is path, or lies in it. */
static bool lies_in(span folder, span path)
{
	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	return span_starts(folder, path) && (folder.n == path.n || folder.p[path.n] == '/');
}

bool build_mounts(const dockerfile_instruction *i, const char *folders)
{
	span rest = span_of(folders), folder;
	while (folders && span_word(&rest, &folder))
		list_each(const dockerfile_flag, flag, &i->flags) {
			span type = dockerfile_option_get(flag, "type"),
			     target = dockerfile_option_get(flag, "target");
			if (!target.n)
				target = dockerfile_option_get(flag, "dst");
			if (!target.n)
				target = dockerfile_option_get(flag, "destination");
			if (span_is(flag->name, "mount") && span_in(type, "cache tmpfs") && target.n &&
				lies_in(folder, target))
				return true;
		}
	return false;
}

/* --- versions --- */

typedef struct version_check {
	const rule *rule;
	const document *document;
	const dockerfile_command *command;
	rule_report *out;
} version_check;

static void check_package(const version_check *v, const build_versions *of, const shell_word *word)
{
	span value = build_shell_value(v->document, v->command, word, rule_arena(v->out)), package;
	/* A variable may hold several packages. */
	while (word->quoted && !word->dynamic ? value.n : span_word(&value, &package)) {
		if (word->quoted && !word->dynamic) {
			package = value;
			value = (span){0};
		}
		if (of->pinned(package))
			continue;
		build_found(v->out, v->rule, v->document, v->command->instruction, word->source, NULL,
			"%.*s is installed in whatever version there is today", SPAN_ARG(package));
		return;
	}
}

/* The index behind the subcommand that installs, or 0. */
static uint32_t packages_at(const build_versions *of, const dockerfile_command *c, shell_words *ret_words)
{
	uint32_t at = 1;
	if (!build_calls(of->manager, c, ret_words))
		return 0;
	const shell_word *word = build_argument(of->manager, *ret_words, &at);
	if (word && of->group) {
		if (!span_is(word->value, of->group))
			return 0;
		word = build_argument(of->manager, *ret_words, &at);
	}
	return word && span_in(word->value, of->install) ? at : 0;
}

BUILD_JUDGE(judge_unpinned)
{
	(void)b;
	const build_versions *of = r->of;
	list_each(const dockerfile_command, c, &d->dockerfile->commands) {
		shell_words words;
		const version_check v = {r, d, c, out};
		uint32_t at = packages_at(of, c, &words);
		if (!at || ((of->letters || of->flags) && build_flag(words, of->letters, of->flags)))
			continue;
		for (const shell_word *word; (word = build_argument(of->manager, words, &at));)
			check_package(&v, of, word);
	}
}

static bool go_local(span package)
{
	return package.n == 0 || package.p[0] == '.' || package.p[0] == '/' ||
	       span_ends(package, SPAN(".go"));
}

static bool go_pinned(span package)
{
	size_t at = span_find_last(package, '@');
	return at != SPAN_NONE && !span_in(span_from(package, at + 1), "latest upgrade patch main master");
}

/* Options of the go command have one dash and may take the next word. */
static const shell_word *go_argument(shell_words words, uint32_t *at)
{
	static const char *const valued =
		"-tags -ldflags -mod -modfile -o -p -C -gcflags -asmflags -exec -overlay -installsuffix";
	while (*at < words.count) {
		const shell_word *word = &words.items[(*at)++];
		if (word->value.n == 0 || word->value.p[0] != '-')
			return word;
		*at += span_in(word->value, valued);
	}
	return NULL;
}

BUILD_JUDGE(judge_unpinned_go)
{
	(void)b;
	list_each(const dockerfile_command, c, &d->dockerfile->commands) {
		uint32_t at = 1;
		const shell_word *sub = span_is(c->name, "go") ? go_argument(c->words, &at) : NULL, *word;
		if (!sub || !span_in(sub->value, "install get run"))
			continue;
		while ((word = go_argument(c->words, &at))) {
			span package = build_shell_value(d, c, word, rule_arena(out));
			if (!go_local(package) && !go_pinned(package))
				build_found(out, r, d, c->instruction, word->source, NULL,
					"%.*s is fetched in whatever version there is today",
					SPAN_ARG(package));
			if (span_is(sub->value, "run"))
				break; /* what follows are arguments of the program */
		}
	}
}

/* --- options --- */

static bool quiet_twice(shell_words words, const build_option *of)
{
	uint32_t count = 0;
	for (uint32_t k = 1; of->quiet && k < words.count; k++) {
		span word = words.items[k].value;
		if (span_is(word, "--quiet"))
			count++;
		else if (span_is(word, "-q=2"))
			count += 2;
		else if (word.n > 1 && word.p[0] == '-' && word.p[1] != '-')
			for (size_t n = 1; n < word.n; n++)
				count += word.p[n] == of->quiet[0];
	}
	return count >= 2;
}

/* -o APT::Get::Assume-Yes=true, -oAPT::…, or the word alone. */
static bool has_setting(shell_words words, const char *settings)
{
	for (uint32_t k = 1; settings && k < words.count; k++) {
		span rest = span_of(settings), setting;
		while (span_word(&rest, &setting))
			if (span_find_fold(words.items[k].value, setting) != SPAN_NONE)
				return true;
	}
	return false;
}

static bool is_true(span value)
{
	return span_is(value, "1") || span_is_fold(value, "true") || span_is_fold(value, "yes") ||
	       span_is_fold(value, "on");
}

/* NAME=value before the command, `export NAME=value` before it, or ENV. */
static bool set_in_environment(const document *d, const dockerfile_command *c, const char *name)
{
	for (uint32_t k = 0; k <= c->command->index; k++) {
		const shell_command *before = &c->script->commands.items[k];
		list_each(const shell_assignment, x, &before->assignments)
			if (span_is(x->name, name) && (before == c->command || before->words.count == 0))
				return is_true(x->value.value);
		if (!span_is(shell_command_name(before), "export"))
			continue;
		for (uint32_t n = 1; n < before->words.count; n++) {
			span word = before->words.items[n].value;
			size_t equals = span_find_byte(word, '=');
			if (equals != SPAN_NONE && span_is(span_sub(word, 0, equals), name))
				return is_true(span_from(word, equals + 1));
		}
	}
	const dockerfile_binding *env =
		dockerfile_scope_get(d->dockerfile->scopes, c->instruction, span_of(name));
	return env && is_true(env->value);
}

/* `yes | apt-get install x` */
static bool answered(const dockerfile_command *c)
{
	for (uint32_t k = c->command->index; k-- > 0 && k + PIPE_REACH > c->command->index;) {
		const shell_command *other = &c->script->commands.items[k];
		if (span_is(shell_command_name(other), "yes") &&
			shell_pipes_into(c->script, other, c->command))
			return true;
	}
	return false;
}

static bool has_option(
	const document *d, const dockerfile_command *c, shell_words words, const build_option *of)
{
	return build_flag(words, of->letters, of->flags) || quiet_twice(words, of) ||
	       has_setting(words, of->settings) ||
	       (of->environment && set_in_environment(d, c, of->environment)) ||
	       build_mounts(c->instruction, of->mount) || (of->quiet && answered(c));
}

BUILD_JUDGE(judge_missing_flag)
{
	(void)b;
	const build_option *of = r->of;
	list_each(const dockerfile_command, c, &d->dockerfile->commands) {
		shell_words words;
		uint32_t at;
		if (!build_calls_with(of->manager, of->subcommands, c, &words, &at) ||
			has_option(d, c, words, of))
			continue;
		const shell_word *sub = &words.items[at];
		build_found(out, r, d, c->instruction, sub->source,
			build_insert_behind(out, c->instruction, sub->source, span_of(of->insert)),
			"%.*s %.*s without%s", SPAN_ARG(c->name), SPAN_ARG(sub->value), of->insert);
	}
}

/* --- updates --- */

static const struct update {
	const build_manager *manager;
	const char *update;          /* subcommands that fetch the index */
	const char *letters, *flags; /* options of others that do so too */
	const char *use;             /* subcommands that need it */
} updates[] = {
	{&build_apt_all, "update", NULL, NULL,
		"install upgrade dist-upgrade full-upgrade build-dep source satisfy safe-upgrade reinstall"},
	{&build_apk, "update", "U", "update update-cache", "add upgrade"},
	{&build_yum, "update makecache", NULL, NULL,
		"install reinstall groupinstall localinstall group upgrade builddep"},
	{&build_dnf, "update makecache", NULL, NULL,
		"install in reinstall groupinstall localinstall group upgrade module"},
	{&build_zypper, "refresh ref update up", NULL, NULL, "install in dist-upgrade dup patch"},
};
enum { UPDATES = sizeof updates / sizeof *updates };

typedef struct update_state {
	const dockerfile_command *update, *use; /* the first of each in a RUN */
	size_t update_row, use_row;
} update_state;

/* pacman says it all with options: -Sy fetches the index, -S installs. */
static void note_pacman(const dockerfile_command *c, shell_words words, update_state *s)
{
	uint32_t at = 1;
	if (!build_flag(words, "S", "sync"))
		return;
	if (!s->update && build_flag(words, "y", "refresh")) {
		s->update = c;
		s->update_row = UPDATES;
	}
	if (!s->use && build_argument(&build_pacman, words, &at)) {
		s->use = c;
		s->use_row = UPDATES;
	}
}

static void note_command(const dockerfile_command *c, update_state *s)
{
	shell_words words;
	uint32_t at;
	if (build_calls(&build_pacman, c, &words))
		note_pacman(c, words, s);
	for (size_t k = 0; k < UPDATES; k++) {
		const struct update *u = &updates[k];
		if (!build_calls(u->manager, c, &words))
			continue;
		bool uses = build_calls_with(u->manager, u->use, c, &words, &at);
		bool fetches = build_calls_with(u->manager, u->update, c, &words, &at) ||
			       ((u->letters || u->flags) && build_flag(words, u->letters, u->flags));
		if (fetches && !s->update) {
			s->update = c;
			s->update_row = k;
		}
		if (uses && !s->use) {
			s->use = c;
			s->use_row = k;
		}
	}
}

static update_state note_run(const document *d, const dockerfile_instruction *i)
{
	update_state s = {0};
	for (uint32_t k = i->first_command; k < i->end_command; k++)
		note_command(&d->dockerfile->commands.items[k], &s);
	return s;
}

BUILD_JUDGE(judge_update_alone)
{
	(void)b;
	build_each(i, d)
	{
		update_state s = i->kind == DOCKERFILE_RUN ? note_run(d, i) : (update_state){0};
		if (s.update && !s.use)
			build_found(out, r, d, i, s.update->command->source, NULL,
				"the index is fetched in a layer of its own: the cache keeps it while it grows old");
	}
}

BUILD_JUDGE(judge_install_alone)
{
	(void)b;
	bool stale[UPDATES + 1] = {0};
	uint32_t stage = DOCKERFILE_NO_STAGE;
	build_each(i, d)
	{
		update_state s = i->kind == DOCKERFILE_RUN ? note_run(d, i) : (update_state){0};
		if (i->stage != stage)
			memset(stale, 0, sizeof stale);
		stage = i->stage;
		if (s.update && !s.use)
			stale[s.update_row] = true;
		else if (s.use && !s.update && stale[s.use_row])
			build_found(out, r, d, i, s.use->command->source, NULL,
				"installs from an index that an earlier layer fetched, which may be old by now");
	}
}
