/* SPDX-License-Identifier: Apache-2.0
 *
 * Credentials for registries, where people already have them: the files of containers-auth.json(5) and Docker's config.json, and the programs
 * (docker-credential-NAME) that these name. What is secret is in no error's text and in no argument of a program. */
#pragma once

#include "base/arena.h"
#include "base/error.h"

typedef struct credential { /* lives as long as the arena */
	span user, secret;
	bool token; /* the secret is an identity token (for OAuth2), not a password */
} credential;

/* What there is for a repository of a registry: 1 and *ret, or 0. Asked in this order: $REGISTRY_AUTH_FILE alone, if set; else
 * $XDG_RUNTIME_DIR/containers/auth.json, ~/.config/containers/auth.json, $DOCKER_CONFIG (or ~/.docker)/config.json. Starts programs. */
int credentials_find(span registry, span repository, arena *a, credential *ret, error *e);

/* $BULKHEAD_USERNAME and $BULKHEAD_PASSWORD, for pipelines: for the registry that the person named, whichever that is. */
bool credentials_from_environment(credential *ret);

/* The bytes of one file: which credentials it has itself (1), whether it has none (0), or which program is to be asked: 2, and *ret_program.
 * path: for errors. */
int credentials_read(const char *path, span bytes, span registry, span repository, arena *a, credential *ret,
	span *ret_program, error *e);

/* What a credential program has answered. 1, or 0 when it has none. */
int credentials_program_read(span answer, arena *a, credential *ret, error *e);

/* Base64 (RFC 4648); false if it is none. */
bool credentials_decode(span text, arena *a, span *ret);
