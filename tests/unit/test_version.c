/* SPDX-License-Identifier: Apache-2.0
 *
 * Version orders: chains of examples, every pair of which is compared; orders over generated versions are antisymmetric and transitive;
 * what is valid; hostile lengths. */
#include "test.h"

#include "advisories/version.h"

/* Each row an ecosystem and versions in ascending order: "a < b = c < d". */
static const struct {
	const char *ecosystem, *chain;
} chains[] = {
	{"Debian", "1.0~~ < 1.0~~a < 1.0~ < 1.0~rc1 < 1.0~rc1+b1 < 1.0 = 0:1.0 = 1.0-0 = 1.00 = 00:1.0-00 < "
		   "1.0-0+deb12u1 < 1.0-1~bpo12+1 < "
		   "1.0-1 < 1.0-1+b2 < 1.0-1.1 < 1.0-2 < 1.0-10 < 1.0a < 1.0+dfsg-1 < 1.0.1 < 1.2 < 1.10 < "
		   "1:0.1 < 2:0.0.1 < 10:0"},
	{"Ubuntu:22.04", "5.15.0-9 < 5.15.0-10 < 5.15.0-10ubuntu1~22.04 < 5.15.0-10ubuntu1 < 5.15.0-100"},
	{"dpkg", "2.4-3-1 < 2.4-3.1-1 < 2.4-10-1"},
	{"dpkg", "3z < 3:1 < 4:0"},
	{"Red Hat", "1.0~rc1 < 1.0~rc1^git2 < 1.0~rc2 < 1.0 = 1_0 = 1.00 = 0:1.0 < 1.0-1.el9 < 1.0-1.el9_2 < "
		    "1.0-1.el9_10 < 1.0-2 < "
		    "1.0^ < 1.0^20240101 < 1.0^20240101^1 < 1.0^20240202 < 1.0a < 1.0rc1 < 1.0.1 < 1.1 < "
		    "1.10 < 1:0.5 < 2:0.1"},
	{"Rocky Linux:9", "a < b < bb < 1 < 1.a = 1a < 1a.1 < 1.1 < 2"},
	{"openSUSE:Leap 15.6", "4.1 < 4.1- < 4.1-0 < 4.1-150600.3.2 < 4.1-150600.3.10"},
	{"Alpine:v3.20", "1.2_alpha < 1.2_alpha1 < 1.2_beta2 < 1.2_beta10 < 1.2_pre < 1.2_rc1_git5 < 1.2 < "
			 "1.2-r0 < 1.2-r1 = 1.2-r01 < 1.2-r10 < "
			 "1.2~beef < 1.2_cvs < 1.2_svn3 < 1.2_git20240101 < 1.2_hg < 1.2_p < 1.2_p0 < "
			 "1.2_p1_alpha < 1.2_p1 < 1.2_p2-r3 < "
			 "1.2a < 1.2b_rc1 < 1.2b < 1.2.0 < 1.2.03 < 1.2.1 < 1.2.10 < 1.3 < 2.0 < 10.0"},
	{"Wolfi", "3.05 < 3.050 < 3.06 < 3.1 < 3.4 < 03.5 < 3.10"},
	{"Alpine", "1.2_rc < 1.2 < 1.2_p"},
	{"npm", "1.0.0-0 < 1.0.0-1 < 1.0.0-9 < 1.0.0-10 < 1.0.0-9999999999999999999999 < 1.0.0-A < 1.0.0-a < "
		"1.0.0-a.1 < 1.0.0-a.1.0 < 1.0.0-a.b < "
		"1.0.0-a-b < 1.0.0-rc10 < 1.0.0-rc9 < 1.0.0 = 1.0.0+5 = v1.0.0+x < 1.0.1-0 < 1.2.0 < 1.10.0 "
		"< 18446744073709551616.0.0"},
	{"Go", "v0.0.0-20190101000000-aaaaaaaaaaaa < v0.0.0-20200101000000-000000000000 < "
	       "v1.2.3-pre.0.20200101000000-abcdefabcdef < v1.2.3 < "
	       "v1.2.4-0.20200101000000-abcdefabcdef < v1.2.4 < v2.0.0+incompatible"},
	{"crates.io", "1 = 1.0 = 1.0.0 < 1.1 < 1.1.1"},
	{"Pub", "2.1.0-dev < 2.1.0-dev+1 < 2.1.0 < 2.1.0+1 < 2.1.0+2 < 2.1.0+10 < 2.1.0+hotfix < "
		"2.1.0+hotfix.1 < 2.1.1"},
	{"NuGet", "1.0-a < 1.0-Beta = 1.0.0-beta+meta < 1.0-beta.2 < 1.0-beta.11 < 1.0-beta.x < 1.0-RC < 1.0 "
		  "= 1.0.0.0 = 01.0+abc < 1.0.0.1-z < 1.0.0.1 < "
		  "1.0.0.10 < 1.0.1"},
	{"PyPI", "5.dev0 < 5.dev1 < 5a.dev2 < 5a0 = 5.0-alpha = 5.0_A_0 < 5a1.dev9 < 5a1 < 5a1.post1 < 5b2 = "
		 "5.0.beta.2 < 5rc1 = 5c1 = 5.pre1 = 5-preview1 < 5 = "
		 "v5.0.0 = 5.0 < 5+abc = 5+ABC < 5+abc.1 < 5+2 < 5+10 = 5.0+010 < 5.post0.dev1 < 5.post0 = "
		 "5.post = 5-r0 < 5-1 = 5.post1 = 5rev1 < 5.post1+x < 5.0.1 < "
		 "5.10 < 1!0.1 < 2!0"},
	{"PyPI", "2004d-x < 2005b_y < 0.1"},
	{"PyPI", "0.7-zebra = 0.7.0-zebra < 0.7-1x < 0.9-apple < 0.9-pear < 0.0.1"},
	{"Maven", "3-alpha = 3-ALPHA < 3-alpha-1 = 3a1 = 3.0-alpha1 < 3-alpha2 < 3-alpha-10 < 3-beta < 3-b1 "
		  "< 3-milestone < 3m2 < 3-cr = 3-rc < 3-rc-1 < "
		  "3-rc10 < 3-SNAPSHOT < 3 = 3.0 = 3-ga = 3.FINAL = 3.0.0-release = 3.-0 < 3-sp < 3-sp1 < "
		  "3-jre < 3-zz < 3-1 = 3-ga-1 < 3-1.1 < 3-2 < 3-10 < 3.0.1-rc < 3.0.1 < 3.1 < "
		  "3.1.1 < 99999999999999999999999.1"},
	{"Maven", "2.4.Beta1 < 2.4.RC1 < 2.4.Final = 2.4 < 2.4.SP1"},
	{"RubyGems", "2.0.a < 2.0.a.1 < 2.0.a.2 < 2.0.a.10 < 2.0.b = 2.b.0 < 2.0-1 = 2.0.pre.1 < 2.0-2 < "
		     "2.0.rc < 2 = 2.0 = 2.0.0.0 < 2.0.0.1 < 2.0.1.pre < 2.0.1 < "
		     "2.1 < 2.10 < 10"},
	{"RubyGems", "0 = 0.0 < 0.0.1"},
	{"Packagist",
		"1.x < 1.dev < 1.0-dev < 1.0-dev3 < 1.0a < 1.0-alpha1 = 1.0.alpha.1 = v1.0a1 = V1.0_a1"},
	{"Packagist", "dev-main < 1 < 1.0-dev < 1.0-alpha = 1.0a < 1.0-alpha2 < 1.0-alpha10 < 1.0-beta < "
		      "1.0-RC1 = 1.0rc1 = v1.0.RC.1 < 1.0 < 1.0.0 < "
		      "1.0.1 < 1.0-p1 = 1.0pl1 = 1.0-patch1 < 1.1 < 1.10 < v2"},
	{"CRAN", "0.9 < 0.9.0 = 0-9-0 < 0.9-1 = 0.9.01 < 0.9-10 < 0.10 < 1.0-0 < 1.0-0.1 < 2.0"},
	{"Bioconductor:3.18", "1.2.3 < 1.2.10 < 1.10.0"},
	{"Hackage", "0 < 0.1 < 0.1.0 < 0.1.0.0 < 0.1.1 < 0.2 < 0.10 < 1.0 < 123456789012345678901234567890"},
};

typedef struct chain_item {
	span version;
	int level; /* equal versions share one */
} chain_item;

enum { CHAIN_ITEMS = 64 };

static int chain_read(span chain, chain_item *items)
{
	int count = 0, level = 0;
	span word;
	while (count < CHAIN_ITEMS && span_word(&chain, &word)) {
		items[count++] = (chain_item){word, level};
		if (span_word(&chain, &word))
			level += span_is(word, "<");
	}
	return count;
}

static int sign(int x)
{
	return (x > 0) - (x < 0);
}

TEST(version_chains)
{
	for (size_t row = 0; row < sizeof chains / sizeof *chains; row++) {
		const version_order *order = version_order_find(span_of(chains[row].ecosystem));
		chain_item items[CHAIN_ITEMS];
		int count = chain_read(span_of(chains[row].chain), items);
		CHECK(order && count > 1);
		for (int i = 0; i < count * count; i++) {
			chain_item a = items[i / count], b = items[i % count];
			int got = version_compare(order, a.version, b.version);
			if (got != sign(a.level - b.level))
				TEST_FAIL("%s: %.*s %c %.*s", chains[row].ecosystem, SPAN_ARG(a.version),
					"<=>"[got + 1], SPAN_ARG(b.version));
		}
	}
}

/* What versions of each ecosystem are put together from; Maven's without what makes its known circles: a qualifier behind a dot. */
static const struct {
	const char *ecosystem;
	const char *pieces[24];
} kits[] = {
	{"Debian", {"1", "0", "00", "10", ".", "~", "-", "+", "a", "Z", ":", "rc1", "1:", "é"}},
	{"Red Hat", {"1", "0", "01", "10", ".", "~", "-", "^", "_", "a", "Z", ":", "rc1", "1:", "é"}},
	{"Alpine", {"1", "0", "02", "20", ".1", ".0", ".01", ".", "_rc", "_p1", "_git", "_x", "a", "b", "-r1",
			   "-r", "~ab", "A"}},
	{"npm", {"1", "0", "10", ".1", ".0", "-", ".", "+", "a", "B", "v", "-rc.1", "x"}},
	{"Pub", {"1", "0", "10", ".1", ".0", "-", ".", "+", "a", "B", "v", "-rc.1", "x"}},
	{"NuGet", {"1", "0", "10", ".1", ".0", "-", ".", "+", "a", "B", "v", "-rc.1", "x"}},
	{"PyPI", {"1", "0", "10", ".1", ".0", "a1", "b", "rc", ".post1", ".dev0", "-1", "+x", "!", "-", "_",
			 "final", "pre", "-g"}},
	{"Maven", {"10", "1", "0", ".1", ".0", "-alpha", "-a1", "-rc", "-ga", "-1", "-0", "-", "-sp", "-x",
			  "rc1", "SNAPSHOT"}},
	{"RubyGems", {"1", "0", "10", ".1", ".0", ".a", ".b", "-", "rc1", "pre", ".", "+"}},
	{"Packagist", {"1", "0", "10", ".1", ".0", "-dev", "a", "beta", "RC", "-", "p1", "v", "x", "+", "."}},
	{"CRAN", {"1", "0", "10", ".1", ".0", "-1", "-", ".", "a"}},
	{"Hackage", {"1", "0", "10", ".1", ".0", "-1", ".", "a"}},
};

static uint32_t random_next(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

typedef struct made {
	char bytes[80];
	span version;
} made;

/* The first three pieces of a kit are numbers. */
static void version_make(const char *const *pieces, bool begins_with_number, uint32_t *state, made *ret)
{
	uint32_t count = 0, wanted = 1 + random_next(state) % 6;
	while (pieces[count])
		count++;
	size_t n = 0;
	for (uint32_t i = 0; i < wanted; i++) {
		bool first = i == 0 && begins_with_number;
		span piece = span_of(pieces[first ? random_next(state) % 3 : random_next(state) % count]);
		memcpy(ret->bytes + n, piece.p, piece.n);
		n += piece.n;
	}
	ret->version = (span){ret->bytes, n};
}

/* Every two and every three versions of a random set agree. */
TEST(version_orders_hold)
{
	enum { VERSIONS = 40, ROUNDS = 20 };
	static made made_versions[VERSIONS];
	static int order_of[VERSIONS][VERSIONS];
	uint32_t state = 1;
	for (size_t i = 0; i < ROUNDS * sizeof kits / sizeof *kits; i++) {
		const char *name = kits[i / ROUNDS].ecosystem;
		const version_order *order = version_order_find(span_of(name));
		for (int a = 0; a < VERSIONS; a++)
			version_make(kits[i / ROUNDS].pieces, strcmp(name, "Maven") == 0, &state,
				&made_versions[a]);
		for (int a = 0; a < VERSIONS * VERSIONS; a++)
			order_of[a / VERSIONS][a % VERSIONS] = version_compare(order,
				made_versions[a / VERSIONS].version, made_versions[a % VERSIONS].version);
		for (int k = 0; k < VERSIONS * VERSIONS * VERSIONS; k++) {
			int a = k / VERSIONS / VERSIONS, b = k / VERSIONS % VERSIONS, c = k % VERSIONS;
			bool antisymmetric = order_of[a][b] == -order_of[b][a];
			bool transitive =
				order_of[a][b] > 0 || order_of[b][c] > 0 ||
				order_of[a][c] ==
					(order_of[a][b] < order_of[b][c] ? order_of[a][b] : order_of[b][c]);
			if (!antisymmetric || !transitive)
				TEST_FAIL("%s: '%.*s' '%.*s' '%.*s'", name,
					SPAN_ARG(made_versions[a].version),
					SPAN_ARG(made_versions[b].version),
					SPAN_ARG(made_versions[c].version));
		}
	}
}

static const struct {
	const char *ecosystem, *valid, *invalid;
} validity[] = {
	{"Debian", "1 1.0-1 1:2.0~rc1+dfsg-3.1 2-3-4 1:1:1-1", "a x1 1_0 :1 1.0- 1:2:é b:1 1/2"},
	{"Red Hat", "1 1.0-1.el9 4:1.0~rc1^git2-3", "1- 1-2-3 a:1 é"},
	{"Alpine", "1 1.2.3 1.2a 1.2_rc1_p2 1.2~0af-r3 1-r0",
		"a .1 1..2 1.2ab 1.2A 1_foo 1-1 1.2a3 1-r 1-r1_p1 1~"},
	{"npm", "1.2.3 v1.2.3 1.0.0-a.1-b+001.x 0.0.0",
		"1 1.2 01.2.3 1.2.3.4 1.2.3- 1.2.3-01 1.2.3-a..b 1.2.3+ vv1.2.3 1.2.3beta V1.2.3"},
	{"Pub", "1.2.3 1.2.3-a+1", "v1.2.3 1.2"},
	{"NuGet", "1 1.2 1.2.3.4 01.2-beta.01+x", "a 1.2.3.4.5 1.2- v1"},
	{"PyPI", "1 v1.0 1!2.0a1.post2.dev3+a.1 1.0-1 1.0.RC1 2024.1",
		"a 1.0-x 1.0+ 1.0+a..b 1..0 1! .1 1!.0"},
	{"RubyGems", "1 1.2.a 1.0-x.y 0", "a 1..2 1. 1_2 1.0-"},
	{"CRAN", "1.0 1-2.3 0.01", "1 1. 1.a a"},
	{"Hackage", "1 1.0.10 0", "01 1. 1.a 1-2"},
};

TEST(version_validity)
{
	for (size_t row = 0; row < sizeof validity / sizeof *validity; row++) {
		const version_order *order = version_order_find(span_of(validity[row].ecosystem));
		span valid = span_of(validity[row].valid), invalid = span_of(validity[row].invalid), word;
		while (span_word(&valid, &word))
			if (!version_valid(order, word))
				TEST_FAIL("%s: %.*s is valid", validity[row].ecosystem, SPAN_ARG(word));
		while (span_word(&invalid, &word))
			if (version_valid(order, word))
				TEST_FAIL("%s: %.*s is not valid", validity[row].ecosystem, SPAN_ARG(word));
	}
}

TEST(version_empty)
{
	for (const version_ecosystem *row = version_ecosystems; row->name; row++) {
		CHECK(version_compare(row->order, SPAN(""), (span){0}) == 0);
		CHECK(version_compare(row->order, SPAN("2.1"), (span){0}) == 1);
		CHECK(version_valid(row->order, SPAN("")) ==
			(strcmp(version_order_name(row->order), "rubygems") == 0));
	}
}

TEST(version_ecosystem_names)
{
	CHECK(version_order_find(SPAN("Debian:12")) == version_order_find(SPAN("dpkg")));
	CHECK(version_order_find(SPAN("redhat")) ==
		version_order_find(SPAN("Red Hat:enterprise_linux:9::appstream")));
	CHECK(version_order_find(SPAN("alpine:v3.19")) == version_order_find(SPAN("apk")));
	CHECK(version_order_find(SPAN("Crates.IO")) == version_order_find(SPAN("semver")));
	CHECK(version_order_find(SPAN("Debia")) == NULL);
	CHECK(version_order_find(SPAN("")) == NULL);
	CHECK(version_order_find(SPAN(":12")) == NULL);
}

/* Long runs of everything that makes an order look ahead: a quadratic one would not end. */
TEST(version_hostile_lengths)
{
	enum { LENGTH = 1 << 18 };
	static const char *const repeated[] = {"0", "9", ".0", "-", "-0", "0-", ".", "~", "^", "a", "1a",
		".ga", "-ga", "_p1", ".0.a", "0-.", "é"};
	char *bytes = malloc(LENGTH);
	CHECK(bytes);
	for (size_t i = 0; i < sizeof repeated / sizeof *repeated; i++) {
		span piece = span_of(repeated[i]);
		for (size_t at = 0; at < LENGTH; at++)
			bytes[at] = piece.p[at % piece.n];
		bytes[0] = '1';
		span whole = {bytes, LENGTH};
		for (const version_ecosystem *row = version_ecosystems; row->name; row++) {
			if (row != version_ecosystems && row->order == row[-1].order)
				continue;
			version_compare(row->order, whole, span_sub(whole, 0, LENGTH - 1));
			version_valid(row->order, whole);
		}
	}
	free(bytes);
}

TEST_MAIN()
