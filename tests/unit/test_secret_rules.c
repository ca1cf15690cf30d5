/* SPDX-License-Identifier: Apache-2.0
 *
 * Every rule has a sample in which it must fire, and near misses in which it must not: the same with half of its random part, or with one
 * letter over and over. Samples are made from templates, so that no file here holds what looks like a live token: <hex:32> stands for 32
 * random characters of a kind. */
#include "secrets/scan.h"
#include "test.h"

#include "base/buffer.h"

typedef enum sample_kind { SAMPLE_WHOLE, SAMPLE_HALVED, SAMPLE_UNIFORM } sample_kind;

static const struct kind {
	const char *name, *letters;
} kinds[] = {
	{"hex", "0123456789abcdef"},
	{"dig", "0123456789"},
	{"b32", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"},
	{"up", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"},
	{"low", "abcdefghijklmnopqrstuvwxyz0123456789"},
	{"let", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"},
	{"an", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"},
	{"age", "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"},
};

/* A small generator of its own: the samples are the same on every machine. */
static uint32_t random_next(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 16;
}

static void part_expand(buffer *b, span part, sample_kind how, uint32_t *state)
{
	span name;
	int64_t n = 0;
	span_cut(&part, ':', &name);
	span_int(part, &n);
	if (how == SAMPLE_HALVED)
		n /= 2;
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
		for (int64_t i = 0; i < n && span_is(name, kinds[k].name); i++) {
			size_t at = random_next(state) % strlen(kinds[k].letters);
			buffer_add_byte(b, kinds[k].letters[how == SAMPLE_UNIFORM ? 4 : at]);
		}
}

static void sample_expand(buffer *b, const char *template, sample_kind how)
{
	uint32_t state = 12345;
	for (const char *p = template; *p; p++) {
		const char *end = *p == '<' ? strchr(p, '>') : NULL;
		if (end && memchr(p, ':', (size_t)(end - p)) && end - p < 9) {
			part_expand(b, (span){p + 1, (size_t)(end - p - 1)}, how, &state);
			p = end;
		} else if (*p == '|') { /* keeps prefixes from standing here in one piece */
			continue;
		} else {
			buffer_add_byte(b, *p);
		}
	}
	buffer_add_byte(b, '\n');
}

#define UUID "<hex:8>-<hex:4>-<hex:4>-<hex:4>-<hex:12>"
#define PEM  "<an:64>\n<an:64>\n<an:64>\n"

/* clang-format off */
static const struct row {
	const char *rule, *sample;
	bool halved;  /* half of the random part is still one */
	const char *path;
	bool uniform; /* so is one letter over and over */
} rows[] = {
	{"aws-access-key-id", "id = AK|IA<b32:16>"},
	{"aws-secret-access-key", "aws_secret_access_key = <an:40>"},
	{"aws-session-token", "AWS_SESSION_TOKEN=FwoG|<an:300>", true},
	{"aws-bedrock-api-key", "key: ABSK|QmVkcm9ja<an:110>"},
	{"gcp-service-account-key", "\"private_key\": \"-----BEGIN |PRIVATE KEY-----\\n<an:64>\\n<an:64>\\n-----END |PRIVATE KEY-----\\n\"", true},
	{"gcp-api-key", "key=AI|za<an:35>"},
	{"gcp-oauth-client-secret", "GOC|SPX-<an:28>"},
	{"gcp-oauth-access-token", "ya|29.<an:50>"},
	{"gcp-hmac-secret", "GOO|G1E<up:55>"},
	{"azure-storage-key", "AccountName=x;AccountKey=<an:86>=="},
	{"azure-shared-access-key", "Endpoint=sb://x/;SharedAccessKey=<an:43>="},
	{"azure-shared-access-signature", "https://x.blob.core.windows.net/c?sv=2021-06-08&se=2030-01-01&sr=c&sig=<an:43>%3D"},
	{"azure-client-secret", "secret: <an:3>8Q~<an:34>"},
	{"azure-devops-token", "pat <an:76>AZ|DO<an:4>"},
	{"azure-service-key", "<an:52>JQQJ|99<an:26>"},
	{"azure-function-key", "<an:44>Az|Fu<an:6>=="},
	{"azure-registry-password", "<an:42>+A|CR<an:6>"},
	{"digitalocean-token", "dop_|v1_<hex:64>"},
	{"alibaba-access-key-id", "LT|AI5t<an:18>"},
	{"alibaba-access-key-secret", "aliyun_access_key_secret=<an:30>"},
	{"tencent-secret-id", "AK|ID<an:32>"},
	{"ibm-cloud-api-key", "IBMCLOUD_API_KEY=<an:44>"},
	{"heroku-api-key", "HRKU|-" UUID},
	{"cloudflare-token", "CLOUDFLARE_API_TOKEN=<an:40>"},
	{"cloudflare-origin-ca-key", "v1.0-|<hex:24>-<hex:146>"},
	{"flyio-token", "fo1|_<an:43>"},
	{"netlify-token", "nf|p_<an:38>"},
	{"supabase-token", "sb|p_<hex:40>"},
	{"planetscale-token", "pscale_|tkn_<an:43>"},
	{"yandex-api-key", "AQ|VN<an:36>"},
	{"tailscale-key", "tskey|-auth-<an:12>-<an:32>"},
	{"terraform-cloud-token", "<an:14>.atlas|v1.<an:67>"},
	{"vault-token", "hv|s.<an:40>"},
	{"pulumi-token", "pu|l-<hex:40>"},
	{"doppler-token", "dp.p|t.<an:43>"},
	{"1password-service-account-token", "ops_|eyJ<an:400>", true},
	{"databricks-token", "dap|i<hex:32>"},
	{"scaleway-secret-key", "SCW_SECRET_KEY=" UUID},
	{"github-token", "gh|p_<an:36>"},
	{"github-fine-grained-token", "github_|pat_<an:22>_<an:59>"},
	{"gitlab-token", "glp|at-<an:20>"},
	{"gitlab-service-token", "glr|t-<an:20>"},
	{"bitbucket-app-password", "AT|BB<an:32>"},
	{"atlassian-api-token", "ATA|TT3<an:186>"},
	{"npm-token", "np|m_<an:36>"},
	{"npmrc-credential", "//registry.example.com/:_authToken=<an:30>", true},
	{"pypi-token", "pypi-AgE|IcHlwaS5vcmc<an:150>", true, .uniform = true},
	{"rubygems-token", "rubygems|_<hex:48>"},
	{"nuget-api-key", "oy|2<low:43>"},
	{"cratesio-token", "ci|o<an:32>"},
	{"clojars-token", "CLOJARS|_<hex:60>"},
	{"docker-hub-token", "dckr|_pat_<an:27>"},
	{"docker-config-auth", "{\"auths\": {\"r\": {\"auth\": \"ZGVwbG95OkgzN3B4UTlmTDJ6\"}}}", true, .uniform = true},
	{"jfrog-api-key", "AK|Cp<an:69>"},
	{"sonarqube-token", "sq|u_<hex:40>"},
	{"circleci-token", "CCI|PAT_<an:22>_<hex:40>"},
	{"buildkite-token", "bk|ua_<hex:40>"},
	{"postman-api-key", "PM|AK-<hex:24>-<hex:34>"},
	{"linear-api-key", "lin_|api_<an:40>"},
	{"notion-token", "nt|n_<dig:11><an:35>"},
	{"figma-token", "fig|d_<an:40>"},
	{"airtable-token", "pa|t<an:14>.<hex:64>"},
	{"slack-token", "xo|xb-<dig:12>-<dig:12>-<an:24>"},
	{"slack-app-token", "xa|pp-1-A<up:10>-<dig:13>-<hex:64>"},
	{"slack-webhook", "https://hooks.slack|.com/services/T<up:8>/B<up:8>/<an:24>"},
	{"discord-bot-token", "DISCORD_TOKEN=M<an:25>.<an:6>.<an:38>"},
	{"discord-webhook", "https://discord|.com/api/webhooks/<dig:18>/<an:68>"},
	{"telegram-bot-token", "<dig:10>:A|A<an:33>"},
	{"teams-webhook", "https://x.webhook|.office.com/webhookb2/" UUID "@" UUID "/IncomingWebhook/<hex:32>/" UUID},
	{"twilio-api-key", "TWILIO_AUTH_TOKEN=<hex:32>"},
	{"sendgrid-api-key", "S|G.<an:22>.<an:43>"},
	{"mailgun-api-key", "MAILGUN_API_KEY=<hex:32>-<hex:8>-<hex:8>"},
	{"mailchimp-api-key", "<hex:32>-u|s12"},
	{"brevo-api-key", "xkey|sib-<hex:64>-<an:16>"},
	{"stripe-secret-key", "sk_|live_<an:24>"},
	{"stripe-test-key", "sk_|test_<an:24>"},
	{"stripe-webhook-secret", "whs|ec_<an:32>"},
	{"square-token", "sq0|atp-<an:22>"},
	{"braintree-token", "access_|token$production$<low:16>$<hex:32>"},
	{"paypal-client-secret", "PAYPAL_CLIENT_SECRET=E<an:79>"},
	{"shopify-token", "shp|at_<hex:32>"},
	{"plaid-token", "access-|production-" UUID},
	{"flutterwave-key", "FLW|SECK-<hex:32>-X"},
	{"datadog-api-key", "DD_API_KEY=<hex:32>"},
	{"newrelic-key", "NR|AK-<up:27>"},
	{"grafana-token", "gl|sa_<an:32>_<hex:8>"},
	{"sentry-token", "sntr|yu_<hex:64>"},
	{"pagerduty-key", "PAGERDUTY_TOKEN=<an:20>"},
	{"dynatrace-token", "dt0|c01.<b32:24>.<b32:64>"},
	{"launchdarkly-key", "LAUNCHDARKLY_SDK_KEY=sdk-" UUID},
	{"okta-token", "OKTA_API_TOKEN=00<an:40>"},
	{"openai-api-key", "sk-|proj-<an:40>T3Blbk|FJ<an:40>", true},
	{"anthropic-api-key", "sk-|ant-api03-<an:95>"},
	{"huggingface-token", "h|f_<let:34>"},
	{"groq-api-key", "gs|k_<an:52>"},
	{"model-provider-key", "sk-|or-v1-<hex:64>"},
	{"firebase-server-key", "AAA|A<an:7>:APA|91b<an:134>"},
	{"facebook-token", "EA|AC<an:150>"},
	{"twitter-bearer-token", "AAAAAAAAAAAAAAAAAAAAA|A<an:10>%2B<an:80>"},
	{"dropbox-token", "s|l.<an:140>"},
	{"private-key", "-----BEGIN |RSA PRIVATE KEY-----\n" PEM "-----END |RSA PRIVATE KEY-----", true},
	{"putty-private-key", "PuTTY-User-|Key-File-3: ssh-ed25519\nEncryption: none\nComment: x\nPublic-Lines: 1\n<an:64>\nPrivate-Lines: 1\n<an:64>\n<an:20>\nPrivate-MAC: <hex:64>\n", .uniform = true},
	{"age-secret-key", "AGE-SECRET|-KEY-1<age:58>"},
	{"wireguard-private-key", "[Interface]\nPrivate|Key = <an:42>0="},
	{"kubernetes-service-account-token", "token: ey|JhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrdWJlcm5ldGVzL3NlcnZpY2VhY2NvdW50Iiwia3ViZXJuZXRlcy5pby9zZXJ2aWNlYWNjb3VudC9uYW1lc3BhY2UiOiJhIn0.<an:340>",
		true, .uniform = true},
	{"json-web-token", "session=ey|JhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZG1pbiJ9.<an:43>", true, .uniform = true},
	{"kubernetes-client-key", "client-key-data: LS0tLS|1CRUdJTi<an:400>", true, .uniform = true},
	{"kubernetes-bootstrap-token", "kubeadm join 10.0.0.1:6443 --token <low:6>.<low:16>"},
	{"database-url", "DATABASE=postgres://app:<an:12>@db:5432/app", true},
	{"url-password", "proxy: http://app:<an:12>@proxy.corp:3128/", true},
	{"basic-auth-header", "Authorization: Basic ZGVwbG95OkgzN3B4UTlmTDJ6", true, .uniform = true},
	{"bearer-header", "Authorization: Bearer <an:40>", true},
	{"netrc-password", "machine git.corp login ci password <an:16>", true},
	{"pgpass-password", "db.corp:5432:*:app:<an:16>", true, "root/.pgpass"},
	{"git-credentials-password", "https://ci:<an:24>@git.corp", true, "root/.git-credentials"},
	{"maven-settings-password", "<server><password>P<an:12></password></server>", true, "root/.m2/settings.xml"},
	{"password-hash", "root:$6$<an:16>$<an:86>:19000:0:99999:7:::", true},
	{"htpasswd-sha1", "admin:{SHA}<an:27>="},
	{"generic-secret", "INTERNAL_API_KEY=<an:32>", true},
	{"generic-define", "define('AUTH_KEY', '<an:64>');", true, "wp-config.php"},
};
/* clang-format on */

static const secret_rules *all_rules(void)
{
	static secret_rules *rules;
	if (!rules) {
		rules = secret_rules_new(true);
		secret_rules_seal(rules);
	}
	return rules;
}

static bool fires(const struct row *row, sample_kind how, buffer *sample, char *instead, size_t room)
{
	secret_scratch *s = secret_scratch_new(all_rules());
	arena a = {0};
	secret_result r = {0};
	bool found = false;
	buffer_add_string(sample, "first line\n");
	sample_expand(sample, row->sample, how);
	secret_scan(s, span_of(row->path ? row->path : "etc/app.conf"), buffer_span(sample), NULL, &a, &r);
	instead[0] = 0;
	list_each(secret_found, f, &r.found) {
		found |= strcmp(f->rule->id, row->rule) == 0;
		snprintf(instead, room, "%s", f->rule->id);
	}
	arena_done(&a);
	secret_scratch_free(s);
	return found;
}

TEST(secret_rules_fire)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		auto_buffer sample = {0};
		char instead[64];
		if (!fires(&rows[i], SAMPLE_WHOLE, &sample, instead, sizeof instead))
			printf("# %s does not fire, but '%s', in %.*s", rows[i].rule, instead,
				SPAN_ARG(buffer_span(&sample))),
				test_self->failed = true;
	}
}

TEST(secret_rules_near_misses)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		auto_buffer halved = {0}, uniform = {0};
		char instead[64];
		if (!rows[i].halved && fires(&rows[i], SAMPLE_HALVED, &halved, instead, sizeof instead))
			printf("# %s fires in %.*s", rows[i].rule, SPAN_ARG(buffer_span(&halved))),
				test_self->failed = true;
		if (!rows[i].uniform && fires(&rows[i], SAMPLE_UNIFORM, &uniform, instead, sizeof instead))
			printf("# %s fires in %.*s", rows[i].rule, SPAN_ARG(buffer_span(&uniform))),
				test_self->failed = true;
	}
}

TEST(secret_rules_all_have_samples)
{
	const secret_rules *rules = all_rules();
	for (uint32_t i = 0; i < secret_rules_count(rules); i++) {
		const secret_about *about = secret_rules_at(rules, i);
		bool there = false;
		for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
			there |= strcmp(rows[k].rule, about->id) == 0;
		if (!there)
			TEST_FAIL("%s has no sample", about->id);
		CHECK(about->title && about->why && about->severity <= SECRET_CRITICAL);
		for (uint32_t k = 0; k < i; k++)
			CHECK(strcmp(secret_rules_at(rules, k)->id, about->id) != 0);
	}
}

TEST(secret_rules_what_is_none)
{
	static const char *const texts[] = {
		"aws_access_key_id = AKIA"
		"IOSFODNN7EXAMPLE",
		"aws_secret_access_key = wJalrXUtnFEMI/K7MDENG"
		"/bPxRfiCYEXAMPLEKEY",
		"password = ${DB_PASSWORD}",
		"password: {{ .Values.password }}",
		"password = changeme-please-1",
		"API_KEY=your-api-key-goes-here-123",
		"TOKEN_FILE=/run/secrets/token-a8f3k2j5h6",
		"password_encryption = scram-sha-256",
		"DATABASE_URL=postgres://user:password@host:5432/db",
		"DATABASE_URL=postgres://$USER:$PASSWORD@db/app",
		"url = https://example.com:8080/path@v1",
		"integrity sha512-9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08==",
		"token = get_token_from_environment(name)",
		"-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUQ2\n-----END CERTIFICATE-----",
		"-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
	};
	secret_scratch *s = secret_scratch_new(all_rules());
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		arena a = {0};
		secret_result r = {0};
		secret_scan(s, SPAN("etc/app.conf"), span_of(texts[i]), NULL, &a, &r);
		if (r.found.count)
			printf("# %s fires in %s\n", r.found.items[0].rule->id, texts[i]),
				test_self->failed = true;
		arena_done(&a);
	}
	secret_scratch_free(s);
}

TEST_MAIN()
