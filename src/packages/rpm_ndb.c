/* SPDX-License-Identifier: Apache-2.0
 *
 * rpm's own database, "ndb" (lib/backend/ndb of rpm): pages of 4 KiB with slots of 16 bytes (magic, number of the package, block, count of blocks; the
 * first two slots are the header), then blobs in blocks of 16 bytes: magic, number, generation, length, the header of the package. All numbers are
 * little-endian. The checksums behind the blobs are not verified. */
#include "packages/rpm.h"

#include "base/limits.h"

enum { PAGE = 4096, SLOT = 16, BLOCK = 16, BLOB_INTRO = 16, HEADER = 32 };
enum { HEADER_PAGES = 12, SLOT_NUMBER = 4, SLOT_BLOCK = 8, BLOB_NUMBER = 4, BLOB_LENGTH = 12 };

bool rpm_is_ndb(span bytes)
{
	return bytes.n >= HEADER && memcmp(bytes.p, "RpmP", 4) == 0;
}

/* The header that a slot points to; false when it is not there. */
static bool blob_find(span bytes, const char *slot, span *ret)
{
	uint64_t start = (uint64_t)rpm_le32(slot + SLOT_BLOCK) * BLOCK;
	span blob = span_from(bytes, start);
	if (blob.n < BLOB_INTRO || memcmp(blob.p, "BlbS", 4) != 0)
		return false;
	uint32_t length = rpm_le32(blob.p + BLOB_LENGTH);
	if (rpm_le32(blob.p + BLOB_NUMBER) != rpm_le32(slot + SLOT_NUMBER) || length > blob.n - BLOB_INTRO)
		return false;
	*ret = span_sub(blob, BLOB_INTRO, length);
	return true;
}

void rpm_ndb_read(const package_input *in, package_record *out)
{
	span bytes = in->bytes, blob;
	if (rpm_le32(bytes.p + 4) != 0) {
		package_fault(in, out, ERROR_SYNTAX, 0, "rpm: an ndb database of version %u",
			rpm_le32(bytes.p + 4));
		return;
	}
	uint64_t end = (uint64_t)rpm_le32(bytes.p + HEADER_PAGES) * PAGE, read = 0;
	if (end > bytes.n)
		package_fault(in, out, ERROR_DAMAGED, 0, "rpm: the ndb database ends within its slots");
	span slots = span_from(span_sub(bytes, 0, end), HEADER);
	for (; slots.n >= SLOT; slots = span_from(slots, SLOT)) {
		if (memcmp(slots.p, "Slot", 4) != 0) {
			package_fault(
				in, out, ERROR_DAMAGED, 0, "rpm: a slot of the ndb database has no magic");
			return;
		}
		if (rpm_le32(slots.p + SLOT_BLOCK) == 0) /* free */
			continue;
		if (!blob_find(bytes, slots.p, &blob)) {
			package_fault(in, out, ERROR_DAMAGED, 0, "rpm: package %u is not where its slot says",
				rpm_le32(slots.p + SLOT_NUMBER));
			continue;
		}
		read += blob.n;
		if (read > bytes.n) { /* slots that share their bytes, to be read over and over */
			package_fault(
				in, out, ERROR_DAMAGED, 0, "rpm: the packages of the ndb database overlap");
			return;
		}
		if (!rpm_header_read(in, blob, out))
			return;
	}
}
