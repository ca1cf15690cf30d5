/* SPDX-License-Identifier: Apache-2.0
 *
 * pubspec.lock of Dart and Flutter (dart.dev/tools/pub, "Package layout conventions"): "packages", a map from names to what was chosen. What comes from a
 * folder or from the SDK is not of the registry. What other packages need for development only is not told apart there: only "direct dev" is. */
#include "packages/document.h"

static void pub_read(const package_input *in, package_record *out)
{
	auto_document d;
	if (!lock_open(in, out, DOCUMENT_YAML, &d))
		return;
	const node *all = node_get(d.root, "packages");
	for (uint32_t i = 0; node_is_map(all) && i < all->count; i++) {
		const member *m = &all->members[i];
		span source = node_text(node_get(m->value, "source"));
		package p = {
			.name = node_text(m->key),
			.version = node_text(node_get(m->value, "version")),
			.type = PACKAGE_PUB,
			.evidence = PACKAGE_LOCKED,
			.development = span_is(node_text(node_get(m->value, "dependency")), "direct dev"),
		};
		if (!span_is(source, "sdk") && !span_is(source, "path") && !document_add(&d, m->key, &p))
			return;
	}
}

const package_format format_pub = {"pubspec.lock", pub_read, {{"pubspec.lock", NULL}}};
