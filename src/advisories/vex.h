/* SPDX-License-Identifier: Apache-2.0
 *
 * VEX: what somebody says of vulnerabilities in products, read into one table from OpenVEX (0.2), CSAF 2.0 and 2.1 (profile VEX), and CycloneDX
 * (vulnerabilities with an analysis). */
#pragma once

#include "base/error.h"
#include "base/map.h"

typedef enum vex_status {
	VEX_UNKNOWN, /* nobody says anything */
	VEX_AFFECTED,
	VEX_UNDER_INVESTIGATION,
	VEX_FIXED,
	VEX_NOT_AFFECTED,
} vex_status;

typedef struct vex_statement { /* spans live as long as the arena of the table */
	span *ids;             /* of the vulnerability, aliases too */
	uint32_t id_count;
	span product;   /* a package URL, another identifier of a product, or empty: any product */
	span component; /* the package inside the product (OpenVEX subcomponent), or empty: the product is it */
	vex_status status;
	span justification; /* "vulnerable_code_not_present", or empty */
	span text;          /* for people: impact or action, or empty */
	span file;          /* where it stands */
	uint32_t line;
} vex_statement;

typedef struct vex_table {
	LIST(vex_statement) statements; /* in the order of reading: what is said later counts */
	map by_id; /* the name of a vulnerability in lower case -> where it was named last */
} vex_table;

/* Adds the statements of one document. ERROR_SYNTAX when it is no VEX of a kind that is known. bytes must outlive the table. */
int vex_read(const char *path, span bytes, arena *a, vex_table *ret, error *e);

/* For vex_read: enters the statements from a number on into .by_id. */
void vex_index(vex_table *t, uint32_t first, arena *a);

/* What the table says of a vulnerability (all its names) in a package (its package URL); products, of the image as a whole, may be NULL. A statement
 * on the package or on a component of one of the products counts. The last one that fits; NULL: none. */
const vex_statement *vex_find(const vex_table *t, const span *ids, uint32_t id_count, span package,
	const span *products, uint32_t product_count);

const char *vex_status_name(vex_status status);
