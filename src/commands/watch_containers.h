/* SPDX-License-Identifier: Apache-2.0
 *
 * What is known of the containers of this machine: engines and bundles are asked about each as soon as an event of it is seen, by threads of their own, so that
 * events wait for an answer only while they need it (LIMIT_WATCH_WAIT at most, and not for a source that was late the last time). */
#pragma once

#include "watch/containers.h"
#include "watch/process.h"

typedef enum watch_container_source {
	WATCH_CONTAINERS_LIST,   /* Docker's list, which answers while a container is being started */
	WATCH_CONTAINERS_DOCKER, /* Docker, of one container */
	WATCH_CONTAINERS_PODMAN, /* Podman, of one container */
	WATCH_CONTAINERS_BUNDLE, /* the OCI bundle, and the store of containers/storage that it lies in */
	WATCH_CONTAINERS_SOURCES,
} watch_container_source;

enum { /* sets of sources */
	WATCH_CONTAINERS_NONE = 0,
	WATCH_CONTAINERS_ENGINES =
		1 << WATCH_CONTAINERS_LIST | 1 << WATCH_CONTAINERS_DOCKER | 1 << WATCH_CONTAINERS_PODMAN,
	WATCH_CONTAINERS_BUNDLES = 1 << WATCH_CONTAINERS_BUNDLE,
	WATCH_CONTAINERS_ALL = WATCH_CONTAINERS_ENGINES | WATCH_CONTAINERS_BUNDLES,
};

typedef struct watch_containers watch_containers;

/* Starts a thread for each source of a set (WATCH_CONTAINERS_…), which finds its engine as `audit` does; an engine that is not there is looked for again from
 * time to time. Signals are left to the other threads. A thread that cannot be started is a source that knows nothing. */
watch_containers *watch_containers_open(unsigned sources);

/* What is done every few milliseconds while an event waits for an answer. */
void watch_containers_meanwhile(watch_containers *w, void (*meanwhile)(void *of), void *of);

/* Ends the threads; one that waits for its engine is waited for (two seconds). Takes NULL. */
void watch_containers_close(watch_containers *w);

/* Before the rules see an event of a process: if it is in a container of which little is known, it is asked about. What was found before may be given back now: what
 * find gave is borrowed until the next call. The table is that of the process, for its ancestors. p may be NULL. */
void watch_containers_see(watch_containers *w, const process_table *table, const process *p);

/* The lookup of event views. A container is what it was when it was asked about; what is gone is remembered as long as there is room
 * (LIMIT_WATCH_CONTAINERS). */
container_lookup watch_containers_lookup(watch_containers *w);
