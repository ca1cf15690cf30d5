/* SPDX-License-Identifier: Apache-2.0
 *
 * Zip: names lie inside the archive, and all that is read is no more than the archive can hold. */
#include "formats/zip.h"
#include "fuzz.h"

FUZZ(bytes)
{
	zip z;
	zip_entry entry;
	error e;
	auto_buffer content = {0};
	uint64_t stored = 0;
	if (zip_open(bytes, &z, &e) < 0)
		return;
	while (zip_next(&z, &entry, &e) > 0) {
		stored += entry.stored;
		FUZZ_HOLDS(stored <= bytes.n);
		FUZZ_HOLDS(entry.name.p >= bytes.p && entry.name.p + entry.name.n <= bytes.p + bytes.n);
		content.n = 0;
		if (zip_read(&z, &entry, 1 << 20, &content, &e) == 0)
			FUZZ_HOLDS(content.n == entry.size);
	}
}
