/* SPDX-License-Identifier: Apache-2.0
 *
 * What can be said of a value without knowing its issuer: how random it looks, and whether it only stands for one. */
#include "base/limits.h"
#include "secrets/rule.h"
#include "secrets/secrets.h"

#include <math.h>

double secret_entropy(span value)
{
	uint32_t counts[256] = {0};
	double bits = 0;
	for (size_t i = 0; i < value.n; i++)
		counts[(uint8_t)value.p[i]]++;
	for (int c = 0; c < 256; c++)
		if (counts[c]) {
			double share = (double)counts[c] / (double)value.n;
			bits -= share * log2(share);
		}
	return bits;
}

/* Words that people write where a secret would stand. */
static const char *const stand_ins[] = {"example", "placeholder", "changeme", "change_me", "change-me",
	"replace", "your-", "your_", "yourtoken", "insert", "redacted", "dummy", "fake", "sample", "xxxx",
	"abcdef", "123456", "....", "____", "deadbeef", "cafebabe", "012345", "foobar", "lorem", "todo",
	"secret_here", "token_here", "key_here", "test-token", "mytoken", "my-token", "my_token"};

/* Examples of standards and of vendors' documentation, by a part that is theirs alone. */
static const char *const documented[] = {"czZCaGRSa3F0MzpnWDFmQmF0M2JW" /* RFC 6749 */,
	"2YotnFZFEjr1zCsicMWpAA", "tGzv3JOkF0XG5Qx2TlKWIA", "SplxlOBeZQQYbYS6WxSbIA", "gX1fBat3bV",
	"ad180jjd733klru7" /* RFC 5849 */, "kd94hf93k423kf44", "nnch734d00sl2jdk", "pfkkdhi9sl3r4s00",
	"QWxhZGRpbjpvcGVuIHNlc2FtZQ" /* RFC 7617 */, "mF_9.B5f-4.1JqM" /* RFC 6750 */,
	"wJalrXUtnFEMI/K7MDENG" /* AWS */, "dXNlcjpwYXNz" /* user:pass */, "dXNlcm5hbWU6cGFzc3dvcmQ",
	"Zm9vOmJhcg", "dGVzdDp0ZXN0", "eyJzb21lIjoicGF5bG9hZCJ9" /* PyJWT */,
	"SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c" /* jwt.io */};

static bool contains_any(span value, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (span_find_fold(value, span_of(words[i])) != SPAN_NONE)
			return true;
	return false;
}

/* Half of it or more is one and the same byte. */
static bool monotonous(span value)
{
	uint32_t counts[256] = {0}, most = 0;
	for (size_t i = 0; i < value.n; i++) {
		uint32_t n = ++counts[(uint8_t)value.p[i]];
		most = n > most ? n : most;
	}
	return value.n > 3 && most * 2 >= value.n;
}

bool secret_placeholder(span value)
{
	enum { LOOKED_AT = 512 }; /* of a key of many lines the beginning */
	if (!secret_literal(value))
		return true;
	value = span_sub(value, 0, LOOKED_AT);
	if (monotonous(value))
		return true;
	return contains_any(value, stand_ins, sizeof stand_ins / sizeof *stand_ins) ||
	       contains_any(value, documented, sizeof documented / sizeof *documented);
}
