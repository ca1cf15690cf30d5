/* SPDX-License-Identifier: Apache-2.0
 *
 * What an image holds: packages with what is known against them, secrets, and where in which layer all of it lies. Made from the layers of an
 * image, or from a bill of materials; read by rules and reports. Everything lives as long as the arena it was made on. */
#pragma once

#include "advisories/match.h"
#include "base/text.h"
#include "packages/package.h"
#include "secrets/scan.h"

enum { NO_LAYER = UINT16_MAX };

/* A place in an image. */
typedef struct image_spot {
	text text; /* .path is the path with a '/' before it, and in archives the way on behind "!/"; it has no bytes: what files of images say is not
	            * kept */
	uint32_t line, column, end_column; /* 1-based; 0: not known */
	uint16_t layer;                    /* 0: the lowest; NO_LAYER: of none, as in a root folder */
	bool deleted;                      /* a later layer took the file away: it is still in the image */
	uint16_t gone;                     /* deleted: the layer that did so */
} image_spot;

typedef struct inventory_package {
	const package *package;
	const image_spot *spot;
	const package *
		owner; /* a package of the distribution that installed its file, which is then judged alone; or NULL */
	span purl; /* package-url; empty where there is no type for it */
} inventory_package;

typedef struct inventory_secret {
	const secret_found *secret;
	const image_spot *spot;
} inventory_secret;

/* A known vulnerability of a package. */
typedef struct vulnerability {
	const advisory_match *match;
	const inventory_package *package;
	severity_label
		priority; /* the severity, corrected by what the workload may do and what attackers do */
	span reason;      /* why the priority is not the severity; or empty */
} vulnerability;

typedef struct inventory_layer {
	span digest, diff_id; /* either may be empty */
	span made_by; /* the instruction that made it, as the history has it, cleaned of what builders add; or empty */
	uint64_t size, wasted; /* bytes; wasted: of files that later layers replaced or deleted */
	uint32_t files;
} inventory_layer;

typedef struct inventory {
	const char *name;              /* as reports show it */
	span digest;                   /* of the manifest, else of the config; or empty */
	span config_digest, reference; /* or empty */
	span os, architecture, variant;
	span created; /* RFC 3339, or empty */
	inventory_layer *layers;
	uint32_t layer_count;
	const package_release *release; /* or NULL */
	span distribution;              /* "Debian 12", or empty */
	span support_ended;             /* YYYY-MM-DD, or empty while it is supported or not known */
	LIST(inventory_package) packages;
	LIST(inventory_secret) secrets;
	LIST(vulnerability) vulnerabilities; /* the gravest priority first */
	uint64_t size, wasted;
	uint32_t files;
	bool matched;       /* a database of advisories was asked */
	span database_date; /* the newest advisory in it */
	span not_asked;     /* why packages of a distribution could not be looked up; empty: all were */
} inventory;

/* The image as a product: its package URL (type oci, by the digest of its manifest or configuration), else its name. On a. */
span inventory_product(const inventory *im, arena *a);

/* The later of two versions in the order of the package's ecosystem; either may be empty. */
span inventory_later(const package *p, span a, span b);
