/* SPDX-License-Identifier: Apache-2.0
 *
 * Parameters of events as texts: the plain form, and what it means ("4097" and "O_RDONLY|O_CLOEXEC"; "3" and "<f>/etc/passwd"). */
#pragma once

#include "base/buffer.h"
#include "watch/state.h"

/* The plain form. false: the parameter is missing. */
bool event_print_plain(const event *e, int index, buffer *out);

/* What it means; writes nothing and says false when the plain form says all. */
bool event_print_meaning(const watch_state *s, const event *e, int index, buffer *out);

/* What evt.arg gives: the meaning where there is one, else the plain form. */
bool event_print_argument(const watch_state *s, const event *e, int index, buffer *out);

/* "res=0 path=/bin/newdir flags=1(O_RDONLY)": all of them. */
void event_print_all(const watch_state *s, const event *e, buffer *out);

/* "<4t>127.0.0.1:60996->127.0.0.1:4444": the type as one or two letters, and the name. */
void event_print_descriptor(const descriptor *d, buffer *out);

/* The folder that a path parameter begins at: the descriptor that an earlier parameter names ("dirfd" …), or STATE_CWD. */
int64_t event_path_folder(const event *e, int index);

/* "ENOENT", or NULL. */
const char *event_error_name(int64_t number);
