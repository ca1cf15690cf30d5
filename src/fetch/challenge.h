/* SPDX-License-Identifier: Apache-2.0
 *
 * The header WWW-Authenticate (RFC 9110, 11.6.1), as registries use it. */
#pragma once

#include "base/arena.h"

typedef enum challenge_kind { CHALLENGE_NONE, CHALLENGE_BASIC, CHALLENGE_BEARER } challenge_kind;

typedef struct challenge { /* spans into the header or on the arena */
	challenge_kind kind;
	span realm, service, scope;
} challenge;

/* The best of the challenges in one header: Bearer before Basic. What cannot be read is passed over. */
challenge challenge_parse(span header, arena *a);
