/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of bases, from the variants that their publishers document. */
#include "rules/bases.h"

static const struct base_row {
	const char *repositories;
	const char *instead;
} bases[] = {
	{"library/python", "its -slim or -alpine variant, or gcr.io/distroless/python3-debian12"},
	{"library/node", "its -slim or -alpine variant, or gcr.io/distroless/nodejs22-debian12"},
	{"library/openjdk library/eclipse-temurin amazoncorretto library/amazoncorretto",
		"eclipse-temurin:…-jre-alpine, or gcr.io/distroless/java21-debian12"},
	{"library/ruby library/perl", "its -slim or -alpine variant"},
	{"library/php library/elixir library/erlang", "its -alpine variant"},
	{"library/debian", "its -slim variant, or gcr.io/distroless/base-debian12"},
	{"library/ubuntu", "debian:…-slim, alpine, or gcr.io/distroless/base-debian12"},
	{"library/rockylinux library/almalinux rockylinux/rockylinux", "its -minimal variant, or ubi-micro"},
	{"library/centos library/fedora library/oraclelinux library/amazonlinux library/opensuse opensuse/leap",
		"a -minimal image of the family, ubi-micro, or debian:…-slim"},
	{"mcr.microsoft.com/dotnet/sdk dotnet/sdk", "dotnet/runtime or dotnet/aspnet, -alpine or -chiseled"},
	{"dotnet/runtime dotnet/aspnet", "its -alpine or -chiseled variant"},
};

/* Words of a tag that say that it is small already. */
static const char *const small_words[] = {
	"slim", "alpine", "distroless", "minimal", "micro", "chisel", "nanoserver", "windowsservercore"};

const char *base_smaller(span repository, span tag)
{
	for (size_t i = 0; i < sizeof small_words / sizeof *small_words; i++)
		if (span_find_fold(tag, span_of(small_words[i])) != SPAN_NONE)
			return NULL;
	for (size_t i = 0; i < sizeof bases / sizeof *bases; i++)
		if (span_in(repository, bases[i].repositories))
			return bases[i].instead;
	return NULL;
}
