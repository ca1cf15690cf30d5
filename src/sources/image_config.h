/* SPDX-License-Identifier: Apache-2.0
 *
 * The configuration of an image (OCI image-spec v1.1, "Image Configuration"; Docker's is the same but for HEALTHCHECK and SHELL). */
#pragma once

#include "posture/source.h"

/* Adds an image as a document with one workload. The document's text has one line for each thing the configuration says, as a Dockerfile
 * would say it: that is what findings point at. config may be NULL (a root file system has none); then only the name is known. Name and
 * config are borrowed; they must live as long as the bundle. */
workload *image_config_add(bundle *b, const char *name, const node *config);

/* Where a line of that text is about the whole image: its first. */
origin image_config_origin(const workload *w);
