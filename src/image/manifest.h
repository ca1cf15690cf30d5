/* SPDX-License-Identifier: Apache-2.0
 *
 * What image.c and the readers of the two families of manifests share. */
#pragma once

#include "image/image.h"
#include "image/store.h"

/* Reads a JSON member onto the image's arena. With a digest (may be empty), bytes that have another one are a problem, not an end. *t names
 * it for places in it. */
int image_json(image *im, span name, span digest, text *t, node **ret, error *e);

/* Reads the config and goes through its diff ids and its history, once the layers are there. A config that is missing or damaged is a problem. */
void image_config_read(image *im, span name, span digest);

/* Makes room for count layers; ERROR_LIMIT when there are too many. */
int image_layers_make(image *im, uint32_t count, error *e);

/* manifest.json of `docker save`, which is a list. */
int docker_read(image *im, const node *manifests, error *e);

/* Images saved before that: "repositories", and a chain of folders with a json each. */
int docker_read_legacy(image *im, error *e);

/* index.json of an OCI layout. */
int oci_read(image *im, error *e);

/* A manifest whose blobs lie beside it, as "dir:" has them. */
int oci_read_manifest(image *im, const node *manifest, error *e);
