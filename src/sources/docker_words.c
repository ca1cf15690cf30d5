/* SPDX-License-Identifier: Apache-2.0
 *
 * Words of the Docker command line and of Compose files. See `docker run --help`, docs.docker.com/reference/compose-file/services
 * and the parsers of docker/cli and docker/go-connections, whose refusals are refused here too. */
#include "sources/docker_words.h"

#include "base/files.h"

enum { WORD_PARTS = 8 }; /* of a word at its colons; honest ones have three */

/* --- words --- */

bool docker_is_open(span s)
{
	for (size_t i = 0; i + 1 < s.n; i++)
		if (s.p[i] == '$' && (s.p[i + 1] == '{' || s.p[i + 1] == '(' || s.p[i + 1] == '_' ||
					     ascii_alpha(s.p[i + 1]) || ascii_digit(s.p[i + 1])))
			return true;
	return span_find_byte(s, '`') != SPAN_NONE;
}

bool docker_cut(span *rest, char separator, span *ret)
{
	size_t depth = 0;
	if (!rest->p || !rest->n)
		return false;
	for (size_t i = 0; i < rest->n; i++) {
		char c = rest->p[i];
		if (c == '{' || c == '(' || c == '[')
			depth++;
		else if (depth && (c == '}' || c == ')' || c == ']'))
			depth--;
		else if (c == separator && !depth) {
			*ret = span_sub(*rest, 0, i);
			*rest = span_from(*rest, i + 1);
			return true;
		}
	}
	*ret = *rest;
	*rest = span_from(*rest, rest->n);
	return true;
}

/* The parts of a word at its colons; what is too much is left out. */
static size_t word_parts(span word, span *parts)
{
	size_t count = 0;
	while (count < WORD_PARTS && docker_cut(&word, ':', &parts[count]))
		count++;
	return count;
}

static bool is_drive(span s)
{
	return s.n == 1 && ascii_alpha(s.p[0]);
}

/* --- defaults --- */

static const struct {
	fact_id fact;
	const char *initial; /* NULL: the image or nobody decides */
} defaults[] = {
	{FACT_user, NULL},
	{FACT_uid, NULL},
	{FACT_gid, NULL},
	{FACT_groups, ""},
	{FACT_user_namespace, "host"},
	{FACT_read_only, "false"},
	{FACT_mounts, ""},
	{FACT_caps_add, ""},
	{FACT_caps_drop, ""},
	{FACT_no_new_privileges, "false"},
	{FACT_seccomp, "default"},
	{FACT_apparmor, "default"},
	{FACT_selinux_type, NULL},
	{FACT_selinux_user, NULL},
	{FACT_selinux_role, NULL},
	{FACT_selinux_disabled, "false"},
	{FACT_unmasked, "false"},
	{FACT_sysctls, ""},
	{FACT_privileged, "false"},
	{FACT_pid_namespace, "private"},
	{FACT_ipc_namespace, "private"},
	{FACT_uts_namespace, "private"},
	{FACT_cgroup_namespace, "private"},
	{FACT_devices, ""},
	{FACT_memory_limit, "0"},
	{FACT_memory_request, "0"},
	{FACT_memory_swap, "0"},
	{FACT_cpu_limit, "0"},
	{FACT_cpu_request, "0"},
	{FACT_pids_limit, "0"},
	{FACT_ulimits, ""},
	{FACT_restart, "no"},
	{FACT_restart_retries, "0"},
	{FACT_oom_kill_disabled, "false"},
	{FACT_cgroup_parent, NULL},
	{FACT_health, "none"},
	{FACT_network_mode, "private"},
	{FACT_networks, ""},
	{FACT_ports, ""},
	{FACT_env, ""},
	{FACT_args, ""},
	{FACT_labels, ""},
	{FACT_secrets, ""},
	{FACT_image, NULL},
	{FACT_image_registry, NULL},
	{FACT_image_repository, NULL},
	{FACT_image_tag, NULL},
	{FACT_image_digest, NULL},
	{FACT_image_built, NULL},
	{FACT_pull_policy, "missing"},
	{FACT_command, NULL},
};

void docker_defaults(docker_words *d, origin at)
{
	posture *p = d->posture;
	for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++) {
		fact_id id = defaults[i].fact;
		if (!defaults[i].initial)
			posture_place(p, id, at);
		else if (fact_rows[id].type == TYPE_LIST)
			posture_set_list(p, id, KNOWN_DEFAULT, at, d->arena);
		else if (fact_rows[id].type == TYPE_TEXT)
			posture_set_text(p, id, KNOWN_DEFAULT, span_of(defaults[i].initial), at);
		else if (fact_rows[id].type == TYPE_TRUTH)
			posture_set_truth(p, id, KNOWN_DEFAULT, false, at);
		else
			posture_set_number(p, id, KNOWN_DEFAULT, 0, at);
	}
}

/* --- single values --- */

void docker_text(docker_words *d, fact_id fact, span word, origin at)
{
	if (docker_is_open(word))
		posture_place(d->posture, fact, at);
	else
		posture_set_text(d->posture, fact, KNOWN_DECLARED, word, at);
}

void docker_namespace(docker_words *d, fact_id fact, span word, origin at)
{
	bool mapped = fact == FACT_user_namespace && !span_is(word, "host") && !docker_is_open(word);
	docker_text(d, fact, word.n == 0 || mapped ? SPAN("private") : word, at);
}

void docker_user(docker_words *d, span word, origin at)
{
	static const fact_id facts[] = {FACT_user, FACT_uid, FACT_gid};
	if (!docker_is_open(word)) {
		posture_set_user(d->posture, KNOWN_DECLARED, word, at);
		return;
	}
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
		posture_place(d->posture, facts[i], at);
}

void docker_image(docker_words *d, span word, origin at)
{
	static const fact_id facts[] = {
		FACT_image, FACT_image_registry, FACT_image_repository, FACT_image_tag, FACT_image_digest};
	if (!docker_is_open(word) && word.n) {
		posture_set_image(d->posture, KNOWN_DECLARED, word, at, d->arena);
		return;
	}
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
		posture_place(d->posture, facts[i], at);
}

void docker_restart(docker_words *d, span word, origin at)
{
	size_t colon = span_find_byte(word, ':');
	int64_t retries;
	span policy = span_sub(word, 0, colon);
	if (docker_is_open(word)) {
		posture_place(d->posture, FACT_restart, at);
		return;
	}
	posture_set_text(d->posture, FACT_restart, KNOWN_DECLARED,
		policy.n == 0 || span_is(policy, "false") ? SPAN("no") : policy, at);
	if (colon != SPAN_NONE && span_int(span_from(word, colon + 1), &retries))
		posture_set_number(d->posture, FACT_restart_retries, KNOWN_DECLARED, retries, at);
}

/* --- ports --- */

bool docker_port_number(span s, int64_t *ret)
{
	size_t dash = span_find_byte(s, '-');
	int64_t first, last;
	if (!span_int(span_sub(s, 0, dash), &first) || first < 0)
		return false;
	if (dash != SPAN_NONE && (!span_int(span_from(s, dash + 1), &last) || last < first))
		return false;
	*ret = first;
	return true;
}

static span without_brackets(span ip)
{
	return ip.n > 1 && ip.p[0] == '[' && ip.p[ip.n - 1] == ']' ? span_sub(ip, 1, ip.n - 2) : ip;
}

/* "a:b:c" at its last two colons: an address of IPv6 may stand without brackets. */
static void port_split(span word, span *ip, span *host, span *container)
{
	span parts[WORD_PARTS];
	size_t n = word_parts(word, parts);
	*ip = *host = (span){0};
	*container = n ? parts[n - 1] : word;
	if (n > 1)
		*host = parts[n - 2];
	if (n > 2)
		*ip = span_sub(word, 0, (size_t)(host->p - word.p) - 1);
}

item *docker_port(docker_words *d, span word, bool published, origin at)
{
	span ip, host, container, protocol = SPAN("tcp");
	int64_t number, host_number = 0;
	port_split(word, &ip, &host, &container);
	span rest = container, given;
	docker_cut(&rest, '/', &container);
	if (docker_cut(&rest, '/', &given) && given.n)
		protocol = given;
	bool container_open = docker_is_open(container), host_open = docker_is_open(host);
	if ((!container_open && !docker_port_number(container, &number)) ||
		(host.n && !host_open && !docker_port_number(host, &host_number)))
		return NULL;
	item *it = posture_add(d->posture, FACT_ports, at, d->arena);
	if (!container_open)
		item_set_number(it, MEMBER_port_container_port, number);
	if (published && !host_open)
		item_set_number(it, MEMBER_port_host_port, host_number);
	if (ip.n)
		item_set_text(it, MEMBER_port_host_ip, without_brackets(ip));
	item_set_truth(it, MEMBER_port_published, published);
	item_set_text(it, MEMBER_port_protocol, span_is_fold(protocol, "udp") ? SPAN("udp") : protocol);
	return it;
}

span docker_port_at(span word, span ip, arena *a)
{
	span old, host, container;
	port_split(word, &old, &host, &container);
	bool brackets = span_find_byte(ip, ':') != SPAN_NONE;
	return arena_format(a, brackets ? "[%.*s]:%.*s:%.*s" : "%.*s:%.*s:%.*s", SPAN_ARG(ip), SPAN_ARG(host),
		SPAN_ARG(container));
}

/* --- mounts --- */

span docker_path(const docker_words *d, span path)
{
	static const char as_written[] = "~$\\`";
	if (!path.n || memchr(as_written, path.p[0], sizeof as_written - 1))
		return path;
	bool below = d->folder && d->folder[0] != '/';
	return span_of(path_join(d->arena, below ? d->folder : ".", arena_string(d->arena, path)));
}

/* What names a folder of the host rather than a volume. Of `$DATA:/data` nobody can tell. */
static bool is_path(span source)
{
	static const char *const folders[] = {
		"$PWD", "${PWD}", "$(pwd)", "$(PWD)", "$HOME", "${HOME}", "`pwd`", "$(CURDIR)", "%cd%"};
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		if (span_is(source, folders[i]))
			return true;
	return source.n &&
	       (span_find_byte(source, '/') != SPAN_NONE || span_find_byte(source, '\\') != SPAN_NONE ||
		       source.p[0] == '.' || source.p[0] == '~');
}

static void set_source(const docker_words *d, item *it, span source)
{
	if (is_path(source)) {
		item_set_text(it, MEMBER_mount_type, SPAN("bind"));
		item_set_text(it, MEMBER_mount_source, docker_path(d, source));
		return;
	}
	if (!docker_is_open(source))
		item_set_text(it, MEMBER_mount_type, SPAN("volume"));
	if (source.n)
		item_set_text(it, MEMBER_mount_source, source);
}

void docker_mount_options(item *mount, span options)
{
	span option;
	int64_t size;
	while (span_cut(&options, ',', &option)) {
		if (span_in(option, "ro readonly") && option.n)
			item_set_truth(mount, MEMBER_mount_writable, false);
		else if (option.n && span_in(option, "private rprivate slave rslave shared rshared"))
			item_set_text(mount, MEMBER_mount_propagation, option);
		else if (span_is(option, "exec"))
			item_set_truth(mount, MEMBER_mount_noexec, false);
		else if (span_starts(option, SPAN("size=")) && value_docker_size(span_from(option, 5), &size))
			item_set_number(mount, MEMBER_mount_size, size);
	}
}

/* "C:\data:/data" has one colon too many. */
static size_t volume_parts(span word, span *parts)
{
	size_t n = word_parts(word, parts);
	if (n < 2 || !is_drive(parts[0]) || !parts[1].n || (parts[1].p[0] != '\\' && parts[1].p[0] != '/'))
		return n;
	parts[0].n += 1 + parts[1].n;
	for (size_t i = 1; i + 1 < n; i++)
		parts[i] = parts[i + 1];
	return n - 1;
}

item *docker_volume(docker_words *d, span word, origin at)
{
	span parts[WORD_PARTS];
	size_t n = volume_parts(word, parts);
	if (n == 0)
		return NULL;
	item *it = posture_add(d->posture, FACT_mounts, at, d->arena);
	item_set_truth(it, MEMBER_mount_writable, true);
	set_source(d, it, n > 1 ? parts[0] : (span){0});
	item_set_text(it, MEMBER_mount_target, parts[n > 1]);
	if (n > 2)
		docker_mount_options(it, parts[2]);
	return it;
}

span docker_volume_writable(span word, bool writable, arena *a)
{
	span parts[WORD_PARTS], option;
	size_t n = volume_parts(word, parts);
	auto_buffer out = {0};
	if (n < 2)
		return word;
	buffer_format(&out, "%.*s:%.*s:%s", SPAN_ARG(parts[0]), SPAN_ARG(parts[1]), writable ? "rw" : "ro");
	for (span rest = n > 2 ? parts[2] : (span){0}; span_cut(&rest, ',', &option);)
		if (!span_in(option, "ro rw readonly"))
			buffer_format(&out, ",%.*s", SPAN_ARG(option));
	return arena_copy(a, buffer_span(&out));
}

item *docker_tmpfs(docker_words *d, span word, origin at)
{
	span rest = word, target;
	if (!docker_cut(&rest, ':', &target))
		return NULL;
	item *it = posture_add(d->posture, FACT_mounts, at, d->arena);
	item_set_text(it, MEMBER_mount_type, SPAN("tmpfs"));
	item_set_text(it, MEMBER_mount_target, target);
	item_set_truth(it, MEMBER_mount_writable, true);
	item_set_truth(it, MEMBER_mount_noexec, true); /* the engines mount them noexec,nosuid,nodev */
	docker_mount_options(it, rest);
	return it;
}

/* --- other lists --- */

item *docker_device(docker_words *d, span word, origin at)
{
	span parts[WORD_PARTS];
	size_t n = word_parts(word, parts);
	if (n == 0)
		return NULL;
	bool access_second = n == 2 && parts[1].n && parts[1].p[0] != '/'; /* /dev/x:r */
	span access = n > 2 ? parts[2] : access_second ? parts[1] : SPAN("rwm");
	item *it = posture_add(d->posture, FACT_devices, at, d->arena);
	item_set_text(it, MEMBER_device_source, docker_path(d, parts[0]));
	item_set_text(it, MEMBER_device_access, access);
	return it;
}

item *docker_capability(docker_words *d, fact_id fact, span word, origin at)
{
	item *it = posture_add(d->posture, fact, at, d->arena);
	item_set_text(it, MEMBER_capability_name, value_capability(word, d->arena));
	item_set_text(it, MEMBER_capability_written, word);
	return it;
}

item *docker_ulimit(docker_words *d, span word, origin at)
{
	size_t equal = span_find_byte(word, '=');
	span rest = equal == SPAN_NONE ? (span){0} : span_from(word, equal + 1), soft = {0}, hard = {0};
	int64_t number;
	span_cut(&rest, ':', &soft);
	if (!span_cut(&rest, ':', &hard))
		hard = soft;
	item *it = posture_add(d->posture, FACT_ulimits, at, d->arena);
	item_set_text(it, MEMBER_ulimit_name, span_sub(word, 0, equal));
	if (span_int(soft, &number))
		item_set_number(it, MEMBER_ulimit_soft, number);
	if (span_int(hard, &number))
		item_set_number(it, MEMBER_ulimit_hard, number);
	return it;
}

item *docker_pair(docker_words *d, fact_id fact, span name, span value, origin at)
{
	item *it = posture_add(d->posture, fact, at, d->arena);
	item_set_text(it, 0, name); /* the name is the first member of env, args, labels and sysctls */
	item_set_text(it, 1, value);
	return it;
}

/* --- security options --- */

static void set_seccomp(docker_words *d, span value, origin at)
{
	bool built_in = span_is(value, "builtin") || span_is(value, "default");
	docker_text(d, FACT_seccomp, built_in ? SPAN("default") : value, at);
	if (!built_in && !span_is(value, "unconfined") && !docker_is_open(value))
		seccomp_profile_read(d, value);
}

static void set_apparmor(docker_words *d, span value, origin at)
{
	docker_text(d, FACT_apparmor, span_is(value, "docker-default") ? SPAN("default") : value, at);
}

static void set_label(docker_words *d, span value, origin at)
{
	static const struct {
		const char *prefix;
		fact_id fact;
	} parts[] = {
		{"type:", FACT_selinux_type}, {"user:", FACT_selinux_user}, {"role:", FACT_selinux_role}};
	if (span_is(value, "disable"))
		posture_set_truth(d->posture, FACT_selinux_disabled, KNOWN_DECLARED, true, at);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (span_starts(value, span_of(parts[i].prefix)))
			docker_text(d, parts[i].fact, span_from(value, strlen(parts[i].prefix)), at);
	/* "label:seccomp:unconfined" is a slip that says well enough what is meant. */
	if (span_starts(value, SPAN("seccomp:")) || span_starts(value, SPAN("apparmor:")))
		docker_security_opt(d, value, at);
}

static void set_no_new_privileges(docker_words *d, span value, origin at)
{
	if (!docker_is_open(value))
		posture_set_truth(
			d->posture, FACT_no_new_privileges, KNOWN_DECLARED, !span_is(value, "false"), at);
	else
		posture_place(d->posture, FACT_no_new_privileges, at);
}

static void set_system_paths(docker_words *d, span value, origin at)
{
	posture_set_truth(d->posture, FACT_unmasked, KNOWN_DECLARED, span_is_fold(value, "unconfined"), at);
}

static void set_unmask(docker_words *d, span value, origin at)
{
	posture_set_truth(d->posture, FACT_unmasked, KNOWN_DECLARED, value.n > 0, at);
}

void docker_security_opt(docker_words *d, span word, origin at)
{
	static const struct {
		const char *name;
		void (*set)(docker_words *d, span value, origin at);
	} options[] = {{"seccomp", set_seccomp}, {"apparmor", set_apparmor}, {"label", set_label},
		{"no-new-privileges", set_no_new_privileges}, {"systempaths", set_system_paths},
		{"unmask", set_unmask}};
	size_t end = 0;
	while (end < word.n && word.p[end] != '=' && word.p[end] != ':')
		end++;
	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		if (span_is(span_sub(word, 0, end), options[i].name))
			options[i].set(d, span_from(word, end + 1), at);
}

/* --- for writers --- */

bool docker_quantity(fact_id fact, span wanted, int64_t least, arena *a, span *ret)
{
	static const char *const units[] = {"b", "k", "m", "g"};
	int64_t number;
	if (fact_rows[fact].type == TYPE_CPU) {
		if (!value_decimal_cpu(wanted, &number) && !value_quantity_cpu(wanted, &number))
			return false;
		number = number < least ? least : number;
		*ret = arena_format(a, number % 100 ? "%lld.%03lld" : "%lld.%lld", (long long)(number / 1000),
			(long long)(number % 100 ? number % 1000 : number % 1000 / 100));
		return true;
	}
	if (fact_rows[fact].type == TYPE_NUMBER) {
		*ret = wanted;
		return span_int(wanted, &number);
	}
	if (fact_rows[fact].type != TYPE_SIZE ||
		(!value_docker_size(wanted, &number) && !value_quantity(wanted, &number)))
		return false;
	if (number >= 0 && number < least)
		number = least;
	size_t unit = 0;
	while (unit + 1 < sizeof units / sizeof *units && number > 0 && number % 1024 == 0) {
		number /= 1024;
		unit++;
	}
	*ret = number < 0 ? SPAN("-1") : arena_format(a, "%lld%s", (long long)number, units[unit]);
	return true;
}

span docker_user_wanted(const want *wants, size_t count, arena *a)
{
	span user = {0}, group = {0};
	for (size_t i = 0; i < count; i++) {
		if (wants[i].fact == FACT_uid || (wants[i].fact == FACT_user && !user.n))
			user = wants[i].value;
		if (wants[i].fact == FACT_gid)
			group = wants[i].value;
	}
	int64_t id;
	if (!user.n || span_find_byte(user, ':') != SPAN_NONE || (!group.n && !span_int(user, &id)))
		return user;
	return arena_format(a, "%.*s:%.*s", SPAN_ARG(user), SPAN_ARG(group.n ? group : user));
}
