/* SPDX-License-Identifier: Apache-2.0
 *
 * What the readers of language packages share: a file of JSON, YAML or TOML as a tree with lines, and which lock files count. */
#pragma once

#include "formats/node.h"
#include "packages/format.h"
#include "packages/lines.h"

typedef enum document_syntax {
	DOCUMENT_JSON,
	DOCUMENT_YAML, /* the last document of the stream that is a map counts */
	DOCUMENT_TOML,
} document_syntax;

typedef struct document {
	const package_input *in;
	package_record *out;
	text text;
	const node *root; /* lives in the arena, which is not that of the record */
	arena a;
} document;

/* Reads all of the file. What is damaged is a problem of the record; of YAML, what stands before still counts. False when there is no map or list to be read.
 * To be released by document_done() in each case. */
bool document_open(const package_input *in, package_record *out, document_syntax syntax, document *ret);
void document_done(document *d);
#define auto_document __attribute__((cleanup(document_done))) document

/* The line of a node of the document. */
uint32_t document_line(const document *d, const node *n);

/* Adds a package of the document; the line is that of `at`. False beyond LIMIT_PACKAGES. Silently nothing when it has no version: lock files state
 * folders and workspaces so. */
bool document_add(document *d, const node *at, const package *p);

/* The text of a node that is taken apart to a name and a version, cut where both cannot be good any more: in YAML, thousands of nodes may share one text of
 * megabytes. */
span document_text(const node *n);

/* Whether a list holds the text. */
bool document_lists(const node *list, const char *text);

/* The licence that a value states: a text, a list of texts ("A OR B"), or a map with the member "type". On the arena of the document. */
span document_licence(document *d, const node *n);

/* --- lock files --- */

/* Whether a lock file at this path speaks of the image. It does not when it came along with a package: nothing was installed by it. Those are all below
 * the folders where package managers put what they install or fetch (node_modules, site-packages, vendor, gems, Go's pkg/mod, cargo's registry …), and
 * below folders of test data. Everything else that was left in an image counts. */
bool lock_counts(span path);

/* document_open() of a lock file: false also when it does not count. */
bool lock_open(const package_input *in, package_record *out, document_syntax syntax, document *ret);

/* The lines of a lock file that has a syntax of its own; false when it does not count or is larger than LIMIT_FILE_BYTES. */
bool lock_lines(const package_input *in, package_record *out, lines *ret);
