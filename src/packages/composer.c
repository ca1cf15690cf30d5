/* SPDX-License-Identifier: Apache-2.0
 *
 * PHP's Composer: vendor/composer/installed.json, which is a list (Composer 1) or a map (2), and composer.lock. Names and versions are as the packages
 * call them: "v1.2.3" stays so. Not read: what Composer computes ("dev-main" is no version that advisories speak of, but is listed). */
#include "packages/document.h"

#include "base/map.h"

/* False beyond a limit. `development` is all of the list, or what the list of names says. */
static bool packages_read(
	document *d, const node *list, bool development, const node *names, package_evidence evidence)
{
	map development_names = {0};
	uint32_t count = names && node_is_list(names) ? names->count : 0;
	for (uint32_t i = 0; i < count; i++)
		map_set(&development_names, &d->a, node_text(names->items[i]), names->items[i]);
	for (uint32_t i = 0; node_is_list(list) && i < list->count; i++) {
		const node *one = list->items[i], *name = node_get(one, "name");
		package p = {
			.name = node_text(name),
			.version = node_text(node_get(one, "version")),
			.licence = document_licence(d, node_get(one, "license")),
			.type = PACKAGE_COMPOSER,
			.evidence = (uint8_t)evidence,
		};
		p.development = development || map_get(&development_names, p.name);
		if (!document_add(d, name, &p))
			return false;
	}
	return true;
}

static void installed_read(const package_input *in, package_record *out)
{
	auto_document d;
	if (!document_open(in, out, DOCUMENT_JSON, &d))
		return;
	packages_read(&d, node_is_list(d.root) ? d.root : node_get(d.root, "packages"), false,
		node_get(d.root, "dev-package-names"), PACKAGE_INSTALLED);
}

static void lock_read(const package_input *in, package_record *out)
{
	auto_document d;
	if (!lock_open(in, out, DOCUMENT_JSON, &d))
		return;
	if (packages_read(&d, node_get(d.root, "packages"), false, NULL, PACKAGE_LOCKED))
		packages_read(&d, node_get(d.root, "packages-dev"), true, NULL, PACKAGE_LOCKED);
}

const package_format format_composer_installed = {
	"Composer installed.json", installed_read, {{"installed.json", "composer"}}};
const package_format format_composer_lock = {"composer.lock", lock_read, {{"composer.lock", NULL}}};
