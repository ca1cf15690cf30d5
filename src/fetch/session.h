/* SPDX-License-Identifier: Apache-2.0
 *
 * A conversation with one registry about one repository: where it is, what opens it, and the helpers that fetch. */
#pragma once

#include "base/limits.h"
#include "fetch/credentials.h"
#include "fetch/fetch.h"
#include "fetch/registry.h"

#include <pthread.h>

typedef struct endpoint {
	span host;       /* with its port */
	span repository; /* as it is called there */
	bool insecure;   /* the person has said so */
	bool plain;      /* it speaks HTTP only; learned */
	bool mirror;
	bool known; /* there is a credential */
	credential credential;
	const char *ca;
} endpoint;

typedef struct session {
	const registry_options *options;
	arena *arena; /* of the one thread that pulls; guarded by lock while several fetch */
	endpoint *at;
	span authorization; /* the header, or empty */
	uint32_t issued;    /* how often it was made */
	pthread_mutex_t lock;
	pthread_cond_t freed;
	fetcher *idle[LIMIT_FETCH_PARALLEL];
	uint32_t idle_count, fetchers;
} session;

/* Starts the helpers; files go to `folder`. */
int session_init(session *s, const registry_options *o, const char *folder, arena *a, error *e);
void session_done(session *s);

/* Turns to another endpoint. */
void session_turn(session *s, endpoint *at);

/* Gets /v2/REPOSITORY/<path> (or a whole URL elsewhere, without credentials) with the rest as q says; logs in when asked to. Any status but
 * 401 and 403 is an answer. On any thread; a is the caller's. */
int session_get(session *s, const char *path, fetch_request *q, arena *a, fetch_answer *ret, error *e);

/* The error that an answer other than 200 stands for. */
int session_refused(const session *s, const fetch_answer *answer, const char *what, error *e);

/* login.c: makes the header Authorization from a challenge; called under the lock. */
int session_login(session *s, fetcher *f, const fetch_answer *answer, error *e);
bool session_insecure(const registry_options *o, span host);
