/* SPDX-License-Identifier: Apache-2.0
 *
 * Inspect answers of both engines: whatever JSON they are, every fact that is known points into the evidence, and every item too. */
#include "formats/json.h"
#include "fuzz.h"
#include "sources/inspect.h"

static void check_origin(const evidence *v, const origin *at)
{
	if (at->text)
		FUZZ_HOLDS(at->text == v->text && at->start <= at->end && at->end <= at->text->bytes.n);
}

static void check(engine_kind kind, const node *root)
{
	arena a = {0};
	evidence v;
	posture p = {0};
	evidence_start(&v, "container", &a);
	inspect_posture(kind, root, NULL, &v, &p, &a);
	evidence_end(&v);
	for (int id = 0; id < FACT_COUNT; id++) {
		check_origin(&v, &p.all[id].origin);
		FUZZ_HOLDS(p.all[id].known <= KNOWN_DECLARED);
		const item_list *list =
			fact_rows[id].type == TYPE_LIST ? posture_items(&p, (fact_id)id) : NULL;
		for (uint32_t i = 0; list && i < list->all.count; i++)
			check_origin(&v, &list->all.items[i]->origin);
	}
	FUZZ_HOLDS(p.privileged.known != KNOWN_UNSET && p.user.known != KNOWN_UNSET);
	arena_done(&a);
}

FUZZ(bytes)
{
	arena a = {0};
	text t;
	node *root;
	node_problems problems = {0};
	error e;
	text_init(&t, "answer", bytes, &a);
	if (json_read(&t, &a, &root, &problems, &e) >= 0) {
		check(ENGINE_DOCKER, root);
		check(ENGINE_PODMAN, root);
	}
	arena_done(&a);
}
