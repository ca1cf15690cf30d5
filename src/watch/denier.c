/* SPDX-License-Identifier: Apache-2.0
 *
 * By libbpf. The programs share the maps of the watching ones: what is a container, and where records go. Hooks of the security modules
 * (Linux with CONFIG_BPF_LSM and `bpf` in the list of modules) decide opens and execs, hooks of cgroup v2 connects. */
#include "watch/denier.h"

#include "base/files.h"
#include "base/memory.h"

#include "deny.skel.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { CGROUP2_MAGIC = 0x63677270 };

struct denier {
	struct deny_bpf *programs;
	struct bpf_link *connects[2];
	uint32_t hooks;
};

static int fail(error *e, int status, const char *what)
{
	const char *advice =
		status == -EPERM || status == -EACCES ? "; it takes root, or the capability NET_ADMIN" : "";
	return error_set(e, ERROR_SYSTEM, "denying calls: %s: %s%s", what, strerror(-status), advice);
}

/* Where cgroups of version 2 are mounted, alone or beside version 1; < 0: nowhere. In a container that is its own cgroup alone (which has
 * a cgroup.type, as every one but the first of the machine); the host's first process, if it is to be seen, has them all. */
static int cgroup_root(void)
{
	static const char *const places[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified",
		"/proc/1/root/sys/fs/cgroup", "/proc/1/root/sys/fs/cgroup/unified"};
	struct statfs fs;
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		int fd = open(places[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd >= 0 && fstatfs(fd, &fs) == 0 && fs.f_type == CGROUP2_MAGIC &&
			faccessat(fd, "cgroup.type", F_OK, 0) < 0)
			return fd;
		files_close(&fd);
	}
	return -1;
}

static int load(denier *d, const collector *c, bool modules)
{
	d->programs = deny_bpf__open();
	if (!d->programs)
		return -errno;
	const collector_maps maps = collector_maps_get(c);
	d->programs->rodata->unified = maps.unified;
	d->programs->rodata->own_pid = (uint32_t)getpid();
	bpf_map__reuse_fd(d->programs->maps.cgroups, maps.cgroups);
	bpf_map__reuse_fd(d->programs->maps.records, maps.records);
	bpf_map__reuse_fd(d->programs->maps.shares, maps.shares);
	bpf_map__reuse_fd(d->programs->maps.counters, maps.counters);
	bpf_program__set_autoload(d->programs->progs.deny_open, modules);
	bpf_program__set_autoload(d->programs->progs.deny_exec, modules);
	bpf_program__set_autoload(d->programs->progs.deny_connect, modules);
	bpf_program__set_autoattach(d->programs->progs.deny_connect4, false);
	bpf_program__set_autoattach(d->programs->progs.deny_connect6, false);
	return deny_bpf__load(d->programs);
}

/* --- clauses --- */

/* Whether what is looked up for one key is found for the other too, the kernel finding only the longest. */
static bool covers(const deny_key *wide, const deny_key *key)
{
	if (wide->kind != key->kind)
		return false;
	switch (wide->kind) {
	case DENY_KEY_PREFIX:
		return span_starts(key->text, wide->text);
	case DENY_KEY_SUFFIX:
		return span_ends(key->text, wide->text);
	case DENY_KEY_NAME:
		return span_equal(key->text, wide->text);
	case DENY_KEY_PORT:
		return key->number == wide->number;
	case DENY_KEY_ADDRESS:
		break;
	}
	uint32_t bytes = wide->number / 8, rest = wide->number % 8;
	uint8_t mask = (uint8_t)(0xff00u >> rest);
	return wide->number <= key->number && memcmp(wide->text.p, key->text.p, bytes) == 0 &&
	       (rest == 0 || ((wide->text.p[bytes] ^ key->text.p[bytes]) & mask) == 0);
}

static deny_bits bits_of(const deny_table *t, const deny_key *key)
{
	deny_bits ret = {0};
	list_each(const deny_entry, entry, &t->entries)
		if (covers(&entry->key, key)) {
			ret.must |= entry->bits.must;
			ret.must_not |= entry->bits.must_not;
		}
	return ret;
}

static int set(const struct bpf_map *map, const void *key, const deny_bits *bits)
{
	return bpf_map_update_elem(bpf_map__fd(map), key, bits, BPF_ANY);
}

static int entry_set(const denier *d, const deny_key *key, const deny_bits *bits)
{
	prefix_key prefix = {.bits = (uint32_t)key->text.n * 8};
	suffix_key suffix = {.bits = (uint32_t)key->text.n * 8};
	address_key address = {.bits = key->number};
	char name[16] = "";
	uint16_t port = (uint16_t)key->number;
	switch (key->kind) {
	case DENY_KEY_PREFIX:
		memcpy(prefix.text, key->text.p, key->text.n);
		return set(d->programs->maps.deny_prefixes, &prefix, bits);
	case DENY_KEY_SUFFIX:
		for (size_t i = 0; i < key->text.n; i++)
			suffix.text[i] = key->text.p[key->text.n - 1 - i];
		return set(d->programs->maps.deny_suffixes, &suffix, bits);
	case DENY_KEY_NAME:
		memcpy(name, key->text.p, key->text.n);
		return set(d->programs->maps.deny_names, name, bits);
	case DENY_KEY_ADDRESS:
		memcpy(address.address, key->text.p, key->text.n);
		return set(d->programs->maps.deny_addresses, &address, bits);
	case DENY_KEY_PORT:
		return set(d->programs->maps.deny_ports, &port, bits);
	}
	return 0;
}

static int clauses_set(const denier *d, const deny_table *t)
{
	uint32_t zero = 0;
	int status = bpf_map_update_elem(bpf_map__fd(d->programs->maps.config), &zero, &t->config, BPF_ANY);
	for (uint32_t i = 0; i < t->entries.count && status >= 0; i++) {
		deny_bits bits = bits_of(t, &t->entries.items[i].key);
		status = entry_set(d, &t->entries.items[i].key, &bits);
	}
	return status;
}

void denier_named(const denier *d, const deny_table *t, uint32_t pid, span name)
{
	deny_key key = {.kind = DENY_KEY_NAME, .text = name};
	deny_bits bits = bits_of(t, &key);
	/* Who has executed something since is known better there. */
	if (bits.must | bits.must_not)
		bpf_map_update_elem(bpf_map__fd(d->programs->maps.deny_named), &pid, &bits, BPF_NOEXIST);
}

/* --- the whole --- */

static void attach_connects(denier *d)
{
	int root = cgroup_root();
	if (root < 0)
		return;
	d->connects[0] = bpf_program__attach_cgroup(d->programs->progs.deny_connect4, root);
	d->connects[1] = bpf_program__attach_cgroup(d->programs->progs.deny_connect6, root);
	if (d->connects[0] && d->connects[1])
		d->hooks |= 1u << DENY_CONNECT;
	close(root);
}

/* Whether the hooks of security modules are called: without `bpf` in its list of modules the kernel attaches programs to them in vain. */
static bool modules_asked(const denier *d)
{
	int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0)
		close(fd);
	return d->programs->bss->hooks_called;
}

static int start(denier *d, const deny_table *t, const collector *c, error *e)
{
	int status = load(d, c, true);
	bool modules = status >= 0;
	if (status < 0) {
		deny_bpf__destroy(d->programs);
		status = load(d, c, false);
	}
	if (status < 0)
		return fail(e, status, "loading the programs into the kernel");
	status = clauses_set(d, t);
	if (status < 0)
		return fail(e, status, "what is denied");
	status = deny_bpf__attach(d->programs);
	if (status < 0)
		return fail(e, status, "attaching the programs");
	d->hooks |= modules && modules_asked(d) ? 1u << DENY_OPEN | 1u << DENY_EXEC | 1u << DENY_CONNECT : 0;
	attach_connects(d);
	return 0;
}

int denier_open(const deny_table *t, const collector *c, denier **ret, error *e)
{
	denier *d = memory_zeroed(1, sizeof *d);
	int status = start(d, t, c, e);
	if (status < 0) {
		denier_close(d);
		return status;
	}
	*ret = d;
	return 0;
}

void denier_close(denier *d)
{
	if (!d)
		return;
	bpf_link__destroy(d->connects[0]);
	bpf_link__destroy(d->connects[1]);
	deny_bpf__destroy(d->programs);
	free(d);
}

uint32_t denier_hooks(const denier *d)
{
	return d->hooks;
}
