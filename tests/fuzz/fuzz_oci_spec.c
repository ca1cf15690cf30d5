/* SPDX-License-Identifier: Apache-2.0
 *
 * OCI specs: whatever JSON they are, every fact points into the evidence, and nothing is more than configured. */
#include "formats/json.h"
#include "fuzz.h"
#include "sources/oci_spec.h"

static void check_origin(const evidence *v, const origin *at)
{
	if (at->text)
		FUZZ_HOLDS(at->text == v->text && at->start <= at->end && at->end <= at->text->bytes.n);
}

FUZZ(bytes)
{
	arena a = {0};
	text t;
	node *root;
	node_problems problems = {0};
	error e;
	evidence v;
	posture p = {0};
	text_init(&t, "config.json", bytes, &a);
	if (json_read(&t, &a, &root, &problems, &e) >= 0) {
		evidence_start(&v, "container", &a);
		oci_spec_posture(root, &v, &p, &a);
		evidence_end(&v);
		for (int id = 0; id < FACT_COUNT; id++) {
			check_origin(&v, &p.all[id].origin);
			FUZZ_HOLDS(p.all[id].known != KNOWN_DECLARED && p.all[id].known <= KNOWN_CONFIGURED);
			const item_list *list =
				fact_rows[id].type == TYPE_LIST ? posture_items(&p, (fact_id)id) : NULL;
			for (uint32_t i = 0; list && i < list->all.count; i++)
				check_origin(&v, &list->all.items[i]->origin);
		}
		FUZZ_HOLDS(!node_is_map(root) || p.uid.known == KNOWN_CONFIGURED);
	}
	arena_done(&a);
}
