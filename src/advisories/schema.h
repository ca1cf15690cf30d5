/* SPDX-License-Identifier: Apache-2.0
 *
 * The tables of the database of advisories.
 *
 * affected is asked for every package of an image: the key is the ecosystem and the package, so that all that is known of one lies together;
 * .rules (ranges.h) decides without another table being asked. advisories is asked only for what matches. */
#pragma once

enum {
	SCHEMA_APPLICATION = 0x62756c6b, /* "bulk", as file(1) could show it */
	SCHEMA_VERSION = 1,
};

/* The tables of an empty database, with application_id and user_version. */
extern const char schema_sql[];
