/* SPDX-License-Identifier: Apache-2.0
 *
 * The parts of following the state of a machine; see state.h. */
#pragma once

#include "watch/state.h"

/* false: there are LIMIT_WATCH_ACCOUNTS already. Texts are copied. */
bool state_account_add(watch_state *s, bool group, const account *a);

/* Sets the cgroups, and the container that they name. */
void state_cgroups_set(watch_state *s, process *p, span cgroups);

/* Goes into a folder, from the one that the process is in. */
void state_cwd_set(watch_state *s, process *p, span path);

/* Joins two paths as state_path does; `base` is taken as it is. */
span state_path_join(span base, span path, char room[LIMIT_WATCH_PATH]);

/* A parameter as a number, else `otherwise`. */
int64_t state_number(const event *e, int index, int64_t otherwise);
/* A parameter as a text without its 0 byte, or as its bytes. */
span state_text(const event *e, int index);
span state_bytes(const event *e, int index);

/* What an event does. Each knows the types that call it. */
typedef void state_action(watch_state *s, event *e);

state_action state_clone, state_execve, state_exit;
state_action state_open, state_close, state_duplicate, state_fcntl, state_pipe, state_simple, state_eventfd,
	state_memfd, state_pidfd_open, state_pidfd_getfd, state_close_range;
state_action state_socket, state_socketpair, state_bind, state_connect, state_accept, state_send,
	state_receive;
state_action state_chdir, state_fchdir, state_chroot, state_setuid, state_setgid, state_session,
	state_process_group, state_capset, state_namespaces, state_prctl, state_account;

/* Makes the entry of a new descriptor of the event's process and makes it that of the event; NULL: there is no room. */
descriptor *state_descriptor_new(watch_state *s, event *e, int64_t number, descriptor_type type);
/* The table behind the event's process; NULL: there is none. */
descriptor_table *state_table(watch_state *s, const event *e);
/* The event's descriptor, to be changed; NULL: there is none. */
descriptor *state_descriptor_change(watch_state *s, event *e);
/* What a call speaks of without opening it. */
void state_spoken_set(watch_state *s, event *e, descriptor_type type, span name, span raw);
