/* SPDX-License-Identifier: Apache-2.0
 *
 * What cargo-auditable (github.com/rust-secure-code/cargo-auditable, PARSING.md) writes into executables: the section .dep-v0, JSON in a zlib stream.
 *
 *     {"packages": [{"name": "serde", "version": "1.0.1", "source": "crates.io", "kind": "build", "dependencies": [1], "root": true}]}
 *
 * Advisories speak of what crates.io has: packages of other origin, as the program itself mostly is, are listed and no more. */
#include "packages/document.h"
#include "packages/elf.h"

#include "base/buffer.h"
#include "base/limits.h"

#include <zlib.h>

static int section_inflate(span section, buffer *ret, error *e)
{
	z_stream s = {.next_in = (Bytef *)section.p, .avail_in = (uInt)section.n};
	char block[16 << 10];
	int code = Z_OK;
	if (section.n > LIMIT_RUST_AUDIT || inflateInit(&s) != Z_OK)
		return error_set(e, ERROR_LIMIT, "the list of crates is too large");
	while (code == Z_OK && ret->n <= LIMIT_RUST_AUDIT) {
		s.next_out = (Bytef *)block;
		s.avail_out = sizeof block;
		code = inflate(&s, Z_NO_FLUSH);
		buffer_add(ret, (span){block, sizeof block - s.avail_out});
	}
	inflateEnd(&s);
	if (ret->n > LIMIT_RUST_AUDIT)
		return error_set(
			e, ERROR_LIMIT, "the list of crates is larger than %d MiB", LIMIT_RUST_AUDIT >> 20);
	return code == Z_STREAM_END ? 0 : error_set(e, ERROR_DAMAGED, "the list of crates is damaged");
}

static package crate_of(const node *n)
{
	return (package){
		.name = node_text(node_get(n, "name")),
		.version = node_text(node_get(n, "version")),
		.type = PACKAGE_CARGO,
		.evidence = PACKAGE_BUILT_IN,
		.development = span_is(node_text(node_get(n, "kind")), "build"),
		.local = !span_is(node_text(node_get(n, "source")), "crates.io"),
	};
}

static void crates_read(const package_input *in, package_record *out, span json)
{
	package_input inner = *in;
	auto_document d = {0};
	inner.bytes = json;
	if (!document_open(&inner, out, DOCUMENT_JSON, &d))
		return;
	const node *all = node_get(d.root, "packages");
	for (uint32_t i = 0; node_is_list(all) && i < all->count; i++) {
		package p = crate_of(all->items[i]);
		if (!package_add_copy(in, out, &p))
			return;
	}
}

bool rust_binary_read(const package_input *in, package_record *out)
{
	elf f;
	span section;
	error e;
	auto_buffer json = {0};
	uint32_t before = out->packages.count;
	if (!elf_open(in->bytes, &f) || !elf_section_find(&f, ".dep-v0", &section))
		return false;
	if (section_inflate(section, &json, &e) < 0)
		package_problem(out, in->a, &e);
	else
		crates_read(in, out, buffer_span(&json));
	return out->packages.count > before;
}
