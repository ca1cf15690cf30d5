/* SPDX-License-Identifier: Apache-2.0
 *
 * What a regular expression cannot say of a candidate; each is the `check` of some rules. */
#pragma once

#include "secrets/rule.h"

/* The first part is a JSON object with "alg" (RFC 7519); "none" is no signature, and a payload whose "exp" is long ago is noted. */
bool check_jwt(secret_candidate *c);
/* The same, of a Kubernetes service account. */
bool check_service_account(secret_candidate *c);
/* PEM or PGP armour with a body of base64; an encrypted one is noted. */
bool check_private_key(secret_candidate *c);
/* Base64 of user:password. */
bool check_basic_auth(secret_candidate *c);
/* A password in a URL that is written out: no variable, no placeholder, no e-mail address. */
bool check_url_password(secret_candidate *c);
/* name = value: a name that sounds secret and a value that looks random. */
bool check_assignment(secret_candidate *c);
/* The line is of a URL with a version, as shared access signatures are. */
bool check_azure_sas(secret_candidate *c);
/* A value with both letters and digits: no word, no number. */
bool check_mixed(secret_candidate *c);

/* --- base64 --- */

/* Decodes base64 or base64url, with or without padding; stops at what is neither. At most room bytes. */
span base64_decode(span text, char *room, size_t n);
