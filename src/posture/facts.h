/* SPDX-License-Identifier: Apache-2.0
 *
 * Facts: what the rows of facts.def become. A fact has a value, how it is known, and the place that said it. */
#pragma once

#include "base/arena.h"
#include "base/text.h"
#include "posture/members.def"

typedef enum control {
#define CONTROL(name, question) CONTROL_##name,
#include "posture/controls.def"
#undef CONTROL
	CONTROL_COUNT
} control;

typedef enum fact_id {
#define FACT(name, ...)      FACT_##name,
#define LIST_FACT(name, ...) FACT_##name,
#include "posture/facts.def"
#undef FACT
#undef LIST_FACT
	FACT_COUNT,
	FACT_NONE = FACT_COUNT
} fact_id;

typedef enum fact_type { TYPE_TRUTH, TYPE_NUMBER, TYPE_SIZE, TYPE_CPU, TYPE_TEXT, TYPE_LIST } fact_type;

typedef enum fact_known { /* in the order of overlay: what is further down wins */
	KNOWN_UNSET,      /* nobody said, and this source cannot know */
	KNOWN_DEFAULT,    /* nobody said: the default of engine or cluster */
	KNOWN_DECLARED,   /* a file says so */
	KNOWN_CONFIGURED, /* the engine or the OCI spec says so */
	KNOWN_ENFORCED,   /* the kernel says so */
} fact_known;

/* Where something was said: the bytes [start, end) of a text. Of an unset or default fact: where it would be written. */
typedef struct origin {
	const text *text;
	uint32_t start, end;
} origin;

typedef union fact_value {
	bool truth;
	int64_t number; /* NUMBER, SIZE, CPU */
	span text;
	struct item_list *list;
} fact_value;

typedef struct fact {
	fact_value value;
	origin origin;
	fact_known known;
} fact;

/* One element of a list fact; values are indexed by the enumerators MOUNT_source, PORT_host_ip … below. */
typedef struct item {
	origin origin;
	uint32_t set;        /* bit i: values[i] is known */
	fact_value values[]; /* as many as the list has members */
} item;

typedef struct item_list {
	LIST(item *) all;
} item_list;

#define ITEM_ENUM_(list, name, type, meaning) MEMBER_##list##_##name,
enum { GROUP_MEMBERS(ITEM_ENUM_) };
enum { MOUNT_MEMBERS(ITEM_ENUM_) };
enum { CAPABILITY_MEMBERS(ITEM_ENUM_) };
enum { SYSCTL_MEMBERS(ITEM_ENUM_) };
enum { DEVICE_MEMBERS(ITEM_ENUM_) };
enum { ULIMIT_MEMBERS(ITEM_ENUM_) };
enum { PROBE_MEMBERS(ITEM_ENUM_) };
enum { NETWORK_MEMBERS(ITEM_ENUM_) };
enum { PORT_MEMBERS(ITEM_ENUM_) };
enum { ENV_MEMBERS(ITEM_ENUM_) };
enum { LABEL_MEMBERS(ITEM_ENUM_) };
enum { SECRET_MEMBERS(ITEM_ENUM_) };
enum { FILE_MEMBERS(ITEM_ENUM_) };
enum { TASK_MEMBERS(ITEM_ENUM_) };
enum { DESCRIPTOR_MEMBERS(ITEM_ENUM_) };
enum { PROGRAM_MEMBERS(ITEM_ENUM_) };
enum { SYSCALL_MEMBERS(ITEM_ENUM_) };
enum { LISTEN_MEMBERS(ITEM_ENUM_) };
enum { SETTING_MEMBERS(ITEM_ENUM_) };
enum { HOST_FILE_MEMBERS(ITEM_ENUM_) };
#undef ITEM_ENUM_

typedef struct member_row {
	const char *name;
	fact_type type;
	const char *meaning;
} member_row;

typedef struct fact_row {
	const char *name, *field; /* read_only, filesystem.read_only */
	fact_type type;
	control control;
	int8_t key; /* lists: the member that overlay merges by; -1 replaces */
	uint8_t member_count;
	const member_row *members;
	const char *meaning;
} fact_row;

typedef struct control_row {
	const char *name, *question;
} control_row;

extern const fact_row fact_rows[FACT_COUNT];
extern const control_row control_rows[CONTROL_COUNT];

/* The control whose name stands before the '/' of a rule id, or CONTROL_COUNT. */
control control_of(span rule_id);

/* Setting members while an item is built. */
static inline void item_set_text(item *i, int member, span text)
{
	i->values[member].text = text;
	i->set |= 1u << member;
}
static inline void item_set_number(item *i, int member, int64_t number)
{
	i->values[member].number = number;
	i->set |= 1u << member;
}
static inline void item_set_truth(item *i, int member, bool truth)
{
	i->values[member].truth = truth;
	i->set |= 1u << member;
}
/* The text of a member; empty when it is not known. */
static inline span item_text(const item *i, int member)
{
	return i->set & 1u << member ? i->values[member].text : (span){0};
}
static inline bool item_has(const item *i, int member)
{
	return i->set & 1u << member;
}
