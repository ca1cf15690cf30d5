/* SPDX-License-Identifier: Apache-2.0
 *
 * Values as files write them: users, image references, sizes, quantities, capability names. */
#include "formats/reference.h"
#include "posture/posture.h"

#include <math.h>

/* A decimal number with an optional fraction at the start of s, times scale. The rest goes to *ret_suffix. */
static bool decimal(span s, int64_t scale, int64_t *ret, span *ret_suffix)
{
	double value = 0, place = 0;
	size_t i = 0, digits = 0;
	for (; i < s.n && (ascii_digit(s.p[i]) || (s.p[i] == '.' && place == 0)); i++) {
		if (s.p[i] == '.') {
			place = 1;
			continue;
		}
		digits++;
		value = value * 10 + (s.p[i] - '0');
		place *= 10;
	}
	if (digits == 0 || digits > 18)
		return false;
	value = value / (place > 1 ? place : 1) * (double)scale;
	if (value >= 9.2e18)
		return false;
	*ret = llround(value);
	*ret_suffix = span_from(s, i);
	return true;
}

/* Multiplies by a factor; what does not fit is as good as no limit at all. */
static bool scaled(span s, int64_t factor, int64_t *ret)
{
	span rest;
	return decimal(s, factor, ret, &rest);
}

bool value_docker_size(span s, int64_t *ret_bytes)
{
	span suffix;
	int64_t unused;
	s = span_trim(s);
	if (span_is(s, "-1")) {
		*ret_bytes = -1;
		return true;
	}
	if (!decimal(s, 1, &unused, &suffix))
		return false;
	static const struct {
		const char *suffixes;
		int64_t factor;
	} units[] = {{"b", 1}, {"k kb kib", 1 << 10}, {"m mb mib", 1 << 20}, {"g gb gib", 1 << 30},
		{"t tb tib", 1LL << 40}, {"p pb pib", 1LL << 50}};
	if (suffix.n == 0)
		return scaled(s, 1, ret_bytes);
	suffix = span_trim(suffix);
	char lower[4];
	if (suffix.n > 3)
		return false;
	for (size_t i = 0; i < suffix.n; i++)
		lower[i] = ascii_lower(suffix.p[i]);
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (span_in((span){lower, suffix.n}, units[i].suffixes))
			return scaled(s, units[i].factor, ret_bytes);
	return false;
}

/* Kubernetes resource.Quantity: a decimal number with a suffix; scale is what one unit counts. */
static bool quantity(span s, int64_t scale, int64_t *ret)
{
	static const struct {
		const char *suffix;
		double factor;
	} units[] = {{"", 1}, {"m", 1e-3}, {"u", 1e-6}, {"n", 1e-9}, {"k", 1e3}, {"M", 1e6}, {"G", 1e9},
		{"T", 1e12}, {"P", 1e15}, {"E", 1e18}, {"Ki", 0x1p10}, {"Mi", 0x1p20}, {"Gi", 0x1p30},
		{"Ti", 0x1p40}, {"Pi", 0x1p50}, {"Ei", 0x1p60}};
	int64_t thousandths;
	span suffix;
	s = span_trim(s);
	if (!decimal(s, 1000, &thousandths, &suffix))
		return false;
	double factor = 0;
	int64_t exponent;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (span_is(suffix, units[i].suffix))
			factor = units[i].factor;
	if (factor == 0 && suffix.n > 1 && (suffix.p[0] == 'e' || suffix.p[0] == 'E') &&
		span_int(span_from(suffix, 1), &exponent) && exponent > -19 && exponent < 19)
		factor = pow(10, (double)exponent);
	double value = (double)thousandths / 1000 * factor * (double)scale;
	if (factor == 0 || value >= 9.2e18)
		return false;
	*ret = llround(ceil(value));
	return true;
}

bool value_quantity(span s, int64_t *ret_bytes)
{
	return quantity(s, 1, ret_bytes);
}

bool value_quantity_cpu(span s, int64_t *ret_millicores)
{
	return quantity(s, 1000, ret_millicores);
}

bool value_decimal_cpu(span s, int64_t *ret_millicores)
{
	span rest;
	return decimal(span_trim(s), 1000, ret_millicores, &rest) && rest.n == 0;
}

span value_capability(span name, arena *a)
{
	char *upper = arena_alloc(a, name.n + 1);
	for (size_t i = 0; i < name.n; i++)
		upper[i] = ascii_upper(name.p[i]);
	span ret = {upper, name.n};
	return span_starts(ret, SPAN("CAP_")) ? span_from(ret, 4) : ret;
}

/* "root" is uid 0 in every image that has a root at all. */
static bool id_of(span name, int64_t *ret)
{
	if (name.n == 0)
		return false;
	if (span_is(name, "root")) {
		*ret = 0;
		return true;
	}
	return span_int(name, ret);
}

void posture_set_user(posture *p, fact_known known, span user, origin at)
{
	user = span_trim(user);
	size_t colon = span_find_byte(user, ':');
	span name = span_sub(user, 0, colon),
	     group = colon == SPAN_NONE ? (span){0} : span_from(user, colon + 1);
	if (name.n == 0)
		name = SPAN("root"); /* the engines run an empty user as root */
	int64_t id;
	posture_set_text(p, FACT_user, known, name, at);
	posture_place(p, FACT_uid, at);
	posture_place(p, FACT_gid, at);
	if (id_of(name, &id))
		posture_set_number(p, FACT_uid, known, id, at);
	if (id_of(group, &id))
		posture_set_number(p, FACT_gid, known, id, at);
}

void posture_set_image(posture *p, fact_known known, span text, origin at, arena *a)
{
	span whole = span_trim(text);
	reference r = reference_split(whole, a);
	posture_set_text(p, FACT_image, known, whole, at);
	posture_place(p, FACT_image_digest, at);
	posture_place(p, FACT_image_tag, at);
	if (r.digest.p)
		posture_set_text(p, FACT_image_digest, known, r.digest, at);
	if (r.tag.p)
		posture_set_text(p, FACT_image_tag, known, r.tag, at);
	posture_set_text(p, FACT_image_registry, known, r.registry, at);
	posture_set_text(p, FACT_image_repository, known, r.repository, at);
}
