/* SPDX-License-Identifier: Apache-2.0
 *
 * Package URLs (https://github.com/package-url/purl-spec): "pkg:deb/debian/openssl@3.0.11?arch=amd64". */
#pragma once

#include "base/arena.h"

typedef struct purl { /* as it is written, percent signs included; empty: not given */
	span type, namespace, name, version, qualifiers, subpath;
} purl;

/* False when it is none. Points into text. */
bool purl_read(span text, purl *ret);

/* Whether what `pattern` says holds for `of`: the type, namespace and name, the version where the pattern has one, and each of its qualifiers. Percent
 * encoding and, in types, case do not matter. */
bool purl_fits(const purl *pattern, const purl *of);

/* A part without its percent encoding; itself where there is none, else on a. */
span purl_decode(span part, arena *a);

/* The value of a qualifier, as it is written; false when there is none. */
bool purl_qualifier(const purl *p, const char *key, span *ret);
