/* SPDX-License-Identifier: Apache-2.0
 *
 * Settings: what the rows of settings.def become. A reader of a host says of each either its value or why it could not be told, so that a
 * rule about a setting that nobody mentioned is a fault of the reader and not a pass. */
#pragma once

#include "posture/posture.h"

typedef enum setting_id {
#define SETTING(name, ...) SETTING_##name,
#include "posture/settings.def"
#undef SETTING
	SETTING_COUNT
} setting_id;

typedef struct setting_row {
	const char *field; /* docker.icc */
	fact_type type;    /* TRUTH, NUMBER or TEXT */
	const char *meaning;
} setting_row;

extern const setting_row setting_rows[SETTING_COUNT];

/* What a setting is: "true" and "false", decimal numbers, words. The value is borrowed; it must live as long as a. */
void setting_set(posture *p, setting_id id, span value, origin at, arena *a);
void setting_set_truth(posture *p, setting_id id, bool value, origin at, arena *a);
void setting_set_number(posture *p, setting_id id, int64_t value, origin at, arena *a);

/* That it could not be told, and why: "only root may read it". The reason is borrowed. */
void setting_unknown(posture *p, setting_id id, const char *reason, origin at, arena *a);

/* The item of a setting; NULL when nobody spoke of it. */
const item *setting_find(const posture *p, setting_id id);
