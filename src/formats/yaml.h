/* SPDX-License-Identifier: Apache-2.0
 *
 * YAML 1.1 as Docker and Kubernetes read it, by the events of libyaml, into trees with byte spans.
 *
 * What libyaml does not do is done here: byte offsets (its marks count code points), core-schema scalars with the
 * YAML 1.1 booleans that Go's yaml and sigs.k8s.io/yaml take (yes, no, on, off, y, n only where those do), merge
 * keys, duplicate keys (reported, the last one wins as in Docker's and Kubernetes' lenient readers), bounds on
 * depth and on aliases written out. */
#pragma once

#include "formats/node.h"

/* Reads all documents of a stream. Documents before a syntax error are given; the documents after it are read
 * again from the next line that starts with "---", so that one bad document does not hide the others: each fault
 * becomes a problem with its place. Empty documents are given as NODE_NULL. Trees live as long as a and point into
 * t. Never fails: what cannot be read is in ret_problems. */
void yaml_read(const text *t, arena *a, node_list *ret_documents, node_problems *ret_problems);
