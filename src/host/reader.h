/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of host/ share while one host is read. */
#pragma once

#include "base/map.h"
#include "host/accounts.h"
#include "host/audit_rules.h"
#include "host/host.h"
#include "host/processes.h"
#include "posture/settings.h"
#include "sources/evidence.h"

typedef struct host_reader {
	const host_request *request;
	bundle *bundle;
	arena *arena; /* the bundle's */
	host_root root;
	accounts accounts;
	processes processes;
	audit_rules audit[2];      /* of /etc/audit/rules.d, and of audit.rules, each with a -D of its own */
	const char *audit_unknown; /* why the rules of the audit system are not known; NULL: they are */
	span mountinfo;
	map files; /* paths that a page has told of */
} host_reader;

typedef struct host_page { /* one workload while it is filled */
	host_reader *reader;
	evidence seen;
	workload *workload;
	posture *posture;
	uint32_t owner; /* whom its files should belong to: 0, or the user of a rootless engine */
} host_page;

/* A document with one workload of this kind, which is its name too; and its end. */
void host_page_open(host_reader *r, const char *kind, host_page *ret);
void host_page_close(host_page *p);

/* A setting, and what was read where: "docker info", "LiveRestoreEnabled = true". Spans are copied where needed. */
void host_say(host_page *p, setting_id id, span value, const char *place, span words);
void host_say_truth(host_page *p, setting_id id, bool value, const char *place, span words);
void host_say_number(host_page *p, setting_id id, int64_t value, const char *place, span words);
void host_say_unknown(host_page *p, setting_id id, const char *reason);

/* Something of the host that could not be read, as a problem of the bundle. */
void host_problem(host_reader *r, const error *e);

/* A text file of the host; NULL when it is not there, or cannot be read: then *ret_reason (may be NULL) says why, and it is NULL when it is not there. */
const text *host_text(host_reader *r, const char *path, const char **ret_reason);

/* --- files (files.c) --- */

typedef struct host_file_row {
	const char *kind;  /* daemon-json */
	const char *group; /* it may belong to beside root; NULL: root alone */
	uint32_t mode;     /* the bits that it may have */
} host_file_row;

/* Adds the file at path to the list; nothing when there is none. */
void host_file_add(host_page *p, const host_file_row *row, const char *path);

/* The same, unless a page before has told of it: Docker and its containerd have files in common. */
void host_file_add_once(host_page *p, const host_file_row *row, const char *path);

/* Adds every file whose name ends so in the folders below a folder: certs.d / * / *.crt. */
void host_files_add(host_page *p, const host_file_row *row, const char *folder, const char *ending);

/* --- what is read (one file each) --- */

void host_read_kernel(host_page *p);
void host_read_docker(host_reader *r);
void host_read_podman(host_reader *r);
void host_read_containerd(host_reader *r);
