/* SPDX-License-Identifier: Apache-2.0
 *
 * Names by their words, values by the prefixes that issuers gave their tokens (each issuer documents its own). */
#include "secrets/secrets.h"

/* Words that make a name secret wherever they stand, and words that take it back. */
static const char *const secret_words =
	"password passwd passphrase pword pwd passcode secret secrets token apikey credential credentials pat jwt";
static const char *const innocent_words =
	"file filename path dir url uri endpoint host length len min max ttl expiry expires expiration timeout lifetime age count enabled "
	"disabled enable disable name type provider issuer audience policy rotation algorithm algo size limit limits public pub id "
	"version mode format field header prefix suffix interval required validation validity strategy mechanism store mount";
/* Pairs: the second is secret after the first. */
static const char *const key_words =
	"api access private secret encryption signing master auth service account session ssh deploy app";

enum { NAME_MAX_BYTES = 256, WORDS_MAX = 16 };

/* Splits DB_rootPassword into db root password; returns how many. */
static size_t name_words(span name, char *room, span *words)
{
	size_t count = 0, n = 0, start = 0;
	for (size_t i = 0; i <= name.n && count < WORDS_MAX; i++) {
		bool separator = i == name.n || !(ascii_alpha(name.p[i]) || ascii_digit(name.p[i]));
		bool hump = !separator && i > 0 && name.p[i] >= 'A' && name.p[i] <= 'Z' &&
			    name.p[i - 1] >= 'a' && name.p[i - 1] <= 'z';
		if ((separator || hump) && n > start) {
			words[count++] = (span){room + start, n - start};
			start = n;
		}
		if (!separator)
			room[n++] = ascii_lower(name.p[i]);
	}
	return count;
}

/* DBPASSWORD, PGPASSWORD, MYSECRET: words that were run together, at the end of another. */
static bool ends_in_secret(span word)
{
	static const span tails[] = {
		{"password", 8}, {"passwd", 6}, {"secret", 6}, {"apikey", 6}, {"token", 5}};
	for (size_t i = 0; i < sizeof tails / sizeof *tails; i++)
		if (span_ends(word, tails[i]))
			return true;
	return false;
}

bool secret_name(span name)
{
	char room[NAME_MAX_BYTES];
	span words[WORDS_MAX];
	size_t count = name_words(span_sub(name, 0, NAME_MAX_BYTES), room, words);
	bool secret = false;
	for (size_t i = 0; i < count; i++) {
		if (span_in(words[i], secret_words) || ends_in_secret(words[i]))
			secret = true;
		if (i > 0 && span_is(words[i], "key") && span_in(words[i - 1], key_words))
			secret = true;
	}
	if (count > 1 && span_is(words[count - 1], "pass")) /* DB_PASS, but neither PASS nor PASS_COUNT */
		secret = true;
	for (size_t i = 0; i < count; i++)
		if (span_in(words[i], "public pub publishable")) /* JWT_PUBLIC_KEY */
			return false;
	/* What follows the secret word decides: TOKEN_FILE names a file, FILE_TOKEN is a token. */
	return secret && !span_in(words[count - 1], innocent_words);
}

static const struct form {
	const char *prefix;
	uint8_t least, most; /* characters of the token behind the prefix; 0: any number */
	const char *name;
} forms[] = {
	{"AKIA", 16, 16, "AWS access key id"},
	{"ASIA", 16, 16, "AWS access key id"},
	{"ghp_", 36, 0, "GitHub token"},
	{"gho_", 36, 0, "GitHub token"},
	{"ghs_", 36, 0, "GitHub token"},
	{"ghu_", 36, 0, "GitHub token"},
	{"ghr_", 36, 0, "GitHub token"},
	{"github_pat_", 40, 0, "GitHub token"},
	{"glpat-", 20, 0, "GitLab token"},
	{"xoxb-", 20, 0, "Slack token"},
	{"xoxp-", 20, 0, "Slack token"},
	{"xoxa-", 20, 0, "Slack token"},
	{"xoxr-", 20, 0, "Slack token"},
	{"sk_live_", 16, 0, "Stripe key"},
	{"rk_live_", 16, 0, "Stripe key"},
	{"AIza", 35, 35, "Google API key"},
	{"ya29.", 20, 0, "Google OAuth token"},
	{"npm_", 36, 0, "npm token"},
	{"pypi-AgEIcHlwaS5vcmc", 40, 0, "PyPI token"},
	{"dckr_pat_", 20, 0, "Docker Hub token"},
	{"SG.", 60, 0, "SendGrid key"},
	{"hvs.", 24, 0, "Vault token"},
	{"dop_v1_", 64, 0, "DigitalOcean token"},
	{"sk-ant-", 40, 0, "Anthropic key"},
	{"sk-proj-", 40, 0, "OpenAI key"},
	{"shpat_", 32, 0, "Shopify token"},
};

static bool in_token(char c)
{
	return ascii_alpha(c) || ascii_digit(c) || c == '_' || c == '-' || c == '.';
}

static bool has_form(span value, const struct form *f)
{
	span prefix = span_of(f->prefix);
	size_t at = span_find(value, prefix);
	if (at == SPAN_NONE || (at > 0 && in_token(value.p[at - 1])))
		return false;
	size_t n = 0;
	span rest = span_from(value, at + prefix.n);
	while (n < rest.n && in_token(rest.p[n]))
		n++;
	return n >= f->least && (f->most == 0 || n <= f->most);
}

/* scheme://user:password@host with a password that is written out. */
static bool url_with_password(span value)
{
	size_t scheme = span_find(value, SPAN("://"));
	if (scheme == SPAN_NONE || scheme == 0)
		return false;
	span rest = span_from(value, scheme + 3);
	size_t end = 0;
	while (end < rest.n && !ascii_space(rest.p[end]) && !memchr("/?#\"'", rest.p[end], 5))
		end++;
	span authority = span_sub(rest, 0, end);
	size_t at = span_find_last(authority, '@'), colon = span_find_byte(authority, ':');
	if (at == SPAN_NONE || colon == SPAN_NONE || colon + 1 >= at)
		return false;
	return secret_literal(span_sub(authority, colon + 1, at - colon - 1));
}

/* Three base64url parts, the first of which is a JSON object: {"…  */
static bool json_web_token(span value)
{
	if (!span_starts(value, SPAN("eyJ")) || value.n < 40)
		return false;
	int dots = 0;
	for (size_t i = 0; i < value.n; i++) {
		if (!in_token(value.p[i]))
			return false;
		dots += value.p[i] == '.';
	}
	return dots == 2;
}

const char *secret_form(span value)
{
	value = span_trim(value);
	if (span_contains(value, "-----BEGIN ") && span_contains(value, "PRIVATE KEY"))
		return "private key";
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		if (has_form(value, &forms[i]))
			return forms[i].name;
	if (json_web_token(value))
		return "JSON web token";
	if (url_with_password(value))
		return "URL with a password";
	return NULL;
}

/* xxxxxxxx: one character over and over stands for something else. */
static bool one_character(span value)
{
	for (size_t i = 1; i < value.n; i++)
		if (value.p[i] != value.p[0])
			return false;
	return value.n > 3;
}

bool secret_literal(span value)
{
	value = span_trim(value);
	if (value.n < 2 || value.p[0] == '$' || value.p[0] == '/' || span_contains(value, "${") ||
		span_contains(value, "{{"))
		return false;
	if (value.p[0] == '<' && value.p[value.n - 1] == '>')
		return false;
	if (value.p[0] == '%' && value.p[value.n - 1] == '%')
		return false;
	if (value.n > 2 && span_find(value, SPAN("***")) != SPAN_NONE)
		return false;
	if (span_starts(value, SPAN("-----BEGIN ")) && !span_contains(value, "PRIVATE"))
		return false;                                 /* a certificate, a public key */
	if (one_character(value) && !ascii_digit(value.p[0])) /* 0000 is a password */
		return false;
	static const char *const words =
		"true false yes no on off null none nil undefined 0 1 always never required optional";
	int64_t number;
	return !span_in(value, words) && !(value.n <= 3 && span_int(value, &number));
}
