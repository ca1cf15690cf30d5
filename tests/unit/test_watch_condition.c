/* SPDX-License-Identifier: Apache-2.0
 *
 * Falco's conditions: what they mean, and what is refused with which words. What its own tests say of parsing is compared in
 * tests/system/conditions.py. */
#include "test.h"

#include "expression/service.h"
#include "expression/tree.h"
#include "watch_fields.h"

static const subject values = {.get = test_get, .absent_is_false = true};

static const struct {
	const char *condition;
	bool want;
} rows[] = {
	{"c.true=1", true},
	{"not c.true=1", false},
	{"not(not(not c.true=1))", false},
	{"c.false=1 or c.false=1 and not c.true=1", false},
	{"c.true=1 or c.true=1 and c.false=1", true},
	{"(c.true=1 or c.true=1) and c.false=1", false},

	/* What nobody knows makes every comparison false. */
	{"c.none = x", false},
	{"c.none != x", false},
	{"not c.none = x", true},
	{"not c.none != x", true},
	{"c.none exists", false},
	{"not c.none exists", true},
	{"c.none in (x, y)", false},
	{"c.none != val(c.text)", false},
	{"c.text != val(c.none)", false},
	{"concat(c.text, c.none) exists", false},
	{"c.text in ()", false},

	{"c.text = Hello.World", true},
	{"c.text == Hello.World", true},
	{"c.text != Hello", true},
	{"c.text contains lo.W", true},
	{"c.text icontains LO.w", true},
	{"c.text startswith Hello", true},
	{"c.text startswith ello", false},
	{"c.text endswith World", true},
	{"c.text in (a, b, c, d, Hello.World)", true},
	{"c.text in (a, b, c, d, Hello.Worl)", false},
	{"c.text intersects (Hello.World)", true},
	{"c.text < 1", false},
	{"c.text >= 1", true},

	{"c.text glob Hello*", true},
	{"c.text glob hello*", false},
	{"c.text iglob hello*", true},
	{"c.text glob Hel[!m]o?World", true},
	{"c.text glob 'Hel[^l]o*'", false},
	{"c.text glob \"Hello\\\\.*\"", true},
	{"c.text glob Hello[", false},
	{"c.path glob /opt/*/file", true}, /* a star goes over slashes */
	{"c.text iglob '[G-I]ELLO*'", true},
	{"c.text iglob '[g-i]ELLO*'", true},

	{"c.text regex 'Hello.World'", true},
	{"c.text regex 'Hello'", false}, /* all of it must match */
	{"c.text regex 'World'", false},
	{"c.text regex '^H.*d$'", true},
	{"c.text regex 'Hel|Hello.World'", true},

	{"c.path pmatch (/opt/dir)", true},
	{"c.path pmatch (/opt/dir/)", true},
	{"c.path pmatch (/opt/di)", false},
	{"c.path pmatch (/, /a, /b, /d)", true},
	{"c.text pmatch (/)", false},
	{"c.text pmatch (/, /a, /b, /d)", false},
	{"c.path pmatch (/opt/dir/sub/file)", true},
	{"c.path pmatch (/opt/dir/sub/file/more)", false},
	{"c.path pmatch (/opt/di?/sub)", true},
	{"c.path pmatch (/opt/di[!r]/sub)", false},
	{"c.path pmatch (/opt/*/sub)", true},
	{"c.path pmatch (/*/sub)", false}, /* a star does not go over slashes */
	{"c.path pmatch (/)", true},
	{"c.path pmatch (/a, /b, /c, /d, /opt/dir)", true},
	{"c.path pmatch (/a, /b, /c, /d, /opt/di)", false},
	{"c.path pmatch (/a, /b, /c, /d, /)", true},
	{"c.path startswith anyof (/a, /b, /opt)", true},

	{"c.small = 4294967290", true},
	{"c.small = -6", true}, /* wraps in 32 bits */
	{"c.small > 1", true},
	{"c.huge > 18446744073709551614", true},
	{"c.huge < 1", false},
	{"c.minus < 0", true},
	{"c.minus > -6", true},
	{"c.minus in (1, -5)", true},
	{"c.true = 4294967297", true}, /* 32 bits of it */
	{"c.bool = true", true},
	{"c.bool != true", false},
	{"c.bool in (false)", false},
	{"c.real > 2.25", true},
	{"c.real = 2.5", true},
	{"c.opaque exists", false},

	{"c.bytes contains ello", true},
	{"c.bytes bcontains 6100", true},
	{"c.bytes bcontains 006865", true},
	{"c.bytes bcontains 2020", false},
	{"c.bytes bstartswith 6100", true},
	{"c.bytes bstartswith 68", false},
	{"c.bytes endswith llo", true},
	{"c.bytes = \"a\\x00hello\"", true},
	{"c.bytes in (a, \"a\\x00hello\")", true},

	{"c.v4 = 10.0.0.1", true},
	{"c.v4 != 10.0.0.1", false},
	{"c.v4 = '::1'", false},
	{"c.v4 != '::1'", true},
	{"c.v6 = 2001:4860::8888", true},
	{"c.v6 in (10.0.0.1, 2001:4860:0:0:0:0:0:8888)", true},
	{"c.ends = 10.0.0.1", true},
	{"c.ends = 192.168.1.2", true},
	{"c.ends != 192.168.1.2", false},
	{"c.ends != 192.168.1.3", true},
	{"c.ends in (1.1.1.1, 10.0.0.1)", true},
	{"c.ends == allof (10.0.0.1, 192.168.1.2)", true},
	{"c.ends == allof (10.0.0.1, 192.168.1.3)", false},
	{"c.ends == oneof (10.0.0.1, 192.168.1.2)", false},
	{"c.ends != anyof (10.0.0.1)", false},
	{"c.ends != anyof (10.0.0.1, 10.0.0.2)", true},
	{"c.nets = 192.168.0.0/16", true},
	{"c.nets = 172.16.0.0/12", false},
	{"c.nets != 10.0.0.0/8", false},
	{"c.nets != 'fe80::/10'", true}, /* of another family */
	{"c.nets in (1.0.0.0/8, 10.0.0.0/31)", true},
	{"c.nets = 0.0.0.0/0", true},
	{"c.net6 = 2001:4860::/33", true},
	{"c.net6 = 2001:4860:8000::/33", false},
	{"c.net6 = 10.0.0.0/8", false},
	{"c.ports = 443", true},
	{"c.ports = https", true},
	{"c.ports = ssh", false},
	{"c.ports != https", false},
	{"c.ports in (22, 443)", true},
	{"c.ports > 50000", true},
	{"c.ports = 65979", true}, /* 16 bits of it */

	{"c.list in (bash, sshd, init, more)", true},
	{"c.list in (bash, sshd)", false},
	{"c.list intersects (zsh, init)", true},
	{"c.list exists", true},
	{"c.empty intersects (x)", false},
	{"c.empty exists", false},
	{"len(c.list) = 3", true},
	{"len(c.empty) = 0", true},
	{"c.list in val(c.list)", true},
	{"c.list intersects val(c.text)", false},
	{"c.names = sshd", true},
	{"c.names in (zsh, init)", true},
	{"c.names in (zsh, ksh)", false},
	{"c.names != sshd", true}, /* some ancestor is another */
	{"not c.names = zsh", true},
	{"c.names startswith ss", true},

	{"c.text = oneof (a, Hello.World)", true},
	{"c.text = oneof (Hello.World, Hello.World)", false},
	{"c.text = anyof ()", false},
	{"c.text != allof ()", false},
	{"c.text contains allof (Hello, World)", true},
	{"c.text != oneof (Hello.World, x)", true},
	{"c.text regex anyof (x, 'H.*')", true},

	{"tolower(c.text) = hello.world", true},
	{"toupper(tolower(c.text)) = HELLO.WORLD", true},
	{"basename(c.path) = file", true},
	{"b64(c.base64) = hello", true},
	{"b64(c.text) exists", false}, /* it is no base 64 */
	{"len(c.text) = 11", true},
	{"len(c.bytes) > 6", true},
	{"len(c.none) = 0", false},
	{"join(\"-\", (c.text, c.arg[x])) = Hello.World-x", true},
	{"join(\",\", ()) = \"\"", true},
	{"join(\"-\", (\"a\", join(\"+\", (\"b\", toupper(\"c\"))))) = a-b+C", true},
	{"concat(\"a\", \"b\", c.arg[c]) = abc", true},
	{"len(concat(c.text, c.text)) = 22", true},
	{"c.text = val(c.text)", true},
	{"c.text = val(c.path)", false},
	{"toupper(c.text) = toupper(c.text)", true},
	{"c.small > val(c.huge)", false},
	{"c.text endswith basename(c.path)", false},
	{"c.path endswith basename(c.path)", true},
	{"c.arg[x] = x", true},

	{"getopt((\"-thello\"), \"t:\") intersects (\"hello\")", true},
	{"getopt((\"-n\", \"--\", \"-t\"), \"nt:\") intersects (\"t\")", false},
	{"getopt((\"-x\", \"-n\"), \"n\") intersects (\"?\")", true},
	{"getopt((\"-x\", \"-n\"), \"n\") intersects (\"x\")", false},
	{"getopt((\"-abc\", \"value\"), \"abc:\") intersects (\"value\")", true},
	{"getopt((\"-t\", \"-123\"), \"t:\")[t] = -123", true},
	{"getopt((\"-t\", \"v1\", \"-t\", \"v2\"), \"t:\")[t] = v2", true},
	{"getopt((\"-n\", \"-t\"), \"nt:\")[t] = \"\"", true},
	{"getopt((\"-n\", \"-t\"), \"nt:\")[n] = n", true},
	{"getopt((\"file\", \"-n\"), \"n\") exists", false},
};

static int compiled(const char *condition, arena *a, const expression **ret, condition_fault *fault)
{
	const condition_options options = {.depth = 100};
	const struct condition *tree;
	error e;
	TRY(condition_parse(span_of(condition), &options, a, &tree, fault, &e));
	return expression_compile_tree(tree, &test_words, a, ret, fault);
}

TEST(meanings)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		arena a = {0};
		const expression *x;
		condition_fault fault;
		if (compiled(rows[i].condition, &a, &x, &fault) < 0)
			TEST_FAIL("%s: %.*s", rows[i].condition, SPAN_ARG(fault.text));
		verdict got = expression_eval(x, &values, NULL);
		arena_done(&a);
		if (got != (rows[i].want ? VERDICT_TRUE : VERDICT_FALSE))
			TEST_FAIL("%s is %d", rows[i].condition, got);
	}
}

static const struct {
	const char *condition;
	uint32_t at;
	const char *says;
} faults[] = {
	{"c.true = 1 and some_macro", 15, "filter error: unexpected identifier 'some_macro'"},
	{"c.true = 1 and c.nope = 1", 15, "filter_check called with nonexistent field c.nope"},
	{"c.text[1] = x", 0, "filter_check called with nonexistent field c.text[1]"},
	{"c.arg = x", 0, "an argument is missing"},
	{"c.true contains 1", 0, "filter error: 'contains' operator not supported for numeric filters"},
	{"c.bool > 1", 0, "filter error: '>' operator not supported for numeric filters"},
	{"c.text bcontains 41", 0, "filter error: 'bcontains' operator not supported for string filters"},
	{"c.bytes glob x", 0, "filter error: 'glob' operator not supported for buffer filters"},
	{"c.v4 < 1", 0, "filter error: '<' operator not supported for ip address and network filters"},
	{"c.v4 startswith anyof (x)", 0,
		"filter error: 'startswith' with modifier not supported for ip address and network filters"},
	{"c.list = x", 0, "filter error: '=' operator not supported list filters"},
	{"c.opaque = x", 0, "filter error: '=' operator not supported for type 'SOCKADDR'"},
	{"c.true = 1 or c.true = 0x1", 14, "0x1 is not a valid number"},
	{"c.true = 0x1", 0, "0x1 is not a valid number"},
	{"c.true = 99999999999999999999", 0, "99999999999999999999 is not a valid number"},
	{"c.real = 1x", 0, "1x is not a valid number"},
	{"c.bool = 1", 0, "filter error: unrecognized boolean value 1"},
	{"c.text = \"\\x00\"", 0, "filter error: filter value cannot contain a NUL byte (\\x00)"},
	{"c.text regex '('", 0, NULL},
	{"c.bytes bcontains 2g", 0,
		"filter error: bcontains and bstartswith operator support hex strings only"},
	{"c.bytes bcontains 2", 0,
		"filter error: bcontains and bstartswith operator support hex strings only"},
	{"c.v4 = 1.2.3", 0, "unrecognized IPv4 address 1.2.3"},
	{"c.v4 = x", 0, "unrecognized IPv6 address x"},
	{"c.nets = 1.2.3.4", 0, "unrecognized IP network 1.2.3.4"},
	{"c.nets = 1.2.3.4/33", 0, "invalid netmask 33"},
	{"c.nets = private", 0, "invalid v6 netmask: private"},
	{"c.nets = ::1/129", 0, "invalid v6 netmask 129"},
	{"c.ports = nosuch", 0, "unrecognized protocol nosuch"},
	{"c.nets = val(c.nets)", 0, "field type 'IPNET' doesn't support right-hand side fields"},
	{"c.ends = val(c.v4)", 0, "field 'c.ends' doesn't support right-hand side fields"},
	{"c.v4 = val(c.ends)", 0, "field 'c.ends' can't be used as a right-hand side field"},
	{"c.text regex val(c.path)", 0, "operator 'REGEX' doesn't support right-hand side fields"},
	{"c.text = val(c.true)", 0, NULL},
	{"tolower(c.true) = 1", 0,
		"can't add field transformer: type 'INT32' is not supported by 'tolower' transformer applied on field 'c.true'"},
	{"tolower(c.names) = x", 0, "field 'c.names' does not support transformers"},
	{"c.text = val(c.path)[x]", 0, "filter error: transformer 'val' does not support field arguments"},
	{"join(\"-\") = x", 0, "unknown field transfomer 'join'"},
	{"join((\"a\"), (\"b\")) = x", 0,
		"join() first argument (separator) must be a single value, not a list"},
	{"join(\"a\", \"b\") = x", 0, "join() second argument must be a list"},
	{"getopt(c.text, \"n\") exists", 0, "getopt() first argument must be a list"},
};

TEST(refusals)
{
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
		arena a = {0};
		const expression *x;
		condition_fault fault = {0};
		if (compiled(faults[i].condition, &a, &x, &fault) >= 0)
			TEST_FAIL("%s compiles", faults[i].condition);
		bool same = !faults[i].says ||
			    (span_is(fault.text, faults[i].says) && fault.place.at == faults[i].at);
		if (!same)
			printf("# %u: %.*s\n", fault.place.at, SPAN_ARG(fault.text));
		arena_done(&a);
		if (!same)
			TEST_FAIL("%s", faults[i].condition);
	}
}

/* The set answers as comparing one by one does. */
static bool one_by_one(text_set_mode mode, const span *texts, uint32_t n, span value)
{
	for (uint32_t i = 0; i < n; i++) {
		span t = texts[i];
		bool below = span_starts(value, t) && (value.n == t.n || value.p[t.n] == '/');
		if (mode == TEXT_SET_EQUAL        ? span_equal(value, t)
			: mode == TEXT_SET_PREFIX ? span_starts(value, t)
			: mode == TEXT_SET_SUFFIX ? span_ends(value, t)
						  : below)
			return true;
	}
	return false;
}

static span random_text(uint32_t *seed, char *room)
{
	size_t n = (*seed = *seed * 1664525 + 1013904223) >> 29;
	for (size_t i = 0; i < n; i++)
		room[i] = "ab/"[((*seed = *seed * 1664525 + 1013904223) >> 16) % 3];
	while (n && room[n - 1] == '/')
		n--;
	return (span){room, n};
}

TEST(sets_of_texts)
{
	uint32_t seed = 7;
	for (int round = 0; round < 400; round++) {
		char room[12][8], value[8];
		span texts[12];
		arena a = {0};
		uint32_t n = 1 + (uint32_t)round % 12;
		for (uint32_t i = 0; i < n; i++)
			texts[i] = random_text(&seed, room[i]);
		text_set_mode mode = (text_set_mode)(round % 4);
		const text_set *set = text_set_new(mode, texts, n, &a);
		bool same = true;
		for (int i = 0; i < 50 && same; i++) {
			span v = random_text(&seed, value);
			bool any = mode == TEXT_SET_PATH && one_by_one(TEXT_SET_EQUAL, texts, n, SPAN(""));
			same = text_set_match(set, v) == (any || one_by_one(mode, texts, n, v));
		}
		arena_done(&a);
		CHECK(same);
	}
}

/* A long text of a set shares the bit of its length with others. */
TEST(long_texts_in_sets)
{
	arena a = {0};
	char long_text[600];
	memset(long_text, 'x', sizeof long_text);
	span texts[] = {{long_text, 300}, {long_text, 500}, SPAN("xy")};
	const text_set *equal = text_set_new(TEXT_SET_EQUAL, texts, 3, &a);
	const text_set *prefix = text_set_new(TEXT_SET_PREFIX, texts, 3, &a);
	bool good = text_set_match(equal, (span){long_text, 300}) &&
		    !text_set_match(equal, (span){long_text, 301}) &&
		    text_set_match(prefix, (span){long_text, 301}) &&
		    !text_set_match(prefix, (span){long_text, 299});
	arena_done(&a);
	CHECK(good);
}

/* Stars in the pattern and a value that never matches: the time stays small. */
TEST(globs_end)
{
	arena a = {0};
	char *s = arena_alloc(&a, 60000);
	memset(s, 'a', 60000);
	const expression *x;
	condition_fault fault;
	int status = compiled("c.arg[x] glob *a*a*a*a*a*a*a*a*a*a*b", &a, &x, &fault);
	field_row row = test_argument;
	row.argument = (span){s, 60000};
	bool hit = false;
	if (status == 0)
		hit = match_value(x, &(field_value){.type = VALUE_TEXT, .text = row.argument});
	arena_done(&a);
	CHECK_INT(status, 0);
	CHECK(!hit);
}

TEST(services)
{
	CHECK_INT(service_port(SPAN("http")), 80);
	CHECK_INT(service_port(SPAN("www")), 80);
	CHECK(service_port(SPAN("nosuch")) < 0);
	CHECK(strcmp(service_name(443), "https") == 0 && !service_name(4));
}

TEST_MAIN()
