/* SPDX-License-Identifier: Apache-2.0
 *
 * Package URLs (github.com/package-url/purl-spec): one name for a package in all documents. */
#pragma once

#include "packages/package.h"

/* "pkg:deb/debian/curl@7.88.1-10?arch=amd64&distro=debian-12"; empty for packages that have no name there. release may be NULL. On a. */
span package_purl(const package *p, const package_release *release, arena *a);
