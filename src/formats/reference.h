/* SPDX-License-Identifier: Apache-2.0
 *
 * References to images in registries, as engines read them (the grammar of distribution/reference):
 *
 *   [REGISTRY/]REPOSITORY[:TAG][@DIGEST]
 *
 * The part before the first '/' is a registry if it has a '.' or a ':' or is "localhost"; without one it is docker.io, whose names of one
 * part lie below library/. */
#pragma once

#include "base/arena.h"
#include "base/error.h"

enum { REFERENCE_REPOSITORY_MAX = 255, REFERENCE_TAG_MAX = 128 };

typedef struct reference { /* spans into the text, or living as long as the arena */
	span registry;     /* "docker.io" where nobody says; with its port */
	span repository;
	span tag, digest; /* .p is NULL where there is none */
} reference;

/* Splits any text, whether it is a valid reference or not. */
reference reference_split(span text, arena *a);

/* Splits and checks. A reference without tag and digest gets the tag "latest". ERROR_SYNTAX says what is wrong with it. */
int reference_parse(span text, arena *a, reference *ret, error *e);

/* registry/repository[:tag][@digest]: as reference_parse() reads it again. */
span reference_text(const reference *r, arena *a);
