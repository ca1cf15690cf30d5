/* SPDX-License-Identifier: Apache-2.0
 *
 * Users and groups as /etc/passwd and /etc/group have them (passwd(5), group(5)). Those of other name services are not seen. */
#pragma once

#include "base/arena.h"

typedef struct account {
	span name;
	uint32_t id;
	uint32_t group; /* of users: their first */
	span members;   /* of groups: names separated by commas */
} account;

typedef LIST(account) account_list;

typedef struct accounts {
	account_list users, groups;
} accounts;

/* Lines that are none are left out; spans point into the texts. */
void accounts_parse(span passwd, span group, arena *a, accounts *ret);

/* The name of an id, or the number as text. */
span account_name(const account_list *list, uint32_t id, arena *a);

/* By name; NULL when there is none. */
const account *account_find(const account_list *list, span name);

/* The users in a group, separated by ", ": its members and those whose first group it is; root is left out, who needs no group. */
span accounts_members(const accounts *from, const account *group, arena *a);
