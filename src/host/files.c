/* SPDX-License-Identifier: Apache-2.0
 *
 * Files of the engines: who owns them, who may do what to them, and whether the audit system watches them. Bits are compared one by one. */
#include "host/reader.h"

#include "base/buffer.h"
#include "base/limits.h"

static const struct {
	uint32_t bit;
	const char *words;
} bits[] = {
	{S_ISUID, "set-uid"},
	{S_ISGID, "set-gid"},
	{S_ISVTX, "sticky"},
	{S_IRUSR, "its owner may read it"},
	{S_IWUSR, "its owner may write it"},
	{S_IXUSR, "its owner may execute it"},
	{S_IRGRP, "its group may read it"},
	{S_IWGRP, "its group may write it"},
	{S_IXGRP, "its group may execute it"},
	{S_IROTH, "everybody may read it"},
	{S_IWOTH, "everybody may write it"},
	{S_IXOTH, "everybody may execute it"},
};

static span excess_words(uint32_t excess, arena *a)
{
	auto_buffer out = {0};
	for (size_t i = 0; i < sizeof bits / sizeof *bits; i++)
		if (excess & bits[i].bit)
			buffer_format(&out, "%s%s", out.n ? ", " : "", bits[i].words);
	return arena_copy(a, buffer_span(&out));
}

static void set_audited(item *i, const host_reader *r, const char *path)
{
	if (!r->audit_unknown)
		item_set_truth(i, MEMBER_host_file_audited,
			audit_rules_find(&r->audit[0], span_of(path)) ||
				audit_rules_find(&r->audit[1], span_of(path)));
	else
		item_set_text(i, MEMBER_host_file_reason, span_of(r->audit_unknown));
}

static item *add_item(host_page *p, const host_file_row *row, const char *path, origin at)
{
	arena *a = p->reader->arena;
	item *i = posture_add(p->posture, FACT_host_files, at, a);
	p->posture->host_files.known = KNOWN_ENFORCED;
	item_set_text(i, MEMBER_host_file_path, arena_copy(a, span_of(path)));
	item_set_text(i, MEMBER_host_file_kind, span_of(row->kind));
	return i;
}

static void add_known(host_page *p, const host_file_row *row, const char *path, const struct stat *s)
{
	arena *a = p->reader->arena;
	const accounts *known = &p->reader->accounts;
	uint32_t mode = s->st_mode & 07777;
	span owner = account_name(&known->users, s->st_uid, a);
	span group = account_name(&known->groups, s->st_gid, a);
	span words = arena_format(a, "%.*s:%.*s %04o", SPAN_ARG(owner), SPAN_ARG(group), mode);
	item *i = add_item(p, row, path, evidence_add(&p->seen, path, words));
	bool right_group = s->st_gid == 0 || p->owner || (row->group && span_is(group, row->group));
	item_set_text(i, MEMBER_host_file_owner, owner);
	item_set_text(i, MEMBER_host_file_group, group);
	item_set_number(i, MEMBER_host_file_mode, mode);
	item_set_truth(i, MEMBER_host_file_wrong_owner, s->st_uid != p->owner || !right_group);
	item_set_text(i, MEMBER_host_file_wanted_owner,
		arena_format(a, "%.*s:%s", SPAN_ARG(account_name(&known->users, p->owner, a)),
			row->group ? row->group : "root"));
	item_set_text(i, MEMBER_host_file_excess, excess_words(mode & ~row->mode, a));
	item_set_text(i, MEMBER_host_file_wanted_mode, arena_format(a, "%04o", row->mode));
	set_audited(i, p->reader, path);
}

static void add_unknown(host_page *p, const host_file_row *row, const char *path, const error *e)
{
	span reason = arena_copy(p->reader->arena, span_of(e->text));
	item *i = add_item(p, row, path, evidence_add(&p->seen, path, reason));
	item_set_text(i, MEMBER_host_file_reason, reason);
}

void host_file_add_once(host_page *p, const host_file_row *row, const char *path)
{
	if (!map_get(&p->reader->files, span_of(path)))
		host_file_add(p, row, path);
}

void host_file_add(host_page *p, const host_file_row *row, const char *path)
{
	error e;
	struct stat s;
	map_set(&p->reader->files, p->reader->arena, span_of(path), (void *)row);
	if (host_root_stat(&p->reader->root, path, &s, &e) >= 0) {
		add_known(p, row, path, &s);
		return;
	}
	if (e.code != ERROR_ABSENT)
		add_unknown(p, row, path, &e);
}

void host_files_add(host_page *p, const host_file_row *row, const char *folder, const char *ending)
{
	error e;
	host_names outer, inner;
	arena *a = p->reader->arena;
	const host_root *root = &p->reader->root;
	if (host_root_names(root, folder, a, &outer, &e) < 0) {
		if (e.code == ERROR_DENIED)
			add_unknown(p, row, folder, &e);
		return;
	}
	uint32_t most = LIMIT_HOST_FILES;
	for (uint32_t i = 0; i < outer.count && most; i++) {
		const char *path = arena_format(a, "%s/%s", folder, outer.items[i]).p;
		if (host_root_names(root, path, a, &inner, &e) < 0) {
			if (e.code == ERROR_DENIED)
				add_unknown(p, row, path, &e);
			continue;
		}
		for (uint32_t k = 0; k < inner.count && most; k++, most--)
			if (span_ends(span_of(inner.items[k]), span_of(ending)))
				host_file_add(p, row, arena_format(a, "%s/%s", path, inner.items[k]).p);
	}
}
