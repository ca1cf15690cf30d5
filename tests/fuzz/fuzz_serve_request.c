/* SPDX-License-Identifier: Apache-2.0
 *
 * Heads of requests: what is given lies inside the input; more bytes never take an answer back; a head is never understood in part. */
#include "fuzz.h"
#include "watch/serve.h"

FUZZ(bytes)
{
	serve_request q = {0}, longer = {0};
	int status = serve_request_parse(bytes, &q);
	FUZZ_HOLDS(status == 0 || status == 1 || (status <= -400 && status >= -599));
	if (status != 1)
		return;
	FUZZ_HOLDS(q.method.n > 0 && q.method.p >= bytes.p && q.method.p + q.method.n <= bytes.p + bytes.n);
	FUZZ_HOLDS(q.path.n > 0 && q.path.p[0] == '/' && q.path.p + q.path.n <= bytes.p + bytes.n);
	for (size_t i = 0; i < q.path.n; i++)
		FUZZ_HOLDS(q.path.p[i] > ' ' && q.path.p[i] != 0x7f && q.path.p[i] != '?');
	span shorter = span_sub(bytes, 0, bytes.n - 1);
	int before = serve_request_parse(shorter, &longer);
	FUZZ_HOLDS(before == 0 || before == 1);
}
