/* SPDX-License-Identifier: Apache-2.0
 *
 * Logging in (distribution's "Token Authentication" and "OAuth2 Token Authentication"): the registry says which server gives out tokens; a
 * password is sent there in a GET, an identity token in a POST. Registries that want the password itself get it (Basic). */
#include "fetch/challenge.h"
#include "fetch/session.h"
#include "formats/json.h"

static void add_escaped(buffer *out, const char *key, span value)
{
	buffer_add_string(out, key);
	for (size_t i = 0; i < value.n; i++) {
		char c = value.p[i];
		if (ascii_alpha(c) || ascii_digit(c) || (c && strchr("-._~", c)))
			buffer_add_byte(out, c);
		else
			buffer_format(out, "%%%02X", (unsigned char)c);
	}
}

static span base64(span bytes, arena *a)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char *out = arena_alloc(a, (bytes.n + 2) / 3 * 4 + 1);
	size_t n = 0;
	for (size_t i = 0; i < bytes.n; i += 3) {
		uint32_t have = bytes.n - i < 3 ? (uint32_t)(bytes.n - i) : 3, bits = 0;
		for (uint32_t k = 0; k < 3; k++)
			bits = bits << 8 | (k < have ? (unsigned char)bytes.p[i + k] : 0);
		for (uint32_t k = 0; k < 4; k++)
			out[n++] = k <= have ? digits[bits >> (18 - 6 * k) & 63] : '=';
	}
	return (span){out, n};
}

static span basic_header(const credential *c, arena *a)
{
	span both = arena_format(a, "%.*s:%.*s", SPAN_ARG(c->user), SPAN_ARG(c->secret));
	return arena_format(a, "Authorization: Basic %.*s", SPAN_ARG(base64(both, a)));
}

/* The host of "https://HOST/…". */
static span url_host(span url)
{
	size_t scheme = span_find(url, SPAN("://"));
	span rest = scheme == SPAN_NONE ? (span){0} : span_from(url, scheme + 3);
	size_t end = 0;
	while (end < rest.n && !strchr("/?#", rest.p[end]))
		end++;
	return span_sub(rest, 0, end);
}

static int realm_allowed(const session *s, span realm, bool *ret_insecure, error *e)
{
	span host = url_host(realm);
	bool plain = span_starts(realm, SPAN("http://"));
	*ret_insecure =
		session_insecure(s->options, host) || (s->at->insecure && span_equal_fold(host, s->at->host));
	if (!plain && !span_starts(realm, SPAN("https://")))
		return error_set(e, ERROR_DAMAGED, "%.*s does not say which server gives out its tokens",
			SPAN_ARG(s->at->host));
	if (plain && !*ret_insecure)
		return error_set(e, ERROR_DENIED,
			"%.*s wants the password to be sent to %.*s without encryption; --insecure-registry %.*s allows it",
			SPAN_ARG(s->at->host), SPAN_ARG(span_sub(host, 0, 60)),
			SPAN_ARG(span_sub(host, 0, 60)));
	return 0;
}

static int token_read(session *s, const fetch_answer *answer, error *e)
{
	text t;
	node *root = NULL;
	node_problems problems = {0};
	text_init(&t, "token", answer->body, s->arena);
	if (json_read(&t, s->arena, &root, &problems, e) < 0)
		return error_set(e, ERROR_DAMAGED,
			"the server that gives out the tokens of %.*s answers with something else",
			SPAN_ARG(s->at->host));
	span token = node_text(node_get(root, "token"));
	token = token.n ? token : node_text(node_get(root, "access_token"));
	for (size_t i = 0; i < token.n; i++)
		if ((unsigned char)token.p[i] <= ' ' || (unsigned char)token.p[i] >= 0x7f)
			token.n = 0;
	if (token.n == 0 || token.n > LIMIT_CREDENTIAL_BYTES)
		return error_set(e, ERROR_DAMAGED, "the server that gives out the tokens of %.*s gave none",
			SPAN_ARG(s->at->host));
	s->authorization = arena_format(s->arena, "Authorization: Bearer %.*s", SPAN_ARG(token));
	return 0;
}

/* The words that both ways of asking have in common. */
static void add_scope(const session *s, const challenge *c, buffer *out)
{
	if (c->service.n)
		add_escaped(out, "&service=", c->service);
	span scope = c->scope.n ? c->scope
				: arena_format(s->arena, "repository:%.*s:pull", SPAN_ARG(s->at->repository));
	add_escaped(out, "&scope=", scope);
}

static int token_get(session *s, fetcher *f, const challenge *c, error *e)
{
	auto_buffer form = {0};
	fetch_request q = {.ca = s->at->ca, .url = arena_string(s->arena, c->realm)};
	fetch_answer answer;
	TRY(realm_allowed(s, c->realm, &q.insecure, e));
	if (s->at->known && s->at->credential.token) {
		buffer_add_string(&form, "grant_type=refresh_token&client_id=bulkhead");
		add_scope(s, c, &form);
		add_escaped(&form, "&refresh_token=", s->at->credential.secret);
		q.post = arena_string(s->arena, buffer_span(&form));
	} else {
		add_scope(s, c, &form);
		q.url = arena_format(s->arena, "%s%c%.*s", q.url, span_contains(c->realm, "?") ? '&' : '?',
			SPAN_ARG(span_from(buffer_span(&form), 1)))
				.p;
		if (s->at->known)
			list_push(s->arena, &q.headers, basic_header(&s->at->credential, s->arena));
	}
	if (fetch(f, &q, s->arena, &answer, e) < 0)
		return error_wrap(e, "the server that gives out the tokens of %.*s", SPAN_ARG(s->at->host));
	return answer.status == 200 ? token_read(s, &answer, e)
				    : session_refused(s, &answer, s->at->repository.p, e);
}

int session_login(session *s, fetcher *f, const fetch_answer *answer, error *e)
{
	challenge best = {0};
	list_each(const span, h, &answer->headers) {
		challenge c = {0};
		if (span_starts(*h, SPAN("www-authenticate: ")))
			c = challenge_parse(span_from(*h, sizeof "www-authenticate: " - 1), s->arena);
		best = c.kind > best.kind ? c : best;
	}
	s->issued++;
	if (best.kind == CHALLENGE_BEARER)
		return token_get(s, f, &best, e);
	if (best.kind == CHALLENGE_BASIC && s->at->known && !s->authorization.n) {
		s->authorization = basic_header(&s->at->credential, s->arena);
		return 0;
	}
	return session_refused(s, answer, s->at->repository.p, e);
}
