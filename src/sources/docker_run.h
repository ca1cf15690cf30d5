/* SPDX-License-Identifier: Apache-2.0
 *
 * `docker run` commands, taken apart: for the files of this source only. */
#pragma once

#include "base/limits.h"
#include "base/map.h"
#include "formats/shell.h"
#include "formats/shell_regions.h"
#include "sources/docker_words.h"

typedef struct run_option run_option;

typedef struct run_reader { /* one command while its facts are read */
	docker_words words;
	posture *posture;
	const struct run_command *command;
} run_reader;

/* A row of the options of `docker run`, `podman run` and `nerdctl run`. */
typedef struct run_row {
	const char *name;
	char letter;
	bool takes_value;
	fact_id fact;                                     /* that it states; FACT_NONE */
	void (*read)(run_reader *r, const run_option *o); /* NULL: says nothing about security */
} run_row;

struct run_option { /* one option of a command; offsets are of the file */
	const run_row *row;
	span value;          /* quotes and escapes taken away; of a flag "true" or "false" */
	uint32_t before;     /* the end of the word before it */
	uint32_t start, end; /* all of its words */
	uint32_t value_start,
		value_end; /* of the value, when its bytes stand in the file as they are; else both 0 */
	bool bundled;      /* shares its word with other letters: -itv */
};

typedef struct run_command {
	const text *text;
	LIST(run_option) options;
	span image;
	uint32_t start, end; /* from the engine's name to the word `run` */
	uint32_t image_start, image_end;
	shell_words arguments; /* behind the image */
	bool opaque;           /* some of the options are in a variable: no default is certain */
	span name;             /* --name */
} run_command;

extern const run_row run_rows[];
extern const size_t run_row_count;

const run_row *run_row_of(span name);
const run_row *run_row_of_letter(char letter);

/* Takes apart what an engine is told, by the words without sudo and its like; false when it is no run or create. */
bool run_parse(const text *t, const shell_region *region, shell_words words, arena *a, run_command *ret);

/* Fills the facts of a command. */
void run_facts(const run_command *c, posture *p, loader *files, const char *folder, arena *a);

origin run_origin(const run_command *c, const run_option *o);

/* The last option of that name, or NULL. */
const run_option *run_option_of(const run_command *c, const char *name);

int run_write(const workload *w, const want *wants, size_t count, arena *a, edit_list *ret, error *e);

/* --- readers of options: docker_run_facts.c --- */

void run_read_truth(run_reader *r, const run_option *o);
void run_read_size(run_reader *r, const run_option *o);
void run_read_cpu(run_reader *r, const run_option *o);
void run_read_cpu_quota(run_reader *r, const run_option *o);
void run_read_number(run_reader *r, const run_option *o);
void run_read_text(run_reader *r, const run_option *o);
void run_read_namespace(run_reader *r, const run_option *o);
void run_read_network(run_reader *r, const run_option *o);
void run_read_user(run_reader *r, const run_option *o);
void run_read_capability(run_reader *r, const run_option *o);
void run_read_security(run_reader *r, const run_option *o);
void run_read_volume(run_reader *r, const run_option *o);
void run_read_mount(run_reader *r, const run_option *o);
void run_read_tmpfs(run_reader *r, const run_option *o);
void run_read_device(run_reader *r, const run_option *o);
void run_read_port(run_reader *r, const run_option *o);
void run_read_all_ports(run_reader *r, const run_option *o);
void run_read_expose(run_reader *r, const run_option *o);
void run_read_env(run_reader *r, const run_option *o);
void run_read_env_file(run_reader *r, const run_option *o);
void run_read_label(run_reader *r, const run_option *o);
void run_read_sysctl(run_reader *r, const run_option *o);
void run_read_ulimit(run_reader *r, const run_option *o);
void run_read_group(run_reader *r, const run_option *o);
void run_read_restart(run_reader *r, const run_option *o);
void run_read_health(run_reader *r, const run_option *o);
void run_read_no_health(run_reader *r, const run_option *o);
void run_read_secret(run_reader *r, const run_option *o);
void run_read_socket(run_reader *r, const run_option *o);
