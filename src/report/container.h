/* SPDX-License-Identifier: Apache-2.0
 *
 * What reports say of running containers: shared by the formats. */
#pragma once

#include "formats/json_write.h"
#include "report/style.h"

/* Whether a finding is about a running container, a host or an engine: those are told by text_containers. */
bool text_is_running(const finding *f);

/* The findings about what runs: one that many share is told once, with the list of them. */
void text_containers(const report *r, buffer *out);

/* A table for each container: what was declared, configured, enforced, and the words that say so. */
void text_container_facts(const report *r, buffer *out);

/* Members of a workload: id, engine, pid, image, facts with their layers, drift. */
void json_container(json_writer *w, const report *r, const workload *of);

/* Members of a host or an engine: settings and files. */
void json_host(json_writer *w, const report *r, const workload *of);
