/* SPDX-License-Identifier: Apache-2.0
 *
 * Checks of structure: web tokens, private keys, credentials in base64 and in URLs. */
#include "secrets/checks.h"

#include "secrets/secrets.h"

#include <stdlib.h>

static int base64_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (ascii_digit(c))
		return c - '0' + 52;
	return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

span base64_decode(span text, char *room, size_t n)
{
	uint32_t bits = 0, have = 0;
	size_t out = 0;
	for (size_t i = 0; i < text.n && out < n; i++) {
		int digit = base64_digit(text.p[i]);
		if (digit < 0)
			break;
		bits = bits << 6 | (uint32_t)digit;
		have += 6;
		if (have >= 8) {
			have -= 8;
			room[out++] = (char)(bits >> have);
		}
	}
	return (span){room, out};
}

enum { DECODED = 2048 };

static bool jwt_parts(span token, span parts[3])
{
	span rest = token;
	for (int i = 0; i < 3; i++)
		if (!span_cut(&rest, '.', &parts[i]))
			return false;
	return rest.n == 0;
}

bool check_jwt(secret_candidate *c)
{
	char room[DECODED];
	span parts[3];
	if (!jwt_parts(c->value, parts) || parts[2].n < 16)
		return false;
	span header = base64_decode(parts[0], room, sizeof room);
	if (header.n < 2 || header.p[0] != '{' || header.p[header.n - 1] != '}' ||
		!span_contains(header, "\"alg\""))
		return false;
	return !span_contains(header, "\"none\"");
}

bool check_service_account(secret_candidate *c)
{
	char room[DECODED];
	span parts[3];
	if (!check_jwt(c) || !jwt_parts(c->value, parts))
		return false;
	span payload = base64_decode(parts[1], room, sizeof room);
	return span_contains(payload, "kubernetes.io/serviceaccount") ||
	       (span_contains(payload, "\"kubernetes.io\"") && span_contains(payload, "serviceaccount"));
}

/* The body may be written with \n for newlines, in a string of JSON or a shell. */
static size_t base64_bytes(span body)
{
	size_t n = 0;
	for (size_t i = 0; i < body.n; i++) {
		if (body.p[i] == '\\' && i + 1 < body.n && (body.p[i + 1] == 'n' || body.p[i + 1] == 'r'))
			i++;
		else
			n += base64_digit(body.p[i]) >= 0;
	}
	return n;
}

static bool has_encryption(span key)
{
	char room[64];
	if (span_contains(key, "ENCRYPTED"))
		return true;
	/* OpenSSH: "openssh-key-v1", 0, then the name of the cipher with its length before it. */
	size_t at = span_find(key, SPAN("b3BlbnNzaC1rZXktdjE"));
	if (at == SPAN_NONE)
		return false;
	span head = base64_decode(span_sub(key, at, 60), room, sizeof room);
	return head.n > 23 && span_find(span_sub(head, 19, 4), SPAN("none")) == SPAN_NONE;
}

bool check_private_key(secret_candidate *c)
{
	span body = c->value;
	size_t end = span_find(span_from(body, 11), SPAN("-----"));
	if (end == SPAN_NONE)
		return false;
	body = span_from(body, 11 + end + 5);
	/* The smallest private key (Ed25519 in PKCS #8) has 64 characters. */
	if (base64_bytes(body) < 60 || secret_entropy(span_sub(body, 0, 400)) < 3.5)
		return false;
	if (has_encryption(span_sub(c->value, 0, DECODED)))
		c->note = "encrypted";
	return true;
}

bool check_basic_auth(secret_candidate *c)
{
	char room[512];
	span plain = base64_decode(c->value, room, sizeof room);
	size_t colon = span_find_byte(plain, ':');
	if (colon == SPAN_NONE || colon == 0 || plain.n - colon < 4)
		return false;
	for (size_t i = 0; i < plain.n; i++)
		if ((uint8_t)plain.p[i] < 0x20 || (uint8_t)plain.p[i] >= 0x7f)
			return false;
	span password = span_from(plain, colon + 1);
	static const char *const words = "password pass passwd secret pwd bar";
	return secret_literal(password) && !span_in(password, words) && !secret_placeholder(plain);
}

/* Hosts that are reserved for examples (RFC 2606), or are words. */
static bool documented_host(const secret_candidate *c)
{
	span rest = span_from(c->input, (size_t)(c->value.p - c->input.p) + c->value.n);
	size_t n = 0;
	if (rest.n == 0 || rest.p[0] != '@')
		return false;
	rest = span_from(rest, 1);
	while (n < rest.n && n < 256 && !ascii_space(rest.p[n]) && !strchr(":/?#\"'`<>,;)", rest.p[n]))
		n++;
	span host = span_sub(rest, 0, n);
	return span_find(host, SPAN("example")) != SPAN_NONE || span_ends(host, SPAN(".test")) ||
	       span_ends(host, SPAN(".invalid")) ||
	       span_in(host,
		       "host hostname server domain your-host hostname.com domain.com host.com site.com www.bogus.net foo.com bar.com");
}

bool check_url_password(secret_candidate *c)
{
	static const char *const words =
		"password passwd pass pwd passwort secret pw user username token test foo bar baz p ppp xxx "
		"mypass p4ssw0rd passw0rd p@ssw0rd xyzzy 1234 12345 mypassword mysecret userpass dbpass dbpassword db_password host port PASS PASSWORD Password";
	span password = c->value;
	if (!secret_literal(password) || span_in(password, words) || span_is(password, "x-oauth-basic"))
		return false;
	if (password.n < 3 || strchr("$<{[(%*.:\"'", password.p[0]) || span_contains(password, "$(") ||
		span_contains(password, "#{") || span_contains(password, "%s") ||
		span_contains(password, "..."))
		return false;
	if (secret_placeholder(password) && password.n > 6 && !span_contains(password, "123456"))
		return false;
	return !documented_host(c);
}

bool check_azure_sas(secret_candidate *c)
{
	enum { AROUND = 400 };
	size_t start = (size_t)(c->match.p - c->input.p), from = start > AROUND ? start - AROUND : 0;
	span around = span_sub(c->input, from, 2 * AROUND);
	return span_contains(around, "sv=20") &&
	       (span_contains(around, "se=") || span_contains(around, "si="));
}

bool check_mixed(secret_candidate *c)
{
	bool digit = false, letter = false;
	for (size_t i = 0; i < c->value.n; i++) {
		digit |= ascii_digit(c->value.p[i]);
		letter |= ascii_alpha(c->value.p[i]);
	}
	return digit && letter;
}
