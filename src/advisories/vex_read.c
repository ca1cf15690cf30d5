/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading VEX documents: OpenVEX (https://github.com/openvex/spec), CSAF (OASIS csaf-v2.0, sections 3.2.2 and 3.2.3), CycloneDX (1.4 and later,
 * "vulnerabilities"). Versions given as ranges (CycloneDX `versions`, CSAF branches without an identifier) are not evaluated: such products are passed over. */
#include "advisories/vex.h"
#include "advisories/words.h"
#include "base/limits.h"
#include "base/map.h"
#include "formats/json.h"

typedef struct reading {
	const text *text;
	const node *root;
	arena *a;
	map products; /* CSAF, CycloneDX: from a product's id or bom-ref to its node */
	vex_table *table;
	uint32_t added;
} reading;

static const struct {
	const char *word;
	vex_status status;
} words[] = {
	/* OpenVEX */
	{"affected", VEX_AFFECTED},
	{"under_investigation", VEX_UNDER_INVESTIGATION},
	{"fixed", VEX_FIXED},
	{"not_affected", VEX_NOT_AFFECTED},
	/* CSAF, keys of product_status */
	{"known_affected", VEX_AFFECTED},
	{"first_affected", VEX_AFFECTED},
	{"last_affected", VEX_AFFECTED},
	{"first_fixed", VEX_FIXED},
	{"known_not_affected", VEX_NOT_AFFECTED},
	/* CycloneDX, analysis.state */
	{"exploitable", VEX_AFFECTED},
	{"in_triage", VEX_UNDER_INVESTIGATION},
	{"resolved", VEX_FIXED},
	{"resolved_with_pedigree", VEX_FIXED},
	{"false_positive", VEX_NOT_AFFECTED},
};

static vex_status status_of(span word)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (span_is(word, words[i].word))
			return words[i].status;
	return VEX_UNKNOWN;
}

/* Adds a statement on one product, dropped beyond the limit. */
static void add(reading *r, const vex_statement *of, span product, span component, const node *at)
{
	if (r->added >= LIMIT_VEX_STATEMENTS || of->status == VEX_UNKNOWN || !of->id_count)
		return;
	vex_statement s = *of;
	s.product = product;
	s.component = component;
	s.file = span_of(r->text->path);
	s.line = text_line_number(r->text, at->start);
	list_push(r->a, &r->table->statements, s);
	r->added++;
}

static void ids_end(vex_statement *s, const span_list *ids)
{
	s->ids = ids->items;
	s->id_count = ids->count;
}

static void ids_add(reading *r, span_list *ids, const node *list, const char *key)
{
	for (uint32_t i = 0; node_is_list(list) && i < list->count; i++)
		words_add(ids, r->a, node_text(key ? node_get(list->items[i], key) : list->items[i]));
}

/* --- OpenVEX --- */

/* "@id", or the package URL among the identifiers. */
static span openvex_identifier(const node *product)
{
	span purl = node_text(node_path(product, "identifiers/purl"));
	if (purl.n)
		return purl;
	return product && product->kind == NODE_STRING ? node_text(product)
						       : node_text(node_get(product, "@id"));
}

static void openvex_product(reading *r, const vex_statement *s, const node *product)
{
	const node *components = node_get(product, "subcomponents");
	span id = openvex_identifier(product);
	if (!node_is_list(components) || !components->count) {
		if (id.n)
			add(r, s, id, (span){0}, product);
		return;
	}
	for (uint32_t i = 0; i < components->count; i++) {
		span component = openvex_identifier(components->items[i]);
		if (component.n)
			add(r, s, id, component, components->items[i]);
	}
}

static void openvex_statement(reading *r, const node *n)
{
	const node *vulnerability = node_get(n, "vulnerability"), *products = node_get(n, "products");
	vex_statement s = {.status = status_of(node_text(node_get(n, "status"))),
		.justification = node_text(node_get(n, "justification"))};
	span_list ids = {0};
	words_add(&ids, r->a, node_text(vulnerability)); /* before 0.2 it was a string */
	words_add(&ids, r->a, node_text(node_get(vulnerability, "name")));
	ids_add(r, &ids, node_get(vulnerability, "aliases"), NULL);
	ids_end(&s, &ids);
	const char *const texts[] = {"impact_statement", "action_statement", "status_notes"};
	for (size_t i = 0; i < sizeof texts / sizeof *texts && !s.text.n; i++)
		s.text = node_text(node_get(n, texts[i]));
	for (uint32_t i = 0; node_is_list(products) && i < products->count; i++)
		openvex_product(r, &s, products->items[i]);
}

static void openvex_read(reading *r)
{
	const node *list = node_get(r->root, "statements");
	for (uint32_t i = 0; node_is_list(list) && i < list->count; i++)
		openvex_statement(r, list->items[i]);
}

/* --- CSAF --- */

static void csaf_product(reading *r, node *product)
{
	span id = node_text(node_get(product, "product_id"));
	if (id.n)
		map_set(&r->products, r->a, id, product);
}

static void csaf_branches(reading *r, const node *list)
{
	for (uint32_t i = 0; node_is_list(list) && i < list->count; i++) { /* depth: the reader's limit */
		csaf_product(r, node_get(list->items[i], "product"));
		csaf_branches(r, node_get(list->items[i], "branches"));
	}
}

static void csaf_products(reading *r)
{
	const node *tree = node_get(r->root, "product_tree"), *names = node_get(tree, "full_product_names"),
		   *relations = node_get(tree, "relationships");
	csaf_branches(r, node_get(tree, "branches"));
	for (uint32_t i = 0; node_is_list(names) && i < names->count; i++)
		csaf_product(r, names->items[i]);
	for (uint32_t i = 0; node_is_list(relations) && i < relations->count; i++) {
		span id = node_text(node_path(relations->items[i], "full_product_name/product_id"));
		if (id.n)
			map_set(&r->products, r->a, id, relations->items[i]);
	}
}

static span csaf_identifier(const node *product)
{
	const node *helper = node_get(product, "product_identification_helper");
	span purl = node_text(node_get(helper, "purl"));
	return purl.n ? purl : node_text(node_path(helper, "purls/0"));
}

/* The first flag (a justification) or threat (an impact) that speaks of the product. */
static span csaf_word(const node *list, span product, const char *key)
{
	for (uint32_t i = 0; node_is_list(list) && i < list->count && i < LIMIT_VEX_FLAGS; i++) {
		const node *ids = node_get(list->items[i], "product_ids");
		for (uint32_t k = 0; node_is_list(ids) && k < ids->count && k < LIMIT_VEX_FLAGS; k++)
			if (span_equal(node_text(ids->items[k]), product))
				return node_text(node_get(list->items[i], key));
		if (!ids)
			return node_text(node_get(list->items[i], key));
	}
	return (span){0};
}

/* A product is a package, or (a relationship) a package as a component of another product. */
static void csaf_state(reading *r, const node *vulnerability, const vex_statement *of, const node *id)
{
	const node *product = map_get(&r->products, node_text(id));
	span component_id = node_text(node_get(product, "product_reference"));
	vex_statement s = *of;
	s.justification = csaf_word(node_get(vulnerability, "flags"), node_text(id), "label");
	s.text = csaf_word(node_get(vulnerability, "threats"), node_text(id), "details");
	span component = csaf_identifier(component_id.n ? map_get(&r->products, component_id) : product);
	if (component.n)
		add(r, &s, (span){0}, component, id);
}

static void csaf_read(reading *r)
{
	const node *list = node_get(r->root, "vulnerabilities");
	csaf_products(r);
	for (uint32_t i = 0; node_is_list(list) && i < list->count; i++) {
		const node *v = list->items[i], *states = node_get(v, "product_status");
		span_list ids = {0};
		words_add(&ids, r->a, node_text(node_get(v, "cve")));
		ids_add(r, &ids, node_get(v, "ids"), "text");
		for (uint32_t k = 0; node_is_map(states) && k < states->count; k++) {
			vex_statement s = {.status = status_of(node_text(states->members[k].key))};
			const node *products = states->members[k].value;
			ids_end(&s, &ids);
			for (uint32_t p = 0; node_is_list(products) && p < products->count; p++)
				csaf_state(r, v, &s, products->items[p]);
		}
	}
}

/* --- CycloneDX --- */

static void cyclonedx_components(reading *r, const node *list)
{
	for (uint32_t i = 0; node_is_list(list) && i < list->count; i++) {
		span ref = node_text(node_get(list->items[i], "bom-ref"));
		if (ref.n)
			map_set(&r->products, r->a, ref, list->items[i]);
		cyclonedx_components(r, node_get(list->items[i], "components"));
	}
}

/* A package URL, the component of this document with that bom-ref, or (a BOM-Link, "urn:cdx:…#ref") what stands behind its '#'. */
static span cyclonedx_product(reading *r, span ref)
{
	size_t hash = span_starts(ref, SPAN("urn:cdx:")) ? span_find_byte(ref, '#') : SPAN_NONE;
	if (hash != SPAN_NONE)
		ref = span_from(ref, hash + 1);
	const node *component = ref.n ? map_get(&r->products, ref) : NULL;
	span purl = node_text(node_get(component, "purl"));
	return purl.n ? purl : ref;
}

static void cyclonedx_vulnerability(reading *r, const node *v)
{
	const node *analysis = node_get(v, "analysis"), *affects = node_get(v, "affects"),
		   *references = node_get(v, "references");
	vex_statement s = {
		.status = status_of(node_text(node_get(analysis, "state"))),
		.justification = node_text(node_get(analysis, "justification")),
		.text = node_text(node_get(analysis, "detail")),
	};
	span_list ids = {0};
	words_add(&ids, r->a, node_text(node_get(v, "id")));
	ids_add(r, &ids, references, "id");
	ids_end(&s, &ids);
	for (uint32_t i = 0; node_is_list(affects) && i < affects->count; i++) {
		span product = cyclonedx_product(r, node_text(node_get(affects->items[i], "ref")));
		if (product.n)
			add(r, &s, product, (span){0}, affects->items[i]);
	}
}

static void cyclonedx_read(reading *r)
{
	const node *list = node_get(r->root, "vulnerabilities"),
		   *whole = node_path(r->root, "metadata/component");
	span ref = node_text(node_get(whole, "bom-ref"));
	if (ref.n)
		map_set(&r->products, r->a, ref, (void *)whole);
	cyclonedx_components(r, node_get(r->root, "components"));
	for (uint32_t i = 0; node_is_list(list) && i < list->count; i++)
		cyclonedx_vulnerability(r, list->items[i]);
}

/* --- which of them --- */

static const struct {
	const char *path; /* of a text that begins so */
	const char *start;
	void (*read)(reading *r);
} kinds[] = {
	{"@context", "https://openvex.dev/ns", openvex_read},
	{"document/csaf_version", "2.", csaf_read},
	{"bomFormat", "CycloneDX", cyclonedx_read},
};

int vex_read(const char *path, span bytes, arena *a, vex_table *ret, error *e)
{
	text *t = ARENA_NEW(a, text);
	node *root;
	node_problems problems = {0};
	uint32_t first = ret->statements.count;
	text_init(t, path, bytes, a);
	if (json_read(t, a, &root, &problems, e) < 0)
		return error_wrap(e, "%s", path);
	reading r = {.text = t, .root = root, .a = a, .table = ret};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (span_starts(node_text(node_path(root, kinds[i].path)), span_of(kinds[i].start))) {
			kinds[i].read(&r);
			vex_index(ret, first, a);
			return 0;
		}
	return error_set(e, ERROR_SYNTAX, "%s: is no VEX document (OpenVEX, CSAF or CycloneDX)", path);
}
