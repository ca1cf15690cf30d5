/* SPDX-License-Identifier: Apache-2.0
 *
 * Bills of materials: whatever is read has a name, and its purl lies in the input. */
#include "fuzz.h"
#include "inventory/sbom.h"

FUZZ(bytes)
{
	arena a = {0};
	text t;
	error e;
	inventory im;
	sbom_problems problems = {0};
	text_init(&t, "bom.json", bytes, &a);
	if (sbom_read(&t, &a, &im, &problems, &e) >= 0)
		for (uint32_t i = 0; i < im.packages.count; i++)
			FUZZ_HOLDS(im.packages.items[i].purl.n && im.packages.items[i].package->name.n);
	arena_done(&a);
}
