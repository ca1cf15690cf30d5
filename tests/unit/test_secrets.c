/* SPDX-License-Identifier: Apache-2.0
 *
 * Names and values that look like secrets, and those that only seem to. */
#include "secrets/secrets.h"
#include "test.h"

TEST_MAIN()

TEST(names)
{
	static const char *const secret[] = {"DB_PASSWORD", "password", "apiToken", "API_KEY", "SECRET_KEY",
		"AWS_SECRET_ACCESS_KEY", "PGPASSWORD", "MYSQL_ROOT_PASSWORD", "clientSecret", "GITHUB_TOKEN",
		"credentials", "private-key"};
	static const char *const innocent[] = {"TOKEN_FILE", "PASSWORD_MIN_LENGTH", "PUBLIC_KEY", "KEYBOARD",
		"SECRET_NAME", "TOKEN_TTL", "USER", "PATH", "MONKEY", "COMPASS", "PASSWORD_FILE", "KEY"};
	for (size_t i = 0; i < sizeof secret / sizeof *secret; i++)
		if (!secret_name(span_of(secret[i])))
			TEST_FAIL("%s names a secret", secret[i]);
	for (size_t i = 0; i < sizeof innocent / sizeof *innocent; i++)
		if (secret_name(span_of(innocent[i])))
			TEST_FAIL("%s names no secret", innocent[i]);
}

TEST(forms)
{
	static const struct {
		const char *value, *form;
	} rows[] = {{"AKIAIOSFODNN7EXAMPLE", "AWS access key id"}, {"AKIAIOSFODNN7EXAMPLEX", NULL},
		{"postgres://u:pw1234@h/db", "URL with a password"}, {"postgres://u:$PW@h/db", NULL},
		{"postgres://u@h/db", NULL}, {"http://h:80/a:b@c", NULL},
		{"ghp_012345678901234567890123456789012345", "GitHub token"},
		{"-----BEGIN RSA PRIVATE KEY-----", "private key"}, {"hello", NULL}, {"", NULL}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *got = secret_form(span_of(rows[i].value));
		if ((got == NULL) != (rows[i].form == NULL) || (got && strcmp(got, rows[i].form) != 0))
			TEST_FAIL("'%s' is %s", rows[i].value, got ? got : "nothing");
	}
}

TEST(literals)
{
	static const char *const literal[] = {"hunter2", "changeme", "s3cr3t value", "12345"};
	static const char *const none[] = {
		"", "$X", "${X:-}", "/run/secrets/x", "true", "<password>", "{{ .x }}", "x", "***"};
	for (size_t i = 0; i < sizeof literal / sizeof *literal; i++)
		if (!secret_literal(span_of(literal[i])))
			TEST_FAIL("'%s' can be a secret", literal[i]);
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		if (secret_literal(span_of(none[i])))
			TEST_FAIL("'%s' cannot be a secret", none[i]);
}
