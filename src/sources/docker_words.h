/* SPDX-License-Identifier: Apache-2.0
 *
 * The words that the command line of Docker and Podman and Compose files have in common: `127.0.0.1:8080:80/udp`, `./data:/data:ro`,
 * `no-new-privileges:true`, `on-failure:5`. A '$' that is still in a word is a variable that nobody but the shell knows: what depends
 * on it is left unset. */
#pragma once

#include "posture/source.h"

typedef struct docker_words { /* whom the facts are about */
	arena *arena;
	posture *posture;
	loader *files;      /* of seccomp profiles; may be NULL */
	const char *folder; /* that relative paths are relative to; NULL: unknown */
} docker_words;

/* Sets every fact that the engine has a default for, at the place where it would be written, and places the others. */
void docker_defaults(docker_words *d, origin at);

/* Whether a variable is left in s. */
bool docker_is_open(span s);

/* Takes the part before the next `separator` off *rest, past ${…}, $(…) and […]. */
bool docker_cut(span *rest, char separator, span *ret);

/* A host path as facts have it: relative ones are joined with the folder if that is relative itself, so that no report depends on
 * where a checkout lies. */
span docker_path(const docker_words *d, span path);

/* Each reads one word into the facts; NULL when it is nothing that the engine would take. */
item *docker_port(docker_words *d, span word, bool published, origin at);
item *docker_volume(docker_words *d, span word, origin at);
item *docker_tmpfs(docker_words *d, span word, origin at);
item *docker_device(docker_words *d, span word, origin at);
item *docker_capability(docker_words *d, fact_id fact, span word, origin at);
item *docker_ulimit(docker_words *d, span word, origin at); /* nofile=1:2 */
item *docker_pair(
	docker_words *d, fact_id fact, span name, span value, origin at); /* env, args, labels, sysctls */
void docker_security_opt(docker_words *d, span word, origin at);
void docker_restart(docker_words *d, span word, origin at);
void docker_image(docker_words *d, span word, origin at);
void docker_user(docker_words *d, span word, origin at);
void docker_text(
	docker_words *d, fact_id fact, span word, origin at); /* left unset when a variable is in it */
void docker_namespace(docker_words *d, fact_id fact, span word, origin at);

/* Options of a mount, as `,` separates them: ro, rshared, size=64m, exec. */
void docker_mount_options(item *mount, span options);

/* "8080", "8080-8090": the first number of a port or a range of them. */
bool docker_port_number(span s, int64_t *ret);

/* Reads the seccomp profile at `path` and says what it does by default and which of its names no kernel has; nothing when it cannot
 * be read. */
void seccomp_profile_read(docker_words *d, span path);

/* --- for their writers --- */

/* The word of a published port with another host address: "8080:80" gives "127.0.0.1:8080:80". */
span docker_port_at(span word, span ip, arena *a);

/* The word of a volume that is read-only (or writable again). */
span docker_volume_writable(span word, bool writable, arena *a);

/* What is written for a wanted size, CPU or number of a fact, which must not be below `least`; false when it is none. */
bool docker_quantity(fact_id fact, span wanted, int64_t least, arena *a, span *ret);

/* What `user:` says for the wants user.name, user.uid and user.gid among count wants; empty when none of them is there. */
span docker_user_wanted(const want *wants, size_t count, arena *a);
