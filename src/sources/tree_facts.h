/* SPDX-License-Identifier: Apache-2.0
 *
 * What the readers of JSON about a container share (an engine's inspect answer, an OCI spec): values at paths become facts, each with a line of evidence that
 * says where it stood. */
#pragma once

#include "sources/evidence.h"

typedef struct tree_facts {
	const char *place; /* "docker inspect": what the lines begin with */
	const node *root;
	evidence *evidence;
	posture *posture;
	arena *arena;
	fact_known said,
		silent; /* how a fact is known whose value was asked for, and one whose value is what nobody asked for */
} tree_facts;

/* Adds the line "path.of.it = value"; parts of a path are separated by '/', as for node_path. Texts stand bare, lists and maps as JSON, cut off behind
 * LIMIT_EVIDENCE_VALUE bytes. NULL is "absent". */
origin tree_facts_say(const tree_facts *r, const char *path, const node *value);

/* The same of the value that stands at the path. */
origin tree_facts_say_path(const tree_facts *r, const char *path);

/* Adds "path.of.it = words"; the origin is the words alone: NAME=value, whose first '=' is that of the pair. */
origin tree_facts_say_item(const tree_facts *r, const char *path, span words);

/* Each reads the value at a path. What is not there or not of its kind is what nobody asked for. */
void tree_facts_truth(const tree_facts *r, fact_id fact, const char *path); /* false */
void tree_facts_limit(const tree_facts *r, fact_id fact, const char *path); /* 0; so are negative ones */
void tree_facts_number(
	const tree_facts *r, fact_id fact, const char *path, int64_t usual); /* `usual`; so is 0 */

/* A CPU limit of `quota` microseconds of every `period`, in thousandths of a CPU; 0: none. */
int64_t tree_facts_cpu(const node *quota, const node *period);

/* Memory and swap together: -1 for no limit. A swap that nobody gives is as large as the memory. */
void tree_facts_swap(const tree_facts *r, const char *memory, const char *swap);

/* Lists: ["NAME=value"], {name: value}, [{Name, Soft, Hard}]; the latter with the keys of the members. */
void tree_facts_env(const tree_facts *r, const char *path);
void tree_facts_pairs(const tree_facts *r, fact_id fact, const char *path);
void tree_facts_ulimits(
	const tree_facts *r, const char *path, const char *name, const char *soft, const char *hard);

/* Adds the words of a list to buf as ["a", "b"]. */
void tree_facts_add_words(buffer *out, const node *list);

/* user:role:type:level as the facts of SELinux; nothing for an empty one. */
void tree_facts_selinux(const tree_facts *r, span label, origin at);

/* Options of a mount ("ro", "rslave", "noexec", "size=8m") onto its item. */
void tree_facts_mount_option(item *mount, span option);

/* Whether a list of texts holds a word. */
bool tree_facts_holds(const node *list, const char *word);
