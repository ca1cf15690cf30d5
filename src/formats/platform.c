/* SPDX-License-Identifier: Apache-2.0
 *
 * Platforms of images. */
#include "formats/platform.h"

#include <sys/utsname.h>

enum { EXACT = 100 };

static const struct {
	const char *machine; /* uname(2) */
	platform platform;
} machines[] = {
	{"x86_64", {.architecture = {"amd64", 5}}},
	{"aarch64", {.architecture = {"arm64", 5}}},
	{"armv7l", {.architecture = {"arm", 3}, .variant = {"v7", 2}}},
	{"armv6l", {.architecture = {"arm", 3}, .variant = {"v6", 2}}},
	{"i686", {.architecture = {"386", 3}}},
	{"ppc64le", {.architecture = {"ppc64le", 7}}},
	{"s390x", {.architecture = {"s390x", 5}}},
	{"riscv64", {.architecture = {"riscv64", 7}}},
	{"loongarch64", {.architecture = {"loong64", 7}}},
};

platform platform_parse(span text)
{
	platform ret = {0};
	span *parts[] = {&ret.os, &ret.architecture, &ret.variant};
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		span_cut(&text, '/', parts[i]);
	return ret;
}

platform platform_here(void)
{
	struct utsname name;
	platform ret = machines[0].platform;
	if (uname(&name) == 0)
		for (size_t i = 0; i < sizeof machines / sizeof *machines; i++)
			if (strcmp(name.machine, machines[i].machine) == 0)
				ret = machines[i].platform;
	ret.os = SPAN("linux");
	return ret;
}

/* The number of "v7"; what nobody says is the lowest that the architecture has. */
static unsigned version_of(const platform *p)
{
	int64_t n;
	if (p->variant.n && span_int(span_from(p->variant, 1), &n) && n > 0 && n < EXACT)
		return (unsigned)n;
	return span_is(p->architecture, "arm64") ? 8 : span_is(p->architecture, "arm") ? 5 : 1;
}

unsigned platform_fits(const platform *want, const platform *have)
{
	platform here = platform_here(), w = *want;
	bool asked = want->variant.n > 0;
	w.os = w.os.n ? w.os : here.os;
	if (w.architecture.n == 0) {
		w.architecture = here.architecture;
		w.variant = asked ? w.variant : here.variant;
	}
	if (!span_equal(w.os, have->os) || !span_equal(w.architecture, have->architecture))
		return 0;
	if (w.variant.n == 0 && span_is(w.architecture, "arm"))
		w.variant = SPAN("v7"); /* what engines take for "linux/arm" */
	unsigned most = version_of(&w), is = version_of(have);
	return is > most ? 0 : is == most ? EXACT : is;
}
