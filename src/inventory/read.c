/* SPDX-License-Identifier: Apache-2.0
 *
 * What is looked at in an image while its layers go by: files that speak of packages, executables, and texts that may hold secrets. A file is
 * seen once; nothing of its bytes is kept. */
#include "inventory/pack.h"

#include "base/memory.h"

#include <pthread.h>
#include <stdlib.h>

enum {
	EXECUTABLE_BYTES =
		8192, /* smaller ones hold no runtime of a language, nor are they one of the known programs */
	POOL_MAX = 64, /* as many as threads may be asked for */
};

struct inventory_reader {
	const secret_rules *rules;
	const secret_allow *allow;
	layer_cache *cache; /* or NULL */
	arena arena;
	package_finder *finder;
	pthread_mutex_t lock;
	secret_scratch *pool[POOL_MAX];
	uint32_t pooled;
};

inventory_reader *inventory_reader_new(
	const secret_rules *rules, const secret_allow *allow, layer_cache *cache)
{
	inventory_reader *r = memory_zeroed(1, sizeof *r);
	*r = (inventory_reader){.rules = rules, .allow = allow, .cache = cache};
	r->finder = package_finder_new(&r->arena);
	pthread_mutex_init(&r->lock, NULL);
	return r;
}

void inventory_reader_free(inventory_reader *r)
{
	if (!r)
		return;
	while (r->pooled)
		secret_scratch_free(r->pool[--r->pooled]);
	pthread_mutex_destroy(&r->lock);
	arena_done(&r->arena);
	free(r);
}

const secret_rules *reader_rules(const inventory_reader *r)
{
	return r->rules;
}

const secret_allow *reader_allow(const inventory_reader *r)
{
	return r->allow;
}

secret_scratch *scratch_take(inventory_reader *r)
{
	secret_scratch *ret = NULL;
	pthread_mutex_lock(&r->lock);
	if (r->pooled)
		ret = r->pool[--r->pooled];
	pthread_mutex_unlock(&r->lock);
	return ret ? ret : secret_scratch_new(r->rules);
}

void scratch_give(inventory_reader *r, secret_scratch *s)
{
	pthread_mutex_lock(&r->lock);
	if (r->pooled < POOL_MAX) {
		r->pool[r->pooled++] = s;
		s = NULL;
	}
	pthread_mutex_unlock(&r->lock);
	secret_scratch_free(s);
}

/* --- one file --- */

static bool may_be_program(const tar_entry *entry)
{
	return entry->type == TAR_FILE && entry->mode & 0111 && entry->size >= EXECUTABLE_BYTES;
}

static bool wanted(void *of, const tar_entry *entry)
{
	const inventory_reader *r = of;
	if (package_finder_wants(r->finder, entry->name) || may_be_program(entry))
		return true;
	return r->rules && entry->type == TAR_FILE && secret_wanted(entry->name, entry->size);
}

static bool is_elf(span bytes)
{
	return span_starts(bytes, SPAN("\x7f"
				       "ELF"));
}

static const secret_result *read_secrets(inventory_reader *r, const tar_entry *entry, span bytes, arena *a)
{
	if (!r->rules || !secret_wanted(entry->name, entry->size) || secret_sniff(bytes) == SECRET_BINARY)
		return NULL;
	secret_result found = {0};
	secret_scratch *s = scratch_take(r);
	secret_scan(s, entry->name, bytes, r->allow, a, &found);
	scratch_give(r, s);
	if (found.found.count == 0 && found.problems.count == 0)
		return NULL;
	secret_result *ret = ARENA_NEW(a, secret_result);
	*ret = found;
	return ret;
}

static void *found(void *of, arena *a, const tar_entry *entry, span bytes)
{
	inventory_reader *r = of;
	bool elf = is_elf(bytes);
	reading got = {0};
	if (elf && entry->mode & 0111)
		got.packages = package_read_executable(entry->name, bytes, a);
	else if (package_finder_wants(r->finder, entry->name))
		got.packages = package_read(entry->name, bytes, a);
	if (!elf)
		got.secrets = read_secrets(r, entry, bytes, a);
	if (!got.packages && !got.secrets)
		return NULL;
	reading *ret = ARENA_NEW(a, reading);
	*ret = got;
	return ret;
}

static bool recall(void *of, span diff_id, arena *a, span *ret)
{
	const inventory_reader *r = of;
	return layer_cache_get(r->cache, diff_id, a, ret);
}

static void keep(void *of, span diff_id, span bytes)
{
	const inventory_reader *r = of;
	layer_cache_put(r->cache, diff_id, bytes);
}

image_reader inventory_reader_hooks(inventory_reader *r)
{
	image_reader ret = {.wanted = wanted, .found = found, .of = r};
	if (r->cache) {
		ret.recall = recall;
		ret.keep = keep;
		ret.pack = reading_pack;
		ret.unpack = reading_unpack;
	}
	return ret;
}
