/* SPDX-License-Identifier: Apache-2.0
 *
 * /proc/PID/status (proc_pid_status(5)). Its first line is the process's own choice, with line ends escaped, so that no key can be forged. */
#include "base/span.h"
#include "kernel/proc.h"

bool proc_number(span s, unsigned base, uint64_t *ret)
{
	uint64_t value = 0;
	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = ascii_lower(s.p[i]);
		unsigned digit = ascii_digit(c)         ? (unsigned)(c - '0')
				 : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10
							: base;
		if (digit >= base || __builtin_mul_overflow(value, base, &value) ||
			__builtin_add_overflow(value, digit, &value))
			return false;
	}
	*ret = value;
	return true;
}

static int32_t small_number(span s)
{
	uint64_t number;
	return proc_number(span_trim(s), 10, &number) && number <= INT32_MAX ? (int32_t)number : -1;
}

/* Four ids with tabs between. */
static bool read_ids(span value, uint32_t *ret)
{
	span word;
	uint64_t id;
	for (int i = 0; i < 4; i++) {
		if (!span_word(&value, &word) || !proc_number(word, 10, &id) || id > UINT32_MAX)
			return false;
		ret[i] = (uint32_t)id;
	}
	return true;
}

static void read_pids(span value, proc_status *s)
{
	span word;
	s->pid_depth = 0;
	while (span_word(&value, &word)) {
		s->pid_depth++;
		s->pid_inner = small_number(word);
	}
}

static void read_set(span value, uint64_t *ret)
{
	proc_number(span_trim(value), 16, ret);
}

typedef enum status_key {
	KEY_NAME,
	KEY_STATE,
	KEY_PARENT,
	KEY_UID,
	KEY_GID,
	KEY_GROUPS,
	KEY_PIDS,
	KEY_KERNEL,
	KEY_THREADS,
	KEY_INHERITABLE,
	KEY_PERMITTED,
	KEY_EFFECTIVE,
	KEY_BOUNDING,
	KEY_AMBIENT,
	KEY_PRIVILEGES,
	KEY_SECCOMP,
	KEY_FILTERS,
	KEY_COUNT
} status_key;

/* In the order in which the kernel writes them. */
static const char *const keys[KEY_COUNT] = {"Name", "State", "PPid", "Uid", "Gid", "Groups", "NSpid",
	"Kthread", "Threads", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp",
	"Seccomp_filters"};

static void read_value(status_key key, span value, span line, proc_status *s, bool *known)
{
	switch (key) {
	case KEY_NAME:
		s->name = value;
		break;
	case KEY_STATE:
		s->state = value.n ? value.p[0] : 0;
		break;
	case KEY_PARENT:
		s->parent = small_number(value);
		break;
	case KEY_UID:
		*known = read_ids(value, s->uid);
		s->line[STATUS_UID] = line;
		break;
	case KEY_GID:
		read_ids(value, s->gid);
		s->line[STATUS_GID] = line;
		break;
	case KEY_GROUPS:
		s->groups = value;
		s->line[STATUS_GROUPS] = line;
		break;
	case KEY_PIDS:
		read_pids(value, s);
		break;
	case KEY_KERNEL:
		s->kernel_thread = span_is(value, "1");
		break;
	case KEY_THREADS:
		s->threads = small_number(value);
		break;
	case KEY_INHERITABLE:
		read_set(value, &s->inheritable);
		break;
	case KEY_PERMITTED:
		read_set(value, &s->permitted);
		break;
	case KEY_EFFECTIVE:
		read_set(value, &s->effective);
		break;
	case KEY_BOUNDING:
		read_set(value, &s->bounding);
		s->line[STATUS_BOUNDING] = line;
		break;
	case KEY_AMBIENT:
		read_set(value, &s->ambient);
		break;
	case KEY_PRIVILEGES:
		s->no_new_privileges = small_number(value);
		s->line[STATUS_NO_NEW_PRIVILEGES] = line;
		break;
	case KEY_SECCOMP:
		s->seccomp = small_number(value);
		s->line[STATUS_SECCOMP] = line;
		break;
	case KEY_FILTERS:
		s->seccomp_filters = small_number(value);
		break;
	case KEY_COUNT:
		break;
	}
}

bool proc_status_read(span bytes, proc_status *ret)
{
	proc_status s = {.no_new_privileges = -1, .seccomp = -1, .seccomp_filters = -1, .pid_depth = 1};
	span line;
	unsigned next = 0;
	bool known = false;
	while (next < KEY_COUNT && proc_line(&bytes, &line)) {
		size_t colon = span_find_byte(line, ':');
		if (colon == SPAN_NONE)
			continue;
		span key = span_sub(line, 0, colon), value = span_trim(span_from(line, colon + 1));
		for (unsigned i = next; i < KEY_COUNT; i++) {
			if (!span_is(key, keys[i]))
				continue;
			read_value((status_key)i, value, line, &s, &known);
			next = i + 1;
			break;
		}
	}
	if (known)
		*ret = s;
	return known;
}

bool proc_stat_started(span bytes, uint64_t *ret)
{
	enum { FIELDS_BEFORE = 19 }; /* of those behind the name, which is the second */
	size_t end = span_find_last(bytes, ')');
	span word;
	if (end == SPAN_NONE)
		return false;
	bytes = span_from(bytes, end + 1);
	for (int i = 0; i <= FIELDS_BEFORE; i++)
		if (!span_word(&bytes, &word))
			return false;
	return proc_number(word, 10, ret);
}

span proc_status_line(span bytes, const char *key)
{
	span line;
	while (proc_line(&bytes, &line)) {
		size_t colon = span_find_byte(line, ':');
		if (colon != SPAN_NONE && span_is(span_sub(line, 0, colon), key))
			return line;
	}
	return (span){0};
}

bool proc_stat_exiting(span bytes)
{
	enum { FLAGS = 7, EXITING = 0x4 }; /* the seventh behind the name, which may hold anything */
	size_t end = span_find_last(bytes, ')');
	span rest = end == SPAN_NONE ? (span){0} : span_from(bytes, end + 1), word = {0};
	uint64_t flags;
	if (rest.n && rest.p[0] == ' ')
		rest = span_from(rest, 1);
	for (int i = 0; i < FLAGS; i++)
		if (!span_cut(&rest, ' ', &word))
			return false;
	return proc_number(word, 10, &flags) && (flags & EXITING);
}
