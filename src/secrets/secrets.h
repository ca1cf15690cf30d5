/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether a name or a value looks like a secret. No value is ever kept or printed here. */
#pragma once

#include "base/span.h"

/* Whether a variable of this name usually holds a secret: DB_PASSWORD, apiToken, SECRET_KEY; not TOKEN_FILE, PUBLIC_KEY,
 * PASSWORD_MIN_LENGTH, which name or describe one. */
bool secret_name(span name);

/* What kind of secret the value is by its own form ("AWS access key", "private key", "URL with a password"); NULL when it has no known
 * form. */
const char *secret_form(span value);

/* Whether a value can be a secret at all: not empty, not a reference ($X, ${X}, {{ x }}), not true, false, a path
 * or an obvious placeholder (changeme stays a secret: it is one that was never changed). */
bool secret_literal(span value);
