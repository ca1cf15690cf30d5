/* SPDX-License-Identifier: Apache-2.0
 *
 * Cargo.lock of Rust, all versions (doc.rust-lang.org/cargo, "Cargo.toml vs Cargo.lock"): a TOML table [[package]] for each crate. Crates without a "source"
 * are those of the workspace itself: of these no registry speaks, so they are left out. The file does not say what is needed for development only. */
#include "packages/document.h"

static void cargo_read(const package_input *in, package_record *out)
{
	auto_document d;
	if (!lock_open(in, out, DOCUMENT_TOML, &d))
		return;
	const node *list = node_get(d.root, "package");
	for (uint32_t i = 0; node_is_list(list) && i < list->count; i++) {
		const node *one = list->items[i], *name = node_get(one, "name");
		package p = {
			.name = node_text(name),
			.version = node_text(node_get(one, "version")),
			.type = PACKAGE_CARGO,
			.evidence = PACKAGE_LOCKED,
		};
		if (node_text(node_get(one, "source")).n && !document_add(&d, name, &p))
			return;
	}
}

const package_format format_cargo = {"Cargo.lock", cargo_read, {{"Cargo.lock", NULL}}};
