/* SPDX-License-Identifier: Apache-2.0
 *
 * What dockerd was told: by its arguments (those of the process that runs, else those of its unit) and by its file of settings. A thing that both say
 * keeps it from starting, so there is no question which of them holds. */
#pragma once

#include "formats/node.h"
#include "host/reader.h"

typedef struct dockerd {
	host_page *page;
	const process *process;  /* NULL: it does not run, or cannot be seen */
	const arguments *given;  /* NULL: not known */
	const char *given_place; /* "dockerd arguments", "/lib/systemd/system/docker.service" */
	bool variables;          /* .given holds some whose values are not known */
	const char *config_path;
	const node *config;  /* NULL: there is none, or it cannot be read */
	const char *unknown; /* why what nobody said may have been said after all; NULL: all is known */
} dockerd;

typedef struct dockerd_said {
	bool given;   /* somebody said it; else .values are empty and the default holds, unless .unknown */
	bool unknown; /* it cannot be told whether somebody said it */
	LIST(span) values;
	const char *place; /* where, or where it would stand */
	span words;
} dockerd_said;

/* Reads the file of settings of a dockerd; process may be NULL. */
void dockerd_open(host_page *p, const process *process, dockerd *ret);

/* Nothing that was read of it counts: it is about another daemon than the one that answers. */
void dockerd_forget(dockerd *d, const char *reason);

/* What was said by --flag, or by key in the file (NULL: flag is its name there too). */
dockerd_said dockerd_find(const dockerd *d, const char *flag, const char *key);

/* A single value; the default when nobody said it, empty when that is not known. */
span dockerd_value(const dockerd *d, const char *flag, const char *key, const char *otherwise);

/* "1", "t", "true" … as the daemon takes them. */
bool dockerd_truth(span value);

/* docker.tcp, docker.tcp_open: addresses it listens on, by what it was told and by the sockets it has (daemon_tcp.c). */
void dockerd_read_tcp(const dockerd *d);

/* The files of Docker (docker_files.c). data_root and exec_root as far as they are known. */
void dockerd_read_files(const dockerd *d, span data_root);

/* The swarm, if the daemon is in one; info is the answer of the API (docker_swarm.c). */
void dockerd_read_swarm(const dockerd *d, struct engine *engine, const node *info);
