/* SPDX-License-Identifier: Apache-2.0
 *
 * What is denied, against what the rule says: random conditions are asked of random calls, once as the kernel decides by their clauses, and once as
 * an event. Nothing may be denied that the rule is not true for; and everything that it is true for must be, unless it is told that it
 * only alerts. */
#include "deny_calls.h"
#include "rules.h"
#include "test.h"

#include "base/buffer.h"
#include "watch/live_event.h"

TEST_MAIN()

#define ID "0123456789ab"

enum { CLASS = CLASS_CONTAINER | CLASS_GOOD, PID = 100, CONDITIONS = 4000 };
enum { CALL_CONNECT = 42, CALL_OPENAT = 257, MODE_FILE = 0100644, MODE_SOCKET = 0140777 };

static uint32_t random_of(uint64_t *seed, uint32_t n)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33) % n;
}

/* --- conditions --- */

#define PATHS(field)                                                                                        \
	field " = /etc/shadow", field " != /etc/shadow", field " in (/etc/shadow, /bin/nc, /a)",            \
		field " startswith /etc", field " startswith /etc/a/", field " endswith .conf",             \
		field " endswith shadow", field " pmatch (/etc/a, /bin/)", field " pmatch (/etc)",          \
		field " pmatch (/)", field " pmatch (etc)", field " glob '/etc/*'", field " glob '*.conf'", \
		field " glob '/bin/nc'", field " glob '/etc/?'", field " contains etc", field " = \"\"",    \
		field " exists"

#define NAMES "proc.name = nc", "proc.name != nc", "proc.name in (nc, cat)", "proc.name startswith n"
#define ALL   "evt.rawres >= 0", "container.id != host", "container.id = host", "container.id = " ID

static const char *const open_tests[] = {PATHS("fd.name"), NAMES, ALL, "evt.is_open_read = true",
	"evt.is_open_write = true", "evt.is_open_write = false", "evt.arg.flags contains O_TRUNC",
	"evt.arg.flags contains O_CREAT", "fd.num >= 0", "fd.num < 0", "fd.filename = shadow",
	"fd.filename != shadow", "fd.filename in (x.conf, nc)", "fd.filename in (etc/shadow)",
	"fd.filename = \"\"", "fd.directory = /etc", "evt.failed = false", "evt.res = SUCCESS"};

static const char *const exec_tests[] = {PATHS("proc.exepath"), NAMES, ALL, "proc.is_exe_upper_layer = true",
	"proc.is_exe_upper_layer = false", "proc.is_exe_from_memfd = true", "proc.is_exe_from_memfd != true",
	"proc.args = x"};

static const char *const connect_tests[] = {NAMES, ALL, "fd.typechar = 4", "fd.typechar = 6",
	"fd.typechar in (4, 6)", "fd.type = ipv4", "fd.type != ipv6", "fd.l4proto = tcp", "fd.l4proto != tcp",
	"fd.l4proto in (tcp, udp)", "fd.l4proto = icmp", "fd.l4proto in (udp, icmp)", "fd.sip = 10.0.0.1",
	"fd.sip != 10.0.0.1", "fd.sip in (10.0.0.1, \"2001:db8::1\")", "fd.rip = \"2001:db8::1\"",
	"fd.snet = 10.0.0.0/8", "fd.snet != 10.0.0.0/8", "fd.snet in (\"::/1\")",
	"fd.snet in (\"2001:db8::/32\", 10.0.0.0/31)", "fd.rnet = 0.0.0.0/1", "fd.ip = 10.0.0.1",
	"fd.ip != 10.0.0.9", "fd.net in (10.0.0.0/8)", "fd.sport = 80", "fd.sport != 80",
	"fd.sport in (80, 443)", "fd.rport = 443", "fd.sport > 100"};

static const struct {
	const char *type;
	const char *const *tests;
	uint32_t count;
} kinds[DENY_HOOKS] = {
	[DENY_OPEN] = {"openat", open_tests, sizeof open_tests / sizeof *open_tests},
	[DENY_EXEC] = {"execve", exec_tests, sizeof exec_tests / sizeof *exec_tests},
	[DENY_CONNECT] = {"connect", connect_tests, sizeof connect_tests / sizeof *connect_tests},
};

static void condition_write(uint64_t *seed, deny_hook hook, int depth, buffer *out)
{
	uint32_t what = depth ? random_of(seed, 5) : 0;
	if (what == 0) {
		buffer_add_string(out, kinds[hook].tests[random_of(seed, kinds[hook].count)]);
		return;
	}
	buffer_add_string(out, what == 1 ? "not (" : "(");
	condition_write(seed, hook, depth - 1, out);
	for (uint32_t more = what == 1 ? 0 : 1 + random_of(seed, 2); more; more--) {
		buffer_add_string(out, what % 2 ? " and " : " or ");
		condition_write(seed, hook, depth - 1, out);
	}
	buffer_add_string(out, ")");
}

/* --- calls --- */

static const char *const paths[] = {
	"/etc/shadow", "/etc/shadow2", "/etc", "/etcetera", "/etc/a/x.conf", "/bin/nc", "/a", "/", "/x.conf"};
static const char *const names[] = {"nc", "cat", "sh"};
static const char *const addresses4[] = {"\12\0\0\1", "\12\0\0\2", "\177\0\0\1", "\300\0\0\1"};
static const char *const addresses6[] = {"\40\1\15\270\0\0\0\0\0\0\0\0\0\0\0\1",
	"\40\1\15\270\0\0\0\0\0\0\0\0\0\0\0\2", "\376\200\0\0\0\0\0\0\0\0\0\0\0\0\0\1"};
static const uint16_t ports[] = {80, 443, 53};

#define ONE_OF(seed, all) (all)[random_of(seed, sizeof(all) / sizeof *(all))]

/* A record with its sections. */
typedef struct told {
	record head;
	char bytes[1024];
	size_t n;
} told;

static void told_section(told *t, record_section which, const char *p, size_t n)
{
	memcpy(t->bytes + t->n, p, n);
	t->n += n;
	t->head.lengths[which] = (uint16_t)n;
}

static void open_make(uint64_t *seed, deny_call *c, told *t)
{
	static const struct {
		uint64_t flags;
		uint32_t class;
	} ways[] = {{0, CLASS_READ}, {1, CLASS_WRITE}, {2, CLASS_READ | CLASS_WRITE},
		{01101, CLASS_WRITE | CLASS_CREATE | CLASS_TRUNCATE}};
	uint32_t way = random_of(seed, sizeof ways / sizeof *ways);
	t->head.call = CALL_OPENAT;
	t->head.result = 3;
	t->head.args[0] = (uint64_t)-100;
	t->head.args[2] = ways[way].flags;
	t->head.file.mode = MODE_FILE;
	c->class |= ways[way].class;
	told_section(t, SECTION_DESCRIPTOR, c->path, strlen(c->path));
	told_section(t, SECTION_TEXT, c->path, strlen(c->path) + 1);
}

static void exec_make(uint64_t *seed, deny_call *c, told *t)
{
	const char group[] = "/" ID ID ID ID ID "0123/docker";
	if (random_of(seed, 4) == 0) {
		c->path = "memfd:x";
		c->class |= CLASS_MEMORY;
	}
	t->head.kind = RECORD_EXEC;
	t->head.file.mode = MODE_FILE;
	t->head.file.overlay = random_of(seed, 2) ? 1 : 2;
	c->class |= t->head.file.overlay == 1 ? CLASS_UPPER : 0;
	told_section(t, SECTION_DESCRIPTOR, c->path, strlen(c->path));
	told_section(t, SECTION_ARGUMENTS, "x", 2);
	told_section(t, SECTION_CGROUP, group, sizeof group - 1);
}

static void connect_make(uint64_t *seed, deny_call *c, told *t)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	record_file *f = &t->head.file;
	uint32_t family = random_of(seed, 3); /* the third: IPv4 by a socket of IPv6 */
	bool stream = random_of(seed, 2);
	t->head.call = CALL_CONNECT;
	f->mode = MODE_SOCKET;
	f->family = family ? 10 : 2;
	f->socket_type = stream ? 1 : 2;
	f->protocol = stream ? 6 : 17;
	f->local_port = 40000;
	f->remote_port = ONE_OF(seed, ports);
	c->port = f->remote_port;
	c->address = family == 1 ? ONE_OF(seed, addresses6) : ONE_OF(seed, addresses4);
	c->class |= (family == 1 ? CLASS_IPV6 : 0) | (stream ? CLASS_TCP : CLASS_UDP);
	size_t at = family == 2 ? sizeof mapped : 0;
	memcpy(f->local, mapped, at);
	memcpy(f->remote, mapped, at);
	memcpy(f->local + at, family == 1 ? addresses6[2] : "\12\0\0\11", family == 1 ? 16 : 4);
	memcpy(f->remote + at, c->address, family == 1 ? 16 : 4);
}

static void call_make(uint64_t *seed, deny_hook hook, deny_call *c, told *t)
{
	*c = (deny_call){hook, CLASS, .path = ONE_OF(seed, paths), .name = ONE_OF(seed, names)};
	*t = (told){.head = {.kind = RECORD_CALL, .tid = PID, .pid = PID, .parent = 1, .time = 1}};
	memcpy(t->head.comm, c->name, strlen(c->name));
	if (hook == DENY_OPEN)
		open_make(seed, c, t);
	else if (hook == DENY_EXEC)
		exec_make(seed, c, t);
	else
		connect_make(seed, c, t);
}

static bool note(void *of, const watch_rule *rule)
{
	(void)rule;
	*(bool *)of = true;
	return true;
}

static bool is_true(ruleset *rules, const deny_call *c, const told *t)
{
	watch_state s;
	arena a = {0}, scratch = {0};
	event e = {0};
	bool ret = false;
	const live_clock clock = {.boot = 1000000000};
	state_init(&s, &a);
	process *p = process_add(s.processes, PID);
	process_pid_set(s.processes, p, PID);
	process_text_set(s.processes, p, PROCESS_COMM, span_of(c->name));
	process_text_set(s.processes, p, PROCESS_CONTAINER, SPAN(ID));
	if (live_event(&t->head, (span){t->bytes, t->n}, &clock, &s, &scratch, &e)) {
		event_view v = {.event = &e, .state = &s, .scratch = &scratch};
		ruleset_match(rules, &v, true, note, &ret);
	}
	state_done(&s);
	arena_done(&scratch);
	arena_done(&a);
	return ret;
}

/* --- both --- */

typedef struct tally {
	uint32_t decided, denied;
} tally;

/* Gives what is wrong, on a; NULL: nothing. */
static const char *calls_compare(uint64_t *seed, deny_hook hook, ruleset *rules, arena *a, tally *sum)
{
	deny_table t;
	ruleset_deny(rules, 0, a, &t);
	bool refused = t.refused.count && !t.refused.items[0].elsewhere;
	sum->decided += !refused;
	for (int i = 0; i < 24; i++) {
		deny_call c;
		told it;
		call_make(seed, hook, &c, &it);
		bool is = deny_decides(&t, &c), should = is_true(rules, &c, &it);
		sum->denied += is;
		if ((is && !should) || (should && !is && !refused))
			return arena_format(a, "%s: class %x, path %s, name %s, port %u",
				is ? "denied" : "not denied", c.class, c.path, c.name, c.port)
				.p;
	}
	return NULL;
}

TEST(random_conditions)
{
	uint64_t seed = 1;
	tally sum = {0};
	for (uint32_t i = 0; i < CONDITIONS; i++) {
		arena a = {0};
		auto_buffer condition = {0};
		const watch_rule *rule = NULL;
		deny_hook hook = i % DENY_HOOKS;
		condition_write(&seed, hook, 3, &condition);
		span text = buffer_span(&condition);
		ruleset *rules = rules_ready(&a,
			arena_format(&a,
				"- rule: r\n  desc: d\n  output: o\n  priority: INFO\n  action: deny\n"
				"  condition: >\n    evt.type = %s and %.*s\n",
				kinds[hook].type, SPAN_ARG(text)),
			1, &rule);
		const char *wrong = rules ? calls_compare(&seed, hook, rules, &a, &sum) : "it is no rule";
		if (wrong)
			TEST_FAIL("%s and %.*s: %s", kinds[hook].type, SPAN_ARG(text), wrong);
		arena_done(&a);
	}
	CHECK(sum.decided > CONDITIONS / 4);
	CHECK(sum.denied > CONDITIONS);
}
