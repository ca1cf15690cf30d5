/* SPDX-License-Identifier: Apache-2.0
 *
 * Package.resolved of the Swift Package Manager, versions 1 ("object/pins", "repositoryURL") and 2 and 3 ("pins", "location"). A package is called by the
 * address of its repository, without scheme and ".git": github.com/apple/swift-nio. Pins to a branch or a revision have no version. */
#include "packages/document.h"

static span repository_name(span url)
{
	size_t scheme = span_find(url, SPAN("://"));
	if (scheme != SPAN_NONE)
		url = span_from(url, scheme + 3);
	while (url.n && url.p[url.n - 1] == '/')
		url = span_sub(url, 0, url.n - 1);
	return span_ends(url, SPAN(".git")) ? span_sub(url, 0, url.n - 4) : url;
}

static void swift_read(const package_input *in, package_record *out)
{
	auto_document d;
	if (!lock_open(in, out, DOCUMENT_JSON, &d))
		return;
	const node *pins = node_get(d.root, "pins");
	if (!pins)
		pins = node_path(d.root, "object/pins");
	for (uint32_t i = 0; node_is_list(pins) && i < pins->count; i++) {
		const node *url = node_get(pins->items[i], "location");
		if (!url)
			url = node_get(pins->items[i], "repositoryURL");
		package p = {
			.name = repository_name(node_text(url)),
			.version = node_text(node_path(pins->items[i], "state/version")),
			.type = PACKAGE_SWIFT,
			.evidence = PACKAGE_LOCKED,
		};
		if (!document_add(&d, url, &p))
			return;
	}
}

const package_format format_swift = {"Package.resolved", swift_read, {{"Package.resolved", NULL}}};
