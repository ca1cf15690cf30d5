/* SPDX-License-Identifier: Apache-2.0
 *
 * storage.conf (containers-storage.conf(5)): where containers/storage keeps images. $CONTAINERS_STORAGE_CONF stands in for all files; an ordinary
 * user's own file goes before the machine's, of which only rootless_storage_path, the driver and the additional stores count for users. */
#include "base/files.h"
#include "base/limits.h"
#include "engine/store.h"
#include "formats/toml.h"

#include <stdlib.h>

static int conf_read(const char *path, arena *a, node **ret, error *e)
{
	span bytes;
	text *t = ARENA_NEW(a, text);
	node_problems problems = {0};
	TRY(files_read(path, LIMIT_FILE_BYTES, a, &bytes, e));
	text_init(t, path, bytes, a);
	if (toml_read(t, a, ret, &problems, e) < 0)
		return error_wrap(e, "%s", path);
	return 0;
}

/* $HOME, $USER, $UID and the other variables that people use in it. */
static const char *expand(span from, arena *a)
{
	auto_buffer out = {0};
	for (size_t i = 0; i < from.n; i++) {
		if (from.p[i] != '$') {
			buffer_add_byte(&out, from.p[i]);
			continue;
		}
		size_t end = i + 1;
		while (end < from.n &&
			(ascii_alpha(from.p[end]) || ascii_digit(from.p[end]) || from.p[end] == '_'))
			end++;
		const char *name = arena_string(a, span_sub(from, i + 1, end - i - 1)), *value = getenv(name);
		if (strcmp(name, "UID") == 0)
			buffer_format(&out, "%u", (unsigned)geteuid());
		else if (value)
			buffer_add_string(&out, value);
		i = end - 1;
	}
	return arena_string(a, buffer_span(&out));
}

static void take_additional(engine_store *s, const node *conf)
{
	const node *more = node_path(conf, "storage/options/additionalimagestores");
	for (uint32_t i = 0; node_is_list(more) && i < more->count; i++) {
		span path = node_text(more->items[i]);
		if (path.n && path.p[0] == '/' && s->root_count < sizeof s->roots / sizeof *s->roots)
			s->roots[s->root_count++] = arena_string(s->arena, path);
	}
}

/* `key` says where images are. */
static void take_conf(engine_store *s, const node *conf, const char *key)
{
	span root = node_text(node_get(node_get(conf, "storage"), key));
	span driver = node_text(node_path(conf, "storage/driver"));
	if (root.n)
		s->roots[0] = expand(root, s->arena);
	if (driver.n)
		s->driver = arena_string(s->arena, driver);
	take_additional(s, conf);
}

static const char *home_path(arena *a, const char *variable, const char *instead, const char *name)
{
	const char *base = getenv(variable), *home = getenv("HOME");
	if (base && base[0] == '/')
		return path_join(a, base, name);
	return path_join(a, path_join(a, home && home[0] == '/' ? home : "/", instead), name);
}

/* A file that is not there says nothing. */
static int take_file(engine_store *s, const char *path, const char *key, error *e)
{
	node *conf = NULL;
	int status = conf_read(path, s->arena, &conf, e);
	if (status >= 0)
		take_conf(s, conf, key);
	return status == -ERROR_ABSENT ? 0 : status;
}

int storage_configure(engine_store *s, error *e)
{
	const char *named = getenv("CONTAINERS_STORAGE_CONF");
	const char *system = files_exists("/etc/containers/storage.conf")
				     ? "/etc/containers/storage.conf"
				     : "/usr/share/containers/storage.conf";
	bool root = geteuid() == 0;
	s->root_count = 1;
	s->roots[0] = root ? "/var/lib/containers/storage"
			   : home_path(s->arena, "XDG_DATA_HOME", ".local/share", "containers/storage");
	if (named && named[0]) {
		node *conf = NULL;
		TRY(conf_read(named, s->arena, &conf, e));
		take_conf(s, conf, "graphroot");
	} else {
		TRY(take_file(s, system, root ? "graphroot" : "rootless_storage_path", e));
		if (!root)
			TRY(take_file(s,
				home_path(s->arena, "XDG_CONFIG_HOME", ".config", "containers/storage.conf"),
				"graphroot", e));
	}
	if (getenv("STORAGE_DRIVER") && getenv("STORAGE_DRIVER")[0])
		s->driver = getenv("STORAGE_DRIVER");
	return 0;
}
