/* SPDX-License-Identifier: Apache-2.0
 *
 * SHA-256 by OpenSSL. The algorithm is fetched once for each hash: the implicit fetch of EVP_sha256() would be repeated at every start. */
#include "formats/sha256.h"

#include "base/memory.h"

#include <openssl/evp.h>
#include <stdlib.h>

struct sha256 {
	EVP_MD *algorithm;
	EVP_MD_CTX *context;
};

/* OpenSSL fails here only for want of memory, or where its configuration forbids SHA-256. */
static void must(bool done)
{
	if (!done)
		memory_exhausted(sizeof(sha256));
}

sha256 *sha256_new(void)
{
	sha256 *h = memory_zeroed(1, sizeof *h);
	h->algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
	h->context = EVP_MD_CTX_new();
	must(h->algorithm && h->context && EVP_DigestInit_ex2(h->context, h->algorithm, NULL));
	return h;
}

void sha256_free(sha256 *h)
{
	if (!h)
		return;
	EVP_MD_CTX_free(h->context);
	EVP_MD_free(h->algorithm);
	free(h);
}

void sha256_add(sha256 *h, span bytes)
{
	must(EVP_DigestUpdate(h->context, bytes.p, bytes.n));
}

void sha256_text(sha256 *h, char ret[SHA256_TEXT + 1])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char sum[32];
	must(EVP_DigestFinal_ex(h->context, sum, NULL) && EVP_DigestInit_ex2(h->context, h->algorithm, NULL));
	memcpy(ret, "sha256:", 7);
	for (size_t i = 0; i < sizeof sum; i++) {
		ret[7 + 2 * i] = digits[sum[i] >> 4];
		ret[8 + 2 * i] = digits[sum[i] & 15];
	}
	ret[SHA256_TEXT] = 0;
}

void sha256_of(span bytes, char ret[SHA256_TEXT + 1])
{
	sha256 *h = sha256_new();
	sha256_add(h, bytes);
	sha256_text(h, ret);
	sha256_free(h);
}

bool sha256_is_text(span s)
{
	if (s.n != SHA256_TEXT || !span_starts(s, SPAN("sha256:")))
		return false;
	for (size_t i = 7; i < s.n; i++)
		if (!ascii_digit(s.p[i]) && (s.p[i] < 'a' || s.p[i] > 'f'))
			return false;
	return true;
}
