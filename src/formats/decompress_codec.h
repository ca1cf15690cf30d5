/* SPDX-License-Identifier: Apache-2.0
 *
 * What decompress.c asks of a format: one step from an input span to an output buffer. Codecs see to members and frames themselves. */
#pragma once

#include "base/error.h"
#include "base/span.h"

typedef enum codec_state {
	CODEC_GOING,    /* in the middle of something */
	CODEC_BOUNDARY, /* the input may end here, or go on with another member */
	CODEC_DONE,     /* the rest of the input is not ours */
} codec_state;

typedef struct codec {
	void *(*open)(void); /* ends the program when there is no memory */
	/* Takes bytes off *in and writes at most room bytes to out; *made says how many, also when it fails. A codec_state, or < 0. It is
	 * called again without input until it leaves room in out. */
	int (*run)(void *of, span *in, char *out, size_t room, size_t *made, error *e);
	void (*close)(void *of);
} codec;

extern const codec codec_gzip, codec_zstd, codec_bzip2, codec_xz;
