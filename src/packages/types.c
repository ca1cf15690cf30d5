/* SPDX-License-Identifier: Apache-2.0
 *
 * The types of packages; apart from the formats, so that who only names types does not link the readers. */
#include "packages/package.h"

const package_type_row package_types[PACKAGE_TYPE_COUNT] = {
	[PACKAGE_DEB] = {"deb", NULL, "deb", true},
	[PACKAGE_APK] = {"apk", NULL, "apk", true},
	[PACKAGE_RPM] = {"rpm", NULL, "rpm", true},
	[PACKAGE_NPM] = {"npm", "npm", "npm", false},
	[PACKAGE_PYPI] = {"pypi", "PyPI", "pypi", false},
	[PACKAGE_GO] = {"go", "Go", "golang", false},
	[PACKAGE_CARGO] = {"cargo", "crates.io", "cargo", false},
	[PACKAGE_MAVEN] = {"maven", "Maven", "maven", false},
	[PACKAGE_GEM] = {"gem", "RubyGems", "gem", false},
	[PACKAGE_COMPOSER] = {"composer", "Packagist", "composer", false},
	[PACKAGE_NUGET] = {"nuget", "NuGet", "nuget", false},
	[PACKAGE_PUB] = {"pub", "Pub", "pub", false},
	[PACKAGE_HEX] = {"hex", "Hex", "hex", false},
	[PACKAGE_HACKAGE] = {"hackage", "Hackage", "hackage", false},
	[PACKAGE_CRAN] = {"cran", "CRAN", "cran", false},
	[PACKAGE_SWIFT] = {"swift", "SwiftURL", "swift", false},
	[PACKAGE_BINARY] = {"binary", "binary", "generic", false},
};
