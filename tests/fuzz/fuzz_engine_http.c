/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers of engines: whatever is sent, parts of bodies lie in the connection's memory, and a body ends. Two answers on one connection. */
#include "engine/http.h"
#include "fuzz.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

FUZZ(bytes)
{
	int fd = memfd_create("answer", MFD_CLOEXEC);
	FUZZ_HOLDS(fd >= 0 && write(fd, bytes.p, bytes.n) == (ssize_t)bytes.n && lseek(fd, 0, SEEK_SET) == 0);
	http *h = calloc(1, sizeof *h);
	h->over = transport_over(fd);
	size_t all = 0;
	for (int i = 0; i < 2 && !h->closing; i++) {
		http_answer answer;
		error e;
		span part;
		int got = http_receive(h, &answer, &e);
		FUZZ_HOLDS(got == 0 || (e.code && e.text[0]));
		if (got < 0)
			break;
		FUZZ_HOLDS(answer.status >= 200 && answer.status <= 999);
		while ((got = http_body(h, &answer, &part, &e)) > 0) {
			FUZZ_HOLDS(part.n > 0 && part.p >= h->in && part.p + part.n <= h->in + sizeof h->in);
			all += part.n;
		}
		FUZZ_HOLDS(all <= bytes.n);
		if (got < 0)
			break;
	}
	transport_close(&h->over);
	free(h);
}
