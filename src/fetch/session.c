/* SPDX-License-Identifier: Apache-2.0
 *
 * Talking to one registry: over HTTPS, or over HTTP where the person has allowed it and nothing else is spoken. */
#include "fetch/session.h"

#include "formats/json.h"

int session_init(session *s, const registry_options *o, const char *folder, arena *a, error *e)
{
	*s = (session){.options = o, .arena = a};
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->freed, NULL);
	for (uint32_t i = 0; i < LIMIT_FETCH_PARALLEL; i++) {
		int status = fetcher_start(folder, &s->idle[i], e);
		if (status < 0) {
			session_done(s);
			return status;
		}
		s->idle_count = s->fetchers = i + 1;
	}
	return 0;
}

void session_done(session *s)
{
	for (uint32_t i = 0; i < s->idle_count; i++)
		fetcher_close(s->idle[i]);
	s->idle_count = 0;
	pthread_cond_destroy(&s->freed);
	pthread_mutex_destroy(&s->lock);
}

void session_turn(session *s, endpoint *at)
{
	s->at = at;
	s->authorization = (span){0};
}

static fetcher *take(session *s)
{
	pthread_mutex_lock(&s->lock);
	while (s->idle_count == 0)
		pthread_cond_wait(&s->freed, &s->lock);
	fetcher *f = s->idle[--s->idle_count];
	pthread_mutex_unlock(&s->lock);
	return f;
}

static void give_back(session *s, fetcher *f)
{
	pthread_mutex_lock(&s->lock);
	s->idle[s->idle_count++] = f;
	pthread_cond_signal(&s->freed);
	pthread_mutex_unlock(&s->lock);
}

bool session_insecure(const registry_options *o, span host)
{
	span name = span_sub(host, 0, span_find_last(host, ':'));
	for (uint32_t i = 0; i < o->insecure.count; i++)
		if (span_is_fold(host, o->insecure.items[i]) || span_is_fold(name, o->insecure.items[i]))
			return true;
	return false;
}

/* --- one request --- */

typedef struct exchange {
	session *session;
	fetcher *fetcher;
	const char *path;
	fetch_request *q;
	arena *arena;
	uint32_t issued; /* which authorization was sent */
} exchange;

/* Says who it was, and what could be done. */
static int unreached(const endpoint *at, error *e)
{
	const char *hint = at->insecure              ? ""
			   : e->code == ERROR_DENIED ? "; --ca-file names a certificate to trust"
			   : e->code == ERROR_SYNTAX ? "; --insecure-registry allows plain HTTP"
						     : "";
	error why = *e;
	return error_set(e, (error_code)why.code, "%.*s: %.150s%s", SPAN_ARG(at->host), why.text, hint);
}

static int send(exchange *x, fetch_answer *ret, error *e)
{
	session *s = x->session;
	fetch_request q = *x->q;
	header_list headers = {0};
	bool elsewhere = span_contains(span_of(x->path), "://");
	list_each(const span, h, &x->q->headers)
		list_push(x->arena, &headers, *h);
	pthread_mutex_lock(&s->lock);
	x->issued = s->issued;
	if (s->authorization.n && !elsewhere)
		list_push(x->arena, &headers, arena_copy(x->arena, s->authorization));
	bool plain = s->at->plain;
	pthread_mutex_unlock(&s->lock);
	q.headers = headers;
	q.ca = s->at->ca;
	q.insecure = s->at->insecure && !elsewhere;
	q.url = elsewhere ? x->path
			  : arena_format(x->arena, "%s://%.*s/v2/%.*s/%s", plain ? "http" : "https",
				    SPAN_ARG(s->at->host), SPAN_ARG(s->at->repository), x->path)
				    .p;
	int status = fetch(x->fetcher, &q, x->arena, ret, e);
	if (status >= 0 || elsewhere)
		return status;
	if (plain || !s->at->insecure || e->code == ERROR_LIMIT || e->code == ERROR_SYSTEM)
		return unreached(s->at, e);
	pthread_mutex_lock(&s->lock);
	s->at->plain = true; /* TLS is not spoken there */
	pthread_mutex_unlock(&s->lock);
	return send(x, ret, e);
}

static int login(exchange *x, const fetch_answer *answer, error *e)
{
	session *s = x->session;
	pthread_mutex_lock(&s->lock);
	int status = x->issued == s->issued ? session_login(s, x->fetcher, answer, e)
					    : 0; /* else another thread was quicker */
	pthread_mutex_unlock(&s->lock);
	return status;
}

/* What the registry itself says about an error: {"errors": [{"code", "message"}]}. */
static span said(const fetch_answer *answer, arena *a)
{
	text t;
	node *root = NULL;
	node_problems problems = {0};
	error e;
	text_init(&t, "answer", answer->body, a);
	if (answer->body.n == 0 || answer->body.n > LIMIT_FETCH_LINES ||
		json_read(&t, a, &root, &problems, &e) < 0)
		return (span){0};
	const node *first = node_path(root, "errors/0");
	span words = node_text(node_get(first, "message"));
	span ret = arena_copy(a, span_sub(words.n ? words : node_text(node_get(first, "code")), 0, 100));
	char *p = (char *)(uintptr_t)ret.p;
	for (size_t i = 0; i < ret.n; i++)
		if ((unsigned char)p[i] < ' ' || p[i] == 0x7f)
			p[i] = ' ';
	return ret;
}

int session_refused(const session *s, const fetch_answer *answer, const char *what, error *e)
{
	arena a = {0};
	span words = said(answer, &a);
	int status = answer->status;
	error_code code = status == 404                    ? ERROR_ABSENT
			  : status == 401 || status == 403 ? ERROR_DENIED
							   : ERROR_DAMAGED;
	const char *why =
		status == 404   ? "has no"
		: status == 403 ? "does not allow to read"
		: status == 429 ? "has had too many requests lately, and does not give"
		: status != 401 ? "cannot give"
		: !s->at->known
			? "wants a login (docker login, or BULKHEAD_USERNAME and BULKHEAD_PASSWORD) for"
			: "does not accept the user name and password that there are for";
	error_set(e, code, "%.*s %s %s%s%.*s%s", SPAN_ARG(s->at->host), why, what, words.n ? " (" : "",
		SPAN_ARG(words), words.n ? ")" : "");
	if (status != 401 && status != 403 && status != 404 && status != 429 && words.n == 0)
		error_set(e, code, "%.*s cannot give %s: HTTP %d", SPAN_ARG(s->at->host), what, status);
	arena_done(&a);
	return -e->code;
}

static int get(exchange *x, fetch_answer *ret, error *e)
{
	TRY(send(x, ret, e));
	if (ret->status == 401) {
		TRY(login(x, ret, e));
		TRY(send(x, ret, e));
	}
	if (ret->status == 401 || ret->status == 403)
		return session_refused(x->session, ret, x->session->at->repository.p, e);
	return 0;
}

int session_get(session *s, const char *path, fetch_request *q, arena *a, fetch_answer *ret, error *e)
{
	exchange x = {.session = s, .fetcher = take(s), .path = path, .q = q, .arena = a};
	int status = get(&x, ret, e);
	give_back(s, x.fetcher);
	return status;
}
