/* SPDX-License-Identifier: Apache-2.0
 *
 * Users and groups of containers. */
#include "test.h"

#include "watch/accounts.h"

#include <unistd.h>

static bool reads(const char *line, bool group, account *ret)
{
	return accounts_read_line(span_of(line), group, ret);
}

TEST(a_user)
{
	account a;
	CHECK(reads("www-data:x:33:34:www-data:/var/www:/bin/sh", false, &a));
	CHECK_SPAN(a.name, "www-data");
	CHECK_SPAN(a.home, "/var/www");
	CHECK_SPAN(a.shell, "/bin/sh");
	CHECK_INT(a.id, 33);
	CHECK_INT(a.group, 34);
	CHECK(reads("x::1:2:::", false, &a));
	CHECK_SPAN(a.home, "");
}

TEST(no_user)
{
	account a;
	CHECK(!reads("", false, &a));
	CHECK(!reads("root", false, &a));
	CHECK(!reads("root:x:0", false, &a));
	CHECK(!reads("root:x:zero:0::/root:/bin/sh", false, &a));
	CHECK(!reads("root:x:0:zero::/root:/bin/sh", false, &a));
	CHECK(!reads("# root:x:0", false, &a));
}

TEST(a_group)
{
	account a;
	CHECK(reads("adm:x:4:one,two", true, &a));
	CHECK_SPAN(a.name, "adm");
	CHECK_INT(a.id, 4);
	CHECK(reads("adm:x:4", true, &a));
	CHECK(!reads("adm:x", true, &a));
	CHECK(!reads("adm:x:four:", true, &a));
}

TEST(an_unknown_container_has_root)
{
	accounts *all = accounts_new();
	const account *root = accounts_find(all, SPAN("0123456789ab"), false, 0);
	CHECK(root);
	CHECK_SPAN(root->name, "root");
	CHECK_SPAN(accounts_find(all, SPAN("0123456789ab"), true, 0)->name, "root");
	CHECK(!accounts_find(all, SPAN("0123456789ab"), false, 1));
	accounts_free(all);
}

/* This process is in no container of that id, whatever it is in: nothing of the machine is taken for a container's. */
TEST(nothing_is_learnt_of_others)
{
	accounts *all = accounts_new();
	accounts_learn(all, SPAN("0123456789ab"), getpid());
	accounts_learn(all, SPAN("0123456789ab"), -1);
	accounts_learn(all, SPAN(""), getpid());
	CHECK(!accounts_find(all, SPAN("0123456789ab"), false, 1));
	accounts_free(all);
	accounts_free(NULL);
}

TEST_MAIN()
