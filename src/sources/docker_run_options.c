/* SPDX-License-Identifier: Apache-2.0
 *
 * The options of `docker run`, `podman run` and `nerdctl run`, and taking a command line apart by them. All of them are here, also
 * those that say nothing about security: the image is the first word that is neither an option nor the value of one. */
#include "sources/docker_run.h"

#define FLAG(name, letter)                           \
	{                                            \
		name, letter, false, FACT_NONE, NULL \
	}
#define VALUE(name, letter)                         \
	{                                           \
		name, letter, true, FACT_NONE, NULL \
	}
#define TRUTH(name, letter, fact)                                \
	{                                                        \
		name, letter, false, FACT_##fact, run_read_truth \
	}
#define READ(name, letter, fact, how)                           \
	{                                                       \
		name, letter, true, FACT_##fact, run_read_##how \
	}

const run_row run_rows[] = {
	/* what is read */
	TRUTH("privileged", 0, privileged),
	TRUTH("read-only", 0, read_only),
	TRUTH("oom-kill-disable", 0, oom_kill_disabled),
	{"publish-all", 'P', false, FACT_ports, run_read_all_ports},
	{"no-healthcheck", 0, false, FACT_health, run_read_no_health},
	{"use-api-socket", 0, false, FACT_mounts, run_read_socket},
	READ("user", 'u', user, user),
	READ("userns", 0, user_namespace, namespace),
	READ("pid", 0, pid_namespace, namespace),
	READ("ipc", 0, ipc_namespace, namespace),
	READ("uts", 0, uts_namespace, namespace),
	READ("cgroupns", 0, cgroup_namespace, namespace),
	READ("network", 0, network_mode, network),
	READ("net", 0, network_mode, network),
	READ("cap-add", 0, caps_add, capability),
	READ("cap-drop", 0, caps_drop, capability),
	READ("security-opt", 0, NONE, security),
	READ("volume", 'v', mounts, volume),
	READ("mount", 0, mounts, mount),
	READ("tmpfs", 0, mounts, tmpfs),
	READ("device", 0, devices, device),
	READ("publish", 'p', ports, port),
	READ("expose", 0, ports, expose),
	READ("env", 'e', env, env),
	READ("env-file", 0, env, env_file),
	READ("label", 'l', labels, label),
	READ("sysctl", 0, sysctls, sysctl),
	READ("ulimit", 0, ulimits, ulimit),
	READ("group-add", 0, groups, group),
	READ("secret", 0, secrets, secret),
	READ("memory", 'm', memory_limit, size),
	READ("memory-reservation", 0, memory_request, size),
	READ("memory-swap", 0, memory_swap, size),
	READ("cpus", 0, cpu_limit, cpu),
	READ("cpu-quota", 0, cpu_limit, cpu_quota),
	READ("pids-limit", 0, pids_limit, number),
	READ("restart", 0, restart, restart),
	READ("cgroup-parent", 0, cgroup_parent, text),
	READ("pull", 0, pull_policy, text),
	READ("health-cmd", 0, health, health),

	/* what is passed over: docker */
	VALUE("add-host", 0),
	VALUE("annotation", 0),
	VALUE("attach", 'a'),
	VALUE("blkio-weight", 0),
	VALUE("blkio-weight-device", 0),
	VALUE("cidfile", 0),
	VALUE("cpu-count", 0),
	VALUE("cpu-percent", 0),
	VALUE("cpu-period", 0),
	VALUE("cpu-rt-period", 0),
	VALUE("cpu-rt-runtime", 0),
	VALUE("cpu-shares", 'c'),
	VALUE("cpuset-cpus", 0),
	VALUE("cpuset-mems", 0),
	FLAG("detach", 'd'),
	VALUE("detach-keys", 0),
	VALUE("device-cgroup-rule", 0),
	VALUE("device-read-bps", 0),
	VALUE("device-read-iops", 0),
	VALUE("device-write-bps", 0),
	VALUE("device-write-iops", 0),
	FLAG("disable-content-trust", 0),
	VALUE("dns", 0),
	VALUE("dns-opt", 0),
	VALUE("dns-option", 0),
	VALUE("dns-search", 0),
	VALUE("domainname", 0),
	VALUE("entrypoint", 0),
	VALUE("gpus", 0),
	VALUE("health-interval", 0),
	VALUE("health-retries", 0),
	VALUE("health-start-interval", 0),
	VALUE("health-start-period", 0),
	VALUE("health-timeout", 0),
	FLAG("help", 0),
	VALUE("hostname", 'h'),
	FLAG("init", 0),
	FLAG("interactive", 'i'),
	VALUE("io-maxbandwidth", 0),
	VALUE("io-maxiops", 0),
	VALUE("ip", 0),
	VALUE("ip6", 0),
	VALUE("isolation", 0),
	VALUE("kernel-memory", 0),
	VALUE("label-file", 0),
	VALUE("link", 0),
	VALUE("link-local-ip", 0),
	VALUE("log-driver", 0),
	VALUE("log-opt", 0),
	VALUE("mac-address", 0),
	VALUE("memory-swappiness", 0),
	VALUE("name", 0),
	VALUE("net-alias", 0),
	VALUE("network-alias", 0),
	VALUE("oom-score-adj", 0),
	VALUE("platform", 0),
	FLAG("quiet", 'q'),
	FLAG("rm", 0),
	VALUE("runtime", 0),
	VALUE("shm-size", 0),
	FLAG("sig-proxy", 0),
	VALUE("stop-signal", 0),
	VALUE("stop-timeout", 0),
	VALUE("storage-opt", 0),
	FLAG("tty", 't'),
	VALUE("volume-driver", 0),
	VALUE("volumes-from", 0),
	VALUE("workdir", 'w'),

	/* podman and nerdctl */
	VALUE("arch", 0),
	VALUE("authfile", 0),
	VALUE("cert-dir", 0),
	VALUE("cgroup-conf", 0),
	VALUE("cgroups", 0),
	VALUE("chrootdirs", 0),
	VALUE("conmon-pidfile", 0),
	VALUE("cosign-key", 0),
	VALUE("creds", 0),
	VALUE("decryption-key", 0),
	FLAG("env-host", 0),
	VALUE("env-merge", 0),
	VALUE("gidmap", 0),
	VALUE("group-entry", 0),
	VALUE("health-log-destination", 0),
	VALUE("health-max-log-count", 0),
	VALUE("health-max-log-size", 0),
	VALUE("health-on-failure", 0),
	VALUE("health-startup-cmd", 0),
	VALUE("health-startup-interval", 0),
	VALUE("health-startup-retries", 0),
	VALUE("health-startup-success", 0),
	VALUE("health-startup-timeout", 0),
	VALUE("hosts-file", 0),
	VALUE("hostuser", 0),
	FLAG("http-proxy", 0),
	VALUE("image-volume", 0),
	VALUE("init-ctr", 0),
	VALUE("init-path", 0),
	FLAG("insecure-registry", 0),
	VALUE("ipfs-address", 0),
	FLAG("no-hostname", 0),
	FLAG("no-hosts", 0),
	VALUE("os", 0),
	FLAG("passwd", 0),
	VALUE("passwd-entry", 0),
	VALUE("personality", 0),
	VALUE("pidfile", 0),
	VALUE("pod", 0),
	VALUE("pod-id-file", 0),
	VALUE("preserve-fd", 0),
	VALUE("preserve-fds", 0),
	VALUE("rdt-class", 0),
	FLAG("read-only-tmpfs", 0),
	FLAG("replace", 0),
	VALUE("requires", 0),
	VALUE("retry", 0),
	VALUE("retry-delay", 0),
	FLAG("rmi", 0),
	FLAG("rootfs", 0),
	VALUE("sdnotify", 0),
	VALUE("seccomp-policy", 0),
	VALUE("shm-size-systemd", 0),
	VALUE("subgidname", 0),
	VALUE("subuidname", 0),
	VALUE("systemd", 0),
	VALUE("timeout", 0),
	FLAG("tls-verify", 0),
	VALUE("tz", 0),
	VALUE("uidmap", 0),
	VALUE("umask", 0),
	VALUE("unsetenv", 0),
	FLAG("unsetenv-all", 0),
	VALUE("variant", 0),
	VALUE("verify", 0),
};
const size_t run_row_count = sizeof run_rows / sizeof *run_rows;

const run_row *run_row_of(span name)
{
	for (size_t i = 0; i < run_row_count; i++)
		if (span_is(name, run_rows[i].name))
			return &run_rows[i];
	return NULL;
}

const run_row *run_row_of_letter(char letter)
{
	for (size_t i = 0; i < run_row_count; i++)
		if (run_rows[i].letter == letter)
			return &run_rows[i];
	return NULL;
}

/* --- the words before run --- */

/* Options of the engines themselves that take a value. */
static bool engine_option_takes_value(span word)
{
	static const char *const options =
		"--config -c --context -H --host -l --log-level --tlscacert --tlscert --tlskey --root "
		"--runroot --url --identity "
		"--storage-driver --storage-opt --connection --cgroup-manager --runtime --runtime-flag "
		"--tmpdir --hooks-dir --module "
		"--events-backend --imagestore --network-config-dir --ssh --volumepath --conmon --out -n "
		"--namespace -a --address "
		"--snapshotter --cni-path --cni-netconfpath --data-root --hosts-dir";
	return span_in(word, options);
}

static bool is_engine(span name)
{
	return name.n && span_in(name, "docker podman nerdctl docker.exe podman.exe podman-remote");
}

/* The index of the word `run` or `create`, or 0. */
static uint32_t find_verb(shell_words words)
{
	uint32_t i = 1;
	if (!words.count || !is_engine(shell_words_name(words)))
		return 0;
	for (; i < words.count && words.items[i].value.n && words.items[i].value.p[0] == '-'; i++)
		i += engine_option_takes_value(words.items[i].value);
	if (i < words.count && span_is(words.items[i].value, "container"))
		i++;
	bool found = i < words.count &&
		     (span_is(words.items[i].value, "run") || span_is(words.items[i].value, "create"));
	return found ? i : 0;
}

/* --- the words behind it --- */

typedef struct run_parser {
	const text *text;
	const shell_region *region;
	shell_words words;
	uint32_t next;
	arena *arena;
	run_command *command;
} run_parser;

static uint32_t offset_of(const run_parser *p, const char *at)
{
	return p->region->start + (uint32_t)(at - p->region->shell.p);
}

static uint32_t word_end(const run_parser *p, uint32_t word)
{
	span source = p->words.items[word].source;
	return offset_of(p, source.p + source.n);
}

static bool in_region(const run_parser *p, span s)
{
	const span all = p->region->shell;
	return s.p >= all.p && s.p + s.n <= all.p + all.n;
}

/* Adds an option that starts in word `first`; its value is `value`, a part of the word at hand. */
static void add_option(run_parser *p, const run_row *row, uint32_t first, span value, bool bundled)
{
	run_option o = {.row = row, .value = value, .bundled = bundled};
	o.start = offset_of(p, p->words.items[first].source.p);
	o.before = word_end(p, first - 1);
	o.end = word_end(p, p->next - 1);
	if (in_region(p, value)) {
		o.value_start = offset_of(p, value.p);
		o.value_end = o.value_start + (uint32_t)value.n;
	}
	if (row && strcmp(row->name, "name") == 0)
		p->command->name = value;
	list_push(p->arena, &p->command->options, o);
}

/* The word behind an option that takes a value; empty at the end of the line. */
static span next_value(run_parser *p)
{
	return p->next < p->words.count ? p->words.items[p->next++].value : (span){0};
}

/* --name, --name=value, --name value. */
static void parse_long(run_parser *p)
{
	uint32_t first = p->next++;
	span word = span_from(p->words.items[first].value, 2);
	size_t equal = span_find_byte(word, '=');
	const run_row *row = run_row_of(span_sub(word, 0, equal));
	span value = equal != SPAN_NONE ? span_from(word, equal + 1) : SPAN("true");
	if (equal == SPAN_NONE && row && row->takes_value)
		value = next_value(p);
	add_option(p, row, first, value, false);
}

/* -it, -p8080:80, -p 8080:80, -itv /a:/b. */
static void parse_short(run_parser *p)
{
	uint32_t first = p->next++;
	span word = p->words.items[first].value;
	for (size_t i = 1; i < word.n; i++) {
		const run_row *row = run_row_of_letter(word.p[i]);
		bool bundled = word.n > 2 && (i > 1 || !row || !row->takes_value);
		if (!row || !row->takes_value) {
			add_option(p, row, first, SPAN("true"), bundled);
			continue;
		}
		span value = span_from(word, i + 1);
		if (value.n && value.p[0] == '=')
			value = span_from(value, 1);
		add_option(p, row, first, value.n ? value : next_value(p), bundled);
		return;
	}
}

/* Whether a word that is all variable stands for options rather than for the image: by its name, else by what follows. */
static bool is_option_variable(const run_parser *p)
{
	span word = p->words.items[p->next].value;
	static const char *const options[] = {"OPT", "ARG", "FLAG", "PARAM", "[@]", "[*]"};
	if (!word.n || word.p[0] != '$' || span_find_byte(word, '/') != SPAN_NONE ||
		p->next + 1 == p->words.count)
		return false;
	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		if (span_find_fold(word, span_of(options[i])) != SPAN_NONE)
			return true;
	span next = p->words.items[p->next + 1].value;
	return next.n > 1 && next.p[0] == '-' && span_find_fold(word, SPAN("IMAGE")) == SPAN_NONE;
}

static void parse_options(run_parser *p)
{
	while (p->next < p->words.count) {
		span word = p->words.items[p->next].value;
		if (span_is(word, "--")) {
			p->next++;
			return;
		}
		if (is_option_variable(p)) {
			p->command->opaque = true;
			p->next++;
		} else if (span_starts(word, SPAN("--")))
			parse_long(p);
		else if (word.n > 1 && word.p[0] == '-')
			parse_short(p);
		else
			return;
	}
}

bool run_parse(const text *t, const shell_region *region, shell_words words, arena *a, run_command *ret)
{
	uint32_t verb = find_verb(words);
	run_parser p = {
		.text = t, .region = region, .words = words, .next = verb + 1, .arena = a, .command = ret};
	if (!verb)
		return false;
	for (uint32_t i = 0; i < words.count; i++)
		if (!in_region(&p, words.items[i].source)) /* of an inner script that was rewritten */
			return false;
	*ret = (run_command){
		.text = t, .start = offset_of(&p, words.items[0].source.p), .end = word_end(&p, verb)};
	parse_options(&p);
	if (p.next >= words.count)
		return ret->opaque; /* without an image the engine refuses it */
	const shell_word *image = &words.items[p.next];
	ret->image = image->value;
	ret->image_start = offset_of(&p, image->source.p);
	ret->image_end = word_end(&p, p.next);
	ret->arguments = (shell_words){words.items + p.next + 1, words.count - p.next - 1};
	return true;
}
