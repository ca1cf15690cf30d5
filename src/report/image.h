/* SPDX-License-Identifier: Apache-2.0
 *
 * What reports say of images: shared by the formats. */
#pragma once

#include "inventory/inventory.h"
#include "formats/json_write.h"
#include "report/style.h"

/* --- JSON --- */

/* Members of a finding: line, layer. */
void json_spot(json_writer *w, const image_spot *spot);

/* Members of a finding: id, aliases, package, fixed, what is known of it. */
void json_vulnerability(json_writer *w, const vulnerability *v);

/* The member "images": what was scanned, with layers and packages; nothing when no image was. */
void json_images(json_writer *w, const report *r);

/* --- text --- */

/* The section of one image: what it is, the findings about it, packages to upgrade and what that mends. */
void text_image(const report *r, buffer *out, const document *d,
	void (*finding_text)(const report *r, buffer *out, const finding *f));

/* --- words --- */

extern const char *const severity_label_names[]; /* unknown … critical */
extern const char *const advisory_state_names[]; /* fixed, unfixed, deferred, wont-fix, unimportant */

/* "12.3 MB". */
span size_words(uint64_t bytes, arena *a);
