/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading users and groups. */
#include "host/accounts.h"

#include "base/buffer.h"
#include "base/limits.h"
#include "base/map.h"

static bool take_id(span field, uint32_t *ret)
{
	int64_t id;
	if (!span_int(field, &id) || id < 0 || id > UINT32_MAX)
		return false;
	*ret = (uint32_t)id;
	return true;
}

/* The n-th field of a line; empty past the last. */
static span field_of(span line, int n)
{
	for (; n > 0; n--) {
		size_t colon = span_find_byte(line, ':');
		line = colon == SPAN_NONE ? (span){0} : span_from(line, colon + 1);
	}
	return span_sub(line, 0, span_find_byte(line, ':'));
}

static void parse(span bytes, bool users, arena *a, account_list *ret)
{
	span line;
	while (span_cut(&bytes, '\n', &line) && ret->count < LIMIT_HOST_ACCOUNTS) {
		account one = {.name = field_of(line, 0)};
		if (!one.name.n || one.name.p[0] == '#' || !take_id(field_of(line, 2), &one.id))
			continue;
		if (users && !take_id(field_of(line, 3), &one.group))
			continue;
		if (!users)
			one.members = field_of(line, 3);
		list_push(a, ret, one);
	}
}

void accounts_parse(span passwd, span group, arena *a, accounts *ret)
{
	*ret = (accounts){0};
	parse(passwd, true, a, &ret->users);
	parse(group, false, a, &ret->groups);
}

span account_name(const account_list *list, uint32_t id, arena *a)
{
	list_each(const account, one, list)
		if (one->id == id)
			return one->name;
	return arena_format(a, "%u", id);
}

const account *account_find(const account_list *list, span name)
{
	list_each(const account, one, list)
		if (span_equal(one->name, name))
			return one;
	return NULL;
}

static void add_member(span name, map *seen, arena *a, buffer *out)
{
	if (!name.n || span_is(name, "root") || map_set(seen, a, name, seen))
		return;
	buffer_format(out, "%s%.*s", out->n ? ", " : "", SPAN_ARG(name));
}

span accounts_members(const accounts *from, const account *group, arena *a)
{
	auto_buffer out = {0};
	map seen = {0};
	span rest = group->members, member;
	while (span_cut(&rest, ',', &member))
		add_member(span_trim(member), &seen, a, &out);
	list_each(const account, user, &from->users)
		if (user->group == group->id && user->id != 0)
			add_member(user->name, &seen, a, &out);
	return arena_copy(a, buffer_span(&out));
}
